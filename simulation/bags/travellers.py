"""Who flies in and on what: travellers known by a token, some of whom trade, and the flights of a day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.draws import Bools, Floats, Ints, chance, spread, stream


@dataclass(frozen=True)
class Airport:
    """An airport of arrival with the office and the hall where bags are looked at."""

    office: str
    hall: str


@dataclass(frozen=True)
class Route:
    """A daily flight: number, origin, airport of arrival, hour of landing, hours in the air, bags against others', and what it is known for."""

    flight: str
    origin: str
    airport: int
    lands: float
    hours: float
    weight: float
    luxury: float
    drugs: float


AIRPORTS: tuple[Airport, ...] = (Airport("040", "04000011"), Airport("040", "04000012"), Airport("030", "03000021"), Airport("010", "01000031"))
_ROUTES = """
7H0102|NRT|0|9.5|2.4|5|1.2|.1
7H0704|KIX|0|11.8|1.9|5|1|.1
9R0216|HKG|0|15.3|3.6|4|2.5|.3
9R0652|BKK|0|6.2|5.5|5|.6|2.5
7H0680|SGN|0|6.7|5.0|5|.5|1.8
7H0442|HAN|1|5.4|4.3|4|.5|1.6
9R0624|MNL|1|4.9|4.0|3|.4|1.5
7H0018|LAX|0|17.9|12.9|3|1.1|1.6
7H0082|JFK|0|4.6|14.8|2|1.3|1.2
2V0061|SFO|1|18.4|12.7|2|1|1.2
7H0902|CDG|0|7.1|12.0|2|3.2|.5
3Q0712|FRA|1|12.3|11.3|2|1.6|.6
7H0928|FCO|0|14.6|12.0|1.5|2.8|.3
8X0317|PVG|1|13.2|2.0|6|.9|.3
8X0403|PEK|1|16.1|2.2|5|.8|.3
8X0631|TAO|0|10.4|1.6|5|.7|.2
4N0091|NGO|1|20.2|2.1|3|.8|.1
7H0632|CEB|1|5.9|4.6|3|.3|1.0
9R0746|SIN|0|16.8|6.4|3|1.2|.4
7H0658|CNX|0|7.6|5.2|2|.4|2.2
9R0802|TPE|2|12.9|2.4|3|.8|.3
7H0136|FUK|2|9.9|1.0|3|.8|.1
7H0866|DAD|2|6.9|4.6|3|.4|1.1
4N0033|HND|3|14.1|2.2|3|1.3|.1
8X0255|SHA|3|17.5|1.9|2|.9|.3
"""


def _route(line: str) -> Route:
    flight, origin, airport, *numbers = line.split("|")
    lands, hours, weight, luxury, drugs = (float(number) for number in numbers)
    return Route(flight, origin, int(airport), lands, hours, weight, luxury, drugs)


ROUTES: tuple[Route, ...] = tuple(_route(line) for line in _ROUTES.strip().splitlines())
# A tag's number begins with a digit that says who printed it, and the airline's accounting number.
TAG_PREFIX: dict[str, str] = {"7H": "2971", "9R": "2972", "2V": "2973", "3Q": "2974", "8X": "2975", "4N": "2976"}


@dataclass(frozen=True)
class Travellers:
    """Travellers by position; `weight` is how often they fly, `propensity` multiplies the chance of cheating."""

    weight: Floats
    propensity: Floats
    is_trader: Bools


def make_travellers(seed: int, bags: int) -> Travellers:
    """Make the travellers for a world of so many bags."""
    rng = stream(seed, "travellers")
    count = max(100, int(bags * 0.7))
    is_trader = chance(rng, 0.01, count)
    weight = spread(rng, 0.7, count) * np.where(is_trader, 12.0, 1.0)
    propensity = np.where(chance(rng, 0.03, count), 8.0, 1.0) * np.where(is_trader, 2.5, 1.0) * spread(rng, 0.4, count)
    return Travellers(weight / weight.sum(), propensity, is_trader)


def tokens(travellers: Ints) -> list[str]:
    """The token under which airlines know each traveller."""
    return [f"TV{place * 2_654_435_761 % (1 << 40):010x}" for place in travellers.tolist()]
