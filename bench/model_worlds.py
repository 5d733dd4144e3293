"""Simulated worlds as models meet them: every shipment's features as of its scoring, what inspection said of some, and the truth of all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from bench.fusion_worlds import held_against_truth
from bench.inputs import fresh
from features.catalogue import FEATURES, HISTORIES
from features.featurize import computed
from features.history import with_history
from features.sources import reads, told_by
from fusion.derived import FIELDS, with_derived
from fusion.describe import describe
from fusion.labels import training_spine
from fusion.records import Records
from fusion.tables import DECLARATION_FACT, LABEL, SHIPMENT
from jobs.featurize import outcome_facts
from jobs.train import EXPOSURE
from jobs.walk import Walk
from lakehouse.clock import end_of, sql_instant
from lakehouse.lake import Lake
from lakehouse.session import compile_queries, compiled, start_session
from lakehouse.settings import Settings
from simulation.scenario import load_scenario
from simulation.world import DEFAULT_END, simulate

PAGE = Path("docs/models.md")
TITLE = "# How good the models are\n\nWritten by `python -m bench models feed_worth fit`, each part by itself.\n\n"
_ROWS_AT_ONCE = 4_000
_KEY = ("shipment_id", "as_of")
# Customs acts on what it inspects, holds or releases; what is still open was scored on the last night.
_ACTED = "coalesce(least(inspected_at, held_at, released_at), {end} + INTERVAL 1 DAY)"
_TRUTH = """SELECT m.shipment_id, s.shipment, coalesce(s.typology, '') AS typology, s.illicit = '1' AS is_illicit, s.evaded_krw::DOUBLE AS evaded_krw
    FROM met m JOIN read_csv('{truth}/*-*.csv', union_by_name = true, all_varchar = true) s USING (shipment)"""


@dataclass(frozen=True)
class WorldSize:
    """A world by its scenario, size and seed."""

    scenario: str
    shipments: int
    days: int
    seed: int

    @property
    def name(self) -> str:
        """What it is called in pages and folders."""
        return f"{self.scenario}-{self.seed}"

    def folder(self, work: Path) -> Path:
        """Where it is made."""
        return work / "bench" / "models" / f"{self.name}-{self.shipments}-{self.days}"


# Of seeds that nothing else here has: no test, and no choice of how models are trained. The first is measured unless others are
# named; the large one has a few hundred violations among its outcomes and takes hours to make.
WORLDS = (WorldSize("mixed", 8_000, 90, 101), WorldSize("new_scheme", 8_000, 90, 103), WorldSize("drift", 8_000, 90, 104),
          WorldSize("mixed", 40_000, 90, 102))
NAMES = tuple(size.name for size in WORLDS)


def named(names: Sequence[str]) -> tuple[WorldSize, ...]:
    """The worlds of these names in their own order, the first of all where none is named."""
    return tuple(size for size in WORLDS if size.name in names) or WORLDS[:1]


def rows_of(settings: Settings, work: Path, size: WorldSize, say: Callable[[str], None]) -> pa.Table:
    """A row a true shipment, oldest first: features, `as_of`, `shipment_kind`, `exposure_krw`, the label where it was inspected
    (`illicit, label_known_at, revenue_krw, selected_by`), and the truth (`typology, is_illicit, evaded_krw`).

    Made once under the work folder, by the walk that takes history in one pass and the features of the shipped code.
    """
    folder = size.folder(work)
    if not (folder / "rows.parquet").is_file():
        say(f"world {size.name}")
        spark, lake = start_session(settings, is_long=True), Lake(str(folder / "lake"))
        if not (lake.folder / "published.json").is_file():
            simulate(fresh(folder) / "landing", size.shipments, size.days, size.seed, DEFAULT_END, scenario=load_scenario(size.scenario))
            Walk(lambda: spark, lake, settings, say).night(DEFAULT_END, folder / "landing", "history")
        _describe(spark, lake, folder, say)
        pq.write_table(_rows(spark, lake, folder), folder / "rows.parquet")
    return pq.read_table(folder / "rows.parquet")


def without(settings: Settings, work: Path, size: WorldSize, feed: str, say: Callable[[str], None]) -> pa.Table:
    """`shipment_id, as_of` of the same rows and the features that read the feed, had it been silent all the time.

    What it alone tells is not known; what derives from that, contradictions too, is worked out again.
    """
    kept = size.folder(work) / "without" / f"{feed}.parquet"
    if not kept.is_file():
        say(f"{size.name} without {feed}")
        spark = start_session(settings, is_long=True)
        described = spark.read.parquet(str(size.folder(work) / "described"))
        silent = {name: F.lit(None).cast(described.schema[name].dataType) for name in told_by(feed) if name in described.columns}
        concerned = [feature for feature in FEATURES if reads(feature, feed)]
        kept.parent.mkdir(exist_ok=True)
        # To compile some hundred formulas takes longer than to interpret them for a few thousand rows.
        compile_queries(spark, False)
        rows = computed(with_derived(described.withColumns(silent).drop(*(field.name for field in FIELDS))), concerned, with_norms=False)
        pq.write_table(rows.drop("norms").toArrow(), kept)
    return pq.read_table(kept)


def _describe(spark: SparkSession, lake: Lake, folder: Path, say: Callable[[str], None]) -> None:
    """Write every shipment as known by its as_of, with its histories."""
    spine = _spine(spark, lake).localCheckpoint()
    facts = lake.read(spark, DECLARATION_FACT).persist()
    parts = spine.count() // _ROWS_AT_ONCE + 1
    for part in range(parts):
        mine = spine.where(F.expr(f"pmod(xxhash64(shipment_id), {parts}) = {part}"))
        with compiled(spark, True):
            described = describe(Records.of(spark, lake, mine)).localCheckpoint()
            whole = with_history(described, facts, outcome_facts(spark, lake, facts), HISTORIES).join(mine, list(_KEY))
            whole.write.mode("append" if part else "overwrite").parquet(str(folder / "described"))
        say(f"part {part + 1} of {parts} is described")
    facts.unpersist()


def _spine(spark: SparkSession, lake: Lake) -> DataFrame:
    """`shipment_id, as_of, shipment_kind` of every shipment: the last night before customs acted on it, as of a training row."""
    inspected = lake.current(spark, LABEL).groupBy("shipment_id").agg(F.min("inspected_at").alias("inspected_at"))
    shipments = lake.current(spark, SHIPMENT).where("is_bound_for_korea").join(inspected, "shipment_id", "left")
    acted = shipments.withColumn("acted_at", F.expr(_ACTED.format(end=sql_instant(end_of(DEFAULT_END)))))
    night = F.expr("CAST(CAST(acted_at AS DATE) AS TIMESTAMP) - INTERVAL 1 SECOND")
    return acted.withColumn("as_of", night).where("first_known_at <= as_of").select(*_KEY, F.col("kind").alias("shipment_kind"))


def _rows(spark: SparkSession, lake: Lake, folder: Path) -> pa.Table:
    labels = training_spine(spark, lake, end_of(DEFAULT_END)).select(
        *_KEY, "illicit", "revenue_krw", "selected_by", F.col("known_at").alias("label_known_at"))
    described = spark.read.parquet(str(folder / "described"))
    with compiled(spark, True):
        features = computed(described, with_norms=False).drop("norms").withColumn("exposure_krw", F.expr(EXPOSURE))
        rows = features.join(described.select(*_KEY, "shipment_kind"), list(_KEY)).join(labels, list(_KEY), "left").toArrow()
    with duckdb.connect() as base:
        held_against_truth(spark, lake, folder / "landing" / "truth", folder, base)
        truth = base.sql(_TRUTH.format(truth=folder / "landing" / "truth")).to_arrow_table()
    return rows.join(truth, "shipment_id", join_type="inner").sort_by([("as_of", "ascending"), ("shipment", "ascending")])
