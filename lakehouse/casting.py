"""Casting: texts as sent to the types that fields declare, whole Arrow columns at once, and what is wrong with each value."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lakehouse.clock import KOREA
from lakehouse.field import Field

_ARROW = {"string": pa.string(), "long": pa.int64(), "double": pa.float64(), "boolean": pa.bool_(), "date": pa.date32(),
          "timestamp": pa.timestamp("us", tz="UTC")}
_LONG = r"^[+-]?[0-9]{1,18}([.]0*)?$"
# Thousands commas are read, a decimal comma is not: 1,5 would become 15.
_DOUBLE = r"^[+-]?(([0-9]+|[0-9]{1,3}(,[0-9]{3})+)([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$"
# What a parser reads as a number needs no reading; what is larger is none that a sender means.
_NUMBERS, _TEXTS, _TOO_LARGE = frozenset({int, float, type(None)}), frozenset({str, type(None)}), 1e100
_YES, _NO = pa.array(["y", "yes", "true", "1"]), pa.array(["n", "no", "false", "0"])
_DAY = r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-9]))"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,6})?)?"
# There is no year 0.
_YEAR = r"(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_DATE = rf"^{_YEAR}-{_DAY}$"
_LOCAL = rf"^{_YEAR}-{_DAY}T{_CLOCK}$"
_ZONED = rf"^{_YEAR}-{_DAY}T{_CLOCK}(?:Z|[+-](?:0[0-9]|1[0-8]):[0-5][0-9])$"
# Instants that have a date both in Korea and in UTC.
_FIRST = pa.scalar(datetime(1, 1, 1, tzinfo=UTC), _ARROW["timestamp"])
_LAST = pa.scalar(datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=KOREA), _ARROW["timestamp"])
# Every way a time is written, brought to ISO 8601: digits alone by marks put between them, which is fast, all others by patterns.
_MARKS = ((4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"))
_DIGITS_TO_ISO = {8: (*_MARKS[:2], (10, "T00:00")), 12: _MARKS[:4], 14: _MARKS}
_TO_ISO = (
    (r"^([0-9]{4}-[0-9]{2}-[0-9]{2})$", r"\1T00:00"),
    (r"^([0-9]{4}-[0-9]{2}-[0-9]{2})[ tT]+([0-9:.]+) *", r"\1T\2"),
    (r"([.][0-9]{6})[0-9]+", r"\1"),
    (r"([0-9])(?:z|UTC)$", r"\1Z"),
    (r"([+-][0-9]{2})$", r"\1:00"),
    (r"(:[0-9.]+)([+-][0-9]{2}):?([0-9]{2})$", r"\1\2:\3"),
)


def arrow_type(declared: Field) -> pa.DataType:
    """The Arrow type of a field."""
    if declared.type == "list":
        return pa.list_(pa.struct([(item.name, arrow_type(item)) for item in declared.items]))
    if declared.type.startswith("array<"):
        return pa.list_(_ARROW[_scalar(declared)])
    if declared.type.startswith("map<"):
        key, value = declared.type.removeprefix("map<").removesuffix(">").split(",")
        return pa.map_(_ARROW[key.strip()], _ARROW[value.strip()])
    return _ARROW[declared.type]


def cast_column(declared: Field, values: Sequence[Any]) -> pa.Array:
    """The column of a field from texts, or lists of them or of dictionaries; from numbers too, of a double; null where one cannot be read."""
    if values.count(None) == len(values):
        return pa.nulls(len(values), arrow_type(declared))
    if declared.type != "list" and not declared.type.startswith("array<"):
        return _cast(declared.type, values)
    offsets, inner = [0], list[Any]()
    for many in values:
        inner.extend(many or ())
        offsets.append(len(inner))
    if declared.type == "list":
        columns = [cast_column(item, said) for item, said in zip(declared.items, by_name(inner, declared.items), strict=True)]
        flat: pa.Array = pa.StructArray.from_arrays(columns, fields=[pa.field(i.name, arrow_type(i)) for i in declared.items])
    else:
        flat = _cast(_scalar(declared), inner)
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), flat, mask=pa.array([many is None for many in values], pa.bool_()))


def by_name(rows: Sequence[Mapping[str, Any]], declared: Sequence[Field]) -> list[Sequence[Any]]:
    """What rows say of each field, column by column; each row is gone through once, while it is at hand."""
    names = [field.name for field in declared]
    return list(zip(*[tuple(map(row.get, names)) for row in rows], strict=True)) if rows else [() for _ in names]


def faults(declared: Field, values: Sequence[Any], column: pa.Array) -> list[tuple[int, str]]:
    """The rows whose value is at fault, with what is wrong: missing, unreadable, range or code."""
    if declared.type == "list" or declared.type.startswith("array<"):
        absent = [at for at, many in enumerate(values) if not many] if declared.required else []
        return [(at, "missing") for at in absent]
    found: list[tuple[int, str]] = []
    if column.null_count and (declared.required or column.null_count > values.count(None)):
        for at in pc.indices_nonzero(column.is_null()).to_pylist():
            said = values[at]
            if said is not None and str(said).strip():
                found.append((at, "unreadable"))
            elif declared.required:
                found.append((at, "missing"))
    wrong = _outside(declared, column)
    if wrong is not None:
        found += [(at, "code" if declared.allowed else "range") for at in pc.indices_nonzero(pc.fill_null(wrong, False)).to_pylist()]
    return found


def _outside(declared: Field, column: pa.Array) -> pa.Array | None:
    """Whether each value lies outside what the field allows; None where it allows everything."""
    if declared.allowed:
        return pc.and_(pc.invert(pc.is_in(column, pa.array(declared.allowed))), column.is_valid())
    low = pc.less(column, declared.low) if declared.low is not None else None
    high = pc.greater(column, declared.high) if declared.high is not None else None
    return pc.or_(low, high) if low is not None and high is not None else low if low is not None else high


def _scalar(declared: Field) -> str:
    return declared.type.removeprefix("array<").removesuffix(">")


def _cast(scalar: str, values: Sequence[Any]) -> pa.Array:
    """The column of a scalar type."""
    if scalar == "double" and not set(map(type, values)) <= _TEXTS:
        if set(map(type, values)) <= _NUMBERS:
            try:
                read = pa.array(values, pa.float64())
                return _where(pc.less(pc.abs(read), _TOO_LARGE), read)
            except pa.ArrowInvalid:
                pass
        values = [value if value is None else str(value) for value in values]
    return _CASTS[scalar](_plain(values))


def _plain(values: Sequence[Any]) -> pa.Array:
    """Texts without white space around them, empty ones null."""
    trimmed = pc.utf8_trim_whitespace(pa.array(values, pa.string()))
    return _where(pc.not_equal(trimmed, ""), trimmed)


def _where(kept: pa.Array, values: pa.Array) -> pa.Array:
    return pc.if_else(kept, values, pa.scalar(None, values.type))


def _long(texts: pa.Array) -> pa.Array:
    whole = pc.replace_substring_regex(_where(pc.match_substring_regex(texts, _LONG), texts), r"^[+]|[.]0*$", "")
    return pc.cast(whole, pa.int64())


def _double(texts: pa.Array) -> pa.Array:
    number = pc.replace_substring_regex(_where(pc.match_substring_regex(texts, _DOUBLE), texts), r"^[+]|,", "")
    read = pc.cast(number, pa.float64())
    # A number too large to be held would be read as infinite.
    return _where(pc.is_finite(read), read)


def _boolean(texts: pa.Array) -> pa.Array:
    lower = pc.utf8_lower(texts)
    return pc.if_else(pc.is_in(lower, _YES), True, pc.if_else(pc.is_in(lower, _NO), False, pa.scalar(None, pa.bool_())))


def _date(texts: pa.Array) -> pa.Array:
    day = _marked(texts, 8, _MARKS[:2])
    is_date = pc.match_substring_regex(day, _DATE)
    if not pc.all(is_date).as_py():
        # A time of day may follow, not whatever number.
        day = pc.replace_substring_regex(day, r"^([0-9]{4})[-./]?([0-9]{2})[-./]?([0-9]{2})(?:[0-9]{2}){0,3}(?:[^0-9].*)?$", r"\1-\2-\3")
        is_date = pc.match_substring_regex(day, _DATE)
    return _parsed(_where(is_date, day), lambda dates: pc.cast(dates, pa.date32()))


def _timestamp(texts: pa.Array) -> pa.Array:
    if texts.null_count == len(texts):
        return pa.nulls(len(texts), _ARROW["timestamp"])
    for length in pc.unique(pc.binary_length(texts)).to_pylist():
        if length in _DIGITS_TO_ISO:
            texts = _marked(texts, length, _DIGITS_TO_ISO[length])
    is_zoned, is_local = _are_iso(texts)
    if not pc.all(pc.or_(is_zoned, is_local)).as_py():
        for pattern, iso in _TO_ISO:
            texts = pc.replace_substring_regex(texts, pattern, iso)
        is_zoned, is_local = _are_iso(texts)
    zoned = _parsed(_where(is_zoned, texts), lambda times: pc.cast(times, _ARROW["timestamp"]))
    local = _parsed(_where(is_local, texts), lambda times: pc.cast(times, pa.timestamp("us")))
    korean = pc.assume_timezone(local, str(KOREA), ambiguous="earliest", nonexistent="earliest")
    read = pc.coalesce(zoned, pc.cast(korean, _ARROW["timestamp"]))
    return _where(pc.and_(pc.greater_equal(read, _FIRST), pc.less_equal(read, _LAST)), read)


def _marked(texts: pa.Array, length: int, marks: tuple[tuple[int, str], ...]) -> pa.Array:
    """The texts with marks put into those that are digits alone, so many of them."""
    made = texts
    for at, mark in marks:
        made = pc.utf8_replace_slice(made, at, at, mark)
    return pc.if_else(pc.match_substring_regex(texts, f"^[0-9]{{{length}}}$"), made, texts)


def _are_iso(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Which texts are times of ISO 8601 with their offset, and which without."""
    return pc.match_substring_regex(texts, _ZONED), pc.match_substring_regex(texts, _LOCAL)


def _parsed(texts: pa.Array, cast: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """The cast; where a 29 February that never was fails it whole, without such days."""
    try:
        return cast(texts)
    except pa.ArrowInvalid:
        real = [text is not None and _is_day(text[:10]) for text in texts.to_pylist()]
        return cast(_where(pa.array(real), texts))


def _is_day(text: str) -> bool:
    try:
        return bool(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=KOREA))
    except ValueError:
        return False


_CASTS: dict[str, Callable[[pa.Array], pa.Array]] = {
    "string": lambda texts: texts, "long": _long, "double": _double, "boolean": _boolean, "date": _date, "timestamp": _timestamp}
