"""Chinese goods passed off as another country's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, chance, pick
from simulation.goods import GOODS
from simulation.places import COUNTRIES, COUNTRY, HUBS
from simulation.typologies.typology import AGREEMENT, CHINA, Typology, items_of, places_in

# A cover has at least so much of China's own trade in the goods.
LEAST_USUAL = 0.3


def washers(good: int) -> Ints:
    """The countries with an agreement whose goods it could pass for without standing out among them."""
    usual = {COUNTRY[code]: weight for code, weight in GOODS[good].origins}
    least = LEAST_USUAL * usual.get(CHINA, np.inf)
    return np.array([place for place, weight in usual.items() if place != CHINA and AGREEMENT[place] and weight >= least], dtype=np.int64)


def washer_of(good: int, draw: float) -> int:
    """One of them, the more usual the likelier."""
    places, usual = washers(good), dict(GOODS[good].origins)
    edges = np.cumsum([usual[COUNTRIES[place].code] for place in places])
    return int(places[np.searchsorted(edges, draw * edges[-1], side="right")])


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    others = np.array([washers(place).size > 0 for place in range(len(GOODS))])[cargo["good"].to_numpy()]
    return np.where((cargo["origin"] == CHINA) & others, 1.0, 0.0)


def _wash_origin(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Pass Chinese goods off as another country's and claim its preference; half of the ships still load in China."""
    goods, draws = cargo["good"].to_numpy()[rows], rng.random(len(rows))
    washer = np.array([washer_of(int(good), float(draw)) for good, draw in zip(goods, draws, strict=True)], dtype=np.int64)
    places = items_of(items, rows)
    items.loc[places, "declared_origin"] = washer[places_in(items, places, rows)]
    way = pick(rng, (0.60, 0.35, 0.05), len(rows))
    cargo.loc[rows, "load_country"] = np.choose(way, [np.full(len(rows), CHINA), np.full(len(rows), HUBS[0]), washer])
    cargo.loc[rows, "export_country"] = np.where((way == 0) & chance(rng, 0.12, len(rows)), CHINA, washer)
    cargo.loc[rows, "is_claiming"] = True
    cargo.loc[rows, "has_certificate"] = chance(rng, 0.90, len(rows))
    cargo.loc[rows, "certificate_country"] = washer
    cargo.loc[rows, "branch_country"] = np.where(chance(rng, 0.85, len(rows)), washer, -1)


FALSE_ORIGIN = Typology(
    "origin_washed", Text("원산지 세탁", "False origin and transshipment"), "cargo", 0.40, _openings, _wash_origin, ("false_origin",),
    Text("신고 원산지와 적재항·운송경로·증명서 비교", "The declared origin beside port of loading, route and certificate"), 0.06,
    voids_preference=True)
