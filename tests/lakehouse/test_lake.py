"""Tables as they lie on disk: written by Spark and by the driver, read by Spark, Arrow and Delta's own readers."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from deltalake import DeltaTable
from pyspark.sql import SparkSession

from lakehouse.errors import CallerError
from lakehouse.field import Field, fields
from lakehouse.lake import Lake
from lakehouse.log import delta_schema
from lakehouse.table import Table
from lakehouse.text import Text

pytestmark = pytest.mark.spark
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


def _field(name: str, kind: str, **more: object) -> Field:
    return Field(name, kind, Text(f"{name} 값", f"Value of {name}"), **more)  # type: ignore[arg-type]


THINGS = Table("gold", "thing", Text("것", "Things"), fields(
    _field("name", "string"), _field("size", "long"), _field("known_at", "timestamp"), _field("norms", "map<string,double>"),
    _field("parts", "list", items=(_field("code", "string"), _field("places", "array<string>")))), key=("name",), newest=("known_at",))
ROW = {"name": "가", "size": 1, "known_at": NOON}


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def append(lake: Lake, spark: SparkSession, sql: str) -> int:
    return lake.append(spark.sql(sql), THINGS)


TWO = ("SELECT 'a' AS name, 1 AS size, TIMESTAMP '2026-06-30 12:00:00+00:00' AS known_at, map('x', 0.5D) AS norms, "
       "array(named_struct('code', 'c', 'places', array('p', 'q'))) AS parts UNION ALL "
       "SELECT 'b', 2, TIMESTAMP '2026-07-01 12:00:00+00:00', NULL, NULL")


def test_an_append_says_its_rows_and_gives_them_back_typed_to_every_reader(lake: Lake, spark: SparkSession) -> None:
    assert append(lake, spark, TWO) == 2
    assert lake.append_rows([ROW], THINGS) == 1
    rows = {row["name"]: row for row in lake.read(spark, THINGS).collect()}
    assert set(rows) == {"a", "b", "가"} and rows["a"]["norms"] == {"x": 0.5} and rows["a"]["parts"][0]["places"] == ["p", "q"]
    assert rows["가"]["known_at"].timestamp() == rows["a"]["known_at"].timestamp() == NOON.timestamp()
    by_delta = spark.read.format("delta").load(lake.path(THINGS))
    assert {tuple(row)[:3] for row in by_delta.collect()} == {tuple(row)[:3] for row in rows.values()}
    assert set(lake.arrow(THINGS, ("name",), [("size", "=", 2)])["name"].to_pylist()) == {"b"}


def test_the_table_carries_its_comments_in_both_languages(lake: Lake, spark: SparkSession) -> None:
    append(lake, spark, TWO)
    table = DeltaTable(lake.path(THINGS))
    assert table.schema() == delta_schema(THINGS) and table.schema().fields[0].metadata == {"comment": "name 값 / Value of name"}


def test_nothing_appended_is_no_version(lake: Lake, spark: SparkSession) -> None:
    assert append(lake, spark, f"SELECT * FROM ({TWO}) WHERE size > 5") == 0 == lake.append_rows([], THINGS)
    assert lake.version(THINGS) is None and lake.read(spark, THINGS).count() == 0 == lake.arrow(THINGS).num_rows


def test_versions_and_instants_show_what_was_there(lake: Lake, spark: SparkSession) -> None:
    append(lake, spark, TWO)
    first = lake.version(THINGS)
    assert first is not None
    lake.append_rows([ROW], THINGS)
    past = lake.pinned({THINGS.full_name: first})
    assert past.read(spark, THINGS).count() == 2 and lake.read(spark, THINGS).count() == 3
    assert lake.known(NOON).read(spark, THINGS).count() == 2
    with pytest.raises(CallerError, match="past version"):
        past.append_rows([ROW], THINGS)


def test_a_frame_kept_before_an_append_does_not_grow(lake: Lake, spark: SparkSession) -> None:
    append(lake, spark, TWO)
    kept = lake.read(spark, THINGS)
    lake.append_rows([ROW], THINGS)
    assert kept.count() == 2


@pytest.mark.parametrize("to_nothing", [False, True])
def test_a_restore_drops_what_came_after(lake: Lake, spark: SparkSession, to_nothing: bool) -> None:
    append(lake, spark, TWO)
    version = None if to_nothing else lake.version(THINGS)
    lake.append_rows([ROW], THINGS)
    lake.restore(THINGS, version)
    assert lake.read(spark, THINGS).count() == Lake(lake.root).read(spark, THINGS).count() == (0 if to_nothing else 2)
    assert append(lake, spark, TWO) == 2


def test_a_column_declared_later_is_null_in_what_was_there(lake: Lake, spark: SparkSession) -> None:
    append(lake, spark, TWO)
    wider = replace(THINGS, fields=(*THINGS.fields, _field("colour", "string")))
    assert {row["colour"] for row in lake.read(spark, wider).collect()} == {None}
    lake.append_rows([ROW | {"colour": "red"}], wider)
    assert {row["colour"] for row in Lake(lake.root).read(spark, wider).collect()} == {None, "red"}
    assert set(lake.arrow(wider, ("colour",))["colour"].to_pylist()) == {None, "red"}


def test_another_process_is_seen_once_the_logs_are_reread(lake: Lake, spark: SparkSession) -> None:
    append(lake, spark, TWO)
    Lake(lake.root).append_rows([ROW], THINGS)
    lake.reread()
    assert lake.read(spark, THINGS).count() == 3


def test_versions_are_kept_however_old_their_entries_in_the_log_are(lake: Lake, spark: SparkSession) -> None:
    assert append(lake, spark, TWO) + append(lake, spark, TWO) == 4
    log = Path(lake.path(THINGS)) / "_delta_log"
    for entry in log.iterdir():
        os.utime(entry, (0, 0))
    # Each hundredth commit writes a checkpoint, and would clear away what is older than a month before it.
    for at in range(100):
        lake.append_rows([ROW | {"size": at}], THINGS)
    assert any("checkpoint" in entry.name for entry in log.iterdir())
    assert lake.pinned({THINGS.full_name: 1}).arrow(THINGS).num_rows == 4


def test_files_put_together_say_the_same_to_every_reader(lake: Lake, spark: SparkSession) -> None:
    append(lake, spark, TWO)
    for at in range(3):
        lake.append_rows([ROW | {"size": at, "norms": [("y", 1.5)]}], THINGS)
    before = sorted(map(tuple, lake.read(spark, THINGS).collect()), key=str)
    assert lake.compact(THINGS, 9, True) == (0, 5) and lake.compact(THINGS, 3, True) == (5, 5)
    assert lake.compact(THINGS, 3) == (5, 1) and lake.compact(THINGS, 3) == (0, 1)
    assert sorted(map(tuple, lake.read(spark, THINGS).collect()), key=str) == before
    assert sorted(map(tuple, spark.read.format("delta").load(lake.path(THINGS)).collect()), key=str) == before
    assert lake.sweep(THINGS, [3], 0) == (0, 0) and lake.sweep(THINGS, [], 0)[0] >= 5
    assert sorted(map(tuple, lake.read(spark, THINGS).collect()), key=str) == before


def test_a_table_that_marks_rows_as_deleted_is_refused(lake: Lake, spark: SparkSession) -> None:
    append(lake, spark, TWO)
    spark.sql(f"ALTER TABLE delta.`{lake.path(THINGS)}` SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')")
    lake.reread()
    with pytest.raises(CallerError, match="Delta reader"):
        lake.read(spark, THINGS)


def test_a_damaged_log_is_told_in_one_line(lake: Lake, spark: SparkSession) -> None:
    append(lake, spark, TWO)
    log = next((Path(lake.path(THINGS)) / "_delta_log").glob("*.json"))
    log.write_text("{", encoding="utf-8")
    lake.reread()
    with pytest.raises(CallerError, match=r"gold\.thing cannot be opened"):
        lake.version(THINGS)


def test_a_column_declared_since_is_null_to_every_reader(lake: Lake, spark: SparkSession) -> None:
    append(lake, spark, TWO)
    wider = replace(THINGS, fields=(*THINGS.fields, _field("colour", "string")))
    assert lake.arrow(wider, ("name", "colour"), [("name", "=", "a")]).to_pylist() == [{"name": "a", "colour": None}]
    assert lake.dataset(wider).to_table(columns=["colour"]).to_pylist() == [{"colour": None}] * 2  # type: ignore[attr-defined]
    assert [row["colour"] for row in lake.read(spark, wider).collect()] == [None, None]
