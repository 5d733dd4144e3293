"""The bags of a lot, made from check-in to outcome, what everybody sends about them, and the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from simulation.bags.packing import ALLOWANCE_USD, look_alike, pack_bags
from simulation.bags.travellers import AIRPORTS, ROUTES, Travellers, tokens
from simulation.draws import Floats, chance, stream
from simulation.happened import Filed
from simulation.images import screener, screenings, suspicion
from simulation.ledger import About
from simulation.lots import Lot
from simulation.names import objects
from simulation.offenders import cheat
from simulation.outbox import MISTAKEN, Batch, Post
from simulation.outcomes import SUBJECT
from simulation.places import KRW_PER_UNIT
from simulation.selection import choose
from simulation.senders.outcome import officers
from simulation.slots import Slots
from simulation.timing import DAY, NEVER
from simulation.wire import Calendar

# Some flights' bags go unlooked at.
SCANNED_RATIO, TAX_RATIO = 0.95, 0.2
OF_IMAGES = {"ref": "tag", "office": "office", "shed": "shed"}


@dataclass(frozen=True)
class Bags:
    """What happened to the bags of a lot, and the images of them."""

    lot: Lot
    bags: pd.DataFrame
    scans: pd.DataFrame
    calendar: Calendar


def make_bags(travellers: Travellers, lot: Lot, calendar: Calendar) -> Bags:
    """Make bags, true and declared, with everything that happens to them."""
    bags = pack_bags(travellers, lot)
    # A bag is its own only item.
    cheat(lot, bags, bags.assign(seq=1), travellers.propensity[bags["traveller"]])
    look_alike(lot, bags)
    rng = stream(lot.seed, "bags at the hall")
    scanned = bags["t_arrival"].to_numpy() + rng.integers(900, 3_600, len(bags))
    looked = np.flatnonzero(chance(rng, SCANNED_RATIO, len(bags)))
    scans = screenings(rng, scanned[looked], bags["plain"].to_numpy()[looked], bags["hidden"].to_numpy(dtype=np.int64)[looked])
    scans = scans.assign(ship=looked[scans["ship"]])
    evaded = np.where(bags["typology"] == "bag_valuables", np.maximum(bags["true_usd"] - ALLOWANCE_USD, 0) * TAX_RATIO * KRW_PER_UNIT[0], 0)
    airport = np.array([route.airport for route in ROUTES])[bags["route"]]
    bags = bags.assign(
        evaded_krw=np.round(evaded), office=objects([one.office for one in AIRPORTS])[airport], shed=objects([one.hall for one in AIRPORTS])[airport])
    bags = choose(lot, bags, partial(weigh_bags, travellers, bags, suspicion(scans, len(bags))))
    inspected = scanned + rng.integers(900, 6_000, len(bags))
    return Bags(lot, bags.assign(t_inspected=np.where(bags["is_inspected"], inspected, NEVER)), scans, calendar)


def weigh_bags(travellers: Travellers, bags: pd.DataFrame, alarm: Floats, rng: np.random.Generator) -> dict[str, Floats]:
    """Weigh every bag for each way of choosing; `alarm` is how alarming its images are. All but the random one are biased, all are noisy."""
    count, who, route = len(bags), bags["traveller"].to_numpy(), bags["route"].to_numpy()
    drugs, luxury = np.array([one.drugs for one in ROUTES])[route], np.array([one.luxury for one in ROUTES])[route]
    past = np.log(travellers.propensity[who]) * chance(rng, 0.5, count)
    is_often, is_heavy = travellers.is_trader[who], bags["true_kg"].to_numpy() > 25
    noise = rng.normal(size=(count, 3))
    rule = 0.5 * drugs + 0.3 * luxury + 0.6 * is_often + 0.3 * is_heavy + 1.2 * alarm + 0.3 * noise[:, 0]
    officer = 2.6 * alarm + 0.3 * drugs + 0.4 * past + 0.5 * noise[:, 1]
    model = 2.6 * alarm + 0.3 * drugs + 0.3 * luxury + 0.7 * past + 0.3 * is_often
    return {
        "random": np.ones(count), "mandate": np.where(drugs > 2, 1.0, 0.001), "officer": np.exp(1.3 * officer), "rule": np.exp(1.3 * rule),
        "model": np.exp(1.5 * model + 0.4 * noise[:, 2]),
    }


def bag_posts(made: Bags) -> Iterator[Post]:
    """What airlines, scanners and officers send about them."""
    bags = made.bags
    yield from airlines(made)
    places = made.scans["ship"].to_numpy()
    scans = made.scans.assign(**{name: bags[column].to_numpy()[places] for name, column in OF_IMAGES.items()})
    yield from screener(made.lot, scans, ("xray_baggage", "canine"), "baggage", made.calendar)
    shown = bags.assign(subject_kind="baggage", subject_ref=bags["tag"], outcome_sign="IB")
    yield from officers(Filed(made.lot, shown.loc[shown["is_inspected"].to_numpy(dtype=bool), SUBJECT], bags, made.calendar))


def airlines(made: Bags) -> list[Post]:
    """Each bag when its flight has left, and again, completed by the traveller's declaration, when it is on the belt."""
    bags, calendar = made.bags, made.calendar
    rng = stream(made.lot.seed, "airlines")
    loaded = bags["t_departed"].to_numpy() + rng.integers(60, 900, len(bags))
    completed = bags["t_arrival"].to_numpy() + rng.integers(600, 2_400, len(bags))
    slots = Slots.of_lot(made.lot)
    # What lands together has no order: then the completed record is all there is.
    early = np.flatnonzero(slots.at(loaded) < slots.at(completed))
    rows = early.tolist()
    tags, flights = bags["tag"].tolist(), [ROUTES[place] for place in bags["route"].tolist()]
    kg, who = bags["true_kg"].tolist(), tokens(bags["traveller"].to_numpy())
    planned, arrived = calendar.iso(bags["t_planned"].to_numpy()), calendar.iso(bags["t_arrival"].to_numpy())
    said = [f'"declared":true,"declared_value_usd":{usd:.0f},' if told else '"declared":false,"declared_value_usd":0,'
            for told, usd in zip(bags["is_declared"].tolist(), bags["declared_usd"].tolist(), strict=True)]

    def text(row: int, at: str, told: str, extra: float = 0.0) -> str:
        return (f'{{"bag_tag":"{tags[row]}","flight":"{flights[row].flight}","arrived_at":"{at}+09:00","origin":"{flights[row].origin}",'
                f'"weight_kg":{kg[row] + extra:.1f},{told}"traveller_token":"{who[row]}"}}')

    def write_loaded(batch: Batch) -> list[str]:
        return [text(rows[place], planned[rows[place]], "") for place in batch.rows]

    def write_completed(batch: Batch) -> list[str]:
        extra = [0.5 if version == MISTAKEN else 0.0 for version in batch.versions]
        return [text(row, arrived[row], said[row], more) for row, more in zip(batch.rows, extra, strict=True)]

    # The airline's first word does not slip: late it would stand above the declaration.
    return [Post("baggage", "loaded", loaded[early], write_loaded, slips=frozenset(),
                 about=About([f"{tags[row]}|{planned[row][:10]}" for row in rows], early)),
            Post("baggage", "bags", completed, write_completed,
                 about=About([f"{tag}|{at[:10]}" for tag, at in zip(tags, arrived, strict=True)], np.arange(len(bags))))]


def write_truth(folder: Path, made: Bags) -> None:
    """Write what really was, for evaluation; the pipeline never reads it."""
    bags, end = made.bags, made.lot.days * DAY
    truth = pd.DataFrame({
        "bag_tag": bags["tag"], "arrived_on": [text[:10] for text in made.calendar.iso(bags["t_arrival"].to_numpy())],
        "typology": bags["typology"], "illicit": (bags["typology"] != "").astype(int), "look_alike": bags["is_look_alike"].astype(int),
        "inspected": (bags["t_inspected"] < end).astype(int),
        "true_value_usd": bags["true_usd"], "declared_value_usd": np.where(bags["is_declared"], bags["declared_usd"], 0.0),
        "weight_kg": bags["true_kg"], "evaded_krw": bags["evaded_krw"].astype(int), "shipment": made.lot.ids,
    })
    path = folder / f"bags-{made.lot.number:03d}.csv"
    path.write_bytes(truth.to_csv(index=False, lineterminator="\n").encode())
