"""A small world, written twice and read back the way an outside reader would."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from lxml import etree
from pyspark.sql import SparkSession
from world_truth import scenario_with

from simulation import lots
from simulation.goods import GOODS, POSITION
from simulation.places import COUNTRY
from simulation.routing import check_digit
from simulation.typologies import BY_NAME
from simulation.world import simulate

SHIPMENTS, DAYS, SEED = 700, 12, 11
CARGO, PUNCTUAL = scenario_with(), scenario_with(mess={"late": 0, "cut": 0})
WCO = "{urn:kr:gov:kcs:data:standard:KCS_DeclarationOfIMP_929SchemaModule:1:0}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the world all tests of this module read."""
    out = tmp_path_factory.mktemp("world")
    simulate(out, SHIPMENTS, DAYS, SEED, scenario=CARGO)
    return out


@pytest.fixture(scope="module")
def declarations(world: Path) -> list[etree._Element]:
    """Parse every declaration that is whole."""
    return [root for root in map(_parsed, _contents(world, "declaration")) if root is not None]


@pytest.fixture(scope="module")
def answers(world: Path) -> list[etree._Element]:
    """Parse every answer about a cargo."""
    roots = [_parsed(content) for content in _contents(world, "cargo_progress")]
    return [root for root in roots if root is not None and root.findtext("tCnt") not in ("0", "-1")]


@pytest.fixture(scope="module")
def truth(world: Path) -> list[dict[str, str]]:
    """Read the true state of every shipment."""
    return _truth(world)


def _truth(world: Path) -> list[dict[str, str]]:
    parts = sorted(world.glob("truth/shipments-*.csv"))
    return [row for part in parts for row in csv.DictReader(io.StringIO(part.read_text(encoding="utf-8")))]


def _contents(world: Path, feed: str) -> Iterator[bytes]:
    for path in sorted(world.glob(f"*/{feed}/*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                yield archive.read(name)


def _parsed(content: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(content)
    except etree.XMLSyntaxError:
        return None


def _outcomes(world: Path) -> list[dict[str, object]]:
    lines = [line for path in sorted(world.glob("*/outcome/*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines if line.endswith("}")]


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    counts = [simulate(tmp_path / name, 120, 6, seed) for name, seed in (("a", 3), ("b", 3), ("c", 4))]
    assert counts[0] == counts[1]
    assert _digest(tmp_path / "a") == _digest(tmp_path / "b")
    assert _digest(tmp_path / "a") != _digest(tmp_path / "c")


def test_lots_hold_every_shipment_once_and_share_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lots, "SHIPMENTS_A_LOT", 150)
    simulate(tmp_path, 700, 16, 5, scenario=CARGO)
    rows = _truth(tmp_path)
    assert len(list(tmp_path.glob("truth/shipments-*.csv"))) > 3 and len(rows) == 700
    filed = [row["declaration_no"] for row in rows if row["declaration_no"]]
    assert len(set(filed)) == len(filed) and len({row["cargo_control_no"] for row in rows}) == len(rows)
    found = {str(outcome["outcome_id"]): str(outcome["subject"]) for outcome in _outcomes(tmp_path)}
    assert len(set(found.values())) == len(found) > 20


@pytest.mark.spark
def test_a_world_is_the_same_whoever_writes_it(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lots, "SHIPMENTS_A_LOT", 150)
    assert simulate(tmp_path / "here", 600, 9, 5) == simulate(tmp_path / "there", 600, 9, 5, spark=spark)
    assert _digest(tmp_path / "here") == _digest(tmp_path / "there")


def test_period_ends_where_asked(tmp_path: Path) -> None:
    simulate(tmp_path, 60, 3, 1, date(2027, 1, 1))
    days = sorted(path.name for path in tmp_path.iterdir() if path.name not in ("truth", "reference"))
    assert days == ["2026-12-30", "2026-12-31", "2027-01-01"]


@pytest.mark.parametrize(("shipments", "days"), [(1, 1), (2, 1), (5, 2), (20, 60)])
def test_tiny_and_long_worlds_are_written(tmp_path: Path, shipments: int, days: int) -> None:
    assert simulate(tmp_path, shipments, days, 1)["cargo_progress"] >= 1


def test_no_shipments_is_the_callers_mistake(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        simulate(tmp_path, 0, 5, 1)


def test_only_the_counted_messages_are_broken(world: Path, declarations: list[etree._Element]) -> None:
    counts = json.loads((world / "truth" / "counts.json").read_text(encoding="utf-8"))["declaration"]
    assert counts["records"] == counts["accepted"] + counts.get("quarantined", 0) + counts.get("duplicate", 0)
    assert len(declarations) == counts["records"] - counts.get("quarantined", 0)
    assert all(_parsed(content) is not None for content in _contents(world, "cargo_progress"))


def test_old_encodings_say_so_and_hold_korean(world: Path) -> None:
    old = [content for content in _contents(world, "declaration") if b"UTF-8" not in content[:60]]
    assert 0 < len(old) < 0.08 * SHIPMENTS
    for content in old:
        root = _parsed(content)
        assert root is None or any("가" <= letter <= "힣" for letter in root.findtext(f"{WCO}Importer/{WCO}Name") or "")


def test_declared_sums_agree(declarations: list[etree._Element]) -> None:
    for root in declarations:
        values = [float(node.text or 0) for node in root.iter(f"{WCO}ValueAmount")]
        assert float(root.findtext(f"{WCO}InvoiceAmount") or 0) == pytest.approx(sum(values), abs=0.02)
        paid = [
            float(node.findtext(f"{WCO}Payment/{WCO}TaxAssessedAmount") or 0) for node in root.iter(f"{WCO}DutyTaxFee")
        ]
        totals, items = paid[:3], paid[3:]
        assert totals[0] + totals[1] == totals[2] == sum(items)


def test_keys_join_across_feeds(
    world: Path, declarations: list[etree._Element], answers: list[etree._Element], truth: list[dict[str, str]]
) -> None:
    filed = {root.findtext(f"{WCO}ID"): root for root in declarations}
    carried = {root.findtext(".//cargMtNo"): root for root in answers}
    assert len({row["cargo_control_no"] for row in truth}) == len(truth)
    for number, root in filed.items():
        answer = carried[root.findtext(f".//{WCO}CustomsAssignedReferenceID")]
        assert len(number or "") == 14
        bills = [node.findtext(f"{WCO}ID") for node in root.iter(f"{WCO}TransportContractDocument")]
        assert bills == [answer.findtext(".//hblNo"), answer.findtext(".//mblNo")]
        assert root.findtext(f".//{WCO}Warehouse/{WCO}ID") == answer.findtext(".//shedSgn")
        assert len(answer.findtext(".//cargMtNo") or "") == 19
    assert {row["cargo_control_no"] for row in truth} == set(carried)
    inspected = [outcome["subject"] for outcome in _outcomes(world)]
    assert {subject["ref"] for subject in inspected if isinstance(subject, dict)} <= {
        row["declaration_no"] for row in truth
    }


def test_an_answer_knows_nothing_of_tomorrow(world: Path) -> None:
    for path in world.glob("*/cargo_progress/*.zip"):
        day = path.parent.parent.name.replace("-", "")
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                root = etree.fromstring(archive.read(name))
                stamps = [node.text or "" for node in root.iter("prcsDttm")]
                assert all(stamp[:8] <= day for stamp in stamps)
                assert stamps[1:] == sorted(stamps[1:], reverse=True)
                assert root.findtext("tCnt") in ("0", "-1", str(len(stamps) - 1))


def test_outcomes_follow_declarations(tmp_path: Path) -> None:
    simulate(tmp_path, 500, DAYS, SEED, scenario=PUNCTUAL)
    seen: set[str] = set()
    for folder in sorted(path for path in tmp_path.iterdir() if path.name != "truth"):
        for path in (folder / "declaration").glob("*.zip"):
            with zipfile.ZipFile(path) as archive:
                seen |= {name[:14] for name in archive.namelist()}
        for path in (folder / "outcome").glob("*.jsonl"):
            for line in path.read_text("utf-8").splitlines():
                outcome = json.loads(line)
                assert outcome["subject"]["ref"] in seen
                assert outcome["inspected_at"][:10] <= folder.name
                assert bool(outcome["violations"]) == (outcome["result"] == "violation")


def test_rates_are_as_set(truth: list[dict[str, str]]) -> None:
    filed = [row for row in truth if row["declaration_no"]]
    illicit = sum(int(row["illicit"]) for row in truth) / len(truth)
    inspected = sum(int(row["inspected"]) for row in filed) / len(filed)
    assert 0.03 <= illicit <= 0.05
    assert 0.08 <= inspected <= 0.12
    assert {row["typology"] for row in truth} <= {"", *BY_NAME}


def test_container_numbers_check(declarations: list[etree._Element]) -> None:
    assert check_digit("CSQU", "305438") == 3  # the standard's own example
    numbers = [
        node.findtext(f"{WCO}ID") or "" for root in declarations for node in root.findall(f"{WCO}TransportEquipment")
    ]
    assert numbers
    assert all(int(number[10]) == check_digit(number[:4], number[4:10]) for number in numbers)


def test_no_truth_in_the_feeds(world: Path) -> None:
    words = [word.encode() for word in (*BY_NAME, "illicit", "look_alike")]
    feeds = [*_contents(world, "declaration"), *_contents(world, "cargo_progress")]
    feeds += [path.read_bytes() for path in world.glob("*/outcome/*.jsonl")]
    assert not [word for word in words if any(word in content for content in feeds)]


def test_every_good_is_well_declared() -> None:
    assert len(POSITION) == len(GOODS)
    for good in GOODS:
        assert good.hs10.isdigit()
        assert len(good.hs10) == 10
        assert good.neighbour == "" or good.neighbour in POSITION
        assert all(code in COUNTRY and weight > 0 for code, weight in good.origins)
        assert good.usd_per_kg > 0
        assert 0 <= good.preference_percent <= good.duty_percent
