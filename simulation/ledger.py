"""The ledger: which shipments each record that lands is truly about and whom it truly names, kept apart from what is sent.

Senders know it as they write and say so beside each `Post`; the pipeline never reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import ArrayLike

from simulation.draws import Bools, Ints, Texts
from simulation.lots import Lot
from simulation.names import objects

if TYPE_CHECKING:
    from simulation.outbox import Post

# How near a record is to a shipment: its own, or shared by all in a container, under a master bill or of an order.
OWN, CONTAINER, MASTER, ORDER = "own", "container", "master", "order"


@dataclass(frozen=True)
class About:
    """What the records of a post's messages are about.

    `keys` are the records' keys. Key `of[i]` concerns the shipment in row `shipment[i]`, each its own unless given; `level` is
    one for all or one a key. Of all records in order, `message` says which message holds each and `record` which key it bears: one
    a message, and each its own, unless given. `parties` gives by role the party each key's record names, empty for none.
    """

    keys: Sequence[str]
    shipment: Ints
    of: Ints | None = None
    level: str | Texts = OWN
    message: Ints | None = None
    record: Ints | None = None
    parties: Mapping[str, ArrayLike] = field(default_factory=dict)

    def landed(self, whole: Ints) -> Ints:
        """How many records of each key landed, where each message landed whole so many times."""
        held = whole if self.message is None else whole[self.message]
        if self.record is None:
            return np.asarray(held, dtype=np.int64)
        return np.bincount(self.record, held, len(self.keys)).astype(np.int64)


class Ledger:
    """What landed of one kind of shipments in one lot."""

    def __init__(self, lot: Lot) -> None:
        self._lot = lot
        self._links: list[pd.DataFrame] = []
        self._mentions: list[pd.DataFrame] = []
        self._told: dict[tuple[str, str], Bools] = {}

    def book(self, post: Post, whole: Ints) -> None:
        """Note what a post's messages are about, which landed whole so many times each."""
        about = post.about
        if about is None:
            return
        records = about.landed(whole)
        of = np.arange(len(about.keys)) if about.of is None else about.of
        is_there = records[of] > 0
        of, shipment, keys = of[is_there], about.shipment[is_there], objects(about.keys)
        level = np.full(len(of), about.level, dtype=object) if isinstance(about.level, str) else about.level[of]
        self._links.append(pd.DataFrame({"shipment": shipment, "feed": post.feed, "record_key": keys[of], "level": level, "records": records[of]}))
        told = np.zeros(self._lot.shipments, dtype=np.bool_)
        told[shipment] = True
        self._told[post.feed, post.name] = told
        for role, named in about.parties.items():
            party = np.asarray(named, dtype=object)
            rows = np.flatnonzero((records > 0) & (party != ""))
            self._mentions.append(mentions_of(post.feed, role, keys[rows], party[rows]))

    def told(self, feed: str, post: str) -> Bools:
        """Whether something whole landed of a post about each shipment."""
        return self._told.get((feed, post), np.zeros(self._lot.shipments, dtype=np.bool_))

    def write(self, folder: Path) -> None:
        """Write the links and the mentions of what landed."""
        links = pd.concat(self._links, ignore_index=True)
        # What two posts of a feed tell under one key, as an outcome and its settlement, is one link.
        same = ["feed", "record_key", "shipment"]
        links = links.assign(records=links.groupby(same, sort=False)["records"].transform("sum")).drop_duplicates(same)
        links = links.assign(shipment=objects(self._lot.ids)[links["shipment"].to_numpy()])
        write_table(folder / "links" / f"{self._lot.mark}.parquet", links)
        if self._mentions:
            write_table(folder / "parties" / f"{self._lot.mark}.parquet", pd.concat(self._mentions, ignore_index=True))


def mentions_of(feed: str, role: str, keys: ArrayLike, parties: ArrayLike) -> pd.DataFrame:
    """Rows of `truth/parties`: whom records of a feed name in a role."""
    return pd.DataFrame({"feed": feed, "record_key": keys, "role": role, "party": parties})


def party_ids(kind: str, who: ArrayLike) -> Texts:
    """The world's own id of agents of a kind by position: the same wherever and however the agent is written."""
    places, of = np.unique(np.asarray(who, dtype=np.int64), return_inverse=True)
    return np.asarray(objects([f"{kind}-{place}" for place in places.tolist()])[of.reshape(-1)], dtype=np.object_)


def members(group: Ints, wanted: Ints) -> tuple[Ints, Ints]:
    """For each group wanted all rows that belong to it: the place of the wanting, and the row."""
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], wanted, side="left")
    many = np.searchsorted(group[order], wanted, side="right") - first
    of = np.repeat(np.arange(len(wanted)), many)
    step = np.arange(len(of)) - np.repeat(np.cumsum(many) - many, many)
    return of, order[first[of] + step]


def write_table(path: Path, rows: pd.DataFrame) -> None:
    """Write a table of the truth, the same bytes for the same rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False).replace_schema_metadata(), path, compression="zstd", store_schema=False)
