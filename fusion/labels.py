"""Labels: what inspections found, known when the outcome was."""

from datetime import datetime

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds import outcome
from fusion.tables import LABEL, LINK, SHIPMENT
from lakehouse.clock import sql_instant
from lakehouse.lake import Lake

_REVENUE = "aggregate(coalesce(violations, array()), 0D, (t, v) -> t + coalesce(v.additional_duty_krw, 0D))"
_SEVERITY = "element_at(array('minor', 'major', 'critical'), array_max(transform(violations, v -> CASE v.severity WHEN 'critical' THEN 3 WHEN 'major' THEN 2 ELSE 1 END)))"


def new_labels(spark: SparkSession, lake: Lake) -> DataFrame:
    """Labels of outcomes that have none yet; only what was inspected, and not cancelled, has one."""
    rows = lake.read(spark, outcome.FEED.silver).where("coalesce(status, '') <> 'cancelled'")
    linked = lake.read(spark, LINK).where("feed = 'outcome'").select("shipment_id", "record_key", F.col("known_at").alias("linked_at"))
    # A correction of an outcome is a label of its own: the newest one counts from when it was known.
    labels = rows.join(linked, "record_key").select(
        "shipment_id", F.greatest("known_at", "linked_at").alias("known_at"), "inspected_at",
        F.expr("result = 'violation'").alias("illicit"),
        F.expr(f"CASE WHEN result = 'violation' THEN {_SEVERITY} END").alias("severity"),
        F.expr(f"CASE WHEN result = 'violation' THEN {_REVENUE} ELSE 0D END").alias("revenue_krw"),
        "selected_by", F.col("record_key").alias("outcome_id"))
    return labels.join(lake.read(spark, LABEL).select("outcome_id", "known_at"), ["outcome_id", "known_at"], "left_anti")


def training_spine(spark: SparkSession, lake: Lake, as_of: datetime) -> DataFrame:
    """`shipment_id, as_of, illicit, severity, revenue_krw, selected_by` of labels known by then.

    as_of of a row is the last night before the earliest of its inspection, hold and release, so that it contains
    nothing that customs itself decided about the shipment.
    """
    labels = lake.current(spark, LABEL).where(F.expr(f"known_at <= {sql_instant(as_of)}"))
    times = lake.current(spark, SHIPMENT).select("shipment_id", "first_known_at", "held_at", "released_at")
    joined = labels.join(times, "shipment_id").withColumn("customs_at", F.least("inspected_at", "held_at", "released_at"))
    night = "CAST(CAST(customs_at AS DATE) AS TIMESTAMP) - INTERVAL 1 SECOND"
    return joined.withColumn("as_of", F.expr(night)).where("first_known_at <= as_of").select(
        "shipment_id", "as_of", "illicit", "severity", "revenue_krw", "selected_by", "known_at", "inspected_at")
