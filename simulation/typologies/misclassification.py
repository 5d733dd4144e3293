"""The neighbour's tariff line for goods that owe more."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.cargo import TABLE
from simulation.draws import Floats, Ints, chance, spread
from simulation.typologies.typology import NEIGHBOUR, Typology


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    gain = np.where(NEIGHBOUR >= 0, TABLE.duty - TABLE.duty[NEIGHBOUR], 0.0)[cargo["good"].to_numpy()]
    return np.where(gain > 0, 1.0 + np.log1p(np.maximum(gain, 0)) / 4, 0.0)


def _misclassify(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Claim the neighbour's tariff line; words, bill or price may still tell the true goods."""
    places = np.flatnonzero(np.isin(items["ship"].to_numpy(), rows) & (items["seq"] == 1).to_numpy())
    claimed = NEIGHBOUR[items["good"].to_numpy()[places]]
    items.loc[places, "declared_good"] = claimed
    items.loc[places, "described_good"] = np.where(chance(rng, 0.35, len(rows)), items.loc[places, "good"], claimed)
    cargo.loc[rows, "bill_good"] = np.where(chance(rng, 0.89, len(rows)), cargo.loc[rows, "good"], claimed)
    # Half of those who are paid more than the claimed goods cost write their usual price.
    usual = TABLE.price[claimed] * spread(rng, 0.3, len(rows))
    paid = items.loc[places, "usd_per_kg"].to_numpy()
    items.loc[places, "declared_usd_per_kg"] = np.where(chance(rng, 0.75, len(rows)), np.minimum(usual, paid), paid)


MISCLASSIFICATION = Typology(
    "misclassified", Text("품목분류 위반", "Misclassification"), "cargo", 0.25, _openings, _misclassify, ("misclassification",),
    Text("신고 세번과 품명·적하목록 품명·단가 비교", "The declared line beside the words, the manifest's words and the price"), 0.08)
