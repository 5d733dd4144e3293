"""What lookouts find in records just read, before any run takes them up: values compared column by column."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

# Fields that tell of goods, of the tariff, of what carries; identifiers and parties are looked for in every text.
_GOODS, _TARIFF = re.compile(r"goods|description|^titles?$"), re.compile(r"^hs")
_CARRIER = re.compile(r"^(vessel_name|flight(_no)?|voyage_no|(ex|im)port_voyage_no)$")
_VESSEL, _VOYAGE, _CARGO, _MANIFEST = "vessel_name", "voyage_no", "cargo_control_no", 11


@dataclass(frozen=True)
class Sighting:
    """A lookout and the record it was found in: the record's key, and where it stands in its file."""

    lookout_id: int
    record_key: str
    file: str
    position: str


def sightings(batch: pa.RecordBatch, fields: Iterable[str], lookouts: Iterable[Mapping[str, Any]]) -> Iterator[Sighting]:
    """Each lookout with each record of a batch that it is found in, once; `fields` are those that the feed declares."""
    wanted: dict[str, dict[str, list[int]]] = {}
    for one in lookouts:
        wanted.setdefault(one["kind"], {}).setdefault(one["folded"], []).append(one["id"])
    found = {(number, row) for kind, value, row in _found(batch, fields, wanted) for number in wanted[kind][value]}
    keys, files, positions = (batch.column(name).to_pylist() for name in ("record_key", "file", "position"))
    for number, row in sorted(found):
        yield Sighting(number, keys[row] or "", files[row], positions[row] or "")


Found = Iterator[tuple[str, str, int]]


def _found(batch: pa.RecordBatch, fields: Iterable[str], wanted: Mapping[str, Mapping[str, Any]]) -> Found:
    for name, texts, rows in _texts(batch, fields):
        upper = pc.utf8_upper(pc.replace_substring_regex(pc.utf8_trim_whitespace(texts), r"\s+", " "))
        plain = pc.replace_substring_regex(upper, "[- ]", "")
        yield from _equal("identifier", plain, rows, wanted)
        yield from _equal("party", upper, rows, wanted)
        if _CARRIER.match(name):
            yield from _equal("voyage", upper, rows, wanted)
        elif name == _CARGO:
            yield from _equal("voyage", pc.utf8_slice_codeunits(plain, 0, _MANIFEST), rows, wanted)
        elif _GOODS.search(name):
            yield from _each("goods", pc.match_substring, upper, rows, wanted)
        elif _TARIFF.match(name):
            yield from _each("hs", pc.starts_with, pc.replace_substring_regex(upper, r"[^0-9]", ""), rows, wanted)
    if {_VESSEL, _VOYAGE} <= set(batch.schema.names):
        both = pc.binary_join_element_wise(batch.column(_VESSEL), batch.column(_VOYAGE), " ")
        yield from _equal("voyage", pc.utf8_upper(both), pa.array(range(batch.num_rows)), wanted)


def _equal(kind: str, texts: pa.Array, rows: pa.Array, wanted: Mapping[str, Mapping[str, Any]]) -> Found:
    values = wanted.get(kind)
    if values:
        hits = pc.indices_nonzero(pc.is_in(texts, value_set=pa.array(list(values))))
        yield from ((kind, value, row) for value, row in zip(texts.take(hits).to_pylist(), rows.take(hits).to_pylist(), strict=True))


def _each(kind: str, test: Any, texts: pa.Array, rows: pa.Array, wanted: Mapping[str, Mapping[str, Any]]) -> Found:
    for value in wanted.get(kind, ()):
        yield from ((kind, value, row) for row in rows.take(pc.indices_nonzero(test(texts, value))).to_pylist())


def _texts(batch: pa.RecordBatch, fields: Iterable[str]) -> Iterator[tuple[str, pa.Array, pa.Array]]:
    """Every text of the declared fields, those within lists and structures too: its name, the values, and the row of each."""
    for name in fields:
        yield from _within(name, batch.column(name), pa.array(range(batch.num_rows)))


def _within(name: str, column: pa.Array, rows: pa.Array) -> Iterator[tuple[str, pa.Array, pa.Array]]:
    if pa.types.is_string(column.type):
        yield name, column, rows
    elif pa.types.is_list(column.type):
        yield from _within(name, pc.list_flatten(column), rows.take(pc.list_parent_indices(column)))
    elif pa.types.is_struct(column.type):
        for part in column.type:
            yield from _within(part.name, pc.struct_field(column, part.name), rows)
