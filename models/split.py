"""Split: which labelled rows train and which, later ones, are held out; and what becomes of twins."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.configuration import Configuration, Twins

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
_FORWARD_FOLDS = 4


@dataclass(frozen=True)
class Fold:
    """Row numbers that train and later ones held out."""

    train: Rows
    held_out: Rows


def folds(as_of: npt.NDArray[Any], known_at: npt.NDArray[Any] | None, illicit: Floats, split: npt.NDArray[Any] | None,
          configuration: Configuration) -> list[Fold]:
    """The latest share held out, or forward folds where that holds too few violations, or the split given.

    A row trains only if its label was known by the first held-out row: what the model could have learned by then.
    """
    if split is not None:
        return [Fold(np.flatnonzero(split == 0), np.flatnonzero(split == 1))]
    times = np.asarray(as_of)
    known = times if known_at is None else np.asarray(known_at)
    ordered = np.sort(times, kind="stable")
    late = times >= ordered[int(len(times) * (1 - configuration.holdout_share))]
    if illicit[late].sum() >= configuration.holdout_violations:
        return _usable([_fold(times, known, late)], illicit)
    edges = [ordered[int(len(times) * i / (_FORWARD_FOLDS + 1))] for i in range(1, _FORWARD_FOLDS + 1)]
    made = []
    for i, first in enumerate(edges):
        block = (times >= first) & ((times < edges[i + 1]) if i + 1 < len(edges) else True)
        made.append(_fold(times, known, block))
    return _usable(made, illicit)


def kept_rows(n: int, weight: npt.NDArray[Any] | None, group: npt.NDArray[Any] | None,
              twins: Twins) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Which rows train and with what weight, twins of a group kept, cut to the first, or weighed down to one together."""
    weights = np.ones(n) if weight is None else np.asarray(weight, dtype=np.float64)
    if group is None or twins == "keep":
        return np.ones(n, dtype=bool), weights
    if twins == "one":
        return ~pd.Series(group).duplicated().to_numpy(), weights
    _, place, sizes = np.unique(group, return_inverse=True, return_counts=True)
    return np.ones(n, dtype=bool), weights / sizes[place]


def clusters(rows: pd.DataFrame, keys: tuple[tuple[str, ...], ...]) -> Rows:
    """The cluster of each row: rows that agree in all columns of one of the keys are twins, and twins of twins."""
    label = np.arange(len(rows), dtype=np.int64)
    groups = [rows.groupby(list(key), dropna=False).ngroup().to_numpy() for key in keys]
    while True:
        # Every row takes the least label among its twins by each key, until none is smaller.
        before = label
        for group in groups:
            least = np.full(len(rows), len(rows), dtype=np.int64)
            np.minimum.at(least, group, label)
            label = least[group]
        if np.array_equal(label, before):
            return label


def twin_free(rows: pd.DataFrame, known: pd.DataFrame, keys: tuple[tuple[str, ...], ...]) -> npt.NDArray[np.bool_]:
    """Rows that agree with no known row in all columns of any key; a model that remembers gains nothing on them."""
    twin = np.zeros(len(rows), dtype=bool)
    for key in keys:
        columns = list(key)
        twin |= pd.MultiIndex.from_frame(rows[columns]).isin(pd.MultiIndex.from_frame(known[columns]))
    return ~twin


def _fold(times: npt.NDArray[Any], known: npt.NDArray[Any], held_out: npt.NDArray[np.bool_]) -> Fold:
    first = times[held_out].min() if held_out.any() else times.max()
    return Fold(np.flatnonzero((times < first) & (known <= first)), np.flatnonzero(held_out))


def _usable(made: list[Fold], illicit: Floats) -> list[Fold]:
    return [fold for fold in made if len(fold.held_out) and 0 < illicit[fold.train].sum() < len(fold.train)]
