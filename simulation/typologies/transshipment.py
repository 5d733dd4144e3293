"""Chinese goods shipped through another country, whose papers begin there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.cargo import FCL
from simulation.draws import Floats, Ints, chance
from simulation.traces import AS_LOADED
from simulation.typologies.false_origin import washer_of, washers
from simulation.typologies.typology import CHINA, Typology, duty_of, items_of, places_in


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    is_possible = np.array([washers(good).size > 0 for good in cargo["good"].tolist()], dtype=bool)
    return np.where((cargo["mode"] == FCL) & (cargo["origin"] == CHINA) & is_possible, np.log1p(duty_of(cargo)) / 3, 0.0)


def _transship(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Load in China, tranship and write all papers from there on; some move the goods into another container first."""
    draws = rng.random(len(rows)).tolist()
    washer = np.array([washer_of(good, draw) for good, draw in zip(cargo.loc[rows, "good"].tolist(), draws, strict=True)], dtype=np.int64)
    places = items_of(items, rows)
    items.loc[places, "declared_origin"] = washer[places_in(items, places, rows)]
    for paper in ("load_country", "export_country", "certificate_country"):
        cargo.loc[rows, paper] = washer
    cargo.loc[rows, "is_claiming"] = True
    cargo.loc[rows, "has_certificate"] = chance(rng, 0.9, len(rows))
    cargo.loc[rows, "branch_country"] = np.where(chance(rng, 0.85, len(rows)), washer, -1)
    cargo.loc[rows, "first_country"] = np.where(chance(rng, 0.93, len(rows)), CHINA, AS_LOADED)


TRANSSHIPMENT = Typology(
    "origin_transshipped", Text("우회 환적", "Covert transshipment"), "cargo", 0.12, _openings, _transship, ("false_origin",),
    Text("공컨테이너 인수지·최초 적재지(운송사 이벤트)와 신고 원산지·적재국 비교",
         "Where the empty container was picked up and first loaded beside the declared origin and country of loading"), 0.07, voids_preference=True)
