"""A seller on the local list who trades under another spelling, or through a front."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, chance
from simulation.names import FRONT, SPELLINGS
from simulation.typologies.typology import Typology

HIDDEN = 0.06


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.where(cargo["is_listed"], 1.0, 0.0)


def _respell(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Write the seller another way; one in sixteen sends a firm forward whose name tells nothing."""
    style = 1 + rng.integers(0, SPELLINGS, len(rows))
    cargo.loc[rows, "alias_style"] = np.where(chance(rng, HIDDEN, len(rows)), FRONT, style)


WATCHLISTED_SELLER = Typology(
    "watchlisted_seller", Text("우려거래자 명의변형", "Listed seller under another spelling"), "cargo", 8.0, _openings, _respell,
    ("prohibited", "licence"), Text("해외거래처 이름과 우려거래자 목록 비교", "The seller's name beside the watchlist's"), HIDDEN)
