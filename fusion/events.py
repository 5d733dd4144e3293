"""The timeline: every fact of every feed about a shipment, when it happened and when it was known."""

from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds.feed import Event, Feed
from fusion.tables import EVENT, LINK
from lakehouse.lake import Lake
from lakehouse.text import Text


def new_events(spark: SparkSession, lake: Lake, shipments: DataFrame, feeds: Sequence[Feed]) -> DataFrame | None:
    """Events of the given shipments that the timeline does not hold yet."""
    links = F.broadcast(lake.read(spark, LINK).join(F.broadcast(shipments), "shipment_id", "left_semi").select(
        "shipment_id", "feed", "record_key", F.col("known_at").alias("linked_at")).localCheckpoint())
    told: DataFrame | None = None
    for feed in feeds:
        if feed.events and lake.version(feed.silver) is not None:
            rows = lake.read(spark, feed.silver).join(links.where(F.col("feed") == feed.name).drop("feed"), "record_key")
            for event in feed.events:
                made = _events(rows, feed, event)
                told = made if told is None else told.unionByName(made)
    if told is None:
        return None
    first = told.groupBy("event_id").agg(F.min_by(F.struct(*told.columns), "known_at").alias("row")).select("row.*")
    held = lake.read(spark, EVENT).join(F.broadcast(shipments), "shipment_id", "left_semi").select("event_id")
    return first.join(held, "event_id", "left_anti")


def _events(rows: DataFrame, feed: Feed, event: Event) -> DataFrame:
    if event.each:
        rows = rows.withColumn("step", F.explode(event.each))
    values = dict(use.split("=", 1) for use in event.uses)
    known = "greatest(known_at, linked_at)"
    made = rows.where(event.where).select(
        "shipment_id", F.expr(event.event_at).cast("timestamp").alias("event_at"), F.expr(known).alias("known_at"),
        F.lit(feed.name).alias("feed"), "record_key", F.lit(event.type).alias("type"), F.expr(event.place).alias("place"),
        F.expr(_sentence(event.text, "ko", values)).alias("text_ko"), F.expr(_sentence(event.text, "en", values)).alias("text_en"))
    identity = F.sha2(F.concat_ws("|", "shipment_id", "feed", "record_key", "type", F.col("event_at").cast("string"), "text_ko"), 256)
    return made.withColumn("event_id", F.substring(identity, 1, 24))


def _sentence(text: Text, language: str, values: dict[str, str]) -> str:
    """Spark SQL of a sentence whose {places} are SQL values."""
    sentence = "'" + (text.ko if language == "ko" else text.en).replace("'", "\\'") + "'"
    for name, value in values.items():
        sentence = f"replace({sentence}, '{{{name}}}', coalesce(CAST({value} AS STRING), ''))"
    return f"trim({sentence})"
