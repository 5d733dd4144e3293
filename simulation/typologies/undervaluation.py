"""A price below the one paid, on the papers only."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, chance
from simulation.typologies.typology import Typology, items_of, places_in


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.asarray(0.7 + np.log1p(main["true_rate"].to_numpy()) / 6, dtype=np.float64)


def _undervalue(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Declare a price below the paid one, often so little below that it drowns; most insure what the goods are worth."""
    factor = np.where(
        chance(rng, 0.14, len(rows)), rng.uniform(0.75, 0.88, len(rows)), rng.uniform(0.40, 0.72, len(rows))
    )
    places = items_of(items, rows)
    items.loc[places, "declared_usd_per_kg"] *= factor[places_in(items, places, rows)]
    cargo.loc[rows, "insured_factor"] /= np.where(chance(rng, 0.94, len(rows)), factor, 1.0)


UNDERVALUATION = Typology(
    "undervalued", Text("저가신고", "Undervaluation"), "cargo", 0.15, _openings, _undervalue, ("undervaluation",),
    Text("신고단가와 동종 물품·과거 단가 비교", "The declared price beside those of its like and of the past"), 0.12)
