"""Texts to types: what can be read is, what cannot is null and told, whatever stands beside it."""

import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakehouse.casting import arrow_type, cast_column, faults
from lakehouse.field import Field
from lakehouse.text import Text

WORDS = Text("값", "Value")


def field(kind: str, **more: object) -> Field:
    return Field("x", kind, WORDS, "x", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "sent", "read"), [
    ("string", "  a b ", "a b"), ("string", "   ", None), ("string", None, None),
    ("long", "+12", 12), ("long", "-3.00", -3), ("long", "3.5", None), ("long", "9" * 19, None), ("long", "", None),
    ("double", "1,234.5", 1234.5), ("double", "1,5", None), ("double", "+.5", 0.5), ("double", "5.", 5.0), ("double", "1e3", 1000.0), ("double", "1e999", None),
    ("double", "NaN", None), ("double", "12 kg", None), ("double", ".", None), ("double", "", None),
    ("boolean", "Y", True), ("boolean", "false", False), ("boolean", "maybe", None),
    ("date", "20260228", date(2026, 2, 28)), ("date", "2026/02/28", date(2026, 2, 28)), ("date", "2026-02-29", None), ("date", "2026-06-01T10:00:00+09:00", date(2026, 6, 1)),
    ("date", "20260231", None), ("date", "2026", None),
    ("timestamp", "20260105091200", datetime(2026, 1, 5, 0, 12, tzinfo=UTC)), ("timestamp", "202601050912", datetime(2026, 1, 5, 0, 12, tzinfo=UTC)),
    ("timestamp", "20260105", datetime(2026, 1, 4, 15, tzinfo=UTC)), ("timestamp", "2026-01-05", datetime(2026, 1, 4, 15, tzinfo=UTC)),
    ("timestamp", "2026-01-05T09:12:00+09:00", datetime(2026, 1, 5, 0, 12, tzinfo=UTC)), ("timestamp", "2026-01-05 09:12:00.1234567 +0900", datetime(2026, 1, 5, 0, 12, 0, 123456, tzinfo=UTC)),
    ("timestamp", "2026-01-05T00:12:00Z", datetime(2026, 1, 5, 0, 12, tzinfo=UTC)), ("timestamp", "2026-01-05T00:12:00.5Z", datetime(2026, 1, 5, 0, 12, 0, 500000, tzinfo=UTC)),
    ("timestamp", "2026-01-05T09:12", datetime(2026, 1, 5, 0, 12, tzinfo=UTC)), ("timestamp", "2026-02-29T09:12:00Z", None), ("timestamp", "2026-13-01T00:00:00Z", None),
    ("timestamp", "20260105250000", None), ("timestamp", "입항 예정", None), ("timestamp", "2026-01-05T09:12:00-05", datetime(2026, 1, 5, 14, 12, tzinfo=UTC)),
])
def test_a_text_is_read_as_its_type_says(kind: str, sent: str | None, read: object) -> None:
    declared = field(kind)
    for beside in ([], ["2026-02-29"], ["1"], [None]):
        column = cast_column(declared, [*beside, sent])
        assert column.type == arrow_type(declared) and column.to_pylist()[-1] == read
    told = faults(declared, [sent], cast_column(declared, [sent]))
    assert told == ([(0, "unreadable")] if read is None and (sent or "").strip() else [])


@given(st.sampled_from(["long", "double", "boolean", "date", "timestamp"]), st.lists(st.one_of(st.none(), st.text(max_size=12), st.from_regex(r"[0-9:.\-T+ ]{1,26}")), max_size=5))
def test_no_text_breaks_a_column(kind: str, sent: list[str | None]) -> None:
    column = cast_column(field(kind), sent)
    assert len(column) == len(sent) and not any(isinstance(v, float) and math.isnan(v) for v in column.to_pylist())


def test_lists_keep_their_shape() -> None:
    items = (field("double"), Field("y", "array<date>", WORDS, "y"))
    column = cast_column(Field("many", "list", WORDS, "m", items=items), [None, [], [{"x": "1", "y": ["20260101", "?"]}, {"x": "?", "y": None}]])
    assert column.to_pylist() == [None, [], [{"x": 1.0, "y": [date(2026, 1, 1), None]}, {"x": None, "y": None}]]
    assert cast_column(field("array<long>"), [["1", "x"], None, []]).to_pylist() == [[1, None], None, []]


def test_what_is_wrong_is_told_by_row() -> None:
    def told(declared: Field, *sent: object) -> list[tuple[int, str]]:
        return faults(declared, sent, cast_column(declared, sent))

    assert told(field("string", required=True), "a", None, " ") == [(1, "missing"), (2, "missing")]
    assert told(field("double", low=0, high=10), "1", "-1", "11", None, "x") == [(4, "unreadable"), (1, "range"), (2, "range")]
    assert told(field("string", allowed=("a", "b")), "a", "c", None) == [(1, "code")]
    assert told(field("array<string>", required=True), ["a"], [], None) == [(1, "missing"), (2, "missing")]
