"""Records of shipments: what each feed had told about a shipment as of an instant, every reader's one way in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds.registry import BY_NAME
from fusion.belonging import Links, belonging
from lakehouse.clock import BEFORE_EVERYTHING, sql_instant
from lakehouse.lake import Lake

BY = ("shipment_id", "as_of")
VERSION = ("issued_at", "known_at", "content_hash")
_LINKED = (*BY, "feed", "record_key", "linked_at", "owner_kind")
_OWN = (*VERSION, "file", "position", "ordinal", "findings")


@dataclass(frozen=True)
class Records:
    """The records that belong to the shipments of a spine `shipment_id, as_of`, read once, each shipment's together.

    `linked` says by what each record belongs to its shipment; `told` holds every version of it, what the feed says in the
    column of its feed's name.
    """

    spark: SparkSession
    lake: Lake
    spine: DataFrame
    linked: DataFrame
    told: DataFrame

    @classmethod
    def of(cls, spark: SparkSession, lake: Lake, spine: DataFrame) -> "Records":
        """Found by the links the lake holds."""
        spine = spine.select(*BY).distinct().localCheckpoint()
        linked = belonging(spine, Links.of(spark, lake)).localCheckpoint()
        since = {row["feed"]: row["since"] for row in linked.groupBy("feed").agg(F.min("told_at").alias("since")).collect()}
        told = [_told(_since(lake.read(spark, BY_NAME[feed].silver), at), linked, feed, list(since)) for feed, at in sorted(since.items())]
        empty = _told(lake.read(spark, BY_NAME["outcome"].silver).where("false"), linked, "outcome", list(since))
        # One shuffle brings all that is told of a shipment together: what readers group or join by it needs none of its own.
        return cls(spark, lake, spine, linked, reduce(DataFrame.unionByName, told, empty).repartition(*BY).localCheckpoint())

    def versions(self, feed: str, columns: Sequence[str] = ()) -> DataFrame:
        """Every version of the feed's records of each shipment that was known by then, with what they were linked by.

        `columns` of silver, all of them unless given.
        """
        told = self.told.where(F.col("feed") == feed).drop("feed")
        kept = [*BY, "record_key", "linked_at", "owner_kind", *_OWN]
        if feed not in self.told.columns:
            told = told.withColumn(feed, F.expr(f"CAST(NULL AS {_struct(feed)})"))
        fields = columns or [field.name for field in BY_NAME[feed].silver.fields if field.name not in (*kept, "batch_id", "part_hashes")]
        return told.select(*kept, *(F.col(f"{feed}.{name}").alias(name) for name in dict.fromkeys(fields) if name not in kept))

    def newest(self, feed: str, columns: Sequence[str]) -> DataFrame:
        """Each record as its newest version tells it, without those that were taken back."""
        cancels = BY_NAME[feed].cancels
        rows = self.versions(feed, [*columns, *(field.name for field in BY_NAME[feed].fields if field.name in cancels)])
        kept = [c for c in rows.columns if c not in (*BY, "record_key")]
        newest = F.max_by(F.struct(*kept), F.struct(*VERSION)).alias("row")
        found = rows.groupBy(*BY, "record_key").agg(newest, F.min("known_at").alias("first_known_at"), F.count("*").alias("version_count")).select(
            *BY, "record_key", "row.*", "first_known_at", "version_count")
        return found.where(f"NOT coalesce({cancels}, false)") if cancels != "false" else found


def _since(silver: DataFrame, at: datetime) -> DataFrame:
    """Versions from a day before on: a link may be known some hours after its record, where what bridges their numbers was."""
    # Reference lists are known from before everything, and Spark does not compile a bound before 1970.
    return silver if at.year <= BEFORE_EVERYTHING.year else silver.where(f"known_at >= {sql_instant(at - timedelta(days=1))}")


def _told(silver: DataFrame, linked: DataFrame, feed: str, feeds: Sequence[str]) -> DataFrame:
    # Few records beside all that was ever sent: they go to the records and not these to them.
    mine = F.broadcast(linked.where(F.col("feed") == feed).select(*_LINKED))
    rows = silver.join(mine, "record_key").where("known_at <= as_of")
    own = F.struct(*(c for c in silver.columns if c not in (*_LINKED, *_OWN, "batch_id", "part_hashes"))).alias(feed)
    others = [F.expr(f"CAST(NULL AS {_struct(name)})").alias(name) for name in feeds if name != feed]
    return rows.select(*_LINKED, *_OWN, *([own] if feed in feeds else []), *others)


def _struct(feed: str) -> str:
    fields = [f for f in BY_NAME[feed].silver.fields if f.name not in (*_LINKED, *_OWN, "batch_id", "part_hashes")]
    return f"struct<{','.join(f'{f.name}:{f.spark_type}' for f in fields)}>"


def kinds(records: Records) -> DataFrame:
    """The `kind` of each shipment, by the feeds that tell of it."""
    is_fed = {name: f"bool_or(feed IN ({feeds}))" for name, feeds in (
        ("bag", "'baggage'"), ("paper", "'declaration', 'manifest', 'cargo_progress', 'air_waybill'"), ("parcel", "'courier', 'clearance_list'"))}
    kind = (f"CASE WHEN {is_fed['bag']} THEN 'baggage' WHEN {is_fed['parcel']} THEN 'parcel' "
            f"WHEN {is_fed['paper']} OR bool_or(owner_kind = 'cargo') THEN 'cargo' ELSE 'container' END")
    return records.linked.groupBy(*BY).agg(F.expr(kind).alias("kind"))
