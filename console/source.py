"""Source texts: the record behind a fact, as its sender wrote it, from bronze."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feeds.feed import Feed
from jobs.manifest import Publication
from lakehouse.clock import KOREA
from lakehouse.lake import Lake

_MOST_TEXTS, _MOST_CHARACTERS = 6, 60_000


@dataclass(frozen=True)
class SourceText:
    """One delivery of a record: where it lay, when it was known, and its text."""

    file: str
    position: str
    known_at: datetime
    text: str
    is_cut: bool


def texts(publication: Publication, lake: Lake, feed: Feed, record_key: str) -> list[SourceText]:
    """The texts of a record as this publication knows them, newest first."""
    at = lake.pinned(publication.versions)
    rows: list[dict[str, Any]] = at.arrow(feed.silver, ("file", "position", "known_at"), [("record_key", "=", record_key)]).to_pylist()
    newest = sorted(rows, key=lambda row: row["known_at"], reverse=True)[:_MOST_TEXTS]
    found = []
    for row in newest:
        kept = at.arrow(feed.bronze, ("raw",), [("file", "=", row["file"]), ("position", "=", row["position"])]).to_pylist()
        text = next((str(one["raw"]) for one in kept if one["raw"]), "")
        found.append(SourceText(row["file"], row["position"], row["known_at"].astimezone(KOREA), text[:_MOST_CHARACTERS],
                                len(text) > _MOST_CHARACTERS))
    return found
