"""Kinds of shipments: shared out exactly, told in the forms the feeds read, counted, joined, the same for the same seed."""

import csv
import hashlib
import re
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession
from read_back import accepted, counts, records, tally, unexpected

from simulation import lots
from simulation.lots import lots_of
from simulation.scenario import Kinds, Mess, Scenario, load_scenario
from simulation.typologies import BY_NAME, TYPOLOGIES
from simulation.world import simulate

SHIPMENTS, DAYS, SEED = 900, 9, 21
MIXED = load_scenario("mixed")
TIDY = MIXED.model_copy(update={"mess": Mess(**dict.fromkeys(Mess.model_fields, 0.0))})
TRUTHS = {"cargo": "shipments", "parcel": "parcels", "baggage": "bags"}
Rows = list[dict[str, str]]


def truth(out: Path, kind: str) -> Rows:
    """The truth about the shipments of a kind."""
    return [row for path in sorted(out.glob(f"truth/{TRUTHS[kind]}-*.csv")) for row in csv.DictReader(path.open(encoding="utf-8"))]


def digest(folder: Path) -> str:
    """A hash of the names and bytes of all files in a folder."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.*")):
        whole.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return whole.hexdigest()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of all kinds."""
    out = tmp_path_factory.mktemp("mixed")
    simulate(out, SHIPMENTS, DAYS, SEED, scenario=MIXED)
    return out


@pytest.fixture(scope="module")
def tidy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world in which nothing slips."""
    out = tmp_path_factory.mktemp("tidy")
    simulate(out, 500, 8, SEED, scenario=TIDY)
    return out


@pytest.mark.parametrize("scenario", ["calm", "mixed", "parcel_flood"])
def test_kinds_share_out_the_arrivals_of_every_lot(scenario: str) -> None:
    asked = load_scenario(scenario)
    for lot in lots_of(1, 40_000, 30, date(2026, 6, 1), asked):
        parts = [lot.of_kind(kind) for kind in ("cargo", "parcel", "baggage")]
        assert [sum(days) for days in zip(*(part.arrivals for part in parts), strict=True)] == list(lot.arrivals)
        assert all(abs(part.shipments / lot.shipments - asked.kinds.share(part.kind)) < 0.005 for part in parts)
        assert len({part.seed for part in parts}) == 3


def test_every_shipment_is_of_one_kind(world: Path) -> None:
    many = {kind: len(truth(world, kind)) for kind in TRUTHS}
    assert sum(many.values()) == SHIPMENTS
    assert all(abs(many[kind] / SHIPMENTS - MIXED.kinds.share(kind)) < 0.01 for kind in TRUTHS)


@pytest.mark.parametrize("feed", ["order", "courier", "clearance_list", "declaration", "cargo_progress", "screening", "baggage", "outcome", "watchlist"])
def test_a_feed_is_read_as_it_was_counted(world: Path, feed: str) -> None:
    found = records(world, feed)
    assert tally(found) == counts(world)[feed]
    assert {record["refusal"] for record in found} <= {None, "json.malformed", "xml.malformed", "unipass.none", "unipass.key_unknown"}
    assert not unexpected(found)


def test_no_number_is_taken_for_a_persons(tidy: Path) -> None:
    names = {"order": ("order_no", "market_code", "seller_id"), "courier": ("tracking_no", "hawb_no", "mawb_no", "bag_no", "courier_code"),
             "clearance_list": ("list_no", "hawb_no"), "screening": ("screening_id", "subject_ref", "image_ref"), "baggage": ("bag_tag", "traveller_token"),
             "outcome": ("outcome_id", "subject_ref"), "declaration": ("declaration_no", "house_bl", "cargo_control_no")}
    for feed, fields in names.items():
        values = [str(row[name]) for row in accepted(tidy, feed) for name in fields if row[name]]
        assert values and not [value for value in values if "~" in value]


def test_persons_are_pseudonymised(tidy: Path) -> None:
    for feed in ("order", "courier", "clearance_list", "declaration"):
        raw = "".join(str(record["raw"]) for record in records(tidy, feed))
        assert not re.search(r"P\d{12}", raw) and not re.search(r"010-\d{4}-\d{4}", raw) and "~P" in raw and "~H" in raw


def test_keys_join_from_order_to_outcome(tidy: Path) -> None:
    read = {feed: accepted(tidy, feed) for feed in ("order", "courier", "clearance_list", "declaration", "cargo_progress", "screening", "baggage", "outcome")}
    orders = {row["order_no"] for row in read["order"]}
    parcels = {row["tracking_no"]: row for row in read["courier"] if row["record_type"] == "shipment"}
    assert len(parcels) == len(truth(tidy, "parcel"))
    assert {row["tracking_no"] for row in read["courier"]} == set(parcels)
    referred = {number for row in parcels.values() for number in row["order_refs"] or ()}
    assert len(orders & referred) > 0.85 * len(referred) > 100
    bills = {row["hawb_no"]: row["mawb_no"] for row in parcels.values()}
    declared = [row for row in read["declaration"] if row["courier_id"]]
    sent = [(row["hawb_no"], row["mawb_no"]) for row in read["clearance_list"]] + [(row["house_bl"], row["master_bl"]) for row in declared]
    assert len(read["clearance_list"]) > 2 * len(declared) > 50 and all(bills[house] == master for house, master in sent)
    assert all(row["order_nos"] and row["market_code"] and row["importer_id"].startswith("~P") for row in declared)
    answered = {row["house_bl"]: row for row in read["cargo_progress"] if row["house_bl"] in bills}
    assert len(answered) > 0.3 * len(bills) and all(bills[house] == row["master_bl"] for house, row in answered.items())
    numbers = {row["cargo_control_no"] for row in declared if row["house_bl"] in answered}
    assert numbers <= {row["cargo_control_no"] for row in answered.values()}
    assert any(row["status"] == "통관목록심사완료" for row in answered.values())
    tags = {row["bag_tag"] for row in read["baggage"]}
    images = [row for row in read["screening"] if row["screening_id"][:2] in {"XP", "XB"}]
    assert {row["subject_kind"] for row in images} == {"parcel", "baggage"}
    assert all(row["subject_ref"] in (tags if row["subject_kind"] == "baggage" else parcels) for row in images)
    named = {"parcel": set(parcels) | set(bills), "baggage": tags, "declaration": {row["declaration_no"] for row in read["declaration"]}}
    assert {row["subject_kind"] for row in read["outcome"]} == set(named)
    assert all(row["subject_ref"] in named[row["subject_kind"]] for row in read["outcome"])


def test_labels_come_through_inspections_alone(world: Path) -> None:
    found: dict[tuple[str, str], dict[str, Any]] = {(row["subject_kind"], row["subject_ref"]): row for row in accepted(world, "outcome")}
    told, missed = Counter[str](), 0
    for kind, names in (("parcel", ("tracking_no", "hawb_no", "declaration_no")), ("baggage", ("bag_tag",))):
        for row in truth(world, kind):
            outcome = next((found[key] for name in names for key in ((kind, row[name]), ("declaration", row[name])) if key in found), None)
            missed += row["illicit"] == "1" and row["inspected"] == "0"
            if outcome is not None:
                assert row["inspected"] == "1"
                told[f"{row['illicit']} {outcome['result']}"] += 1
                seized = row["typology"] and BY_NAME[row["typology"]].seized
                if outcome["result"] == "violation" and seized:
                    assert [v["severity"] for v in outcome["violations"]] == [seized]
    assert missed > 10 and told["0 clean"] > 30 and told["1 violation"] > 2 > told["0 violation"] / 10


def test_no_truth_in_the_feeds(world: Path) -> None:
    words = [word.encode() for word in (*BY_NAME, "illicit", "look_alike", "typology")]
    texts = [path.read_bytes() for path in world.glob("*/*/*.*") if path.suffix in (".jsonl", ".csv") and path.parts[-3] != "truth"]
    for path in world.glob("*/*/*.zip"):
        with zipfile.ZipFile(path) as archive:
            texts += [archive.read(name) for name in archive.namelist()]
    assert len(texts) > 100 and not [word for word in words if any(word in text for text in texts)]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        simulate(tmp_path / name, 150, 5, seed, scenario=MIXED)
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")


@pytest.mark.spark
def test_a_world_of_all_kinds_is_the_same_whoever_writes_it(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lots, "SHIPMENTS_A_LOT", 150)
    assert simulate(tmp_path / "here", 500, 9, 5, scenario=MIXED) == simulate(tmp_path / "there", 500, 9, 5, spark=spark, scenario=MIXED)
    assert digest(tmp_path / "here") == digest(tmp_path / "there")


def test_lots_share_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lots, "SHIPMENTS_A_LOT", 150)
    simulate(tmp_path, 640, 12, 5, scenario=MIXED)
    assert len(list(tmp_path.glob("truth/parcels-*.csv"))) > 3
    rows = truth(tmp_path, "parcel")
    for name in ("tracking_no", "hawb_no", "cargo_control_no", "declaration_no"):
        values = [row[name] for row in rows if row[name]]
        assert len(set(values)) == len(values) > 50
    for feed in ("order", "clearance_list", "screening", "outcome"):
        assert tally(records(tmp_path, feed)) == counts(tmp_path)[feed]
    bags = [(row["bag_tag"], row["arrived_on"]) for row in truth(tmp_path, "baggage")]
    assert len(set(bags)) == len(bags)


@pytest.mark.parametrize(("kind", "shipments", "days"), [("parcel", 1, 1), ("parcel", 3, 2), ("baggage", 1, 1), ("baggage", 7, 30), ("parcel", 40, 60)])
def test_tiny_worlds_of_one_kind_are_written(tmp_path: Path, kind: str, shipments: int, days: int) -> None:
    alone = Scenario(name="alone", text=MIXED.text, kinds=Kinds(**({"cargo": 0.0} | {kind: 1.0})))
    simulate(tmp_path, shipments, days, 1, scenario=alone)
    assert len(truth(tmp_path, kind)) == shipments and not truth(tmp_path, "cargo")


def test_every_kind_has_ways_to_cheat_that_may_leave_no_trace() -> None:
    many = Counter(typology.kind for typology in TYPOLOGIES)
    assert many["parcel"] >= 7 and many["baggage"] >= 3
    assert all(0 < typology.hidden < 0.5 and typology.text.ko and typology.trace.en for typology in TYPOLOGIES)
