"""Feeds beside one another: whole lists that replace their like, what is held and why, order between feeds, feeds gone silent."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from feeds import manifest, tariff, watchlist
from feeds.current import current
from jobs.manifest import seen_by_readers
from jobs.query import query
from jobs.walk import Walk
from lakehouse.clock import KOREA
from lakehouse.lake import Lake
from lakehouse.ops import CHECK
from lakehouse.settings import load_settings

pytestmark = pytest.mark.spark
DAYS = [date(2026, 5, 1) + timedelta(days=n) for n in range(9)]
HEAD = "hs10,regime_code,country,valid_from,valid_to,rate_percent,specific_krw,specific_unit"


def parcel(number: int, **events: str) -> str:
    made = {"record_type": "shipment", "tracking_no": f"T{number}", "courier_code": "K1", "created_at": "2026-05-01T09:00:00+09:00", "pieces": 1,
            "weight_kg": 1.5, "declared_value": {"amount": 20, "currency": "USD"}, "lines": [{"seq": 1, "description": "cable", "quantity": 1, "unit_value": 20}]}
    told = [{"record_type": "event", "tracking_no": f"T{number}", "event_code": code, "event_at": f"2026-05-{at}:00:00+09:00", "unlocode": "KRICN"}
            for code, at in events.items()]
    return "\n".join(map(json.dumps, [made, *told])) + "\n"


def rates(*percent: float | None) -> str:
    return "\n".join([HEAD, *(f"85183010{n:02},A,,2026-01-01,,{rate},," for n, rate in enumerate(percent) if rate is not None)]) + "\n"


def local(*names: str) -> str:
    return "\n".join(["entry_id,kind,name,aliases,country,reason,valid_from,valid_to", *(f"L{name},entity,{name},,KR,penalised,2026-01-01," for name in names)]) + "\n"


class Fed:
    """A lake that took nine days of courier, tariff and watchlist deliveries; what each day brought, it says."""

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self.spark, self.landing, self.lake = spark, folder / "landing", Lake(str(folder / "lake"))
        self.said: list[str] = []
        settings = load_settings({}).replaced(volume__minimum_records=20, quarantine__minimum_records=10)
        self.walk = Walk(lambda: spark, self.lake, settings, self.said.append)

    def land(self, day: date, feed: str, name: str, text: str) -> None:
        folder = self.landing / str(day) / feed
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")

    def names(self, feed: object, column: str, day: date) -> list[object]:
        known = self.lake.known(datetime.combine(day + timedelta(days=1), datetime.min.time(), KOREA), self.held)
        return sorted(row[0] for row in current(self.spark, known, feed).select(column).collect())  # type: ignore[arg-type]

    @property
    def held(self) -> dict[str, list[str]]:
        from jobs.manifest import latest

        published = latest(self.lake)
        return published.held if published else {}


@pytest.fixture(scope="module")
def fed(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Fed:
    fed = Fed(spark, tmp_path_factory.mktemp("fed"))
    for number, day in enumerate(DAYS[:6]):
        fed.land(day, "courier", "parcels.jsonl", parcel(number, ARRIVED="03T10", RELEASED="04T10"))
    fed.land(DAYS[0], "tariff", "tariff.csv", rates(8, 8, 8, 8, 8, 8))
    fed.land(DAYS[1], "tariff", "tariff.csv", rates(8, 6.5, 8, 8, 8, 8))
    fed.land(DAYS[2], "tariff", "tariff.csv", rates(8, 8, 8, 8, None, 8))
    fed.land(DAYS[0], "watchlist", "local.csv", local("ALPHA", "BETA", "GAMMA", "DELTA", "EPSILON"))
    fed.walk.night(DAYS[5], fed.landing, "history")
    fed.land(DAYS[6], "courier", "parcels.jsonl", "".join(parcel(100 + n) for n in range(40)) + parcel(200, RELEASED="05T10", ARRIVED="06T10"))
    fed.land(DAYS[6], "watchlist", "local.csv", local("ALPHA"))
    fed.seventh, _ = fed.walk.night(DAYS[6], fed.landing)  # type: ignore[attr-defined]
    fed.land(DAYS[7], "courier", "parcels.jsonl", parcel(201, RELEASED="05T10", ARRIVED="06T10"))
    fed.land(DAYS[7], "watchlist", "local.csv", local("ALPHA", "BETA", "DELTA", "EPSILON", "ZETA"))
    fed.eighth, _ = fed.walk.night(DAYS[7], fed.landing)  # type: ignore[attr-defined]
    return fed


def test_an_entry_absent_from_a_newer_list_has_ended(fed: Fed) -> None:
    assert fed.names(tariff.FEED, "hs10", DAYS[1]) == [f"85183010{n:02}" for n in range(6)]
    assert fed.names(tariff.FEED, "hs10", DAYS[2]) == [f"85183010{n:02}" for n in (0, 1, 2, 3, 5)]


def test_a_list_that_goes_back_to_what_it_said_is_believed(fed: Fed) -> None:
    assert fed.names(tariff.FEED, "rate_percent", DAYS[1]) == [6.5, 8, 8, 8, 8, 8]
    assert fed.names(tariff.FEED, "rate_percent", DAYS[2]) == [8] * 5


def test_a_list_that_shrinks_is_held_and_the_former_one_stands(fed: Fed) -> None:
    assert any("watchlist is held: list LOCAL|entry fell from 5 to 1 entries" in line for line in fed.said)
    assert fed.seventh.summary["stale"]["watchlist"]["why"] == "held"  # type: ignore[attr-defined]
    assert fed.names(watchlist.FEED, "name", DAYS[6]) == ["ALPHA", "BETA", "DELTA", "EPSILON", "GAMMA"]
    assert fed.names(watchlist.FEED, "name", DAYS[7]) == ["ALPHA", "BETA", "DELTA", "EPSILON", "ZETA"]


def test_a_day_of_many_times_the_usual_is_held(fed: Fed) -> None:
    assert any("courier is held" in line and "a day that usually brings 3" in line for line in fed.said)
    assert "courier" not in fed.eighth.summary["stale"]  # type: ignore[attr-defined]


def test_what_one_feed_says_out_of_order_is_counted(fed: Fed) -> None:
    found = fed.lake.arrow(CHECK).to_pylist()
    late = [(r["rows"], r["unexpected"], r["is_met"]) for r in found if r["expectation"] == "parcel.arrived_before_released"]
    assert sorted(late) == [(1, 1, False), (6, 0, True)]


def test_a_feed_gone_silent_is_told(fed: Fed) -> None:
    assert fed.eighth.summary["stale"] == {}  # type: ignore[attr-defined]
    published, _ = fed.walk.refresh(datetime(2026, 5, 11, 12, tzinfo=KOREA), None)
    assert published.summary["stale"] == {"courier": {"why": "absent", "detail": "last delivery 2026-05-08"}}


def test_readers_see_feeds_as_they_stand(fed: Fed) -> None:
    seen = seen_by_readers(fed.lake)
    assert query(seen, "SELECT count(*) FROM current.tariff", 1).rows == [[5]]
    assert query(seen, "SELECT count(*) FROM silver.tariff", 1).rows == [[7]]


def test_a_cancel_counts_whatever_its_place(spark: SparkSession, tmp_path: Path, edifact: Callable[[str, str, str], str]) -> None:
    for order in (("original", "cancel"), ("cancel", "original")):
        lake, landing = Lake(str(tmp_path / order[0] / "lake")), tmp_path / order[0] / "landing"
        for day, kind in zip(DAYS, order, strict=False):
            folder = landing / str(day) / "manifest"
            folder.mkdir(parents=True)
            (folder / "m.edi").write_text(edifact("9", "0900", "B1 B2") if kind == "original" else edifact("1", "1000", "B1"), encoding="utf-8")
        Walk(lambda: spark, lake, load_settings({}), print).night(DAYS[1], landing, "history")
        rows = current(spark, lake, manifest.FEED).select("house_bl").collect()
        assert [row[0] for row in rows] == ["B2"]


@pytest.fixture
def edifact() -> Callable[[str, str, str], str]:
    def made(function: str, clock: str, bills: str) -> str:
        groups = "".join(f"CNI+{n}+{bill}'RFF+BM:MBL1'RFF+BH:{bill}'GID+1+7:BG'FTX+AAA+++SALT'" for n, bill in enumerate(bills.split(), 1))
        return f"UNB+UNOA:2+A+B+260501:{clock}+1'UNH+1+CUSCAR:D:95B:UN'BGM+85+M1+{function}'DTM+137:20260501{clock}:203'{groups}UNT+9+1'UNZ+1+1'"

    return made
