"""Figures of sides: what each finds among the shares that worlds pick, as a part of another side, and how calibrated it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.model_sides import SIDES, Sides, together
from models.capacity import Floats, Found, found, interval
from models.metrics import auc, calibration, intervals

MEASURES = ("precision", "revenue_recall")
RESAMPLES = 400
_SIMULATED = 1_000


@dataclass(frozen=True)
class Beside:
    """By side what it finds among the shares picked, all over the same resamples of the rows."""

    found: dict[str, Found]
    rows: int
    violations: int

    @classmethod
    def of(cls, told: Sequence[Sides], kind: str = "") -> "Beside":
        """Over the later shipments of worlds, of one kind where it is named."""
        labelled, scores = together(told, kind)
        whole = [np.ones(len(labelled), dtype=bool)]
        return cls({side: found(labelled, scores[side], whole, RESAMPLES, 0) for side in SIDES}, len(labelled), int(labelled.illicit.sum()))

    def figure(self, side: str, measure: str) -> str:
        """A measure of a side with its interval."""
        return said(float(self.found[side].value[measure][0]), interval(self.found[side].draws[measure][:, 0]))

    def part(self, side: str, other: str, measure: str) -> str:
        """What a side finds as a part of what another one does."""
        return said(*self.parts(side, other, measure))

    def parts(self, side: str, other: str, measure: str) -> tuple[float, list[float | None]]:
        """The same as a number with its interval."""
        one, two = self.found[side], self.found[other]
        draws = np.divide(one.draws[measure][:, 0], two.draws[measure][:, 0], out=np.full(RESAMPLES, np.nan), where=two.draws[measure][:, 0] > 0)
        least = two.value[measure][0]
        return float(one.value[measure][0] / least) if least > 0 else float("nan"), interval(draws)

    def less(self, side: str, other: str, measure: str) -> str:
        """What a side finds less what another one does."""
        one, two = self.found[side], self.found[other]
        return said(float(one.value[measure][0] - two.value[measure][0]), interval(one.draws[measure][:, 0] - two.draws[measure][:, 0]), "+.3f")


def auc_of(one: Sides, side: str, kind: str = "") -> str:
    """The area under the curve of a side in one world, with its interval; a dash where there is one class only."""
    rows = one.kind == kind if kind else np.ones(len(one.kind), dtype=bool)
    value = auc(one.scores[side][rows], one.illicit[rows])
    if value is None:
        return "–"
    return said(value, intervals(one.scores[side][rows], one.illicit[rows], (), RESAMPLES)["auc"])


@dataclass(frozen=True)
class Calibrated:
    """How far probabilities are from what came, beside a calibrated model of that size."""

    slope: float
    error: float
    band: float
    mean: float
    rate: float

    @classmethod
    def of(cls, probability: Floats, illicit: Floats, seed: int = 0) -> "Calibrated":
        """Against the 95 % band: the error that such probabilities have where outcomes are drawn by them."""
        told: dict[str, Any] = calibration(probability, illicit)
        draw = np.random.default_rng(seed)
        simulated = [calibration(probability, (draw.random(len(probability)) < probability).astype(float))["error"] or 0.0 for _ in range(_SIMULATED)]
        return cls(told["slope"], told["error"], float(np.quantile(simulated, 0.95)), float(probability.mean()), float(illicit.mean()))

    @property
    def cells(self) -> tuple[str, ...]:
        """Its figures as cells of a table."""
        return f"{self.slope:.2f}", f"{self.error:.4f}", f"{self.band:.4f}", f"{self.mean:.4f}", f"{self.rate:.4f}"


def by_typology(told: Sequence[Sides]) -> list[tuple[str, ...]]:
    """Of each way to cheat how many came, and how many each side had picked."""
    names, picked = np.concatenate([one.typology for one in told]), {}
    labelled, scores = together(told)
    for side, score in scores.items():
        taken = np.zeros(len(labelled), dtype=bool)
        for office in np.unique(labelled.office):
            rows = np.flatnonzero(labelled.office == office)
            best = rows[np.argsort(-score[rows], kind="stable")]
            taken[best[: int(len(rows) * labelled.share[rows[0]])]] = True
        picked[side] = taken
    kinds, counts = np.unique(names[names != ""], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return [(str(kinds[i]), str(counts[i]), *(str(int((picked[side] & (names == kinds[i])).sum())) for side in SIDES)) for i in order]


def said(value: float, bounds: Sequence[float | None], form: str = ".3f") -> str:
    """A figure with its interval; a dash where it is not defined."""
    low, high = bounds
    if np.isnan(value):
        return "–"
    return format(value, form) + ("" if low is None or high is None else f" [{low:{form}}, {high:{form}}]")
