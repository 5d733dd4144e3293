"""Records of a bill: a shipment's own and those of others under the same master bill, read in one pass."""

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from feeds.registry import BY_NAME
from fusion.belonging import Links, masters
from fusion.keys import ARRIVAL_WINDOW_DAYS
from fusion.records import BY, VERSION, Records

# A weight that is written otherwise by less is the same one.
_SAME_RATIO = 0.01
_CHANGED = (
    "CASE WHEN u.consignee <> v.consignee THEN 'consignee' END", "CASE WHEN u.goods <> v.goods THEN 'goods' END",
    f"CASE WHEN abs(v.gross_kg - u.gross_kg) > {_SAME_RATIO} * u.gross_kg THEN 'weight' END")
# Each version beside the one before it, where it changed consignee, goods or weight.
_STEPS = (
    "filter(zip_with(slice(versions, 1, size(versions) - 1), slice(versions, 2, size(versions) - 1), (u, v) -> struct(coalesce(v.issued_at, v.known_at) AS at, "
    f"array_compact(array({', '.join(_CHANGED)})) AS what, u.gross_kg AS before_kg, v.gross_kg AS after_kg)), step -> size(step.what) > 0)")


def under_bill(records: Records, feed: str, columns: Mapping[str, str], bill: str, day: str) -> DataFrame:
    """Newest records that were known by then, of each shipment and of all under its master bills.

    `columns` are Spark SQL over silver by name, `bill` that of the master bill and `day` of the day it holds. Columns: shipment_id,
    as_of, record_key, `is_own`, those named, `versions` (all of them, oldest first) and `first_known_at`.
    """
    silver = records.lake.read(records.spark, BY_NAME[feed].silver)
    rows = silver.selectExpr("record_key", *VERSION, f"CAST({day} AS DATE) AS told_on", f"({BY_NAME[feed].cancels}) AS is_cancelled",
                             *(f"{sql} AS {name}" for name, sql in columns.items()), f"inline(array(struct('own' AS by, record_key AS value), struct('bill' AS by, {bill} AS value)))")
    own = records.linked.where(F.col("feed") == feed).select(*BY, F.lit("own").alias("by"), F.col("record_key").alias("value"), F.lit(None).cast("date").alias("bill_on"))
    beside = masters(records.spine, Links.of(records.spark, records.lake)).select(*BY, F.lit("bill").alias("by"), F.col("bill").alias("value"), "bill_on")
    met = rows.join(F.broadcast(own.unionByName(beside)), ["by", "value"]).where(
        f"known_at <= as_of AND (bill_on IS NULL OR told_on IS NULL OR abs(datediff(told_on, bill_on)) <= {ARRIVAL_WINDOW_DAYS})")
    version = F.struct(*VERSION, "is_cancelled", *columns)
    found = met.groupBy(*BY, "record_key").agg(
        F.max(F.expr("by = 'own'")).alias("is_own"), F.array_sort(F.collect_set(version)).alias("versions"), F.min("known_at").alias("first_known_at"))
    newest = found.withColumn("newest", F.expr("element_at(versions, -1)")).where("NOT newest.is_cancelled")
    return newest.select(*BY, "record_key", "is_own", *(f"newest.{name}" for name in columns), "versions", "first_known_at")


def with_changes(found: DataFrame) -> DataFrame:
    """Add what versions changed of consignee, goods and weight (kg), when the last of them did, and the weights before and after."""
    return found.withColumn("steps", F.expr(_STEPS)).withColumns({
        "changed": F.expr("nullif(array_join(array_sort(array_distinct(flatten(transform(steps, step -> step.what)))), ', '), '')"),
        "changed_at": F.expr("try_element_at(steps, -1).at"),
        "before_kg": F.expr("try_element_at(steps, 1).before_kg"), "after_kg": F.expr("try_element_at(steps, -1).after_kg"),
        "version_count": F.expr("CAST(size(versions) AS DOUBLE)")})
