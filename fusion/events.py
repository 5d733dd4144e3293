"""The timeline: every fact of every feed about a shipment, when it happened and when it was known."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from feeds.feed import Event, Feed
from fusion.naming import BY_FEED
from fusion.records import Records
from fusion.tables import EVENT
from lakehouse.text import Text


def new_events(records: Records, feeds: Sequence[Feed]) -> DataFrame:
    """Events of the shipments of the records that the timeline does not hold yet."""
    told: DataFrame | None = None
    for feed in feeds:
        if feed.events and feed.name in BY_FEED:
            rows = records.versions(feed.name)
            for event in feed.events:
                made = _events(rows, feed, event)
                told = made if told is None else told.unionByName(made)
    assert told is not None
    first = told.groupBy("event_id").agg(F.min_by(F.struct(*told.columns), "known_at").alias("row")).select("row.*")
    held = records.lake.read(records.spark, EVENT).join(F.broadcast(records.spine.select("shipment_id")), "shipment_id", "left_semi").select("event_id")
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
