"""A container opened on its way and sealed anew, with something more in it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.cargo import FCL
from simulation.draws import Floats, Ints, chance
from simulation.traces import SEAL_OTHER, SEAL_SAME
from simulation.typologies.typology import Typology


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.where(cargo["mode"] == FCL, 1.0, 0.0)


def _swap_seal(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Put goods into a sealed container and another seal on it; one in twelve manages a seal of the same number."""
    is_seen = chance(rng, 0.92, len(rows))
    hidden = rng.uniform(60, 500, len(rows))
    cargo.loc[rows, "seal_trace"] = np.where(is_seen, SEAL_OTHER, SEAL_SAME)
    cargo.loc[rows, "hidden_kg"] = np.where(is_seen, hidden, 0.2 * hidden)
    cargo.loc[rows, "hidden_usd"] = hidden * rng.uniform(20, 150, len(rows))
    cargo.loc[rows, "image"] = np.where(is_seen & chance(rng, 0.4, len(rows)), "density_anomaly", "")


SEAL_SWAP = Typology(
    "seal_swapped", Text("봉인 교체", "Seal swapped"), "cargo", 0.05, _openings, _swap_seal, ("undeclared", "prohibited"),
    Text("적재 시 봉인(운송사 이벤트·선적 보고)과 양하 시 봉인 비교", "The seal at loading (carrier, terminal) beside the one at discharge"), 0.08)
