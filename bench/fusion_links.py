"""How well records are joined to shipments, on simulated worlds whose truth is known: links found against links there are."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from bench import Asked
from bench.page import table
from feeds.registry import BY_NAME
from fusion.belonging import Links, belonging
from fusion.naming import NAMINGS
from fusion.tables import SHIPMENT
from jobs.walk import Walk
from lakehouse.clock import now, sql_instant
from lakehouse.lake import Lake
from lakehouse.session import start_session
from lakehouse.settings import Settings
from simulation.scenario import load_scenario
from simulation.world import DEFAULT_END, simulate

PAGE = Path("docs/fusion-quality.md")
TITLE = "# How good the joins are\n\nWritten by `python -m bench fusion_links` and its kin, each part by itself.\n\n"
_WORLDS, _SHIPMENTS, _DAYS, _SEED = ("mixed", "dirty_feeds"), 2_000, 30, 5
_ASKED = "Asked: precision ≥ 0.995, recall ≥ 0.99."
_HEADS = ("links there are", "found", "precision", "recall")
# A link found is of the true shipment that most records of its shipment's own are of; of several that are of one, the largest is it.
_JUDGED = """
CREATE TABLE own AS SELECT f.shipment_id, t.shipment, count(*) AS many
    FROM found f JOIN truth t USING (feed, record_key) WHERE t.level = 'own' GROUP BY ALL;
CREATE TABLE likest AS SELECT shipment_id, arg_max(shipment, (many, shipment)) AS shipment, max(many) AS many FROM own GROUP BY shipment_id;
CREATE TABLE met AS SELECT arg_max(shipment_id, (many, shipment_id)) AS shipment_id, shipment FROM likest GROUP BY shipment;
CREATE TABLE ours AS SELECT coalesce(met.shipment, 'none ' || f.shipment_id) AS shipment, f.feed, f.record_key, any_value(f.kind) AS kind
    FROM found f LEFT JOIN met USING (shipment_id) GROUP BY ALL;
CREATE TABLE theirs AS SELECT DISTINCT shipment, feed, record_key FROM truth;
CREATE TABLE kinds AS SELECT DISTINCT shipment, MAP {'B': 'baggage', 'P': 'parcel', 'C': 'cargo'}[left(shipment, 1)] AS kind FROM theirs;
CREATE TABLE judged AS SELECT coalesce(k.kind, o.kind) AS kind, coalesce(o.feed, t.feed) AS feed,
        o.shipment IS NOT NULL AS is_found, t.shipment IS NOT NULL AS is_true
    FROM ours o FULL JOIN theirs t USING (shipment, feed, record_key) LEFT JOIN kinds k ON k.shipment = coalesce(t.shipment, o.shipment)
"""
_FIGURES = """SELECT {by}, count(*) FILTER (is_true) AS there, count(*) FILTER (is_found) AS found,
    count(*) FILTER (is_true AND is_found) / nullif(count(*) FILTER (is_found), 0) AS precision,
    count(*) FILTER (is_true AND is_found) / nullif(count(*) FILTER (is_true), 0) AS recall FROM judged GROUP BY ALL ORDER BY ALL"""
Row = tuple[object, ...]


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section: worlds with mess on, taken in one pass, their links held against the truth."""
    spark = start_session(settings)
    parts = [f"## Records joined to shipments\n\nRun on {now():%Y-%m-%d}. {_SHIPMENTS:,} shipments, {_DAYS} days, seed {_SEED}. {_ASKED}"]
    for name in _WORLDS:
        say(f"world {name}")
        folder = asked.work / "bench" / f"fusion-{name}"
        shutil.rmtree(folder, ignore_errors=True)
        simulate(folder / "landing", _SHIPMENTS, _DAYS, _SEED, DEFAULT_END, scenario=load_scenario(name))
        lake = Lake(str(folder / "lake"))
        Walk(lambda: spark, lake, settings, say).night(DEFAULT_END, folder / "landing", "history")
        found = judged(spark, lake, folder / "landing" / "truth", folder)
        parts.append(f"### Scenario `{name}`\n\n" + "\n\n".join(
            table((*heads, *_HEADS), [tuple(_shown(cell) for cell in row) for row in found[by]])
            for by, heads in (("kind", ("kind",)), ("kind, feed", ("kind", "feed")))))
    return "\n\n".join(parts)


def judged(spark: SparkSession, lake: Lake, truth: Path, work: Path) -> dict[str, list[Row]]:
    """Precision and recall of the links of a lake run to its end: in all, by kind of shipment, by kind and feed.

    `truth` is the truth folder of the world that the lake was fed with; what no reader took is no record.
    """
    _found(spark, lake).write.mode("overwrite").parquet(str(work / "found"))
    with duckdb.connect() as base:
        base.execute(f"CREATE VIEW found AS SELECT * FROM read_parquet('{work}/found/*.parquet')")
        base.register("taken", _taken(lake))
        base.execute(f"CREATE TABLE truth AS SELECT * FROM read_parquet('{truth}/links/*.parquet') SEMI JOIN taken USING (feed, record_key)")
        for sql in _JUDGED.strip().split(";"):
            base.execute(sql)
        return {by: base.execute(_FIGURES.format(by=by)).fetchall() for by in ("'all'", "kind", "kind, feed")}


def _found(spark: SparkSession, lake: Lake) -> DataFrame:
    """Every link of every shipment there is now."""
    current = lake.current(spark, SHIPMENT).select("shipment_id", "kind")
    spine = current.withColumn("as_of", F.expr(sql_instant(now())))
    return belonging(spine, Links.of(spark, lake)).join(current, "shipment_id").select("shipment_id", "kind", "feed", "record_key")


def _taken(lake: Lake) -> pa.Table:
    keys = {naming.feed: lake.arrow(BY_NAME[naming.feed].silver, ("record_key",)) for naming in NAMINGS}
    return pa.concat_tables([table.append_column("feed", pa.array([feed] * table.num_rows, pa.string())) for feed, table in keys.items()])


def _shown(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:.4f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell or "–")

