"""What really moves: shipments and their items as packed, before anybody writes a paper about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulation.agents import NEWCOMERS, Agents
from simulation.draws import Bools, Floats, Ints, chance, pick, spread, stream
from simulation.goods import GOODS
from simulation.lots import Lot
from simulation.places import COUNTRIES, HUBS

FCL, LCL, AIR = 0, 1, 2
MAX_ITEMS = 5


@dataclass(frozen=True)
class Table:
    """One column of each number of the goods table, to be indexed by good."""

    price: Floats
    sigma: Floats
    duty: Floats
    preference: Floats
    package_kg: Floats
    unit_kg: Floats
    taxable: Floats
    chapter: Ints


TABLE = Table(
    np.array([good.usd_per_kg for good in GOODS]),
    np.array([good.sigma for good in GOODS]),
    np.array([good.duty_percent for good in GOODS]),
    np.array([good.preference_percent for good in GOODS]),
    np.array([good.package_kg for good in GOODS]),
    np.array([good.unit_kg for good in GOODS]),
    np.array([0.0 if good.is_raw_food else 1.0 for good in GOODS]),
    np.array([int(good.hs10[:2]) for good in GOODS], dtype=np.int64),
)


def make_cargo(agents: Agents, lot: Lot) -> pd.DataFrame:
    """Draw shipments from relations: who, what way, from where, and on which day of the period they arrive."""
    rng, shipments = stream(lot.seed, "cargo"), lot.shipments
    ghost_day = (agents.importers["ghost_day"].to_numpy() * lot.days).astype(np.int64)
    # A ghost is there for its day or two only, and all that it ever imports comes then.
    is_ghost = agents.importers["is_ghost"].to_numpy()
    presence = np.where(is_ghost, np.where(lot.holds(ghost_day), lot.lots, 0), 1)
    relation = pick(rng, agents.relations["weight"].to_numpy() * presence[agents.relations["importer"]], shipments)
    cargo = agents.relations.iloc[relation].drop(columns=["weight"]).reset_index(drop=True)
    cargo.insert(0, "relation", relation)
    is_air = cargo["is_air"].to_numpy()
    is_small = agents.importers["is_small"].to_numpy()[cargo["importer"]]
    is_lcl = chance(rng, np.where(is_small, 0.55, 0.25), shipments)
    cargo["mode"] = np.where(is_air, AIR, np.where(is_lcl, LCL, FCL))
    cargo["arrival_day"] = _arrival_days(rng, cargo, lot, is_ghost, ghost_day)
    is_hub = chance(rng, 0.05, shipments)
    hub = np.where(chance(rng, 0.6, shipments), HUBS[0], HUBS[1])
    cargo["load_country"] = np.where(is_hub, hub, cargo["origin"])
    # What was stored at the hub counts as dispatched there, what only changed ships does not.
    cargo["export_country"] = np.where(chance(rng, 0.4, shipments), cargo["load_country"], cargo["origin"])
    cargo["supplier_shift"] = np.where(cargo["has_agent_seller"], rng.integers(1, 50, shipments), 0)
    cargo["is_claiming"] &= chance(rng, 0.93, shipments)
    return _bought_at_markets(agents, lot, cargo)


def _bought_at_markets(agents: Agents, lot: Lot, cargo: pd.DataFrame) -> pd.DataFrame:
    """Move a share of the trade to the sellers of each marketplace, from the day it opens."""
    rng = stream(lot.seed, "marketplaces")
    first = int(np.flatnonzero(agents.sellers["is_newcomer"])[0])
    cargo[["market_code", "market_name"]] = ""
    for market in lot.scenario.marketplaces:
        is_open = market.holds(lot.times(cargo["arrival_day"].to_numpy()))
        rows = np.flatnonzero(is_open & (cargo["market_code"] == "") & ~cargo["is_ghost"] & chance(rng, market.share, len(cargo)))
        cargo.loc[rows, ["market_code", "market_name"]] = [market.code, market.name]
        cargo.loc[rows, "seller"] = first + cargo.loc[rows, "origin"] + len(COUNTRIES) * rng.integers(0, NEWCOMERS, len(rows))
        cargo.loc[rows, ["is_listed", "is_related"]] = False
    return cargo


def _arrival_days(rng: np.random.Generator, cargo: pd.DataFrame, lot: Lot, is_ghost: Bools, ghost_day: Ints) -> Ints:
    day = rng.permutation(np.repeat(lot.first_day + np.arange(len(lot.arrivals)), lot.arrivals))
    importer = cargo["importer"].to_numpy()
    hidden = np.minimum(ghost_day[importer] + rng.integers(0, 2, len(cargo)), min(lot.last_day, lot.days) - 1)
    day = np.where(is_ghost[importer], hidden, day)
    # Air cargo of the day after the period has no paper yet; ships file theirs a day or two ahead.
    return np.where((cargo["mode"] == AIR) & (day == lot.days), lot.days - 1, day)


def make_items(seed: str, cargo: pd.DataFrame) -> pd.DataFrame:
    """Draw 1 to 5 items a shipment: the relation's good first, then goods of chapters nearby."""
    rng = stream(seed, "items")
    many = 1 + pick(rng, (0.60, 0.21, 0.10, 0.06, 0.03), len(cargo))
    ship = np.repeat(np.arange(len(cargo)), many)
    seq = np.arange(len(ship)) - np.repeat(np.cumsum(many) - many, many) + 1
    main = cargo["good"].to_numpy()[ship]
    steps = rng.integers(-3, 4, len(ship))
    near = np.clip(main + steps, 0, len(GOODS) - 1)
    near = np.where(np.abs(TABLE.chapter[near] - TABLE.chapter[main]) <= 3, near, main)
    # Dear goods that fly (watches, chips, jewellery) travel alone: one of them would be most of a mixed value.
    near = np.where(TABLE.price[near] > 6 * TABLE.price[main], main, near)
    good = np.where(seq == 1, main, near)
    share = rng.dirichlet(np.ones(MAX_ITEMS), len(cargo))[ship, seq - 1] + np.where(seq == 1, 0.5, 0.05)
    total = np.bincount(ship, share, len(cargo))
    net = _net_weights(rng, cargo)[ship] * share / total[ship]
    level = np.array([country.price_level for country in COUNTRIES])[cargo["origin"].to_numpy()[ship]]
    noise = spread(rng, TABLE.sigma[good] * 0.45, len(ship)) * cargo["price_factor"].to_numpy()[ship]
    bulk = np.where(cargo["mode"].to_numpy()[ship] == FCL, 0.97, 1.06)
    return pd.DataFrame(
        {
            "ship": ship,
            "seq": seq,
            "good": good,
            "origin": cargo["origin"].to_numpy()[ship],
            "net_kg": np.round(np.maximum(net, 0.5), 1),
            "usd_per_kg": TABLE.price[good] * level * noise * bulk,
            "trade_name": rng.integers(0, 1 << 20, len(ship)),
            "style": rng.integers(0, 1 << 20, len(ship)),
        }
    )


def _net_weights(rng: np.random.Generator, cargo: pd.DataFrame) -> Floats:
    """Net weight of a shipment: full containers by the box, the rest by lognormal sizes; dear goods are smaller."""
    count = len(cargo)
    mode = cargo["mode"].to_numpy()
    boxes = 1 + pick(rng, (0.78, 0.15, 0.07), count)
    full = boxes * np.clip(13_500 * spread(rng, 0.35, count), 3_500, 23_500)
    loose = np.clip(620 * spread(rng, 0.9, count), 25, 9_000)
    flown = np.clip(130 * spread(rng, 1.1, count), 2, 2_500)
    dear = np.clip((40 / TABLE.price[cargo["good"].to_numpy()]) ** 0.45, 0.02, 1.0)
    small = np.where(mode == LCL, loose * dear**0.5, flown * dear)
    return np.asarray(np.where(mode == FCL, full * np.maximum(dear, 0.3), small), dtype=np.float64)


def pack(seed: str, cargo: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Add gross weight, packages and their kind, as they really are."""
    rng = stream(seed, "packing")
    count = len(cargo)
    net = np.bincount(items["ship"], items["net_kg"], count)
    gross = net * (1.03 + 0.10 * rng.random(count))
    per_package = TABLE.package_kg[cargo["good"].to_numpy()] * spread(rng, 0.2, count)
    packages = np.maximum(np.ceil(net / per_package), 1).astype(np.int64)
    is_palletised = (packages > 30) & chance(rng, 0.4, count)
    pallets = np.maximum(packages // 24, 1)
    return cargo.assign(
        gross_kg=np.round(np.maximum(gross, 0.6), 1),
        packages=np.where(is_palletised, pallets, packages),
        cartons=packages,
        package_unit=np.where(is_palletised, "GT", np.where(per_package > 200, "PK", "CT")),
    )


def regimes(good: Ints, origin: Ints, is_claiming: Bools) -> tuple[list[str], Floats]:
    """Give each item its duty regime and rate: the agreement's where claimed and useful, else the basic rate."""
    agreement = np.array([country.agreement for country in COUNTRIES])[origin]
    is_useful = (agreement != "") & (TABLE.preference[good] < TABLE.duty[good]) & is_claiming
    basic = np.where(TABLE.duty[good] > 100, "C", "A")
    return list(np.where(is_useful, agreement, basic)), np.where(is_useful, TABLE.preference[good], TABLE.duty[good])
