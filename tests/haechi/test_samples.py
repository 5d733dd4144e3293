"""Other people's messages by the command line into a fresh lake: each is read as its form says, the books balance, and a second ingest takes nothing."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from haechi.cli import run
from jobs.tables import BY_NAME
from lakehouse.lake import Lake
from lakehouse.ops import FILE

pytestmark = pytest.mark.spark
FOLDERS = {"kcs-929": "declaration", "unipass": "cargo_progress", "edifact": "terminal_event", "dcsa-tnt": "carrier_event", "cargo-xml": "air_waybill",
           "watchlist": "watchlist"}
FORMS = {".xml", ".edi", ".json", ".csv"}
Rows = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def folders(shared: Path, spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A landing that holds links to every sample, and the lake it is to be read into."""
    root = tmp_path_factory.mktemp("samples")
    for folder, feed in FOLDERS.items():
        (root / "landing" / feed).mkdir(parents=True)
        for path in (shared / "samples" / folder).iterdir():
            if path.suffix in FORMS:
                (root / "landing" / feed / path.name).symlink_to(path)
    return root / "landing", root / "lake"


@pytest.fixture(scope="module")
def told(folders: tuple[Path, Path]) -> list[dict[str, Any]]:
    """What two ingests by the command line tell."""
    landing, lake = folders
    said = []
    for _ in range(2):
        with pytest.MonkeyPatch.context() as patch:
            spoken: list[str] = []
            patch.setattr("sys.stdout.write", spoken.append)
            assert run(["ingest", "--landing", str(landing), "--lake", str(lake), "--json"]) == 0
        said.append(json.loads("".join(spoken)))
    return said


@pytest.fixture(scope="module")
def rows(told: list[dict[str, Any]], folders: tuple[Path, Path]) -> Rows:
    return lambda table: Lake(str(folders[1])).arrow(BY_NAME[table]).to_pylist()


def test_the_books_of_every_file_balance_and_a_second_ingest_adds_nothing(told: list[dict[str, Any]], folders: tuple[Path, Path]) -> None:
    first, second = told
    books = Lake(str(folders[1])).arrow(FILE).to_pylist()
    landed = [path for path in folders[0].rglob("*") if path.is_file()]
    assert first["balanced"] and len(books) == len(landed) == sum(counts["files"] for counts in first["feeds"].values())
    assert all(book["records_in"] == book["accepted"] + book["quarantined"] + book["duplicate"] for book in books)
    assert second["balanced"] and not any(sum(counts.values()) for counts in second["feeds"].values())
    taken = {feed: (counts["accepted"], counts["quarantined"]) for feed, counts in first["feeds"].items() if counts["files"]}
    assert taken == {"declaration": (1, 0), "cargo_progress": (5, 4), "terminal_event": (3, 0), "carrier_event": (14, 8), "air_waybill": (4, 0),
                     "watchlist": (7_379 + 9_682 + 11_696 + 1_003, 0)}


def test_the_stowage_plan_tells_every_container(rows: Rows) -> None:
    found = {row["container_no"]: row for row in rows("silver.terminal_event")}
    assert set(found) == {"OOLU4293959", "MOEU0710945", "OOLU8757889"}
    assert {row["event_kind"] for row in found.values()} == {"stowage"} and all(row["stowage_position"] and row["gross_mass"] for row in found.values())


def test_both_versions_of_carrier_events_lie_in_one_table_and_wrong_ones_are_told(rows: Rows) -> None:
    accepted, refused = rows("silver.carrier_event"), rows("quarantine.carrier_event")
    assert Counter(row["version"] for row in accepted) == {"2.2": 9, "3.0": 5}
    wrong = {row["file"]: Counter() for row in refused}  # type: dict[str, Counter[str]]
    for row in refused:
        wrong[row["file"]][row["code"]] += 1
    assert wrong == {"carrier_event/tnt-220-response-wrong-attribute-values.json": {"field.missing": 1},
                     "carrier_event/tnt-220-response-wrong-date-times.json": {"field.missing": 7}}
    odd = [row for row in accepted if "wrong" in row["file"]]
    assert len(odd) == 2 and all(row["findings"] for row in odd)


def test_the_korean_house_waybill_has_its_customs_notes_without_a_phone(rows: Rows) -> None:
    [house] = [row for row in rows("silver.air_waybill") if row["house_awb"]]
    notes = {(note["subject_code"], note["content_code"]): note["content"] for note in house["customs_notes"]}
    assert house["record_key"] == "888-11111111|SEL22222222" and notes["CNE", "T"] == house["consignee_tax_id"] and notes["SHP", "T"] == house["consignor_tax_id"]
    assert notes["SHP", "CT"].startswith("~H")


def test_answers_without_a_cargo_are_refused_each_for_its_own_reason(rows: Rows) -> None:
    assert {Path(row["file"]).stem: row["code"] for row in rows("quarantine.cargo_progress")} == {
        "empty-results": "unipass.none", "invalid-key": "unipass.key_unknown", "missing-key": "unipass.key_missing", "missing-reference": "unipass.reference_missing"}
    assert all(row["steps"] for row in rows("silver.cargo_progress"))


def test_the_lists_are_whole(rows: Rows) -> None:
    entries = rows("silver.watchlist")
    assert Counter((row["list_name"], row["part"]) for row in entries) == {
        ("OFAC", "entry"): 7_379, ("OFAC", "alt"): 9_682, ("OFAC", "add"): 11_696, ("UN", "entry"): 1_003}
    primaries = {row["entry_id"] for row in entries if row["list_name"] == "OFAC" and row["part"] == "entry"}
    assert {row["entry_id"] for row in entries if row["list_name"] == "OFAC"} == primaries
