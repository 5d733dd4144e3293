"""What each sender delivers on each day, with the slips of real deliveries: late, twice, cut, corrected, empty."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from simulation.declaration_xml import declaration_xml
from simulation.draws import Ints, stream
from simulation.lots import Lot
from simulation.progress_xml import NOTHING_FOUND, REFUSED, answer, steps_of
from simulation.wire import DAY, Calendar, positions

Member = tuple[str, bytes]
Record = dict[str, Any]


@dataclass
class Broker:
    """Delivers declarations day by day; call `deliver` once a day in order."""

    lot: Lot
    cargo: pd.DataFrame
    items: pd.DataFrame
    calendar: Calendar
    tally: Counter[str] = field(default_factory=Counter)
    tomorrow: list[Member] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Index declarations by day and draw each one's slip."""
        rng = stream(self.lot.seed, "declaration slips")
        self.slip = rng.random(len(self.cargo))
        self.old = rng.random(len(self.cargo)) < self.lot.scenario.mess.old_encoding
        self.day = self.cargo["t_declared"].to_numpy() // DAY
        self.first = positions(self.items, len(self.cargo))

    def deliver(self, day: int) -> list[Member]:
        """Give the declarations that arrive on a day."""
        today, self.tomorrow = self.tomorrow, []
        rows = np.flatnonzero(self.day == day)
        rows = rows[np.argsort(self.cargo["t_declared"].to_numpy()[rows], kind="stable")]
        places = [np.arange(self.first[row], self.first[row + 1]) for row in rows]
        goods = records_of(self.items, np.concatenate(places)) if places else []
        start = 0
        for row, record in zip(rows.tolist(), records_of(self.cargo, rows), strict=True):
            many = int(self.first[row + 1] - self.first[row])
            today.extend(self._send(row, record, goods[start : start + many], day))
            start += many
        self.tally["records"] += len(today)
        return today

    def _send(self, row: int, record: Record, goods: list[Record], day: int) -> list[Member]:
        number, slip, mess = record["declaration_no"], self.slip[row], self.lot.scenario.mess
        content = self._encoded(row, record, goods)
        self.tally["accepted"] += 1
        if slip < mess.cut:
            self.tally["quarantined"] += 1
            self.tally["accepted"] -= 1
            self._next(f"{number}-2.xml", content, "accepted", day)
            return [(f"{number}.xml", content[: int(len(content) * (0.2 + 0.6 * slip / mess.cut))])]
        if slip < mess.cut + mess.twice:
            self._next(f"{number}-2.xml", content, "duplicate", day)
        elif slip < mess.cut + mess.twice + mess.corrected:
            mistaken = record | {"declared_packages": record["declared_packages"] + 1 + row % 3}
            if row % 2:
                mistaken["declared_gross_kg"] = record["declared_gross_kg"] * (1.02 + row % 7 / 20)
            corrected = record | {"issued_on": self.calendar.compact(day + 1)}
            self._next(f"{number}-2.xml", self._encoded(row, corrected, goods), "accepted", day)
            content = self._encoded(row, mistaken, goods)
        return [(f"{number}.xml", content)]

    def _next(self, name: str, content: bytes, fate: str, day: int) -> None:
        """Keep a message for the day after; beyond the period's end it never lands."""
        if day + 1 < self.lot.days:
            self.tomorrow.append((name, content))
            self.tally[fate] += 1

    def _encoded(self, row: int, record: Record, goods: list[Record]) -> bytes:
        if not self.old[row]:
            return declaration_xml(record, goods).encode()
        name = "EUC-KR" if row % 3 == 0 else "CP949"
        return declaration_xml(record, goods, name).encode(name, "xmlcharrefreplace")


@dataclass
class Portal:
    """Delivers UNI-PASS answers day by day: one for each cargo with news that day; call `deliver` in order."""

    lot: Lot
    cargo: pd.DataFrame
    calendar: Calendar
    tally: Counter[str] = field(default_factory=Counter)
    tomorrow: list[Member] = field(default_factory=list)
    underway: dict[int, tuple[Record, list[tuple[int, str, str]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the days with news."""
        news = ("t_manifest", "t_carried_in", "t_declared", "t_released", "t_out")
        days = np.column_stack([self.cargo[name].to_numpy() // DAY for name in news])
        self.first_day, self.last_day = days[:, 0], days.max(axis=1)
        pairs = np.unique(np.column_stack([days.ravel(), np.repeat(np.arange(len(days)), len(news))]), axis=0)
        self.news_days, self.rows = pairs[:, 0], pairs[:, 1]
        self.slip = stream(self.lot.seed, "answer slips").random(len(pairs))

    def deliver(self, day: int) -> list[Member]:
        """Give the answers of a day; each shows every step known at its end."""
        today, self.tomorrow, mess = self.tomorrow, [], self.lot.scenario.mess
        low, high = np.searchsorted(self.news_days, (day, day + 1)).tolist()
        rows = self.rows[low:high]
        self._start(rows[self.first_day[rows] == day])
        for row, slip in zip(rows.tolist(), self.slip[low:high].tolist(), strict=True):
            record, steps = self.underway[row]
            shown = [step for step in steps if step[0] < (day + 1) * DAY]
            content = answer(record, shown, self.calendar.stamp).encode()
            name = record["cargo_control_no"]
            today.append((f"{name}.xml", content))
            self.tally["accepted"] += 1
            if slip < mess.nothing_found + mess.key_refused:
                text = NOTHING_FOUND if slip < mess.nothing_found else REFUSED
                today.append((f"{name}-E.xml", text.encode()))
                self.tally["quarantined"] += 1
            elif slip > 1 - mess.twice:
                self.tomorrow.append((f"{name}-R.xml", content))
                self.tally["duplicate"] += day + 1 < self.lot.days
            if self.last_day[row] == day:
                del self.underway[row]
        self.tally["records"] += len(today)
        return today

    def _start(self, rows: Ints) -> None:
        for row, record in zip(rows.tolist(), records_of(self.cargo, rows), strict=True):
            self.underway[row] = (record, steps_of(record, self.calendar.stamp, self.calendar.spoken))


def records_of(table: pd.DataFrame, rows: Ints) -> list[Record]:
    """Give some rows of a table as plain records, which are quicker to write from."""
    part = table.iloc[rows]
    names = [str(name) for name in part.columns]
    columns = [part[name].tolist() for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
