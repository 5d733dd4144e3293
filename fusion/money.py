"""Money: amounts of any currency in US dollars, at the customs rate of the day as known by then."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds import exchange_rate
from lakehouse.lake import Lake

_RATE = "r -> struct(r.valid_from, r.known_at, r.krw_per_unit))).krw_per_unit"
# Before the first rate that is known, as when a feed of rates begins, that one is the nearest.
_AT = (f"coalesce(array_max(transform(filter({{rates}}, r -> r.valid_from <= {{on}} AND r.known_at <= as_of), {_RATE}, "
       f"array_min(transform(filter({{rates}}, r -> r.known_at <= as_of), {_RATE})")


def with_usd(rows: DataFrame, spark: SparkSession, lake: Lake, currency: str, on: str) -> DataFrame:
    """Add `usd_per_unit` of the currency (Spark SQL) and `krw_per_usd`, on the day `on` (SQL), to rows that have an as_of.

    NULL where no rate is known.
    """
    rates = lake.read(spark, exchange_rate.FEED.silver).groupBy(F.expr("upper(currency)").alias("rated")).agg(
        F.collect_set(F.struct("valid_from", "known_at", "krw_per_unit")).alias("rates"))
    dollars = rates.where("rated = 'USD'").select(F.col("rates").alias("dollars"))
    found = rows.withColumn("rated", F.expr(f"upper(trim({currency}))")).join(F.broadcast(rates), "rated", "left").join(F.broadcast(dollars), how="left")
    krw = f"CASE WHEN rated = 'KRW' THEN 1D ELSE {_AT.format(rates='rates', on=on)} END"
    return found.withColumn("krw_per_usd", F.expr(_AT.format(rates="dollars", on=on))).withColumn(
        "usd_per_unit", F.expr(f"CASE WHEN rated = 'USD' THEN 1D ELSE try_divide({krw}, krw_per_usd) END")).drop("rated", "rates", "dollars")
