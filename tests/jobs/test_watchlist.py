"""Watchlist screening over nights: names are asked once, what is cleared stays cleared until its entry changes."""

from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from fusion.tables import WATCHLIST_CLEARANCE, WATCHLIST_NAME
from jobs.manifest import seen_by_readers
from jobs.query import query
from jobs.walk import Walk
from lakehouse.clock import KOREA
from lakehouse.lake import Lake
from lakehouse.settings import load_settings

pytestmark = pytest.mark.spark
DAYS = [date(2026, 5, 1) + timedelta(days=n) for n in range(5)]
HEAD = "entry_id,kind,name,aliases,country,reason,valid_from,valid_to"
SHIPPERS = ("GUANGZHOU NORTHSTAR TRADING CO LTD", "NORTHSTAR GUANGZHU TRADING", "QUIET RIVER TOYS LTD", "광저우 노스스타 트레이딩")


def manifest(number: int, *shippers: str) -> str:
    groups = "".join(f"CNI+{n}+B{number}{n}'RFF+BM:M{number}'RFF+BH:B{number}{n}'NAD+CZ+++{name}'GID+1+7:BG'FTX+AAA+++SALT'" for n, name in enumerate(shippers, 1))
    tdt = "TDT+20+0123E+1++HSLI:172:20:HAE LINE+++9074729:146:11:OCEAN ARGENT:PA'"
    return f"UNB+UNOA:2+A+B+260501:0900+{number}'UNH+1+CUSCAR:D:95B:UN'BGM+85+M{number}+9'{tdt}{groups}UNT+9+1'UNZ+1+{number}'"


class Watched:
    """A lake over which each day's deliveries are walked as a night."""

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        self.landing, self.lake = folder / "landing", Lake(str(folder / "lake"))
        self.walk = Walk(lambda: spark, self.lake, load_settings({}), print)

    def night(self, day: date, **files: str) -> list[list[str]]:
        for feed, text in files.items():
            folder = self.landing / str(day) / feed
            folder.mkdir(parents=True)
            (folder / "file.txt").write_text(text, encoding="utf-8")
        self.walk.night(day, self.landing)
        return query(seen_by_readers(self.lake), "SELECT entry_id, role, name, status FROM gold.watchlist_hit JOIN gold.party_mention USING (feed, record_key, role) "
                     "ORDER BY 1, 2, 3", 100).rows

    def asked(self) -> list[str]:
        return sorted(str(name) for name in self.lake.arrow(WATCHLIST_NAME, ("name_hash",))["name_hash"].to_pylist())


def local(*entries: tuple[str, str, str]) -> str:
    return "\n".join([HEAD, *(f"{entry},{kind},{name},,CN,penalised,2026-01-01," for entry, kind, name in entries)]) + "\n"


def test_names_are_found_under_other_spellings_and_clearances_hold(spark: SparkSession, tmp_path: Path) -> None:
    watched = Watched(spark, tmp_path)
    first = watched.night(DAYS[0], watchlist=local(("L1", "entity", "Northstar Guangzhou Trading Company Limited"), ("L2", "vessel", "Ocean Argent")),
                          manifest=manifest(1, *SHIPPERS[:3]))
    assert first == [["L1", "consignor", SHIPPERS[0], "open"], ["L1", "consignor", SHIPPERS[1], "open"], *[["L2", "vessel", "OCEAN ARGENT", "open"]] * 3]
    asked = watched.asked()
    # The same names the next day are not asked again; a new one is, across scripts.
    second = watched.night(DAYS[1], manifest=manifest(2, SHIPPERS[0], SHIPPERS[3]))
    assert watched.asked() == sorted([*asked, sha256(SHIPPERS[3].encode()).hexdigest()])
    assert [row[2] for row in second if row[0] == "L1"] == [SHIPPERS[0], SHIPPERS[0], SHIPPERS[1], SHIPPERS[3]]
    hit = query(seen_by_readers(watched.lake), f"SELECT h.party_id, entry_hash FROM gold.watchlist_hit h JOIN gold.party_mention USING (feed, record_key, role) WHERE name = '{SHIPPERS[1]}'", 1).rows[0]
    watched.lake.append_rows([{"list": "LOCAL", "entry_id": "L1", "party_id": hit[0], "entry_hash": hit[1], "until": None, "is_withdrawn": False,
                               "reason": "another firm", "cleared_by": "analyst", "known_at": datetime(2026, 5, 3, 9, tzinfo=KOREA)}], WATCHLIST_CLEARANCE)
    third = watched.night(DAYS[2])
    assert [row[3] for row in third if row[2] == SHIPPERS[1]] == ["cleared"] and [row[3] for row in third if row[2] == SHIPPERS[0]] == ["open", "open"]
    # The entry changes: what was cleared is open again; an entry that is new meets names asked long ago.
    changed = local(("L1", "entity", "Northstar Guangzhou Trading"), ("L2", "vessel", "Ocean Argent"), ("L3", "entity", "Quiet River Toys"))
    fourth = watched.night(DAYS[3], watchlist=changed)
    assert [row[3] for row in fourth if row[2] == SHIPPERS[1]] == ["open"] and ["L3", "consignor", SHIPPERS[2], "open"] in fourth


def test_history_taken_in_one_pass_knows_each_hit_since_both_were_there(spark: SparkSession, tmp_path: Path) -> None:
    watched = Watched(spark, tmp_path)
    delivered = {DAYS[0]: ("manifest", manifest(1, SHIPPERS[0])), DAYS[1]: ("watchlist", local(("L1", "entity", "Northstar Guangzhou Trading Company Limited"))),
                 DAYS[2]: ("manifest", manifest(2, SHIPPERS[1]))}
    for day, (feed, text) in delivered.items():
        folder = watched.landing / str(day) / feed
        folder.mkdir(parents=True)
        (folder / "file.txt").write_text(text, encoding="utf-8")
    watched.walk.night(DAYS[3], watched.landing, "history")
    rows = query(seen_by_readers(watched.lake), "SELECT name, CAST(known_at AS DATE) FROM (SELECT h.known_at, name FROM gold.watchlist_hit h JOIN gold.party_mention USING (feed, record_key, role)) "
                 "ORDER BY 2", 100).rows
    assert [(name, str(day)) for name, day in rows] == [(SHIPPERS[0], str(DAYS[1])), (SHIPPERS[1], str(DAYS[2]))]
