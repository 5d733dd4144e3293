"""Honest parcels whose papers show the same traces as fraud: coupons, refunds, families, offices, gifts, orders in parts and together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.draws import Ints, chance, pick, stream
from simulation.honest import Some, honest_in
from simulation.images import pick_shadow
from simulation.lots import Lot
from simulation.parcels import wares
from simulation.parcels.limits import limit_usd
from simulation.parcels.traders import ParcelAgents
from simulation.typologies.typology import clusters, items_of, places_in

COUPON, REFUND, IN_PARTS, TOGETHER, SAME_DAY = 0.05, 0.02, 0.02, 0.03, 0.012
FAMILY, OFFICE, GIFTS, GROUP, DENSE, VAGUE, ODD_NAME, OLD_PHONE = 0.03, 0.03, 0.012, 0.012, 0.03, 0.03, 0.01, 0.015
# Of parcels a little above the limit, how many buyers rather buy a little less; who buys a stock; loud shops, heavy boxes.
UNDER_LIMIT, STOCK, LOUD, BOXED = 0.45, 0.015, 0.008, 0.006
PLAIN_LIKENESSES = ("density_anomaly", "organic_mass", "battery", "narcotic_like", "weapon", "counterfeit_like")


def look_alike(lot: Lot, agents: ParcelAgents, parcels: pd.DataFrame, lines: pd.DataFrame) -> None:
    """Give honest parcels the traces of fraud at set rates; changes the papers in place."""
    rng = stream(lot.seed, "parcel look-alikes")
    some = honest_in(rng, parcels)
    rows = some(COUPON)
    parcels.loc[rows, "discount"] = np.round(rng.uniform(0.10, 0.45, len(rows)), 2)
    parcels.loc[rows, "is_net"] = chance(rng, 0.8, len(rows))
    _as_much_as_may_be(rng, parcels, lines, some)
    _refund(lines, some(REFUND))
    _in_parts(rng, parcels, lines, some(IN_PARTS))
    _together(parcels, lines, some(TOGETHER))
    _same_day(rng, parcels, lines, some(SAME_DAY))
    _families(rng, agents, parcels, some)
    rows = some(DENSE)  # wood, dense parts, food and toys that look worse than they are
    parcels.loc[rows, "hidden"] = pick_shadow(rng, PLAIN_LIKENESSES, (0.4, 0.3, 0.12, 0.07, 0.06, 0.05), len(rows))
    rows = some(VAGUE)
    parcels.loc[rows, "words"] = 1 + rng.integers(0, len(wares.VAGUE_WORDS), len(rows))
    main = np.flatnonzero(lines["seq"].to_numpy() == 1)
    places = main[some(LOUD)]
    lines.loc[places, "title"] = wares.LOUD_TITLE + lines["ware"].to_numpy()[places]
    rows = some(BOXED)  # what it is sent in weighs as well
    places = items_of(lines, rows)
    lines.loc[places, "declared_kg"] *= rng.uniform(0.6, 0.88, len(rows))[places_in(lines, places, rows)]
    rows = some(ODD_NAME)  # a shop that spells itself now so, now so
    parcels.loc[rows, "spelling"] = rng.integers(1, 1 << 20, len(rows))


def _as_much_as_may_be(rng: np.random.Generator, parcels: pd.DataFrame, lines: pd.DataFrame, some: Some) -> None:
    """Buyers who know the limit stay just under it, and some fill it with many of a kind."""
    limit = limit_usd(parcels["country"].to_numpy())
    share = parcels["paid_usd"].to_numpy() / limit
    rows = some(UNDER_LIMIT, (share > 0.85) & (share < 1.8))
    places = items_of(lines, rows)
    factor = (rng.uniform(0.55, 0.99, len(rows)) / share[rows])[places_in(lines, places, rows)]
    for name in ("usd", "ordered_usd", "declared_usd"):
        lines.loc[places, name] = np.round(lines[name].to_numpy()[places] * factor, 2)
    rows = some(STOCK, share < 0.5)
    places = items_of(lines, rows)
    many = np.clip(0.95 / share[rows], 1, rng.integers(2, 8, len(rows))).astype(np.int64)[places_in(lines, places, rows)]
    for name in ("quantity", "ordered_quantity"):
        lines.loc[places, name] = lines[name].to_numpy()[places] * many


def _refund(lines: pd.DataFrame, rows: Ints) -> None:
    """More was ordered than came: the rest was paid back."""
    places = np.flatnonzero(np.isin(lines["ship"].to_numpy(), rows) & (lines["seq"] == 1).to_numpy())
    lines.loc[places, "ordered_quantity"] += 1


def _in_parts(rng: np.random.Generator, parcels: pd.DataFrame, lines: pd.DataFrame, rows: Ints) -> None:
    """One order comes in two parcels, each declared with what lies in it."""
    members, heads = clusters(rng, rows, parcels["arrival_day"].to_numpy(), 2, 2)
    _follow(parcels, lines, members, heads, ("seller", "country", "courier", "forwarder", "buyer", "receiver", "order_person", "consignee", "phone",
                                            "home", "order_home", "ordered_ahead", "discount", "is_net", "has_order", "is_latin"))
    order = np.arange(len(parcels))
    order[members] = heads
    places = items_of(lines, members)
    lines.loc[places, "order"] = order[lines["ship"].to_numpy()[places]]


def _together(parcels: pd.DataFrame, lines: pd.DataFrame, rows: Ints) -> None:
    """A parcel of several lines comes from two sellers' orders, put together on the way."""
    places = np.flatnonzero(np.isin(lines["ship"].to_numpy(), rows) & (lines["seq"] > 1).to_numpy())
    ships = lines["ship"].to_numpy()[places]
    lines.loc[places, "order"] = ships + len(parcels)
    lines.loc[places, "seller"] = parcels["other_seller"].to_numpy()[ships]


def _same_day(rng: np.random.Generator, parcels: pd.DataFrame, lines: pd.DataFrame, rows: Ints) -> None:
    """Parcels of one buyer that arrive together, bought on other days or from other sellers: lawful since 2022."""
    members, heads = clusters(rng, rows, parcels["arrival_day"].to_numpy(), 2, 3)
    is_other_day = chance(rng, 0.5, len(parcels))[heads]
    buyers = ("buyer", "receiver", "order_person", "consignee", "phone", "home", "order_home", "is_latin")
    _follow(parcels, lines, members[~is_other_day], heads[~is_other_day], buyers)
    shown, head = members[is_other_day], heads[is_other_day]
    _follow(parcels, lines, shown, head, ("seller", "country", "courier", "forwarder", *buyers))
    ahead = parcels["ordered_ahead"].to_numpy()
    parcels.loc[shown, "ordered_ahead"] = ahead[head] + np.where(shown == head, 0, rng.integers(1, 6, len(shown)))


def _follow(parcels: pd.DataFrame, lines: pd.DataFrame, members: Ints, heads: Ints, names: tuple[str, ...]) -> None:
    for name in names:
        parcels.loc[members, name] = parcels[name].to_numpy()[heads]
    if "ordered_ahead" in names:
        # Ordered at one time, whatever day each arrives.
        arrival = parcels["arrival_day"].to_numpy()
        parcels.loc[members, "ordered_ahead"] += arrival[members] - arrival[heads]
    if "seller" in names:
        places = items_of(lines, members)
        lines.loc[places, "seller"] = parcels["seller"].to_numpy()[lines["ship"].to_numpy()[places]]


def _families(rng: np.random.Generator, agents: ParcelAgents, parcels: pd.DataFrame, some: Some) -> None:
    """Relatives' codes, parcels sent to work, gifts to many homes, many parcels to one."""
    people = agents.people
    rows = some(FAMILY)
    parcels.loc[rows, "consignee"] = parcels["relative"].to_numpy()[rows]
    rows = some(OFFICE)
    parcels.loc[rows, "home"] = parcels["office"].to_numpy()[rows]
    rows = some(OLD_PHONE)  # a number given to somebody else since
    parcels.loc[rows, "phone"] = parcels["anyone"].to_numpy()[rows]
    arrivals = parcels["arrival_day"].to_numpy()
    members, heads = clusters(rng, some(GIFTS), arrivals, 3, 5)
    friends = parcels["anyone"].to_numpy()[members]
    for name in ("buyer", "order_person", "order_home", "seller"):
        parcels.loc[members, name] = parcels[name].to_numpy()[heads]
    parcels.loc[members, "consignee"] = friends
    parcels.loc[members, "phone"] = people.phone_owners(friends)
    parcels.loc[members, "home"] = people.home[friends]
    members, heads = clusters(rng, some(GROUP), arrivals, 4, 9)
    same = pick(rng, (0.6, 0.4), len(members)) == 0
    parcels.loc[members, "home"] = parcels["office"].to_numpy()[heads]
    parcels.loc[members, "order_home"] = np.where(same, parcels["office"].to_numpy()[heads], parcels["order_home"].to_numpy()[members])
