"""What is bought abroad and put into parcels: parcels with who is on their papers, and lines of what lies in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.draws import Floats, Ints, chance, pick, spread, stream
from simulation.lots import Lot
from simulation.parcels import wares
from simulation.parcels.traders import COURIERS, FORWARDERS_OF, MARKETS, ParcelAgents
from simulation.places import COUNTRY

# Who would write it in Latin letters does so on all papers of the parcel.
LATIN_RATIO, OFFICE_RATIO, FORWARDED_RATIO = 0.07, 0.08, 0.3
FORWARDED_FROM = (COUNTRY["US"], COUNTRY["JP"], COUNTRY["DE"], COUNTRY["CN"])
VIA_HUB_RATIO = 0.05
HUB = COUNTRY["HK"]
MANY_LINES = (0.68, 0.20, 0.08, 0.04)
MANY_PIECES = (0.80, 0.13, 0.05, 0.02)
_WARES_OF_KIND: list[Ints] = [np.flatnonzero(kind == wares.KIND) for kind in range(len(wares.KINDS))]


def shop(agents: ParcelAgents, lot: Lot) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw the parcels of a lot with their lines, every paper true so far."""
    parcels = _parcels(agents, lot)
    lines = _lines(agents, lot, parcels)
    worth = lines["quantity"].to_numpy() * lines["usd"].to_numpy()
    return parcels.assign(paid_usd=np.bincount(lines["ship"], worth, len(parcels))), lines


def _parcels(agents: ParcelAgents, lot: Lot) -> pd.DataFrame:
    rng, count = stream(lot.seed, "parcels"), lot.shipments
    sellers, people = agents.sellers, agents.people
    seller = pick(rng, sellers["weight"].to_numpy(), count)
    buyer = pick(rng, people.weight, count)
    market = sellers["market"].to_numpy()[seller]
    country = np.where(chance(rng, VIA_HUB_RATIO, count), HUB, sellers["country"].to_numpy()[seller])
    office = rng.choice(people.offices, count)
    home = np.where(chance(rng, OFFICE_RATIO, count), office, people.home[buyer])
    days = rng.permutation(np.repeat(lot.first_day + np.arange(len(lot.arrivals)), lot.arrivals))
    return pd.DataFrame({
        "seller": seller, "country": country, "courier": pick(rng, [courier.weight for courier in COURIERS], count),
        "forwarder": _forwarders(rng, country), "buyer": buyer, "order_person": buyer, "consignee": buyer,
        # To whom it goes, whoever's name and code are on the papers.
        "receiver": buyer, "phone": people.phone_owners(buyer),
        "home": home, "order_home": home, "arrival_day": days, "ordered_ahead": np.clip(5.5 * spread(rng, 0.45, count), 2.5, 25.0),
        "discount": np.where(chance(rng, 0.25, count), rng.uniform(0.01, 0.10, count), 0.0), "is_net": sellers["is_net"].to_numpy()[seller],
        "has_order": chance(rng, np.array([one.reported for one in MARKETS])[market], count), "spelling": 0, "words": 0,
        "is_latin": chance(rng, LATIN_RATIO, count), "hidden": 0, "is_due": False, "typology": "", "is_look_alike": False,
        # Whom a cheat or a chance may put on the papers instead.
        "relative": people.relatives(buyer, rng.integers(0, 1 << 20, count)), "exposed": rng.choice(people.exposed, count),
        "anyone": rng.integers(0, len(people.home), count), "office": office, "listed": rng.choice(agents.listed, count),
        "other_seller": pick(rng, sellers["weight"].to_numpy(), count),
    })


def _forwarders(rng: np.random.Generator, country: Ints) -> Ints:
    """Who sends it on from abroad, -1 where the shop itself does."""
    draws, is_sent_on = rng.integers(0, 1 << 20, len(country)), chance(rng, FORWARDED_RATIO, len(country))
    chosen = np.full(len(country), -1, dtype=np.int64)
    for place in FORWARDED_FROM:
        rows = np.flatnonzero((country == place) & is_sent_on)
        chosen[rows] = np.array(FORWARDERS_OF[place])[draws[rows] % len(FORWARDERS_OF[place])]
    return chosen


def _lines(agents: ParcelAgents, lot: Lot, parcels: pd.DataFrame) -> pd.DataFrame:
    rng, count = stream(lot.seed, "parcel lines"), len(parcels)
    many = 1 + pick(rng, MANY_LINES, count)
    ship = np.repeat(np.arange(count), many)
    seller = parcels["seller"].to_numpy()[ship]
    ware = wares_of(agents.sellers["kind"].to_numpy()[seller], rng.integers(0, 1 << 20, len(ship)))
    price = wares.USD[ware] * spread(rng, wares.SIGMA[ware], len(ship)) * agents.sellers["price_level"].to_numpy()[seller]
    # What comes with something else is mostly small.
    price *= np.where(many[ship] > 1, 0.7, 1.0)
    price = np.round(np.clip(price, 1.5, 2_500.0), 2)
    quantity = 1 + pick(rng, MANY_PIECES, len(ship))
    kg = np.round(wares.KG[ware] * spread(rng, 0.25, len(ship)), 3)
    return pd.DataFrame({
        "ship": ship, "seq": np.arange(len(ship)) - np.repeat(np.cumsum(many) - many, many) + 1, "order": ship, "seller": seller, "ware": ware,
        "declared_ware": ware, "title": titles_of(ware, rng.integers(0, 1 << 20, len(ship))), "style": rng.integers(0, 1 << 20, len(ship)),
        "quantity": quantity, "ordered_quantity": quantity, "usd": price, "ordered_usd": price, "declared_usd": price,
        "kg": kg, "declared_kg": kg, "true_hs6": "",
    })


def wares_of(kind: Ints, draws: Ints) -> Ints:
    """A ware of each kind."""
    chosen = np.empty(len(kind), dtype=np.int64)
    for place, choices in enumerate(_WARES_OF_KIND):
        rows = np.flatnonzero(kind == place)
        chosen[rows] = choices[draws[rows] % len(choices)]
    return chosen


def titles_of(ware: Ints, draws: Ints) -> Ints:
    """One of the titles under which each ware is offered."""
    return np.asarray(wares.FIRST_TITLE[ware] + draws % wares.MANY_TITLES[ware], dtype=np.int64)


def worth_of(lines: pd.DataFrame, parcels: int, quantity: str = "quantity", price: str = "usd") -> Floats:
    """What the lines of each parcel come to."""
    return np.asarray(np.bincount(lines["ship"], lines[quantity].to_numpy() * lines[price].to_numpy(), parcels), dtype=np.float64)
