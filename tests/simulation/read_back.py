"""A landing read back through the feeds' own readers, in the order in which files are taken."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from feeds.parsing import Parsing
from feeds.registry import BY_NAME
from lakehouse.clock import KOREA
from lakehouse.settings import load_settings

SETTINGS = load_settings({})
FIRST = datetime(2000, 1, 1, tzinfo=KOREA)


def known(path: Path) -> datetime:
    """When a file is known: references before all, a day at its end, after its half hours."""
    folder = path.parts[-3]
    return FIRST if folder == "reference" else datetime.fromisoformat(folder).replace(tzinfo=KOREA) + timedelta(days="T" not in folder)


@lru_cache(maxsize=16)
def records(out: Path, feed: str) -> list[dict[str, Any]]:
    """Every record of a feed in its types, beside its `values` as sent, its `folder` and when it is `known`."""
    parsing, found = Parsing.of(BY_NAME[feed], SETTINGS), []
    for path in sorted(out.glob(f"*/{feed}/*"), key=lambda path: (known(path), path.name)):
        rows = list(parsing.rows({"file": path.name, "path": str(path), "known_seconds": 0, "finding": ""}))
        assert rows[-1]["file_records"] == len(rows)
        told = {"feed": feed, "folder": path.parts[-3], "known": known(path)}
        values = [{"values": row.get("values") or {}} for row in rows]
        found += [row | told | sent for row, sent in zip(parsing.batch(rows).to_pylist(), values, strict=True)]
    return found


def accepted(out: Path, feed: str) -> list[dict[str, Any]]:
    """The values of what was not refused, the latest of each key, which stands beside them."""
    return list({row["record_key"]: {**row["values"], "key": row["record_key"]} for row in records(out, feed) if not refusal(row)}.values())


def refusal(row: dict[str, Any]) -> str:
    """Why a record is quarantined: by its reader, or by a needed value that is missing or unreadable."""
    fields = BY_NAME[row["feed"]].fields
    needed = {field.name for field in fields if field.required and not field.when}
    strict = {field.name for field in fields if field.strict}
    wrong = (f"{fault['code']} {fault['field']}" for fault in row["faults"] if fault["field"] in needed
             or (fault["code"] == "field.unreadable" and fault["field"] in strict))
    return row["refusal"] or next(wrong, "")


def unexpected(rows: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """What is wrong with values of records that were taken, but for those that only some forms of a feed need."""
    return [fault for row in rows if not row["refusal"] for fault in row["faults"]
            if not next(field.when for field in BY_NAME[row["feed"]].fields if field.name == fault["field"])]


def tally(rows: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Where records go, as the pipeline decides it, nothing that is none; an answer with no new part is a duplicate."""
    seen: set[tuple[str, str]] = set()
    went: Counter[str] = Counter()
    for row in rows:
        went["records"] += 1
        if refusal(row):
            went["quarantined"] += 1
            continue
        parts = {(row["record_key"], part) for part in row["part_hashes"]}
        went["accepted" if parts - seen else "duplicate"] += 1
        seen |= parts
    return dict(went)


def counts(out: Path) -> dict[str, dict[str, int]]:
    """What the world says it wrote."""
    told: dict[str, dict[str, int]] = json.loads((out / "truth/counts.json").read_text(encoding="utf-8"))
    return told
