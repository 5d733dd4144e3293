"""A thousand planted codes, phones and e-mails through the real walk: none is found in clear anywhere, the vault gives each back."""

import json
import os
import sqlite3
import subprocess
import sys
import traceback
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from planted import DAY, Planter, Value, json_feeds, plant_landing, told_in
from pyspark.sql import SparkSession

from feeds.pseudonym import pseudonym
from feeds.vault.audit import Attempt, verify
from feeds.vault.opening import unmask
from feeds.vault.store import VaultAccess, prepare
from jobs.tables import BY_NAME, TABLES
from jobs.walk import Walk
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.session import jar_folder
from lakehouse.settings import load_settings

ROUNDS = 32
KEY = "a pseudonym key of the test"
SETTINGS = load_settings({}).replaced(pseudonym__key=KEY, vault__key="a vault key of the test")
pytestmark = pytest.mark.spark


@dataclass(frozen=True)
class Ran:
    """A lake after an ingest by the command and a night, what was planted before, and all that was said meanwhile."""

    lake: Lake
    plant: Planter
    told: dict[str, dict[str, int]]
    said: str


@pytest.fixture(scope="module")
def ran(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("planted")
    plant = plant_landing(folder / "landing", ROUNDS)
    environment = os.environ | {"HAECHI_PSEUDONYM_KEY": KEY, "HAECHI_VAULT_KEY": SETTINGS["vault.key"], "HAECHI_JARS": str(jar_folder()),
                                "XDG_CACHE_HOME": str(folder / "cache"), "HAECHI_SPARK_DRIVER_MEMORY": "2g"}
    words = [sys.executable, "-m", "haechi.cli", "ingest", "--landing", str(folder / "landing"), "--lake", str(folder / "lake"), "--json"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    lake, said = Lake(str(folder / "lake")), [done.stdout, done.stderr]
    Walk(lambda: spark, lake, SETTINGS, said.append).night(date.fromisoformat(DAY), None)
    said += [path.read_text(errors="replace") for path in (folder / "cache").rglob("*.log")]
    return Ran(lake, plant, json.loads(done.stdout)["feeds"], "\n".join(said))


def rows(ran: Ran, table: str) -> str:
    """All that a table holds, as text."""
    return rows_of(ran.lake, table)


def rows_of(lake: Lake, table: str) -> str:
    return json.dumps(lake.arrow(BY_NAME[table]).to_pylist(), ensure_ascii=False, default=str)


def stand_ins(ran: Ran) -> dict[str, Value]:
    return {pseudonym(KEY, value.kind, value.plain): value for value in ran.plant.values}


def test_what_was_planted_was_read(ran: Ran) -> None:
    assert len(ran.plant.values) >= 1_000 and len(ran.plant.names) > 200
    assert {value.kind for value in ran.plant.values} == {"customs", "phone", "email", "resident", "passport"}
    taken = {feed: counts for feed, counts in ran.told.items() if counts["files"]}
    assert len(taken) == 12 and sum(counts["quarantined"] for counts in taken.values()) == 8
    assert sum(counts["accepted"] for counts in taken.values()) == ROUNDS * 12 + 1


def test_the_search_finds_what_is_there(ran: Ran) -> None:
    for value in ran.plant.values:
        assert told_in(f"x {value.plain} y", ran.plant) == [value]
    spaced = next(value.plain for value in ran.plant.values if value.kind == "phone")
    assert told_in(f"+82 {spaced[1:3]}-{spaced[3:7]}.{spaced[7:]}", ran.plant)


def test_no_table_tells_a_value(ran: Ran) -> None:
    assert {table.full_name: told_in(rows(ran, table.full_name), ran.plant) for table in TABLES if ran.lake.version(table) is not None} == {
        table.full_name: [] for table in TABLES if ran.lake.version(table) is not None}


def test_no_byte_of_any_file_and_no_log_tells_a_value(ran: Ran) -> None:
    files = [path for path in Path(ran.lake.root).rglob("*") if path.is_file()]
    assert {"vault.db", "published.json"} <= {path.name for path in files} and len(files) > 50
    told = {str(path): told_in(path.read_bytes().decode("latin-1"), ran.plant) for path in files}
    assert not {path: found for path, found in told.items() if found}
    assert ran.said and not told_in(ran.said, ran.plant)


def test_every_stand_in_lies_in_bronze_and_the_vault_gives_its_value_back(ran: Ran) -> None:
    expected = stand_ins(ran)
    bronze = "".join(rows(ran, table.full_name) for table in TABLES if table.layer == "bronze")
    assert not [value for name, value in expected.items() if name not in bronze]
    access = VaultAccess.of(SETTINGS, ran.lake.folder)
    entries = unmask(access, Attempt("kim", "unmask", "planted values", "investigator"), ("investigator",), list(expected))
    assert not [entry for entry in entries if pseudonym(KEY, entry.kind, entry.value or "") != entry.pseudonym]
    assert len(entries) == len(ran.plant.values) and verify(access).rows == len(entries)


def test_names_lie_only_where_access_is_controlled(ran: Ran) -> None:
    tables = {table.full_name: rows(ran, table.full_name) for table in TABLES if ran.lake.version(table) is not None}
    telling = {name for name, text in tables.items() if any(planted in text for planted in ran.plant.names)}
    assert {"gold.party_mention", "gold.party", "silver.declaration", "bronze.courier", "quarantine.order"} <= telling
    assert not {name for name in telling if not name.startswith(("bronze.", "silver.", "quarantine."))} - {"gold.party_mention", "gold.party"}
    assert {"gold.shipment", "gold.event", "gold.feature", "gold.score", "ops.run", "ops.file", "ops.check"} <= set(tables) - telling
    others = [path for path in Path(ran.lake.root).rglob("*") if path.is_file() and path.suffix != ".parquet"]
    assert not [path for path in others if any(planted.encode() in path.read_bytes() for planted in ran.plant.names)]
    assert not [planted for planted in ran.plant.names if planted in ran.said]


def test_waybills_and_bag_tags_are_still_read(ran: Ran) -> None:
    assert set(ran.lake.arrow(BY_NAME["silver.air_waybill"], ["master_awb_plain"])["master_awb_plain"].to_pylist()) == {"01612345675"}
    assert set(ran.lake.arrow(BY_NAME["silver.cargo_progress"], ["master_bl"])["master_bl"].to_pylist()) == {"01612345675"}
    assert all(tag.startswith("0180") for tag in ran.lake.arrow(BY_NAME["silver.baggage"], ["bag_tag"])["bag_tag"].to_pylist())


def test_where_the_vault_cannot_be_written_nothing_else_is(spark: SparkSession, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plant, lake = Planter(5), Lake(str(tmp_path / "lake"))
    folder = tmp_path / "landing" / DAY / "courier"
    folder.mkdir(parents=True)
    (folder / "one.jsonl").write_text("\n".join(json_feeds(plant, number)["courier"] for number in range(3)), encoding="utf-8")
    access = VaultAccess.of(SETTINGS, lake.folder)
    prepare(access)
    said: list[str] = []
    walk = Walk(lambda: spark, lake, SETTINGS, said.append)
    with sqlite3.connect(lake.folder / "vault.db") as hand:
        hand.execute("CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    with pytest.raises(Exception, match="the disk is full") as fault:
        walk.ingest(tmp_path / "landing", ("courier",))
    assert not lake.arrow(BY_NAME["bronze.courier"]).num_rows
    out, err = capfd.readouterr()
    written = [path.read_bytes().decode("latin-1") for path in Path(lake.root).rglob("*") if path.is_file()]
    assert not told_in("\n".join([str(fault.value), *traceback.format_exception(fault.value), *said, out, err, *written]), plant)
    with sqlite3.connect(lake.folder / "vault.db") as hand:
        hand.execute("DROP TRIGGER full")
    assert walk.ingest(tmp_path / "landing", ("courier",))["courier"]["accepted"] == 3
    read = [value for value in plant.values if pseudonym(KEY, value.kind, value.plain) in rows_of(lake, "bronze.courier")]
    entries = unmask(access, Attempt("kim", "unmask", "planted values", "investigator"), ("investigator",), [pseudonym(KEY, v.kind, v.plain) for v in read])
    assert len(entries) == 15 and all(entry.value for entry in entries)


def test_another_pseudonym_key_is_refused_before_anything_is_read(spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    (tmp_path / "landing" / "courier").mkdir(parents=True)
    (tmp_path / "landing" / "courier" / "one.jsonl").write_text(json_feeds(Planter(6), 1)["courier"], encoding="utf-8")
    prepare(VaultAccess.of(SETTINGS, lake.folder))
    with pytest.raises(CallerError, match="with another key"):
        Walk(lambda: spark, lake, SETTINGS.replaced(pseudonym__key="another"), print).ingest(tmp_path / "landing", ("courier",))
    assert lake.version(BY_NAME["bronze.courier"]) is None
