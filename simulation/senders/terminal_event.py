"""Port terminals tell what they did with containers: discharge and loading (COARRI), gate-out (CODECO), stowage (BAPLIE)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from simulation.draws import Ints, chance, groups_of, stream
from simulation.edi import ORIGINAL, REPLACEMENT, at_minute, interchange, main_carriage
from simulation.happened import Happened, Record
from simulation.ledger import CONTAINER, About, members
from simulation.names import objects
from simulation.outbox import CORRECTED, CORRECTION, MISTAKEN, SLIPS, Batch, Post
from simulation.places import SEA_CARRIERS, TERMINALS
from simulation.timing import HOUR
from simulation.traces import SEAL_INSPECTED
from simulation.vessels import VESSELS, Vessel, feeder

# Terminals abroad that tell what they load.
PARTNERS = frozenset({"SGSIN", "HKHKG", "VNSGN", "THLCH", "USLAX", "JPOSA", "DEHAM", "ESVLC"})
HAULIERS = ("GNSH", "MRUT", "NRTR", "SNLG")
# Message and what its document names: 44 discharge, 46 load, 36 gate-out, none for a stowage plan.
Form = tuple[str, str]
_DISCHARGE, _LOAD, _GATE_OUT, _STOWAGE = (("COARRI:D:95B:UN:ITG13", "44"), ("COARRI:D:95B:UN:ITG13", "46"),
                                          ("CODECO:D:95B:UN:ITG13", "36"), ("BAPLIE:D:95B:UN:SMDG20", ""))
_BLOCK = 2 * HOUR
_PLANNED = 0.15
Write = Callable[[Record, list[Record], list[str]], list[str]]
Carried = Callable[[Record, list[Record]], Vessel]


def terminals(happened: Happened) -> list[Post]:
    """Discharges and gate-outs in Korea, loadings at partner terminals abroad, and a stowage plan now and then."""
    boxes, cargo = happened.boxes, happened.cargo
    ship = boxes["ship"].to_numpy()
    voyage, entry = (cargo[name].to_numpy(dtype=np.int64)[ship] for name in ("voyage", "entry"))
    rng, count = stream(happened.lot.seed, "terminals"), len(boxes)
    lag = (rng.uniform(0.1, 1.5, count) * HOUR).astype(np.int64)
    at = {name: boxes[name].to_numpy(dtype=np.int64) for name in ("t_discharge", "t_gate_out", "t_load", "t_hub_load", "t_arrival")}
    landed = groups_of(voyage, at["t_discharge"] // _BLOCK)
    left = groups_of(entry, at["t_gate_out"] // (HOUR // 2))
    posts = [_post(happened, "discharges", "D", _DISCHARGE, landed, at["t_discharge"], lag, _discharged, _mother),
             _post(happened, "gate-outs", "G", _GATE_OUT, left, at["t_gate_out"], lag // 6, _gated_out)]
    for name, mark, port, when, is_first in (("loads", "L", "origin_port", "t_load", True), ("reloads", "R", "hub_port", "t_hub_load", False)):
        told = np.flatnonzero(boxes[port].isin(PARTNERS).to_numpy())
        sails = groups_of(voyage[told], *_numbered(boxes[port].to_numpy()[told]), at[when][told] // _BLOCK)
        loaded = [[int(told[place]) for place in group] for group in sails]
        # What was loaded before the period began is told as it begins.
        posts.append(_post(happened, name, mark, _LOAD, loaded, at[when], lag, partial(_loaded, port, is_first),
                           partial(_carrier, is_first), is_backlog=True))
    planned = [group for group, is_sent in zip(groups_of(voyage), chance(rng, _PLANNED, count), strict=False) if is_sent]
    ahead = -(rng.uniform(6, 24, count) * HOUR).astype(np.int64)
    return [*posts, _post(happened, "stowage", "B", _STOWAGE, planned, at["t_arrival"], ahead, _stowed, _mother)]


def _numbered(ports: np.ndarray) -> tuple[Ints, ...]:
    return (np.unique(ports.astype(str), return_inverse=True)[1].reshape(-1),) if len(ports) else (np.zeros(0, dtype=np.int64),)


def _post(happened: Happened, name: str, mark: str, form: Form, groups: list[list[int]], at: Ints, lag: Ints, write: Write,
          vessel: Carried | None = None, is_backlog: bool = False) -> Post:
    """One message a group of containers, sent when the last of them was handled; nobody corrects a plan, the next one replaces it."""
    boxes, shipments, calendar = happened.containers, happened.shipments, happened.calendar
    firsts = [group[0] for group in groups]
    leaves = np.array([at[group].max() for group in groups], dtype=np.int64) + lag[firsts]
    leaves = np.maximum(leaves, lag[firsts]) if is_backlog else leaves
    minutes, (message, code) = calendar.minutes(at), form

    def texts(batch: Batch) -> list[str]:
        said = []
        for place, version, issued in zip(batch.rows, batch.versions, calendar.minutes(batch.issued), strict=True):
            group = groups[place]
            told = [boxes[row] | {"minute": minutes[row]} for row in group]
            if version == MISTAKEN:
                told[0] = told[0] | {name: int(told[0][name] * 1.1) for name in ("vgm_kg", "weighed_kg")}
            first = shipments[told[0]["ship"]]
            reference = f"{mark}{happened.lot.number:03d}{place:07d}"
            function = REPLACEMENT if version == CORRECTED else ORIGINAL
            body = write(first, told, [shipments[box["ship"]]["master_bl"] for box in told])
            body = [f"BGM+{code}+{reference}+{function}", at_minute("137", issued), *body]
            sender = TERMINALS[first["entry"]] if mark in "DG" else first["carrier_sign"] if mark == "B" else told[0]["origin_port"]
            said.append(interchange(message, sender, "KRCUSTOMS", issued, reference, body))
        return said

    names = [f"{mark}{place:07d}" for place in range(len(groups))]
    many = np.array([len(group) for group in groups], dtype=np.int64)
    # A plan has its own time alone.
    issued = calendar.minutes(leaves)
    keys = [f"{mark}{happened.lot.number:03d}{place:07d}|1|{boxes[row]['container_no']}|{minutes[row] if code else issued[place]}"
            for place, group in enumerate(groups) for row in group]
    sailed = [vessel(shipments[boxes[group[0]]["ship"]], [boxes[row] for row in group]).party if vessel else "" for group in groups]
    master = happened.boxes["master"].to_numpy(dtype=np.int64)[[row for group in groups for row in group]]
    of, shipment = members(happened.cargo["master"].to_numpy(dtype=np.int64), master)
    about = About(keys, shipment, of, CONTAINER, np.repeat(np.arange(len(groups)), many), parties={"vessel": np.repeat(objects(sailed), many)})
    return Post("terminal_event", name, leaves, texts, names, ".edi", many, SLIPS if code else SLIPS - {CORRECTION}, about=about)


def _mother(first: Record, boxes: list[Record]) -> Vessel:
    """The vessel that brings containers to Korea."""
    return VESSELS[first["craft"]]


def _carrier(is_first: bool, first: Record, boxes: list[Record]) -> Vessel:
    """The vessel that takes containers from a terminal abroad: the first of two where they are transhipped."""
    return feeder(first["craft"]) if is_first and boxes[0]["hub_port"] else VESSELS[first["craft"]]


def _discharged(first: Record, boxes: list[Record], bills: list[str]) -> list[str]:
    """Discharge: from the vessel at a Korean terminal."""
    said = [
        main_carriage(first["voyage_no"], first["carrier_sign"], VESSELS[first["craft"]], first["flag"]),
        f"LOC+11+{first['locode']}:139:6+{TERMINALS[first['entry']]}:TER:ZZZ", f"NAD+CF+{first['carrier_sign']}:160:166",
    ]
    for box, bill in zip(boxes, bills, strict=True):
        said += [*_equipment(box, bill, "3"), f"LOC+9+{box['hub_port'] or first['load_port']}:139:6",
                 f"LOC+147+{_position(box)}::5", *_masses(box)]
        if box["is_weighed"]:
            said += [f"MEA+AAE+G+KGM:{box['weighed_kg']}", "FTX+AAI+++GROSS BY WEIGHBRIDGE"]
        said += _landed_seals(box)
        if box["seal_trace"] == SEAL_INSPECTED:
            said.append("FTX+AAI+++SEAL REPLACED AT TRANSHIPMENT")
    return [*said, f"CNT+16:{len(boxes)}"]


def _loaded(port: str, is_first: bool, first: Record, boxes: list[Record], bills: list[str]) -> list[str]:
    """Load: onto a vessel at a partner's terminal abroad."""
    said = [
        main_carriage(first["voyage_no"], first["carrier_sign"], _carrier(is_first, first, boxes), first["flag"]),
        f"LOC+9+{boxes[0][port]}:139:6", f"NAD+CF+{first['carrier_sign']}:160:166",
    ]
    for box, bill in zip(boxes, bills, strict=True):
        onward = box["hub_port"] if is_first and box["hub_port"] else first["locode"]
        said += [*_equipment(box, bill, "2" if is_first else "6"), f"LOC+11+{onward}:139:6", *_masses(box)]
        said += [f"SEL+{box['seal_loaded']}+CA", *([f"SEL+{box['seal_second']}+SH"] if box["seal_second"] else [])]
    return [*said, f"CNT+16:{len(boxes)}"]


def _gated_out(first: Record, boxes: list[Record], bills: list[str]) -> list[str]:
    """Gate-out: out of the gate on a truck, over a weighbridge for most."""
    terminal = f"{first['locode']}:139:6+{TERMINALS[first['entry']]}:TER:ZZZ"
    said = [f"LOC+165+{terminal}"]
    for box, bill in zip(boxes, bills, strict=True):
        bonded = f"+{box['gate_shed']}:TER:ZZZ" if box["gate_shed"] else ""
        said += [f"EQD+CN+{box['container_no']}+{box['size_type']}:102:5++3+5", f"RFF+BM:{bill}", at_minute("7", box["minute"]),
                 f"LOC+165+{terminal}", f"LOC+8+{box['gate_place']}:139:6{bonded}"]
        said += [f"NAD+CF+{box['container_no'][:3]}:160:166"]
        said += [] if box["ship"] % 4 == 3 else [f"MEA+AAE+G+KGM:{box['weighed_kg']}"]
        said += [*_landed_seals(box), f"TDT+1++3+31+{HAULIERS[box['ship'] % len(HAULIERS)]}:172+++{box['truck']}:146"]
    return [*said, f"CNT+16:{len(boxes)}"]


def _stowed(first: Record, boxes: list[Record], bills: list[str]) -> list[str]:
    """Stowage: where each container stands on board."""
    said = [
        main_carriage(first["voyage_no"], first["carrier_sign"], VESSELS[first["craft"]], first["flag"]), f"LOC+61+{first['locode']}:139:6",
    ]
    for box, bill in zip(boxes, bills, strict=True):
        said += [f"LOC+147+{_position(box)}::5", f"MEA+WT++KGM:{box['vgm_kg']}", f"LOC+9+{box['hub_port'] or box['origin_port']}:139:6",
                 f"LOC+11+{first['locode']}:139:6", f"RFF+BM:{bill}", f"EQD+CN+{box['container_no']}+{box['size_type']}+++5",
                 f"NAD+CA+{SEA_CARRIERS[first['carrier']].prefix}:172:20"]
    return said


def _equipment(box: Record, bill: str, status: str) -> list[str]:
    return [f"EQD+CN+{box['container_no']}+{box['size_type']}:102:5++{status}+5", f"RFF+BM:{bill}", at_minute("203", box["minute"])]


def _masses(box: Record) -> list[str]:
    return [f"MEA+AAE+T+KGM:{box['tare_kg']}", f"MEA+AAE+VGM+KGM:{box['vgm_kg']}"]


def _landed_seals(box: Record) -> list[str]:
    """The seals as a terminal in Korea reads them."""
    if not box["is_seal_read"]:
        return []
    return [f"SEL+{box['seal_landed']}+{box['seal_setter']}", *([f"SEL+{box['seal_second']}+SH"] if box["seal_second"] else [])]


def _position(box: Record) -> str:
    """Bay, row and tier."""
    place = box["ship"] * 7 + box["place"]
    return f"{place % 38 * 2 + 2:03d}{place % 13:02d}{82 + place % 5 * 2:02d}"
