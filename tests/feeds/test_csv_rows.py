"""CSV rows: a quoted cell may go on for some lines, one that is never closed takes no other row with it, and no line is lost."""

import csv
import io
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.feed import Bounds, Record
from feeds.readers import csv_rows
from feeds.readers.csv_split import LONGEST_ROW_LINES, rows
from lakehouse.field import Field
from lakehouse.text import Text

quick = settings(deadline=None, derandomize=True)
BOUNDS = Bounds(10_000, 1_000, 64)
FIELDS = tuple(Field(name, "string", Text("값", "Value"), name, required=name == "a") for name in "abc")
read_rows = csv_rows.reader(lambda: FIELDS)


def read(text: str, bounds: Bounds = BOUNDS) -> list[Record]:
    """The records, having seen that as many are counted."""
    found = list(read_rows(text, bounds))
    whole = len(found) == 1 and not found[0].position
    assert whole or csv_rows.count(text) == len(found)
    return found


def told(text: str) -> list[object]:
    """The cells of each row that was taken, the code of each that was not."""
    return [record.refusal or [(record.values or {})[name] for name in "abc"] for record in read(text)]


@pytest.mark.parametrize(("body", "expected"), [
    ('1,"x\ny",z\n2,b,c\n', [["1", "x\ny", "z"], ["2", "b", "c"]]), ('1,"x\r\ny",z\r\n2,b,c', [["1", "x\ny", "z"], ["2", "b", "c"]]), ('1,"x ""q"" y",z\n', [["1", 'x "q" y', "z"]]),
    ('1,"x,b,c\n2,b,c\n3,b,c\n', ["csv.row", ["2", "b", "c"], ["3", "b", "c"]]), ('1,"x,b\n2,"b",c\n3,b,c\n', ["csv.row", ["2", "b", "c"], ["3", "b", "c"]]),
    ('1,b,"\n2,b,"c\n3,b,c\n', ["csv.row", "csv.row", ["3", "b", "c"]]), ('1,"b\n2,b,c\n3,"b",c\n4,b,c', ["csv.row", ["2", "b", "c"], ["3", "b", "c"], ["4", "b", "c"]]),
    ('1,b,c\n2,b,"', [["1", "b", "c"], "csv.row"]), ('1,b\n2,b,c,d\n3,b,c', ["csv.row", "csv.row", ["3", "b", "c"]]), ('"1"x,b"b,c\n', [["1x", 'b"b', "c"]]),
    ("\n \n,,\n1,b,c\n\t\n\x1a", [["1", "b", "c"]]), ("1,b,c\r2,b,c\r", [["1", "b", "c"], ["2", "b", "c"]]), ('1,,\n', [["1", None, None]]),
])
def test_rows_are_read_one_by_one(body: str, expected: list[object]) -> None:
    assert told("a,b,c\n" + body) == expected


@pytest.mark.parametrize(("lines", "expected"), [(LONGEST_ROW_LINES, [["1", "1", "1"]]), (LONGEST_ROW_LINES + 1, None)])
def test_a_cell_may_go_on_for_some_lines_and_no_more(lines: int, expected: list[object] | None) -> None:
    found = told('a,b,c\n1,1,"' + "x\n" * (lines - 1) + '"\n2,b,c\n')
    assert len(found) == (2 if expected else lines + 1) and found[-1] == ["2", "b", "c"]
    assert expected or set(map(str, found[:-1])) == {"csv.row"}


def test_what_is_refused_keeps_its_place_and_text() -> None:
    first, second, third = read('a,b,c\n\n1,"x\ny",z\n2,"b\n3,b,c')
    assert [record.position for record in (first, second, third)] == ["line 3", "line 5", "line 6"]
    assert (first.raw, second.raw, second.refusal, third.raw) == ('1,"x\ny",z', '2,"b', "csv.row", "3,b,c")


@pytest.mark.parametrize("heading", ["a,b,a", "b,c", '"a,b,c', "A,B,C", "a;b;c", ""])
def test_a_heading_without_a_needed_column_or_with_one_twice_is_refused_whole(heading: str) -> None:
    [record] = read(heading + "\n1,2,3\n4,5,6\n")
    assert (record.refusal, record.position) == ("csv.header", "")


@pytest.mark.parametrize("heading", ["\ufeffa,b,c", ' a , b,c ', '"a","b","c"', "c,b,a,,", "\n\na,b,c", '"a","the\nother",b'])
def test_a_heading_is_known_however_it_is_written(heading: str) -> None:
    assert csv_rows.missing_columns(heading + "\n", FIELDS) == []


def test_bounds_refuse_the_row_that_exceeds_them_alone() -> None:
    text = "a,b,c\n1,{},c\n2,b,c\n"
    for long, bounds in (("x" * 1_001, BOUNDS), ("x" * 600, Bounds(500, 1_000, 64)), ('"' + "x\n" * 15 + "x" * 1_000 + '"', BOUNDS)):
        large, small = read(text.format(long), bounds)
        assert large.refusal == "record.bounds" and len(large.raw) <= bounds.record_bytes and not small.refusal


def test_open_quotes_in_every_line_take_no_time() -> None:
    began = time.monotonic()
    assert len(read("a,b,c\n" + '1,"' + ("y" * 200 + '\n1,"') * 20_000)) == 20_001
    assert time.monotonic() - began < 10


_TEXTS = st.text(st.sampled_from('ab,"\n\r \t\0\x1a한'), max_size=80)
_CELLS = st.text(st.sampled_from('ab,"\n 한'), max_size=6).map(lambda cell: cell.replace("\n\n", "\n"))


@quick
@given(_TEXTS, st.sampled_from(["a,b,c\n", "a\n", "", '"a",b,c\r\n', "a,a\n"]))
@example('1,"\n2,b,"c\n', "a,b,c\n")
def test_any_text_is_counted_as_it_is_read_and_no_line_is_lost(text: str, head: str) -> None:
    read(head + text)
    lines = (head + text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = list(rows(head + text))
    held = [number for row in found for number in range(row.number, row.number + row.text.count("\n") + 1)]
    assert len(held) == len(set(held)) and all("\n".join(lines[row.number - 1: row.number + row.text.count("\n")]) == row.text for row in found)
    # What no row holds says nothing.
    assert not [line for number, line in enumerate(lines, 1) if number not in held and line.strip(' \t\v\f\0\x1a\ufeff,"')]


@quick
@given(st.lists(st.tuples(_CELLS, _CELLS, _CELLS).filter(lambda row: any(map(str.strip, row))), max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_as_csv_is_read_back(written: list[tuple[str, ...]], ending: str) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator=ending).writerows([("a", "b", "c"), *written])
    assert told(out.getvalue()) == [[cell.strip() or None for cell in row] for row in written]


@quick
@given(st.lists(st.sampled_from(["1,b,c", '1,"b",c', '1,"b,c', '1,b,"c\nd"', "1,b", '"', 'x"y,b,c']), min_size=1, max_size=12))
def test_an_unclosed_quote_never_takes_a_row_behind_it(pieces: list[str]) -> None:
    good = [record.values for record in read("a,b,c\n" + "\n".join(pieces) + "\n9,nine,nine\n") if record.values]
    assert {"a": "9", "b": "nine", "c": "nine"} in [dict(values) for values in good]
