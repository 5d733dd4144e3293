"""The way of the cargo: ports, voyages, bills, containers and the numbers under which everybody knows it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.cargo import AIR, FCL, LCL
from simulation.draws import Ints, pick_rows, stream
from simulation.lots import Lot
from simulation.names import objects, spaced_serials
from simulation.places import AIR_CARRIERS, AIR_ENTRY, COUNTRIES, ENTRIES, INLAND_OFFICE, SEA_CARRIERS, SECTIONS

# Busan takes the ocean, Incheon and Pyeongtaek the Yellow Sea. Airports take no ships.
FAR, NEAR = (0.70, 0.22, 0.08), (0.45, 0.35, 0.20)
INLAND_BY_AIR, INLAND_BY_SEA = 0.08, 0.14
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
VALUES = dict(zip(LETTERS, [number for number in range(10, 40) if number % 11], strict=False))
BOX_KG = 26_000
# What a consolidated container and an air waybill hold at most.
BOX_LOOSE_KG, BOX_HOUSES, AIR_MASTER_KG, AIR_HOUSES = 16_000, 30, 3_000, 20


def check_digit(owner: str, serial: str) -> int:
    """Give the ISO 6346 check digit of an owner code with its category letter and a six-digit serial."""
    values = [VALUES[sign] if sign.isalpha() else int(sign) for sign in owner + serial]
    return sum(value << place for place, value in enumerate(values)) % 11 % 10


def route(agents: Agents, cargo: pd.DataFrame, lot: Lot) -> pd.DataFrame:
    """Add ports, carrier, voyage, bills, containers and the cargo control number."""
    rng = stream(lot.seed, "route")
    count = len(cargo)
    is_air = (cargo["mode"] == AIR).to_numpy()
    load = cargo["load_country"].to_numpy()
    near = np.array([country.code == "CN" for country in COUNTRIES])[load]
    entry = np.where(is_air, AIR_ENTRY, pick_rows(rng, np.where(near[:, None], NEAR, FAR)))
    lane = cargo["carrier_draw"].to_numpy()
    is_lcl = (cargo["mode"] == LCL).to_numpy()
    # Consolidators keep to one line and one port of a country for each port here, so that their containers fill.
    carrier = (load * 3 + np.where(is_lcl, entry, lane % 3)) % np.where(is_air, len(AIR_CARRIERS), len(SEA_CARRIERS))
    ports = np.array([[len(country.seas), len(country.airs)] for country in COUNTRIES])
    port = np.where(is_lcl, entry, lane // 8) % ports[load, is_air.astype(int)]
    sheds = np.array([len(place.sheds) for place in ENTRIES])[entry]
    draw = rng.integers(0, 99, count)
    is_inland = rng.random(count) < np.where(is_air, INLAND_BY_AIR, INLAND_BY_SEA)
    office = np.where(is_inland, INLAND_OFFICE, np.array([place.office for place in ENTRIES])[entry])
    section = np.array(SECTIONS)[cargo["importer"].to_numpy() % len(SECTIONS)]
    cargo = cargo.assign(entry=entry, carrier=carrier, port=port, office=objects(list(office)), section=objects(list(section)))
    cargo = _consolidated(_voyages(cargo, lot))
    master = cargo["master"].to_numpy()
    # Full containers wait at a terminal, the first of a port's sheds; a consolidation is unpacked at one of the others, airfreight at any.
    shed = np.select([cargo["mode"] == FCL, is_lcl], [0, 1 + draw[master] % (sheds - 1)], draw[master] % sheds)
    return _bills(agents, cargo.assign(shed=shed), lot)


def _voyages(cargo: pd.DataFrame, lot: Lot) -> pd.DataFrame:
    """Put the cargo of one carrier, entry port and day on one voyage and give it its manifest number (MRN)."""
    keys = cargo[["mode", "carrier", "entry", "arrival_day"]].copy()
    keys["mode"] = keys["mode"] == AIR
    voyages, voyage = np.unique(keys.to_numpy(dtype=np.int64), axis=0, return_inverse=True)
    numbers: list[str] = []
    crafts: list[str] = []
    for is_air, carrier, entry, day in voyages.tolist():
        line, arrives = (AIR_CARRIERS if is_air else SEA_CARRIERS)[carrier], lot.start + timedelta(days=day)
        # One call a day at each port: the day of the year and the port number a carrier's voyages.
        serial = 100 + arrives.timetuple().tm_yday * len(ENTRIES) + entry
        year = f"{arrives.year % 100:02d}"
        numbers.append(f"{year}{line.sign}{serial:06d}I" if is_air else f"{year}{line.sign}{serial:04d}I")
        crafts.append(f"{line.sign}{serial % 900 + 100}" if is_air else line.craft[serial % len(line.craft)])
    voyage = voyage.reshape(-1)
    return cargo.assign(voyage=voyage, mrn=objects(numbers)[voyage], craft=objects(crafts)[voyage])


def _consolidated(cargo: pd.DataFrame) -> pd.DataFrame:
    """Number the masters: a full container has one of its own, the rest of a voyage from one port shares them as far as they go."""
    is_full = (cargo["mode"] == FCL).to_numpy()
    keys = np.where(is_full[:, None], -1, cargo[["load_country", "port"]].to_numpy(dtype=np.int64))
    keys = np.column_stack([cargo["voyage"], np.where(is_full, np.arange(len(cargo)) + 1, 0), keys])
    _, group = np.unique(keys, axis=0, return_inverse=True)
    group = group.reshape(-1)
    most_kg, most = (np.where(cargo["mode"] == AIR, *limits) for limits in ((AIR_MASTER_KG, BOX_LOOSE_KG), (AIR_HOUSES, BOX_HOUSES)))
    held = cargo.groupby(group)["gross_kg"].cumsum().to_numpy() // most_kg
    counted = cargo.groupby(group).cumcount().to_numpy() // most
    parts = np.column_stack([cargo["voyage"], group, np.where(is_full, 0, held), np.where(is_full, 0, counted)])
    masters, master = np.unique(parts.astype(np.int64), axis=0, return_inverse=True)
    first = np.searchsorted(masters[:, 0], masters[:, 0], side="left")
    master = master.reshape(-1)
    return cargo.assign(master=master, msn=(np.arange(len(masters)) - first + 1)[master])


def _bills(agents: Agents, cargo: pd.DataFrame, lot: Lot) -> pd.DataFrame:
    """Number masters within a voyage and houses within a master."""
    rng = stream(lot.seed, "bills")
    count, master = len(cargo), cargo["master"].to_numpy()
    masters = int(master.max()) + 1
    hsn = cargo.groupby(master).cumcount().to_numpy() + 1
    mrn = cargo["mrn"].tolist()
    control = [f"{number}{m:04d}{h:04d}" for number, m, h in zip(mrn, cargo["msn"].tolist(), hsn.tolist(), strict=True)]
    signs = agents.forwarders["sign"].to_numpy()[cargo["forwarder"]].tolist()
    serials = spaced_serials(rng, count, *lot.numbers(1_000_000, 10_000_000)).tolist()
    return cargo.assign(
        master_bl=objects(_masters(cargo, master, spaced_serials(rng, masters, *lot.numbers(1_000_000, 9_900_000)).tolist()))[master],
        house_bl=[f"{sign}{number[:2]}{serial}" for sign, number, serial in zip(signs, mrn, serials, strict=True)],
        cargo_control_no=control,
        containers=objects(_containers(cargo, master, lot)),
    )


def _masters(cargo: pd.DataFrame, master: Ints, serials: list[int]) -> list[str]:
    """Give each master bill its number: airlines' with the usual modulus 7 digit, lines' with their sign."""
    first = np.zeros(len(serials), dtype=np.int64)
    first[master[::-1]] = np.arange(len(master))[::-1]
    rows = cargo[["mode", "carrier", "load_country", "port"]].to_numpy(dtype=np.int64)[first].tolist()
    bills = []
    for serial, (mode, carrier, country, port) in zip(serials, rows, strict=True):
        if mode == AIR:
            bills.append(f"{AIR_CARRIERS[carrier].prefix}{serial % 10_000_000:07d}{serial % 10_000_000 % 7}")
        else:
            bills.append(f"{SEA_CARRIERS[carrier].sign}{COUNTRIES[country].seas[port].code[2:]}{serial}")
    return bills


def _containers(cargo: pd.DataFrame, master: Ints, lot: Lot) -> list[list[str]]:
    """Give each shipment by sea its containers; houses of one consolidation share one."""
    boxes = np.where(cargo["mode"] == FCL, np.ceil(cargo["gross_kg"] / BOX_KG), 1).astype(int).tolist()
    offset, _ = lot.numbers(0, 1_000_000)
    shared: dict[int, list[str]] = {}
    used = 0
    containers: list[list[str]] = []
    rows = zip(cargo["mode"].tolist(), cargo["carrier"].tolist(), master.tolist(), boxes, strict=True)
    for mode, carrier, bill, many in rows:
        if mode == AIR:
            containers.append([])
            continue
        if mode == LCL and bill in shared:
            containers.append(shared[bill])
            continue
        owner = SEA_CARRIERS[carrier].prefix + "U"
        serials = [f"{(offset + (used + step) * 7919) % 1_000_000:06d}" for step in range(many)]
        used += many
        shared[bill] = [f"{owner}{serial}{check_digit(owner, serial)}" for serial in serials]
        containers.append(shared[bill])
    return containers
