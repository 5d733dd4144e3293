"""CSV with a header: one record a row, a row of another width is refused, a file without a needed column is refused whole."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence

from feeds.feed import Bounds, Record, canonical_hash
from lakehouse.field import Field


def count(text: str) -> int:
    """Records of the raw text: rows after the header that hold anything."""
    rows = quoted = 0
    for line in text.splitlines():
        rows += 1 if not quoted and line.strip() else 0
        quoted ^= line.count('"') & 1
    return max(rows - 1, 0)


def missing_columns(text: str, fields: Sequence[Field]) -> list[str]:
    """Headings that required fields need and the file lacks."""
    heading = next(csv.reader(io.StringIO(text[:65536])), [])
    present = {name.strip().lstrip("\ufeff") for name in heading}
    return [field.source for field in fields if field.source and field.required and field.source not in present]


def reader(fields: Callable[[], Sequence[Field]]) -> Callable[[str, Bounds], Iterator[Record]]:
    """A reader of CSV rows by the headings that fields declare."""

    def read(text: str, bounds: Bounds) -> Iterator[Record]:
        lacking = missing_columns(text, fields())
        if lacking:
            yield Record("", text[:2000], None, refusal="csv.header", detail=", ".join(lacking))
            return
        rows = csv.reader(io.StringIO(text))
        csv.field_size_limit(bounds.field_bytes)
        heading = [name.strip().lstrip("\ufeff") for name in next(rows)]
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as fault:
                yield Record(f"line {rows.line_num}", "", None, refusal="csv.row", detail=str(fault)[:160])
                continue
            if not any(cell.strip() for cell in row):
                continue
            yield _record(f"line {rows.line_num}", heading, row, fields())

    return read


def _record(position: str, heading: list[str], row: list[str], fields: Sequence[Field]) -> Record:
    raw = _line(row)
    if len(row) != len(heading):
        return Record(position, raw, None, refusal="csv.row", detail=f"{len(row)} cells, {len(heading)} headings")
    sent = dict(zip(heading, (cell.strip() for cell in row), strict=True))
    values = {field.name: sent.get(field.source) or None for field in fields if field.source}
    return Record(position, raw, values, (canonical_hash(sent),))


def _line(row: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row)
    return out.getvalue()
