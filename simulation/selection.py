"""Whom an imperfect policy picks for inspection, how deep officers look, and what they find; for any kind of shipment."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from simulation.draws import Bools, Floats, Texts, chance, pick, race, stream
from simulation.lots import Lot
from simulation.names import objects

SHARES = (("random", 0.12), ("mandate", 0.07), ("officer", 0.18), ("rule", 0.36), ("model", 0.27))
DEPTHS = (("document", 0.25, 0.80), ("scan", 0.25, 0.86), ("physical", 0.50, 0.93))
FALSE_ALARM_RATIO = 0.01
Weigh = Callable[[np.random.Generator], dict[str, Floats]]


def choose(lot: Lot, shipments: pd.DataFrame, weigh: Weigh) -> pd.DataFrame:
    """Add who is inspected, by whose choice and how deep, what is found and the duty claimed for it.

    `weigh` weighs every shipment for each way of choosing.
    """
    rng, count = stream(lot.seed, "selection"), len(shipments)
    weights, selected_by = weigh(rng), objects([""] * count)
    for kind, share in SHARES:
        free = selected_by == ""
        selected_by[race(rng, np.where(free, weights[kind], 0.0), round(lot.scenario.inspected * count * share))] = kind
    depth, ratio = looked_at(rng, count)
    is_inspected = selected_by != ""
    return found(rng, shipments, is_inspected, ratio, FALSE_ALARM_RATIO).assign(
        selected_by=selected_by, depth=depth, is_inspected=is_inspected, is_managed=managed(rng, selected_by))


def looked_at(rng: np.random.Generator, count: int) -> tuple[Texts, Floats]:
    """How deep each inspection goes, and the share of violations found so deep."""
    place = pick(rng, [share for _, share, _ in DEPTHS], count)
    return objects([name for name, _, _ in DEPTHS])[place], np.array([ratio for _, _, ratio in DEPTHS])[place]


def found(rng: np.random.Generator, shipments: pd.DataFrame, is_inspected: Bools, ratio: Floats, fault_ratio: ArrayLike) -> pd.DataFrame:
    """Add what inspections find: `ratio` of what is illicit and `fault_ratio` of what is not, and the duty claimed."""
    count, is_illicit = len(shipments), (shipments["typology"] != "").to_numpy()
    is_found = chance(rng, np.where(is_illicit, ratio, fault_ratio), count)
    evaded = shipments["evaded_krw"].to_numpy() * rng.uniform(0.85, 1.05, count)
    claimed = np.where(is_illicit, np.maximum(evaded, 30_000), rng.uniform(30_000, 400_000, count))
    return shipments.assign(is_violation=is_found & is_inspected, claimed_krw=np.floor(claimed / 10) * 10)


def managed(rng: np.random.Generator, selected_by: Texts) -> Bools:
    """Which cargo the cargo service marks as watched."""
    is_watched = np.isin(selected_by.astype(str), ("rule", "officer"))
    return np.where(is_watched, rng.random(len(selected_by)) < 0.3, rng.random(len(selected_by)) < 0.01)
