"""Step 10, explain: exact contributions and reasons of what people will look at, frozen as they were.

Explained are the shipments that are not green and a sample of the green that nobody can foretell; what is selected beside
them is explained at the end of that step. See docs/adr/0017-who-is-explained.md.
"""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from features.tables import FEATURE
from fusion.tables import CONTRADICTION
from jobs.cases import index_cases
from jobs.context import Counts, Run
from jobs.score import model, scored_tonight
from lakehouse.clock import sql_instant
from models.explain import FOUND, GIVEN, explain_batches
from models.lanes import Lane
from models.score import values_sql
from models.tables import EXPLANATION

# What a row keeps of the one it names when nothing that it rests on has changed.
_CARRIED = ("shipment_id", "as_of", "model_version", "explained_at", "why", "method", "score", "input_versions", "model_hash", "input_hash")
_LOTS = 16.0**15


def run(run: Run) -> Counts:
    """Append the explanations that this run owes, and index the outcomes that became known."""
    scored = scored_tonight(run)
    why = F.expr(f"CASE WHEN lane <> '{Lane.GREEN}' THEN 'lane' END")
    wanted = scored.withColumn("why", F.coalesce(why, F.when(drawn(run, "outside_id"), "sample")))
    index_cases(run)
    return Counts(scored.count(), freeze(run, wanted.where("why IS NOT NULL")))


def drawn(run: Run, outside: str) -> Column:
    """Whether the lot of a shipment falls to it; the seed keeps the lots from being foretold."""
    seed = f"explain|{run.settings['selection.seed']}|{run.as_of.isoformat()}"
    lot = F.conv(F.substring(F.sha2(F.concat_ws("|", F.lit(seed), outside), 256), 1, 15), 16, 10).cast("double")
    return lot < F.lit(float(run.settings["explain.green_share"]) * _LOTS)


def explain_selected(run: Run, chosen: DataFrame) -> int:
    """Append the explanations of selected shipments that have none of this run yet."""
    done = run.lake.read(run.spark, EXPLANATION).where(f"as_of = {sql_instant(run.as_of)}").select("shipment_id")
    lacking = chosen.select("shipment_id").join(done, "shipment_id", "left_anti")
    return freeze(run, scored_tonight(run).join(lacking, "shipment_id", "left_semi").withColumn("why", F.lit("selected")))


def freeze(run: Run, wanted: DataFrame) -> int:
    """Append a row for each wanted score: carried where model and values are as they were last explained, else made anew."""
    bundle = model(run)
    features = run.lake.read(run.spark, FEATURE).where(f"as_of = {sql_instant(run.as_of)}").select(
        "shipment_id", *bundle.names, "norms", F.expr(values_sql(bundle.names)).alias("feature_values"))
    told = wanted.select("shipment_id", "as_of", "model_version", "score", "input_versions", "why").join(features, "shipment_id")
    told = told.withColumn("model_hash", F.lit(bundle.digest)).withColumn(
        "input_hash", F.sha2(F.to_json(F.struct("model_hash", "feature_values")), 256))
    found = run.known.current(run.spark, CONTRADICTION).groupBy("shipment_id").agg(F.collect_list(F.struct(*FOUND)).alias("found"))
    rows = told.join(_newest(run), "shipment_id", "left").join(found, "shipment_id", "left").persist()
    is_carried = F.expr("was <=> input_hash")
    made = rows.where(~is_carried).select(*GIVEN, *bundle.names).mapInArrow(explain_batches(bundle), EXPLANATION.ddl)
    carried = rows.where(is_carried).select(*(
        F.col(f.name) if f.name in _CARRIED else F.lit(None).cast(f.spark_type).alias(f.name) for f in EXPLANATION.fields))
    explained = run.lake.append(made.unionByName(carried), EXPLANATION)
    rows.unpersist()
    return explained


def _newest(run: Run) -> DataFrame:
    """Of each shipment explained before: when and how it last was, and what of."""
    stale = run.settings["shipments.stale_days"]
    at = sql_instant(run.as_of)
    before = run.lake.read(run.spark, EXPLANATION).where(f"as_of < {at} AND as_of > {at} - INTERVAL {stale} DAYS")
    newest = F.max_by(F.struct("explained_at", "method", F.col("input_hash").alias("was")), "as_of")
    return before.groupBy("shipment_id").agg(newest.alias("last")).select("shipment_id", "last.*")
