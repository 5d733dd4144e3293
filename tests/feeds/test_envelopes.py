"""Every record can be read again alone: put back into its envelope it says the same, and what is refused is refused alike."""

import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from edifact_sent import COARRI, CUSCAR, sent
from every_feed import BOUNDS, EVENT, MESSAGES, SDN, lines, samples
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import SparkSession

from feeds.feed import Feed, Record, record_key
from feeds.parsing import Parsing
from feeds.readers.envelope import around, is_company, within
from feeds.registry import BY_NAME, FEEDS
from feeds.replaying import Rereading
from lakehouse.settings import Settings, load_settings

# What is told of the whole message and not of its records.
OF_THE_MESSAGE = {"envelope_faults"}


def alone(feed: Feed, record: Record, raw: str | None = None) -> list[Record]:
    """What is read where only the record is left of its message."""
    found = feed.read(within(record.envelope, record.raw if raw is None else raw), BOUNDS)
    return [one for one in found if not is_company(record.envelope, one.raw)]


def said(feed: Feed, record: Record) -> tuple[object, ...]:
    values = {name: value for name, value in (record.values or {}).items() if name not in OF_THE_MESSAGE}
    return record.key or record_key(feed, values), record.parts, values, record.refusal


def assert_each_is_read_alike(feed: Feed, text: str) -> int:
    records = list(feed.read(text, BOUNDS))
    for record in records:
        assert record.envelope is not None
        assert [said(feed, one) for one in alone(feed, record)] == [said(feed, record)], record.position
    return len(records)


def test_every_feed_has_messages_here() -> None:
    assert set(MESSAGES) == set(BY_NAME)


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_every_record_is_read_alike_alone(feed: Feed) -> None:
    for text in MESSAGES[feed.name]:
        assert assert_each_is_read_alike(feed, text) and not [record for record in feed.read(text, BOUNDS) if record.refusal]


def test_every_record_of_other_peoples_messages_is_read_alike_alone(shared: Path) -> None:
    told = {feed: sum(assert_each_is_read_alike(BY_NAME[feed], text[:400_000] if text[0] != "<" else text) for text in texts)
            for feed, texts in samples(shared).items()}
    assert told["watchlist"] > 5_000 and all(told.values())


@pytest.mark.parametrize(("feed", "text", "refused"), [
    ("watchlist", f"{SDN.format(1)}\n36,12,aka,OTHER,-0-\n{SDN.format(2)}\n9,8,7,6,5,4\n", 2), ("carrier_event", lines(EVENT, [EVENT], EVENT) + "{broken\n", 2),
    ("carrier_event", json.dumps([EVENT, 17, "x"]), 2), ("exchange_rate", "currency,valid_from,krw_per_unit\nUSD,2026-01-04,1\nUSD,2\n", 1),
    ("terminal_event", sent(COARRI, CUSCAR, COARRI.replace("UNT", "UNX")), 2), ("manifest", sent(CUSCAR) + sent(CUSCAR)[:200], 1),
    ("manifest", sent(CUSCAR.replace("SALT", "DRIVER'S")), 1), ("courier", '{"a": 1}\n[1]\n', 1), ("terminal_event", "UNA:*.? ~" + sent(COARRI, COARRI).replace("'", "~"), 1),
])
def test_what_is_refused_is_refused_alike_alone(feed: str, text: str, refused: int) -> None:
    assert_each_is_read_alike(BY_NAME[feed], text)
    assert sum(bool(record.refusal) for record in BY_NAME[feed].read(text, BOUNDS)) == refused


def test_a_consignment_alone_takes_no_more_than_its_own() -> None:
    text = "UNH+1+CUSCAR'EQD+CN+CSQU3054383'EQD+CN+MSKU1234569'CNI+1+A'CNI+2+B'SGP+MSKU1234569+1'CNT+11:9'UNT+6+1'"
    first, last = (alone(BY_NAME["manifest"], record)[0].values for record in BY_NAME["manifest"].read(text, BOUNDS))
    assert first and last and (first["container_nos"], last["container_nos"]) == ([], ["MSKU1234569"])
    # The total of the message is of none of its consignments.
    assert (first["packages"], last["packages"]) == (None, "1")


def test_a_correction_needs_no_last_terminator() -> None:
    feed = BY_NAME["manifest"]
    broken = next(record for record in feed.read(sent(CUSCAR.replace("SALT", "DRIVER'S")), BOUNDS) if record.refusal)
    [mended] = alone(feed, broken, broken.raw.replace("DRIVER'S", "SALT").rstrip("'"))
    [whole] = [record for record in feed.read(sent(CUSCAR), BOUNDS) if record.position.endswith("CNI 2")]
    assert said(feed, mended) == said(feed, whole)


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=10))
def test_a_text_comes_back_whatever_is_in_it(before: str, after: str, raw: str) -> None:
    assert within(around(f"\ufffc{before}", after), raw) == f"\ufffc{before}{raw}{after}"
    assert within(around(before, after), raw) == before + raw + after
    assert within("", raw) == within(None, raw) == raw


def test_where_no_mark_is_free_there_is_no_envelope() -> None:
    assert around("\ufffc" + "".join(map(chr, range(0xE000, 0xF900)))) is None


def landed(folder: Path, feed: str, content: str | bytes, settings: Settings | None = None, name: str = "f") -> list[dict]:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    parsing = Parsing.of(BY_NAME[feed], settings or load_settings({}))
    return list(parsing.rows({"file": name, "path": str(path), "known_seconds": 0, "finding": ""}))


def test_what_was_not_kept_whole_has_no_envelope(tmp_path: Path) -> None:
    short = load_settings({}).replaced(bounds__record_bytes=200)
    long = json.dumps({"outcome_id": "x" * 300})
    assert [(row["refusal"], row["envelope"]) for row in landed(tmp_path, "outcome", long + "\n{broken\n", short)] == [("record.bounds", None), ("json.malformed", "")]
    assert [row["envelope"] for row in landed(tmp_path, "declaration", b'<?xml version="1.0" encoding="utf-8"?><a>\xff</a>')] == [None]
    assert [row["envelope"] for row in landed(tmp_path, "declaration", b"")] == [None]
    header = landed(tmp_path, "exchange_rate", "currency,valid_from\n" + "USD,2026-01-04\n" * 4)
    assert [(row["refusal"], row["envelope"], row["raw"].count("USD")) for row in header] == [("csv.header", "", 4)]
    assert landed(tmp_path, "exchange_rate", "currency,valid_from\n" + "USD,2026-01-04\n" * 400_000)[0]["envelope"] is None
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("in.zip", b"PK")
    assert [row["envelope"] for row in landed(tmp_path, "outcome", (tmp_path / "z.zip").read_bytes())] == [None]


def test_a_long_envelope_is_kept_where_its_record_may_be_refused() -> None:
    head = "".join(f"EQD+CN+CSQU305{number:04}'" for number in range(400))
    text = f"UNH+1+CUSCAR'{head}CNI+1+A'MEA+AAE+G+KGM:1'CNI+2+B'MEA+AAE+G+KGM:x'UNT+6+1'"
    feed = BY_NAME["manifest"]
    parsing = Parsing.of(feed, load_settings({}))
    kept = parsing.batch([parsing._row(feed, "", record, at) for at, record in enumerate(feed.read(text, BOUNDS))]).column("envelope").to_pylist()
    assert kept[0] is None and kept[1].count("EQD") == 400
    short = parsing.batch([parsing._row(feed, "", record, at) for at, record in enumerate(feed.read(sent(CUSCAR), BOUNDS))]).column("envelope").to_pylist()
    assert all(short)


def refusal(feed: str, record: Record, **more: object) -> dict:
    return {"refusal_id": "r", "file": "f", "position": "p", "ordinal": 3, "sha256": "s", "raw": record.raw, "envelope": record.envelope, **more}


def again(feed: str, asked: dict) -> list[dict]:
    return Rereading.of(BY_NAME[feed], load_settings({})).again(asked)  # type: ignore[attr-defined]


def test_a_record_read_again_keeps_its_place_and_forgets_the_totals_of_its_message() -> None:
    record = list(BY_NAME["manifest"].read(CUSCAR, BOUNDS))[1]
    [row] = again("manifest", refusal("manifest", record))
    assert (row["position"], row["ordinal"], row["counted"], row["envelope"]) == ("p", 3, 1, record.envelope)
    assert row["values"]["envelope_faults"] == ["unb"] and row["content_hash"] == record.parts[0]


def test_a_message_read_again_gives_all_its_records_in_their_order() -> None:
    [wrong] = BY_NAME["terminal_event"].read(sent(CUSCAR), BOUNDS)
    rows = again("manifest", refusal("manifest", wrong))
    assert [row["position"] for row in rows] == ["p#message 1 CNI 1", "p#message 1 CNI 2"]
    assert [row["ordinal"] >> 32 for row in rows] == [4, 4] and rows[0]["ordinal"] < rows[1]["ordinal"]
    assert [row["counted"] for row in rows] == [2, 0] and {row["refusal_id"] for row in rows} == {"r"}


@pytest.mark.parametrize(("feed", "raw", "envelope"), [
    ("exchange_rate", "", "\ufffccurrency,valid_from,krw_per_unit\n\ufffc"), ("exchange_rate", "currency,valid_from,krw_per_unit", "\ufffccurrency,valid_from,krw_per_unit\n\ufffc"),
    ("carrier_event", "", "\ufffc[\ufffc]"), ("outcome", " \n", ""), ("manifest", "CNI", "\ufffcUNH+1+CUSCAR'\ufffc'CNI'UNT+1+1'"),
])
def test_a_text_that_holds_no_record_is_refused(feed: str, raw: str, envelope: str) -> None:
    [row] = again(feed, refusal(feed, Record("", raw, None, envelope=envelope)))
    assert row["refusal"] and row["counted"] == 1


def test_bounds_hold_for_what_is_read_again() -> None:
    reading = Rereading.of(BY_NAME["outcome"], load_settings({}).replaced(bounds__record_bytes=100))
    assert isinstance(reading, Rereading)
    [row] = reading.again(refusal("outcome", Record("", json.dumps({"outcome_id": "x" * 300}), None)))
    assert row["refusal"] == "record.bounds" and len(row["raw"]) == 100


SENDERS = {"declaration": "43894", "manifest": "HSLI", "terminal_event": "HSLI", "air_waybill": "AIR1", "courier": "EX", "order": "D1", "watchlist": "UN"}


@pytest.mark.spark
@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_who_sent_a_record_is_told_where_the_form_tells(spark: SparkSession, feed: Feed) -> None:
    parsing = Parsing.of(feed, load_settings({}))
    records = list(feed.read(MESSAGES[feed.name][0], BOUNDS))
    rows = spark.createDataFrame(pa.Table.from_batches([parsing.batch([parsing._row(feed, "", record, at) for at, record in enumerate(records)])]))
    assert rows.selectExpr(f"{feed.sent_by} AS sender").toArrow()["sender"].to_pylist()[0] == SENDERS.get(feed.name)
