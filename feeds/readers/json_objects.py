"""JSON objects within bounds, fast on good input: one object to one record by the paths that fields declare; JSON Lines.

A field's `source` may name several dotted paths, parted by ` | `: the first that holds anything gives the value.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from feeds.feed import Bounds, Record, RefusedError, canonical_hash
from feeds.readers import json_lines
from lakehouse.field import Field

# What a feed adds to the values read from an object; it answers with the record's key, or '' for the feed's own.
Finish = Callable[[dict[str, Any], dict[str, Any]], str]
_NUMBERS = (float, int)
_NUMBER_DIGITS = 40


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of an object by name; ValueError where a name stands twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return made


def _whole(digits: str) -> int:
    if len(digits) > _NUMBER_DIGITS:
        raise ValueError(f"a number of more than {_NUMBER_DIGITS} digits")
    return int(digits)


def _constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=unique, parse_int=_whole, parse_constant=_constant)


class Place(NamedTuple):
    """What a member of an object gives: fields, each with its turn among others that give it (None: there are none), and what lies in it."""

    fields: list[tuple[str, int | None, Callable[[Any], Any] | None]]
    below: dict[str, "Place"]


@dataclass(frozen=True)
class Plan:
    """Where fields are found, settled once and not for every record: the members that give any, within each other as they are sent."""

    empty: dict[str, None]
    places: dict[str, Place]


def plan(fields: Sequence[Field]) -> Plan:
    """The plan by which fields are taken."""
    planned = Plan(dict.fromkeys(field.name for field in fields), {})
    for field in fields:
        paths = [path.split(".") for path in field.source.split(" | ") if path]
        for turn, (*holders, last) in enumerate(paths):
            level = planned.places
            for step in holders:
                level = level.setdefault(step, Place([], {})).below
            level.setdefault(last, Place([], {})).fields.append((field.name, turn if len(paths) > 1 else None, _taker(field)))
    return planned


def _taker(field: Field) -> Callable[[Any], Any] | None:
    """How the value of a field is taken; None where as text."""
    if field.type == "list":
        items = plan(field.items)
        return lambda many: [take(one, items) if isinstance(one, dict) else _lone(one, items) for one in _many(many)]
    if field.type.startswith("array<"):
        return lambda many: [as_text(one) for one in _many(many)]
    return _as_number if field.type == "double" else None


def take(parsed: dict[str, Any], planned: Plan) -> dict[str, Any]:
    """The planned fields of an object as texts, doubles as the parser read them, lists as lists; a lone value counts as a list of one."""
    values: dict[str, Any] = planned.empty.copy()
    _fill(parsed, planned.places, values, {})
    return values


def _fill(parsed: dict[str, Any], places: dict[str, Place], values: dict[str, Any], turns: dict[str, int]) -> None:
    """Put what was sent under the fields' names: what is sent is gone through, which is less than what could be."""
    for step, found in parsed.items():
        place = places.get(step)
        if place is None or found is None:
            continue
        for name, turn, taken in place.fields:
            if turn is not None:
                if turns.get(name, turn) < turn:
                    continue
                turns[name] = turn
            values[name] = taken(found) if taken else found if found.__class__ is str else as_text(found)
        if place.below and isinstance(found, dict):
            _fill(found, place.below, values, turns)


def _many(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def _lone(item: Any, planned: Plan) -> dict[str, Any]:
    """What should be an object and is none, taken for the first field of one."""
    return planned.empty | {next(iter(planned.empty)): as_text(item)}


def _as_number(value: Any) -> Any:
    """A number as it was read, anything else as text."""
    return value if value.__class__ in _NUMBERS else as_text(value)


def as_text(value: Any) -> str | None:
    """A JSON value as text, a text as it is."""
    if value is None or isinstance(value, str):
        return value
    # JSON writes numbers as Python does, truth values and what holds others not.
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def record(position: str, raw: str, parsed: Any, planned: Plan, bounds: Bounds, finish: Finish | None = None) -> Record:
    """The record of one parsed object and its raw text, refused where it is no object or exceeds a bound."""
    try:
        if not isinstance(parsed, dict):
            raise RefusedError("json.malformed", "not an object")
        _require_bounds(parsed, raw, bounds)
        part = canonical_hash(parsed)
    except RefusedError as refused:
        return refused_record(position, raw, refused, bounds)
    except UnicodeEncodeError:
        return refused_record(position, raw, RefusedError("json.malformed", "half a character"), bounds)
    values = take(parsed, planned)
    key = finish(parsed, values) if finish else ""
    return Record(position, raw, values, (part,), key=key)


def refused_record(position: str, raw: str, refused: RefusedError, bounds: Bounds) -> Record:
    """A record that is not taken, its raw text within bounds; half characters in what was found are told as their escapes."""
    detail = refused.detail.encode(errors="backslashreplace").decode()
    return Record(position, raw[: bounds.record_bytes], None, refusal=refused.code, detail=detail)


def _require_bounds(parsed: dict[str, Any], raw: str, bounds: Bounds) -> None:
    _require_size(raw, bounds)
    # Brackets in all, those in strings too, bound the depth from above.
    deep = raw.count("{") + raw.count("[") > bounds.depth
    if not deep and len(raw) * 4 <= bounds.field_bytes:
        return
    level: list[Any] = [parsed]
    for _ in range(bounds.depth):
        inner = [value for held in level for value in (held.values() if isinstance(held, dict) else held)]
        names = (name for held in level if isinstance(held, dict) for name in held)
        if any(_bytes(text) > bounds.field_bytes for text in (*names, *inner) if isinstance(text, str)):
            raise RefusedError("record.bounds", f"a field of more than {bounds.field_bytes} bytes")
        level = [value for value in inner if isinstance(value, dict | list)]
        if not level:
            return
    raise RefusedError("record.bounds", f"nested deeper than {bounds.depth}")


def _require_size(raw: str, bounds: Bounds) -> None:
    if len(raw) * 4 > bounds.record_bytes and (size := _bytes(raw)) > bounds.record_bytes:
        raise RefusedError("record.bounds", f"{size} bytes, {bounds.record_bytes} allowed")


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))


def decoded(text: str, at: int = 0) -> tuple[Any, int]:
    """The JSON value that begins at a place of the text, and where it ends; RefusedError where there is none."""
    try:
        return _DECODER.raw_decode(text, at)
    except RecursionError:
        raise RefusedError("record.bounds", "nested too deep to be read") from None
    except ValueError as fault:
        raise RefusedError("json.malformed", str(fault)[:160]) from None


def line_reader(fields: Sequence[Field], finish: Finish | None = None) -> Callable[[str, Bounds], Iterator[Record]]:
    """A reader of JSON Lines: one record a line, a broken line is one refused record, a blank one none."""
    planned = plan(fields)

    def read(text: str, bounds: Bounds) -> Iterator[Record]:
        for number, line in json_lines.lines(text):
            try:
                _require_size(line, bounds)
                parsed, end = decoded(line)
                if end < len(line):
                    raise RefusedError("json.malformed", f"more text after the object, from character {end + 1}")
            except RefusedError as refused:
                yield refused_record(f"line {number}", line, refused, bounds)
                continue
            yield record(f"line {number}", line, parsed, planned, bounds, finish)

    return read
