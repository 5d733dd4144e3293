"""Metrics at the capacity to inspect: precision, recall and revenue recall at k %, AUC, calibration, with intervals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
PERCENTS = (1, 2, 5, 10)
_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True)
class _Ranked:
    """Labels in the order of a score, best first, ties by row order."""

    order: npt.NDArray[np.int64]
    illicit: Floats
    starts: npt.NDArray[np.int64]  # Where each group of tied scores begins.


def at_capacity(score: Floats, illicit: Floats, revenue: Floats, percents: Sequence[int] = PERCENTS) -> dict[str, Any]:
    """Precision, recall and revenue recall of the first int(n x k / 100) rows by score; None where undefined."""
    order = np.argsort(-score, kind="stable")
    hits, money = np.cumsum(illicit[order]), np.cumsum((revenue * illicit)[order])
    found: dict[str, Any] = {"precision_at": {}, "recall_at": {}, "revenue_recall_at": {}}
    for percent in percents:
        k = int(len(score) * percent / 100)
        hit, won = (float(hits[k - 1]), float(money[k - 1])) if k else (0.0, 0.0)
        found["precision_at"][str(percent)] = hit / k if k else None
        found["recall_at"][str(percent)] = _share(hit, hits)
        found["revenue_recall_at"][str(percent)] = _share(won, money)
    return found


def best_at_capacity(illicit: Floats, revenue: Floats, percents: Sequence[int] = PERCENTS) -> dict[str, Any]:
    """The best reachable at each k: precision and recall of a perfect order, revenue recall of an order by revenue."""
    by_label = at_capacity(illicit, illicit, revenue, percents)
    by_revenue = at_capacity(revenue * illicit, illicit, revenue, percents)
    return by_label | {"revenue_recall_at": by_revenue["revenue_recall_at"]}


def auc(score: Floats, illicit: Floats) -> float | None:
    """Area under the ROC curve, ties counted half; None with one class only."""
    ranked = _ranked(score, illicit)
    value = _auc(ranked, np.ones((1, len(score))))[0]
    return None if np.isnan(value) else float(value)


def intervals(score: Floats, illicit: Floats, percents: Sequence[int] = PERCENTS, resamples: int = 500,
              seed: int = 0) -> dict[str, Any]:
    """Bootstrap 95 % intervals: {"precision_at": {"5": [lo, hi], ...}, "auc": [lo, hi]}."""
    ranked = _ranked(score, illicit)
    drawn: dict[str, list[Floats]] = {name: [] for name in (*map(str, percents), "auc")}
    for counts in resampled(len(score), resamples, seed):
        # Every row is drawn alike: the counts may as well be those of the rows in the order of the score.
        for percent in percents:
            drawn[str(percent)].append(_precision(ranked, counts, int(len(score) * percent / 100)))
        drawn["auc"].append(_auc(ranked, counts))
    bounds = {name: _bounds(np.concatenate(values)) for name, values in drawn.items()}
    return {"precision_at": {str(p): bounds[str(p)] for p in percents}, "auc": bounds["auc"]}


def paired_difference(score: Floats, other: Floats, illicit: Floats, percent: int, resamples: int = 500,
                      seed: int = 0) -> dict[str, Any]:
    """Precision at k of `score` less that of `other` over the same resamples, with its 95 % interval."""
    k = int(len(score) * percent / 100)
    one, two = _ranked(score, illicit), _ranked(other, illicit)
    drawn = [_precision(one, counts[:, one.order], k) - _precision(two, counts[:, two.order], k)
             for counts in resampled(len(score), resamples, seed)]
    differences = np.concatenate(drawn)
    return {"difference": float(one.illicit[:k].mean() - two.illicit[:k].mean()) if k else None,
            "interval_95": _bounds(differences), "share_not_worse": float((differences >= 0).mean()) if k else None}


def paired_auc(score: Floats, other: Floats, illicit: Floats, resamples: int = 500, seed: int = 0) -> dict[str, Any]:
    """AUC of `score` less that of `other` over the same resamples, with its 95 % interval."""
    one, two = _ranked(score, illicit), _ranked(other, illicit)
    drawn = [_auc(one, counts[:, one.order]) - _auc(two, counts[:, two.order]) for counts in resampled(len(score), resamples, seed)]
    differences, first, second = np.concatenate(drawn), auc(score, illicit), auc(other, illicit)
    return {"difference": None if first is None or second is None else first - second, "interval_95": _bounds(differences),
            "share_not_worse": None if first is None else float((differences >= 0).mean())}


def calibration(probability: Floats, illicit: Floats, weight: Floats | None = None, bins: int = 10) -> dict[str, float | None]:
    """Expected calibration error over equal-count bins, Brier score, and slope and intercept (1 and 0 when right); rows may be weighted."""
    if not len(probability):
        return {"error": None, "brier": None, "slope": None, "intercept": None}
    order = np.argsort(probability, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    mass = np.ones(len(order)) if weight is None else weight
    gaps = [abs(float(np.sum((mass * (probability - illicit))[part]))) for part in parts]
    slope, intercept = logistic_line(log_odds(probability), illicit, weight)
    return {"error": sum(gaps) / float(mass.sum()), "brier": float(np.average((probability - illicit) ** 2, weights=mass)),
            "slope": slope, "intercept": intercept}


def log_odds(probability: Floats) -> Floats:
    """Log-odds, kept finite at 0 and 1."""
    clipped = np.clip(probability, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(clipped / (1 - clipped)))


def sigmoid(score: Floats) -> Floats:
    """The probability of a log-odds score, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * score)))


def logistic_line(score: Floats, target: Floats, weight: Floats | None = None, ridge: float = 1e-3) -> tuple[float, float]:
    """Slope and intercept of target on score by logistic regression (Newton), slope drawn lightly towards 1."""
    weights = np.ones(len(score)) if weight is None else weight
    design = np.column_stack([score, np.ones(len(score))])

    def loss(at: Floats) -> float:
        z = design @ at
        return float(np.sum(weights * (np.logaddexp(0, z) - target * z)) + ridge / 2 * ((at[0] - 1) ** 2 + at[1] ** 2))

    line = np.array([1.0, 0.0])
    for _ in range(100):
        p = sigmoid(design @ line)
        slope = design.T @ (weights * (p - target)) + ridge * np.array([line[0] - 1.0, line[1]])
        bend = (design * (weights * p * (1 - p))[:, None]).T @ design + ridge * np.eye(2)
        step = np.linalg.solve(bend, slope)
        # A full step overshoots where the score separates the classes: halve it until the loss falls.
        while loss(line - step) > loss(line) and np.abs(step).max() > 1e-9:
            step = step / 2
        line = line - step
        if np.abs(step).max() <= 1e-9:
            break
    return float(line[0]), float(line[1])


def _share(part: float, running: Floats) -> float | None:
    return part / float(running[-1]) if len(running) and running[-1] > 0 else None


def _ranked(score: Floats, illicit: Floats) -> _Ranked:
    order = np.argsort(-score, kind="stable")
    ordered = score[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(order) else np.zeros(0, np.int64)
    return _Ranked(order, illicit[order].astype(np.float64), starts)


def resampled(n: int, resamples: int, seed: int) -> Iterator[Floats]:
    """How often each row is drawn in each resample, a block of resamples at a time."""
    generator = np.random.default_rng(seed)
    step = max(1, _CELLS_AT_ONCE // max(n, 1))
    for first in range(0, resamples, step):
        rows = min(step, resamples - first)
        picks = generator.integers(0, max(n, 1), (rows, n)) + np.arange(rows)[:, None] * n
        yield np.bincount(picks.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)


def _precision(ranked: _Ranked, counts: Floats, k: int) -> Floats:
    """Precision of the first k rows of each resample, the row astride the cut counted in part."""
    if not k:
        return np.full(len(counts), np.nan)
    # The first k of a resample lie in the first few multiples of k rows but for a vanishing chance; all rows then.
    reach = min(counts.shape[1], k + 8 * int(np.sqrt(k)) + 20)
    if (counts[:, :reach].sum(axis=1) < k).any():
        reach = counts.shape[1]
    taken = np.minimum(np.cumsum(counts[:, :reach], axis=1), k)
    return np.asarray(np.diff(taken, axis=1, prepend=0) @ ranked.illicit[:reach] / k)


def _auc(ranked: _Ranked, counts: Floats) -> Floats:
    if not len(ranked.starts):
        return np.full(len(counts), np.nan)
    positive = counts * ranked.illicit
    negative = counts - positive
    if len(ranked.starts) < counts.shape[1]:
        positive, negative = (np.add.reduceat(part, ranked.starts, axis=1) for part in (positive, negative))
    below = negative.sum(axis=1, keepdims=True) - np.cumsum(negative, axis=1)
    wins = (positive * (below + 0.5 * negative)).sum(axis=1)
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    return np.asarray(np.divide(wins, pairs, out=np.full(len(counts), np.nan), where=pairs > 0))


def _bounds(values: Floats) -> list[float | None]:
    known = values[~np.isnan(values)]
    return [float(bound) for bound in np.quantile(known, [0.025, 0.975])] if len(known) else [None, None]
