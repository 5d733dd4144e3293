"""Step 12, monitor: drift against training, and the headline share of shipments scored before release."""

from pyspark.sql import functions as F

from features.catalogue import FEATURES
from features.tables import FEATURE
from fusion.tables import SHIPMENT
from jobs.context import Counts, Run
from jobs.score import model, scored_tonight
from lakehouse.text import Text
from models.drift import count_rows, drift_rows
from models.tables import DRIFT, SCORE


def run(run: Run) -> Counts:
    """Append drift rows where a trained model scored, and note the headline."""
    run.notes["scored_before_release"] = before_release_share(run)
    bundle = model(run)
    table = run.lake.arrow(FEATURE, ("as_of", *bundle.names), [("as_of", "=", run.as_of)])
    if not bundle.text or not table.num_rows:
        return Counts(table.num_rows, 0)
    scores = scored_tonight(run).select("score").toArrow()["score"].to_numpy()
    counts = count_rows(bundle, bundle.encoding.matrix(table), scores)
    rows = drift_rows(bundle, counts, run.business_date, {f.name: f.text for f in FEATURES} | {"score": Text("점수", "Score")})
    run.lake.append_rows(rows, DRIFT)
    drifting = sum(bool(row["is_drifting"]) for row in rows)
    if drifting:
        run.say(f"{drifting} of {len(rows)} inputs and scores drift")
    return Counts(table.num_rows, len(rows))


def before_release_share(run: Run) -> dict[str, dict[str, float | int]]:
    """By kind, of the shipments released since scoring began: how many were scored before their release."""
    scores = run.lake.read(run.spark, SCORE)
    first = scores.agg(F.min("as_of")).first()
    if first is None or first[0] is None:
        return {}
    scored = scores.where("before_release").select("shipment_id").distinct().withColumn("is_scored", F.lit(1))
    # A shipment released before the first scoring run could not have been scored.
    current = run.known.current(run.spark, SHIPMENT).where("released_at IS NOT NULL AND is_bound_for_korea")
    released = current.where(F.col("released_at") > first[0])
    rows = released.join(scored, "shipment_id", "left").groupBy("kind").agg(
        F.count("*").alias("released"), F.coalesce(F.sum("is_scored"), F.lit(0)).alias("scored")).collect()
    return {row["kind"]: {"released": row["released"], "scored_before": row["scored"],
                          "share": round(row["scored"] / row["released"], 4)} for row in rows}
