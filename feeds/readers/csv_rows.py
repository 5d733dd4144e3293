"""CSV with a header: one record a row, a row of another width is refused, a file without a needed column is refused whole."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence

from feeds.feed import Bounds, Record, canonical_hash
from feeds.readers.envelope import around
from lakehouse.field import Field


def count(text: str) -> int:
    """Records of the raw text: rows after the header that hold anything, and lines that are no row."""
    return sum(row is None or any(cell.strip() for cell in row) for _, row in _rows(text)) - 1


def _rows(text: str) -> Iterator[tuple[int, list[str] | None]]:
    """Numbered rows, the heading first, any line ending; None for what cannot be read as a row."""
    rows = csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"), newline="\n"))
    while True:
        try:
            yield rows.line_num, next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield rows.line_num, None


def missing_columns(text: str, fields: Sequence[Field]) -> list[str]:
    """Headings that required fields need and the file lacks."""
    heading = next((row for _, row in _rows(text[:65536])), None)
    present = {name.strip().lstrip("\ufeff") for name in heading or []}
    return [field.source for field in fields if field.source and field.required and field.source not in present]


def reader(fields: Callable[[], Sequence[Field]]) -> Callable[[str, Bounds], Iterator[Record]]:
    """A reader of CSV rows by the headings that fields declare."""

    def read(text: str, bounds: Bounds) -> Iterator[Record]:
        lacking = missing_columns(text, fields())
        if lacking:
            yield Record("", text[:bounds.record_bytes], None, refusal="csv.header", detail=", ".join(lacking))
            return
        csv.field_size_limit(bounds.field_bytes)
        heading: list[str] = []
        envelope: str | None = ""
        for number, row in _rows(text):
            if not heading:
                heading = [name.strip().lstrip("\ufeff") for name in row or []]
                envelope = around(f"{_line(heading)}\n")
            elif row is None:
                yield Record(f"line {number + 1}", "", None, refusal="csv.row", detail="not a row")
            elif any(cell.strip() for cell in row):
                yield _record(f"line {number + 1}", heading, row, fields(), envelope)

    return read


def _record(position: str, heading: list[str], row: list[str], fields: Sequence[Field], envelope: str | None) -> Record:
    raw = _line(row)
    if len(row) != len(heading):
        return Record(position, raw, None, refusal="csv.row", detail=f"{len(row)} cells, {len(heading)} headings", envelope=envelope)
    sent = dict(zip(heading, (cell.strip() for cell in row), strict=True))
    values = {field.name: sent.get(field.source) or None for field in fields if field.source}
    return Record(position, raw, values, (canonical_hash(sent),), envelope=envelope)


def _line(row: list[str]) -> str:
    out = io.StringIO()
    # A line end within a cell is quoted only where it is the writer's own.
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue()[:-1]
