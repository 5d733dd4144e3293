"""Spark's judgement of carrier events and JSON Lines feeds: every declared expression is SQL, and says what it should."""

import json

import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from test_json_feeds import ARRIVAL, BOUNDS, EVENT, FEEDS, PARCEL

from feeds import carrier_event, courier
from feeds.feed import Feed
from feeds.judged import judged
from feeds.parsing import Parsing
from feeds.pseudonym import pseudonymise
from lakehouse.settings import load_settings


def bronze(spark: SparkSession, feed: Feed, *objects: object) -> DataFrame:
    """What the worker makes of the objects, as bronze holds it."""
    parsing = Parsing.of(feed, load_settings({}))
    records = feed.read(pseudonymise("\n".join(map(json.dumps, objects)), "key"), BOUNDS)
    rows = [parsing._row(feed, "", record, at) for at, record in enumerate(records)]
    read = spark.createDataFrame(pa.Table.from_batches([parsing.batch(rows)]))
    return read.withColumn("known_at", F.expr("TIMESTAMP '2026-02-01 00:00:00+00:00'"))


def judge(spark: SparkSession, feed: Feed, *objects: object) -> list[tuple[str | None, list[str]]]:
    rows = judged(bronze(spark, feed, *objects), feed)
    return [(row["_code"], row["findings"]) for row in rows.orderBy("ordinal").select("_code", "findings").collect()]


@pytest.mark.spark
@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: feed.name)
def test_what_a_feed_declares_is_sql(spark: SparkSession, feed: Feed) -> None:
    told = [sql for event in feed.events for sql in (event.event_at, event.place, event.where, *(use.split("=", 1)[1] for use in event.uses))]
    named = [sql for mention in feed.mentions for sql in (mention.name, mention.identifier)]
    rows = judged(bronze(spark, feed), feed).selectExpr("_code", "findings", feed.issued_at, feed.cancels, *told, *named)
    # An empty message is one refused record.
    assert rows.where("_code IS NULL").count() == 0


@pytest.mark.spark
def test_carrier_events_are_judged(spark: SparkSession) -> None:
    undated = {name: value for name, value in EVENT.items() if name != "eventDateTime"}
    unmade = {name: value for name, value in EVENT.items() if name != "eventCreatedDateTime"}
    vessel = {"transportCall": {"vessel": {"vesselIMONumber": "1234568"}}}
    assert judge(spark, carrier_event.FEED, EVENT, undated, unmade, EVENT | {"eventDateTime": "2019/11/12 07:41:00 +08:30"}) == [
        (None, []), ("field.missing", []), ("field.missing", []), ("field.unreadable", [])]
    assert judge(spark, carrier_event.FEED, {"eventID": "E9", "isRetracted": True}, EVENT | {"equipmentReference": "CSQU3054384"},
                 EVENT | {"eventLocation": {"UNLocationCode": "XYABC"}}, EVENT | vessel, EVENT | {"eventDateTime": "1999-01-01T00:00:00Z"}) == [
        (None, ["event.retracted"]), (None, ["container.check_digit"]), (None, ["location.unknown"]), (None, ["vessel.imo"]), (None, ["event.year"])]


@pytest.mark.spark
def test_parcels_and_their_events_are_judged(spark: SparkSession) -> None:
    undated = {name: value for name, value in ARRIVAL.items() if name != "event_at"}
    assert judge(spark, courier.FEED, PARCEL, ARRIVAL, undated, PARCEL | {"record_type": "bag"}, PARCEL | {"weight_kg": "heavy"}) == [
        (None, []), (None, []), ("field.missing", []), ("field.code", []), ("field.unreadable", ["weight.missing"])]
    assert judge(spark, courier.FEED, ARRIVAL | {"event_code": "CUSTOMS_HELD"}, ARRIVAL | {"event_code": "LOST"}, PARCEL | {"weight_kg": -1}) == [
        (None, ["event.customs_held"]), (None, ["event_code.unknown"]), (None, ["field.range:weight_kg"])]
