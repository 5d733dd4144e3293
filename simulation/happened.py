"""What happened to the shipments of a lot: what its senders write from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.draws import Ints
from simulation.lots import Lot
from simulation.slots import Slots
from simulation.wire import Calendar

if TYPE_CHECKING:
    from simulation.scans import Scan

Record = dict[str, Any]


@dataclass(frozen=True)
class Filed:
    """Shipments and items of a lot with every text that declarations, answers and outcomes about them need."""

    lot: Lot
    cargo: pd.DataFrame
    items: pd.DataFrame
    calendar: Calendar

    @cached_property
    def slots(self) -> Slots:
        """The slots of the landing."""
        return Slots.of_lot(self.lot)

    @cached_property
    def shipments(self) -> list[Record]:
        """The shipments as plain records."""
        return records_of(self.cargo)

    @property
    def rows(self) -> Ints:
        """The row of each shipment among those of its kind in the lot."""
        return self.cargo.index.to_numpy(dtype=np.int64)

    def seconds(self, column: str) -> np.ndarray:
        """The seconds at which something happened to each shipment."""
        return self.cargo[column].to_numpy(dtype=np.int64)


@dataclass(frozen=True)
class Happened(Filed):
    """One lot's cargo, true and on paper, with its containers, what scanners saw and everybody about it."""

    boxes: pd.DataFrame
    agents: Agents
    scans: list[Scan]

    @cached_property
    def containers(self) -> list[Record]:
        """The containers as plain records."""
        return records_of(self.boxes)


def records_of(table: pd.DataFrame) -> list[Record]:
    """A table as plain records, which are quicker to write from."""
    names = [str(name) for name in table.columns]
    columns = [table[name].tolist() for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
