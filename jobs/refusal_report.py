"""What each sender is told: its open refusals with why, in Korean and English, as one CSV a feed and sender."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from jobs.quarantine import Asked
from jobs.query import opened, plain
from lakehouse.errors import CallerError
from lakehouse.lake import Lake

COLUMNS = ("known_at", "file", "position", "code", "message_ko", "message_en", "excerpt")
_EXCERPT = 300
_ROWS_A_FETCH = 5_000
# What a spreadsheet takes for a formula, in East Asian widths too.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
# Line ends, and marks that a sheet hides, breaks at or turns the reading direction by.
_UNSHOWN = re.compile("[\\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_UNSAFE_IN_NAME = re.compile(r"[^0-9A-Za-z가-힣_-]+")
_LONGEST_NAME = 40


def report(lake: Lake, asked: Asked, folder: Path) -> list[dict[str, Any]]:
    """Write the reports into the folder; each as its feed, sender, file name and rows."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [{"feed": feed, "sender": sender, "file": name, "rows": _write(folder / name, rows)}
                for feed, sender, name, rows in _by_sender(lake, asked)]
    except OSError as fault:
        raise CallerError("report.unwritable", f"{folder} cannot be written: {fault.strerror}", "Give a folder you may write as --out.") from None


def _by_sender(lake: Lake, asked: Asked) -> Iterator[tuple[str, str | None, str, Iterable[Sequence[Any]]]]:
    sql, values = asked.sql()
    told = f"feed, sender, known_at, file, position, code, message_ko, message_en, left(raw, {_EXCERPT})"
    with opened(lake, asked.tables) as connection:
        found = connection.execute(f"SELECT {told} FROM ({sql}) ORDER BY feed, sender NULLS FIRST, known_at, file, ordinal", values)
        rows = (row for fetched in iter(lambda: found.fetchmany(_ROWS_A_FETCH), []) for row in fetched)
        for (feed, sender), mine in groupby(rows, lambda row: (row[0], row[1])):
            yield feed, sender, file_name(feed, sender), (row[2:] for row in mine)


def _write(path: Path, rows: Iterable[Sequence[Any]]) -> int:
    """A CSV that opens in a spreadsheet with its letters right; how many rows it holds."""
    number = 0
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as stream:
        out = csv.writer(stream, quoting=csv.QUOTE_ALL)
        out.writerow(COLUMNS)
        for row in rows:
            out.writerow([as_text(plain(cell)) for cell in row])
            number += 1
    return number


def as_text(cell: Any) -> str:
    """A cell on one line that a spreadsheet takes for text, whatever a sender wrote."""
    text = _UNSHOWN.sub(" ", "" if cell is None else str(cell)).strip()
    return f"'{text}" if _FORMULA.match(text) else text


def file_name(feed: str, sender: str | None) -> str:
    """The report's file name; a sender's own letters cannot lead out of the folder, nor two senders to one file."""
    if not sender:
        return f"{feed}.csv"
    name = _UNSAFE_IN_NAME.sub("_", sender)[:_LONGEST_NAME]
    # Senders that differ in what was replaced, or in case alone, which some disks do not tell apart.
    mark = "" if name == sender and name == name.upper() else f"-{sha256(sender.encode(errors='replace')).hexdigest()[:6]}"
    return f"{feed}-{name}{mark}.csv"
