"""Lots: the world made in parts by days of arrival, so that it can be of any size and no part depends on where it is made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from simulation.draws import Floats, Ints

if TYPE_CHECKING:
    from simulation.scenario import Scenario
    from simulation.typologies.typology import Kind

WEEKDAYS = (1.15, 1.1, 1.05, 1.05, 1.1, 0.7, 0.6)
# Of the day after the period only ships have filed papers yet.
AFTERMATH = 0.6
SHIPMENTS_A_LOT = 5_000
# Multiples of it fall evenly between 0 and 1, so that kinds come in their shares over any stretch of shipments.
GOLDEN = 0.6180339887498949


@dataclass(frozen=True)
class Lot:
    """The shipments that arrive within some days of the period.

    `world` is the seed of what all lots share, `seed` of what is this lot's own; `number` of `lots` gives each lot numbers
    of its own to hand out. `arrivals` says how many shipments arrive on each day from `first_day` on, `pace` how many the whole
    world takes a day in the mean; of all kinds, or of `kind` alone in the part of a lot that `of_kind` gives.
    """

    world: int
    number: int
    lots: int
    start: date
    days: int
    first_day: int
    arrivals: tuple[int, ...]
    scenario: Scenario
    pace: float
    kind: Kind = "cargo"

    @property
    def seed(self) -> str:
        """The seed of what is drawn for this lot and kind alone."""
        return f"{self.world} lot {self.number}" + ("" if self.kind == "cargo" else f" {self.kind}")

    @property
    def mark(self) -> str:
        """What its file names bear."""
        return f"{self.number:03d}" + ("" if self.kind == "cargo" else self.kind[0])

    def of_kind(self, kind: Kind) -> Lot:
        """The part of it that is of one kind, by the scenario's weights; every shipment is in one part."""
        kinds = self.scenario.kinds.model_dump()
        edges = np.cumsum(list(kinds.values())) / sum(kinds.values())
        place = list(kinds).index(kind)
        spot = (np.arange(self.shipments) + 1) * GOLDEN % 1
        is_of = np.searchsorted(edges[:-1], spot, side="right") == place
        day = np.repeat(np.arange(len(self.arrivals)), self.arrivals)
        many = np.bincount(day[is_of], minlength=len(self.arrivals))
        return replace(self, kind=kind, arrivals=tuple(many.tolist()), pace=self.pace * kinds[kind] / sum(kinds.values()))

    @property
    def ids(self) -> list[str]:
        """The world's own id of each shipment, no two alike in the world; no sender knows it."""
        return [f"{self.kind[0].upper()}{self.number:03d}-{row:06d}" for row in range(self.shipments)]

    @property
    def shipments(self) -> int:
        """How many shipments it holds."""
        return sum(self.arrivals)

    @property
    def last_day(self) -> int:
        """The day after its last day of arrival."""
        return self.first_day + len(self.arrivals)

    def holds(self, days: Ints) -> np.ndarray:
        """Whether days fall into it."""
        return (days >= self.first_day) & (days < self.last_day)

    def times(self, days: Ints) -> Floats:
        """Days as shares of the period."""
        return np.asarray(days / self.days, dtype=np.float64)

    def numbers(self, low: int, high: int) -> tuple[int, int]:
        """This lot's own part of a range of numbers that no two shipments may share."""
        span = (high - low) // self.lots
        return low + self.number * span, low + (self.number + 1) * span


def lots_of(world: int, shipments: int, days: int, start: date, scenario: Scenario) -> list[Lot]:
    """The lots of a world: whole days of arrival, at least a lot's shipments each where there are so many."""
    weights = np.array(WEEKDAYS)[(start.weekday() + np.arange(days + 1)) % 7]
    weights[days] *= AFTERMATH
    weights *= [scenario.seasons.get((start + timedelta(days=day)).month, 1.0) for day in range(days + 1)]
    until = np.floor(np.cumsum(weights) / weights.sum() * shipments + 1e-9).astype(np.int64)
    until[-1] = shipments
    arrivals = np.diff(until, prepend=0).tolist()
    most = max(SHIPMENTS_A_LOT, shipments // 100)
    windows: list[tuple[int, list[int]]] = []
    for day, many in enumerate(arrivals):
        if not windows or sum(windows[-1][1]) >= most:
            windows.append((day, []))
        windows[-1][1].append(many)
    # The aftermath belongs to the last day: alone it would be a lot of ships only.
    if len(windows) > 1 and len(windows[-1][1]) == 1:
        windows[-2][1].extend(windows.pop()[1])
    pace = shipments / (days + AFTERMATH)
    return [Lot(world, number, len(windows), start, days, first, tuple(many), scenario, pace) for number, (first, many) in enumerate(windows)]
