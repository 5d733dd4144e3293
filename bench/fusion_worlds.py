"""Simulated worlds with mess on, taken into a lake in one pass: what the parts on fusion hold against the truth, made once a process."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from bench import Asked, inputs
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
SCENARIOS, SHIPMENTS, DAYS, SEED = ("mixed", "dirty_feeds"), 2_000, 30, 5
# A shipment found is the true one that most of the records of its own are of; of several that are of one, the largest is it.
_MET = """
CREATE TABLE own AS SELECT f.shipment_id, t.shipment, count(*) AS many
    FROM found f JOIN truth t USING (feed, record_key) WHERE t.level = 'own' GROUP BY ALL;
CREATE TABLE likest AS SELECT shipment_id, arg_max(shipment, (many, shipment)) AS shipment, max(many) AS many FROM own GROUP BY shipment_id;
CREATE TABLE met AS SELECT arg_max(shipment_id, (many, shipment_id)) AS shipment_id, shipment FROM likest GROUP BY shipment
"""


@dataclass(frozen=True)
class FusedWorld:
    """A world's lake, the folder of its truth, and a folder to work in."""

    lake: Lake
    truth: Path
    work: Path


_MADE: dict[Path, FusedWorld] = {}


def told(what: str, asked: str) -> str:
    """The head of a section: what it is of, when and on what it ran, what is asked of it."""
    return f"## {what}\n\nRun on {now():%Y-%m-%d}. {SHIPMENTS:,} shipments, {DAYS} days, seed {SEED}. {asked}"


def fused(settings: Settings, asked: Asked, name: str, illicit: float, say: Callable[[str], None]) -> FusedWorld:
    """A world of a scenario, its share of illicit shipments set where `illicit` is above 0."""
    folder = asked.work / "bench" / f"fusion-{name}-{illicit:g}"
    if folder not in _MADE:
        say(f"world {name}")
        _MADE[folder] = _made(settings, inputs.fresh(folder), name, illicit, say)
    return _MADE[folder]


def _made(settings: Settings, folder: Path, name: str, illicit: float, say: Callable[[str], None]) -> FusedWorld:
    spark = start_session(settings)
    scenario = load_scenario(name)
    scenario = scenario.model_copy(update={"illicit": illicit}) if illicit else scenario
    simulate(folder / "landing", SHIPMENTS, DAYS, SEED, DEFAULT_END, scenario=scenario)
    lake = Lake(str(folder / "lake"))
    Walk(lambda: spark, lake, settings, say).night(DEFAULT_END, folder / "landing", "history")
    return FusedWorld(lake, folder / "landing" / "truth", folder)


def held_against_truth(spark: SparkSession, lake: Lake, truth: Path, work: Path, base: duckdb.DuckDBPyConnection) -> None:
    """Tables in `base`: `found` and `truth` (links), and `met`, the shipment_id that each true shipment was found as.

    `truth` is the truth folder of the world that the lake was fed with; what no reader took is no record.
    """
    _found(spark, lake).write.mode("overwrite").parquet(str(work / "found"))
    base.execute(f"CREATE VIEW found AS SELECT * FROM read_parquet('{work}/found/*.parquet')").fetchall()
    base.register("taken", _taken(lake))
    base.execute(f"CREATE TABLE truth AS SELECT * FROM read_parquet('{truth}/links/*.parquet') SEMI JOIN taken USING (feed, record_key)").fetchall()
    for sql in _MET.strip().split(";"):
        base.execute(sql).fetchall()


def _found(spark: SparkSession, lake: Lake) -> DataFrame:
    """Every link of every shipment there is now."""
    current = lake.current(spark, SHIPMENT).select("shipment_id", "kind")
    spine = current.withColumn("as_of", F.expr(sql_instant(now())))
    return belonging(spine, Links.of(spark, lake)).join(current, "shipment_id").select("shipment_id", "kind", "feed", "record_key")


def _taken(lake: Lake) -> pa.Table:
    keys = {naming.feed: lake.arrow(BY_NAME[naming.feed].silver, ("record_key",)) for naming in NAMINGS}
    return pa.concat_tables([table.append_column("feed", pa.array([feed] * table.num_rows, pa.string())) for feed, table in keys.items()])


def shown(cell: object) -> str:
    """A cell of a table as text."""
    if isinstance(cell, float):
        return f"{cell:.4f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell or "–")
