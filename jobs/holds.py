"""Held feeds: which batches are kept back, why, and their release."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pyarrow.compute as pc

from jobs.context import Run
from jobs.journal import Journal
from jobs.lease import lease
from lakehouse.clock import KOREA, now
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.ops import FILE, HOLD
from lakehouse.text import Text

KEPT_BACK = ("held", "dropped")


def holds(lake: Lake) -> list[dict[str, Any]]:
    """The newest state of every batch that ever was held, oldest first."""
    rows = lake.arrow(HOLD).sort_by("stated_at").to_pylist()
    newest = {(row["feed"], row["batch_id"]): row for row in rows}
    return [row | {name: row[name].astimezone(KOREA) for name in ("known_at", "stated_at")} for row in newest.values()]


def kept_back(lake: Lake) -> dict[str, list[str]]:
    """Batches that no run may know, by feed."""
    found: dict[str, list[str]] = {}
    for row in holds(lake):
        if row["state"] in KEPT_BACK:
            found.setdefault(row["feed"], []).append(row["batch_id"])
    return found


def hold(run: Run, reasons: dict[str, Text]) -> None:
    """Keep back what this run brought of the feeds, each for its reason."""
    shared = {"batch_id": run.batch_id, "state": "held", "known_at": run.as_of, "stated_at": datetime.now(KOREA)}
    if reasons:
        run.lake.append_rows([shared | {"feed": feed, "reason_ko": why.ko, "reason_en": why.en} for feed, why in reasons.items()], HOLD)


def held(lake: Lake) -> list[dict[str, Any]]:
    """Batches held now, with what they hold."""
    return [row | _holding(lake, row["feed"], row["batch_id"]) for row in holds(lake) if row["state"] == "held"]


def _holding(lake: Lake, feed: str, batch_id: str) -> dict[str, int]:
    books = lake.arrow(FILE, where=[("feed", "=", feed), ("batch_id", "=", batch_id)])
    sums = {name: pc.sum(books[name]).as_py() or 0 for name in ("records_in", "accepted", "quarantined", "duplicate")}
    return {"files": books.num_rows, **sums}


def release(lake: Lake, feed: str, batches: Iterable[str], reason: str, who: str, drop: bool = False) -> list[dict[str, Any]]:
    """Let held batches of a feed in, all of them unless some are named, or drop them for good; what was held."""
    state = "dropped" if drop else "released"
    with lease(lake.folder, f"quarantine {'drop' if drop else 'release'} {feed}"):
        lake.reread()
        Journal(lake).make_way()
        wanted = set(batches)
        found = [row for row in held(lake) if row["feed"] == feed and (not wanted or row["batch_id"] in wanted)]
        if unknown := wanted - {row["batch_id"] for row in found}:
            raise CallerError("hold.unknown", f"Feed {feed} has no held batch {min(unknown)}", "See haechi quarantine held.")
        if not found:
            raise CallerError("hold.none", f"Feed {feed} is not held", "See haechi quarantine held.")
        at = datetime.now(KOREA)
        lake.append_rows([{"feed": feed, "batch_id": row["batch_id"], "state": state, "reason_ko": reason, "reason_en": reason,
                           "who": who, "known_at": now(), "stated_at": at} for row in found], HOLD)
    return found
