"""The firms of the world and the trade relations between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulation.draws import Floats, Ints, chance, pick, pick_rows, spread, stream
from simulation.goods import GOODS, POSITION
from simulation.names import firm_codes, korean_firms, letters, overseas_firms, spaced_serials
from simulation.places import COUNTRIES, COUNTRY
from simulation.standing import former_firms, stand

# Lines that others could pass for are traded honestly, too, and much.
NEIGHBOURS = [POSITION[good.neighbour] for good in GOODS if good.neighbour]
SOLD_FROM_ELSEWHERE, TRADING_HOUSES = 0.16, {"CN": 5.0, "HK": 4.0, "SG": 3.0, "JP": 2.0, "US": 2.0}
# Sellers of each country that no relation knows.
NEWCOMERS = 6


@dataclass(frozen=True)
class Agents:
    """Firms by kind and their relations, one row each; relations hold row positions of the firms."""

    importers: pd.DataFrame
    brokers: pd.DataFrame
    forwarders: pd.DataFrame
    sellers: pd.DataFrame
    relations: pd.DataFrame
    former: pd.DataFrame


def make_agents(seed: int, shipments: int) -> Agents:
    """Make the firms for a world of so many shipments."""
    count = max(60, int(shipments * 0.11))
    importers = _importers(seed, count, shipments)
    brokers = _brokers(seed, max(12, count // 22))
    forwarders = _forwarders(seed, max(10, count // 40))
    relations = _relations(seed, importers, len(brokers), len(forwarders))
    sellers, seller = _sellers(seed, relations)
    return stand(seed, Agents(importers, brokers, forwarders, sellers, relations.assign(seller=seller), former_firms(seed, count)))


def _propensity(rng: np.random.Generator, count: int, bad_ratio: float, bad: float) -> Floats:
    """Most firms are honest, a few are not; the factor multiplies a shipment's chance of being illicit."""
    return np.where(chance(rng, bad_ratio, count), bad, 1.0) * spread(rng, 0.5, count)


def _importers(seed: int, count: int, shipments: int) -> pd.DataFrame:
    rng = stream(seed, "importers")
    stems = korean_firms(rng, count)
    weight = (1 / (1 + np.arange(count)) ** 0.85)[rng.permutation(count)]
    weight /= weight.sum()
    is_small = weight * shipments < 4
    # A ghost trades for a day or two, then nobody answers the door.
    is_ghost = is_small & chance(rng, 0.035, count)
    return pd.DataFrame(
        {
            "stem": stems,
            "code": firm_codes(stems),
            "business_no": spaced_serials(rng, count, 1_000_000, 1_000_000 + 9 * count + 1000),
            "weight": weight,
            "is_small": is_small,
            "is_ghost": is_ghost,
            "ghost_day": rng.random(count),
            # The largest have compliance departments: their worst is mild.
            "propensity": np.minimum(_propensity(rng, count, 0.08, 6.0), np.where(weight > 0.004, 3.0, 99.0))
            * np.where(is_ghost, 30.0, 1.0),
            # When inspectors come to an offender, as a share of the period; the honest and the lucky never learn of it.
            "caught": rng.uniform(0, 1.3, count),
            "payment": np.where(is_small, "11", np.where(chance(rng, 0.5, count), "43", "13")),
            "postcode": rng.integers(10000, 63000, count),
            "phone": rng.integers(1000, 9999, count),
        }
    )


def _brokers(seed: int, count: int) -> pd.DataFrame:
    rng = stream(seed, "brokers")
    return pd.DataFrame(
        {
            "code": [f"{number}" for number in spaced_serials(rng, count, 40_000, 50_000)],
            "name": [f"{stem}관세법인" for stem in _stems(rng, count)],
            "weight": 1 / (1 + np.arange(count)) ** 0.6,
            "propensity": _propensity(rng, count, 0.10, 4.0),
        }
    )


def _forwarders(seed: int, count: int) -> pd.DataFrame:
    rng = stream(seed, "forwarders")
    return pd.DataFrame(
        {
            "sign": letters(rng, count, 4),
            "name": [f"{stem}로지스(주)" for stem in _stems(rng, count)],
            "weight": 1 / (1 + np.arange(count)) ** 0.5,
        }
    )


def _stems(rng: np.random.Generator, count: int) -> list[str]:
    tails = ("무역", "상사", "통상", "산업", "유통", "물산")
    return [stem[:-2] if stem.endswith(tails) else stem for stem in korean_firms(rng, count)]


def _relations(seed: int, importers: pd.DataFrame, brokers: int, forwarders: int) -> pd.DataFrame:
    """Each importer buys a few goods from a few sellers, mostly through one broker and one forwarder."""
    rng = stream(seed, "relations")
    expected = importers["weight"].to_numpy() * len(importers) * 9
    many = np.clip(rng.poisson(0.6 + np.sqrt(expected)), 1, 24)
    importer = np.repeat(np.arange(len(importers)), many)
    count = len(importer)
    rank = np.arange(count) - np.repeat(np.cumsum(many) - many, many)
    share = 1 / (1 + rank) ** 0.8
    share /= np.bincount(importer, share)[importer]
    popularity = spread(rng, 0.8, len(GOODS)) * np.where(np.isin(np.arange(len(GOODS)), NEIGHBOURS), 1.8, 1.0)
    good = pick(rng, popularity, count)
    broker_weights = 1 / (1 + np.arange(brokers)) ** 0.6
    forwarder_weights = 1 / (1 + np.arange(forwarders)) ** 0.5
    home_broker = pick(rng, broker_weights, len(importers))[importer]
    home_forwarder = pick(rng, forwarder_weights, len(importers))[importer]
    return pd.DataFrame(
        {
            "importer": importer,
            "good": good,
            "origin": _origins(rng, good),
            "broker": np.where(chance(rng, 0.85, count), home_broker, pick(rng, broker_weights, count)),
            "forwarder": np.where(chance(rng, 0.75, count), home_forwarder, pick(rng, forwarder_weights, count)),
            "weight": importers["weight"].to_numpy()[importer] * share,
            "price_factor": spread(rng, np.hypot(0.15, 0.55 * np.array([item.sigma for item in GOODS])[good]), count),
            "is_air": chance(rng, np.array([item.air_ratio for item in GOODS])[good], count),
            "is_claiming": chance(rng, 0.72, count),
            "carrier_draw": rng.integers(0, 1 << 20, count),
            "has_agent_seller": chance(rng, 0.15, count),
            "brand": letters(rng, count, 3),
        }
    )


def _origins(rng: np.random.Generator, good: Ints) -> Ints:
    """Draw an origin for each good from the countries it usually comes from."""
    table = np.zeros((len(GOODS), len(COUNTRIES)))
    for place, item in enumerate(GOODS):
        for code, weight in item.origins:
            table[place, COUNTRY[code]] = weight
    return pick_rows(rng, table[good])


def _sellers(seed: int, relations: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """Sellers belong to a country and several relations may share one; gives them and each relation's seller."""
    rng = stream(seed, "sellers")
    count = len(relations)
    # A trading house sells what is made elsewhere.
    houses = np.array([COUNTRY[code] for code in TRADING_HOUSES])
    house = houses[pick(rng, tuple(TRADING_HOUSES.values()), count)]
    home = np.where(chance(rng, SOLD_FROM_ELSEWHERE, count), house, relations["origin"])
    slots = max(2, int(count / len(COUNTRIES) / 2))
    slot = pick(rng, 1 / (1 + np.arange(slots)) ** 0.4, count)
    keys, seller = np.unique(home * slots + slot, return_inverse=True)
    # Sellers of every country stand ready for a marketplace that may open.
    newcomers = np.arange(NEWCOMERS * len(COUNTRIES)) % len(COUNTRIES)
    is_newcomer = np.arange(len(keys) + len(newcomers)) >= len(keys)
    country = np.concatenate([keys // slots, newcomers])
    names = overseas_firms(rng, [COUNTRIES[place].legal_forms for place in country])
    digits = spaced_serials(rng, len(country), 10_000, 10_000 + max(90_000, 2 * len(country)))
    sellers = pd.DataFrame(
        {
            "id": [
                f"{COUNTRIES[place].code}{name.replace(' ', '').replace('&', '')[:6]}{number}"
                for place, name, number in zip(country, names, digits, strict=True)
            ],
            "name": names,
            "country": country,
            "is_newcomer": is_newcomer,
            "propensity": _propensity(rng, len(country), 0.06, 5.0),
        }
    )
    return sellers, np.asarray(seller, dtype=np.int64)
