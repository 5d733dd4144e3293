"""Drugs in bags, some in double walls or among food."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.bags.travellers import ROUTES
from simulation.draws import Floats, Ints, chance
from simulation.images import pick_shadow
from simulation.typologies.typology import Typology

_DRUGS = np.array([route.drugs for route in ROUTES])


def _openings(bags: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.asarray(_DRUGS[bags["route"].to_numpy()], dtype=np.float64)


def _hide(rng: np.random.Generator, bags: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Hide drugs in a bag that is light for its look or heavy for the trip; one in five shows nothing."""
    bags.loc[rows, "true_kg"] = np.round(np.clip(bags["true_kg"].to_numpy()[rows] + rng.uniform(-4, 9, len(rows)), 3, 32), 1)
    bags.loc[rows, "is_declared"] = False
    bags.loc[rows, "declared_usd"] = 0.0
    shadow = pick_shadow(rng, ("narcotic_like", "organic_mass", "false_wall"), (0.6, 0.25, 0.15), len(rows))
    bags.loc[rows, "hidden"] = np.where(chance(rng, 1 - BAG_NARCOTICS.hidden, len(rows)), shadow, 0)


BAG_NARCOTICS = Typology(
    "bag_narcotics", Text("마약류 은닉", "Hidden drugs"), "baggage", 0.4, _openings, _hide, ("prohibited",),
    Text("X-ray·탐지견 탐지, 출발지, 중량", "X-ray, dogs, origin and weight"), 0.2, seized="critical")
