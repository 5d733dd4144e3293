"""Ocean carriers tell where containers are (DCSA Track & Trace), some by version 2.2, some by 3.0, and one not at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from simulation.draws import Ints, groups_of, stream
from simulation.happened import Happened, Record
from simulation.ledger import CONTAINER, MASTER, About, members
from simulation.names import objects
from simulation.outbox import MISTAKEN, Batch, Post
from simulation.timing import HOUR
from simulation.traces import SEAL_INSPECTED
from simulation.tracking_json import (
    ARRIVES,
    DEPARTS,
    DISCHARGED,
    GATE_IN,
    GATE_OUT,
    LOADED,
    RESEALED,
    Told,
    Trip,
    flat,
    nested,
)
from simulation.vessels import VESSELS, feeder

NEW_VERSION = frozenset({"SONX", "NRXE", "OVQL"})
SILENT = frozenset({"BLKW"})
SAILED, TRANSHIPPED, EXPECTED, LANDED, TAKEN = range(5)
_STAGES = ("sailed", "transhipped", "expected", "landed", "taken")
_TIMES = ("t_pick_up", "t_gate_in", "t_load", "t_depart", "t_hub_discharge", "t_hub_load", "t_hub_depart", "t_eta", "t_arrival",
          "t_discharge", "t_gate_out")


def trackers(happened: Happened) -> list[Post]:
    """Messages by bill: when it has sailed, is transhipped, expected, landed and taken from the terminal."""
    boxes, shipments, containers = happened.boxes, happened.shipments, happened.containers
    bills = [group for group in groups_of(boxes["master"]) if shipments[containers[group[0]]["ship"]]["carrier_sign"] not in SILENT]
    trips = [_trip(shipments[containers[group[0]]["ship"]]) for group in bills]
    leaves, stage, bill = _pushes(happened, bills)
    zone = [-9 * HOUR if trip.carrier in NEW_VERSION else 0 for trip in trips]
    of_box = np.zeros(len(boxes), dtype=np.int64)
    for group, shift in zip(bills, zone, strict=True):
        of_box[group] = shift
    ends = ("+09:00", "Z")
    times = {name: happened.calendar.iso(boxes[name].to_numpy(dtype=np.int64) + of_box) for name in _TIMES}
    told = [list(_events(happened, kind, bills[place], times, "")) for kind, place in zip(stage, bill, strict=True)]
    many = np.array([len(events) for events in told], dtype=np.int64)
    about = _about(happened, told, np.array([containers[bills[place][0]]["master"] for place in bill], dtype=np.int64))

    def write(batch: Batch) -> list[str]:
        shift = np.array([zone[bill[row]] for row in batch.rows], dtype=np.int64)
        texts = []
        for row, version, at in zip(batch.rows, batch.versions, happened.calendar.iso(batch.issued + shift), strict=True):
            trip, is_new = trips[bill[row]], zone[bill[row]] != 0
            events = list(_events(happened, stage[row], bills[bill[row]], times, ends[is_new]))
            if version == MISTAKEN:
                events[0] = events[0]._replace(at=_next_day(events[0].at))
            texts.append((nested if is_new else flat)(trip, events, at + ends[is_new]))
        return texts

    names = [f"{trips[place].master_bl}-{_STAGES[kind]}" for kind, place in zip(stage, bill, strict=True)]
    return [Post("carrier_event", "events", leaves, write, names, ".json", many, about=about)]


def _about(happened: Happened, told: list[list[Told]], master: Ints) -> About:
    """A container's events are about all that it holds, a vessel's about all under the bill."""
    message = np.repeat(np.arange(len(told)), [len(events) for events in told])
    events = [event for message in told for event in message]
    of, shipment = members(happened.cargo["master"].to_numpy(dtype=np.int64), master[message])
    return About([event.event_id for event in events], shipment, of, objects([CONTAINER if event.box else MASTER for event in events]), message,
                 parties={"vessel": [event.vessel.party if event.vessel else "" for event in events]})


def _trip(row: Record) -> Trip:
    return Trip(row["master_bl"], row["carrier_sign"], row["voyage_no"], row["flag"])


def _next_day(at: str) -> str:
    """A slip of the day: the 28th and what follows become the 1st."""
    day = int(at[8:10])
    return f"{at[:8]}{day % 28 + 1:02d}{at[10:]}"


def _pushes(happened: Happened, bills: list[list[int]]) -> tuple[Ints, list[int], list[int]]:
    """When each message leaves, its stage and its bill; what was known before the period began is told as it begins."""
    boxes, rng = happened.boxes, stream(happened.lot.seed, "trackers")
    last = {name: np.array([boxes[name].to_numpy(dtype=np.int64)[group].max() for group in bills], dtype=np.int64)
            for name in ("t_depart", "t_hub_depart", "t_arrival", "t_discharge", "t_gate_out")}
    lag = (rng.uniform(0.3, 6, (len(_STAGES), len(bills))) * HOUR).astype(np.int64)
    ahead = (rng.uniform(16, 48, len(bills)) * HOUR).astype(np.int64)
    sailed = last["t_depart"] + lag[SAILED]
    moments = (sailed, last["t_hub_depart"] + lag[TRANSHIPPED], np.maximum(sailed, last["t_arrival"] - ahead),
               last["t_discharge"] + lag[LANDED], last["t_gate_out"] + lag[TAKEN])
    hubs = boxes["hub_port"].tolist()
    is_hubbed = np.array([bool(hubs[group[0]]) for group in bills], dtype=bool)
    leaves, stages, places = [], [], []
    for stage, moment in enumerate(moments):
        told = np.flatnonzero(is_hubbed) if stage == TRANSHIPPED else np.arange(len(bills))
        leaves.append(np.maximum(moment, lag[stage])[told])
        stages += [stage] * len(told)
        places += told.tolist()
    return np.concatenate(leaves), stages, places


def _events(happened: Happened, stage: int, group: list[int], times: dict[str, list[str]], end: str) -> Iterator[Told]:
    """The events of a bill's containers at a stage; the vessel's own stand for all of them."""
    boxes, first = [(row, happened.containers[row]) for row in group], happened.shipments[happened.containers[group[0]]["ship"]]
    mother, (lead, one) = VESSELS[first["craft"]], boxes[0]
    vessel = feeder(first["craft"]) if one["hub_port"] and stage == SAILED else mother

    def told(kind: int, row: int, code: str, when: str, place: str, box: Record | None = None, **more: object) -> Told:
        number = f"{happened.lot.number:08x}-a{stage:01x}{kind:02x}-4000-8000-{row:012x}"
        return Told(number, code, times[when][row] + end, place, box, **more)  # type: ignore[arg-type]

    if stage == SAILED:
        for row, box in boxes:
            yield told(0, row, GATE_OUT, "t_pick_up", box["pick_up_port"], box, is_empty=True)
            yield told(1, row, GATE_IN, "t_gate_in", box["origin_port"], box)
            yield told(2, row, LOADED, "t_load", box["origin_port"], box, vessel=vessel, seals=_seals(box))
        yield told(3, lead, DEPARTS, "t_depart", one["origin_port"], vessel=vessel)
    elif stage == TRANSHIPPED:
        for row, box in boxes:
            yield told(0, row, DISCHARGED, "t_hub_discharge", one["hub_port"], box, vessel=feeder(first["craft"]))
            if box["seal_trace"] == SEAL_INSPECTED:
                yield told(1, row, RESEALED, "t_hub_load", one["hub_port"], box, seals=((box["seal_landed"], "CU"),))
            yield told(2, row, LOADED, "t_hub_load", one["hub_port"], box, vessel=mother)
        yield told(3, lead, DEPARTS, "t_hub_depart", one["hub_port"], vessel=mother)
    elif stage == EXPECTED:
        yield told(0, lead, ARRIVES, "t_eta", first["locode"], vessel=mother, is_expected=True)
    elif stage == LANDED:
        yield told(0, lead, ARRIVES, "t_arrival", first["locode"], vessel=mother)
        for row, box in boxes:
            yield told(1, row, DISCHARGED, "t_discharge", first["locode"], box, vessel=mother)
    else:
        for row, box in boxes:
            yield told(0, row, GATE_OUT, "t_gate_out", first["locode"], box)


def _seals(box: Record) -> tuple[tuple[str, str], ...]:
    """The seals as the carrier knows them at loading."""
    if not box["is_seal_told"]:
        return ()
    own = ((box["seal_loaded"], "CA"),)
    return (*own, (box["seal_second"], "SH")) if box["seal_second"] else own
