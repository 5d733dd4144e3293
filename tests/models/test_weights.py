"""Weights: outcomes of a selection that leans to what looks bad, learned from so that they tell of all shipments."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from labelled_world import SMALL, examples, feature

from models.metrics import calibration, sigmoid
from models.score import raw_score
from models.train import Fitted, fit
from models.weights import Weighting, effective, stands_for, weighted

CAP = 50.0
# The seal is no feature: what looks at shipments with a broken one finds more than the features alone tell.
FEATURES = [feature("gap_ratio", monotone=1), feature("noise")]


def population(rows: int, seed: int) -> pd.DataFrame:
    """Shipments with their true probability; selection is by the seal, which the features do not know, and by lot from the rest."""
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({"gap_ratio": draw.normal(size=rows), "noise": draw.normal(size=rows), "seal": draw.random(rows) < 0.1})
    frame["illicit"] = (draw.random(rows) < sigmoid(-3.6 + 1.1 * frame.gap_ratio.to_numpy() + 2.6 * frame.seal.to_numpy())).astype(float)
    frame["chance"] = np.where(frame.seal, 1.0, 0.1)
    frame["is_seen"] = draw.random(rows) < frame.chance
    frame["as_of"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(rows) * 200 // rows, unit="D")
    frame["revenue"] = 1.0
    return frame


def learned(frame: pd.DataFrame, weighting: Weighting | None) -> Fitted:
    return fit(examples(frame, weighting=weighting), FEATURES, replace(SMALL, holdout_share=0.4), seed=3)


def told(fitted: Fitted, everyone: pd.DataFrame) -> tuple[float, float]:
    """How far the mean probability is from the true rate, and the calibration error over all shipments, seen or not."""
    probability = fitted.bundle.calibration.probability(raw_score(fitted.bundle, fitted.bundle.encoding.matrix(everyone)))
    illicit = everyone.illicit.to_numpy()
    return abs(float(probability.mean() - illicit.mean())), float(calibration(probability, illicit)["error"] or 0.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_selection_that_leans_is_learned_from_as_if_everyone_had_been_seen(seed: int) -> None:
    everyone, fresh = population(12_000, seed), population(20_000, seed + 100)
    seen = everyone[everyone.is_seen].reset_index(drop=True)
    plain, by_chance = learned(seen, None), learned(seen, weighted(seen.chance.to_numpy(), CAP))
    assert seen.illicit.mean() > 2 * fresh.illicit.mean()
    (gap, error), (weighted_gap, weighted_error) = told(plain, fresh), told(by_chance, fresh)
    assert weighted_gap < 0.015 and gap > 0.05 and weighted_error < error / 3
    # A probability that says nothing of the shipment does not help: it is the stored one that counts.
    shuffled = weighted(np.random.default_rng(seed).permutation(seen.chance.to_numpy()), CAP)
    assert told(learned(seen, shuffled), fresh)[0] > 2 * weighted_gap


def test_weights_are_one_over_the_probability_clipped_one_where_none_is_stored_and_one_in_the_mean() -> None:
    chance = np.array([0.5, 0.01, 1.0, np.nan])
    assert stands_for(chance, 10.0).tolist() == [2, 10, 1, 1]
    made = weighted(chance, 10.0)
    assert made.weight == pytest.approx(np.array([2, 10, 1, 1]) / 3.5) and made.weight.mean() == 1
    assert made.told == {"cap": 10.0, "known_share": 0.75, "effective": pytest.approx(14**2 / 106)}
    assert effective(np.ones(7)) == 7 and weighted(np.array([]), 10.0).weight.tolist() == []


def test_a_cap_of_one_or_no_stored_probability_gives_the_model_of_before_to_the_bit() -> None:
    frame = population(3000, 7)
    before = learned(frame, None)
    for weighting in (weighted(frame.chance.to_numpy(), 1.0), weighted(np.full(len(frame), np.nan), 10.0)):
        assert learned(frame, weighting).bundle.to_json() == before.bundle.to_json()
    again = [learned(frame, weighted(frame.chance.to_numpy(), 10.0)) for _ in range(2)]
    assert again[0].bundle.text == again[1].bundle.text != before.bundle.text and again[0].weighting["known_share"] == 1.0
