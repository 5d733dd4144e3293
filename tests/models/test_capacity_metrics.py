
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from models.calibration import Amount, fit_amount, fit_calibration, isotonic
from models.metrics import (
    at_capacity,
    auc,
    best_at_capacity,
    calibration,
    intervals,
    log_odds,
    paired_difference,
    sigmoid,
)


def test_capacity_is_counted_by_hand_and_ties_go_by_row_order() -> None:
    score = np.array([0.9, 0.5, 0.5, 0.1] * 10)
    illicit = np.array([1.0, 1.0, 0.0, 0.0] * 10)
    revenue = np.array([10.0, 30.0, 99.0, 0.0] * 10)
    found = at_capacity(score, illicit, revenue, (25, 50))
    assert found["precision_at"] == {"25": 1.0, "50": 0.75}  # At 50: ten of 0.9, then ten of the tied in row order.
    assert found["recall_at"] == {"25": 0.5, "50": 0.75}
    assert found["revenue_recall_at"] == {"25": 0.25, "50": 0.625}
    assert best_at_capacity(illicit, revenue, (25,))["revenue_recall_at"] == {"25": 0.75}


def test_too_few_rows_for_a_percent_have_no_precision() -> None:
    found = at_capacity(np.zeros(50), np.zeros(50), np.zeros(50))
    assert found["precision_at"]["1"] is None and found["recall_at"]["10"] is None and found["precision_at"]["10"] == 0.0


def test_auc_equals_the_usual_one_with_ties() -> None:
    draw = np.random.default_rng(0)
    score, illicit = draw.integers(0, 20, 500).astype(float), (draw.random(500) < 0.3).astype(float)
    assert auc(score, illicit) == pytest.approx(roc_auc_score(illicit, score))
    assert auc(score, np.ones(500)) is None


def test_intervals_are_seeded_and_hold_the_value() -> None:
    draw = np.random.default_rng(1)
    illicit = (draw.random(8000) < 0.2).astype(float)
    score = illicit + draw.normal(0, 1.2, 8000)
    found = intervals(score, illicit, resamples=500, seed=3)
    value = at_capacity(score, illicit, illicit)["precision_at"]
    for percent in ("5", "10"):
        low, high = found["precision_at"][percent]
        assert low < value[percent] < high
        width = 2 * 1.96 * np.sqrt(value[percent] * (1 - value[percent]) / int(8000 * int(percent) / 100))
        assert high - low == pytest.approx(width, rel=0.25)
    assert found == intervals(score, illicit, resamples=500, seed=3) != intervals(score, illicit, resamples=500, seed=4)


def test_a_resample_equals_the_same_rows_written_out() -> None:
    draw = np.random.default_rng(2)
    illicit, score = (draw.random(300) < 0.3).astype(float), draw.normal(size=300)
    low, high = intervals(score, illicit, (10,), resamples=400, seed=5)["precision_at"]["10"]
    slow = []
    for _ in range(4000):
        rows = np.sort(draw.integers(0, 300, 300))
        slow.append(at_capacity(score[rows], illicit[rows], illicit[rows], (10,))["precision_at"]["10"])
    assert [low, high] == pytest.approx(np.quantile(slow, [0.025, 0.975]), abs=0.035)


def test_a_better_score_differs_and_the_same_does_not() -> None:
    draw = np.random.default_rng(4)
    illicit = (draw.random(4000) < 0.2).astype(float)
    good, poor = illicit + draw.normal(0, 0.8, 4000), draw.normal(size=4000)
    better = paired_difference(good, poor, illicit, 10)
    assert better["interval_95"][0] > 0.2 and better["share_not_worse"] == 1.0
    assert paired_difference(good, good, illicit, 10)["interval_95"] == [0.0, 0.0]


def test_calibration_error_and_slope_show_an_overconfident_score() -> None:
    draw = np.random.default_rng(5)
    truth = draw.normal(-1.5, 1, 20000)
    illicit = (draw.random(20000) < sigmoid(truth)).astype(float)
    right, loud = calibration(sigmoid(truth), illicit), calibration(sigmoid(2 * truth), illicit)
    assert right["slope"] == pytest.approx(1, abs=0.06) and right["error"] < 0.015
    assert loud["slope"] == pytest.approx(0.5, abs=0.04) and loud["error"] > 0.05
    assert np.allclose(log_odds(sigmoid(truth)), truth)


@pytest.mark.parametrize("rows", [300, 20000])
def test_a_loud_score_is_calibrated_and_keeps_its_order(rows: int) -> None:
    draw = np.random.default_rng(6)
    truth = draw.normal(-1, 1, rows)
    illicit = (draw.random(rows) < sigmoid(truth)).astype(float)
    made = fit_calibration(3 * truth, illicit, np.ones(rows))
    probability = made.probability(3 * truth)
    assert np.abs(probability - sigmoid(truth)).mean() < 0.06 and bool(made.scores) == (rows > 5000)
    assert (np.diff(probability[np.argsort(truth)]) >= 0).all()


def test_a_score_that_points_the_wrong_way_gives_the_base_rate() -> None:
    illicit = np.array([1.0] * 30 + [0.0] * 70)
    probability = fit_calibration(-illicit * 5, illicit, np.ones(100)).probability(np.array([-9.0, 0.0, 9.0]))
    assert np.ptp(probability) == 0 and probability[0] == pytest.approx(0.3, abs=0.03)


def test_isotonic_pools_what_falls() -> None:
    assert isotonic(np.array([1.0, 3.0, 2.0, 5.0]), np.array([1.0, 1.0, 3.0, 1.0])).tolist() == [1.0, 2.25, 2.25, 5.0]


def test_amount_follows_the_exposure_and_no_seizure_sets_it() -> None:
    draw = np.random.default_rng(8)
    exposure = np.exp(draw.normal(13, 1, 2000))
    revenue = 0.4 * exposure
    revenue[0] = 1e13
    made = fit_amount(revenue, exposure)
    inner = np.quantile(exposure, [0.2, 0.5, 0.8])
    assert made.of(inner) == pytest.approx(0.4 * inner, rel=0.25)
    assert (np.diff(made.of(np.linspace(0, exposure.max() * 3, 500))) >= 0).all()
    assert made.of(np.array([np.nan]))[0] == pytest.approx(made.unknown) and made.unknown < 5e6
    assert Amount.from_json(made.to_json()) == made and fit_amount(np.array([]), np.array([])) == Amount()
