"""What shipments share: counted within windows, by what was known, and never by what everybody shares."""

from datetime import timedelta
from typing import Any

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from tiny_lake import assemble, day, listed, observed, order, parcel, shipment_of, silver

from fusion.contacts import NAMED, new_contacts
from fusion.observers import network
from fusion.observers.network import CROWDED, NETWORK, WINDOW_DAYS
from fusion.records import Records
from fusion.tables import CONTACT, LABEL
from lakehouse.lake import Lake

# All live at one home, in other words each; one code goes to many.
HOMES = ("서울특별시 가상구 한빛로 9, 101동 0101호", "서울특별시 가상구 한빛로 9 101-0101")
NOW, LATER = day(40), day(45)


@pytest.fixture(scope="module")
def lake(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = Lake(str(tmp_path_factory.mktemp("contacts")))
    silver(made, "exchange_rate", [("USD|2026-04-26", 0, {"currency": "USD", "valid_from": day(-5).date(), "krw_per_unit": 1000.0})])
    at_home: dict[str, Any] = {"consignee_phone": "H9", "consignee_postcode": "03009"}
    silver(made, "courier", [
        # One phone, four codes, of which one is known late and one was used long ago.
        *(parcel(number, known, consignee_address=HOMES[number % 2], created_at=day(used), **at_home) for number, known, used in ((1, 30, 29), (2, 31, 30), (3, 42, 30), (4, 32, 40 - WINDOW_DAYS - 1))),
        # One code with three phones and homes.
        *(parcel(number, 35, consignee_customs_id="PX", consignee_postcode=f"0400{number}", created_at=day(34)) for number in (11, 12, 13)),
        # Two bills of one purchase.
        parcel(21, 36, "O21", consignee_customs_id="P21"), parcel(22, 36, "O22", consignee_customs_id="P21")])
    silver(made, "order", [order("O21", 36, 33, 100.0, buyer_customs_id="P21", buyer_phone="H21", buyer_address="집 주소가 긴 곳 1"),
                           order("O22", 36, 33.2, 90.0, buyer_customs_id="P22", buyer_phone="H22", buyer_address="집 주소가 긴 곳 1")])
    silver(made, "clearance_list", [listed(number, 36, price_usd=usd, hs6=hs6, consignee_customs_id="PX", consignee_address="x") for number, usd, hs6 in ((11, 149.0, "851830"), (12, 140.0, "851890"), (13, 60.0, "851830"))])
    assemble(spark, made)
    names = {number: shipment_of(made, "courier", f"T{number}") for number in (1, 2, 11, 12)}
    made.append_rows([{"shipment_id": names[2], "known_at": day(38), "inspected_at": day(37), "illicit": True, "outcome_id": "1"}, {"shipment_id": names[12], "known_at": day(44), "inspected_at": day(37), "illicit": True, "outcome_id": "2"},
                      {"shipment_id": names[1], "known_at": day(38), "inspected_at": day(37), "illicit": True, "outcome_id": "3"}], LABEL)
    return made


@pytest.mark.spark
def test_counts_within_windows_and_by_what_was_known(spark: SparkSession, lake: Lake) -> None:
    one, code, bill = (shipment_of(lake, "courier", f"T{number}") for number in (1, 11, 21))
    said = observed(spark, lake, NETWORK, [(one, NOW), (one, LATER), (one, day(30.5)), (code, NOW), (code, LATER), (bill, NOW)])
    now, later, first = said[one, NOW], said[one, LATER], said[one, day(30.5)]
    assert (first["shared_phone_ids"], now["shared_phone_ids"], later["shared_phone_ids"]) == (1, 2, 3)
    assert (now["shared_home_ids"], now["shared_home_shipments"], now["shared_phone_shipments"]) == (2, 2, 2)
    assert (now["shared_violations"], first["shared_violations"]) == (1, None)
    spread = said[code, NOW]
    assert (spread["shared_id_phones"], spread["shared_id_postcodes"], spread["shared_id_shipments"]) == (3, 4, 3)
    assert (spread["shared_id_hs6"], spread["shared_id_hs4"], spread["shared_near_limit"]) == (3, 3, 2)
    assert spread["shared_violations"] is None and said[code, LATER]["shared_violations"] == 1
    parted = said[bill, NOW]
    assert (parted["purchase_bills"], parted["purchase_usd"]) == (2, 190.0)
    assert spread["purchase_bills"] is None and spread["shared_crowded"] == 0


@pytest.mark.spark
def test_what_everybody_shares_is_nobody_s(spark: SparkSession, lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    assert CROWDED > 100
    monkeypatch.setattr(network, "CROWDED", 1)
    one = shipment_of(lake, "courier", "T1")
    said = observed(spark, lake, NETWORK, [(one, NOW), (one, day(30.5))])
    assert said[one, NOW]["shared_phone_ids"] is None and said[one, NOW]["shared_crowded"] == 2 and said[one, NOW]["shared_violations"] is None
    assert said[one, day(30.5)]["shared_phone_ids"] == 1


@pytest.mark.spark
def test_only_new_contacts_are_added(spark: SparkSession, lake: Lake) -> None:
    everything = lake.read(spark, CONTACT).select("shipment_id").distinct().withColumn("as_of", F.lit(day(1000)))
    assert new_contacts(Records.of(spark, lake, everything)).count() == 0
    rows = lake.arrow(CONTACT).to_pylist()
    assert {row["kind"] for row in rows} == {"customs_id", "phone", "address", "seller", "purchase"}
    homes = {row["value"] for row in rows if row["kind"] == "address" and row["customs_id"] in ("P1", "P2")}
    assert len(homes) == 1 and not any("한빛로" in str(value) for row in rows for value in row.values())
    assert min(row["known_at"] for row in rows) >= day(30) - timedelta(seconds=1)


def test_every_contact_s_feed_and_kind_is_declared() -> None:
    assert {named.feed for named in NAMED} == {"courier", "clearance_list", "order", "declaration", "baggage"}
    assert all(column in {"customs_id", "phone", "postcode", "hs6", "usd"} for named in NAMED for column in named.beside)
