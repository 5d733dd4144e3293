"""Support: ranges that hold the true rate among shipments alike, wider where outcomes alike are few, and kept with the model."""

import json
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pytest
from labelled_world import SMALL, examples, feature, world

from features.feature import Feature
from models.bundle import open_bundle, read_plain, sha256
from models.calibration import Amount
from models.metrics import log_odds, sigmoid
from models.prior import prior_bundle
from models.score import raw_score, score_batches
from models.support import LEVEL, SIZE, Support, fit_support, said, sizes_of
from models.train import Fitted, fit

FEATURES = [feature("gap_ratio", monotone=1), feature("noise"), feature(SIZE)]


def traders(rows: int, seed: int, new_share: float = 0.06) -> pd.DataFrame:
    """Shipments of large traders and of few new ones, in whose violations another thing counts than in those of the large."""
    draw = np.random.default_rng(seed)
    is_new = draw.random(rows) < new_share
    frame = pd.DataFrame({"gap_ratio": draw.normal(size=rows), "noise": draw.normal(size=rows), SIZE: np.where(is_new, 0.0, 5.0)})
    frame["truth"] = sigmoid(np.where(is_new, -1.2 + 0.3 * frame.gap_ratio, -2.6 + 1.2 * frame.gap_ratio))
    frame["illicit"] = (draw.random(rows) < frame.truth).astype(float)
    frame["as_of"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(rows) * 200 // rows, unit="D")
    frame["revenue"] = 1.0
    return frame


def ranges(fitted: Fitted, fresh: pd.DataFrame) -> tuple[npt.NDArray[np.float64], ...]:
    matrix = fitted.bundle.encoding.matrix(fresh)
    probability = fitted.bundle.calibration.probability(raw_score(fitted.bundle, matrix))
    return probability, *fitted.bundle.support.of(probability, sizes_of(fitted.bundle.encoding, matrix))


def rate_alike(probability: npt.NDArray[np.float64], truth: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The true rate among shipments whose odds are estimated within a seventh of each one's."""
    at = log_odds(probability)
    order = np.argsort(at, kind="stable")
    running = np.concatenate([[0.0], np.cumsum(truth[order])])
    first, last = np.searchsorted(at[order], at - 0.15), np.searchsorted(at[order], at + 0.15, side="right")
    return np.asarray((running[last] - running[first]) / (last - first))


def test_ranges_hold_the_true_rate_among_shipments_alike_and_are_wider_for_traders_new_to_customs() -> None:
    held: dict[str, list[float]] = {"new": [], "large": [], "one for all": []}
    for seed in range(6):
        fitted, fresh = fit(examples(traders(900, seed)), FEATURES, SMALL, seed=1), traders(8000, seed + 100, 0.5)
        probability, low, high, outcomes = ranges(fitted, fresh)
        is_new, truth = fresh[SIZE].to_numpy() == 0, fresh.truth.to_numpy()
        assert (low <= probability).all() and (probability <= high).all() and outcomes.min() >= 0
        width = log_odds(high) - log_odds(np.maximum(low, 1e-4))
        assert np.median(width[is_new]) > 1.3 * np.median(width[~is_new]) and np.median(outcomes[is_new]) < 0.5 * np.median(outcomes[~is_new])
        # What all traders together leave open does not hold for those that customs hardly ever inspected.
        together = Support(fitted.bundle.support.points, {"any": fitted.bundle.support.groups["large"]})
        lumped = together.of(probability, sizes_of(fitted.bundle.encoding, fitted.bundle.encoding.matrix(fresh)))
        for name, rows, ends in (("new", is_new, (low, high)), ("large", ~is_new, (low, high)), ("one for all", is_new, lumped[:2])):
            rate = rate_alike(probability[rows], truth[rows])
            held[name].append(float(((ends[0][rows] <= rate) & (rate <= ends[1][rows])).mean()))
    mean = {name: float(np.mean(shares)) for name, shares in held.items()}
    assert mean["new"] > LEVEL - 0.1 and mean["large"] > LEVEL - 0.15 and mean["one for all"] < mean["new"] - 0.2, mean


def test_many_outcomes_leave_less_open_than_few_and_none_as_much_as_two_would() -> None:
    draw = np.random.default_rng(4)
    widths = []
    for rows in (30, 300, 30_000):
        probability = np.full(rows, 0.2)
        support = fit_support(probability, (draw.random(rows) < 0.2).astype(float), np.ones(rows), np.full(rows, "new"))
        low, high, outcomes = support.of(np.array([0.2, 0.2]), np.array(["new", "large"]))
        assert outcomes.tolist() == [pytest.approx(min(rows, max(100, rows // 10)), abs=1), 0] and low[1] < 0.001 and high[1] > 0.6
        widths.append(high[0] - low[0])
    assert widths[0] > 1.5 * widths[1] > 6 * widths[2]
    # Rows that stand for many others are fewer than they look.
    weight = np.where(np.arange(300) < 10, 30.0, 1.0)
    few = fit_support(np.full(300, 0.2), np.zeros(300), weight, np.full(300, "any"))
    assert few.of(np.array([0.2]), np.array(["any"]))[2][0] < 40
    assert fit_support(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, dtype="<U3")) == Support()


def test_the_same_seed_gives_the_same_ranges_and_they_come_back_from_the_files(fitted: Fitted, features: tuple[Feature, ...]) -> None:
    bundle = fitted.bundle
    assert bundle.support.points and set(bundle.support.groups) == {"any"}  # These features know no size of trader.
    assert fit(examples(world(2500)), features, SMALL, seed=11).bundle.support == bundle.support
    plain = bundle.to_json()
    hashes = {"model": sha256(bundle.text), "bundle": sha256(plain)}
    assert open_bundle("haechi-1", bundle.text, plain, hashes, bundle.names) == bundle.named("haechi-1")


def test_a_model_of_before_loads_keeps_its_hash_and_says_nothing_of_its_range(fitted: Fitted) -> None:
    old = replace(fitted.bundle, support=Support())
    assert "support" not in json.loads(old.to_json()) and read_plain("haechi-1", old.text, old.to_json()) == old.named("haechi-1")
    for bundle in (old, replace(prior_bundle(FEATURES), amount=Amount())):
        frame = traders(50, 1).assign(shipment_id="s", price_ratio=0.0, age_days=0.0, country="AA").drop(columns=["revenue", "truth"])
        [made] = score_batches(bundle)(iter(pa.Table.from_pandas(frame, preserve_index=False).combine_chunks().to_batches()))
        assert all(made.column(name).null_count == 50 for name in ("probability_low", "probability_high", "similar_outcomes"))
        assert made.column("probability").null_count == 0
    assert said(None, None, None) is None


def test_a_range_is_told_in_both_languages_with_what_it_rests_on() -> None:
    few, many = said(0.031, 0.212, 6), said(0.031, 0.052, 412)
    assert few is not None and many is not None and few["is_few"] and not many["is_few"]
    assert few["en"] == "The estimate rests on few similar outcomes (6): 3.1%–21.2% (90 % range)"
    assert few["ko"] == "유사 검사 결과가 6건뿐인 추정: 확률 3.1%–21.2%(90% 범위)" and "412" in many["ko"] and "few" not in many["en"]
