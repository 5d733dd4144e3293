"""Watches, bags and gold above what is free, not declared or far below their price."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.bags.travellers import ROUTES
from simulation.draws import Floats, Ints, chance, spread
from simulation.images import pick_shadow
from simulation.typologies.typology import Typology

_LUXURY = np.array([route.luxury for route in ROUTES])


def _openings(bags: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.asarray(_LUXURY[bags["route"].to_numpy()], dtype=np.float64)


def _bring(rng: np.random.Generator, bags: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Bring what is worth thousands; four in five say nothing, the others a fraction."""
    worth = np.round(np.clip(3_200 * spread(rng, 0.7, len(rows)), 1_000, 60_000))
    is_told = chance(rng, 0.2, len(rows))
    bags.loc[rows, "true_usd"] = worth
    bags.loc[rows, "is_declared"] = is_told
    bags.loc[rows, "declared_usd"] = np.round(np.where(is_told, worth * rng.uniform(0.15, 0.5, len(rows)), 0))
    shadow = pick_shadow(rng, ("density_anomaly", "counterfeit_like", "false_wall"), (0.7, 0.2, 0.1), len(rows))
    bags.loc[rows, "hidden"] = np.where(chance(rng, 1 - BAG_VALUABLES.hidden, len(rows)), shadow, 0)


BAG_VALUABLES = Typology(
    "bag_valuables", Text("고가물품 미신고", "Undeclared valuables"), "baggage", 1.0, _openings, _bring, ("undeclared", "undervaluation"),
    Text("X-ray 탐지·출발지와 신고 여부·금액 비교", "X-ray and origin beside what was declared"), 0.25)
