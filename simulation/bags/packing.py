"""What travellers bring: bags with their weight, worth and what shows on X-ray, and honest ones that look like cheats."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.bags.travellers import ROUTES, TAG_PREFIX, Travellers
from simulation.draws import Ints, chance, pick, spread, stream
from simulation.honest import honest_in
from simulation.images import SHADOW_OF, pick_shadow
from simulation.lots import Lot
from simulation.timing import DAY, HOUR

ALLOWANCE_USD = 800.0
DELAY_HOURS = 0.35
PLAIN = ("organic_mass", "battery", "density_anomaly", "")
PLAIN_WEIGHTS = (0.16, 0.10, 0.03, 0.71)
FOOD, FAMILY_GOLD, PAPERS, MOVING, POWDER, BLADE = 0.04, 0.015, 0.012, 0.03, 0.008, 0.006


def pack_bags(travellers: Travellers, lot: Lot) -> pd.DataFrame:
    """Draw the bags of a lot as they are; who brings more than is free declares it, and some who need not."""
    rng, count = stream(lot.seed, "bags"), lot.shipments
    day = rng.permutation(np.repeat(lot.first_day + np.arange(len(lot.arrivals)), lot.arrivals))
    route = pick(rng, [one.weight for one in ROUTES], count)
    who = pick(rng, travellers.weight, count)
    # One in five is a second bag of a traveller, on the same flight.
    second = np.flatnonzero(chance(rng, 0.2, count) & (np.arange(count) > 0))
    for values in (day, route, who):
        values[second] = values[second - 1]
    worth = np.round(170 * spread(rng, 0.9, count))
    return pd.DataFrame({
        "traveller": who, "route": route, "true_kg": np.clip(np.round(15.5 * spread(rng, 0.35, count), 1), 2.0, 32.0),
        "true_usd": worth, "is_declared": (worth > ALLOWANCE_USD) | chance(rng, 0.02, count), "declared_usd": worth,
        "plain": np.array([SHADOW_OF[label] for label in PLAIN])[pick(rng, PLAIN_WEIGHTS, count)], "hidden": 0,
        "typology": "", "is_look_alike": False, **_flights(lot, day, route), "tag": _tags(lot, route),
    })


def _flights(lot: Lot, day: Ints, route: Ints) -> dict[str, Ints]:
    """When each bag's flight was to land, landed and had left; a flight keeps to its hour but for a delay."""
    rng = stream(lot.seed, "landings")
    key, flight = np.unique(day * len(ROUTES) + route, return_inverse=True)
    planned = key // len(ROUTES) * DAY + np.array([one.lands * HOUR for one in ROUTES])[key % len(ROUTES)]
    landed = planned + np.abs(rng.normal(size=len(key))) * DELAY_HOURS * HOUR
    left = landed - np.array([one.hours * HOUR for one in ROUTES])[key % len(ROUTES)]
    return {name: times.astype(np.int64)[flight] for name, times in (("t_planned", planned), ("t_arrival", landed), ("t_departed", left))}


def _tags(lot: Lot, route: Ints) -> list[str]:
    """The number on each bag's tag: the airline's and a serial, which comes again in some later lot."""
    first = lot.number * 7_919
    return [f"{TAG_PREFIX[ROUTES[place].flight[:2]]}{(first + order) % 1_000_000:06d}" for order, place in enumerate(route.tolist())]


def look_alike(lot: Lot, bags: pd.DataFrame) -> None:
    """Give honest bags the traces of smuggling at set rates; changes them in place."""
    rng = stream(lot.seed, "bag look-alikes")
    some = honest_in(rng, bags)
    rows = some(FOOD)  # kimchi, rice, dried fruit
    bags.loc[rows, "hidden"] = pick_shadow(rng, ("organic_mass", "narcotic_like"), (0.85, 0.15), len(rows))
    bags.loc[some(FAMILY_GOLD), "hidden"] = SHADOW_OF["density_anomaly"]  # worn for years, and taken along
    bags.loc[some(PAPERS), "hidden"] = SHADOW_OF["currency"]
    bags.loc[some(POWDER), "hidden"] = SHADOW_OF["narcotic_like"]
    bags.loc[some(BLADE), "hidden"] = SHADOW_OF["weapon"]
    rows = some(MOVING)  # a student comes home with everything
    bags.loc[rows, "true_kg"] = np.round(rng.uniform(26, 32, len(rows)), 1)
