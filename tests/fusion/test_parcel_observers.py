"""What observers tell of parcels and bags: of a tiny lake, and only what was known by then."""

from datetime import UTC, date, timedelta
from typing import Any

import pytest
from pyspark.sql import SparkSession
from tiny_lake import assemble, day, happened, listed, observed, order, parcel, shipment_of, silver

from fusion.describe import COLUMNS, DESCRIBED, describe
from fusion.observers import OBSERVERS
from fusion.observers.baggage import BAGGAGE
from fusion.observers.listed import LISTED
from fusion.observers.order import ORDER
from fusion.observers.parcel import PARCEL
from fusion.observers.screening import SCREENING
from fusion.observers.watched import WATCHED
from fusion.records import Records
from fusion.tables import RELATION, WATCHLIST_HIT
from lakehouse.lake import Lake

LATE = day(20)


def screening(key: str, known: float, kind: str, ref: str, result: str, *seen: tuple[str, float], modality: str = "xray_parcel") -> tuple[str, float, dict[str, Any]]:
    return (key, known, {"screening_id": key, "modality": modality, "captured_at": day(known) - timedelta(hours=1), "subject_kind": kind, "subject_ref": ref, "image_ref": f"i/{key}",
                         "detections": [{"label": label, "confidence": sure, "box": []} for label, sure in seen], "operator_result": result})


def bag(tag: str, known: float, on: date, token: str | None = "TV1", **fields: Any) -> tuple[str, float, dict[str, Any]]:
    return (f"{tag}|{on}", known, {"bag_tag": tag, "flight": "KE0124", "arrived_at": day(known), "arrived_on": on, "origin": "bkk", "weight_kg": 21.0, "declared": False, "declared_value_usd": 0.0,
                                   "traveller_token": token, **fields})


@pytest.fixture(scope="module")
def lake(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = Lake(str(tmp_path_factory.mktemp("parcels")))
    silver(made, "exchange_rate", [(f"{c}|{on}", known, {"currency": c, "valid_from": on, "krw_per_unit": rate}) for c, on, rate, known in (
        ("USD", date(2026, 4, 26), 1000.0, 0), ("EUR", date(2026, 4, 26), 1200.0, 0), ("EUR", date(2026, 4, 26), 1500.0, 10), ("EUR", date(2026, 6, 1), 9999.0, 0))])
    silver(made, "courier", [
        parcel(1, 3, "O1", declared_value_amount=80.0, declared_value_currency="EUR", weight_measured_kg=1.4), happened(1, 4, "PICKED_UP", "CNPVG"), happened(1, 5, "DEPARTED", "CNPVG"),
        happened(1, 6, "ARRIVED"), happened(1, 6.5, "CUSTOMS_HELD"), happened(1, 7, "RELEASED"), parcel(2, 3, "O2"), parcel(3, 3, "O2"), parcel(4, 3)])
    silver(made, "order", [order("O1", 3, 0, 60.0, 2.0, discount=10.0, currency="EUR"), order("O1", 12, 0, 999.0), order("O2", 3, 0, 300.0, status="partially_refunded"), order("O9", 3, 0, 1.0)])
    silver(made, "clearance_list", [listed(1, 5, price_usd=95.0), listed(1, 9, price_usd=96.0, goods="VITAMIN TABLETS", hs6="293629"), listed(2, 5, seller_country="US")])
    silver(made, "screening", [screening("X1", 6, "parcel", "T1", "suspect", ("battery", 0.9), ("weapon", 0.5)), screening("X2", 7, "parcel", "HAWB0001", "clear", ("weapon", 0.7), modality="canine"),
                               screening("X3", 6, "baggage", "2971000001", "none", ("currency", 0.8)), screening("X4", 6.1, "traveller", "TV1", "clear", ("conduct", 0.8), ("contact", 0.4))])
    on = date(2026, 5, 7)
    silver(made, "baggage", [bag("2971000001", 6, on), bag("2971000001", 6.2, on, declared=True, declared_value_usd=500.0), bag("2971000002", 6, on), bag("2971000003", 6, on, None), bag("2971000004", 2, date(2026, 5, 3))])
    assemble(spark, made)
    hit = {"list": "LOCAL", "entry_id": "7", "feed": "order", "record_key": "M1|O1", "role": "seller", "party_id": "p", "score": 0.9, "is_disguised": False}
    made.append_rows([{**hit, "status": "open", "known_at": day(4)}, {**hit, "status": "cleared", "known_at": day(15)}, {**hit, "entry_id": "8", "score": 0.8, "status": "open", "known_at": day(4)}], WATCHLIST_HIT)
    return made


@pytest.mark.spark
def test_parcel_as_the_courier_tells_of_it(spark: SparkSession, lake: Lake) -> None:
    one = shipment_of(lake, "courier", "T1")
    said = observed(spark, lake, PARCEL, [(one, LATE), (one, day(4.5)), (one, day(1))])
    row, early = said[one, LATE], said[one, day(4.5)]
    assert (row["parcel_kg"], row["parcel_measured_kg"], row["parcel_hs6"], row["parcel_goods_text"]) == (1.0, 1.4, "851830", "WIRELESS EARPHONES")
    assert row["parcel_usd"] == pytest.approx(120.0) and early["parcel_usd"] == pytest.approx(96.0)
    assert (row["parcel_shipper_key"], row["parcel_postcode"], row["parcel_departed_from"]) == ("NIMBUSTRADING", "03001", "CN")
    assert early["parcel_departed_from"] is None and early["parcel_arrived_at"] is None and early["parcel_picked_at"] is not None
    assert row["parcel_freed_at"].astimezone(UTC) == day(7) - timedelta(hours=1)
    assert (one, day(1)) not in said


@pytest.mark.spark
def test_orders_taken_together_in_dollars(spark: SparkSession, lake: Lake) -> None:
    one, two = shipment_of(lake, "courier", "T1"), shipment_of(lake, "courier", "T2")
    four = shipment_of(lake, "courier", "T4")
    said = observed(spark, lake, ORDER, [(one, LATE), (one, day(9)), (two, LATE), (four, LATE)])
    early, late, parted = said[one, day(9)], said[one, LATE], said[two, LATE]
    assert early["order_usd"] == pytest.approx((2 * 60 - 10) * 1.2) and early["order_quantity"] == 2 and early["order_dearest_usd"] == pytest.approx(72.0)
    assert late["order_usd"] == pytest.approx(999.0)
    assert early["order_title"] == "Wireless Earbuds ANC" and early["order_categories"] == "Audio; Electronics" and early["order_seller_days"] == 30
    assert (early["order_shared_count"], parted["order_shared_count"], parted["order_refunded"]) == (0, 1, True)
    assert (four, LATE) not in said


@pytest.mark.spark
def test_the_newest_line_of_the_list(spark: SparkSession, lake: Lake) -> None:
    one, two = shipment_of(lake, "clearance_list", "L1|1"), shipment_of(lake, "clearance_list", "L2|1")
    said = observed(spark, lake, LISTED, [(one, LATE), (one, day(6)), (two, LATE)])
    assert (said[one, day(6)]["list_usd"], said[one, LATE]["list_usd"], said[one, LATE]["list_versions"]) == (95.0, 96.0, 2)
    assert (said[one, LATE]["list_limit_usd"], said[two, LATE]["list_limit_usd"]) == (150.0, 200.0)
    assert said[one, LATE]["list_excluded_hs"] and not said[one, day(6)]["list_excluded_hs"]


@pytest.mark.spark
def test_images_of_parcels_bags_and_their_travellers(spark: SparkSession, lake: Lake) -> None:
    one = shipment_of(lake, "courier", "T1")
    [own] = {row["holder_id"] for row in lake.arrow(RELATION, ("holder_id",), [("owner_kind", "=", "bag"), ("owner_id", "=", "2971000001")]).to_pylist()}
    said = observed(spark, lake, SCREENING, [(one, LATE), (one, day(6.5)), (own, LATE)])
    late, early, carried = said[one, LATE], said[one, day(6.5)], said[own, LATE]
    assert (late["scan_weapon"], late["scan_battery"], late["scan_count"], late["scan_suspects"], late["scan_dog"]) == (0.7, 0.9, 2, 1, 0.7)
    assert (late["scan_label"], late["scan_confidence"], late["scan_image"]) == ("weapon", 0.7, "i/X2") and early["scan_image"] == "i/X1"
    assert (carried["scan_currency"], carried["scan_conduct"], carried["scan_count"]) == (0.8, 0.4, 2)
    assert late["scan_narcotic"] is None


@pytest.mark.spark
def test_bags_and_the_traveller_s_other_ones(spark: SparkSession, lake: Lake) -> None:
    bags = {row["owner_id"]: row["holder_id"] for row in lake.arrow(RELATION, ("holder_id", "owner_id"), [("owner_kind", "=", "bag")]).to_pylist()}
    own, other, nobody = (bags[f"297100000{number}"] for number in (1, 2, 3))
    said = observed(spark, lake, BAGGAGE, [(own, LATE), (own, day(6.1)), (other, LATE), (nobody, LATE)])
    late = said[own, LATE]
    assert (late["bag_declared"], late["bag_declared_usd"], late["bag_origin"], late["traveller_bags"], late["traveller_days"]) == (True, 500.0, "BKK", 1, 2)
    assert said[own, day(6.1)]["bag_declared"] is False and said[own, day(6.1)]["bag_declared_usd"] is None
    assert said[nobody, LATE]["traveller_bags"] is None


@pytest.mark.spark
def test_open_hits_of_names(spark: SparkSession, lake: Lake) -> None:
    one = shipment_of(lake, "courier", "T1")
    said = observed(spark, lake, WATCHED, [(one, LATE), (one, day(10)), (one, day(3.5))])
    assert (said[one, day(10)]["watch_entry"], said[one, day(10)]["watch_entries"], said[one, day(10)]["watch_feed"]) == ("7", 2, "order")
    assert (said[one, LATE]["watch_entry"], said[one, LATE]["watch_entries"]) == ("8", 1)
    assert (one, day(3.5)) not in said


@pytest.mark.spark
def test_all_observers_make_one_row_a_shipment(spark: SparkSession, lake: Lake) -> None:
    one, two = shipment_of(lake, "courier", "T1"), shipment_of(lake, "courier", "T2")
    spine = spark.createDataFrame([(one, LATE), (two, LATE), (two, day(1))], "shipment_id string, as_of timestamp")
    rows = describe(Records.of(spark, lake, spine)).toArrow()
    assert rows.num_rows == 3 and set(COLUMNS) <= set(rows.column_names)


def test_columns_are_declared_once_and_no_echo_is_taken_for_a_fact() -> None:
    assert len({field.name for field in DESCRIBED}) == len(DESCRIBED)
    assert len(OBSERVERS) == len({observer.fields for observer in OBSERVERS})
    assert not [field.name for field in DESCRIBED if field.echo]
    assert not [field.name for field in DESCRIBED if "held" in field.name]
