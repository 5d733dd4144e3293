"""The gate: what offices pick counted by hand, cells, and planted challengers promoted and refused for the right reason."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from bench.gate_world import BAD, BETTER, later
from jobs.later import Weeks, random_weights
from models.capacity import Labelled, found, picked
from models.cells import cells, trader_sizes
from models.gate import PROMOTE, REFUSE, Later, Rules, judge

RULES = Rules(resamples=200)


def labelled(illicit: list[float], office: list[str], share: list[float], revenue: list[float] | None = None, weight: list[float] | None = None) -> Labelled:
    return Labelled(np.array(illicit), np.array(revenue or illicit), np.array(office), np.array(share), np.array(weight or [1.0] * len(illicit)))


def codes(record: dict) -> set[str]:
    return {reason["code"] for reason in record["reasons"]}


def test_each_office_picks_its_best_up_to_its_share_and_the_row_astride_counts_in_part() -> None:
    rows = labelled([1, 0, 1, 0, 1, 0], ["A"] * 4 + ["B"] * 2, [0.375] * 4 + [0.5] * 2)
    score = np.array([4.0, 3.0, 2.0, 1.0, 1.0, 9.0])
    taken = picked(rows, score, np.array([[1.0] * 6, [0.0, 2.0, 1.0, 1.0, 3.0, 1.0]]))
    assert taken.tolist() == [[1, 0.5, 0, 0, 0, 1], [0, 1.5, 0, 0, 1, 1]]


def test_figures_are_those_counted_by_hand_over_all_and_in_a_cell() -> None:
    rows = labelled([1, 0, 1, 1], ["A"] * 4, [0.5] * 4, [100, 7, 300, 600])
    told = found(rows, np.array([4.0, 3.0, 2.0, 1.0]), [np.ones(4, dtype=bool), np.array([True, False, True, False]), np.array([False, False, True, True])], 20, 1)
    assert told.value["precision"][:2].tolist() == [0.5, 1.0] and np.isnan(told.value["precision"][2])
    assert told.value["recall"].tolist() == [1 / 3, 0.5, 0.0] and told.value["revenue_recall"].tolist() == [0.1, 0.25, 0.0]
    weighted = found(replace(rows, weight=np.array([1.0, 1.0, 1.0, 5.0])), np.array([1.0, 2.0, 3.0, 4.0]), [np.ones(4, dtype=bool)], 20, 1)
    assert weighted.value["precision"][0] == 1.0  # Half of a weight of 8 lies within the row that stands for five.


def test_small_cells_are_pooled_until_there_are_violations_enough() -> None:
    office = np.repeat(["big", "mid", "one", "two", "six"], [60, 55, 30, 25, 10])
    parts = cells({"office": office, "kind": np.array(["cargo"] * 180)}, np.ones(180), 50)
    assert [cell.members for cell in parts] == [("one", "six", "two"), ("mid",), ("big",)] and parts[0].rows.sum() == 65
    left_over = cells({"office": np.repeat(["big", "mid", "six"], [60, 55, 10])}, np.ones(125), 50)
    assert [cell.members for cell in left_over] == [("mid", "six"), ("mid",), ("big",)]
    assert cells({"office": np.repeat(["a", "b"], 20)}, np.ones(40), 50) == []


def test_traders_are_sized_by_their_past_declarations() -> None:
    past = np.array([np.nan, 0, 1, 9, 10, 90, 120])
    assert trader_sizes(np.round(np.log1p(past), 1)).tolist() == ["unknown", "new", "small", "small", "middle", "middle", "large"]


def test_what_is_lacking_is_counted() -> None:
    few = later(1, BETTER["sharper"], 1, 10.0)
    record = judge(few, Rules(), 1)
    assert record["decision"] == REFUSE and codes(record) == {"too_little"} and record["all"] is None
    assert record["lacking"] == {"outcomes": 200 - record["rows"], "violations": 50 - record["violations"]}
    assert f"{record['lacking']['violations']} violations are lacking" in record["reasons"][0]["en"]


def test_a_better_challenger_is_promoted_and_the_same_score_is_not() -> None:
    weeks = later(3, BETTER["sharper"], 28, 10.0)
    record = judge(weeks, RULES, 3)
    assert record["decision"] == PROMOTE and codes(record) == {"better"} and {cell["dimension"] for cell in record["cells"]} == {"office", "kind", "trader"}
    assert record == judge(weeks, RULES, 3)
    same = judge(replace(weeks, challenger=weeks.champion), RULES, 3)
    assert same["decision"] == REFUSE and codes(same) == {"not_better"}
    assert all(figure["value"] == 0 for figure in same["all"]["difference"].values())


@pytest.mark.parametrize(("plant", "code", "said"), [
    ("duller everywhere", "lower", "Overall precision"), ("sharper, blind to parcels", "cell_worse", "kind parcel"),
    ("sharper, misses what owes most", "lower", "Overall revenue recall")])
def test_a_bad_challenger_is_refused_for_what_is_bad_about_it(plant: str, code: str, said: str) -> None:
    record = judge(later(5, BAD[plant], 28, 10.0), RULES, 5)
    assert record["decision"] == REFUSE
    assert [reason for reason in record["reasons"] if reason["code"] == code and said in reason["en"]]
    assert all(reason["ko"] != reason["en"] for reason in record["reasons"])


def test_one_that_the_prior_beats_is_refused_whatever_the_champion_is() -> None:
    weeks = later(3, BETTER["sharper"], 28, 10.0)
    record = judge(replace(weeks, prior=weeks.labelled.illicit), RULES, 3)
    assert record["decision"] == REFUSE and codes(record) == {"worse_than_prior"}
    assert judge(replace(weeks, prior=weeks.champion), RULES, 3)["decision"] == PROMOTE


def test_the_random_stratum_is_judged_by_itself_once_it_has_violations_enough() -> None:
    draw = np.random.default_rng(2)
    illicit = (draw.random(3000) < 0.3).astype(float)
    is_random = np.arange(3000) % 10 == 0
    good, bad = illicit + draw.normal(0, 0.7, 3000), -illicit
    rows = labelled(illicit.tolist(), ["A"] * 3000, [0.1] * 3000)
    weeks = Later(rows, np.where(is_random, good, good - illicit * 0.9), np.where(is_random, bad, good), is_random, rows.share, {})
    record = judge(weeks, RULES, 1)
    assert "random_worse" in codes(record) and record["random"]["lacking"] == 0
    # Of three hundred random rows, each alike, the office picks the tenth that it could of all its shipments.
    wide = judge(replace(weeks, share_of_all=np.ones(3000)), RULES, 1)
    assert wide["random"]["champion"]["recall"]["value"] == 1.0 and record["random"]["champion"]["recall"]["value"] < 0.4
    few = judge(weeks, replace(RULES, random_violations=1000), 1)
    assert "random_worse" not in codes(few) and few["random"]["lacking"] == 1000 - few["random"]["violations"]


def test_the_random_stratum_stands_for_all_shipments_by_its_stored_probabilities() -> None:
    """Two offices: one draws one in ten, the other every second; of the first the challenger finds less, of the second more."""
    chance, illicit = np.repeat([0.1, 0.5], 400), np.tile([1.0, 0.0, 0.0, 0.0], 200)
    is_small = np.arange(800) >= 400
    office = np.where(is_small, "030", "020")
    rows = pa.table({"selected_by": ["random"] * 800, "inclusion_probability": chance, "office": office})
    weight = random_weights(Weeks(rows, 8, {}))
    # Beside the middle of both a row of the first office stands for three shipments, one of the second for three fifths of one.
    assert weight[:400] == pytest.approx(3.0) and weight[400:] == pytest.approx(0.6)
    every_row = labelled(illicit.tolist(), office.tolist(), [0.25] * 800)
    # The champion finds all of the first office and none of the second, the challenger the other way round.
    champion, challenger = np.where(is_small, -illicit, illicit), np.where(is_small, illicit, -illicit)
    alike = Later(every_row, champion, challenger, np.ones(800, dtype=bool), every_row.share, {})
    drawn = replace(alike, random_weight=weight)
    assert judge(alike, RULES, 1)["random"]["difference"]["precision"]["value"] == pytest.approx(0.0)
    told = judge(drawn, RULES, 1)
    assert told["random"]["champion"]["precision"]["value"] == pytest.approx(5 / 6)
    assert told["random"]["worse"] == ["precision", "revenue_recall"] and "random_worse" in codes(told)
    # Too few of the drawn rows with a stored probability, and every row counts alike.
    lost = pa.table({"selected_by": ["random"] * 800, "inclusion_probability": np.where(np.arange(800) % 2, np.nan, chance), "office": office})
    assert random_weights(Weeks(lost, 8, {})).tolist() == [1.0] * 800
