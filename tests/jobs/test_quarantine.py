"""The quarantine worked on a small lake: corrected rules and records, replays, dismissals, what is told to senders."""

import csv
import json
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from quarantined import FEEDS, PARCELS, PERSON, acts, books, copied, correction, find, land, opened, relax, silver, walk
from schemas import assert_valid

from feeds.registry import BY_NAME
from haechi import cli
from jobs import replay
from jobs.journal import Journal
from jobs.quarantine import Asked, counted, dismiss, known, pseudonymised
from jobs.refusal_report import report
from jobs.replay import Wanted
from jobs.walk import Walk
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.ops import FILE, REPLAY
from lakehouse.settings import load_settings

pytestmark = pytest.mark.spark
ALL = Wanted(Asked())


@pytest.fixture(scope="module")
def taken(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The lake as the landing left it."""
    folder = tmp_path_factory.mktemp("quarantine")
    lake = Lake(str(folder / "lake"))
    counts = walk(spark, lake).ingest(land(folder / "landing"), FEEDS)
    assert {feed: (one["accepted"], one["quarantined"]) for feed, one in counts.items()} == {
        "exchange_rate": (1, 3), "courier": (1, 4), "manifest": (2, 2), "carrier_event": (0, 1), "declaration": (0, 1)}
    return lake


@pytest.fixture
def lake(taken: Lake, tmp_path: Path) -> Lake:
    return copied(taken, tmp_path / "lake")


@pytest.fixture
def works(spark: SparkSession, lake: Lake) -> Walk:
    return walk(spark, lake)


def test_refusals_are_listed_with_a_number_a_message_and_their_sender(lake: Lake) -> None:
    found = opened(lake)
    assert len({one["id"] for one in found}) == len(found) == 11
    [broken] = [one for one in found if one["code"] == "json.malformed" and one["position"] == "line 5"]
    assert broken["excerpt"] == "{broken" and broken["state"] == "open"
    assert opened(lake, feeds=("courier",), code="json.malformed")[1:] == opened(lake, ids=(broken["id"],)) == [broken]
    assert len(opened(lake, file="exchange_rate/r.csv")) == 3 and not opened(lake, file="x'; --")
    late = known(lake, find(lake, "courier", "line 2"))
    assert late["sender"] == "EX" and late["raw"] == PARCELS.splitlines()[1] and late["envelope"] == "" and late["history"] == []
    assert (late["message_ko"], late["message_en"]) == ("항목 값을 읽을 수 없습니다: 접수 시각 [created_at]", "A field cannot be read: When the parcel was registered [created_at]")
    # What could not be read is told to its sender too, where its text or what stands around it says who that is.
    places = (("manifest", "message 2 CNI 1"), ("manifest", "message 1 CNI 2"), ("courier", "line 4"), ("courier", "line 5"))
    assert [known(lake, find(lake, *place))["sender"] for place in places] == ["HSLI", "HSLI", "EX", None]
    with pytest.raises(CallerError, match="No refusal has the number x"):
        known(lake, "x")


def test_replaying_thrice_gives_the_rows_once_and_history_stays(works: Walk, lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    quarantined = lake.arrow(BY_NAME["exchange_rate"].quarantine).num_rows
    assert works.replay(ALL)["exchange_rate"] == {"open": 3, "accepted": 0, "duplicate": 0, "refused": 3, "unread": 0}
    relax(monkeypatch, "exchange_rate", "krw_per_unit")
    relax(monkeypatch, "declaration", "declaration_office_id")
    first, second, third = (works.replay(ALL) for _ in range(3))
    assert first["exchange_rate"] == {"open": 3, "accepted": 2, "duplicate": 0, "refused": 1, "unread": 0}
    assert first["declaration"]["accepted"] == 1 and first["courier"]["refused"] == 4
    assert second["exchange_rate"] == third["exchange_rate"] == {"open": 1, "accepted": 0, "duplicate": 0, "refused": 1, "unread": 0}
    assert "declaration" not in second
    rows = silver(lake, "exchange_rate", "record_key", "file", "position", "known_at", "batch_id", "findings")
    assert [(row["record_key"], row["file"], row["position"]) for row in rows] == [
        ("EUR|2026-01-04", "exchange_rate/r.csv", "line 3"), ("JPY|2026-01-04", "exchange_rate/r.csv", "line 4"), ("USD|2026-01-04", "exchange_rate/r.csv", "line 2")]
    assert rows[0]["findings"] == ["field.range:krw_per_unit"] and rows[0]["known_at"] >= rows[2]["known_at"] and rows[0]["batch_id"] > rows[2]["batch_id"]
    assert lake.arrow(BY_NAME["exchange_rate"].quarantine).num_rows == quarantined
    assert books(lake) == [("declaration/d.xml", "replayed", 1, 1, 0, 0), ("exchange_rate/r.csv", "replayed", 2, 2, 0, 0)]
    assert acts(lake) == [("declaration", "1", "replayed", "field.missing", "accepted", None),
                                  ("exchange_rate", "line 3", "replayed", "field.range", "accepted", None),
                                  ("exchange_rate", "line 4", "replayed", "field.range", "accepted", None)]
    assert [one["state"] for one in opened(lake, feeds=("exchange_rate",), all=True)] == ["accepted", "accepted", "open"]
    assert counted(lake, Asked(("exchange_rate",), all=True)) == [
        {"feed": "exchange_rate", "code": "csv.row", "open": 1, "settled": 0}, {"feed": "exchange_rate", "code": "field.range", "open": 0, "settled": 2}]


def test_only_what_is_asked_for_is_read_again(works: Walk, lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    relax(monkeypatch, "exchange_rate", "krw_per_unit")
    assert works.replay(Wanted(Asked(("exchange_rate",), code="csv.row"))) == {"exchange_rate": {"open": 1, "accepted": 0, "duplicate": 0, "refused": 1, "unread": 0}}
    assert works.replay(Wanted(Asked(file="no such 'file'"))) == {}
    one = find(lake, "exchange_rate", "line 4")
    assert works.replay(Wanted(Asked(ids=(one,))))["exchange_rate"]["accepted"] == 1
    assert [row["record_key"] for row in silver(lake, "exchange_rate")] == ["JPY|2026-01-04", "USD|2026-01-04"]


def test_a_corrected_record_comes_in_at_its_place(works: Walk, lake: Lake) -> None:
    refused = known(lake, find(lake, "manifest", "message 1 CNI 2"))
    mended = refused["raw"].replace("DRIVER'S", "DRIVER?'S")
    told = works.replay(correction(lake, "manifest", "message 1 CNI 2", mended))
    assert told == {"manifest": {"open": 1, "accepted": 1, "duplicate": 0, "refused": 0, "unread": 0}}
    [row] = [row for row in silver(lake, "manifest") if row["goods"] == "DRIVER'S SALT"]
    assert (row["record_key"], row["position"], row["envelope_faults"], row["container_nos"]) == ("MBL888|", "message 1 CNI 2", [], ["MSKU1234569"])
    assert books(lake) == [("manifest/m.edi", "corrected", 1, 1, 0, 0)]
    [act] = lake.arrow(REPLAY).to_pylist()
    assert (act["reason"], act["who"], act["batch_id"], act["content_sha256"]) == ("typing error", "officer", row["batch_id"], sha256(mended.encode()).hexdigest())
    told = known(lake, refused["id"])
    assert told["state"] == "accepted" and told["raw"] == refused["raw"] and [one["outcome"] for one in told["history"]] == ["accepted"]


def test_a_correction_that_says_what_is_there_already_is_a_duplicate(works: Walk, lake: Lake) -> None:
    told = works.replay(correction(lake, "courier", "line 2", PARCELS.splitlines()[0]))
    assert told["courier"]["duplicate"] == 1 and len(silver(lake, "courier")) == 1
    assert books(lake) == [("courier/c.jsonl", "corrected", 1, 0, 0, 1)] and opened(lake, feeds=("courier",))[0]["position"] == "line 3"


def test_a_message_corrected_as_a_whole_gives_its_records_and_new_refusals(works: Walk, lake: Lake) -> None:
    text = '[{"eventID": "E1", "eventDateTime": "2026-01-05T09:00:00Z", "eventCreatedDateTime": "2026-01-05T09:01:00Z"}, {"eventID": "E2"}]'
    assert works.replay(correction(lake, "carrier_event", "1", text))["carrier_event"]["accepted"] == 1
    assert [(row["record_key"], row["position"]) for row in silver(lake, "carrier_event")] == [("E1", "1#event 1")]
    assert books(lake) == [("carrier_event/e.json", "corrected", 2, 1, 1, 0)]
    [left] = opened(lake, feeds=("carrier_event",))
    assert (left["position"], left["code"]) == ("1#event 2", "field.missing")
    fixed = '{"eventID": "E2", "eventDateTime": "2026-01-05T09:00:00Z", "eventCreatedDateTime": "2026-01-05T09:01:00Z"}'
    assert works.replay(correction(lake, "carrier_event", "1#event 2", fixed))["carrier_event"]["accepted"] == 1
    assert not opened(lake, feeds=("carrier_event",)) and len(silver(lake, "carrier_event")) == 2


def test_dismissed_refusals_are_left_alone_and_stay_in_history(works: Walk, lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    one = find(lake, "declaration", "1")
    dismiss(lake, [one, one], "withdrawn by its sender", "officer")
    relax(monkeypatch, "declaration", "declaration_office_id")
    assert works.replay(Wanted(Asked(("declaration",)))) == {} and not silver(lake, "declaration")
    told = known(lake, one)
    assert told["state"] == "dismissed" and [(act["action"], act["reason"]) for act in told["history"]] == [("dismissed", "withdrawn by its sender")]
    with pytest.raises(CallerError, match="is settled: dismissed"):
        dismiss(lake, [one], "again", "officer")


@pytest.mark.parametrize("when", ["refined", "told"])
def test_a_replay_cut_off_in_the_middle_loses_and_doubles_nothing(works: Walk, lake: Lake, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    relax(monkeypatch, "exchange_rate", "krw_per_unit")
    name = {"refined": "refine", "told": "settled"}[when]
    real = getattr(replay, name)

    def cut(*words: object) -> None:
        real(*words)
        raise RuntimeError("planted")

    with monkeypatch.context() as planted, pytest.raises(RuntimeError, match="planted"):
        planted.setattr(replay, name, cut)
        works.replay(ALL)
    assert len(silver(lake, "exchange_rate")) == 3 and not acts(lake)
    assert works.replay(ALL)["exchange_rate"]["accepted"] == 2
    assert len(silver(lake, "exchange_rate")) == 3 and len(acts(lake)) == 2 and len(books(lake)) == 1
    accepted = sum(row["accepted"] for row in lake.arrow(FILE).to_pylist() if row["feed"] == "exchange_rate")
    assert accepted == 3


def test_an_unfinished_night_goes_first(works: Walk, lake: Lake) -> None:
    journal = Journal(lake)
    journal.entry = {"kind": "nightly", "business_date": "2026-06-29", "as_of": "2026-06-29T23:59:59+09:00"}
    journal._write()
    for act in (lambda: works.replay(ALL), lambda: dismiss(lake, [find(lake, "declaration", "1")], "r", "w")):
        with pytest.raises(CallerError, match="nightly run of 2026-06-29 did not finish"):
            act()


def test_reports_tell_each_sender_in_both_languages(lake: Lake, tmp_path: Path) -> None:
    told = report(lake, Asked(), tmp_path / "out")
    assert [(one["feed"], one["sender"], one["file"], one["rows"]) for one in told] == [
        ("carrier_event", None, "carrier_event.csv", 1), ("courier", None, "courier.csv", 1), ("courier", "EX", "courier-EX.csv", 3),
        ("declaration", "43894", "declaration-43894.csv", 1), ("exchange_rate", None, "exchange_rate.csv", 3), ("manifest", "HSLI", "manifest-HSLI.csv", 2)]
    text = (tmp_path / "out" / "declaration-43894.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    [row] = csv.DictReader(text.decode("utf-8-sig").splitlines())
    assert list(row) == ["known_at", "file", "position", "code", "message_ko", "message_en", "excerpt"]
    assert (row["message_ko"], row["message_en"]) == ("필수 항목이 없습니다: 신고세관·과 [DeclarationOfficeID]",
                                                    "A needed field is missing: Clearance office 3 digits and section 2 [DeclarationOfficeID]")
    assert row["excerpt"].startswith("<wco:Declaration") and len(row["excerpt"]) <= 300
    later = max(one["known_at"] for one in lake.arrow(FILE).to_pylist()) + timedelta(seconds=1)
    assert report(lake, Asked(since=later), tmp_path / "none") == []


def test_the_commands_correct_and_replay(lake: Lake, spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("HAECHI_PROFILE", raising=False)
    one, raw = find(lake, "courier", "line 3"), tmp_path / "raw.json"

    def tell(*words: str) -> tuple[int, dict]:
        capsys.readouterr()
        code = cli.run(["quarantine", *words, "--lake", lake.root, "--json"])
        return code, json.loads(capsys.readouterr().out)

    raw.write_text(PARCELS.splitlines()[2], encoding="utf-8")
    code, told = tell("correct", one, "--raw", str(raw), "--reason", f"asked {PERSON}")
    assert (code, told["outcome"], told["code"]) == (2, "refused", "field.unreadable") and "weight_kg" in told["message_ko"]
    assert_valid("quarantine-correct", told)
    raw.write_text(PARCELS.splitlines()[2].replace('"heavy"', "1.5"), encoding="utf-8")
    code, told = tell("correct", one, "--raw", str(raw), "--reason", f"asked {PERSON}")
    assert (code, told["outcome"], told["code"]) == (0, "accepted", None)
    assert_valid("quarantine-correct", told)
    code, told = tell("replay", "courier")
    assert code == 0 and told["feeds"]["courier"]["refused"] == 3
    assert_valid("quarantine-replay", told)
    stand_in = pseudonymised(PERSON, load_settings({}))
    for table in (BY_NAME["courier"].bronze, REPLAY):
        lake.reread()
        written = str(lake.arrow(table).to_pylist())
        assert PERSON not in written and stand_in in written
    assert [one["outcome"] for one in known(lake, one)["history"]] == ["refused", "accepted"]
    assert tell("correct", one, "--raw", str(raw), "--reason", "again")[0] == 2
