"""CSV without a header: one record a line, whatever its line ending; the number of cells says which form a line is of."""

import csv
from collections.abc import Iterator

from feeds.feed import Bounds, RefusedError

# 0x1A ends files that were written for DOS.
END_OF_FILE = "\x1a"
_BLANK = f" \t\v\f\0,{END_OF_FILE}"


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines that hold anything; a quoted cell never goes on in the next line."""
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if line.strip(_BLANK):
            yield number, line.strip(f" \t{END_OF_FILE}")


def count(text: str) -> int:
    """Records of the raw text: lines that hold anything."""
    return sum(bool(line.strip(_BLANK)) for line in text.replace("\r", "\n").split("\n"))


def cells(line: str, bounds: Bounds) -> list[str]:
    """The stripped cells of one line; RefusedError where it exceeds a bound or was cut within a quoted cell."""
    if len(line) > bounds.record_bytes:
        raise RefusedError("record.bounds", f"{len(line)} characters, {bounds.record_bytes} allowed")
    if line.count('"') % 2:
        raise RefusedError("csv.row", "a quotation mark is not closed")
    csv.field_size_limit(max(len(line), bounds.field_bytes))
    try:
        found = [cell.strip() for cell in next(csv.reader([line]))]
    except (csv.Error, StopIteration):
        raise RefusedError("csv.row", "not a row") from None
    if any(len(cell) > bounds.field_bytes for cell in found):
        raise RefusedError("record.bounds", f"a field of more than {bounds.field_bytes} characters")
    return found
