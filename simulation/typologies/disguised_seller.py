"""A seller on customs' watchlist who goes on under another spelling."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, chance
from simulation.typologies.typology import Typology, items_of


def _openings(parcels: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.full(len(parcels), 1.0)


def _disguise(rng: np.random.Generator, parcels: pd.DataFrame, lines: pd.DataFrame, rows: Ints) -> None:
    """Let a listed seller sell under a name spelled otherwise, one in six through another's shop altogether."""
    is_hidden = chance(rng, DISGUISED_SELLER.hidden, len(rows))
    parcels.loc[rows, "seller"] = np.where(is_hidden, parcels["other_seller"].to_numpy()[rows], parcels["listed"].to_numpy()[rows])
    parcels.loc[rows, "spelling"] = np.where(is_hidden, 0, rng.integers(1, 1 << 20, len(rows)))
    places = items_of(lines, rows)
    lines.loc[places, "seller"] = parcels["seller"].to_numpy()[lines["ship"].to_numpy()[places]]


DISGUISED_SELLER = Typology(
    "disguised_seller", Text("우범 판매자 상호 위장", "Watchlisted seller in disguise"), "parcel", 0.18, _openings, _disguise,
    ("other", "undeclared"),
    Text("판매자·송하인 이름과 우범자 목록 비교", "Names of seller and shipper beside the watchlist"), 0.16)
