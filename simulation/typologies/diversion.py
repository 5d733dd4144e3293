"""A container taken elsewhere than it was cleared for, or before it was."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.cargo import FCL
from simulation.draws import Floats, Ints, pick
from simulation.traces import GATE_EARLY, GATE_ELSEWHERE, GATE_USUAL
from simulation.typologies.typology import Typology, duty_of, items_of


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.where(cargo["mode"] == FCL, 0.4 + np.log1p(duty_of(cargo)) / 4, 0.0)


def _divert(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Take a container through the gate at night before its release, or to another place; one in twelve is emptied where it should stand."""
    cargo.loc[rows, "gate_trace"] = np.array((GATE_EARLY, GATE_ELSEWHERE, GATE_USUAL))[pick(rng, (0.47, 0.45, 0.08), len(rows))]
    part = items.loc[items_of(items, rows)]
    value = np.bincount(part["ship"], part["net_kg"] * part["usd_per_kg"], len(cargo))[rows]
    cargo.loc[rows, "hidden_usd"] = value * rng.uniform(0.1, 0.5, len(rows))


DIVERSION = Typology(
    "container_diverted", Text("컨테이너 무단 반출", "Container diverted"), "cargo", 0.05, _openings, _divert, ("undeclared", "other"),
    Text("게이트 반출 시각·목적지와 수리 시각·인도지 비교", "Time and destination at the gate beside release and place of delivery"), 0.08)
