"""A price below the one paid, on the papers only."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, chance
from simulation.typologies.typology import Typology, items_of, places_in


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.asarray(0.3 + np.log1p(main["true_rate"].to_numpy()) / 3, dtype=np.float64)


def _undervalue(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Declare a price below the paid one; often so little below that it drowns in the usual spread."""
    factor = np.where(
        chance(rng, 0.45, len(rows)), rng.uniform(0.80, 0.95, len(rows)), rng.uniform(0.35, 0.80, len(rows))
    )
    places = items_of(items, rows)
    items.loc[places, "declared_usd_per_kg"] *= factor[places_in(items, places, rows)]


UNDERVALUATION = Typology(
    "undervalued", Text("저가신고", "Undervaluation"), "cargo", 0.28, _openings, _undervalue, ("undervaluation",),
    Text("신고단가와 동종 물품·과거 단가 비교", "The declared price beside those of its like and of the past"), 0.45)
