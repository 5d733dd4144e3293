"""Bags as airlines hand them over, with what their traveller declared, and the traveller's other bags."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion.naming import Owner
from fusion.observers.observer import Observer
from fusion.observers.told import Told, columns
from fusion.records import BY, Records
from fusion.tables import RELATION

_READ = ("bag_tag", "flight", "arrived_at", "arrived_on", "origin", "weight_kg", "declared", "declared_value_usd", "traveller_token")
_OFTEN_DAYS = 90

TOLD = (
    Told("bag_kg", "double", "수하물 중량", "Weight of the bag, kg", "nullif(b.weight_kg, 0D)"),
    Told("bag_declared", "boolean", "여행자 신고 여부", "Declared by the traveller", "b.declared"),
    Told("bag_declared_usd", "double", "여행자 신고금액(미화)", "Value declared by the traveller, USD", "CASE WHEN b.declared THEN b.declared_value_usd END"),
    Told("bag_origin", "string", "출발공항", "Airport of origin", "upper(b.origin)"),
    Told("bag_flight", "string", "편명", "Flight", "upper(b.flight)"),
    Told("bag_arrived_at", "timestamp", "수하물 도착 시각", "When the bag arrived", "b.arrived_at"),
    Told("traveller_bags", "double", "같은 여행자의 당일 다른 수하물", "Other bags of the traveller that day", "CASE WHEN b.traveller_token IS NOT NULL THEN coalesce(same_day, 0L) END"),
    Told("traveller_days", "double", "같은 여행자의 최근 90일 입국일 수", "Days of arrival of the traveller in 90 days", "CASE WHEN b.traveller_token IS NOT NULL THEN coalesce(days, 1L) END"),
)


def observe(records: Records) -> DataFrame:
    """The newest word on each bag."""
    found = records.newest("baggage", _READ).groupBy(*BY).agg(F.expr(f"max_by(struct({', '.join(_READ)}), struct(arrived_at, record_key))").alias("b"))
    return found.join(_travels(records, found), list(BY), "left").select(*BY, *columns(TOLD))


def _travels(records: Records, bags: DataFrame) -> DataFrame:
    """The traveller's other bags and days, as known by then."""
    mine = F.broadcast(bags.selectExpr(*BY, "trim(b.traveller_token) AS owner_id", "b.arrived_on AS day").where("owner_id IS NOT NULL"))
    held = records.lake.read(records.spark, RELATION).where(f"owner_kind = '{Owner.TRAVELLER}'").select("holder_id", "owner_id", "seen_on", "known_at")
    met = held.join(mine, "owner_id").where(f"known_at <= as_of AND datediff(day, seen_on) BETWEEN 0 AND {_OFTEN_DAYS}")
    return met.groupBy(*BY).agg(F.expr("count(DISTINCT holder_id) FILTER (WHERE seen_on = day AND holder_id <> shipment_id)").alias("same_day"),
                                F.countDistinct("seen_on").alias("days"))


BAGGAGE = Observer(tuple(one.field for one in TOLD), observe)
