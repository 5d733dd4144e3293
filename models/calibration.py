"""Calibration: from a raw log-odds score to a probability, and to the revenue to expect, by plain numbers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.metrics import logistic_line, sigmoid

Floats = npt.NDArray[np.float64]
_ISOTONIC_ROWS, _ISOTONIC_VIOLATIONS, _ISOTONIC_BINS = 5000, 500, 50
_SHRINKAGE, _BINS, _BIN_VIOLATIONS, _CAP = 20.0, 8, 50, 0.98


@dataclass(frozen=True)
class Calibration:
    """Probability of a score: through the points (score, probability) where there are any, else by the line in log-odds."""

    slope: float = 1.0
    intercept: float = 0.0
    scores: tuple[float, ...] = ()
    probabilities: tuple[float, ...] = ()

    def probability(self, score: Floats) -> Floats:
        """The calibrated probability of each score, never falling as the score rises."""
        if self.scores:
            return np.asarray(np.interp(score, self.scores, self.probabilities))
        return sigmoid(self.slope * score + self.intercept)

    def to_json(self) -> dict[str, Any]:
        """The calibration as plain values."""
        return asdict(self)

    @staticmethod
    def from_json(given: Mapping[str, Any]) -> "Calibration":
        """The calibration of `to_json`."""
        return Calibration(given["slope"], given["intercept"], tuple(given["scores"]), tuple(given["probabilities"]))


def fit_calibration(score: Floats, illicit: Floats, weight: Floats) -> Calibration:
    """Platt's line on few held-out rows, points of an isotonic fit on many; a falling line becomes a flat one."""
    positives, negatives = float(illicit.sum()), float((1 - illicit).sum())
    if positives == 0 or negatives == 0:
        return Calibration()
    if len(score) < _ISOTONIC_ROWS or positives < _ISOTONIC_VIOLATIONS:
        # Platt's targets keep the line finite where the score separates the held-out rows.
        target = np.where(illicit > 0, (positives + 1) / (positives + 2), 1 / (negatives + 2))
        slope, intercept = logistic_line(score, target, weight)
        if slope > 0.05:
            return Calibration(slope, intercept)
        mean = float(np.average(target, weights=weight))
        return Calibration(0.0, float(np.log(mean / (1 - mean))))
    parts = [part for part in np.array_split(np.argsort(score, kind="stable"), _ISOTONIC_BINS) if weight[part].sum() > 0]
    middle = np.array([np.average(score[part], weights=weight[part]) for part in parts])
    size = np.array([weight[part].sum() for part in parts])
    # Half a violation and half a release more in each bin: no probability of 0 or 1 from a finite sample.
    rate = np.array([(np.sum((illicit * weight)[part]) + 0.5) / (s + 1) for part, s in zip(parts, size, strict=True)])
    points, at = np.unique(middle, return_index=True)
    return Calibration(1.0, 0.0, tuple(map(float, points)), tuple(map(float, isotonic(rate, size)[at])))


def isotonic(values: Floats, weights: Floats) -> Floats:
    """The nearest never falling values (pool adjacent violators)."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, total, count = value, weight, 1
        while pools and pools[-1][0] >= mean:
            before, heavier, n = pools.pop()
            mean = (before * heavier + mean * total) / (heavier + total)
            total, count = heavier + total, n + count
        pools.append((mean, total, count))
    return np.repeat([mean for mean, _, _ in pools], [count for _, _, count in pools]).astype(np.float64)


@dataclass(frozen=True)
class Amount:
    """Additional revenue (KRW) of a shipment if it is a violation, by its exposure (KRW: duty and taxes at stake).

    Through the points (exposure, revenue), beyond the last in proportion; `unknown` where the exposure is not known.
    """

    exposures: tuple[float, ...] = (0.0,)
    revenues: tuple[float, ...] = (0.0,)
    unknown: float = 0.0

    def of(self, exposure: Floats) -> Floats:
        """The revenue of a violation with each exposure."""
        last = self.exposures[-1]
        inside = np.interp(np.nan_to_num(exposure), self.exposures, self.revenues)
        amount = inside * (np.maximum(exposure, last) / last if last > 0 else 1.0)
        return np.asarray(np.where(np.isnan(exposure), self.unknown, amount))

    def to_json(self) -> dict[str, Any]:
        """The estimate as plain values."""
        return asdict(self)

    @staticmethod
    def from_json(given: Mapping[str, Any]) -> "Amount":
        """The estimate of `to_json`."""
        return Amount(tuple(given["exposures"]), tuple(given["revenues"]), given["unknown"])


def fit_amount(revenue: Floats, exposure: Floats) -> Amount:
    """The estimate from violations with known revenue: means by exposure, never falling, drawn to the common ratio.

    Revenue is capped at its 98th percentile, so that one seizure does not set the estimate of a bin.
    """
    known = ~np.isnan(revenue)
    money, stake = revenue[known], exposure[known]
    if not len(money):
        return Amount()
    money = np.minimum(money, np.quantile(money, _CAP))
    bare, rest = ~(stake > 0), stake > 0
    floor = float(money[bare & ~np.isnan(stake)].sum() / (np.sum(bare & ~np.isnan(stake)) + _SHRINKAGE))
    unknown = float(money.mean())
    if not rest.any():
        return Amount((0.0,), (floor,), unknown)
    ratio = float(money[rest].sum() / stake[rest].sum())
    order = np.flatnonzero(rest)[np.argsort(stake[rest], kind="stable")]
    parts = np.array_split(order, int(np.clip(len(order) // _BIN_VIOLATIONS, 1, _BINS)))
    middle = np.array([stake[part].mean() for part in parts])
    size = np.array([float(len(part)) for part in parts])
    total = np.array([money[part].sum() for part in parts])
    mean = (total + _SHRINKAGE * ratio * middle) / (size + _SHRINKAGE)
    points, first = np.unique(middle, return_index=True)
    rising = np.maximum(isotonic(mean, size)[first], floor)
    return Amount((0.0, *map(float, points)), (floor, *map(float, rising)), unknown)
