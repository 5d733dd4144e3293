"""The bare way with XML: lxml on one core, the same fields by plain ElementTree paths, plain casts into the same Arrow columns; nothing checked."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

from lakehouse.casting import arrow_type
from lakehouse.clock import KOREA
from lakehouse.field import Field

_BLANKS_ASIDE = re.compile(r"normalize-space\((\w+)\)")
_NAME = re.compile(r"(?<![@\w'])[A-Za-z]\w*(?!['\w])")
_INSTANTS = ("%Y%m%d%H%M%S", "%Y-%m-%d %H:%M:%S")


@dataclass(frozen=True)
class Taken:
    """A declared field as the bare loop takes it: a path, an attribute at its end, and the fields of a list's items."""

    field: Field
    path: str
    attribute: str
    items: tuple["Taken", ...]


def taken(declared: Sequence[Field], namespace: str) -> tuple[Taken, ...]:
    """The declared fields with their paths as ElementTree writes them."""
    told = []
    for field in declared:
        source = _BLANKS_ASIDE.sub(r"\1", field.source).removeprefix("following-sibling::")
        path, _, attribute = source.partition("/@")
        named = _NAME.sub(lambda name: f"{{{namespace}}}{name[0]}", path) if namespace else path
        told.append(Taken(field, named, attribute, taken(field.items, namespace)))
    return tuple(told)


def columns(messages: Iterable[bytes], fields: tuple[Taken, ...], row: str = "") -> pa.RecordBatch:
    """The fields of every message that is well-formed; `row` is the path of the element that bears them, the root without it."""
    held: list[list[Any]] = [[] for _ in fields]
    for message in messages:
        try:
            root = etree.fromstring(message)
        except etree.XMLSyntaxError:
            continue
        element = root.find(row) if row else root
        if element is None:
            continue
        for column, field in zip(held, fields, strict=True):
            column.append(_value(root if field.field.name == "steps" else element, field))
    return pa.RecordBatch.from_arrays([_column(field.field, column) for field, column in zip(fields, held, strict=True)],
                                      schema=pa.schema([(field.field.name, arrow_type(field.field)) for field in fields]))


def _value(element: Any, field: Taken) -> Any:
    if field.items:
        return [{item.field.name: _value(each, item) for item in field.items} for each in element.findall(field.path)]
    if field.field.type.startswith("array<"):
        return [each.text for each in element.findall(field.path)]
    if field.attribute:
        found = element.find(field.path)
        return None if found is None else found.get(field.attribute)
    return element.findtext(field.path) or None


def _column(field: Field, values: list[Any]) -> pa.Array:
    if field.type == "list":
        flat = [each for many in values for each in many]
        offsets = [0]
        for many in values:
            offsets.append(offsets[-1] + len(many))
        parts = [_column(item, [each[item.name] for each in flat]) for item in field.items]
        made = pa.StructArray.from_arrays(parts, fields=[pa.field(item.name, arrow_type(item)) for item in field.items])
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), made)
    if field.type.startswith("array<"):
        return pa.array(values, arrow_type(field))
    texts = pa.array(values, pa.string())
    if field.type == "date":
        return pc.cast(pc.strptime(texts, format="%Y%m%d", unit="s", error_is_null=True), pa.date32())
    if field.type == "timestamp":
        told = pc.coalesce(*(pc.strptime(texts, format=form, unit="us", error_is_null=True) for form in _INSTANTS))
        return pc.cast(pc.assume_timezone(told, str(KOREA)), arrow_type(field))
    if field.type == "boolean":
        return pc.equal(texts, "Y")
    return texts if field.type == "string" else pc.cast(texts, arrow_type(field))

