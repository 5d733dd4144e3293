"""Cash above what may be brought unreported."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, chance
from simulation.images import SHADOW_OF
from simulation.typologies.typology import Typology


def _openings(bags: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.full(len(bags), 0.5)


def _carry(rng: np.random.Generator, bags: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Carry bundles of notes among clothes; three in four show."""
    bags.loc[rows, "true_usd"] = np.round(rng.uniform(12_000, 90_000, len(rows)))
    bags.loc[rows, "is_declared"] = False
    bags.loc[rows, "declared_usd"] = 0.0
    bags.loc[rows, "hidden"] = np.where(chance(rng, 1 - BAG_CURRENCY.hidden, len(rows)), SHADOW_OF["currency"], 0)


BAG_CURRENCY = Typology(
    "bag_currency", Text("외화 밀반입", "Unreported currency"), "baggage", 0.6, _openings, _carry, ("undeclared", "other"),
    Text("X-ray 탐지와 신고 여부 비교", "X-ray beside what was declared"), 0.25)
