"""The way of a container: where it was picked up and loaded, transhipped, discharged and taken, and when, in seconds."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.cargo import LCL
from simulation.draws import Bools, Floats, Ints, Texts, chance, stream
from simulation.lots import Lot
from simulation.names import objects
from simulation.places import COUNTRIES, DELIVERY_PLACES, ENTRIES
from simulation.timing import DAY, HOUR
from simulation.traces import GATE_BONDED, GATE_EARLY, GATE_ELSEWHERE, GATE_USUAL, SEAL_INSPECTED

TRANSIT_DAYS = {"CN": 2, "JP": 2, "TW": 3, "HK": 4, "VN": 7, "TH": 9, "MY": 9, "SG": 8, "ID": 11, "IN": 16, "AU": 15,
                "US": 15, "CL": 31, "DE": 34, "IT": 33, "FR": 33, "ES": 32}
FLIGHT_HOURS = {"CN": 2, "JP": 2, "TW": 3, "HK": 4, "VN": 5, "TH": 6, "MY": 6, "SG": 6, "ID": 7, "IN": 8, "AU": 10, "US": 13,
                "CL": 27, "DE": 11, "IT": 12, "FR": 12, "ES": 13}
TRANSIT: Floats = np.array([TRANSIT_DAYS[country.code] for country in COUNTRIES], dtype=np.float64)
HUB_PORTS = ("SGSIN", "HKHKG", "TWKHH", "CNSHA")


def add_passage(lot: Lot, cargo: pd.DataFrame, boxes: pd.DataFrame) -> pd.DataFrame:
    """Add to containers the places and times of their way."""
    rng = stream(lot.seed, "passage")
    ship = boxes["ship"].to_numpy()
    boxes = _abroad(rng, boxes, cargo.iloc[ship])
    return _ashore(rng, boxes, cargo)


def _abroad(rng: np.random.Generator, boxes: pd.DataFrame, of: pd.DataFrame) -> pd.DataFrame:
    """Places and times up to the arrival; `of` holds the shipment of each container."""
    count = len(boxes)
    load, first = of["load_country"].to_numpy(), of["first_country"].to_numpy()
    is_elsewhere = (first >= 0) & (first != load)
    first = np.where(is_elsewhere, first, load)
    # Containers that one ship took on in one port sail together.
    _, sail = np.unique(of[["voyage", "load_country", "port"]].to_numpy(dtype=np.int64), axis=0, return_inverse=True)
    _, bill = np.unique(boxes["master"].to_numpy(), return_inverse=True)
    sail, bill = sail.reshape(-1), bill.reshape(-1)
    transit = TRANSIT[load] * rng.uniform(0.9, 1.12, count)[sail]
    is_hubbed = chance(rng, 0.40, count)[sail] & (transit > 12) | chance(rng, 0.12, count)[sail] & (transit > 5)
    is_hubbed = is_elsewhere | is_hubbed | (of["seal_trace"] == SEAL_INSPECTED).to_numpy()
    load_port, draw = of["load_port"].tolist(), rng.integers(0, 1 << 20, count)
    origin = [COUNTRIES[country].seas[0].code if other else port
              for country, other, port in zip(first.tolist(), is_elsewhere.tolist(), load_port, strict=True)]
    hub = [_hub(*row) for row in zip(is_hubbed.tolist(), is_elsewhere.tolist(), load_port, draw[sail].tolist(), strict=True)]
    empty = of["empty_country"].tolist()
    pick_up = [COUNTRIES[country].seas[0].code if country >= 0 else port for country, port in zip(empty, origin, strict=True)]
    arrival = of["t_arrival"].to_numpy()
    # From a hub on it is part of the way; what is loaded elsewhere comes to the papers' port first.
    last_leg = np.where(is_hubbed & ~is_elsewhere, 0.4, 1.0) * transit
    first_leg = np.where(is_elsewhere, rng.uniform(2, 6, count)[bill], 0.6 * transit)
    hub_depart = arrival - _seconds(last_leg * DAY)
    hub_load = hub_depart - _seconds(rng.uniform(3, 10, count)[bill] * HOUR)
    hub_discharge = hub_load - _seconds(rng.uniform(1, 6, count)[bill] * DAY)
    depart = np.where(is_hubbed, hub_discharge - _seconds(first_leg * DAY), hub_depart)
    loaded = depart - _seconds(rng.uniform(2, 11, count) * HOUR)
    gate_in = loaded - _seconds(rng.uniform(10, 80, count) * HOUR)
    return boxes.assign(
        origin_port=objects(origin), hub_port=objects(hub), pick_up_port=objects(pick_up),
        t_pick_up=gate_in - _seconds(rng.uniform(14, 110, count) * HOUR), t_gate_in=gate_in, t_load=loaded, t_depart=depart,
        t_hub_discharge=hub_discharge, t_hub_load=hub_load, t_hub_depart=hub_depart, t_arrival=arrival,
        t_eta=arrival + _seconds(rng.normal(0, 3, count)[sail] * HOUR),
    )


def _hub(is_hubbed: bool, is_elsewhere: bool, load_port: str, draw: int) -> str:
    """The port of transhipment, empty where there is none: the papers' own port where goods came from elsewhere."""
    if not is_hubbed:
        return ""
    if is_elsewhere:
        return load_port
    ports = [port for port in HUB_PORTS if port[:2] != load_port[:2]]
    return ports[draw % len(ports)]


def _ashore(rng: np.random.Generator, boxes: pd.DataFrame, cargo: pd.DataFrame) -> pd.DataFrame:
    """Discharge and gate-out, and where the truck goes."""
    count, ship, master = len(boxes), boxes["ship"].to_numpy(), boxes["master"].to_numpy()
    earliest = np.full(int(cargo["master"].max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(earliest, cargo["master"].to_numpy(), cargo["t_carried_in"].to_numpy(dtype=np.int64))
    arrival, carried_in = boxes["t_arrival"].to_numpy(), earliest[master]
    discharge = arrival + _seconds((carried_in - arrival) * rng.uniform(0.25, 0.7, count))
    released, out = (cargo[name].to_numpy(dtype=np.int64)[ship] for name in ("t_released", "t_out"))
    place = boxes["place"].to_numpy()
    usual = np.maximum(released + 120 + 60 * place, out - 100 - _seconds(place * rng.uniform(600, 1500, count)))
    unpacked = discharge + _seconds((carried_in - discharge) * rng.uniform(0.2, 0.7, count))
    waiting = carried_in + _seconds((released - carried_in) * rng.uniform(0.2, 0.7, count))
    night = waiting // DAY * DAY + _seconds(rng.uniform(1, 4.5, count) * HOUR)
    early = np.where((night > discharge) & (night < released - HOUR), night, waiting)
    gate = np.where(place == 0, cargo["gate_trace"].to_numpy()[ship], GATE_USUAL)
    is_shared = (cargo["mode"] == LCL).to_numpy()[ship]
    gate_out = np.select([is_shared, gate == GATE_EARLY, gate == GATE_BONDED], [unpacked, early, waiting], usual)
    told, sheds = cargo["delivery_place"].to_numpy()[ship], cargo["shed_code"].to_numpy()[ship]
    draw = rng.integers(0, 1 << 20, (count, 3))
    return boxes.assign(
        t_discharge=discharge, t_gate_out=gate_out,
        gate_place=_gate_places(told, gate == GATE_ELSEWHERE, draw[:, 0]),
        gate_shed=_gate_sheds(cargo["entry"].to_numpy()[ship], sheds, is_shared, gate == GATE_BONDED),
        truck=objects([f"{city}{80 + first % 20}A{1000 + second % 9000}" for city, first, second in zip(
            np.array(("BUSAN", "INCHEON", "GYEONGGI", "ICN"))[cargo["entry"].to_numpy()[ship]].tolist(),
            draw[:, 1].tolist(), draw[:, 2].tolist(), strict=True)]),
    )


def _gate_places(told: Texts, is_elsewhere: Bools, draw: Ints) -> Texts:
    """Where the truck goes: the place of delivery, or for some another one."""
    places = list(told)
    for row in np.flatnonzero(is_elsewhere).tolist():
        others = [place for place in DELIVERY_PLACES if place != places[row]]
        places[row] = others[int(draw[row]) % len(others)]
    return objects(places)


def _gate_sheds(entry: Ints, sheds: Texts, is_shared: Bools, is_bonded: Bools) -> Texts:
    """The bonded shed the truck goes to, empty where it goes to the importer."""
    found = []
    for port, shed, shared, bonded in zip(entry.tolist(), sheds.tolist(), is_shared.tolist(), is_bonded.tolist(), strict=True):
        found.append(shed if shared else ENTRIES[port].sheds[-1][0] if bonded else "")
    return objects(found)


def _seconds(values: Floats) -> Ints:
    return np.round(values).astype(np.int64)
