"""Which shipments are illicit and how their papers differ from the cargo.

Papers start as a true copy of the cargo; each typology changes some of them. Part of the fraud leaves no trace.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.cargo import TABLE, regimes
from simulation.draws import Floats, Ints, chance, pick, pick_rows, race, spread, stream
from simulation.goods import GOODS, POSITION
from simulation.places import COUNTRIES, COUNTRY, HUBS

ILLICIT_RATIO = 0.04
TYPOLOGIES = ("undervalued", "misclassified", "origin_washed", "weight_hidden", "packages_hidden", "preference_abused")
USUAL = (0.28, 0.44, 0.44, 0.18, 0.13, 0.12)
NEIGHBOUR: Ints = np.array([POSITION.get(good.neighbour, -1) for good in GOODS], dtype=np.int64)
AGREEMENT = np.array([country.agreement for country in COUNTRIES])
CHINA = COUNTRY["CN"]


def write_papers(seed: str, cargo: pd.DataFrame, items: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the papers about cargo and items, all true so far: declared, bill (manifest) and measured values."""
    rng = stream(seed, "papers")
    count = len(cargo)
    gross = cargo["gross_kg"].to_numpy()
    rounding = np.where(chance(rng, 0.10, count), 1 + 0.02 * rng.normal(size=count), 1.0)
    _, rate = regimes(
        items["good"].to_numpy(), items["origin"].to_numpy(), cargo["is_claiming"].to_numpy(dtype=bool)[items["ship"]]
    )
    cargo = cargo.assign(
        declared_gross_kg=np.round(gross * rounding, 1),
        bill_gross_kg=gross,
        measured_gross_kg=np.round(gross * (1 + 0.006 * rng.normal(size=count)), 1),
        declared_packages=cargo["packages"],
        bill_packages=cargo["packages"],
        measured_packages=cargo["packages"],
        bill_good=cargo["good"],
        bill_words="",
        has_certificate=cargo["is_claiming"],
        certificate_country=cargo["origin"],
        certificate_overuse=np.where(chance(rng, 0.3, count), rng.uniform(0.2, 1.0, count), 1.0),
        typology="",
        is_look_alike=False,
    )
    items = items.assign(
        declared_good=items["good"],
        declared_origin=items["origin"],
        declared_net_kg=items["net_kg"],
        declared_usd_per_kg=items["usd_per_kg"],
        described_good=items["good"],
        true_rate=rate,
    )
    return cargo, items


def cheat(seed: str, agents: Agents, cargo: pd.DataFrame, items: pd.DataFrame) -> None:
    """Choose the illicit shipments, more from those who did it before, and change their papers in place."""
    rng = stream(seed, "illicit")
    main = items[items["seq"] == 1]
    weights = _openings(cargo, main)
    weight = (
        agents.importers["propensity"].to_numpy()[cargo["importer"]]
        * agents.brokers["propensity"].to_numpy()[cargo["broker"]]
        * agents.sellers["propensity"].to_numpy()[cargo["seller"]]
        * (0.5 + np.log1p(TABLE.duty[cargo["good"].to_numpy()]) / 3)
    )
    chosen = np.sort(race(rng, weight, round(ILLICIT_RATIO * len(cargo))))
    kind = pick_rows(rng, weights[chosen])
    cargo.loc[chosen, "typology"] = np.array(TYPOLOGIES)[kind]
    for place, act in enumerate(ACTS):
        act(stream(seed, f"act {place}"), cargo, items, chosen[kind == place])


def _openings(cargo: pd.DataFrame, main: pd.DataFrame) -> Floats:
    """Weigh each typology for each shipment by whether it is possible and pays there."""
    good = cargo["good"].to_numpy()
    gain = np.where(NEIGHBOUR >= 0, TABLE.duty - TABLE.duty[NEIGHBOUR], 0.0)[good]
    rate = main["true_rate"].to_numpy()
    is_preferred = (AGREEMENT[cargo["origin"]] != "") & (TABLE.preference < TABLE.duty)[good]
    others = np.array([_washers(place).size > 0 for place in range(len(GOODS))])[good]
    columns = np.column_stack(
        [
            0.3 + np.log1p(rate) / 3,
            np.where(gain > 0, 1.0 + np.log1p(gain) / 2, 0.0),
            np.where((cargo["origin"] == CHINA) & others, 1.0, 0.0),
            np.full(len(cargo), 0.8),
            np.where(cargo["packages"] >= 8, 0.8, 0.0),
            np.where(is_preferred, 1.0, 0.0),
        ]
    )
    return np.asarray(columns * np.array(USUAL), dtype=np.float64)


def _washers(good: int) -> Ints:
    """Give the countries with an agreement that the good could pass for, other than China."""
    countries = [COUNTRY[code] for code, _ in GOODS[good].origins]
    return np.array([place for place in countries if place != CHINA and AGREEMENT[place]], dtype=np.int64)


def _items_of(items: pd.DataFrame, rows: Ints) -> Ints:
    return np.flatnonzero(np.isin(items["ship"].to_numpy(), rows))


def _of_rows(items: pd.DataFrame, places: Ints, rows: Ints) -> Ints:
    """Give the place within `rows` of the shipment of each item."""
    return np.searchsorted(rows, items["ship"].to_numpy()[places])


def _undervalue(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Declare a price below the paid one; often so little below that it drowns in the usual spread."""
    factor = np.where(
        chance(rng, 0.45, len(rows)), rng.uniform(0.80, 0.95, len(rows)), rng.uniform(0.35, 0.80, len(rows))
    )
    places = _items_of(items, rows)
    items.loc[places, "declared_usd_per_kg"] *= factor[_of_rows(items, places, rows)]


def _misclassify(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Claim the neighbour's tariff line; words, bill or price may still tell the true goods."""
    places = np.flatnonzero(np.isin(items["ship"].to_numpy(), rows) & (items["seq"] == 1).to_numpy())
    claimed = NEIGHBOUR[items["good"].to_numpy()[places]]
    items.loc[places, "declared_good"] = claimed
    items.loc[places, "described_good"] = np.where(chance(rng, 0.22, len(rows)), items.loc[places, "good"], claimed)
    cargo.loc[rows, "bill_good"] = np.where(chance(rng, 0.60, len(rows)), cargo.loc[rows, "good"], claimed)
    usual = TABLE.price[claimed] * spread(rng, 0.3, len(rows))
    paid = items.loc[places, "usd_per_kg"].to_numpy()
    items.loc[places, "declared_usd_per_kg"] = np.where(chance(rng, 0.55, len(rows)), np.minimum(usual, paid), paid)


def _wash_origin(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Pass Chinese goods off as another country's and claim its preference; half of the ships still load in China."""
    goods, draws = cargo["good"].to_numpy()[rows], rng.integers(0, 1 << 20, len(rows))
    washer = np.array(
        [_washers(int(good))[int(draw) % len(_washers(int(good)))] for good, draw in zip(goods, draws, strict=True)],
        dtype=np.int64,
    )
    places = _items_of(items, rows)
    items.loc[places, "declared_origin"] = washer[_of_rows(items, places, rows)]
    way = pick(rng, (0.5, 0.2, 0.3), len(rows))
    cargo.loc[rows, "load_country"] = np.choose(way, [np.full(len(rows), CHINA), np.full(len(rows), HUBS[0]), washer])
    cargo.loc[rows, "export_country"] = np.where((way == 0) & chance(rng, 0.25, len(rows)), CHINA, washer)
    cargo.loc[rows, "is_claiming"] = True
    cargo.loc[rows, "has_certificate"] = chance(rng, 0.75, len(rows))
    cargo.loc[rows, "certificate_country"] = washer


def _hide_weight(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Declare less weight than there is; a quarter only shows on the scales, a quarter nowhere."""
    factor = 1 / (1 + np.clip(0.20 * spread(rng, 0.5, len(rows)), 0.06, 0.8))
    places = _items_of(items, rows)
    items.loc[places, "declared_net_kg"] *= factor[_of_rows(items, places, rows)]
    declared = cargo.loc[rows, "gross_kg"].to_numpy() * factor
    way = pick(rng, (0.5, 0.25, 0.25), len(rows))
    cargo.loc[rows, "declared_gross_kg"] = declared
    cargo.loc[rows, "bill_gross_kg"] = np.where(way == 0, cargo.loc[rows, "bill_gross_kg"], declared)
    cargo.loc[rows, "measured_gross_kg"] = np.where(way == 2, factor, 1.0) * cargo.loc[rows, "measured_gross_kg"]


def _hide_packages(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Leave packages out of the declaration; a quarter only shows at the shed, a quarter nowhere."""
    true = cargo.loc[rows, "packages"].to_numpy()
    declared = np.clip(np.floor(true * (1 - rng.uniform(0.05, 0.4, len(rows)))), 1, true - 1).astype(np.int64)
    places = _items_of(items, rows)
    factor = (1 + declared / true) / 2
    items.loc[places, "declared_net_kg"] *= factor[_of_rows(items, places, rows)]
    way = pick(rng, (0.5, 0.25, 0.25), len(rows))
    lighter = cargo.loc[rows, "gross_kg"].to_numpy() * factor
    cargo.loc[rows, "declared_gross_kg"] = lighter
    cargo.loc[rows, "bill_gross_kg"] = np.where(way == 0, cargo.loc[rows, "bill_gross_kg"], lighter)
    cargo.loc[rows, "measured_gross_kg"] = np.where(way == 2, factor, 1.0) * cargo.loc[rows, "measured_gross_kg"]
    cargo.loc[rows, "declared_packages"] = declared
    cargo.loc[rows, "bill_packages"] = np.where(way == 0, true, declared)
    cargo.loc[rows, "measured_packages"] = np.where(way == 2, declared, true)


def _abuse_preference(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Claim a preference without a certificate, with a stranger's, or with one used up; a fifth looks proper."""
    way = pick(rng, (0.35, 0.25, 0.2, 0.2), len(rows))
    cargo.loc[rows, "is_claiming"] = True
    cargo.loc[rows, "has_certificate"] = way != 0
    cargo.loc[rows, "certificate_country"] = np.where(way == 1, HUBS[0], cargo.loc[rows, "origin"])
    cargo.loc[rows, "certificate_overuse"] = np.where(
        way == 2, rng.uniform(1.02, 1.5, len(rows)), cargo.loc[rows, "certificate_overuse"]
    )


ACTS = (_undervalue, _misclassify, _wash_origin, _hide_weight, _hide_packages, _abuse_preference)
