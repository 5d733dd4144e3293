"""Support: on how many outcomes like a shipment's its probability rests, and the range that they leave open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from lakehouse.text import Text
from models.cells import TRADERS, trader_sizes
from models.encoding import Encoding
from models.metrics import log_odds, sigmoid
from models.weights import effective

Floats = npt.NDArray[np.float64]
LEVEL, FEW = 0.9, 30
# Alike are outcomes of traders of the same size whose odds were estimated within this factor, the nearest of them where they are many.
FACTOR, _NEAREST, _NEAREST_SHARE = 1.5, 100, 0.1
# The estimate itself counts as much as so many outcomes; the points at which ranges are kept.
_OWN, _POINTS = 2.0, 61
SIZE = "importer_declarations"
_ANY = "any"
_FEW = Text("유사 검사 결과가 {outcomes}건뿐인 추정: 확률 {low:.1%}–{high:.1%}(90% 범위)",
            "The estimate rests on few similar outcomes ({outcomes}): {low:.1%}–{high:.1%} (90 % range)")
_MANY = Text("유사 검사 결과 {outcomes}건에 따른 추정: 확률 {low:.1%}–{high:.1%}(90% 범위)",
             "The estimate rests on {outcomes} similar outcomes: {low:.1%}–{high:.1%} (90 % range)")


@dataclass(frozen=True)
class Kept:
    """At each point the range of the probability, and how many outcomes are alike."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    outcomes: tuple[float, ...]


@dataclass(frozen=True)
class Support:
    """Ranges along the log-odds of the calibrated probability, by the size of trader; empty of the prior and of models without it."""

    points: tuple[float, ...] = ()
    groups: Mapping[str, Kept] = field(default_factory=dict)

    def of(self, probability: Floats, size: npt.NDArray[Any]) -> tuple[Floats, Floats, Floats]:
        """Low and high end of the range and the number of outcomes alike, of each row; the range holds the probability. NaN where empty."""
        low, high, outcomes = (np.full(len(probability), np.nan) for _ in range(3))
        at = log_odds(probability)
        for name, kept in self.groups.items():
            rows = np.ones(len(at), dtype=bool) if name == _ANY else size == name
            low[rows] = np.minimum(np.interp(at[rows], self.points, kept.low), probability[rows])
            high[rows] = np.maximum(np.interp(at[rows], self.points, kept.high), probability[rows])
            outcomes[rows] = np.floor(np.interp(at[rows], self.points, kept.outcomes) + 0.5)
        return low, high, outcomes

    def to_json(self) -> dict[str, Any]:
        """The ranges as plain values."""
        return {"points": self.points, "groups": {name: [kept.low, kept.high, kept.outcomes] for name, kept in self.groups.items()}}

    @staticmethod
    def from_json(given: Mapping[str, Any]) -> "Support":
        """The ranges of `to_json`."""
        return Support(tuple(given["points"]), {name: Kept(*map(tuple, kept)) for name, kept in given["groups"].items()})


def sizes_of(encoding: Encoding, matrix: Floats) -> npt.NDArray[Any]:
    """The size of trader of each row of a model's matrix; one for all where the model does not ask for it."""
    if SIZE not in encoding.names or SIZE in encoding.vocabularies:
        return np.full(len(matrix), _ANY)
    return trader_sizes(matrix[:, encoding.names.index(SIZE)])


def fit_support(probability: Floats, illicit: Floats, weight: Floats, size: npt.NDArray[Any]) -> Support:
    """The ranges that held-out outcomes leave open; empty where none is held out.

    Of the outcomes alike the share of violations has a posterior of which the estimate itself is the prior, worth two outcomes:
    where nothing alike was ever inspected, as of traders of a size that is new to customs, the range is as wide as that. What
    is told is the rate among shipments alike, not the certainty of one: no inspection tells a probability.
    """
    if not len(probability):
        return Support()
    at, reach = log_odds(probability), float(np.log(FACTOR))
    points = np.linspace(at.min() - 2 * reach, at.max() + 2 * reach, _POINTS)
    names = [_ANY] if (size == _ANY).all() else list(TRADERS)
    return Support(tuple(map(float, points)), {name: _kept(points, at[mine], illicit[mine], weight[mine], len(at))
                                               for name in names for mine in [size == name]})


def _kept(points: Floats, at: Floats, illicit: Floats, weight: Floats, known: int) -> Kept:
    nearest, reach = max(_NEAREST, int(known * _NEAREST_SHARE)), float(np.log(FACTOR))
    counted, found = np.zeros(len(points)), np.zeros(len(points))
    for place, point in enumerate(points):
        distance = np.abs(at - point)
        alike = np.argsort(distance, kind="stable")[:nearest]
        alike = alike[distance[alike] <= reach]
        if len(alike):
            counted[place] = effective(weight[alike])
            found[place] = counted[place] * np.average(illicit[alike], weights=weight[alike])
    own = _OWN * sigmoid(points)
    ends = [betaincinv(own + found, _OWN - own + counted - found, level) for level in ((1 - LEVEL) / 2, (1 + LEVEL) / 2)]
    return Kept(*(tuple(map(float, values)) for values in (*ends, counted)))


def said(low: float | None, high: float | None, outcomes: int | None) -> dict[str, Any] | None:
    """What a score says of its range, with a sentence in both languages; None where the model that gave it keeps none."""
    if low is None or high is None or outcomes is None:
        return None
    values = {"low": low, "high": high, "outcomes": outcomes}
    text = (_FEW if outcomes < FEW else _MANY).render(values)
    return {"low": low, "high": high, "similar_outcomes": outcomes, "is_few": outcomes < FEW, "ko": text.ko, "en": text.en}
