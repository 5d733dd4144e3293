"""Copies of brands, declared in plain words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, chance
from simulation.images import SHADOW_OF
from simulation.parcels import wares
from simulation.typologies.typology import Typology


def _openings(parcels: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.where(wares.IS_BRANDED[main["ware"].to_numpy()], 1.0, 0.0)


def _copy(rng: np.random.Generator, parcels: pd.DataFrame, lines: pd.DataFrame, rows: Ints) -> None:
    """Send copies for a fraction of the usual price; title and labels on the X-ray may tell, one in six tells nothing but the price."""
    places = np.flatnonzero(np.isin(lines["ship"].to_numpy(), rows) & (lines["seq"] == 1).to_numpy())
    ware = lines["ware"].to_numpy()[places]
    is_told, is_seen, is_cheap = chance(rng, 0.5, len(rows)), chance(rng, 0.64, len(rows)), chance(rng, 0.8, len(rows))
    lines.loc[places, "title"] = np.where(is_told, wares.REPLICA_TITLE + ware, lines["title"].to_numpy()[places])
    price = np.round(np.where(is_cheap, lines["usd"].to_numpy()[places] * rng.uniform(0.2, 0.6, len(rows)), lines["usd"].to_numpy()[places]), 2)
    for name in ("usd", "ordered_usd", "declared_usd"):
        lines.loc[places, name] = np.maximum(price, 1.5)
    parcels.loc[rows, "hidden"] = np.where(is_seen, SHADOW_OF["counterfeit_like"], 0)


PARCEL_COUNTERFEIT = Typology(
    "parcel_counterfeit", Text("지재권 침해물품", "Counterfeit parcel"), "parcel", 0.9, _openings, _copy, ("ipr",),
    Text("상품명·단가·X-ray 상표 탐지와 신고 품명 비교", "Title, price and labels on the X-ray beside the declared words"), 0.18, seized="major")
