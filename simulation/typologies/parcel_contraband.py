"""What must not come in, declared as something everyday."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, chance, spread
from simulation.images import SHADOW_OF
from simulation.parcels import wares
from simulation.typologies.typology import Typology

_USD = np.array([goods.usd for goods in wares.CONTRABAND])
_KG = np.array([goods.kg for goods in wares.CONTRABAND])
_SHADOW = np.array([SHADOW_OF[goods.shadow] for goods in wares.CONTRABAND])
_HS6 = np.array([goods.hs6 for goods in wares.CONTRABAND], dtype=object)
_CLAIMED = np.array([[wares.WARE[line] for line in goods.claimed] for goods in wares.CONTRABAND])


def _openings(parcels: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.where(np.isin(wares.KIND[main["ware"].to_numpy()], np.unique(wares.KIND[_CLAIMED])), 1.0, 0.3)


def _smuggle(rng: np.random.Generator, parcels: pd.DataFrame, lines: pd.DataFrame, rows: Ints) -> None:
    """Send forbidden goods as what the shop sells, or something alike, mostly at its usual price; title or X-ray may tell, for one in six neither."""
    places = np.flatnonzero(np.isin(lines["ship"].to_numpy(), rows) & (lines["seq"] == 1).to_numpy())
    goods = rng.integers(0, len(wares.CONTRABAND), len(rows))
    alike = _CLAIMED[goods, rng.integers(0, 2, len(rows))]
    claimed = np.where(chance(rng, 0.5, len(rows)), lines["ware"].to_numpy()[places], alike)
    is_told, is_seen = chance(rng, 0.5, len(rows)), chance(rng, 0.68, len(rows))
    usual = np.where(chance(rng, 0.7, len(rows)), wares.USD[claimed], _USD[goods])
    price = np.round(np.maximum(usual * spread(rng, 0.5, len(rows)), 1.5), 2)
    lines.loc[places, "ware"] = claimed
    lines.loc[places, "declared_ware"] = claimed
    lines.loc[places, "true_hs6"] = _HS6[goods]
    lines.loc[places, "title"] = np.where(is_told, wares.CONTRABAND_TITLE + goods, wares.FIRST_TITLE[claimed])
    weight = np.round(_KG[goods] * spread(rng, 0.2, len(rows)), 3)
    lines.loc[places, "kg"] = weight
    # Half tell the weight of what they claim, and the scale tells the other.
    lines.loc[places, "declared_kg"] = np.where(chance(rng, 0.5, len(rows)), np.round(wares.KG[claimed] * spread(rng, 0.2, len(rows)), 3), weight)
    for name in ("usd", "ordered_usd", "declared_usd"):
        lines.loc[places, name] = price
    parcels.loc[rows, "hidden"] = np.where(is_seen, _SHADOW[goods], 0)


PARCEL_CONTRABAND = Typology(
    "parcel_contraband", Text("금지물품 품명위장", "Forbidden goods under other words"), "parcel", 0.35, _openings, _smuggle, ("prohibited",),
    Text("주문 상품명·X-ray 탐지와 신고 품명 비교", "The offer's title and the X-ray beside the declared words"), 0.16, seized="critical")
