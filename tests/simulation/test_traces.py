"""Cheats that only the cargo's way tells leave their traces in the feeds, honest accidents the same ones, and a share leaves none."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from read_back import records
from world_truth import scenario_with

from simulation.agents import make_agents
from simulation.lots import lots_of
from simulation.outbox import deliver
from simulation.scenario import Mess, Scenario
from simulation.senders import posts
from simulation.typologies import BY_NAME, TYPOLOGIES
from simulation.wire import Calendar
from simulation.world import make_lot

SHIPMENTS, DAYS, START = 600, 20, date(2026, 6, 1)


def only(name: str, illicit: float = 0.12) -> Scenario:
    weights = {typology.name: float(typology.name == name) for typology in TYPOLOGIES}
    return scenario_with(typologies=weights, illicit=illicit, inspected=0.9, mess=dict.fromkeys(Mess.model_fields, 0))


@dataclass
class Seen:
    """A lot as it really was, one row a full container that a shipment fills alone, and its feeds as read."""

    cargo: pd.DataFrame
    boxes: pd.DataFrame
    folder: Path

    def of(self, feed: str, key: str) -> dict[str, list[dict[str, Any]]]:
        told: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in records(self.folder, feed):
            if row[key]:
                told[row[key]].append(row)
        return told


def seen(folder: Path, name: str, *told_by: str, shipments: int = SHIPMENTS) -> Seen:
    """A world in which only one cheat is known, and some of what is told of it."""
    [lot] = lots_of(5, shipments, DAYS, START, only(name))
    happened = make_lot(make_agents(5, shipments), lot, Calendar.of(START, DAYS))
    deliver(folder, lot, (post for post in posts(happened) if post.name in told_by) if told_by else ())
    boxes = happened.boxes[(happened.boxes["is_full"]) & (happened.boxes["place"] == 0)]
    told = happened.cargo.iloc[boxes["ship"]].reset_index(drop=True)
    return Seen(happened.cargo, boxes.reset_index(drop=True).join(told[["typology", "is_look_alike", "load_port", "delivery_place", "t_released"]]), folder)


def share(found: list[bool]) -> float:
    assert len(found) > 15
    return sum(found) / len(found)


def near(name: str, found: float, much: float = 0.15) -> bool:
    return abs(1 - BY_NAME[name].hidden - found) < much


def test_a_swapped_seal_differs_at_discharge(tmp_path: Path) -> None:
    world = seen(tmp_path, "seal_swapped", "manifests", "discharges")
    loaded, landed = world.of("manifest", "master_bl"), world.of("terminal_event", "container_no")
    known = {one["container_no"]: {seal["seal_no"] for seal in one["seals"]} for rows in loaded.values() for row in rows for one in row["containers"]}
    differs: dict[str, list[bool]] = defaultdict(list)
    for _, box in world.boxes.iterrows():
        told = [row for row in landed[box["container_no"]] if row["event_kind"] == "discharge"]
        seals = {seal["seal_no"] for row in told for seal in row["seals"]}
        if seals and known.get(box["container_no"]):
            differs[box["typology"] or str(box["is_look_alike"])].append(bool(seals - known[box["container_no"]]))
    assert near("seal_swapped", share(differs["seal_swapped"]))
    assert not any(differs["False"]) and 0 < sum(differs["True"]) < len(differs["True"])


def test_honest_accidents_are_few_and_told(tmp_path: Path) -> None:
    world = seen(tmp_path, "undervalued", "events", shipments=1_200)
    odd = world.boxes[world.boxes["seal_landed"] != world.boxes["seal_loaded"]]
    assert len(odd) > 8 and odd["is_look_alike"].all()
    prefixes = [row for _, row in odd.iterrows() if row["seal_loaded"].endswith(row["seal_landed"])]
    assert 0 < len(prefixes) < len(odd)
    events = world.of("carrier_event", "equipment_reference")
    resealed = [row for _, row in odd.iterrows() if row["seal_landed"].startswith("KC") and row["container_no"] in events]
    assert resealed and all(row["seal_landed"] in {seal["number"] for event in events[row["container_no"]] if event["event_code"] == "RSEA"
                                                   for seal in event["seals"]} for row in resealed)
    picked = [row["unlocode"][:2] != box["load_port"][:2] for _, box in world.boxes.iterrows() for row in events[box["container_no"]]
              if row["empty_indicator_code"] == "EMPTY"]
    assert 0 < np.mean(picked) < 0.04


def test_a_diverted_container_leaves_early_or_for_elsewhere(tmp_path: Path) -> None:
    world = seen(tmp_path, "container_diverted", "manifests", "gate-outs")
    gates, places = world.of("terminal_event", "container_no"), world.of("manifest", "master_bl")
    delivered = {number: row["delivery_place"] for rows in places.values() for row in rows for number in row["container_nos"]}
    start = pd.Timestamp(START, tz="Asia/Seoul")
    odd: dict[str, list[bool]] = defaultdict(list)
    for _, box in world.boxes.iterrows():
        for row in gates[box["container_no"]]:
            if row["event_kind"] == "gate_out":
                is_early = row["event_at"] < start + pd.Timedelta(seconds=int(box["t_released"]) - 60)
                is_bonded = any(place["terminal_code"] for place in row["places"] if place["qualifier"] == "8")
                odd[box["typology"] or str(box["is_look_alike"])].append((is_early and not is_bonded) or row["destination"] != delivered[row["container_no"]])
    assert near("container_diverted", share(odd["container_diverted"]))
    assert not any(odd["False"])


def test_concealed_goods_show_in_scans_or_on_the_scales(tmp_path: Path) -> None:
    world = seen(tmp_path, "goods_concealed", "cargo-scans")
    scans = {row["subject_ref"]: row for row in records(tmp_path, "screening")}
    numbers = {row["container_no"]: row["typology"] for _, row in world.boxes.iterrows()}
    numbers |= {row["house_bl"]: row["typology"] for _, row in world.cargo[world.cargo["mode"] == 2].iterrows()}
    strange = {"false_wall", "density_anomaly", "organic_mass", "narcotic_like", "weapon", "currency"}
    shown: dict[str, list[bool]] = defaultdict(list)
    for ref, typology in numbers.items():
        if ref in scans:
            shown[typology].append(bool(strange & {one["label"] for one in scans[ref]["detections"] or []}))
    assert near("goods_concealed", share(shown["goods_concealed"]), 0.25)
    assert 0 < share(shown[""]) < 0.15
    over = world.boxes["vgm_kg"] - world.boxes["tare_kg"] - world.boxes["bill_kg"] > 0.028 * world.boxes["bill_kg"] + 150
    hiding = world.boxes["typology"] == "goods_concealed"
    assert 0.6 < over[hiding].mean() < 0.9 and over[~hiding & ~world.boxes["is_look_alike"]].mean() < 0.02


def test_covert_transshipment_shows_in_the_carriers_events_alone(tmp_path: Path) -> None:
    world = seen(tmp_path, "origin_transshipped", "manifests", "events")
    events, manifests = world.of("carrier_event", "equipment_reference"), world.of("manifest", "master_bl")
    loading = {number: row["loading_port"] for rows in manifests.values() for row in rows for number in row["container_nos"]}
    elsewhere: dict[str, list[bool]] = defaultdict(list)
    for _, box in world.boxes.iterrows():
        loads = sorted((row["event_at"], row["unlocode"]) for row in events[box["container_no"]] if row["event_code"] == "LOAD")
        if loads and box["container_no"] in loading:
            assert loading[box["container_no"]] == box["load_port"]
            elsewhere[box["typology"] or str(box["is_look_alike"])].append(loads[0][1][:2] != box["load_port"][:2])
    assert near("origin_transshipped", share(elsewhere["origin_transshipped"]))
    assert not any(elsewhere["False"]) and not any(elsewhere["True"])


@pytest.mark.parametrize("name", ["seal_swapped", "container_diverted", "goods_concealed", "origin_transshipped"])
def test_what_it_evades_is_worth_claiming(tmp_path: Path, name: str) -> None:
    world = seen(tmp_path, name)
    evaded = world.cargo.loc[world.cargo["typology"] == name, "evaded_krw"]
    assert len(evaded) > 50 and (evaded > 0).mean() > 0.9
