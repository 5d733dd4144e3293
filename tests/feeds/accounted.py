"""Whether a landed file is accounted for: every record counted, read, and where refused told with its code, place and raw text."""

from pathlib import Path
from typing import Any

from feeds.parsing import Parsing
from feeds.refusals import COMMON
from feeds.registry import BY_NAME
from lakehouse.settings import load_settings

SETTINGS = load_settings({})
# What was never unpacked or read has no text to keep.
_UNREAD = ("archive.", "file.")
Row = dict[str, Any]


def land(feed: str, path: Path) -> list[Row]:
    """The rows of a file, having seen them accounted for."""
    landed = {"file": path.name, "path": str(path), "known_seconds": 0, "finding": ""}
    rows = list(Parsing.of(BY_NAME[feed], SETTINGS).rows(landed))
    wrong = faults(feed, rows)
    assert not wrong, "; ".join(wrong[:5])
    return rows


def take(feed: str, rows: list[Row]) -> None:
    """See that Arrow takes the rows, whatever their values."""
    batch = Parsing.of(BY_NAME[feed], SETTINGS).batch([dict(row) for row in rows])
    batch.validate(full=True)
    assert batch.num_rows == len(rows)


def faults(feed: str, rows: list[Row]) -> list[str]:
    """What is not accounted for, in words."""
    records = [row for row in rows if "ordinal" in row]
    codes = {refusal.code for refusal in (*COMMON, *BY_NAME[feed].refusals)}
    # Where a file is read in parts, each row tells how many were counted by then.
    counted = [row["file_records"] for row in rows]
    wrong = [] if rows and counted == sorted(counted) and counted[-1] == len(records) else [f"{counted[-1:]} counted, {len(records)} read"]
    wrong += [] if all("ordinal" in row for row in rows[:-1]) else ["a row without ordinal among records"]
    wrong += [] if [row["ordinal"] for row in records] == list(range(len(records))) else ["ordinals out of order"]
    for row in records:
        refusal = row["refusal"]
        if refusal and refusal not in codes:
            wrong.append(f"{refusal} is declared nowhere")
        if not row["raw"] and not (refusal or "").startswith(_UNREAD):
            wrong.append(f"{refusal or 'a record'} at {row['position']} without raw text")
        if len(row["raw"]) > SETTINGS["bounds.record_bytes"]:
            wrong.append(f"raw text of {len(row['raw'])} characters")
        if not row["position"]:
            wrong.append("no position")
        if not refusal and not (row["record_key"] and row["part_hashes"]):
            wrong.append("an accepted record without key or content")
    return wrong
