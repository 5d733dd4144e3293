"""A broker with a friend among the officers: the papers are wrong, and nobody looks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints
from simulation.typologies.hidden_packages import hide_packages
from simulation.typologies.typology import Typology, items_of, places_in


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.where(cargo["is_favoured"] & (cargo["packages"] >= 8), 1.0, 0.0)


def _rely_on_a_friend(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Leave packages out and lower the price of the rest: the friend finds the shipment clean."""
    hide_packages(rng, cargo, items, rows)
    places = items_of(items, rows)
    items.loc[places, "declared_usd_per_kg"] *= rng.uniform(0.7, 0.95, len(rows))[places_in(items, places, rows)]


OFFICER_COLLUSION = Typology(
    "officer_collusion", Text("관세사·직원 유착", "Broker with a friend among officers"), "cargo", 5.0, _openings, _rely_on_a_friend,
    ("undeclared", "undervaluation"),
    Text("신고인과 검사자의 짝, 그 검사 결과와 적하목록 비교", "Declarant and officer as a pair: their findings beside the manifest"), 0.1)
