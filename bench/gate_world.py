"""Later weeks with a planted challenger: shipments, what a champion had inspected of them, and both scores, by a seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.capacity import Floats, Labelled, places_share
from models.gate import Later

OFFICES = ("010", "020", "030", "040", "060")
_PLACES = np.array([15, 25, 30, 25, 10])
_SHIPMENTS_A_NIGHT = np.array([200, 320, 400, 340, 140])
_KINDS, _KIND_SHARES = ("cargo", "parcel", "baggage"), (0.5, 0.4, 0.1)
_TRADERS, _TRADER_SHARES = ("new", "small", "middle", "large"), (0.15, 0.3, 0.35, 0.2)
_RANDOM = _EXPLORE = 0.1
_BAND = 10
_BASE, _SLOPE = -4.6, 1.8
# What two models misjudge alike, as they learned from the same outcomes, and what each misjudges by itself.
_SHARED, _OWN = 0.8, 0.6
Draw = np.random.Generator


@dataclass(frozen=True)
class World:
    """Every shipment of some weeks: its risk, what every model misjudges of it, label, revenue and place."""

    risk: Floats
    misjudged: Floats
    illicit: Floats
    revenue: Floats
    strata: Mapping[str, npt.NDArray[Any]]
    night: npt.NDArray[Any]


Plant = Callable[[Draw, World], Floats]


def world(draw: Draw, nights: int) -> World:
    """Shipments of five offices over some nights."""
    office, night = (np.concatenate(each) for each in zip(*((np.full(many, place), np.full(many, number)) for number in range(nights)
                                                            for place, many in enumerate(_SHIPMENTS_A_NIGHT)), strict=True))
    n = len(office)
    risk = draw.normal(size=n)
    illicit = (draw.random(n) < 1 / (1 + np.exp(-(_BASE + _SLOPE * risk)))).astype(float)
    revenue = illicit * np.exp(draw.normal(14.5, 1.0, n))
    strata = {"office": np.array(OFFICES)[office], "kind": draw.choice(_KINDS, n, p=_KIND_SHARES),
              "trader": draw.choice(_TRADERS, n, p=_TRADER_SHARES)}
    return World(risk, draw.normal(size=n), illicit, revenue, strata, night)


def inspected(draw: Draw, made: World, champion: Floats) -> tuple[npt.NDArray[Any], npt.NDArray[Any], Floats]:
    """Which shipments were looked at, which of them at random, and with what probability each was drawn."""
    n = len(champion)
    taken, is_random, chance = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool), np.ones(n)
    for night in np.unique(made.night):
        for place, office in enumerate(OFFICES):
            rows = np.flatnonzero((made.night == night) & (made.strata["office"] == office))
            rows = rows[np.argsort(-champion[rows], kind="stable")]
            drawn = max(round(_PLACES[place] * _RANDOM), 1)
            first = _PLACES[place] - 2 * drawn
            band, rest = rows[first:first + _BAND * drawn], rows[first + _BAND * drawn:]
            explored, lots = draw.choice(band, drawn, replace=False), draw.choice(rest, drawn, replace=False)
            taken[rows[:first]] = taken[explored] = taken[lots] = is_random[lots] = True
            chance[explored], chance[lots] = drawn / len(band), drawn / len(rest)
    return taken, is_random, chance


def blind(draw: Draw, made: World, better: Floats, dimension: str, value: str) -> Floats:
    """A better score that knows nothing of the shipments of one stratum."""
    return np.where(made.strata[dimension] == value, draw.normal(0, np.std(better), len(better)), better)


def _score(draw: Draw, made: World, shared: float = _SHARED, own: float = _OWN) -> Floats:
    return made.risk + shared * made.misjudged + draw.normal(0, own, len(made.risk))


def _sharper(draw: Draw, made: World) -> Floats:
    return _score(draw, made, 0.5, 0.3)


def _dear_missed(draw: Draw, made: World) -> Floats:
    """As sharp as the better one, but for the violations that owe most, which it puts low."""
    return np.where(made.revenue > np.quantile(made.revenue[made.illicit > 0], 0.7), _sharper(draw, made) - 2.0, _sharper(draw, made))


BETTER: Mapping[str, Plant] = {"sharper": _sharper}
BAD: Mapping[str, Plant] = {
    "duller everywhere": lambda draw, made: _score(draw, made, _SHARED, 1.8),
    "sharper, blind in one office": lambda draw, made: blind(draw, made, _sharper(draw, made), "office", "030"),
    "sharper, blind to parcels": lambda draw, made: blind(draw, made, _sharper(draw, made), "kind", "parcel"),
    "sharper, blind to small traders": lambda draw, made: blind(draw, made, _sharper(draw, made), "trader", "small"),
    "sharper, misses what owes most": _dear_missed,
}
SAME: Mapping[str, Plant] = {"another of the same quality": _score}


def later(seed: int, plant: Plant, nights: int, weight_cap: float) -> Later:
    """What the gate sees of such weeks."""
    draw = np.random.default_rng(seed)
    made = world(draw, nights)
    champion, challenger = _score(draw, made), plant(draw, made)
    taken, is_random, chance = inspected(draw, made, champion)
    weight, office = np.minimum(1 / chance, weight_cap)[taken], made.strata["office"][taken]
    share = places_share(office, weight, dict(zip(OFFICES, map(float, _PLACES * nights), strict=True)))
    labelled = Labelled(made.illicit[taken], made.revenue[taken], office, share, weight)
    of_all = (_PLACES / _SHIPMENTS_A_NIGHT)[np.searchsorted(OFFICES, office)]
    strata = {name: values[taken] for name, values in made.strata.items()}
    return Later(labelled, champion[taken], challenger[taken], is_random[taken], of_all, strata)
