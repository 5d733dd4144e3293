"""Alerts: what lands is read at once, told where a lookout is found in it, and stays told until someone has seen it."""

import json
import shutil
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from conftest import SignIn, Site
from every_feed import MESSAGES, lines
from schemas import assert_valid
from sqlalchemy import select, update
from test_desk import session

from console import lookouts
from console.desk import alerts
from console.desk.lookouts import Wanted, make, withdraw
from console.sightings import sightings
from console.store.database import Database
from console.store.schema import ALERT, AUDIT, SESSION
from console.watch import Watch
from feeds.parsing import Parsing
from feeds.registry import BY_NAME
from haechi.cli import run
from lakehouse.clock import now
from lakehouse.lake import Lake
from lakehouse.ops import FILE
from lakehouse.settings import load_settings

SETTINGS = load_settings({})
PARCEL = {"record_type": "shipment", "tracking_no": "LOOK-12345", "courier_code": "EX", "created_at": "2026-01-05T09:12:00+09:00", "weight_kg": 0.4,
          "lines": [{"description": "Honey  jars", "hs_code": "0409.00"}, {"description": "Wax"}]}
LATER = PARCEL | {"tracking_no": "LOOK-99999"}


def read(feed: str, path: Path) -> list[pa.RecordBatch]:
    landed = pa.RecordBatch.from_pylist([{"file": path.name, "path": str(path), "known_seconds": 0, "finding": ""}])
    return list(Parsing.of(BY_NAME[feed], SETTINGS)(iter([landed])))


def texts(value: Any) -> list[str]:
    """Every text within a value."""
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("feed", MESSAGES)
def test_every_text_of_every_feed_is_found_in_its_record(feed: str, tmp_path: Path) -> None:
    for message in MESSAGES[feed]:
        (tmp_path / "sent").write_text(message, encoding="utf-8", newline="")
        for batch in read(feed, tmp_path / "sent"):
            names = [field.name for field in BY_NAME[feed].fields]
            rows = batch.to_pylist()
            held = {(lookouts.folded("identifier", text), row["position"]) for row in rows for name in names for text in texts(row[name])}
            held = {(value, place) for value, place in held if len(value) >= lookouts.LEAST["identifier"] and value.isascii()}
            wanted = [{"id": number, "kind": "identifier", "folded": value} for number, value in enumerate(sorted({value for value, _ in held}))]
            found = {(wanted[one.lookout_id]["folded"], one.position) for one in sightings(batch, names, [*wanted, {"id": -1, "kind": "identifier", "folded": "NOWHERE"}])}
            assert found == {(value, place or "") for value, place in held}


@pytest.mark.parametrize(("kind", "value", "finds"), [
    ("identifier", "look 12345", True), ("identifier", "LOOK12346", False), ("goods", "honey jar", True), ("goods", "%", False), ("goods", "honey.jar", False),
    ("hs", "040900", True), ("hs", "0410", False), ("party", "ex", True), ("voyage", "haeon pioneer 101e", False)])
def test_what_each_kind_finds_in_a_parcel(kind: str, value: str, finds: bool, tmp_path: Path) -> None:
    (tmp_path / "sent").write_text(lines(PARCEL), encoding="utf-8")
    [batch] = read("courier", tmp_path / "sent")
    found = list(sightings(batch, batch.schema.names, [{"id": 7, "kind": kind, "folded": lookouts.folded(kind, value)}]))
    assert [one.lookout_id for one in found] == [7] * finds


@pytest.mark.parametrize(("value", "finds"), [("haeon one", 1), ("haeon one 101e", 1), ("26HSLI0133I", 1), ("haeon two", 0)])
def test_a_voyage_is_found_by_ship_number_and_manifest(value: str, finds: int) -> None:
    batch = pa.RecordBatch.from_pylist([{"record_key": "k", "file": "f", "position": "1", "vessel_name": "Haeon One", "voyage_no": "101E",
                                         "cargo_control_no": "26HSLI0133I10010001", "goods": None, "bills": [{"no": "A"}, None]},
                                        {"record_key": "l", "file": "f", "position": "2", "vessel_name": None, "voyage_no": None, "cargo_control_no": None,
                                         "goods": None, "bills": None}])
    found = list(sightings(batch, ("vessel_name", "voyage_no", "cargo_control_no", "goods", "bills"),
                           [{"id": 1, "kind": "voyage", "folded": lookouts.folded("voyage", value)}]))
    assert [one.position for one in found] == ["1"] * finds


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    folder = tmp_path / "landing" / f"{now():%Y-%m-%d}" / "courier"
    folder.mkdir(parents=True)
    return tmp_path / "landing"


def land(landing: Path, name: str, *records: dict[str, Any]) -> Path:
    [folder] = landing.glob("*/courier")
    (folder / name).write_text(lines(*records), encoding="utf-8")
    return folder / name


def told(database: Database) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(ALERT.c.feed, ALERT.c.record_key, ALERT.c.position).order_by(ALERT.c.id))]


def watching(lake: Lake, database: Database, landing: Path) -> Watch:
    return Watch(lake, SETTINGS, database, landing, lambda said: None)


def test_a_file_is_read_once_and_again_where_it_was_written_on(database: Database, landing: Path, tmp_path: Path) -> None:
    make(database, session(database, "officer"), Wanted("identifier", "LOOK12345", "urgent", "정보", 9), "key")
    make(database, session(database, "officer"), Wanted("identifier", "LOOK99999", "urgent", "정보", 9), "key")
    watch, file = watching(Lake(str(tmp_path / "lake")), database, landing), land(landing, "a.jsonl", PARCEL)
    assert watch.look() == (1, 1) and watch.look() == (0, 0)
    file.write_text(lines(PARCEL, LATER), encoding="utf-8")
    assert watch.look() == (1, 1) and len(told(database)) == 2
    # A watch begun anew reads what no run has taken, and says nothing twice.
    assert watching(Lake(str(tmp_path / "lake")), database, landing).look() == (1, 0)
    with database.reading() as connection:
        noted = connection.execute(select(AUDIT.c.who, AUDIT.c.after).where(AUDIT.c.action == "lookout.sighted").order_by(AUDIT.c.number)).all()
    assert [row.after["records"] for row in noted] == [1, 1]


def test_what_a_run_has_taken_is_passed_over_and_so_is_what_nobody_can_read(sqlite: Database, landing: Path, tmp_path: Path) -> None:
    make(sqlite, session(sqlite, "officer"), Wanted("identifier", "LOOK12345", "urgent", "정보", 9), "key")
    lake, taken = Lake(str(tmp_path / "lake")), land(landing, "taken.jsonl", PARCEL)
    lake.append_rows([{"feed": "courier", "file": str(taken.relative_to(landing)), "sha256": "0", "known_at": now(), "batch_id": "1"}], FILE)
    land(landing, "broken.jsonl").write_bytes(b"\xff\xfe{{{")
    watch = watching(lake, sqlite, landing)
    assert watch.look() == (1, 0) and told(sqlite) == []
    land(landing, "fresh.jsonl", PARCEL)
    assert watch.look() == (1, 1)


def test_too_wide_a_lookout_is_told_of_no_more_than_so_often(sqlite: Database, landing: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts, "MOST", 3)
    make(sqlite, session(sqlite, "officer"), Wanted("goods", "honey", "note", "정보", 9), "key")
    land(landing, "many.jsonl", *(PARCEL | {"tracking_no": f"T-{number:05d}"} for number in range(9)))
    assert watching(Lake(str(tmp_path / "lake")), sqlite, landing).look() == (1, 3)


def test_an_ended_lookout_finds_nothing(sqlite: Database, landing: Path, tmp_path: Path) -> None:
    officer = session(sqlite, "officer")
    withdraw(sqlite, officer, make(sqlite, officer, Wanted("identifier", "LOOK12345", "urgent", "정보", 9), "key"))
    land(landing, "a.jsonl", PARCEL)
    assert watching(Lake(str(tmp_path / "lake")), sqlite, landing).look() == (1, 0)


def test_the_command_looks_once_and_says_what_is_wrong(lake: Lake, landing: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HAECHI_PROFILE", raising=False)
    home = tmp_path / "lake"
    shutil.copytree(lake.root, home, ignore=shutil.ignore_patterns("serving"))
    land(landing, "a.jsonl", PARCEL)
    assert run(["lookouts", "watch", "--landing", str(landing), "--lake", str(home), "--once", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert_valid("lookouts-watch", said)
    assert said == {"files": 1, "alerts": 0}
    assert run(["lookouts", "watch", "--landing", str(tmp_path / "none"), "--lake", str(home), "--once", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "landing.missing"


def test_alerts_are_for_the_office_that_asked_and_seen_by_one_are_over(embedded: SignIn, sqlite: Database, landing: Path, tmp_path: Path) -> None:
    officer, analyst = embedded("officer"), embedded("analyst")
    assert officer.post("/lookouts", kind="identifier", value="LOOK-12345", grade="urgent", reason="정보 분석", days="7").status_code == 303
    number = 1
    assert "tag" not in officer.get("/lookouts/alerts").text
    land(landing, "<b>a.jsonl", PARCEL)
    watching(Lake(str(tmp_path / "lake")), sqlite, landing).look()
    assert ">1<" in officer.get("/lookouts/alerts").text and ">1<" in embedded("auditor").get("/lookouts/alerts").text
    page = officer.get("/lookouts").text
    assert "도착 기록 1건" in page and "LOOK-12345" in page and "&lt;b&gt;a.jsonl" in page and "<b>a" not in page
    assert embedded("auditor").post(f"/lookouts/{number}/seen").status_code == 403
    assert officer.post("/lookouts/99/seen").status_code == 422
    assert officer.post(f"/lookouts/{number}/seen").status_code == 303
    assert "tag" not in officer.get("/lookouts/alerts").text and "도착 기록 1건" not in officer.get("/lookouts").text
    with sqlite.reading() as connection:
        assert connection.execute(select(AUDIT.c.who).where(AUDIT.c.action == "lookout.seen")).scalars().all() == ["officer"]
    assert analyst.get("/lookouts/alerts").status_code == 200


def test_asking_by_itself_keeps_no_session_open(embedded: SignIn, sqlite: Database) -> None:
    officer = embedded("officer")
    then = now() - timedelta(minutes=20)

    def seen() -> Any:
        with sqlite.reading() as connection:
            return connection.execute(select(SESSION.c.seen_at)).scalars().all()[-1]

    with sqlite.housekeeping() as connection:
        connection.execute(update(SESSION).values(seen_at=then))
    officer.get("/lookouts/alerts")
    assert seen() == then
    officer.get("/lookouts")
    assert seen() > then


def test_an_open_page_tells_within_a_minute(embedded_site: Site, enter: Any, landing: Path, tmp_path: Path) -> None:
    make(embedded_site.database, session(embedded_site.database, "officer"), Wanted("identifier", "LOOK12345", "urgent", "정보", 9), "key")
    page = enter(embedded_site, "officer")
    page.goto(f"{embedded_site.address}/tonight")
    watch, over = watching(Lake(str(tmp_path / "lake")), embedded_site.database, landing), threading.Event()

    def look() -> None:
        while not over.wait(1):
            watch.look()

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        land(landing, "a.jsonl", PARCEL)
        began = time.monotonic()
        page.wait_for_selector(".menu .alerts b", timeout=60_000)
        assert page.inner_text(".menu .alerts b") == "1" and time.monotonic() - began < 60
    finally:
        over.set()
        watcher.join()
    page.click(".menu a[href='/lookouts']")
    page.click(".landed button")
    page.wait_for_selector("[aria-labelledby=standing-title]")
    assert page.locator(".landed").count() == 0
