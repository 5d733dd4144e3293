"""Orders that no paper names: matched to parcels of the same person and seller, where the courier left the order number out."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds import clearance_list, courier, order
from fusion import contact_keys as key
from fusion import keys
from fusion.naming import Owner
from fusion.tables import LINK, RELATION
from lakehouse.lake import Lake

# A parcel is registered within so many days of what it was bought under.
LATEST_DAYS = 40


def unnamed_orders(spark: SparkSession, lake: Lake, fresh: str, since: str) -> DataFrame:
    """Rows of gold.relation between consignments and orders that no record of theirs names.

    Both were known from `since` (Spark SQL) on and one is `fresh`; they agree on the person's code or phone and on the seller,
    by the courier or by the list. Of several orders the last before the parcel was registered is its own.
    """
    relations = lake.read(spark, RELATION).where(f"owner_kind = '{Owner.ORDER}'").select("holder_id", "owner_id", F.col("known_at").alias("named_at"))
    parcels, orders = (rows.withColumn("person", F.explode(F.expr(f"array_compact(array({side}_id, {side}_phone))"))) for side, rows in (
        ("p", _parcels(spark, lake, fresh, since)), ("o", _orders(spark, lake, fresh, since))))
    near = parcels.join(orders, "person").where(f"o_seller IN (p_shipper, p_seller) AND (p_fresh OR o_fresh) AND datediff(p_on, o_on) BETWEEN 0 AND {LATEST_DAYS}")
    near = near.withColumn("known_at", F.greatest("p_known_at", "o_known_at")).localCheckpoint()
    free = near
    for one in ("owner_id", "holder_id"):
        taken = near.join(relations.select(one, "named_at"), one).where("named_at <= known_at").select(one).distinct()
        free = free.join(F.broadcast(taken), one, "left_anti")
    last = free.groupBy("holder_id").agg(F.max_by(F.struct("owner_id", "p_on", "known_at"), F.struct("o_on", "owner_id")).alias("row")).select("holder_id", "row.*")
    first = last.groupBy("owner_id").agg(F.min_by(F.struct("holder_id", "p_on", "known_at"), F.struct("p_on", "holder_id")).alias("row")).select("owner_id", "row.*")
    return first.selectExpr("holder_id", f"'{Owner.ORDER}' AS owner_kind", "owner_id", "p_on AS seen_on", "CAST(NULL AS STRING) AS bill", "false AS is_house", "'order' AS feed", "known_at")


def _parcels(spark: SparkSession, lake: Lake, fresh: str, since: str) -> DataFrame:
    """Parcels without an order number, with whom and by whom they are sent as courier and list tell."""
    rows = lake.read(spark, courier.FEED.silver).where(f"record_type = 'shipment' AND coalesce(size(order_refs), 0) = 0 AND known_at >= {since}")
    told = rows.selectExpr("record_key", "known_at AS p_known_at", f"({fresh}) AS p_fresh", "CAST(created_at AS DATE) AS p_on", f"{key.plain('consignee_customs_id')} AS p_id",
                           f"{key.plain('consignee_phone')} AS p_phone", f"{key.seller('shipper_name')} AS p_shipper")
    links = lake.read(spark, LINK).where(f"owner_kind = '{Owner.CARGO}'").select("feed", "record_key", F.col("owner_id").alias("holder_id"))
    mine = told.join(links.where("feed = 'courier'").drop("feed"), "record_key").drop("record_key")
    listed = lake.read(spark, clearance_list.FEED.silver).where(f"known_at >= {since}").selectExpr("record_key", f"{key.seller('seller_name')} AS p_seller", "known_at AS l_known_at", f"({fresh}) AS l_fresh")
    sold = listed.join(links.where("feed = 'clearance_list'").drop("feed"), "record_key").groupBy("holder_id").agg(
        F.min_by(F.struct("p_seller", "l_known_at", "l_fresh"), "l_known_at").alias("l")).select("holder_id", "l.*")
    whole = mine.join(sold, "holder_id", "left")
    # A seller that only the list tells of is known when the list is.
    return whole.withColumns({"p_known_at": F.expr("IF(p_shipper <=> p_seller, p_known_at, greatest(p_known_at, l_known_at))"), "p_fresh": F.expr("p_fresh OR coalesce(l_fresh, false)")}).drop("l_known_at", "l_fresh")


def _orders(spark: SparkSession, lake: Lake, fresh: str, since: str) -> DataFrame:
    rows = lake.read(spark, order.FEED.silver).where(f"known_at >= {since}")
    told = rows.selectExpr(f"{keys.plain('order_no')} AS owner_id", "known_at AS o_known_at", f"({fresh}) AS o_fresh", "CAST(ordered_at AS DATE) AS o_on", f"{key.plain('buyer_customs_id')} AS o_id",
                           f"{key.plain('buyer_phone')} AS o_phone", f"{key.seller('seller_name')} AS o_seller")
    return told.where("owner_id IS NOT NULL AND o_seller IS NOT NULL")
