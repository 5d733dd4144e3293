"""Records of shipments: what each feed had told about a shipment as of an instant, every reader's one way in."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds.registry import BY_NAME
from fusion.belonging import Links, belonging
from lakehouse.lake import Lake

BY = ("shipment_id", "as_of")
VERSION = ("issued_at", "known_at", "content_hash")


@dataclass(frozen=True)
class Records:
    """The records that belong to the shipments of a spine `shipment_id, as_of`, and the lake they are read from."""

    spark: SparkSession
    lake: Lake
    spine: DataFrame
    linked: DataFrame

    @classmethod
    def of(cls, spark: SparkSession, lake: Lake, spine: DataFrame) -> "Records":
        """Found by the links the lake holds."""
        spine = spine.select(*BY).distinct().localCheckpoint()
        return cls(spark, lake, spine, belonging(spine, Links.of(spark, lake)).localCheckpoint())

    def versions(self, feed: str, columns: Sequence[str] = ()) -> DataFrame:
        """Every version of the feed's records of each shipment that was known by then, with what they were linked by.

        `columns` of silver, all of them unless given.
        """
        mine = self.linked.where(F.col("feed") == feed).drop("feed")
        silver = self.lake.read(self.spark, BY_NAME[feed].silver)
        if columns:
            silver = silver.select("record_key", *VERSION, *(c for c in columns if c not in VERSION))
        # Few records beside all that was ever sent: they go to the records and not these to them.
        return silver.join(F.broadcast(mine), "record_key").where("known_at <= as_of")

    def newest(self, feed: str, columns: Sequence[str]) -> DataFrame:
        """Each record as its newest version tells it, without those that were taken back."""
        cancels = BY_NAME[feed].cancels
        wanted = [*columns, *_columns_of(feed, cancels, columns)]
        rows = self.versions(feed, wanted)
        kept = [c for c in rows.columns if c not in (*BY, "record_key")]
        newest = F.max_by(F.struct(*kept), F.struct(*VERSION)).alias("row")
        found = rows.groupBy(*BY, "record_key").agg(newest, F.min("known_at").alias("first_known_at"), F.count("*").alias("version_count")).select(
            *BY, "record_key", "row.*", "first_known_at", "version_count")
        return found.where(f"NOT coalesce({cancels}, false)") if cancels != "false" else found


def _columns_of(feed: str, sql: str, columns: Sequence[str]) -> list[str]:
    return [field.name for field in BY_NAME[feed].fields if field.name in sql and field.name not in columns]


def kinds(records: Records) -> DataFrame:
    """The `kind` of each shipment, by the feeds that tell of it."""
    is_fed = {name: f"bool_or(feed IN ({feeds}))" for name, feeds in (
        ("bag", "'baggage'"), ("paper", "'declaration', 'manifest', 'cargo_progress', 'air_waybill'"), ("parcel", "'courier', 'clearance_list'"))}
    kind = (f"CASE WHEN {is_fed['bag']} THEN 'baggage' WHEN {is_fed['parcel']} THEN 'parcel' "
            f"WHEN {is_fed['paper']} OR bool_or(owner_kind = 'cargo') THEN 'cargo' ELSE 'container' END")
    return records.linked.groupBy(*BY).agg(F.expr(kind).alias("kind"))
