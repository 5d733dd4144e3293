"""Typology: one way to cheat, declared in one file: where it pays, what it changes on the papers, and how officers call it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.cargo import TABLE
from simulation.draws import Floats, Ints
from simulation.goods import GOODS, POSITION
from simulation.places import COUNTRIES, COUNTRY

Kind = Literal["cargo", "parcel", "baggage"]
Openings = Callable[[pd.DataFrame, pd.DataFrame], Floats]
Act = Callable[[np.random.Generator, pd.DataFrame, pd.DataFrame, Ints], None]

# The tariff line a cheat would claim for each good, -1 where there is none.
NEIGHBOUR: Ints = np.array([POSITION.get(good.neighbour, -1) for good in GOODS], dtype=np.int64)
AGREEMENT = np.array([country.agreement for country in COUNTRIES])
CHINA = COUNTRY["CN"]


@dataclass(frozen=True)
class Typology:
    """One way to cheat with shipments of a kind.

    `openings(shipments, main_items)` weighs each shipment by whether the cheat is possible and pays there, `act(rng,
    shipments, items, rows)` changes the papers of the chosen rows in place. `usual` is its weight among the others;
    `violations` are the types an officer records who finds it, the usual one first. `trace` says which comparison of feeds
    shows it, `hidden` the share of its cases that leave no trace. A preference claimed with it is not due at all where it
    `voids_preference`.
    Where goods are seized, `seized` is the severity an officer records whatever the duty.
    """

    name: str
    text: Text
    kind: Kind
    usual: float
    openings: Openings
    act: Act
    violations: tuple[str, ...]
    trace: Text
    hidden: float
    voids_preference: bool = False
    seized: str = ""


def items_of(items: pd.DataFrame, rows: Ints) -> Ints:
    """The positions of the items of some shipments."""
    return np.flatnonzero(np.isin(items["ship"].to_numpy(), rows))


def places_in(items: pd.DataFrame, places: Ints, rows: Ints) -> Ints:
    """The place within `rows` (sorted) of the shipment of each item."""
    return np.searchsorted(rows, items["ship"].to_numpy()[places])


def clusters(rng: np.random.Generator, rows: Ints, days: Ints, low: int, high: int) -> tuple[Ints, Ints]:
    """Part rows into clusters of `low` to `high` that lie near in `days`; gives the rows by cluster and the first row of each one's.

    Too few for a cluster of their own join the one before, so only the last may be larger.
    """
    ordered = rows[np.argsort(days[rows], kind="stable")]
    ends = np.cumsum(rng.integers(low, high + 1, len(rows)))
    cluster = np.searchsorted(ends, np.arange(len(rows)), side="right")
    if len(rows) and cluster[-1] and (cluster == cluster[-1]).sum() < low:
        cluster[cluster == cluster[-1]] -= 1
    return ordered, ordered[np.searchsorted(cluster, cluster, side="left")]


def duty_of(cargo: pd.DataFrame) -> Floats:
    """The basic duty rate of each shipment's main good, percent."""
    return np.asarray(TABLE.duty[cargo["good"].to_numpy()], dtype=np.float64)
