"""The manifest: which table versions readers see, swapped last and as one."""

import json
import os
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lakehouse.clock import KOREA
from lakehouse.errors import CallerError
from lakehouse.lake import Lake


@dataclass(frozen=True)
class Publication:
    """One published run: what it knew, the table versions it left, and hashes of what it said.

    One that `is_expired` can no longer be read as it was: its files may be gone.
    """

    run_id: str
    kind: str
    business_date: str
    as_of: str
    batch_id: str
    versions: dict[str, int]
    content_hash: dict[str, str] = field(default_factory=dict)
    stages: list[dict[str, Any]] = field(default_factory=list)
    held: dict[str, list[str]] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    is_expired: bool = False

    @property
    def at(self) -> datetime:
        """The instant up to which it knew."""
        return datetime.fromisoformat(self.as_of).astimezone(KOREA)


def publications(lake: Lake) -> list[Publication]:
    """Every publication, oldest first."""
    try:
        text = (lake.folder / "published.json").read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    return [Publication(**entry) for entry in json.loads(text)]


def latest(lake: Lake) -> Publication | None:
    """The newest publication."""
    published = publications(lake)
    return published[-1] if published else None


def require_published(lake: Lake) -> Publication:
    """The newest publication; CallerError where there is none."""
    if (published := latest(lake)) is None:
        raise CallerError("lake.unpublished", f"Nothing is published in {lake.root}", "Run haechi demo, or haechi nightly --date D --landing DIR.")
    return published


def published_night(lake: Lake, day: date) -> Publication | None:
    """The publication of one night."""
    return next((p for p in reversed(publications(lake)) if p.kind == "nightly" and p.business_date == str(day)), None)


def seen_by_readers(lake: Lake, day: date | None = None) -> Lake:
    """The lake at the versions of the newest publication, or of the newest one of a day."""
    published = [p for p in publications(lake) if day is None or p.business_date == str(day)]
    if not published:
        what = f"No run of {day} is published" if day else f"Nothing is published in {lake.root}"
        raise CallerError("lake.unpublished", what, "Run haechi demo, or haechi nightly --date D --landing DIR.")
    if published[-1].is_expired:
        raise CallerError("lake.expired", f"The tables as of {published[-1].business_date} are kept no longer (retention.days)",
                          "Ask without --as-of, or restore a backup of that time into another lake: haechi restore.")
    return lake.pinned(published[-1].versions)


def publish(lake: Lake, publication: Publication) -> None:
    """Add a publication; readers see it from the moment the file is swapped."""
    _swap(lake, [*publications(lake), publication])


def expire(lake: Lake, gone: Collection[str]) -> None:
    """Mark the publications of these runs as no longer to be read as they were."""
    _swap(lake, [replace(p, is_expired=p.is_expired or p.run_id in gone) for p in publications(lake)])


def _swap(lake: Lake, published: Sequence[Publication]) -> None:
    lake.folder.mkdir(parents=True, exist_ok=True)
    fresh = lake.folder / "published.json.new"
    with fresh.open("w", encoding="utf-8") as stream:
        json.dump([asdict(p) for p in published], stream, ensure_ascii=False)
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(lake.folder / "published.json")


def write_atomically(path: Path, content: Any) -> None:
    """Write JSON so that a reader finds the old or the new file, never half of one."""
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.write_text(json.dumps(content, ensure_ascii=False, default=str), encoding="utf-8")
    fresh.replace(path)
