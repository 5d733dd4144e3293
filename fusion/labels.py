"""Labels: what inspections found, known when the outcome was."""

from datetime import datetime

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds import outcome
from fusion.belonging import NEAR
from fusion.keys import SAME_TRIP_DAYS
from fusion.naming import Owner
from fusion.tables import LABEL, LINK, RELATION, SHIPMENT
from lakehouse.clock import sql_instant
from lakehouse.lake import Lake, newest_rows

_REVENUE = "aggregate(coalesce(violations, array()), 0D, (t, v) -> t + coalesce(v.additional_duty_krw, 0D))"
_SEVERITY = "element_at(array('minor', 'major', 'critical'), array_max(transform(violations, v -> CASE v.severity WHEN 'critical' THEN 3 WHEN 'major' THEN 2 ELSE 1 END)))"


def new_labels(spark: SparkSession, lake: Lake) -> DataFrame:
    """Labels of outcomes that have none yet; only what was inspected, and not cancelled, has one."""
    rows = lake.read(spark, outcome.FEED.silver).where("coalesce(status, '') <> 'cancelled'")
    # A correction of an outcome is a label of its own: the newest one counts from when it was known.
    fresh = rows.join(lake.read(spark, LABEL).select(F.col("outcome_id").alias("record_key"), "known_at"), ["record_key", "known_at"], "left_anti").localCheckpoint()
    concerned = _concerned(fresh.select("record_key").distinct(), lake.read(spark, LINK), lake.read(spark, RELATION))
    return fresh.join(concerned, "record_key").select(
        "shipment_id", F.greatest("known_at", "linked_at").alias("known_at"), "inspected_at",
        F.expr("result = 'violation'").alias("illicit"),
        F.expr(f"CASE WHEN result = 'violation' THEN {_SEVERITY} END").alias("severity"),
        F.expr(f"CASE WHEN result = 'violation' THEN {_REVENUE} ELSE 0D END").alias("revenue_krw"),
        "selected_by", F.col("record_key").alias("outcome_id")).join(lake.read(spark, LABEL).select("outcome_id", "known_at"), ["outcome_id", "known_at"], "left_anti")


def _concerned(outcomes: DataFrame, links: DataFrame, relations: DataFrame) -> DataFrame:
    """`record_key, shipment_id, linked_at` of outcomes: the nearest shipment of what was inspected, of a container the one that fills it."""
    mine = links.where("feed = 'outcome'").join(F.broadcast(outcomes), "record_key", "left_semi").selectExpr(
        "record_key", "owner_kind", "owner_id", "seen_on AS inspected_on", "known_at AS told_at")
    held = relations.join(F.broadcast(mine), ["owner_kind", "owner_id"]).withColumn("days", F.expr("abs(datediff(seen_on, inspected_on))")).where(f"days <= {NEAR}")
    nearest = held.groupBy("record_key").agg(F.min("days").alias("least"))
    met = held.join(nearest, "record_key").where(f"days <= least + IF(owner_kind = '{Owner.CONTAINER}', {SAME_TRIP_DAYS}, 0)")
    one = met.groupBy("record_key").agg(
        F.collect_set("holder_id").alias("holders"), F.min_by("holder_id", F.struct("known_at", "holder_id")).alias("shipment_id"),
        F.max(F.expr(f"owner_kind = '{Owner.CONTAINER}'")).alias("is_container"), F.min(F.greatest("told_at", "known_at")).alias("linked_at"))
    return one.where("NOT is_container OR size(holders) = 1").select("record_key", "shipment_id", "linked_at")


def training_spine(spark: SparkSession, lake: Lake, as_of: datetime, unwritten: DataFrame | None = None) -> DataFrame:
    """`shipment_id, as_of, illicit, severity, revenue_krw, selected_by` of labels known by then, and of those not written yet.

    as_of of a row is the last night before the earliest of its inspection, hold and release, so that it contains
    nothing that customs itself decided about the shipment.
    """
    written = lake.read(spark, LABEL)
    labels = newest_rows(written.unionByName(unwritten) if unwritten else written, LABEL).where(F.expr(f"known_at <= {sql_instant(as_of)}"))
    times = lake.current(spark, SHIPMENT).select("shipment_id", "first_known_at", "held_at", "released_at")
    joined = labels.join(times, "shipment_id").withColumn("customs_at", F.least("inspected_at", "held_at", "released_at"))
    night = "CAST(CAST(customs_at AS DATE) AS TIMESTAMP) - INTERVAL 1 SECOND"
    return joined.withColumn("as_of", F.expr(night)).where("first_known_at <= as_of").select(
        "shipment_id", "as_of", "illicit", "severity", "revenue_krw", "selected_by", "known_at", "inspected_at")
