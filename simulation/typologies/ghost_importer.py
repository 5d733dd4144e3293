"""A firm made for a day or two by those who were penalised under another name."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints
from simulation.typologies.typology import Typology, duty_of, items_of, places_in


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.where(cargo["is_ghost"], 1.0 + np.log1p(duty_of(cargo)) / 3, 0.0)


def _front(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Declare a price somewhat below the paid one and be gone before anybody asks for books."""
    factor = rng.uniform(0.55, 0.92, len(rows))
    places = items_of(items, rows)
    items.loc[places, "declared_usd_per_kg"] *= factor[places_in(items, places, rows)]


GHOST_IMPORTER = Typology(
    "ghost_importer", Text("위장 수입업체", "Ghost importer"), "cargo", 2.2, _openings, _front, ("undervaluation", "other"),
    Text("등록부의 설립일·대표자·주소와 처벌 이력 업체 비교", "The registry's age, head and address beside those of penalised firms"), 0.12)
