"""What a shipment shares with others: codes, phones and homes used elsewhere, purchases sent in parts, neighbours that were found illicit.

Counted within declared windows from what was known by then. A value that more shipments share than people do, a courier's own
phone or the home of a forwarder, says nothing of anybody and is left out.
"""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion.limits import LIMITS, NEAR_RATIO
from fusion.observers.observer import Observer
from fusion.observers.told import Told, columns
from fusion.records import BY, Records
from fusion.tables import CONTACT, LABEL, REDIRECT

WINDOW_DAYS, OWN_USE_DAYS, LABEL_DAYS = 90, 30, 365
# Of so many shipments within the window a phone, code or home is nobody's.
CROWDED = 200
_PERSONAL = "kind IN ('phone', 'customs_id', 'address', 'purchase')"
_BUYS = "role IN ('consignee', 'buyer', 'importer', 'payer')"
_NEAR_LIMIT = " OR ".join(f"usd BETWEEN {NEAR_RATIO * limit.usd} AND {limit.usd}" for limit in LIMITS)
_VALUE = ("kind", "value", "as_of")
_CODE, _PHONE, _HOME, _PURCHASE = (f"kind = '{kind}' AND {_BUYS}" for kind in ("customs_id", "phone", "address", "purchase"))


def _alike(name: str, digits: int, ko: str, en: str, where: str) -> Told:
    return Told(f"shared_{name}_hs{digits}", "double", f"{ko}·세번 {digits}단위 최근 {OWN_USE_DAYS}일 화물 수", f"Shipments of one {en} and HS{digits} in {OWN_USE_DAYS} days",
                f"max(hs{digits}) FILTER (WHERE {where})")


TOLD = (
    Told("shared_phone_ids", "double", "같은 전화의 최근 90일 통관고유부호 수", "Customs codes used with the phone in 90 days", f"max(ids) FILTER (WHERE {_PHONE})"),
    Told("shared_phone_shipments", "double", "같은 전화의 최근 90일 화물 수", "Shipments of the phone in 90 days", f"max(shipments) FILTER (WHERE {_PHONE})"),
    Told("shared_id_phones", "double", "같은 부호의 최근 90일 전화 수", "Phones used with the customs code in 90 days", f"max(phones) FILTER (WHERE {_CODE})"),
    Told("shared_id_postcodes", "double", "같은 부호의 최근 90일 우편번호 수", "Postcodes used with the customs code in 90 days", f"max(postcodes) FILTER (WHERE {_CODE})"),
    Told("shared_id_shipments", "double", "같은 부호의 최근 90일 화물 수", "Shipments of the customs code in 90 days", f"max(shipments) FILTER (WHERE {_CODE})"),
    Told("shared_home_ids", "double", "같은 주소의 최근 90일 통관고유부호 수", "Customs codes used at the address in 90 days", f"max(ids) FILTER (WHERE {_HOME})"),
    Told("shared_home_shipments", "double", "같은 주소의 최근 90일 화물 수", "Shipments to the address in 90 days", f"max(shipments) FILTER (WHERE {_HOME})"),
    *(_alike("id", digits, "같은 부호", "customs code", _CODE) for digits in (6, 4)), *(_alike("home", digits, "같은 주소", "address", _HOME) for digits in (6, 4)),
    Told("shared_near_limit", "double", "같은 부호·주소의 최근 30일 한도 직전 화물 수", "Shipments of the code or address just under the limit in 30 days",
         f"max(near_limit) FILTER (WHERE kind IN ('customs_id', 'address') AND {_BUYS})"),
    Told("purchase_bills", "double", "같은 판매자·구매일·구매자의 운송장 수", "Bills of one seller, day of purchase and buyer", f"max(shipments) FILTER (WHERE {_PURCHASE})"),
    Told("purchase_usd", "double", "같은 판매자·구매일·구매자의 구매 합계(미화)", "What one seller, day of purchase and buyer come to, USD", f"max(usd) FILTER (WHERE {_PURCHASE})"),
    Told("shared_crowded", "double", "많은 화물이 함께 쓰는 연락처 수", "Contacts that so many share that they are nobody's", "count_if(is_crowded)"),
)
_FOUND = (
    Told("shared_violations", "double", "같은 연락처 화물의 과거 적발 건수", "Shipments of the same code, phone or address found illicit", "CASE WHEN neighbours > 0 THEN bad_neighbours END"),
    Told("shop_inspections", "double", "같은 판매자 화물의 과거 검사 건수", "Inspected shipments of the same seller", "nullif(of_seller, 0L)"),
    Told("shop_violations", "double", "같은 판매자 화물의 과거 적발 건수", "Shipments of the same seller found illicit", "CASE WHEN of_seller > 0 THEN violations_of_seller END"),
)


def observe(records: Records) -> DataFrame:
    """Counts over the shipments that share a contact, and what inspections found of them."""
    contacts = _contacts(records)
    mine = contacts.join(F.broadcast(records.spine), "shipment_id").where("known_at <= as_of").select(*BY, "kind", "value", "role", "hs6").distinct().localCheckpoint()
    shared = _shared(contacts, mine).localCheckpoint()
    told = mine.where(_PERSONAL).join(shared, list(_VALUE), "left").withColumns(
        {f"hs{digits}": F.expr(f"CASE WHEN hs6 IS NOT NULL AND goods IS NOT NULL THEN size(array_distinct(transform(filter(goods, g -> substr(g.hs6, 1, {digits}) = substr(hs6, 1, {digits})), g -> g.shipment_id))) END")
         for digits in (4, 6)})
    asked = mine.where("kind IN ('phone', 'customs_id', 'address', 'seller')").join(F.broadcast(shared.where("is_crowded").select(*_VALUE)), list(_VALUE), "left_anti")
    return told.groupBy(*BY).agg(*columns(TOLD)).join(_found(records, contacts, asked).select(*BY, *columns(_FOUND)), list(BY), "full")


def _contacts(records: Records) -> DataFrame:
    """Contacts under the shipments that merged ones turned out to be."""
    merged = F.broadcast(records.lake.read(records.spark, REDIRECT).select("shipment_id", "merged_into", F.col("known_at").alias("merged_at")))
    return records.lake.read(records.spark, CONTACT).join(merged, "shipment_id", "left")


_NEIGHBOUR = "CASE WHEN merged_at <= as_of THEN merged_into ELSE shipment_id END"


def _shared(contacts: DataFrame, mine: DataFrame) -> DataFrame:
    """Of each value what is told of it within the window, nothing where it is crowded."""
    wanted = F.broadcast(mine.where(_PERSONAL).select(*_VALUE).distinct())
    near = contacts.join(wanted, ["kind", "value"]).where(f"known_at <= as_of AND datediff(as_of, seen_on) BETWEEN 0 AND {WINDOW_DAYS}").withColumn("shipment_id", F.expr(_NEIGHBOUR))
    crowds = near.groupBy(*_VALUE).agg(F.countDistinct("shipment_id").alias("shipments"))
    few = near.join(F.broadcast(crowds.where(f"shipments <= {CROWDED}")), list(_VALUE))
    lately = f"datediff(as_of, seen_on) <= {OWN_USE_DAYS}"
    tallied = few.groupBy(*_VALUE).agg(
        F.first("shipments").alias("shipments"), *(F.size(F.collect_set(name)).alias(f"{name}s") for name in ("phone", "postcode")), F.size(F.collect_set("customs_id")).alias("ids"),
        F.expr(f"collect_set(struct(shipment_id, hs6)) FILTER (WHERE hs6 IS NOT NULL AND {lately})").alias("goods"),
        F.expr(f"size(collect_set(shipment_id) FILTER (WHERE feed = 'clearance_list' AND {lately} AND ({_NEAR_LIMIT})))").alias("near_limit"),
        F.expr("aggregate(collect_set(struct(record_key, usd)) FILTER (WHERE usd IS NOT NULL), 0D, (t, one) -> t + one.usd)").alias("usd"))
    return crowds.where(f"shipments > {CROWDED}").select(*_VALUE, F.lit(True).alias("is_crowded")).join(tallied, list(_VALUE), "full")


def _found(records: Records, contacts: DataFrame, asked: DataFrame) -> DataFrame:
    """What inspections known by then found of others that share a contact or seller."""
    labels = records.lake.read(records.spark, LABEL).select(F.col("shipment_id").alias("neighbour"), "inspected_at", F.col("known_at").alias("found_at"), "illicit")
    wanted = F.broadcast(asked.select(*BY, "kind", "value").distinct())
    theirs = contacts.withColumnRenamed("shipment_id", "neighbour").drop("merged_into", "merged_at").join(F.broadcast(labels), "neighbour").select(
        "kind", "value", "neighbour", "seen_on", "known_at", "found_at", "inspected_at", "illicit")
    met = theirs.join(wanted, ["kind", "value"]).where(
        f"neighbour <> shipment_id AND known_at <= as_of AND found_at <= as_of AND datediff(as_of, seen_on) BETWEEN 0 AND {LABEL_DAYS}")
    each = met.groupBy(*BY, F.expr("kind = 'seller'").alias("is_seller"), "neighbour").agg(F.expr("max_by(illicit, struct(inspected_at, found_at))").alias("illicit"))
    return each.groupBy(*BY).agg(*(F.expr(f"count_if({where})").alias(name) for name, where in (
        ("neighbours", "NOT is_seller"), ("bad_neighbours", "NOT is_seller AND illicit"), ("of_seller", "is_seller"), ("violations_of_seller", "is_seller AND illicit"))))


NETWORK = Observer(tuple(one.field for one in (*TOLD, *_FOUND)), observe, ("courier", "clearance_list", "order"))
