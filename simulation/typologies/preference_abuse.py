"""A preference without its certificate, with a stranger's, or with one used up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.cargo import TABLE
from simulation.draws import Floats, Ints, pick
from simulation.places import HUBS
from simulation.typologies.typology import AGREEMENT, Typology


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    is_preferred = (AGREEMENT[cargo["origin"]] != "") & (TABLE.preference < TABLE.duty)[cargo["good"].to_numpy()]
    return np.where(is_preferred, 1.0, 0.0)


def _abuse_preference(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Claim a preference without a certificate, with a stranger's, or with one used up; one in twenty looks proper."""
    way = pick(rng, (0.40, 0.28, 0.27, 0.05), len(rows))
    cargo.loc[rows, "is_claiming"] = True
    cargo.loc[rows, "has_certificate"] = way != 0
    cargo.loc[rows, "certificate_country"] = np.where(way == 1, HUBS[0], cargo.loc[rows, "origin"])
    cargo.loc[rows, "certificate_overuse"] = np.where(
        way == 2, rng.uniform(1.02, 1.5, len(rows)), cargo.loc[rows, "certificate_overuse"]
    )


PREFERENCE_ABUSE = Typology(
    "preference_abused", Text("협정관세 남용", "Preference abuse"), "cargo", 0.12, _openings, _abuse_preference, ("false_origin", "other"),
    Text("협정 적용과 증명서 유무·발급국·사용량 비교", "The preference beside its certificate, its country and what was used of it"), 0.05,
    voids_preference=True)
