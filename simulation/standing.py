"""How customs knows the firms: since when, at which address, under whom, with whose past, on which list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from simulation.draws import Bools, Floats, Ints, chance, pick, race, stream
from simulation.names import firm_codes, korean_firms

if TYPE_CHECKING:
    from simulation.agents import Agents

YEAR = 365
# Of ghosts, how many bear a former firm's address or head; the rest are shelf companies with a clean past.
TIED, BY_HEAD, BY_ADDRESS = 0.88, 0.55, 0.70
# Honest firms share as well: business centres, namesakes, start-ups.
CENTRE, NAMESAKE, START_UP = 0.020, 0.006, 0.05
ABSENT, SELLERS_KNOWN, RELATED_KNOWN = 0.03, 0.70, 0.88
# Sellers of this share of the trade, all in all, stand on the local list; none is too small or too large to be met.
LISTED, LEAST_LISTED, MOST_LISTED = 0.006, 0.0001, 0.002
GRADES = ("A", "AA", "AAA")


def former_firms(seed: int, importers: int) -> pd.DataFrame:
    """Firms that were penalised before the period and trade no more; others may still use their heads and addresses."""
    rng = stream(seed, "former")
    count = max(6, importers // 30)
    stems = [f"구{stem}" for stem in korean_firms(rng, count)]
    return pd.DataFrame({
        "stem": stems,
        "code": firm_codes(stems, importers),
        "business_no": 90_000_000 + np.arange(count),
        "status": np.where(chance(rng, 0.6, count), "closed", "suspended"),
        "age_days": rng.integers(2 * YEAR, 12 * YEAR, count),
        "penalised_days": rng.integers(30, 700, count),
        "head": np.arange(count),
        "address": np.arange(count),
    })


def established_days(importers: pd.DataFrame, days: int) -> Ints:
    """The day each importer was made, counted from the start of a period of so many days; a ghost's age counts from its own day."""
    from_day = np.where(importers["is_ghost"], (importers["ghost_day"] * days).astype(np.int64), 0)
    return np.asarray(from_day - importers["age_days"], dtype=np.int64)


def stand(seed: int, agents: Agents) -> Agents:
    """Add to every firm its age, head, address and grade, and to relations what is between their firms."""
    importers = _importers(seed, agents.importers, len(agents.former))
    relations = agents.relations
    volume = np.bincount(relations["seller"], relations["weight"], len(agents.sellers))
    sellers = _sellers(seed, agents.sellers, relations, volume / volume.sum(), importers)
    brokers = _brokers(seed, agents.brokers)
    importer, seller = relations["importer"].to_numpy(), relations["seller"].to_numpy()
    relations = relations.assign(
        is_ghost=importers["is_ghost"].to_numpy()[importer],
        is_listed=sellers["is_listed"].to_numpy()[seller],
        is_related=sellers["related"].to_numpy()[seller] == importer,
        is_favoured=brokers["is_favoured"].to_numpy()[relations["broker"]],
    )
    return replace(agents, importers=importers, brokers=brokers, sellers=sellers, relations=relations)


def _importers(seed: int, importers: pd.DataFrame, former: int) -> pd.DataFrame:
    """Age counts from the start of the period, a ghost's from its day; heads and addresses below `former` are a former firm's."""
    rng = stream(seed, "standing")
    count = len(importers)
    is_ghost = importers["is_ghost"].to_numpy()
    is_small = importers["is_small"].to_numpy()
    is_tied = is_ghost & chance(rng, TIED, count)
    is_young = is_tied | (is_small & ~is_ghost & chance(rng, START_UP, count))
    by_head = chance(rng, BY_HEAD, count)
    by_address = chance(rng, BY_ADDRESS, count) | ~by_head
    namesake = ~is_ghost & is_small & chance(rng, NAMESAKE, count)
    # Who starts small rents a desk in a business centre.
    tenant = ~is_ghost & is_small & chance(rng, np.where(is_young, 0.25, CENTRE), count)
    whose = rng.integers(0, former, count)
    own = former + np.arange(count)
    grade = np.array(GRADES, dtype=object)[pick(rng, (0.5, 0.35, 0.15), count)]
    has_grade = (importers["weight"].to_numpy() > 0.002) & chance(rng, 0.5, count)
    return importers.assign(
        age_days=np.where(is_young, rng.integers(15, 270, count), YEAR + rng.integers(0, 22 * YEAR, count)),
        is_tied=is_tied,
        head=np.where((is_tied & by_head) | namesake, whose, own),
        address=np.where((is_tied & by_address) | tenant, whose, own),
        aeo=np.where(has_grade, grade, ""),
        # Nobody ties what the registry does not hold.
        is_registered=is_tied | ~chance(rng, ABSENT, count),
    )


def _sellers(seed: int, sellers: pd.DataFrame, relations: pd.DataFrame, share: Floats, importers: pd.DataFrame) -> pd.DataFrame:
    rng = stream(seed, "standing of sellers")
    count = len(sellers)
    related = np.full(count, -1, dtype=np.int64)
    chosen = relations[chance(rng, 0.05, len(relations)) & ~importers["is_ghost"].to_numpy()[relations["importer"]]]
    related[chosen["seller"].to_numpy()[::-1]] = chosen["importer"].to_numpy()[::-1]
    is_listed = listed(rng, share)
    return sellers.assign(
        is_listed=is_listed,
        propensity=np.where(is_listed, 25.0, sellers["propensity"]),
        related=np.where(is_listed, -1, related),
        # Some families are known to customs by the seller's head, some are not.
        is_tie_known=chance(rng, RELATED_KNOWN, count),
        is_registered=is_listed | (related >= 0) | chance(rng, SELLERS_KNOWN, count),
        age_days=YEAR + rng.integers(0, 25 * YEAR, count),
    )


def listed(rng: np.random.Generator, share: Floats) -> Bools:
    """Which sellers stand on the local list: some of the middling ones, in all of a set share of the trade."""
    is_middling = (share > LEAST_LISTED) & (share < max(MOST_LISTED, float(np.median(share)) * 3))
    order = race(rng, is_middling.astype(float), len(share))
    many = max(2, int(np.searchsorted(np.cumsum(share[order]), LISTED)))
    chosen = np.zeros(len(share), dtype=np.bool_)
    chosen[order[:many]] = True
    return chosen


def _brokers(seed: int, brokers: pd.DataFrame) -> pd.DataFrame:
    """One broker in fifty, a small one, has a friend among the officers."""
    rng = stream(seed, "standing of brokers")
    count = len(brokers)
    favoured = np.zeros(count, dtype=np.bool_)
    favoured[count - max(1, count // 50):] = True
    return brokers.assign(
        is_favoured=favoured,
        propensity=np.where(favoured, 6.0, brokers["propensity"]),
        aeo=np.where(chance(rng, 0.3, count) & ~favoured, "A", ""),
        age_days=2 * YEAR + rng.integers(0, 25 * YEAR, count),
    )

