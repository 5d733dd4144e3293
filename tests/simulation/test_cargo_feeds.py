"""What the senders of cargo write is what the feeds' readers take, and tells one story."""

import json
from collections import defaultdict
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from read_back import records, tally, unexpected
from world_truth import scenario_with

from jobs.walk import Walk
from lakehouse.lake import Lake
from lakehouse.ops import FILE
from lakehouse.settings import load_settings
from simulation.scenario import Mess
from simulation.typologies import BY_NAME as TYPOLOGIES
from simulation.world import simulate

FEEDS = ("air_waybill", "cargo_progress", "carrier_event", "declaration", "manifest", "outcome", "screening", "terminal_event")
ROUGH = scenario_with(half_hours=2, mess={"late": 0.04, "twice": 0.03, "corrected": 0.03, "cut": 0.03})
SMOOTH = scenario_with(mess=dict.fromkeys(Mess.model_fields, 0))


class World:
    """A landing and its records by feed, each feed read once."""

    def __init__(self, folder: Path, shipments: int, days: int, scenario: Any) -> None:
        self.folder = folder
        simulate(folder, shipments, days, 23, scenario=scenario)
        self.tally: dict[str, dict[str, int]] = json.loads((folder / "truth/counts.json").read_text(encoding="utf-8"))
        self.read = cache(lambda feed: records(folder, feed))

    def taken(self, feed: str) -> list[dict[str, Any]]:
        return [row for row in self.read(feed) if not row["refusal"]]


@pytest.fixture(scope="module")
def rough(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("rough"), 300, 9, ROUGH)


@pytest.fixture(scope="module")
def smooth(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("smooth"), 400, 12, SMOOTH)


def test_every_sender_of_cargo_sends(rough: World) -> None:
    assert set(FEEDS) <= set(rough.tally)


@pytest.mark.parametrize("feed", FEEDS)
def test_readers_count_what_the_outbox_says(rough: World, feed: str) -> None:
    assert tally(rough.read(feed)) == rough.tally[feed]


@pytest.mark.parametrize("feed", FEEDS)
def test_nothing_but_what_is_cut_or_without_news_is_refused(rough: World, feed: str) -> None:
    whole = {"edifact.cut", "xml.malformed", "text.encoding", "json.malformed", "unipass.none", "unipass.key_unknown"}
    assert {row["refusal"] for row in rough.read(feed)} - {None} <= whole


@pytest.mark.parametrize("feed", FEEDS)
def test_every_message_reads_without_a_fault(smooth: World, feed: str) -> None:
    rows = smooth.read(feed)
    assert rows and not [row["refusal"] for row in rows if row["refusal"]]
    assert not unexpected(rows)
    assert not [row for row in rows if row.get("envelope_faults") or row.get("check_digit_is_valid") is False]


@pytest.mark.parametrize(("feed", "issued"), [
    ("manifest", "document_at"), ("terminal_event", "document_at"), ("carrier_event", "event_created_at"), ("carrier_event", "event_updated_at"),
    ("air_waybill", "sent_at"), ("screening", "decided_at"), ("outcome", "inspected_at")])
def test_nothing_is_known_before_it_was_issued(rough: World, feed: str, issued: str) -> None:
    rows = [row for row in rough.taken(feed) if row[issued]]
    assert rows and all(row[issued] <= row["known"] for row in rows)


def test_the_last_days_came_by_the_half_hour(rough: World) -> None:
    minutes = {folder.name for folder in rough.folder.iterdir() if "T" in folder.name}
    assert len(minutes) > 60 and {name[:10] for name in minutes} == {"2026-06-29", "2026-06-30"}


def test_bills_and_containers_join_across_feeds(smooth: World) -> None:
    bills = {(row["master_bl"], row["house_bl"]): row for row in smooth.taken("manifest")}
    waybills = {row["house_awb_plain"]: row for row in smooth.taken("air_waybill") if row["house_awb"]}
    containers = {one["container_no"]: row["master_bl"] for row in bills.values() for one in row["containers"]}
    cargo = {row["cargo_control_no"]: row for row in smooth.taken("cargo_progress")}
    assert len(bills) + len(waybills) == len(cargo) == 400
    for number, answer in cargo.items():
        if answer["house_bl"] in waybills:
            assert waybills[answer["house_bl"]]["master_awb_plain"] == answer["master_bl"]
        else:
            filed = bills[answer["master_bl"], answer["house_bl"]]
            assert (filed["cargo_control_no"], filed["packages"], filed["mrn"]) == (number, answer["packages"], number[:11])
            assert filed["gross_mass"] == pytest.approx(answer["gross_mass"], rel=1e-4)
            assert answer["container_no"] in filed["container_nos"]
    for feed, container, bill in (("terminal_event", "container_no", "bill_of_lading"), ("carrier_event", "equipment_reference", "master_bl")):
        told = [row for row in smooth.taken(feed) if row[container]]
        assert len(told) > 300 and all(containers[row[container]] == row[bill] for row in told)
    seen = {"container": set(containers), "parcel": {house for _, house in bills} | set(waybills)}
    scans = smooth.taken("screening")
    assert {scan["modality"] for scan in scans} == {"nii", "xray_parcel"}
    assert all(scan["subject_ref"] in seen[scan["subject_kind"]] for scan in scans)


def test_a_container_weighs_what_its_houses_do(smooth: World) -> None:
    houses: dict[str, float] = defaultdict(float)
    boxes: dict[str, list[str]] = {}
    for row in smooth.taken("manifest"):
        houses[row["master_bl"]] += row["gross_mass"]
        boxes[row["master_bl"]] = row["container_nos"]
    masses: dict[str, dict[str, float]] = defaultdict(dict)
    for row in smooth.taken("terminal_event"):
        if row["event_kind"] == "discharge":
            masses[row["bill_of_lading"]][row["container_no"]] = row["gross_mass"] - row["tare_mass"]
    assert max(len(numbers) for numbers in boxes.values()) > 1
    near = [abs(sum(found.values()) / houses[bill] - 1) < 0.03 + 300 * len(found) / houses[bill] for bill, found in masses.items()
            if len(found) == len(boxes[bill])]
    assert len(near) > 100 and sum(near) / len(near) > 0.9


def test_a_containers_events_follow_each_other(smooth: World) -> None:
    way: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for row in smooth.taken("carrier_event"):
        if row["event_type"] == "EQUIPMENT":
            step = f"{row['event_code']} {row['empty_indicator_code']} {row['unlocode'][:2] == 'KR'}"
            way[row["master_bl"], row["equipment_reference"]].setdefault(step, row["event_at"])
    steps = ("GTOT EMPTY False", "GTIN LADEN False", "LOAD LADEN False", "DISC LADEN True", "GTOT LADEN True")
    whole = [[told[step] for step in steps] for told in way.values() if set(steps) <= set(told)]
    assert len(whole) > 70 and all(times == sorted(times) for times in whole)


def test_carriers_speak_two_versions_and_terminals_four_ways(smooth: World) -> None:
    assert {row["version"] for row in smooth.taken("carrier_event")} == {"2.2", "3.0"}
    assert {row["classifier"] for row in smooth.taken("carrier_event")} == {"ACT", "EST"}
    assert {row["event_kind"] for row in smooth.taken("terminal_event")} == {"discharge", "gate_out", "load", "stowage"}
    assert {row["message_type"] for row in smooth.taken("air_waybill")} == {"XFWB", "XFZB"}


def test_masters_sum_up_their_houses(smooth: World) -> None:
    houses: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in smooth.taken("air_waybill"):
        if row["message_type"] == "XFZB":
            houses[row["master_awb"]].append(row)
    masters = [row for row in smooth.taken("air_waybill") if row["message_type"] == "XFWB"]
    assert len(masters) > 10 and max(map(len, houses.values())) > 1
    for row in masters:
        assert row["gross_weight"] == pytest.approx(sum(house["gross_weight"] for house in houses[row["master_awb"]]), abs=0.06)
        assert row["pieces"] == sum(house["pieces"] for house in houses[row["master_awb"]])


def test_a_correction_is_newer_and_tells_something_else(rough: World) -> None:
    versions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rough.taken("manifest"):
        versions[row["record_key"]].append(row)
    corrected = [rows for rows in versions.values() if rows[-1]["function_code"] == "5"]
    assert corrected and all(rows[0]["document_at"] + timedelta(hours=20) < rows[-1]["document_at"] for rows in corrected)
    told = ("packages", "gross_mass", "consignee_name")
    assert any(rows[0][name] != rows[-1][name] for rows in corrected for name in told)


def test_no_truth_in_any_feed(smooth: World) -> None:
    words = (*TYPOLOGIES, "illicit", "look_alike", "hidden", "typology")
    raws = [row["raw"] for feed in FEEDS for row in smooth.read(feed)]
    assert not [word for word in words if any(word in raw for raw in raws)]


@pytest.mark.spark
def test_the_lake_counts_what_the_outbox_says(rough: World, spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    told = Walk(lambda: spark, lake, load_settings({}), print).ingest(rough.folder, ())
    booked: dict[str, dict[str, int]] = {}
    for book in lake.arrow(FILE, ("feed", "records_in", "accepted", "quarantined", "duplicate")).to_pylist():
        sums = booked.setdefault(book.pop("feed"), defaultdict(int))
        for name, number in book.items():
            sums["records" if name == "records_in" else name] += number
    assert {feed: {name: number for name, number in sums.items() if number} for feed, sums in booked.items()} == rough.tally
    assert all(told[feed]["records_in"] == rough.tally[feed]["records"] for feed in FEEDS)
