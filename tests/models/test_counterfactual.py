"""The smallest change of checkable facts, against a search of every change; and past cases, never of the future."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from features.catalogue import BY_NAME, FEATURES
from features.sentences import SHARES
from models.bundle import Bundle
from models.configuration import Configuration
from models.counterfactual import NONE, changed, facts_of, flip, usual_value
from models.encoding import Encoding
from models.lanes import Lane, lane_of
from models.score import contributions, raw_score
from models.similar import MOST, leaves, most_alike
from models.tables import PAST_CASE
from models.train import Examples, fit

CUTS = {"lanes.red": 0.5, "lanes.orange": 0.25, "lanes.yellow": 0.1}
NAMES = ("carried_in_kg_gap_size", "carried_in_kg_gap", "price_below_peers", "preference_without_certificate", "package_kg", "importer_violation_rate", "hs2")
NOW = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)


@pytest.fixture(scope="module")
def learned() -> tuple[Bundle, np.ndarray]:
    """A model on real features whose label needs two facts or one large one, and rows."""
    draw = np.random.default_rng(4)
    rows = 3000
    gap = np.abs(draw.normal(0, 0.12, rows)).round(3)
    frame = pa.table({
        "carried_in_kg_gap_size": gap, "carried_in_kg_gap": gap * draw.choice([-1, 1], rows), "price_below_peers": draw.normal(0, 1.5, rows).round(1),
        "preference_without_certificate": (draw.random(rows) < 0.2).astype(float), "package_kg": draw.integers(1, 60, rows).astype(float),
        "importer_violation_rate": draw.random(rows).round(2), "hs2": draw.choice(["07", "85", "33"], rows)})
    z = 9 * gap + 0.9 * frame["price_below_peers"].to_numpy() + 1.5 * frame["preference_without_certificate"].to_numpy() + frame["importer_violation_rate"].to_numpy()
    illicit = (draw.random(rows) < 1 / (1 + np.exp(-(z - 3.2)))).astype(float)
    at = np.datetime64("2026-01-01") + (np.arange(rows) // 20).astype("timedelta64[D]")
    bundle = fit(Examples(frame, illicit, at), [BY_NAME[name] for name in NAMES], Configuration(rounds=60, patience=0), 5).bundle
    return bundle, bundle.encoding.matrix(frame)


def norms_of(row: np.ndarray) -> dict[str, float]:
    """Numbers beside the values: 1,000 kg declared, the price as far below its peers as the value says."""
    return {"carried_in_kg_gap_size": 1000.0, "carried_in_kg_gap_size.shown": 1000.0 * (1 + row[1]), "carried_in_kg_gap": 1000.0,
            "carried_in_kg_gap.shown": 1000.0 * (1 + row[1]), "price_below_peers": 900.0, "price_below_peers.shown": 900.0 * float(np.exp(-row[2] / 2))}


def test_every_flip_is_verified_and_none_smaller_exists(learned: tuple[Bundle, np.ndarray]) -> None:
    bundle, matrix = learned
    seen: dict[int, int] = {}
    for row in matrix[:400]:
        score = float(raw_score(bundle, row[None, :])[0])
        lane = lane_of(CUTS, float(bundle.calibration.probability(np.array([score]))[0]))
        found = flip(bundle, CUTS, row, contributions(bundle, row[None, :])[0], norms_of(row))
        if lane == Lane.GREEN:
            assert not found.facts
            continue
        facts = facts_of(bundle, row, np.zeros(len(row) + 1), norms_of(row))
        best = next((many for many in (1, 2) if any(list(Lane).index(reached(bundle, row, chosen)) < list(Lane).index(lane)
                                                    for chosen in combinations(facts, many))), 0)
        assert len(found.facts) == best
        seen[best] = seen.get(best, 0) + 1
        if best:
            assert reached(bundle, row, found.facts) == found.lane and list(Lane).index(found.lane) < list(Lane).index(lane)
            assert all(change.feature.checkable for fact in found.facts for change in fact)
            assert found.lane in found.text.en or "this would be" in found.text.en
        else:
            assert found.text == NONE
    assert set(seen) == {0, 1, 2}


def reached(bundle: Bundle, row: np.ndarray, facts: Any) -> Lane:
    score = raw_score(bundle, changed(bundle, row, facts)[None, :])
    return lane_of(CUTS, float(bundle.calibration.probability(score)[0]))


def test_a_fact_changes_all_that_it_moves_and_nothing_unchecked(learned: tuple[Bundle, np.ndarray]) -> None:
    bundle, matrix = learned
    row = matrix[np.argmax(matrix[:, 0])].copy()
    row[2], row[3] = 2.5, 1.0
    facts = {fact[0].feature.code: fact for fact in facts_of(bundle, row, contributions(bundle, row[None, :])[0], norms_of(row))}
    assert {change.feature.name for change in facts["weight_gap"]} == {"carried_in_kg_gap_size", "carried_in_kg_gap"}
    assert all(change.usual == 0.0 for change in facts["weight_gap"]) and facts["price"][0].shown[1] == 900.0
    assert "importer_record" not in facts and "hs2" not in facts
    assert facts["preference"][0].usual == 0.0 and facts["package_mass"][0].usual == bundle.reference["quantiles"]["package_kg"][SHARES.index(50)]
    row[0] = row[1] = np.nan
    assert "weight_gap" not in {fact[0].feature.code for fact in facts_of(bundle, row, np.zeros(len(row) + 1), norms_of(row))}


def test_what_two_sources_tell_differently_is_named_before_a_doubt(learned: tuple[Bundle, np.ndarray]) -> None:
    bundle, matrix = learned
    row = np.median(np.nan_to_num(matrix), axis=0)
    row[0], row[1], row[2] = 0.4, 0.4, 3.0
    found = flip(bundle, CUTS, row, contributions(bundle, row[None, :])[0], norms_of(row))
    assert len(found.facts) == 1 and found.facts[0][0].feature.code == "weight_gap"
    assert "1,400" in found.text.ko and "1,000" in found.text.ko and "{" not in found.text.ko + found.text.en


def test_contradictions_go_with_the_fact_that_they_rest_on() -> None:
    names = ("carried_in_kg_gap_size", "contradiction_carried_in_weight", "contradiction_seal", "contradictions_high", "contradicted_weight", "evidence_prior")
    bundle = Bundle("prior-1", Encoding(names, {}), reference={"quantiles": {name: [0.0] * len(SHARES) for name in names}})
    row = np.array([0.3, 1.0, 1.0, 2.0, 1.0, 0.6])
    norms = {"carried_in_kg_gap_size": 1000.0, "carried_in_kg_gap_size.shown": 1300.0}
    facts = {tuple(change.feature.name for change in fact): fact for fact in facts_of(bundle, row, np.ones(7), norms)}
    weight, seal = ("carried_in_kg_gap_size", "contradiction_carried_in_weight"), ("contradiction_seal",)
    assert set(facts) == {weight, seal}
    # The other contradiction is still there: only what counts those of weight alone falls to none.
    assert changed(bundle, row, [facts[weight]]).tolist() == [0.0, 0.0, 1.0, 2.0, 0.0, 0.6]
    assert changed(bundle, row, [facts[weight], facts[seal]]).tolist() == [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("feature", [f for f in FEATURES if f.checkable and f.type == "double"], ids=lambda f: f.name)
def test_every_checkable_feature_has_a_usual_value(feature: Any) -> None:
    points = [float(share) for share in SHARES]
    usual = usual_value(feature, {feature.name: 7.0}, points)
    assert usual == (50.0 if not feature.norm else 0.0 if feature.shows else 7.0)
    assert usual_value(feature, {}, []) is None


def cases(bundle: Bundle, matrix: np.ndarray, **given: list[Any]) -> pa.Table:
    rows = len(matrix)
    held: dict[str, list[Any]] = {
        "shipment_id": [f"s{i:03}" for i in range(rows)], "as_of": [NOW - timedelta(days=40)] * rows, "model_version": ["haechi-1"] * rows,
        "known_at": [NOW - timedelta(days=i + 1) for i in range(rows)], "inspected_at": [NOW - timedelta(days=i + 2) for i in range(rows)],
        "office_code": ["020" if i % 2 else "030" for i in range(rows)], "illicit": [i % 3 == 0 for i in range(rows)], "severity": [None] * rows,
        "revenue_krw": [0.0] * rows, "leaves": leaves(bundle, matrix).tolist()}
    return pa.table({name: pa.array((held | given)[name]) for name in PAST_CASE.columns})


def test_the_most_alike_are_those_of_most_common_leaves(learned: tuple[Bundle, np.ndarray]) -> None:
    bundle, matrix = learned
    table, mine = cases(bundle, matrix[:200]), leaves(bundle, matrix[7:8])[0]
    found = most_alike(table, mine, NOW, "other", "020")
    share = (leaves(bundle, matrix[:200]) == mine).mean(axis=1)
    assert [case["similarity"] for case in found] == sorted(share, reverse=True)[:MOST] and found[0]["similarity"] == 1.0
    assert all((case["shipment_id"] is not None) == (case["office_code"] == "020") for case in found)
    assert {case["office_code"] for case in most_alike(table, mine, NOW, "other", None) if case["shipment_id"]} == set()


def test_no_case_is_of_the_future_of_itself_or_told_twice(learned: tuple[Bundle, np.ndarray]) -> None:
    bundle, matrix = learned
    table, mine = cases(bundle, matrix[:60]), leaves(bundle, matrix[7:8])[0]
    then = NOW - timedelta(days=20)
    found = most_alike(table, mine, then, "s030", "020")
    assert found and all(case["known_at"] <= then and case["shipment_id"] != "s030" for case in found)
    assert most_alike(table, mine, NOW - timedelta(days=100), "other", "020") == []
    corrected = pa.concat_tables([table, table.set_column(table.schema.get_field_index("illicit"), "illicit", pa.array([True] * 60)).set_column(
        table.schema.get_field_index("known_at"), "known_at", pa.array([NOW] * 60))])
    late = most_alike(corrected, mine, NOW, "other", "020")
    assert all(case["illicit"] for case in late) and len({case["shipment_id"] for case in late if case["shipment_id"]}) == sum(case["shipment_id"] is not None for case in late)
    early = most_alike(corrected, mine, NOW - timedelta(hours=1), "other", "020")
    assert {case["known_at"] for case in early} <= set(table["known_at"].to_pylist())


def test_a_prior_has_no_leaves(learned: tuple[Bundle, np.ndarray]) -> None:
    bundle, matrix = learned
    assert leaves(replace(bundle, text=""), matrix[:3]).shape == (3, 0)
    assert most_alike(cases(bundle, matrix[:5]), leaves(replace(bundle, text=""), matrix[:1])[0], NOW, "x", None) == []
