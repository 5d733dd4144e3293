"""A price among relatives: the seller belongs to the importer, and nobody says so."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints
from simulation.typologies.typology import Typology, items_of, places_in


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.where(cargo["is_related"], 0.5 + np.log1p(main["true_rate"].to_numpy()) / 3, 0.0)


def _transfer(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Declare a transfer price below the market's and leave out that seller and buyer are related."""
    places = items_of(items, rows)
    items.loc[places, "declared_usd_per_kg"] *= rng.uniform(0.5, 0.82, len(rows))[places_in(items, places, rows)]
    cargo.loc[rows, "is_relation_told"] = False


RELATED_PARTY = Typology(
    "related_party", Text("특수관계 저가신고", "Undervaluation between related parties"), "cargo", 4.0, _openings, _transfer,
    ("undervaluation",), Text("등록부의 대표자와 신고한 거래관계, 신고단가와 동종 물품 비교",
                               "The registry's heads beside the relation told, the price beside its like's"), 0.12)
