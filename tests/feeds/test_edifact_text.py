"""EDIFACT text: escapes, instants and check digits; whatever befalls a message, nothing is raised and all is counted."""

import re
import warnings

import pytest
from edifact_sent import COARRI, CODECO, CUSCAR, FEEDS, read, sent
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import manifest, terminal_event
from feeds.feed import Bounds
from feeds.readers.edifact import segments
from feeds.readers.edifact_values import instant, is_check_digit_valid


@pytest.mark.parametrize(("value", "form", "expected"), [
    ("202601051230", "203", "202601051230"), ("20260105123059", "204", "20260105123059"), ("20260105", "102", "20260105"), ("260105", "101", "20260105"),
    ("2601051230", "201", "202601051230"), ("260105123059", "202", "20260105123059"), ("2601051230", "203", "202601051230"), ("20260105", "203", "20260105"),
    ("202601051230KST", "303", "2026-01-05T12:30:00+09:00"), ("202601051230UTC", "303", "2026-01-05T12:30:00+00:00"), ("20260105123059-05", "304", "2026-01-05T12:30:59-05:00"),
    ("202601051230+0530", "205", "2026-01-05T12:30:00+05:30"), ("2601051230Z", "301", "2026-01-05T12:30:00+00:00"), ("202601051230CST", "303", "202601051230CST"),
    ("202601", "610", "202601"), ("2026-01-05", "203", "2026-01-05"), ("soon", "203", "soon"), ("", "203", None), (None, None, None),
])
def test_instants_are_given_as_a_timestamp_is_read(value: str | None, form: str | None, expected: str | None) -> None:
    assert instant(value, form) == expected


@pytest.mark.parametrize(("container_no", "expected"), [
    ("CSQU3054383", "true"), ("csqu 305438-3", "true"), ("OOLU4293959", "true"), ("CSQU3054384", "false"), ("CSQU305438", "false"), ("12345678901", "false"), ("", None), (None, None),
])
def test_check_digits_follow_iso_6346(container_no: str | None, expected: str | None) -> None:
    assert is_check_digit_valid(container_no) == expected


def _written(parts: list[list[list[str]]]) -> str:
    def escaped(value: str) -> str:
        return re.sub(r"([?+:'])", r"?\1", value)
    return "".join("+".join(":".join(map(escaped, element)) for element in one) + "'" for one in parts)


_VALUE = st.text("ABz09 ?+:'.,-한", max_size=8).map(lambda value: value.strip())
_SEGMENT = st.lists(st.lists(_VALUE, min_size=1, max_size=3), max_size=4).map(lambda body: [["FTX"], *body])
_SEGMENTS = st.lists(_SEGMENT, min_size=1, max_size=6).filter(lambda parts: all(_written([one])[:-1].strip() for one in parts))


def _plain(parts: list[list[list[str]]]) -> list[list[list[str]]]:
    return [[[value.rstrip() for value in element] for element in one] for one in parts]


def _filled(parts: list[list[list[str]]]) -> list[list[str]]:
    """Composites without empty places at their end, which the other reader drops."""
    return [[":".join(element).rstrip(":") for element in one] for one in _plain(parts)]


@given(_SEGMENTS)
def test_what_is_written_with_escapes_is_read_back(parts: list[list[list[str]]]) -> None:
    assert _plain(segments(_written(parts))) == parts


@settings(max_examples=50)
@given(_SEGMENTS)
def test_segments_are_those_of_another_reader(parts: list[list[list[str]]]) -> None:
    parser = pytest.importorskip("pydifact.parser")
    written = f"UNH+1+X:D:95B:UN'{_written(parts)}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = [[[one.tag], *([element] if isinstance(element, str) else element for element in one.elements)] for one in parser.Parser().parse(written)]
    assert _filled(segments(written)) == _filled(theirs)


TWO = "EQD+CN+CSQU3054383'EQD+CN+MSKU1234569'"


@pytest.mark.parametrize(("text", "expected"), [
    # At the end of a segment a mark that is released, a release character that is, and a terminator that is and takes the next segment; at the very end.
    (f"UNH+1+COARRI'FTX+A?''{TWO}UNT+5+1'", ["", ""]), (f"UNH+1+COARRI'FTX+A??'{TWO}UNT+5+1'", ["", ""]), (f"UNH+1+COARRI'FTX+A?'{TWO}UNT+4+1'", [""]),
    (f"UNH+1+COARRI'{TWO}UNT+4+1'?", ["", "", "edifact.cut"]), (f"UNH+1+COARRI'{TWO}UNT+4+1?'", ["edifact.cut"]), (f"UNH+1+COARRI'{TWO}UNT+4+1??'", ["", ""]), (f"UNH+1+COARRI'{TWO}UNT+4+1", ["edifact.cut"]),
    # No UNB; a second UNA with other service characters; the same one again; one that makes no sense; counts that are wrong.
    (f"UNA:+.? 'UNH+1+COARRI'{TWO}UNT+4+1'", ["", ""]), (f"UNB+A'UNH+1+COARRI'{TWO}UNT+4+1'UNZ+1'UNA|*.! ~UNB*A~UNH*2*COARRI~EQD*CN*CSQU3054383~UNT*3*2~UNZ*1~", ["", "", ""]),
    (f"UNA:+.? 'UNA:+.? 'UNB+A'UNH+1+COARRI'{TWO}UNT+4+1'UNZ+1'", ["edifact.cut", "", ""]), (f"UNA++++++UNB+A'UNH+1+COARRI'{TWO}UNT+4+1'UNZ+1'", ["", ""]),
    (f"UNB+A'UNH+1+COARRI'{TWO}CNT+16:99999999999'UNT+-3+X'UNZ+999+Y'", ["", ""]),
    # Interchanges one after another, one cut between whole ones, one within another.
    (f"UNB+A'UNH+1+COARRI'{TWO}UNT+4+1'UNZ+1'" * 3, [""] * 6), (f"UNB+A'UNH+1+COARRI'{TWO}UNT+4+1'UNZ+1'" + "UNB+B'UNH+1+COARRI'EQD+CN'" + f"UNB+A'UNH+1+COARRI'{TWO}UNT+4+1'UNZ+1'", ["", "", "edifact.cut", "", ""]),
    (f"UNB+A'UNH+1+COARRI'EQD+CN+A'UNB+B'UNH+1+COARRI'{TWO}UNT+4+1'UNZ+1'UNT+3+1'UNZ+1'", ["edifact.cut", "", "", "edifact.cut"]),
    # Marks that mainframes leave around a tag.
    (f"UNH+1+COARRI'\x1a{TWO.replace('EQD', 'EQD' + chr(0x1A))}\0UNT\x03+4+1'\x04", ["", ""]), ("", ["edifact.malformed"]), ("?" * 99, ["edifact.malformed"]), ("'" * 99, ["edifact.malformed"]),
])
def test_edifact_is_tortured(text: str, expected: list[str]) -> None:
    assert [record.refusal for record in read(terminal_event.FEED, text)] == expected


def test_a_place_that_leads_many_containers_is_told_with_as_many_as_a_field_may_hold() -> None:
    text = "UNH+1+BAPLIE'LOC+147+1'" + "FTX+AAA+++GENERAL'" * 10 + "EQD+CN+CSQU3054383'" * 10 + "LOC+147+2'EQD+CN+MSKU1234569'UNT+24+1'"
    assert [record.refusal for record in read(terminal_event.FEED, text, Bounds(10_000, 500, 64))] == [""] * 3 + ["record.bounds"] * 7 + [""]
    assert not [record.refusal for record in read(terminal_event.FEED, text) if record.refusal]


_PIECES = st.sampled_from(["'", "?", "??", "?'", "+", ":", "\n", " ", "EQD+CN+X'", "CNI+1+A'", "UNH+1+COARRI'", "UNH+1+CUSCAR:D'", "UNT+1+1'", "UNB+A'", "UNZ+1'", "LOC+147+1'",
                            "UNG+1'", "UNE+1'", "UNA:+.? '", "UNA:+.?'UNB", "UNA|*.! ~UNH", "UNA^~.~ 'UNB", "BGM+44'", "x", "CNT+16:1'", "~", "\r\n", "한", "\x1c", "\0", "\x1a", "EQD\x1a+CN+X'"])


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 40), _PIECES), max_size=6), st.sampled_from([CUSCAR, sent(CUSCAR), sent(COARRI, CODECO), COARRI]))
def test_whatever_befalls_a_message_nothing_is_raised_and_all_is_counted(changes: list[tuple[int, int, str]], text: str) -> None:
    for at, dropped, put in changes:
        text = text[:at % (len(text) + 1)] + put + text[at % (len(text) + 1) + dropped:]
    for feed in FEEDS:
        assert read(feed, text)


@given(st.lists(_PIECES, max_size=25).map("".join))
def test_any_text_is_counted_as_it_is_read(text: str) -> None:
    for feed in FEEDS:
        assert read(feed, text)


@pytest.mark.parametrize("mark", ["\0", "\x1a", "\t", " "])
def test_marks_that_lines_leave_at_a_tag_are_no_part_of_it(mark: str) -> None:
    plain, marked = (read(terminal_event.FEED, sent(text)) for text in (COARRI, COARRI.replace("EQD+", f"EQD{mark}+").replace("'MEA", f"'{mark}MEA")))
    assert [record.values for record in marked] == [record.values for record in plain] and [r.parts for r in marked] == [r.parts for r in plain]


def test_masses_of_two_units_are_told_alike_every_time() -> None:
    items = "".join(f"GID+{n}+1:CT'MEA+AAE+G+{unit}:{n}'" for n, unit in enumerate(("TNE", "KGM", "LBR"), 1))
    [record] = read(manifest.FEED, sent(f"UNH+1+CUSCAR'CNI+1+A'{items}UNT+9+1'"))
    assert record.values is not None and (record.values["gross_mass"], record.values["gross_mass_unit"]) == ("1 + 2 + 3", "TNE")


@given(st.lists(st.sampled_from(["A", "B C", "", " ", "\u3000", "D.5", "가"]), min_size=1, max_size=6), st.booleans())
def test_what_is_told_of_a_segment_is_the_same_however_it_is_spaced(values: list[str], is_spaced: bool) -> None:
    told = "+".join(values)
    spaced = "+".join(f" {value} " for value in values) + ("+:+" if is_spaced else "")
    one, other = (read(terminal_event.FEED, sent(COARRI.replace("FTX+AAI+++DOOR DENT:LEFT", f"FTX+AAI+++{text}")))[0] for text in (told, spaced))
    assert one.parts == other.parts
