"""Step 13, publish: the run's record, and the manifest that readers follow, swapped last."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from features.tables import FEATURE
from fusion.tables import SHIPMENT
from jobs import cards, serving
from jobs.content import content_hash
from jobs.context import Counts, Run
from jobs.ingest import SIDE_BY_SIDE
from jobs.journal import Journal
from jobs.manifest import Publication, publish
from jobs.tables import TABLES
from lakehouse.clock import now, sql_instant
from lakehouse.ops import RUN
from lakehouse.table import Table
from models.lanes import OUTSIDE_ID
from models.tables import SCORE, SELECTION

# What the steps noted that readers of a publication are told.
_TOLD = ("feeds", "stale", "model", "trained", "scored_before_release", "warning", "retrain")


def run(run: Run, journal: Journal) -> Counts:
    """Append the stages to ops.run, hash what the run said, publish."""
    began = time.monotonic()
    hashes = hashes_of(run) if run.scores else {}
    append_stages(run, journal, [*journal.entry["stages"], journal.entry["under_way"] | {
        "status": "done", "ended_at": now().isoformat(), "rows_in": 0, "rows_out": 0, "message": ""}])
    versions = {table.full_name: version for table in TABLES if (version := run.lake.version(table)) is not None}
    stages = [{"name": s["name"], "rows_in": s["rows_in"], "rows_out": s["rows_out"], "seconds": s["seconds"]}
              for s in journal.entry["stages"] if s["status"] == "done"]
    # Its own line has to be in what it publishes: all of it but the swap is done by now.
    stages.append({"name": "publish", "rows_in": len(versions), "rows_out": len(versions), "seconds": round(time.monotonic() - began, 2)})
    summary: dict[str, Any] = {key: run.notes[key] for key in _TOLD if key in run.notes}
    publication = Publication(run.run_id, run.kind, str(run.business_date), run.as_of.isoformat(), run.batch_id, versions, hashes,
                              stages, run.held, summary)
    if run.scores:
        # Before the swap: whoever reads the new night finds its serving file built.
        serving.build(run.lake, publication)
        if run.kind == "nightly":
            cards.keep(run.lake, run.settings)
    publish(run.lake, publication)
    serving.prune(run.lake, {serving.serving_file(run.lake, publication)})
    return Counts(len(versions), len(versions))


def hashes_of(run: Run) -> dict[str, str]:
    """Hashes of tonight's features, scores and selection, each row under the shipment's outside identifier."""
    outside = run.known.current(run.spark, SHIPMENT).select("shipment_id", F.expr(OUTSIDE_ID).alias("outside_id"))
    at = f"as_of = {sql_instant(run.as_of)}"

    def hashed(table: Table, rows: DataFrame) -> str:
        return content_hash(rows.join(outside, "shipment_id").withColumn("shipment_id", F.col("outside_id")), table)

    said = {FEATURE: run.lake.read(run.spark, FEATURE).where(at), SCORE: run.lake.read(run.spark, SCORE).where(at),
            SELECTION: tonights_selection(run)}
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return {table.full_name: found for table, found in zip(said, pool.map(hashed, said, said.values()), strict=True)}


def tonights_selection(run: Run) -> DataFrame:
    """The newest lists of the business date: a refresh replaces what a run before it asked for."""
    return run.lake.read(run.spark, SELECTION).where(F.col("business_date") == F.lit(run.business_date))


def append_stages(run: Run, journal: Journal, stages: list[dict[str, Any]]) -> None:
    """Rows of ops.run for the given stages."""
    shared = {"run_id": run.run_id, "business_date": run.business_date, "kind": run.kind}
    times = ("started_at", "ended_at")
    run.lake.append_rows([shared | {"stage": s["name"]} | s | {at: datetime.fromisoformat(s[at]) for at in times} for s in stages], RUN)
