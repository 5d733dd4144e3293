"""The offices that inspect: how many a day, and the officers with their habits, their skill and their friends."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.draws import Floats, Ints, pick, stream
from simulation.lots import WEEKDAYS, Lot
from simulation.places import COUNTRY, ENTRIES, INLAND_OFFICE
from simulation.routing import FAR, INLAND_BY_AIR, INLAND_BY_SEA, NEAR

OFFICES: tuple[str, ...] = (*(entry.office for entry in ENTRIES), INLAND_OFFICE)
# Inspections an officer does a day, as far as teams go; a team has at least so many heads.
EACH, SMALLEST = 4.0, 4
AT_WEEKENDS = 0.5
# What an officer looks for; each has habits of their own about it.
TRAITS = ("china", "small", "cheap", "broker", "past")
USUAL = (0.4, 0.4, 0.4, 0.5, 0.6)


def make_officers(seed: int, relations: pd.DataFrame, brokers: pd.DataFrame, pace: float) -> pd.DataFrame:
    """Officers of every office: habits, share of violations they find, of honest ones they fault, and days they take to report."""
    rng = stream(seed, "officers")
    shares = office_shares(relations)
    many = np.maximum(np.round(shares * pace * 0.1 / EACH).astype(np.int64), SMALLEST)
    office = np.repeat(np.arange(len(OFFICES)), many)
    count = len(office)
    rank = np.arange(count) - np.repeat(np.cumsum(many) - many, many)
    officers = pd.DataFrame({
        "office": np.array(OFFICES, dtype=object)[office],
        "ref": [f"OF-{OFFICES[place]}-{number + 1:03d}" for place, number in zip(office.tolist(), rank.tolist(), strict=True)],
        **{f"habit_{name}": usual * rng.uniform(0.2, 1.8, count) for name, usual in zip(TRAITS, USUAL, strict=True)},
        "skill": np.clip(rng.normal(0.97, 0.08, count), 0.7, 1.08),
        "fault_ratio": 0.01 * rng.lognormal(0, 0.6, count),
        "report_days": rng.choice((0.2, 0.5, 1.5), count, p=(0.5, 0.35, 0.15)),
    })
    return officers.assign(friend_of=_friends(rng, officers, brokers))


def _friends(rng: np.random.Generator, officers: pd.DataFrame, brokers: pd.DataFrame) -> Ints:
    """At every office one officer befriends the favoured brokers: the position of one of them, -1 for the upright."""
    favoured = np.flatnonzero(brokers["is_favoured"])
    friend = np.full(len(officers), -1, dtype=np.int64)
    friend[np.flatnonzero(~officers["office"].duplicated())] = favoured[pick(rng, np.ones(len(favoured)), officers["office"].nunique())]
    return friend


def office_shares(relations: pd.DataFrame) -> Floats:
    """The share of the trade each office clears, in the order of OFFICES."""
    weight = relations["weight"].to_numpy() / relations["weight"].sum()
    is_air = relations["is_air"].to_numpy(dtype=bool)
    is_near = (relations["origin"] == COUNTRY["CN"]).to_numpy()
    air, near, far = weight[is_air].sum(), weight[~is_air & is_near].sum(), weight[~is_air & ~is_near].sum()
    ports = (near * np.array(NEAR) + far * np.array(FAR)) * (1 - INLAND_BY_SEA)
    inland = air * INLAND_BY_AIR + (near + far) * INLAND_BY_SEA
    return np.array([*ports, air * (1 - INLAND_BY_AIR), inland])


def capacities(lot: Lot, relations: pd.DataFrame) -> Floats:
    """Inspections each office has hands for on each day of the lot: offices by days; the week adds up to the usual share."""
    days = np.arange(lot.first_day, lot.last_day)
    weekday = (lot.start.weekday() + days) % 7
    shift = np.where(weekday >= 5, AT_WEEKENDS, 1.0) * 7 / (5 + 2 * AT_WEEKENDS)
    usual = np.array(WEEKDAYS)[weekday] * 7 / sum(WEEKDAYS)
    # Fixed hands in part: a season's rush finds no more of them, a slack day does not idle them all.
    return np.outer(office_shares(relations), lot.scenario.inspected * lot.pace * (shift + usual) / 2)
