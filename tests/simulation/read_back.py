"""A landing read back through the feeds' own readers, in the order in which files are taken."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from feeds.parsing import Parsing
from feeds.registry import BY_NAME
from lakehouse.settings import load_settings

SETTINGS = load_settings({})


def _taken(path: Path) -> tuple[bool, str, str]:
    """References come first; a day is known at its end, after its half hours."""
    return path.parts[-3] != "reference", path.parts[-3].ljust(15, "Z"), path.name


def records(out: Path, feed: str) -> list[dict[str, Any]]:
    """Every record of a feed with its values, what was refused, and what is wrong with its values."""
    parsing, found = Parsing.of(BY_NAME[feed], SETTINGS), []
    for path in sorted(out.glob(f"*/{feed}/*"), key=_taken):
        rows = list(parsing.rows({"file": path.name, "path": str(path), "known_seconds": 0, "finding": ""}))
        values = [row.get("values") or {} for row in rows]
        faults = parsing.batch(rows).column("faults").to_pylist()
        found += [{**row, "folder": path.parts[-3], "values": value, "faults": fault} for row, value, fault in zip(rows, values, faults, strict=True)]
    return found


def accepted(out: Path, feed: str) -> list[dict[str, Any]]:
    """The values of what was not refused, the latest of each key, which stands beside them."""
    return list({record["record_key"]: {**record["values"], "key": record["record_key"]} for record in records(out, feed) if not record["refusal"]}.values())


def tally(found: list[dict[str, Any]]) -> dict[str, int]:
    """Records, accepted, quarantined and duplicate as the pipeline counts them; an answer with no new part is a duplicate."""
    counts: Counter[str] = Counter(records=len(found))
    seen: set[tuple[str, str]] = set()
    for record in found:
        parts = {(record["record_key"], part) for part in record.get("part_hashes") or []} if not record["refusal"] else set()
        counts["quarantined" if record["refusal"] else "duplicate" if parts <= seen else "accepted"] += 1
        seen |= parts
    return dict(counts)


def counts(out: Path) -> dict[str, dict[str, int]]:
    """What the world says it wrote."""
    told: dict[str, dict[str, int]] = json.loads((out / "truth/counts.json").read_text(encoding="utf-8"))
    return told
