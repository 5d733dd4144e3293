"""A reproducible world of import trade: the same arguments give the same files."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from simulation.agents import Agents, make_agents
from simulation.cargo import make_cargo, make_items, pack
from simulation.goods import GOODS
from simulation.landing import write_archive, write_lines
from simulation.lookalikes import look_alike
from simulation.money import price
from simulation.outcomes import choose, known_days, outcome_lines
from simulation.places import COUNTRIES
from simulation.routing import route
from simulation.senders import Broker, Portal
from simulation.timing import DAY, NEVER, arrive_and_declare, inspect_and_release
from simulation.typologies import cheat, write_papers
from simulation.wire import Calendar, item_rows, number_declarations, shipment_rows

DEFAULT_END = date(2026, 6, 30)


def simulate(out: Path, shipments: int, days: int, seed: int, end: date | None = None) -> dict[str, int]:
    """Write feeds and truth of a world into `out`; gives the records written by feed.

    `days` day folders end at `end`. Shipments whose papers would come after the end stay unwritten, and what
    is still under way at the end stays unfinished. Raises ValueError on counts below 1.
    """
    if shipments < 1 or days < 1:
        raise ValueError(f"shipments and days must be 1 or more, found {shipments} and {days}")
    start = (end or DEFAULT_END) - timedelta(days=days - 1)
    calendar = Calendar.of(start, days)
    cargo, items = make_world(seed, shipments, days, calendar)
    tallies = _write_feeds(out, seed, cargo, items, days, calendar)
    _write_truth(out / "truth", cargo, items, days, tallies)
    return {feed: tally["records"] for feed, tally in tallies.items()}


def make_world(seed: int, shipments: int, days: int, calendar: Calendar) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make shipments and items, true and declared, with everything that happens to them."""
    weekday = calendar.start.weekday()
    agents: Agents = make_agents(seed, shipments)
    cargo = make_cargo(seed, agents, shipments, days, weekday)
    items = make_items(seed, cargo)
    cargo, items = write_papers(seed, pack(seed, cargo, items), items)
    cheat(seed, agents, cargo, items)
    look_alike(seed, cargo, items)
    cargo = arrive_and_declare(seed, route(seed, agents, cargo, calendar.start), days, weekday)
    cargo, items = price(seed, cargo, items, days)
    cargo = choose(seed, agents, number_declarations(agents, cargo, calendar), items)
    cargo = inspect_and_release(
        seed, cargo, cargo["is_inspected"].to_numpy(), cargo["is_violation"].to_numpy(), weekday
    )
    return shipment_rows(seed, agents, cargo, calendar), item_rows(cargo, items)


def _write_feeds(
    out: Path, seed: int, cargo: pd.DataFrame, items: pd.DataFrame, days: int, calendar: Calendar
) -> dict[str, dict[str, int]]:
    broker, portal = Broker(seed, cargo, items, calendar, days), Portal(seed, cargo, calendar, days)
    midnight = datetime.combine(calendar.start, time())
    known = known_days(seed, cargo["t_inspected"].to_numpy())
    outcomes = 0
    for day in range(days):
        folder = out / (calendar.start + timedelta(days=day)).isoformat()
        stamp = calendar.compact(day)
        write_archive(folder / "declaration" / f"declarations-{stamp}.zip", broker.deliver(day))
        write_archive(folder / "cargo_progress" / f"progress-{stamp}.zip", portal.deliver(day))
        found = np.flatnonzero((cargo["t_inspected"].to_numpy() != NEVER) & (known == day))
        lines = outcome_lines(seed, cargo, found, midnight)
        outcomes += write_lines(folder / "outcome" / f"outcomes-{stamp}.jsonl", lines)
    return {
        "declaration": dict(broker.tally),
        "cargo_progress": dict(portal.tally),
        "outcome": {"records": outcomes, "accepted": outcomes},
    }


def _write_truth(
    folder: Path, cargo: pd.DataFrame, items: pd.DataFrame, days: int, tallies: dict[str, dict[str, int]]
) -> None:
    """Write what really was, for evaluation; the pipeline never reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    main = items[items["seq"] == 1]
    is_filed = (cargo["t_declared"] < days * DAY).to_numpy()
    truth = pd.DataFrame(
        {
            "declaration_no": np.where(is_filed, cargo["declaration_no"], ""),
            "cargo_control_no": cargo["cargo_control_no"],
            "typology": cargo["typology"],
            "illicit": (cargo["typology"] != "").astype(int),
            "look_alike": cargo["is_look_alike"].astype(int),
            "inspected": (cargo["t_inspected"] < days * DAY).astype(int),
            "true_hs10": [GOODS[good].hs10 for good in main["good"].tolist()],
            "true_origin": [COUNTRIES[place].code for place in main["origin"].tolist()],
            "true_value_usd": cargo["true_usd"].round(2),
            "declared_value_usd": cargo["invoice_usd"].round(2),
            "true_gross_kg": cargo["gross_kg"],
            "declared_gross_kg": cargo["declared_gross_kg"],
            "true_packages": cargo["packages"],
            "declared_packages": cargo["declared_packages"],
            "evaded_krw": cargo["evaded_krw"].astype(int),
        }
    )
    (folder / "shipments.csv").write_bytes(truth.to_csv(index=False, lineterminator="\n").encode())
    (folder / "counts.json").write_text(json.dumps(tallies, indent=1, sort_keys=True) + "\n", encoding="utf-8")
