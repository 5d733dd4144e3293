"""Weights: how many shipments an outcome stands for, by the inclusion probability that its selection stored."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Weighting:
    """The weight of each outcome, 1 in the mean, and what it came from.

    `known_share` is the share of outcomes whose selection stored a probability, `effective` how many outcomes of equal
    weight tell as much (Kish): far fewer than there are where a few weigh most.
    """

    weight: Floats
    cap: float
    known_share: float
    effective: float

    @property
    def told(self) -> dict[str, float]:
        """What a run and a model card keep of it."""
        return {"cap": self.cap, "known_share": self.known_share, "effective": self.effective}


def stands_for(chance: Floats, cap: float) -> Floats:
    """How many shipments each row stands for: 1 over its inclusion probability, at most `cap`; 1 where none is stored."""
    known = chance > 0  # False where it is NaN.
    return np.asarray(np.minimum(1 / np.where(known, chance, 1.0), cap))


def weighted(chance: Floats, cap: float) -> Weighting:
    """Inverse propensity: rows drawn by lot stand for those that were not drawn, so that all together stand for all shipments.

    Weights are brought to 1 in the mean: what is set in numbers of rows (least rows of a leaf, drawing to zero) keeps its measure.
    """
    weight = stands_for(chance, cap)
    if not len(weight):
        return Weighting(weight, cap, 0.0, 0.0)
    return Weighting(weight / weight.mean(), cap, float(np.mean(chance > 0)), effective(weight))


def effective(weight: Floats) -> float:
    """How many rows of equal weight tell as much as these."""
    return float(weight.sum() ** 2 / np.sum(weight**2)) if len(weight) else 0.0
