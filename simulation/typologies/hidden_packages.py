"""Packages left out of the declaration."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, pick
from simulation.typologies.typology import Typology, items_of, places_in


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.where(cargo["packages"] >= 8, 0.8, 0.0)


def hide_packages(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Leave packages out of the declaration; a third only shows at the shed, one in thirty nowhere."""
    true = cargo.loc[rows, "packages"].to_numpy()
    declared = np.clip(np.floor(true * (1 - rng.uniform(0.05, 0.4, len(rows)))), 1, true - 1).astype(np.int64)
    places = items_of(items, rows)
    factor = (1 + declared / true) / 2
    items.loc[places, "declared_net_kg"] *= factor[places_in(items, places, rows)]
    way = pick(rng, (0.57, 0.40, 0.03), len(rows))
    lighter = cargo.loc[rows, "gross_kg"].to_numpy() * factor
    cargo.loc[rows, "declared_gross_kg"] = lighter
    cargo.loc[rows, "bill_gross_kg"] = np.where(way == 0, cargo.loc[rows, "bill_gross_kg"], lighter)
    cargo.loc[rows, "measured_gross_kg"] = np.where(way == 2, factor, 1.0) * cargo.loc[rows, "measured_gross_kg"]
    cargo.loc[rows, "declared_packages"] = declared
    cargo.loc[rows, "bill_packages"] = np.where(way == 0, true, declared)
    cargo.loc[rows, "measured_packages"] = np.where(way == 2, declared, true)


HIDDEN_PACKAGES = Typology(
    "packages_hidden", Text("포장 누락", "Hidden packages"), "cargo", 0.17, _openings, hide_packages, ("undeclared", "quantity"),
    Text("신고 포장개수와 적하목록·반입 개수 비교", "The declared packages beside the manifest's and the shed's"), 0.03)
