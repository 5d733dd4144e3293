"""What papers and physical records of a shipment truly show against each other, as written: evidence to measure detectors by.

Fraud and honest accident alike; what is below the tolerances shows nothing. Of papers that were corrected the last word counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from simulation.draws import Ints, Texts
from simulation.ledger import Ledger, write_table
from simulation.lots import Lot
from simulation.names import objects

Type = Literal["value", "weight", "origin", "goods", "packages", "seal", "route", "identity", "screening", "timing"]
# Rounding, tare, scales and clocks explain what is less.
WEIGHT_RATIO, WEIGHT_KG = 0.04, 2.0
BOX_RATIO, BOX_KG = 0.04, 300.0
PARCEL_RATIO, PARCEL_KG = 0.10, 0.1
VALUE_RATIO, VALUE_USD = 0.10, 5.0
CLOCK_SECONDS = 1_800
COLUMNS = ("shipment", "type", "rule", "left_feed", "left_value", "left_number", "right_feed", "right_value", "right_number")


@dataclass(frozen=True)
class Side:
    """What one feed says of some shipments; `post` is where it says so, empty where it is known before everything."""

    feed: str
    post: str
    values: ArrayLike
    numbers: ArrayLike | None = None

    def columns(self, side: str, kept: Ints) -> dict[str, object]:
        """Its feed, texts and numbers for the shipments that are kept."""
        values = np.asarray(self.values)[kept]
        is_number = np.issubdtype(values.dtype, np.number)
        numbers = values if is_number else np.full(len(kept), np.nan) if self.numbers is None else np.asarray(self.numbers)[kept]
        texts: Texts = objects([f"{value:.10g}" if is_number else str(value) for value in values.tolist()])
        return {f"{side}_feed": self.feed, f"{side}_value": texts, f"{side}_number": numbers.astype(np.float64)}


@dataclass(frozen=True)
class Shown:
    """One way in which two feeds say different things of the shipments in `rows`, each side in the order of these."""

    type: Type
    rule: str
    rows: Ints
    left: Side
    right: Side

    def table(self, ids: Texts, ledger: Ledger) -> pd.DataFrame:
        """One row a shipment of which both sides landed; `ids` are those of all shipments."""
        is_told = np.ones(len(self.rows), dtype=np.bool_)
        for side in (self.left, self.right):
            if side.post:
                is_told &= ledger.told(side.feed, side.post)[self.rows]
        kept = np.flatnonzero(is_told)
        return pd.DataFrame({
            "shipment": ids[self.rows[kept]], "type": self.type, "rule": self.rule,
            **self.left.columns("left", kept), **self.right.columns("right", kept)}, columns=list(COLUMNS))


def write_shown(folder: Path, lot: Lot, ledger: Ledger, shown: Iterable[Shown]) -> None:
    """Write all that shows of the shipments of a lot."""
    ids = objects(lot.ids)
    tables = [one.table(ids, ledger) for one in shown]
    found = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    write_table(folder / "evidence" / f"{lot.mark}.parquet", found)


def apart(left: ArrayLike, right: ArrayLike, ratio: float, least: float) -> np.ndarray:
    """Whether two amounts differ by more than a share of the left one and by more than a least amount."""
    first, second = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    return np.asarray(np.abs(second - first) > np.maximum(ratio * first, least))
