"""Properties of what readers are made of: segments under any service characters, check digits, numbers, dates and instants."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from math import isfinite

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feeds.readers.edifact import Separators, cut, segments
from feeds.readers.edifact_values import instant, is_check_digit_valid, number
from lakehouse.casting import cast_column
from lakehouse.clock import KOREA
from lakehouse.field import Field
from lakehouse.text import Text

quick = settings(max_examples=60, deadline=None, derandomize=True)
_MARKS = st.permutations("+:'?|*^~#;!$%&/\\<=>@_").map(lambda drawn: Separators(*drawn[:4]))
_VALUES = st.text("ABz09 .,-한+:'?|*^~#\\", max_size=8).map(str.strip)
_SEGMENTS = st.lists(st.lists(st.lists(_VALUES, min_size=1, max_size=3), min_size=1, max_size=4), min_size=1, max_size=5)


def released(value: str, marks: Separators) -> str:
    return re.sub(f"[{re.escape(marks.component + marks.element + marks.release + marks.terminator)}]", lambda mark: marks.release + mark[0], value)


def written(parts: Sequence[Sequence[Sequence[str]]], marks: Separators, end: str = "") -> str:
    told = (marks.element.join(["FTX", *(marks.component.join(released(value, marks) for value in element) for element in one)]) for one in parts)
    return "".join(f"{one}{marks.terminator}{end}" for one in told)


def plain(found: Sequence[Sequence[Sequence[str]]]) -> list[list[list[str]]]:
    return [[[value.strip() for value in element] for element in one[1:]] for one in found]


@quick
@given(_SEGMENTS, _MARKS, st.sampled_from(["", "\n", "\r\n", " \n"]))
def test_segments_are_read_back_under_any_service_characters(parts: list[list[list[str]]], marks: Separators, end: str) -> None:
    una = f"UNA{marks.component}{marks.element}.{marks.release} {marks.terminator}{end}UNB{marks.element}A{marks.terminator}"
    first, *found = segments(una + written(parts, marks, end))
    assert first == [["UNB"], ["A"]] and plain(found) == parts


@quick
@given(_SEGMENTS, _MARKS)
def test_without_a_release_character_nothing_is_released(parts: list[list[list[str]]], marks: Separators) -> None:
    bare = [[[re.sub(f"[{re.escape(marks.component + marks.element + marks.terminator)}]", "", value).strip() for value in element] for element in one] for one in parts]
    una = f"UNA{marks.component}{marks.element}.  {marks.terminator}UNB{marks.terminator}"
    text = written(bare, Separators(marks.component, marks.element, "", marks.terminator))
    assert plain(segments(una + text)[1:]) == bare


@quick
@given(st.lists(_VALUES, min_size=1, max_size=6), _MARKS)
def test_a_text_is_cut_at_marks_that_are_not_released(values: list[str], marks: Separators) -> None:
    parts = [released(value, marks) for value in values]
    assert cut(marks.element.join(parts), marks.element, marks.release) == parts


@quick
@given(st.integers(0, 9), st.sampled_from(["", "\n", "\r\n"]))
def test_a_mark_is_released_by_an_odd_number_of_release_characters(many: int, end: str) -> None:
    found = segments(f"FTX+A{'?' * many}'{end}FTX+B'")
    assert len(found) == (1 if many % 2 else 2) and found[0][1][0].startswith("A" + "?" * (many // 2))


def horner(ten: str) -> int:
    """ISO 6346 in another way: from the last place to the first, doubled and taken modulo 11 at each step."""
    total = 0
    for mark in reversed(ten):
        place = ord(mark) - ord("A")
        worth = int(mark) if mark.isdigit() else 10 + place + (place >= 1) + (place >= 11) + (place >= 21)
        total = (2 * total + worth) % 11
    return total % 10


_CONTAINERS = st.from_regex(r"[A-Z]{3}[UJZ][0-9]{6}", fullmatch=True)


@quick
@given(_CONTAINERS)
def test_one_check_digit_fits_a_container_number(ten: str) -> None:
    assert [digit for digit in range(10) if is_check_digit_valid(f"{ten}{digit}") == "true"] == [horner(ten)]
    assert is_check_digit_valid(f" {ten[:4].lower()} {ten[4:]}-{horner(ten)} ") == "true"


@quick
@given(_CONTAINERS, st.integers(4, 9), st.integers(1, 9))
def test_a_wrong_digit_is_seen_unless_the_remainder_ten_hides_it(ten: str, place: int, more: int) -> None:
    wrong = ten[:place] + str((int(ten[place]) + more) % 10) + ten[place + 1:]
    assume(horner(wrong) != horner(ten))
    assert is_check_digit_valid(f"{wrong}{horner(ten)}") == "false"


def cast(kind: str, *sent: str | None) -> list[object]:
    return cast_column(Field("x", kind, Text("값", "Value"), "x"), sent).to_pylist()


_INSTANTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29))  # noqa: DTZ001
_OFFSETS = st.integers(-18 * 60, 18 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@quick
@given(_INSTANTS, _OFFSETS, st.sampled_from("T t"), st.sampled_from(["", " "]))
def test_an_instant_is_read_with_the_offset_it_names(at: datetime, offset: timezone, mark: str, gap: str) -> None:
    sent = at.replace(tzinfo=offset)
    told = f"{sent:%H:%M:%S.%f}{gap}{sent.isoformat()[26 if at.microsecond else 19:]}"
    assert cast("timestamp", f"{at.date().isoformat()}{mark}{told}") == [sent.astimezone(UTC)]


@quick
@given(_INSTANTS)
def test_an_instant_without_offset_is_koreas(at: datetime) -> None:
    local, day = at.replace(microsecond=0), at.date().isoformat()
    forms = (local.isoformat(), local.isoformat(sep=" "), day.replace("-", "") + f"{local:%H%M%S}")
    # Korea had a local time of odd seconds until 1908, and skipped hours for summer time until 1988.
    assume(at.year > 1988)
    assert cast("timestamp", *forms) == [local.replace(tzinfo=KOREA).astimezone(UTC)] * 3
    assert cast("timestamp", day, day.replace("-", "")) == [datetime(at.year, at.month, at.day, tzinfo=KOREA).astimezone(UTC)] * 2


@quick
@given(st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_eight_digits_are_a_date_where_the_calendar_has_it(digits: str) -> None:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        day = None
    assert cast("date", digits, f"{digits[:4]}-{digits[4:6]}-{digits[6:]}", f"{digits[:4]}/{digits[4:6]}/{digits[6:]}", digits + "9", digits + "9" * 400) == [day] * 3 + [None] * 2


@quick
@given(st.from_regex(r"[0-9:.TZ+/ -]{1,40}", fullmatch=True), st.sampled_from(["date", "timestamp"]))
def test_whatever_is_read_as_a_time_can_be_told_in_korea_and_in_utc(sent: str, kind: str) -> None:
    [read] = cast(kind, sent)
    assert read is None or (read.astimezone(KOREA).astimezone(UTC) if isinstance(read, datetime) else read)


@quick
@given(st.sampled_from(["0000-01-01", "00000101", "0000-12-31T23:59:59Z", "0001-01-01T00:00", "0001-01-01T00:00:00+18:00", "9999-12-31T23:59:59-18:00", "9999-12-31T15:00:00Z"]))
def test_instants_beyond_the_calendar_are_none(sent: str) -> None:
    assert cast("timestamp", sent) == [None]


@quick
@given(st.floats(-1e15, 1e15) | st.integers(-10**18, 10**18), st.sampled_from(["{}", " {} ", "+{}", "{:,}"]))
def test_a_number_is_read_as_it_is_written(value: float, form: str) -> None:
    sent = form.format(value)
    assume("e" not in sent.lower() or len(sent.lower().partition("e")[2]) <= 3)
    assert cast("double", sent) == [None if sent.startswith("+-") else float(value)]


@quick
@given(st.from_regex(r"[+-]?[0-9]{1,400}([.][0-9]{0,400})?([eE][+-]?[0-9]{1,2})?", fullmatch=True))
def test_no_number_is_infinite(sent: str) -> None:
    [read] = cast("double", sent)
    assert read is None or isfinite(read)
    assert read is not None or not isfinite(float(sent))


@quick
@given(st.integers(-10**9, 10**9), st.integers(0, 10**6))
def test_a_decimal_comma_is_a_point(whole: int, part: int) -> None:
    assert Decimal(number(f"{whole},{part}") or "") == Decimal(f"{whole}.{part}")
    assert number(f"{whole}.{part}") == f"{whole}.{part}" and number(f"{whole},{part},0") == f"{whole},{part},0"


@quick
@given(st.datetimes(datetime(2000, 1, 1), datetime(2068, 12, 31)), st.sampled_from([("%Y%m%d%H%M", "203"), ("%Y%m%d%H%M%S", "204"), ("%Y%m%d", "102"), ("%y%m%d%H%M", "201"), ("%y%m%d%H%M%S", "202"), ("%y%m%d", "101")]))  # noqa: DTZ001
def test_instants_of_edifact_are_those_that_were_written(at: datetime, form: tuple[str, str]) -> None:
    local = datetime.strptime(at.strftime(form[0]), form[0]).replace(tzinfo=KOREA)
    assert cast("timestamp", instant(at.strftime(form[0]), form[1])) == [local.astimezone(UTC)]
