"""A simulated landing read with the feeds' own readers."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from feeds.feed import Feed
from feeds.parsing import Parsing
from feeds.registry import BY_NAME
from lakehouse.clock import KOREA
from lakehouse.settings import load_settings

SETTINGS = load_settings({})


def records(world: Path, feed: str) -> list[dict[str, Any]]:
    """Every record of a feed as parsed, in the order in which it is taken; each with the moment it is `known`."""
    parsing = Parsing.of(BY_NAME[feed], SETTINGS)
    found = []
    for path in sorted(world.glob(f"*/{feed}/*"), key=lambda p: (known(p), p.as_posix())):
        rows = list(parsing.rows({"file": path.relative_to(world).as_posix(), "path": str(path), "known_seconds": 0, "finding": ""}))
        assert rows[-1]["file_records"] == len(rows)
        found += [row | {"known": known(path)} for row in parsing.batch(rows).to_pylist()]
    return found


def known(path: Path) -> datetime:
    folder = path.parts[-3]
    return datetime.fromisoformat(folder).replace(tzinfo=KOREA) + timedelta(days="T" not in folder)


def refusal(feed: Feed, row: dict[str, Any]) -> str:
    """Why a record is quarantined: by its reader, or by a needed value that is missing or unreadable."""
    needed = {field.name for field in feed.fields if field.required and not field.when}
    strict = {field.name for field in feed.fields if field.strict}
    wrong = (f"{fault['code']} {fault['field']}" for fault in row["faults"] if fault["field"] in needed
             or (fault["code"] == "field.unreadable" and fault["field"] in strict))
    return row["refusal"] or next(wrong, "")


def counted(feed: Feed, rows: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Where records go, as the pipeline decides it; nothing that is none."""
    seen: set[tuple[str, str]] = set()
    went: Counter[str] = Counter()
    for row in rows:
        went["records"] += 1
        if refusal(feed, row):
            went["quarantined"] += 1
            continue
        parts = {(row["record_key"], part) for part in row["part_hashes"]}
        went["accepted" if parts - seen else "duplicate"] += 1
        seen |= parts
    return dict(went)
