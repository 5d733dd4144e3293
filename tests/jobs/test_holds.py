"""Held feeds: kept back with a reason, whoever brought them, taken up by the next run once released, never once dropped."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from quarantined import DAY, copied, land_declarations, opened, relax, walk

from fusion.tables import PARTY_MENTION, SHIPMENT
from jobs.holds import held, holds, kept_back, release
from jobs.manifest import latest
from jobs.quarantine import Asked
from jobs.replay import Wanted
from jobs.walk import STEPS, Walk
from lakehouse.errors import CallerError
from lakehouse.lake import Lake

pytestmark = pytest.mark.spark
GOOD, BAD = 45, 15


@pytest.fixture(autouse=True)
def _no_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that end with shipments: what follows is of no matter here."""
    monkeypatch.setitem(STEPS, "history", STEPS["history"][:4])


@pytest.fixture(scope="module")
def kept(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> tuple[Lake, Path, list[str]]:
    """A lake after a night whose declarations are held, its landing, and what was said."""
    folder = tmp_path_factory.mktemp("holds")
    landing, lake, said = land_declarations(folder / "landing", GOOD, BAD), Lake(str(folder / "lake")), list[str]()
    before = STEPS["history"]
    STEPS["history"] = before[:4]
    try:
        walk(spark, lake, said.append).night(DAY, landing, "history")
    finally:
        STEPS["history"] = before
    return lake, landing, said


@pytest.fixture
def lake(kept: tuple[Lake, Path, list[str]], tmp_path: Path) -> Lake:
    return copied(kept[0], tmp_path / "lake")


def shipments(lake: Lake) -> set[str]:
    """Declarations that are shipments; their parties are mentioned alike."""
    lake.reread()
    found = set(lake.arrow(SHIPMENT, ("declaration_no",))["declaration_no"].to_pylist())
    assert found == set(lake.arrow(PARTY_MENTION, ("record_key",))["record_key"].to_pylist())
    return found


def next_night(works: Walk, landing: Path) -> None:
    published = latest(works.lake)
    assert published
    works.night(published.at.date() + timedelta(days=1), landing, "history")


def test_a_held_feed_is_told_with_why_and_its_records_are_in_no_shipment(kept: tuple[Lake, Path, list[str]], lake: Lake) -> None:
    [one] = held(lake)
    assert kept[2] == ["feed declaration is held: 15 of 60 records refused"]
    assert (one["feed"], one["reason_ko"], one["reason_en"]) == ("declaration", "레코드 60건 중 15건 거부", "15 of 60 records refused")
    assert (one["files"], one["records_in"], one["accepted"], one["quarantined"]) == (1, 60, GOOD, BAD)
    published = latest(lake)
    assert published and published.held == kept_back(lake) == {"declaration": [one["batch_id"]]} and one["known_at"] == published.at
    assert not shipments(lake)


def test_a_released_feed_is_taken_up_by_the_next_night_and_so_is_a_replay(spark: SparkSession, kept: tuple[Lake, Path, list[str]], lake: Lake,
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    works = walk(spark, lake)
    relax(monkeypatch, "declaration", "declaration_office_id")
    assert works.replay(Wanted(Asked()))["declaration"]["accepted"] == BAD
    next_night(works, kept[1])
    # The corrected rule lets the refused ones in; the others stay held.
    assert len(shipments(lake)) == BAD and held(lake)
    [was] = release(lake, "declaration", (), "seen by the office", "officer")
    assert not held(lake) and not kept_back(lake)
    [row] = holds(lake)
    assert (row["state"], row["reason_en"], row["who"], row["batch_id"]) == ("released", "seen by the office", "officer", was["batch_id"])
    next_night(works, kept[1])
    assert len(shipments(lake)) == GOOD + BAD
    published = latest(lake)
    assert published and published.held == {}
    with pytest.raises(CallerError, match="declaration is not held"):
        release(lake, "declaration", (), "again", "officer")


def test_a_dropped_feed_stays_out_and_so_do_its_refusals(spark: SparkSession, kept: tuple[Lake, Path, list[str]], lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    [one] = held(lake)
    with pytest.raises(CallerError, match="no held batch other"):
        release(lake, "declaration", ("other",), "test data", "officer", drop=True)
    release(lake, "declaration", (one["batch_id"],), "test data", "officer", drop=True)
    assert not held(lake) and kept_back(lake) == {"declaration": [one["batch_id"]]}
    assert not opened(lake) and {each["state"] for each in opened(lake, all=True)} == {"dropped"}
    works = walk(spark, lake)
    relax(monkeypatch, "declaration", "declaration_office_id")
    assert works.replay(Wanted(Asked())) == {}
    next_night(works, kept[1])
    assert not shipments(lake)


def test_what_an_ingest_holds_is_held_for_the_night_after(spark: SparkSession, kept: tuple[Lake, Path, list[str]], tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    works = walk(spark, lake)
    landing = tmp_path / "landing"
    shutil.copytree(kept[1] / str(DAY), landing)
    works.ingest(landing, ("declaration",))
    assert len(held(lake)) == 1
    works.night(DAY, landing, "history")
    assert not shipments(lake) and len(held(lake)) == 1
    release(lake, "declaration", (), "seen by the office", "officer")
    next_night(works, landing)
    assert len(shipments(lake)) == GOOD
