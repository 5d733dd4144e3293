"""CSV text to rows: a quoted cell may go on in the lines below it, but one that is never closed takes no row with it."""

import csv
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# Who closes a cell later than that has forgotten its quotation mark.
LONGEST_ROW_LINES = 20
# What lines and old systems leave behind, and what says nothing in a cell.
_BLANK = " \t\v\f\0\x1a\ufeff"


class Row(NamedTuple):
    """A row as it stands in the text: the line it begins at, its text, and its cells; None where it is no row."""

    number: int
    text: str
    cells: list[str] | None


class _OpenError(Exception):
    """Raised where a quoted cell is still open at the end of what it may reach to."""


def rows(text: str) -> Iterator[Row]:
    """Every row that holds anything, any line ending; the first is the heading, whose width says what may be a row of several lines."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    at, width = 0, None
    while at < len(lines):
        cells, taken = _row(lines, at, width)
        if cells is None or any(cell.strip(_BLANK) for cell in cells):
            yield Row(at + 1, "\n".join(lines[at:at + taken]), cells)
            width = len(cells or ()) if width is None else width
        at += taken


def _row(lines: Sequence[str], at: int, width: int | None) -> tuple[list[str] | None, int]:
    """The cells of the row that begins at a line, and how many lines it takes: one alone where they make no row."""
    if '"' not in lines[at]:
        return lines[at].split(","), 1
    csv.field_size_limit(sys.maxsize)
    try:
        return next(csv.reader(_reach(lines, at, 1))), 1
    except _OpenError:
        several = csv.reader(_reach(lines, at, LONGEST_ROW_LINES), strict=True)
    try:
        cells = next(several)
    except (csv.Error, _OpenError):
        return None, 1
    return (cells, several.line_num) if width in (None, len(cells)) else (None, 1)


def _reach(lines: Sequence[str], at: int, longest: int) -> Iterator[str]:
    """Lines from one on; asking for more than the longest says that a cell is open."""
    for line in lines[at:at + longest]:
        yield f"{line}\n"
    raise _OpenError
