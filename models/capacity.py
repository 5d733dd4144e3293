"""Capacity: what each office would pick by a score among labelled rows, what that finds, and how it varies over resamples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from models.metrics import resampled

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
MEASURES = ("precision", "recall", "revenue_recall")


@dataclass(frozen=True)
class Labelled:
    """Labelled rows, one a shipment.

    `illicit` is 0 or 1, `revenue` the additional duty (KRW), `office` the office, `weight` how many shipments the row
    stands for, `share` the part of its office's weight that the office can look at.
    """

    illicit: Floats
    revenue: Floats
    office: npt.NDArray[Any]
    share: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.illicit)

    def of(self, rows: Bools) -> "Labelled":
        """Those of the rows alone."""
        return Labelled(*(getattr(self, each.name)[rows] for each in fields(self)))


@dataclass(frozen=True)
class Found:
    """By measure what a score finds in each cell, and the same over resamples (resamples x cells); NaN where undefined."""

    value: dict[str, Floats]
    draws: dict[str, Floats]

    def figures(self, cell: int) -> dict[str, dict[str, Any]]:
        """By measure the value in a cell and its 95 % interval."""
        return {name: {"value": finite(self.value[name][cell]), "interval_95": interval(self.draws[name][:, cell])} for name in MEASURES}


def picked(labelled: Labelled, score: Floats, mass: Floats) -> Floats:
    """How much of each row's mass its office picks: the highest scores up to its share; `mass` is resamples x rows.

    Ties go by row order; the row astride the cut counts in part.
    """
    taken = np.zeros_like(mass)
    for office in np.unique(labelled.office):
        rows = np.flatnonzero(labelled.office == office)
        rows = rows[np.argsort(-score[rows], kind="stable")]
        running = np.cumsum(mass[:, rows], axis=1)
        limit = running[:, -1:] * labelled.share[rows[0]]
        taken[:, rows] = np.diff(np.minimum(running, limit), axis=1, prepend=0)
    return taken


def places_share(office: npt.NDArray[Any], weight: Floats, places: Mapping[str, float]) -> Floats:
    """By row the places of its office in that time as a part of what its office's rows stand for, at most all of it."""
    names, of = np.unique(office, return_inverse=True)
    mass = np.bincount(of, weights=weight, minlength=len(names))
    return np.asarray(np.minimum(1.0, np.array([places[str(name)] for name in names]) / mass)[of])


def found(labelled: Labelled, score: Floats, cells: Sequence[Bools], resamples: int, seed: int) -> Found:
    """What a score finds at every office's capacity, by cells of rows.

    Precision is over the picks that lie in the cell, recall over its violations, revenue recall over its revenue. The
    same rows, resamples and seed draw the same rows whatever the score, so that two scores can be compared draw by draw.
    """
    members = np.column_stack([np.asarray(cell, dtype=np.float64) for cell in cells])
    drawn = [_measured(labelled, score, counts * labelled.weight, members) for counts in resampled(len(labelled), resamples, seed)]
    one = _measured(labelled, score, labelled.weight[None, :], members)
    return Found({name: one[name][0] for name in MEASURES}, {name: np.concatenate([each[name] for each in drawn]) for name in MEASURES})


def interval(draws: Floats) -> list[float | None]:
    """The 95 % interval of the draws; None where none of them is defined."""
    known = draws[~np.isnan(draws)]
    return [float(bound) for bound in np.quantile(known, [0.025, 0.975])] if len(known) else [None, None]


def finite(value: float) -> float | None:
    """A number, None where it is not defined."""
    return None if np.isnan(value) else float(value)


def said(figures: Mapping[str, Any] | None, measure: str) -> str:
    """A figure of `Found.figures` as text, with its interval; a dash where there is none."""
    found = (figures or {}).get(measure)
    if not found or found["value"] is None:
        return "–"
    low, high = found["interval_95"]
    return f"{found['value']:.3f}" + ("" if low is None else f" [{low:.3f}, {high:.3f}]")


def _measured(labelled: Labelled, score: Floats, mass: Floats, members: Floats) -> dict[str, Floats]:
    taken = picked(labelled, score, mass)
    hits = (taken * labelled.illicit) @ members
    owed = labelled.illicit * np.nan_to_num(labelled.revenue)
    return {"precision": _ratio(hits, taken @ members), "recall": _ratio(hits, (mass * labelled.illicit) @ members),
            "revenue_recall": _ratio((taken * owed) @ members, (mass * owed) @ members)}


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 1e-12))
