"""Which numbers are one consignment: bridges, numbers that come back, numbers of nobody, numbers that speak against each other."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion.consignments import NUMBERED, SHARED_BY, resolve

Named = dict[str, Any]


def naming(number: int, day: int, seen: int | None = None, **numbers: str) -> list[Named]:
    """The rows of one naming: cargo, house (with master) and tracking numbers, known on a day, seen on another."""
    master = numbers.pop("master", None)
    return [{"naming_id": number, "kind": kind, "value": value, "master": master if kind == "house" else None,
             "seen_on": date(2026, 1, 1) + timedelta(days=day if seen is None else seen),
             "known_at": datetime(2026, 1, 1, 14, tzinfo=UTC) + timedelta(days=day)} for kind, value in numbers.items()]


def held(answer: pa.Table) -> list[Named]:
    return [{"cargo_id": r["cargo_id"], **{c: r[c] for c in ("kind", "value", "master", "seen_on", "known_at")}} for r in rows(answer, "key")]


def rows(answer: pa.Table, what: str) -> list[Named]:
    return [row for row in answer.to_pylist() if row["what"] == what]


def told(*namings: list[Named]) -> pa.Table:
    return resolve(pa.Table.from_pylist([row for rows in namings for row in rows], NUMBERED))


def assigned(answer: pa.Table) -> dict[int, str]:
    return {row["naming_id"]: row["cargo_id"] for row in rows(answer, "assigned")}


def test_numbers_named_together_are_one_consignment() -> None:
    found = assigned(told(naming(1, 0, cargo="C1", house="HOUSE1"), naming(2, 0, house="HOUSE1"), naming(3, 0, cargo="C1"), naming(4, 0, cargo="C2")))
    assert found[1] == found[2] == found[3] != found[4]


def test_an_id_once_given_stays_and_a_merge_leaves_a_redirect() -> None:
    answer = told(naming(1, 0, house="HOUSE1"), naming(2, 1, cargo="C1"), naming(3, 2, cargo="C1", house="HOUSE1"))
    found = assigned(answer)
    assert found[1] != found[2] == found[3]
    [merge] = rows(answer, "merge")
    assert (merge["other_id"], merge["cargo_id"]) == (found[1], found[2])
    assert merge["known_at"] == datetime(2026, 1, 3, 14, tzinfo=UTC)


def test_one_pass_gives_what_its_days_give_one_by_one() -> None:
    days = [naming(1, 0, house="HOUSE1", master="M1"), naming(2, 1, cargo="C1", house="HOUSE1"), naming(3, 2, tracking="T1", house="HOUSE1"), naming(4, 3, cargo="C1")]
    whole = assigned(told(*days))
    known: list[Named] = []
    for number, day in enumerate(days, 1):
        answer = told(day, known)
        known += held(answer)
        assert assigned(answer)[number] == whole[number]


def test_a_number_comes_back_as_another_consignment() -> None:
    found = assigned(told(naming(1, 0, house="HOUSE1"), naming(2, 90, house="HOUSE1"), naming(3, 400, house="HOUSE1")))
    assert found[1] == found[2] != found[3]


def test_a_house_bill_of_two_masters_is_two() -> None:
    found = assigned(told(naming(1, 0, house="HOUSE1", master="M1"), naming(2, 0, house="HOUSE1", master="M2"), naming(3, 0, house="HOUSE1", master="M1")))
    assert found[1] == found[3] != found[2]


def test_a_filler_merges_no_strangers() -> None:
    many = [naming(n, 0, tracking=f"T{n}", house="ONEFORALL") for n in range(1, SHARED_BY + 3)]
    answer = told(*many, naming(99, 0, house="ONEFORALL"))
    found = assigned(answer)
    assert len({found[n] for n in range(1, SHARED_BY + 3)}) == SHARED_BY + 2 and found[99] is None
    assert {row["conflict"] for row in rows(answer, "assigned") if row["naming_id"] == 99} == {"shared_by_many"}


def test_a_filler_that_comes_slowly_stops_at_its_bound() -> None:
    known: list[Named] = []
    ids: set[str] = set()
    for number in range(1, SHARED_BY + 6):
        answer = told(naming(number, number, tracking=f"T{number}", house="ONEFORALL"), known)
        known += held(answer)
        ids.add(assigned(answer)[number])
    assert len(ids) > 1


def test_two_cargo_numbers_are_never_one_consignment() -> None:
    answer = told(naming(1, 0, cargo="C1", house="HOUSE1"), naming(2, 0, cargo="C2", house="HOUSE1"), naming(3, 0, house="HOUSE1"))
    found = assigned(answer)
    assert found[1] != found[2] and found[3] in (found[1], found[2])
    assert {row["conflict"] for row in rows(answer, "assigned")} == {"several_cargo_numbers"}


@pytest.mark.parametrize("turn", range(4))
def test_the_order_of_rows_changes_nothing(turn: int) -> None:
    days = [naming(1, 0, cargo="C1", house="H1"), naming(2, 0, house="H1", tracking="T1"), naming(3, 1, tracking="T1"), naming(4, 1, cargo="C2", house="H1")]
    assert assigned(told(*days[turn:], *days[:turn])) == assigned(told(*days))


_NUMBERS = st.dictionaries(st.sampled_from(("cargo", "house", "tracking")), st.sampled_from("ABC"), min_size=1)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), _NUMBERS), min_size=1, max_size=12))
def test_every_naming_is_assigned_and_one_cargo_number_is_one_consignment(many: list[tuple[int, dict[str, str]]]) -> None:
    found = assigned(told(*(naming(n, day, **numbers) for n, (day, numbers) in enumerate(many))))
    assert set(found) == set(range(len(many)))
    whose: dict[str, set[str]] = {}
    for n, (_, numbers) in enumerate(many):
        if "cargo" in numbers:
            whose.setdefault(numbers["cargo"], set()).add(found[n])
    assert all(len(ids) == 1 for ids in whose.values())
