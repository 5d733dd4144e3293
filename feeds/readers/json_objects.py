"""JSON objects within bounds, fast on good input: one object to one record by the paths that fields declare; JSON Lines.

A field's `source` may name several dotted paths, parted by ` | `: the first that holds anything gives the value.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from feeds.feed import Bounds, Record, RefusedError, canonical_hash
from feeds.readers import json_lines
from lakehouse.field import Field

# What a feed adds to the values read from an object; it answers with the record's key, or '' for the feed's own.
Finish = Callable[[dict[str, Any], dict[str, Any]], str]
Ways = tuple[tuple[int, str], ...]
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


@dataclass(frozen=True)
class Plan:
    """Where fields are found, settled once and not for every record.

    `holders` are the objects within an object, each as its step from an earlier one (0 is the whole); a field's `ways` are
    (holder, name) pairs, of which the first that holds anything gives the value. Fields of one way are told holder by holder, as
    their names and what the sender calls them. Lists bring the plan of their items. `numbers` stay as they were read.
    """

    first: str
    holders: tuple[tuple[int, str], ...]
    plain: tuple[tuple[int, tuple[str, ...], tuple[str, ...]], ...]
    scalars: tuple[tuple[str, Ways], ...]
    numbers: frozenset[str]
    arrays: tuple[tuple[str, Ways], ...]
    lists: tuple[tuple[str, Ways, "Plan"], ...]


def plan(fields: Sequence[Field]) -> Plan:
    """The plan by which fields are taken."""
    places: dict[tuple[str, ...], int] = {(): 0}
    ways = {f.name: tuple((_place(tuple(path.split(".")[:-1]), places), path.split(".")[-1]) for path in f.source.split(" | ") if path) for f in fields}
    holders = tuple((places[path[:-1]], path[-1]) for path in places if path)
    scalars = [(f.name, ways[f.name]) for f in fields if f.type != "list" and not f.type.startswith("array<")]
    alone: dict[int, list[tuple[str, str]]] = {}
    for name, told in scalars:
        if len(told) == 1:
            alone.setdefault(told[0][0], []).append((name, told[0][1]))
    return Plan(
        fields[0].name,
        holders,
        tuple((place, tuple(name for name, _ in told), tuple(step for _, step in told)) for place, told in alone.items()),
        tuple((name, told) for name, told in scalars if len(told) != 1),
        frozenset(f.name for f in fields if f.type == "double"),
        tuple((f.name, ways[f.name]) for f in fields if f.type.startswith("array<")),
        tuple((f.name, ways[f.name], plan(f.items)) for f in fields if f.type == "list"),
    )


def _place(path: tuple[str, ...], places: dict[tuple[str, ...], int]) -> int:
    """The number of the holder under a path, given when it is new; those it lies in come first."""
    if path not in places:
        _place(path[:-1], places)
        places[path] = len(places)
    return places[path]


def take(parsed: Any, planned: Plan) -> dict[str, Any]:
    """The planned fields of an object as texts, those of numbers as they were read, lists as lists; a lone value counts as a list of one."""
    held: list[dict[str, Any]] = [parsed if isinstance(parsed, dict) else {}]
    for place, step in planned.holders:
        inner = held[place].get(step)
        held.append(inner if isinstance(inner, dict) else {})
    values: dict[str, Any] = {}
    for place, names, steps in planned.plain:
        values.update(zip(names, map(held[place].get, steps), strict=True))
    for name, ways in planned.scalars:
        found = None
        for place, step in ways:
            found = held[place].get(step)
            if found is not None:
                break
        values[name] = found
    for name, value in values.items():
        kind = value.__class__
        if kind is not str and value is not None and not (kind in _NUMBERS and name in planned.numbers):
            values[name] = as_text(value)
    for name, ways in planned.arrays:
        many = _many(held, ways)
        values[name] = many and [as_text(item) for item in many]
    for name, ways, items in planned.lists:
        many = _many(held, ways)
        values[name] = many and [take(item, items) if isinstance(item, dict) else _lone(item, items) for item in many]
    return values


def _many(held: list[dict[str, Any]], ways: Ways) -> list[Any] | None:
    for place, step in ways:
        found = held[place].get(step)
        if found is not None:
            return found if isinstance(found, list) else [found]
    return None


def _lone(item: Any, planned: Plan) -> dict[str, Any]:
    """What should be an object and is none, taken for the first field of one."""
    values = take({}, planned)
    values[planned.first] = as_text(item)
    return values


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
