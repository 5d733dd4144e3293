"""Couriers, marketplaces, forwarders abroad and the overseas sellers on them, some of which customs keeps on a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from simulation.draws import Ints, chance, pick, spread, stream
from simulation.names import overseas_firms, spaced_serials
from simulation.parcels.people import People, make_people
from simulation.parcels.wares import KINDS, WARES_A_KIND
from simulation.places import COUNTRIES, COUNTRY


@dataclass(frozen=True)
class Courier:
    """An express courier: its code, the sign before its tracking numbers, its broker, and whether tracking number and HAWB are one."""

    code: str
    name: str
    sign: str
    broker: str
    broker_name: str
    is_hawb_tracking: bool
    weight: float


@dataclass(frozen=True)
class Market:
    """A marketplace: where its sellers mostly sit, in what currency it is paid, and how many of its orders reach customs."""

    code: str
    name: str
    host: str
    currency: int
    reported: float
    weight: float
    countries: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Forwarder:
    """A forwarder abroad who takes parcels in and sends them on."""

    code: str
    name: str
    country: str


COURIERS: tuple[Courier, ...] = (
    Courier("HNEX", "하늘특송(주)", "HN", "39101", "하늘특송관세사무소", True, 5),
    Courier("SBEX", "샛별익스프레스(주)", "SB", "39102", "샛별관세사무소", False, 4),
    Courier("DRLX", "두레로지스특송(주)", "DL", "39103", "두레관세사무소", False, 3),
    Courier("MRCX", "마루쿠리어(주)", "MC", "39104", "마루관세사무소", True, 2),
    Courier("NBXP", "늘봄항공특송(주)", "NB", "39105", "늘봄관세사무소", False, 2),
    Courier("VLEX", "VELORA EXPRESS KOREA", "VL", "39106", "벨로라관세사무소", False, 1),
)
MARKETS: tuple[Market, ...] = (
    Market("D12200011", "나래마켓 글로벌", "narae-market.example", 0, 0.97, 5, (("CN", 8), ("US", 1), ("HK", 1))),
    Market("D12200012", "BLUE CART", "bluecart.example", 0, 0.95, 3, (("US", 8), ("DE", 1), ("CN", 2))),
    Market("D12200013", "LOTUS BAZAAR", "lotusbazaar.example", 1, 0.94, 5, (("CN", 10),)),
    Market("D12200014", "샛별직구", "saetbyeol-shop.example", 0, 0.96, 2, (("US", 4), ("JP", 3), ("FR", 1), ("IT", 1))),
    Market("D12200015", "SAKURA GARDEN MALL", "sakuragarden.example", 3, 0.92, 1.5, (("JP", 10),)),
    Market("D12200016", "EUROPA BOUTIQUE", "europa-boutique.example", 2, 0.90, 1, (("FR", 3), ("IT", 4), ("DE", 3), ("ES", 1))),
    Market("D12200017", "ORCHID LIVE SHOP", "orchidlive.example", 0, 0.75, 2, (("CN", 6), ("TH", 2), ("VN", 2))),
)
FORWARDERS: tuple[Forwarder, ...] = (
    Forwarder("B12200001", "GARAM FORWARDING CA", "US"), Forwarder("B12200002", "NURI SHIP DELAWARE", "US"),
    Forwarder("B12200003", "MIREU TOKYO DEPOT", "JP"), Forwarder("B12200004", "DAON FRANKFURT HUB", "DE"),
    Forwarder("B12200005", "RAON WEIHAI WAREHOUSE", "CN"),
)
FORWARDERS_OF: dict[int, list[int]] = {
    place: [number for number, forwarder in enumerate(FORWARDERS) if forwarder.country == country.code] for place, country in enumerate(COUNTRIES)}
REASONS = ("repeated counterfeit sales", "prohibited goods sent before", "undervalued invoices before")
# What the list's name and the shop's have in common when only the kind of firm differs.
NAMESAKE_TAILS = ("OUTLET", "GALLERY", "DEPOT")
SHOP_FORMS = ("STORE", "SHOP", "OFFICIAL STORE")
MONTH = 30


@dataclass(frozen=True)
class ParcelAgents:
    """Everybody around parcels; `listed` are the positions of sellers on customs' own watchlist."""

    people: People
    sellers: pd.DataFrame
    listed: Ints


def make_parcel_agents(seed: int, parcels: int) -> ParcelAgents:
    """Make people and sellers for a world of so many parcels."""
    rng = stream(seed, "sellers abroad")
    count = int(np.clip(parcels * 0.02, 60, 30_000))
    market = pick(rng, [market.weight for market in MARKETS], count)
    country = np.empty(count, dtype=np.int64)
    for place, one in enumerate(MARKETS):
        rows = np.flatnonzero(market == place)
        country[rows] = np.array([COUNTRY[code] for code, _ in one.countries])[pick(rng, [share for _, share in one.countries], len(rows))]
    is_listed = chance(rng, 0.012, count) | (np.arange(count) < 2)
    age = np.where(chance(rng, 0.12, count), rng.integers(30, 89, count), rng.integers(90, 3_000, count))
    is_new = age < 3 * MONTH
    names = overseas_firms(rng, [(*COUNTRIES[place].legal_forms, *SHOP_FORMS) for place in country.tolist()])
    listed = np.flatnonzero(is_listed)
    # An honest shop may bear nearly the name of a listed one.
    for order, place in enumerate(listed.tolist()):
        names[(place + 7) % count] = " ".join([*names[place].split()[:2], NAMESAKE_TAILS[order % len(NAMESAKE_TAILS)]])
    numbers = spaced_serials(rng, count, 1_000_000, 10_000_000)
    sellers = pd.DataFrame({
        "id": [f"{COUNTRIES[place].code}{number}" for place, number in zip(country.tolist(), numbers.tolist(), strict=True)],
        "name": names, "country": country, "market": market, "kind": pick(rng, WARES_A_KIND * spread(rng, 0.3, len(KINDS)), count),
        "weight": np.where(is_listed, 0.0, 1 / (1 + np.arange(count)) ** 0.7), "age_days": age,
        "price_level": np.where(country == COUNTRY["CN"], 0.55, 0.85) * spread(rng, 0.15, count), "is_net": chance(rng, 0.6, count),
        "propensity": np.where(chance(rng, np.where(is_new, 0.2, 0.05), count), 6.0, 1.0) * spread(rng, 0.4, count),
    })
    return ParcelAgents(make_people(seed, parcels), sellers, listed)


def watchlist_rows(agents: ParcelAgents, start: date) -> list[tuple[str, ...]]:
    """Entries of customs' own list for the sellers of parcels, under their true names, known since before the period."""
    rows: list[tuple[str, ...]] = []
    shown = agents.sellers.iloc[agents.listed]
    for order, (name, country) in enumerate(zip(shown["name"].tolist(), shown["country"].tolist(), strict=True)):
        since = start - timedelta(days=60 + order % 300)
        rows.append((f"SEL-{order + 1:05d}", "entity", name, "", COUNTRIES[country].code, REASONS[order % len(REASONS)], since.isoformat(), ""))
    return rows


def disguised(name: str, style: int) -> str:
    """A firm's name as it is spelled to slip by a list: letters swapped, doubled or dropped, words run together."""
    words = name.split()
    first = words[0]
    spot = 1 + style % max(len(first) - 2, 1)
    changed = (first[:spot] + first[spot + 1] + first[spot] + first[spot + 2:], first[:spot] + first[spot:spot + 1] * 2 + first[spot + 1:],
               first[:spot] + first[spot + 1:])[style % 3]
    rest = words[1:]
    return changed + "".join(rest[:1]) + " " + " ".join(rest[1:]) if style % 2 else " ".join([changed, *rest])
