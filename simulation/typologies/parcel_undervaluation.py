"""A parcel declared below what was paid for it, mostly to stay under the limit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, chance, pick
from simulation.parcels.limits import limit_usd
from simulation.typologies.typology import Typology, items_of, places_in


def _openings(parcels: pd.DataFrame, main: pd.DataFrame) -> Floats:
    ratio = parcels["paid_usd"].to_numpy() / limit_usd(parcels["country"].to_numpy())
    # Under the limit there is nothing to save.
    return np.where(ratio > 1.05, np.where(ratio < 4, 1.0, 0.4), 0.0)


def _undervalue(rng: np.random.Generator, parcels: pd.DataFrame, lines: pd.DataFrame, rows: Ints) -> None:
    """Declare a price below the one paid; one in five is ordered where no order is reported, or the order too tells the low price."""
    paid, limit = parcels["paid_usd"].to_numpy()[rows], limit_usd(parcels["country"].to_numpy()[rows])
    under = rng.uniform(0.45, 0.98, len(rows)) * limit / np.maximum(paid, limit)
    factor = np.where(chance(rng, 0.8, len(rows)), np.minimum(under, 0.85), rng.uniform(0.4, 0.8, len(rows)))
    places = items_of(lines, rows)
    share = factor[places_in(lines, places, rows)]
    lines.loc[places, "declared_usd"] *= share
    way = pick(rng, (0.8, 0.12, 0.08), len(rows))
    parcels.loc[rows, "has_order"] = way != 1
    lines.loc[places, "ordered_usd"] *= np.where(way == 2, factor, 1.0)[places_in(lines, places, rows)]


PARCEL_UNDERVALUATION = Typology(
    "parcel_undervalued", Text("특송 저가신고", "Undervalued parcel"), "parcel", 5.0, _openings, _undervalue, ("undervaluation",),
    Text("주문 품목 합계(할인 제외)와 특송·목록·신고 금액 비교", "The order's lines less discount beside courier, list and declaration"), 0.2)
