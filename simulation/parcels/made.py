"""The parcels of a lot, made from order to outcome, what everybody sends about them, and the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from simulation.draws import stream
from simulation.happened import Filed
from simulation.images import plain_shadows, screener, screenings, suspicion
from simulation.lots import Lot
from simulation.names import objects
from simulation.offenders import cheat
from simulation.outbox import Post
from simulation.outcomes import SUBJECT
from simulation.parcels import wares
from simulation.parcels.clearing import clear, travel
from simulation.parcels.couriers import courier_posts
from simulation.parcels.declarations import ANSWERED, carried_rows, declared_items, declared_rows
from simulation.parcels.flights import OFFICE, fly, number_papers
from simulation.parcels.judging import tempt, weigh_parcels
from simulation.parcels.lists import list_posts
from simulation.parcels.lookalikes import look_alike
from simulation.parcels.orders import market_posts, order_numbers, order_up
from simulation.parcels.papers import write_papers
from simulation.parcels.shopping import shop
from simulation.parcels.traders import ParcelAgents
from simulation.parcels.value import value
from simulation.selection import choose
from simulation.senders.cargo_progress import portal
from simulation.senders.declaration import brokers
from simulation.senders.outcome import officers
from simulation.timing import DAY
from simulation.typologies import BY_NAME
from simulation.wire import Calendar

NAMED_BY_HAWB_RATIO, NAMED_AS_PARCEL_RATIO = 0.35, 0.12


@dataclass(frozen=True)
class Parcels:
    """What happened to the parcels of a lot: parcels, their lines, the orders these belong to, and the images."""

    lot: Lot
    agents: ParcelAgents
    parcels: pd.DataFrame
    lines: pd.DataFrame
    orders: pd.DataFrame
    scans: pd.DataFrame
    calendar: Calendar


def make_parcels(agents: ParcelAgents, lot: Lot, calendar: Calendar) -> Parcels:
    """Make parcels, true and declared, with everything that happens to them."""
    parcels, lines = shop(agents, lot)
    cheat(lot, parcels, lines, tempt(agents, parcels))
    look_alike(lot, agents, parcels, lines)
    parcels, lines = value(lot, agents, parcels, lines)
    parcels = travel(lot, fly(lot, parcels))
    years = [calendar.compact(day)[2:4] for day in (parcels["t_listed"].to_numpy() // DAY).tolist()]
    parcels = number_papers(lot, parcels, years)
    orders, lines = order_up(lot, agents, parcels, lines)
    scans = _scan(lot, parcels, lines)
    alarm = suspicion(scans, len(parcels))
    parcels = choose(lot, parcels, partial(weigh_parcels, agents, parcels, lines, alarm))
    seizing = [name for name, typology in BY_NAME.items() if typology.seized]
    is_seized = (parcels["typology"].isin(seizing) & parcels["is_violation"]).to_numpy()
    parcels = write_papers(lot, agents, clear(lot, parcels, is_seized))
    parcels = parcels.assign(office=OFFICE, order_nos=objects(order_numbers(orders, lines, len(parcels))))
    return Parcels(lot, agents, parcels, lines, orders, scans, calendar)


def _scan(lot: Lot, parcels: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The images of all parcels: of what their first line is, and of what is hidden."""
    rng = stream(lot.seed, "parcel images")
    ware = lines["ware"].to_numpy()[lines["seq"].to_numpy() == 1]
    plain = plain_shadows(rng, wares.SHADOW[ware], wares.SHADOW_CHANCE[ware])
    return screenings(rng, parcels["t_scanned"].to_numpy(), plain, parcels["hidden"].to_numpy(dtype=np.int64))


def parcel_posts(made: Parcels) -> Iterator[Post]:
    """What marketplaces, couriers, brokers, scanners, UNI-PASS and officers send about them."""
    lot, calendar, parcels, lines = made.lot, made.calendar, made.parcels, made.lines
    yield from market_posts(parcels, made.orders, lines, calendar)
    yield from courier_posts(lot, parcels, lines, calendar)
    yield from list_posts(made.agents, parcels, lines, calendar)
    carried = carried_rows(lot, parcels, lines, calendar)
    items = declared_items(parcels, lines)
    declared = declared_rows(made.agents, carried, calendar)
    declared = declared.assign(invoice=np.bincount(items["ship"], items["value"], len(declared)).round(2))
    yield from brokers(Filed(lot, declared, items, calendar))
    yield from portal(Filed(lot, carried.loc[carried["is_asked"].to_numpy(dtype=bool), ANSWERED], items, calendar))
    scans = made.scans.assign(**{name: carried[column].to_numpy()[made.scans["ship"]] for name, column in (
        ("ref", "tracking_no"), ("office", "office"), ("shed", "shed_code"))})
    yield from screener(lot, scans, ("xray_parcel", "canine"), "parcel", calendar)
    yield from officers(Filed(lot, _subjects(lot, parcels), items, calendar))


def _subjects(lot: Lot, parcels: pd.DataFrame) -> pd.DataFrame:
    """The inspected parcels under the number by which officers name them: the declaration's, the tracking number or the HAWB."""
    draw = stream(lot.seed, "parcel subjects").random(len(parcels))
    is_declaration = (parcels["declaration_no"] != "").to_numpy() & (draw >= NAMED_AS_PARCEL_RATIO)
    bill = np.where(draw < NAMED_BY_HAWB_RATIO, parcels["hawb_no"], parcels["tracking_no"])
    shown = parcels.assign(
        subject_kind=np.where(is_declaration, "declaration", "parcel"), outcome_sign="IP",
        subject_ref=np.where(is_declaration, parcels["declaration_no"], bill))
    return shown.loc[shown["is_inspected"].to_numpy(dtype=bool), SUBJECT]


def write_truth(folder: Path, made: Parcels) -> None:
    """Write what really was, for evaluation; the pipeline never reads it."""
    parcels, lines, end = made.parcels, made.lines, made.lot.days * DAY
    main = lines["seq"].to_numpy() == 1
    declared = [wares.WARES[ware].hs10[:6] for ware in lines["declared_ware"].to_numpy()[main].tolist()]
    true = [told or hs6 for told, hs6 in zip(lines["true_hs6"].to_numpy()[main].tolist(), declared, strict=True)]
    is_filed = (parcels["t_listed"] < end).to_numpy()
    truth = pd.DataFrame({
        "tracking_no": parcels["tracking_no"], "hawb_no": parcels["hawb_no"], "cargo_control_no": parcels["cargo_control_no"],
        "list_no": np.where(is_filed, parcels["list_no"], ""), "declaration_no": np.where(is_filed, parcels["declaration_no"], ""),
        "order_nos": [" ".join(numbers) for numbers in parcels["order_nos"].tolist()], "typology": parcels["typology"],
        "illicit": (parcels["typology"] != "").astype(int), "look_alike": parcels["is_look_alike"].astype(int),
        "inspected": (parcels["t_inspected"] < end).astype(int), "true_hs6": true, "declared_hs6": declared, "true_value_usd": parcels["true_usd"],
        "declared_value_usd": parcels["declared_usd"], "true_weight_kg": parcels["true_kg"], "declared_weight_kg": parcels["kg"],
        "evaded_krw": parcels["evaded_krw"].astype(int), "shipment": made.lot.ids,
    })
    path = folder / f"parcels-{made.lot.number:03d}.csv"
    path.write_bytes(truth.to_csv(index=False, lineterminator="\n").encode())
