"""A reproducible world of import trade: the same arguments give the same files, however the work is spread."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from simulation.agents import Agents, make_agents
from simulation.bags import made as bags
from simulation.bags.shown import shown_by_bags
from simulation.bags.travellers import make_travellers
from simulation.boxes import make_boxes
from simulation.cargo import make_cargo, make_items, pack
from simulation.happened import Happened
from simulation.ledger import Ledger, party_ids
from simulation.lookalikes import look_alike
from simulation.lots import Lot, lots_of
from simulation.money import price
from simulation.offenders import cheat, learn, tempt
from simulation.open_data import open_rows, published
from simulation.outbox import Post, deliver
from simulation.papers import write_papers
from simulation.parcels import made as parcels
from simulation.parcels.shown import shown_by_parcels
from simulation.parcels.traders import ParcelAgents, make_parcel_agents, watchlist_rows
from simulation.passage import add_passage
from simulation.reference import Listed, write_reference
from simulation.routing import route
from simulation.scans import scans_of
from simulation.scenario import Scenario, load_scenario, require_possible
from simulation.senders import posts
from simulation.shown import Shown, write_shown
from simulation.shown_by_cargo import shown_by_cargo
from simulation.targeting import choose_cargo
from simulation.timing import arrive_and_declare, inspect_and_release
from simulation.truth import truth_of
from simulation.typologies.typology import Kind
from simulation.wire import Calendar, item_rows, number_declarations, shipment_rows

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DEFAULT_END = date(2026, 6, 30)
CALM = "calm"
Tallies = dict[str, dict[str, int]]
Made = tuple[Iterable[Post], Iterable[Shown]]


@dataclass(frozen=True)
class Plan:
    """What world to write where; it travels to whoever writes a lot of it."""

    out: str
    seed: int
    shipments: int
    lots: tuple[Lot, ...]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Numbers of lots in, their tallies out: the function of `mapInArrow`."""
        for batch in batches:
            for number in batch.column(0).to_pylist():
                yield pa.RecordBatch.from_pydict({"tallies": [json.dumps(self.write(self.lots[number]))]})

    def write(self, lot: Lot) -> Tallies:
        """Write feeds and truth of one lot; the records of each feed and where they belong."""
        parts = [part for kind in MAKERS if (part := lot.of_kind(kind)).shipments]
        return _total(self._write(part) for part in parts)

    def _write(self, part: Lot) -> Tallies:
        ledger = Ledger(part)
        sent, shown = MAKERS[part.kind](self, part)
        tallies = deliver(Path(self.out), part, sent, ledger)
        ledger.write(self.truth)
        write_shown(self.truth, part, ledger, shown)
        return tallies

    def of_kind(self, kind: Kind) -> int:
        """About how many shipments of a kind the world has."""
        return round(self.shipments * self.lots[0].scenario.kinds.share(kind))

    @property
    def truth(self) -> Path:
        """Where the truth is written."""
        return Path(self.out) / "truth"


def _cargo(plan: Plan, lot: Lot) -> Made:
    happened = make_lot(_agents(plan.seed, plan.of_kind("cargo")), lot, Calendar.of(lot.start, lot.days))
    _write_truth(plan.truth, lot, happened)
    return posts(happened), shown_by_cargo(happened)


def _parcels(plan: Plan, lot: Lot) -> Made:
    made = parcels.make_parcels(_parcel_agents(plan.seed, plan.of_kind("parcel")), lot, Calendar.of(lot.start, lot.days))
    parcels.write_truth(plan.truth, made)
    return parcels.parcel_posts(made), shown_by_parcels(made)


def _bags(plan: Plan, lot: Lot) -> Made:
    made = bags.make_bags(_travellers(plan.seed, plan.of_kind("baggage")), lot, Calendar.of(lot.start, lot.days))
    bags.write_truth(plan.truth, made)
    return bags.bag_posts(made), shown_by_bags(made)


# Makes a part of a lot, writes its truth and gives what is sent about it and what shows of it.
MAKERS: dict[Kind, Callable[[Plan, Lot], Made]] = {"cargo": _cargo, "parcel": _parcels, "baggage": _bags}
_agents, _parcel_agents, _travellers = cache(make_agents), cache(make_parcel_agents), cache(make_travellers)


def simulate(out: Path, shipments: int, days: int, seed: int, end: date | None = None, spark: SparkSession | None = None,
             scenario: Scenario | None = None) -> dict[str, int]:
    """Write feeds and truth of a world into `out`; gives the records written by feed.

    `days` day folders end at `end`. Shipments whose papers would come after the end stay unwritten, and what
    is still under way at the end stays unfinished. With a Spark session its workers, which must see `out`, write the
    lots side by side. Raises ValueError on counts below 1, CallerError on those no world may have.
    """
    if shipments < 1 or days < 1:
        raise ValueError(f"shipments and days must be 1 or more, found {shipments} and {days}")
    require_possible(shipments, days)
    start = (end or DEFAULT_END) - timedelta(days=days - 1)
    plan = Plan(str(out.resolve()), seed, shipments, tuple(lots_of(seed, shipments, days, start, scenario or load_scenario(CALM))))
    plan.truth.mkdir(parents=True, exist_ok=True)
    tallies = _total([_write_references(plan), *(_spread(plan, spark) if spark and len(plan.lots) > 1 else map(plan.write, plan.lots))])
    out.joinpath("truth/counts.json").write_text(json.dumps(tallies, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return {feed: tally["records"] for feed, tally in tallies.items()}


def _write_references(plan: Plan) -> Tallies:
    """What is known before everything: parcels' sellers share customs' own list, open data come from an earlier time."""
    sellers = plan.of_kind("parcel")
    listed = _listed_shops(_parcel_agents(plan.seed, sellers), plan.lots[0].start) if sellers else []
    agents, lot = _agents(plan.seed, plan.of_kind("cargo")), plan.lots[0]
    past = published(lot, plan.of_kind("cargo"))
    opened = open_rows(make_lot(agents, past, Calendar.of(past.start, past.days)))
    return write_reference(Path(plan.out), agents, lot, listed, opened)


def _listed_shops(agents: ParcelAgents, start: date) -> list[Listed]:
    return list(zip(party_ids("shop", agents.listed).tolist(), watchlist_rows(agents, start), strict=True))


def _spread(plan: Plan, spark: SparkSession) -> Iterator[Tallies]:
    many = len(plan.lots)
    for row in spark.range(0, many, 1, many).mapInArrow(plan, "tallies string").collect():
        yield json.loads(row["tallies"])


def _total(lots: Iterable[Tallies]) -> Tallies:
    totals: dict[str, Counter[str]] = {}
    for lot in lots:
        for feed, tally in lot.items():
            totals.setdefault(feed, Counter()).update(tally)
    return {feed: dict(tally) for feed, tally in totals.items()}


def make_lot(agents: Agents, lot: Lot, calendar: Calendar) -> Happened:
    """Make shipments and items, true and declared, with everything that happens to them."""
    seed, weekday = lot.seed, lot.start.weekday()
    cargo = make_cargo(agents, lot)
    items = make_items(seed, cargo)
    cargo, items = write_papers(seed, pack(seed, cargo, items), items)
    learn(lot, agents, cargo, items, cheat(lot, cargo, items, tempt(agents, cargo)))
    look_alike(seed, cargo, items)
    cargo = arrive_and_declare(seed, route(agents, cargo, lot), lot.days, weekday, lot.scenario.strikes)
    cargo, items = price(lot, cargo, items)
    cargo = number_declarations(agents, cargo, lot, calendar)
    cargo = choose_cargo(lot, agents, cargo, items)
    cargo = inspect_and_release(
        seed, cargo, cargo["is_inspected"].to_numpy(), cargo["is_violation"].to_numpy(), weekday
    )
    cargo = shipment_rows(seed, agents, cargo, calendar)
    boxes = add_passage(lot, cargo, make_boxes(lot, cargo))
    return Happened(lot, cargo, item_rows(cargo, items), calendar, boxes, agents, scans_of(lot, cargo, boxes))


def _write_truth(folder: Path, lot: Lot, happened: Happened) -> None:
    """Write what really was, for evaluation; the pipeline never reads it."""
    truth = truth_of(happened.agents, lot, happened.cargo, happened.items)
    path = folder / f"shipments-{lot.number:03d}.csv"
    path.write_bytes(truth.to_csv(index=False, lineterminator="\n").encode())
