"""What new records name, of all feeds, in the columns that links are made of."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds.registry import BY_NAME
from fusion.naming import NAMINGS, Naming, Owner
from lakehouse.lake import Lake

_NUMBERS = "array<struct<kind:string,number:string>>"


def named(spark: SparkSession, lake: Lake, fresh: str) -> DataFrame:
    """One row a record version for which the Spark SQL `fresh` is true: its numbers, the day they hold, and what it goes with.

    Columns: feed, record_key, known_at, file, ordinal, seen_on, cargo_no, house, master, tracking, bill, about, carries. A record
    about a master bill without houses is about the consignment of that bill.
    """
    frames = [_of(lake.read(spark, BY_NAME[naming.feed].silver).where(fresh), naming) for naming in NAMINGS]
    union = frames[0]
    for frame in frames[1:]:
        union = union.unionByName(frame)
    return union.localCheckpoint()


def _of(rows: DataFrame, naming: Naming) -> DataFrame:
    return rows.selectExpr(
        f"'{naming.feed}' AS feed", "record_key", "known_at", "file", "ordinal",
        f"CAST(coalesce({naming.seen_on}, CAST(known_at AS DATE)) AS DATE) AS seen_on",
        f"{naming.cargo_no} AS cargo_no", f"{naming.house} AS house", f"{naming.master} AS master", f"{naming.tracking} AS tracking",
        f"{naming.bill} AS bill", f"{_numbers(naming.about)} AS about", f"{_numbers(naming.carries)} AS carries")


def _numbers(told: tuple[tuple[Owner, str], ...]) -> str:
    """Spark SQL of the numbers of all kinds as one array of `kind` and `number`."""
    each = [f"transform(coalesce({sql}, array()), one -> struct('{kind}' AS kind, CAST(one AS STRING) AS number))" for kind, sql in told]
    return f"filter(concat({', '.join(each)}), one -> one.number IS NOT NULL)" if each else f"CAST(array() AS {_NUMBERS})"


def with_sole_bills(records: DataFrame, relations: DataFrame) -> DataFrame:
    """The records where a bill without houses, as far as is known, identifies a consignment like a house bill."""
    bills = F.broadcast(records.where("bill IS NOT NULL").select("bill").distinct())
    told = records.where("master IS NOT NULL AND house <> master").select(F.col("master").alias("bill"))
    held = relations.where("is_house").select(F.col("owner_id").alias("bill"))
    parted = told.unionByName(held).join(bills, "bill", "left_semi").distinct().withColumn("has_houses", F.lit(True))
    sole = "CASE WHEN has_houses IS NULL THEN bill END"
    return records.join(F.broadcast(parted), "bill", "left").withColumns(
        {"house": F.expr(f"coalesce(house, {sole})"), "master": F.expr(f"coalesce(master, {sole})")}).drop("has_houses")
