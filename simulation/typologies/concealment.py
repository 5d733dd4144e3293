"""Something hidden behind, under or among honest goods."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.cargo import AIR, FCL
from simulation.draws import Floats, Ints, chance, pick
from simulation.typologies.typology import Typology

IN_BOX, IN_PARCEL = np.array(("density_anomaly", "false_wall", "organic_mass")), np.array(("narcotic_like", "organic_mass", "weapon", "currency"))


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.select([cargo["mode"] == FCL, cargo["mode"] == AIR], [1.0, 0.7], 0.0)


def _conceal(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Hide goods: a scan shows them, and for most containers the shipper's own weighing; one in twelve shows nowhere."""
    count = len(rows)
    is_boxed = (cargo.loc[rows, "mode"] == FCL).to_numpy()
    is_seen = chance(rng, 0.92, count)
    gross = cargo.loc[rows, "gross_kg"].to_numpy()
    hidden = np.where(is_boxed, rng.uniform(0.03, 0.15, count) * gross, np.minimum(rng.uniform(0.05, 0.4, count) * gross, 20))
    look = np.where(is_boxed, IN_BOX[pick(rng, (0.4, 0.35, 0.25), count)], IN_PARCEL[pick(rng, (0.5, 0.2, 0.15, 0.15), count)])
    cargo.loc[rows, "image"] = np.where(is_seen, look, "")
    cargo.loc[rows, "hidden_kg"] = np.where(is_boxed & is_seen, hidden, 0.0)
    cargo.loc[rows, "shown_kg"] = np.where(is_boxed & is_seen & chance(rng, 0.85, count), hidden, 0.0)
    cargo.loc[rows, "measured_gross_kg"] += np.where(~is_boxed & is_seen & chance(rng, 0.85, count), hidden, 0.0)
    cargo.loc[rows, "hidden_usd"] = np.minimum(hidden, 300) * rng.uniform(30, 400, count)


CONCEALMENT = Typology(
    "goods_concealed", Text("은닉 밀수", "Concealed goods"), "cargo", 0.05, _openings, _conceal, ("prohibited", "undeclared"),
    Text("검색 영상 탐지, 총중량 검증값(VGM)과 적하목록 중량 비교", "What scans show; the verified gross mass beside the manifest's weight"), 0.08)
