"""CSV with a header: one record a row, a row of another width is refused, a file without a needed column is refused whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from feeds.feed import Bounds, Record, canonical_hash
from feeds.readers.csv_split import Row, rows
from feeds.readers.envelope import around
from lakehouse.field import Field


def count(text: str) -> int:
    """Records of the raw text: rows after the header that hold anything, and lines that are no row."""
    return max(0, sum(1 for _ in rows(text)) - 1)


def missing_columns(text: str, fields: Sequence[Field]) -> list[str]:
    """Headings that required fields need and the file lacks."""
    heading = _heading(next(rows(text[:65536]), None))
    return [field.source for field in fields if field.source and field.required and field.source not in heading]


def _heading(first: Row | None) -> list[str]:
    return [name.strip().lstrip("\ufeff") for name in (first.cells if first else None) or []]


def reader(fields: Callable[[], Sequence[Field]]) -> Callable[[str, Bounds], Iterator[Record]]:
    """A reader of CSV rows by the headings that fields declare."""

    def read(text: str, bounds: Bounds) -> Iterator[Record]:
        found = rows(text)
        first = next(found, None)
        heading = _heading(first)
        twice = [f"{field.source} × 2" for field in fields() if field.source and heading.count(field.source) > 1]
        wrong = missing_columns(text, fields()) + twice
        if wrong:
            yield Record("", text[:bounds.record_bytes], None, refusal="csv.header", detail=", ".join(wrong))
            return
        envelope = around(f"{first.text if first else ''}\n")
        for row in found:
            yield replace(_record(row, heading, fields(), bounds), envelope=envelope)

    return read


def _record(row: Row, heading: Sequence[str], fields: Sequence[Field], bounds: Bounds) -> Record:
    position, raw = f"line {row.number}", row.text[:bounds.record_bytes]
    if row.cells is None:
        return Record(position, raw, None, refusal="csv.row", detail="a quotation mark is not closed")
    if len(row.text) > bounds.record_bytes or max(map(len, row.cells)) > bounds.field_bytes:
        return Record(position, raw, None, refusal="record.bounds", detail=f"{len(row.text)} characters")
    if len(row.cells) != len(heading):
        return Record(position, raw, None, refusal="csv.row", detail=f"{len(row.cells)} cells, {len(heading)} headings")
    sent = dict(zip(heading, (cell.strip() for cell in row.cells), strict=True))
    values = {field.name: sent.get(field.source) or None for field in fields if field.source}
    return Record(position, raw, values, (canonical_hash(sent),))
