"""Less weight on the papers than in the box."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, pick, spread
from simulation.typologies.typology import Typology, items_of, places_in


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.full(len(cargo), 0.8)


def _hide_weight(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Declare less weight than there is; a third only shows on the scales, one in thirty nowhere."""
    factor = 1 / (1 + np.clip(0.20 * spread(rng, 0.5, len(rows)), 0.06, 0.8))
    places = items_of(items, rows)
    items.loc[places, "declared_net_kg"] *= factor[places_in(items, places, rows)]
    declared = cargo.loc[rows, "gross_kg"].to_numpy() * factor
    way = pick(rng, (0.57, 0.40, 0.03), len(rows))
    cargo.loc[rows, "declared_gross_kg"] = declared
    cargo.loc[rows, "bill_gross_kg"] = np.where(way == 0, cargo.loc[rows, "bill_gross_kg"], declared)
    cargo.loc[rows, "measured_gross_kg"] = np.where(way == 2, factor, 1.0) * cargo.loc[rows, "measured_gross_kg"]


HIDDEN_WEIGHT = Typology(
    "weight_hidden", Text("중량 누락", "Hidden weight"), "cargo", 0.20, _openings, _hide_weight, ("quantity", "undeclared"),
    Text("신고 중량과 적하목록·반입 중량 비교", "The declared weight beside the manifest's and the scales'"), 0.03)
