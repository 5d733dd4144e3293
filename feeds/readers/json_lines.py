"""JSON Lines: one record a line, a broken line is one refused record, a blank one none."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from feeds.feed import Bounds, Record, RefusedError, canonical_hash
from lakehouse.field import Field


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines that are not blank. Only line feeds part lines: JSON text may hold other separators."""
    start, number = 0, 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        number += 1
        line = text[start:end].strip()
        if line:
            yield number, line
        start = end + 1


def count(text: str) -> int:
    """Records of the raw text: lines that are not blank; a text of blank lines only has none."""
    return sum(1 for line in text.split("\n") if line.strip())


def reader(fields: Callable[[], Sequence[Field]]) -> Callable[[str, Bounds], Iterator[Record]]:
    """A reader of JSON Lines taking the dotted paths that fields declare."""

    def read(text: str, bounds: Bounds) -> Iterator[Record]:
        for number, line in lines(text):
            try:
                parsed = parse_line(line, bounds)
                yield Record(f"line {number}", line, take(parsed, fields()), (canonical_hash(parsed),))
            except RefusedError as refused:
                yield Record(f"line {number}", line, None, refusal=refused.code, detail=refused.detail)

    return read


def parse_line(line: str, bounds: Bounds) -> dict[str, Any]:
    """One JSON object within bounds; RefusedError otherwise."""
    if len(line) > bounds.record_bytes:
        raise RefusedError("record.bounds", f"{len(line)} characters, {bounds.record_bytes} allowed")
    if _depth(line) > bounds.depth:
        raise RefusedError("record.bounds", f"nested deeper than {bounds.depth}")
    try:
        parsed = json.loads(line, parse_constant=_refuse_constant, parse_int=_bounded_number, parse_float=_bounded_number)
    except (ValueError, RecursionError) as fault:
        raise RefusedError("json.malformed", str(fault)[:160]) from None
    if not isinstance(parsed, dict):
        raise RefusedError("json.malformed", "not an object")
    return parsed


def take(parsed: Any, fields: Sequence[Field]) -> dict[str, Any]:
    """The declared fields of an object as texts."""
    values: dict[str, Any] = {}
    for field in fields:
        found = parsed
        for step in field.source.split(".") if field.source else ():
            found = found.get(step) if isinstance(found, dict) else None
        if field.type == "list":
            values[field.name] = [take(item, field.items) for item in found] if isinstance(found, list) else None
        elif field.type.startswith("array<"):
            values[field.name] = [_as_text(item) for item in found] if isinstance(found, list) else None
        else:
            values[field.name] = _as_text(found)
    return values


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def _bounded_number(digits: str) -> float | int:
    if len(digits) > 40:
        raise ValueError("a number of more than 40 digits")
    return float(digits) if set(digits) & set(".eE") else int(digits)


def _depth(line: str) -> int:
    """The deepest nesting, brackets within strings counted too: an upper bound found without recursion."""
    deepest = depth = 0
    for mark in line:
        if mark in "{[":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "}]":
            depth -= 1
    return deepest
