"""Slots: the folders in which deliveries land, by the day, and the last days where a scenario asks so by the half hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from simulation.draws import Ints
from simulation.lots import Lot

DAY, HALF_HOUR = 86_400, 1_800
_A_DAY = DAY // HALF_HOUR


@dataclass(frozen=True)
class Slots:
    """The slots of a period, each numbered by the half hour since its start at whose end all in it is known.

    A day's last slot is the folder of the day, so that nothing of a day is known only the day after.
    """

    start: date
    days: int
    by_half_hour: int

    @classmethod
    def of_lot(cls, lot: Lot) -> Slots:
        """The slots of the whole period, which all lots share."""
        return cls(lot.start, lot.days, lot.scenario.half_hours)

    @property
    def seconds(self) -> int:
        """How long the period is."""
        return self.days * DAY

    def at(self, seconds: Ints) -> Ints:
        """The slot in which what comes at these seconds lands."""
        number = np.asarray(seconds, dtype=np.int64) // HALF_HOUR
        is_whole_day = number < (self.days - self.by_half_hour) * _A_DAY
        return np.where(is_whole_day, number // _A_DAY * _A_DAY + _A_DAY - 1, number)

    def end(self, slots: Ints) -> Ints:
        """The second at which everything in these slots is known."""
        return (np.asarray(slots, dtype=np.int64) + 1) * HALF_HOUR

    def folder(self, slot: int) -> str:
        """The folder of a slot in the landing: a day, or a day and minute."""
        day, place = divmod(slot, _A_DAY)
        if place == _A_DAY - 1:
            return (self.start + timedelta(days=day)).isoformat()
        return f"{datetime.combine(self.start, time()) + timedelta(seconds=(slot + 1) * HALF_HOUR):%Y-%m-%dT%H%M}"
