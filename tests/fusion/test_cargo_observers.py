"""Observers of cargo on a small lake: what terminals, carriers, bills, waybills, the tariff and the registry told by an instant, and not later."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pyspark.sql import SparkSession

from feeds.registry import BY_NAME
from fusion.describe import describe
from fusion.records import Records
from fusion.tables import LINK, RELATION
from lakehouse.lake import Lake

Row = dict[str, Any]
START = datetime(2026, 5, 1, tzinfo=UTC)
BOX, OTHER_BOX, BILL, AWB = "HLXU1234567", "HLXU7654321", "HLXMASTER1", "18012345675"
SEA, BESIDE, AIR = "sea", "beside", "air"


def at(days: float) -> datetime:
    return START + timedelta(days=days)


class Told:
    """Silver rows of a lake and what they are about, put down as a night would."""

    def __init__(self, lake: Lake) -> None:
        self.lake, self.rows, self.links, self.relations = lake, dict[str, list[Row]](), list[Row](), list[Row]()

    def tell(self, feed: str, key: str, days: float, owner: tuple[str, str], **values: Any) -> None:
        """A record known so many days after the start, about a cargo or a container."""
        known = {"record_key": key, "known_at": at(days), "issued_at": values.pop("issued_at", at(days)), "content_hash": f"{len(self.rows.get(feed, ())):04d}"}
        self.rows.setdefault(feed, []).append(known | values)
        bill = BILL if owner[0] == "container" else None
        self.links.append({"owner_kind": owner[0], "owner_id": owner[1], "feed": feed, "record_key": key, "seen_on": START.date(), "bill": bill, "known_at": at(days),
                           "matched_on": owner[0], "confidence": 1.0, "conflict": None})

    def goes_with(self, holder: str, kind: str, number: str) -> None:
        bill = BILL if kind == "container" else None
        self.relations.append({"holder_id": holder, "owner_kind": kind, "owner_id": number, "seen_on": START.date(), "bill": bill, "is_house": kind == "master",
                               "feed": "manifest", "known_at": at(0)})

    def write(self) -> None:
        for feed, rows in self.rows.items():
            self.lake.append_rows(rows, BY_NAME[feed].silver)
        self.lake.append_rows(self.links, LINK)
        self.lake.append_rows(self.relations, RELATION)


def _item(**values: Any) -> Row:
    return {"hs_code": "0710803000", "regime_code": "A", "origin_country": "CN", "value_krw": 3e7, "duty_rate_percent": 27.0, "cargo_description": "FROZEN GARLIC", **values}


def _papers(told: Told) -> None:
    preferred = _item(regime_code="FCN1", certificate_country="SG", certificate_used_kg=1100.0, certificate_total_kg=1000.0, value_krw=1e6, hs_code="0710100000")
    told.tell("declaration", "D1", 5, ("declaration", "D1"), declaration_no="D1", issued_on=date(2026, 5, 6), importer_id="가나다라2610011", payer_id="가나다라2610011",
              seller_id="S1", seller_name="BRIGHT TRADING CO., LTD.", invoice_currency="USD", invoice_amount=20_000.0, exchange_rate=1400.0, items=[_item(), preferred],
              total_gross_mass=10_000.0, total_packages=100.0)
    told.goes_with(SEA, "declaration", "D1")
    for line, regime, country, rate in (("0710803000", "A", "", 27.0), ("0710803000", "C", "", 40.0), ("0710100000", "A", "", 8.0), ("0703201000", "C", "", 360.0),
                                        ("0710908000", "A", "", 50.0), ("0710803000", "FCN1", "CN", 20.0)):
        told.rows.setdefault("tariff", []).append({"record_key": f"{line}|{regime}|{country}", "hs10": line, "regime_code": regime, "country": country or None,
                                                   "valid_from": date(2026, 1, 1), "rate_percent": rate, "known_at": at(-30), "content_hash": "t"})
    for currency, day, rate, known in (("USD", date(2026, 5, 3), 1390.0, 0), ("USD", date(2026, 5, 5), 1395.0, 4), ("USD", date(2026, 5, 5), 1.0, 40)):
        told.rows.setdefault("exchange_rate", []).append({"record_key": f"{currency}|{day}", "currency": currency, "valid_from": day, "krw_per_unit": rate,
                                                          "known_at": at(known), "content_hash": f"{known}"})


def _registry(told: Told) -> None:
    def firm(customs_id: str, days: float, **values: Any) -> None:
        told.rows.setdefault("party_registry", []).append({"record_key": customs_id, "customs_id": customs_id, "status": "active", "updated_on": at(days).date(),
                                                           "known_at": at(days), "content_hash": f"{customs_id}{days}", **values})

    firm("가나다라2610011", -20, established_on=date(2026, 4, 1), representative="대표자1", address="부산 가온로 1", aeo_grade="")
    firm("S1", -20, representative="대표자 1", address="1 PORT, CN")
    firm("처벌상사1910011", -300, status="suspended", representative="대표자2", address="부산 가온로 1")
    # Only later is another firm at that address suspended.
    firm("나중상사1910011", 20, status="suspended", representative="대표자1", address="부산 가온로 1")


def _manifest(told: Told, key: str, holder: str, days: float, turn: int, gross: float, **values: Any) -> None:
    told.tell("manifest", key, days, ("cargo", holder), master_bl=BILL, house_bl=key, consignment_no=str(turn), gross_mass=gross, gross_mass_unit="KGM", packages=100.0,
              goods="FROZEN GARLIC", consignee_name="GANA CO", loading_port="CNSHA", delivery_place="KRSEL", container_nos=[BOX], arrival_estimated_at=at(6),
              containers=[{"container_no": BOX, "seals": [{"seal_no": "HLX 771", "source_code": "CA"}]}], **values)


def _boxes(told: Told) -> None:
    def terminal(key: str, days: float, kind: str, when: float, **values: Any) -> None:
        told.tell("terminal_event", key, days, ("container", BOX), event_kind=kind, event_at=at(when), container_no=BOX, **values)

    verified = {"gross_mass": 17_300.0, "gross_mass_unit": "KGM", "gross_kind": "VGM", "tare_mass": 2300.0, "tare_mass_unit": "KGM"}
    terminal("T1", 0.5, "load", 0.4, event_port="SGSIN", seals=[{"seal_no": "HLX771", "source_code": "CA"}], **verified)
    terminal("T2", 7, "discharge", 6.9, event_port="KRPUS", loading_port="SGSIN", seals=[{"seal_no": "771", "source_code": "CA"}], **verified)
    terminal("T3", 9, "gate_out", 8.9, event_port="KRPUS", destination="KRUWN", full_empty_code="5", measures=[{"kind": "G", "value": 19_000.0, "unit": "KGM"}])

    def carrier(key: str, code: str, when: float, port: str, known: float = 3, **values: Any) -> None:
        told.tell("carrier_event", key, known, ("container", BOX), event_code=code, classifier="ACT", event_at=at(when), unlocode=port, equipment_reference=BOX, **values)

    carrier("C1", "GTOT", -2, "CNSHA", empty_indicator_code="EMPTY")
    carrier("C2", "LOAD", -1, "VNSGN", empty_indicator_code="LADEN", seals=[{"number": "HLX771", "source": "CAR"}])
    carrier("C3", "DISC", 0, "SGSIN")
    carrier("C4", "LOAD", 0.4, "SGSIN")
    carrier("C5", "LOAD", -3, "JPTYO", is_retracted=True)
    # What customs did, told on by the carrier, is no fact of the container.
    carrier("C6", "LOAD", -4, "USLAX", is_customs_step=True)


def _air(told: Told) -> None:
    def waybill(house: str, days: float, owner: tuple[str, str], gross: float, pieces: float, **values: Any) -> None:
        told.tell("air_waybill", f"180-12345675|{house}", days, owner, master_awb_plain=AWB, house_awb_plain=house or None, gross_weight=gross, gross_weight_unit="KGM", pieces=pieces,
                  sent_at=at(days), consignee_name="GANA CO", goods="WATCHES", **values)

    waybill("", 2, ("master", AWB), 330.0, 12.0)
    waybill("H1", 2, ("cargo", AIR), 100.0, 4.0, total_collect=300.0, total_collect_currency="USD", hs_codes=["910211"], origin="HKG",
            items=[{"chargeable_weight": 120.0, "chargeable_weight_unit": "KGM"}])
    waybill("H1", 8, ("cargo", AIR), 150.0, 4.0, total_collect=300.0, total_collect_currency="USD", hs_codes=["910211"], purpose_code="UPDATE", origin="HKG", items=[])
    waybill("H2", 2, ("cargo", "air beside"), 150.0, 8.0)
    told.goes_with(AIR, "master", AWB)
    told.goes_with("air beside", "master", AWB)


@pytest.fixture(scope="module")
def seen(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, int], Row]:
    """Described shipments by id and day."""
    told = Told(Lake(str(tmp_path_factory.mktemp("observed"))))
    _papers(told)
    _registry(told)
    _manifest(told, "HB1", SEA, 1, 1, 9000.0)
    _manifest(told, "HB2", BESIDE, 1, 2, 5000.0)
    _manifest(told, "HB1", SEA, 8, 1, 10_000.0)
    for holder in (SEA, BESIDE):
        told.goes_with(holder, "container", BOX)
        told.goes_with(holder, "master", BILL)
    _boxes(told)
    _air(told)
    told.write()
    spine = spark.createDataFrame([(SEA, at(4)), (SEA, at(10)), (AIR, at(4)), (AIR, at(10))], "shipment_id string, as_of timestamp")
    return {(row["shipment_id"], (row["as_of"].astimezone(UTC) - START).days): row.asDict() for row in describe(Records.of(spark, told.lake, spine)).collect()}


@pytest.mark.spark
def test_manifest_beside_its_houses(seen: Mapping[tuple[str, int], Row]) -> None:
    early, late = seen[SEA, 4], seen[SEA, 10]
    assert (early["bill_gross_kg"], early["houses_kg"], early["houses_count"], early["lacks_house"]) == (9000.0, 14_000.0, 2.0, False)
    assert (late["bill_gross_kg"], late["houses_kg"], late["bill_versions"], late["bill_changed"]) == (10_000.0, 15_000.0, 2.0, "weight")
    assert (late["bill_before_kg"], late["bill_after_kg"], early["bill_changed"]) == (9000.0, 10_000.0, None)
    assert (early["bill_delivery_place"], early["bill_container_count"], early["bill_loading_port"]) == ("KRSEL", 1.0, "CNSHA")


@pytest.mark.spark
def test_terminal_masses_by_how_they_came_about(seen: Mapping[tuple[str, int], Row]) -> None:
    early, late = seen[SEA, 4], seen[SEA, 10]
    assert (early["box_verified_net_kg"], early["box_weighed_net_kg"], early["gate_out_at"]) == (15_000.0, None, None)
    assert (late["box_verified_net_kg"], late["box_weighed_net_kg"], late["houses_in_boxes_kg"]) == (15_000.0, 16_700.0, 15_000.0)
    assert (late["gate_places"], late["strange_gate_place"], late["box_last_port"]) == (["KRUWN"], "KRUWN", "SGSIN")
    assert late["gate_out_at"].astimezone(UTC) == at(8.9)


@pytest.mark.spark
def test_seals_compare_by_container_and_a_dropped_prefix_is_told(seen: Mapping[tuple[str, int], Row]) -> None:
    early, late = seen[SEA, 4], seen[SEA, 10]
    assert early["seal_is"] is None
    assert (late["seal_was"], late["seal_is"], late["seal_is_shortened"]) == (f"{BOX} HLX771", f"{BOX} 771", True)


@pytest.mark.spark
def test_carrier_tells_the_way_and_not_what_was_taken_back(seen: Mapping[tuple[str, int], Row]) -> None:
    row = seen[SEA, 4]
    assert (row["pick_up_port"], row["first_load_port"], row["hub_ports"]) == ("CNSHA", "VNSGN", ["SGSIN"])
    assert (row["strange_load_country"], row["strange_pick_up_country"]) == ("VN", None)


@pytest.mark.spark
def test_papers_beside_tariff_rates_and_certificates(seen: Mapping[tuple[str, int], Row]) -> None:
    assert seen[SEA, 4]["certificate_country"] is None and seen[SEA, 4]["tariff_rate_percent"] is None
    row = seen[SEA, 10]
    assert (row["certificate_country"], row["certified_origin"], row["certificate_gap"], row["preference_items"]) == ("SG", "CN", 100.0, 1.0)
    assert (row["tariff_rate_percent"], row["general_rate_percent"], row["heading_rate_percent"], row["heading_line"]) == (27.0, 27.0, 50.0, "0710908000")
    # Of two rates told for a day the one known by then counts.
    assert (row["chapter_rate_percent"], row["rate_of_day"], row["items_text"]) == (360.0, 1395.0, "FROZEN GARLIC FROZEN GARLIC")


@pytest.mark.spark
def test_registry_ties_are_those_known_by_then(seen: Mapping[tuple[str, int], Row]) -> None:
    row = seen[SEA, 10]
    assert (row["importer_age_days"], row["importer_status"], row["seller_shares_head"]) == (35.0, "active", True)
    assert (row["penalised_head_ties"], row["penalised_address_ties"]) == (0.0, 1.0)


@pytest.mark.spark
def test_waybills_beside_their_master(seen: Mapping[tuple[str, int], Row]) -> None:
    early, late = seen[AIR, 4], seen[AIR, 10]
    assert (early["air_gross_kg"], early["air_pieces"], early["air_chargeable_kg"], early["air_hs6"]) == (100.0, 4.0, 120.0, "910211")
    assert (early["air_charges_krw"], late["air_charges_krw"]) == (pytest.approx(300 * 1390.0), pytest.approx(300 * 1395.0))
    assert (early["air_master_kg"], early["air_whole_kg"], late["air_whole_kg"]) == (330.0, 250.0, 300.0)
    assert (late["air_changed"], late["air_versions"]) == ("weight", 2.0)
