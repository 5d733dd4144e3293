"""A lake of a few silver rows made by hand, linked as a night links them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds.registry import BY_NAME
from fusion.contacts import new_contacts
from fusion.links import link
from fusion.observers.observer import Observer
from fusion.records import Records
from fusion.tables import CONSIGNMENT_NUMBER, CONTACT, LINK, REDIRECT, RELATION
from lakehouse.lake import Lake

START = datetime(2026, 5, 1, 3, tzinfo=UTC)
Row = dict[str, Any]


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def silver(lake: Lake, feed: str, rows: Iterable[tuple[str, float, Mapping[str, Any]]]) -> None:
    """Rows of a feed: record key, day it was known, fields."""
    lake.append_rows([{"record_key": key, "known_at": day(known), "issued_at": None, "file": "f", "ordinal": number, "content_hash": f"{feed}{number}",
                       "batch_id": "1", **fields} for number, (key, known, fields) in enumerate(rows)], BY_NAME[feed].silver)


def assemble(spark: SparkSession, lake: Lake) -> None:
    """Links and contacts of everything the lake holds."""
    found = link(spark, lake, "true")
    for frame, table in ((found.links, LINK), (found.relations, RELATION), (found.numbers, CONSIGNMENT_NUMBER), (found.redirects, REDIRECT)):
        lake.append(frame.localCheckpoint(), table)
    everything = lake.read(spark, RELATION).select(F.col("holder_id").alias("shipment_id")).distinct().withColumn("as_of", F.lit(day(1000)))
    lake.append(new_contacts(Records.of(spark, lake, everything)), CONTACT)


def shipment_of(lake: Lake, feed: str, key: str) -> str:
    """The shipment of a record that identifies one."""
    rows = lake.arrow(LINK, ("owner_id",), [("feed", "=", feed), ("record_key", "=", key), ("owner_kind", "=", "cargo")]).to_pylist()
    return str(rows[0]["owner_id"])


def observed(spark: SparkSession, lake: Lake, observer: Observer, asked: Iterable[tuple[str, datetime]]) -> dict[tuple[str, datetime], Row]:
    """What an observer tells of each shipment as of each instant."""
    spine: DataFrame = spark.createDataFrame(list(asked), "shipment_id string, as_of timestamp")
    rows = observer.observe(Records.of(spark, lake, spine)).toArrow().to_pylist()
    return {(row["shipment_id"], row["as_of"].astimezone(UTC)): row for row in rows}


def parcel(number: int, known: float, ordered: str = "", **fields: Any) -> tuple[str, float, Row]:
    """A courier's parcel `T<number>` with one line."""
    return (f"T{number}", known, {
        "record_type": "shipment", "tracking_no": f"T{number}", "courier_code": "HN", "created_at": day(known) - timedelta(hours=5), "hawb_no": f"HAWB{number:04d}", "mawb_no": "18000000011",
        "shipper_name": "Nimbus Trading Co., Ltd.", "shipper_country": "CN", "consignee_customs_id": f"P{number}", "consignee_phone": f"H{number}", "consignee_postcode": "03-001",
        "consignee_address": f"서울특별시 가상구 한빛로 {number}, 101동 0101호", "pieces": 1.0, "weight_kg": 1.0, "declared_value_amount": 100.0, "declared_value_currency": "USD",
        "lines": [{"seq": "1", "description": "WIRELESS EARPHONES", "hs_code": "8518.30", "quantity": 1.0, "unit_value": 100.0, "origin": "CN"}], "order_refs": [ordered] if ordered else [], **fields})


def happened(number: int, known: float, code: str, place: str = "KRICN") -> tuple[str, float, Row]:
    """An event of a parcel."""
    return (f"T{number}|{known}|{code}", known, {"record_type": "event", "tracking_no": f"T{number}", "event_code": code, "event_at": day(known) - timedelta(hours=1), "unlocode": place})


def order(number: str, known: float, ordered: float, price: float, pieces: float = 1.0, **fields: Any) -> tuple[str, float, Row]:
    """A marketplace's order of one line."""
    return (f"M1|{number}", known, {
        "order_no": number, "market_code": "M1", "ordered_at": day(ordered), "currency": "USD", "total_paid": price * pieces, "shipping_fee": 0.0, "discount": 0.0, "seller_id": "S1", "seller_name": "NIMBUS TRADING",
        "seller_registered_on": date(2026, 4, 1), "buyer_customs_id": "P1", "buyer_phone": "H1", "buyer_postcode": "03001", "buyer_address": "서울특별시 가상구 한빛로 1 101-0101",
        "lines": [{"seq": "1", "sku": "x", "title": "Wireless Earbuds ANC", "category_path": ["Electronics", "Audio"], "quantity": pieces, "unit_price": price}], "ship_from": "CN", **fields})


def listed(number: int, known: float, **fields: Any) -> tuple[str, float, Row]:
    """The line of a clearance list for a parcel."""
    return (f"L{number}|1", known, {
        "list_no": f"L{number}", "line": 1, "submitted_at": day(known) - timedelta(hours=1), "courier_code": "HN", "hawb_no": f"HAWB{number:04d}", "mawb_no": "18000000011", "seller_name": "Nimbus Trading Co Ltd",
        "seller_country": "CN", "goods": "WIRELESS EARPHONES", "hs6": "851830", "quantity": 1.0, "price_usd": 100.0, "weight_kg": 1.0, "consignee_customs_id": f"P{number}", "consignee_phone": f"H{number}",
        "consignee_postcode": "03001", "consignee_address": f"서울특별시 가상구 한빛로 {number}, 101동 0101호", **fields})
