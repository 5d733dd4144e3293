"""Rules on parcels, persons, images and bags: each fires above its tolerance, is silent below it and where something is missing."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pyspark.sql import SparkSession
from rows import Row, found

from fusion.observers.screening import LIKENESSES
from fusion.rules import identity, parcel_goods, parcel_value, screening, shared
from fusion.rules.rule import Rule
from lakehouse.text import LANGUAGES

MINE = tuple(rule for family in (parcel_value, identity, parcel_goods, screening, shared) for rule in family.RULES)
BY_NAME = {rule.name: rule for rule in MINE}
AT = datetime(2026, 5, 20, 3, tzinfo=UTC)
ACCUSING = ("허위", "밀수", "fraud", "smuggl", "위장", "도용")


@dataclass(frozen=True)
class Case:
    """A row on which a rule fires, what of it makes the rule silent, and which columns it cannot do without."""

    rule: str
    fires: Row
    quiet: tuple[Row, ...]
    needs: tuple[str, ...]
    severity: str = "medium"
    also: dict[str, Any] = field(default_factory=dict)


_LISTED = {"kind": "parcel", "list_limit_usd": 150.0, "list_submitted_at": AT}
_ORDER = {"order_shared_count": 0.0, "order_usd": 200.0, "order_quantity": 1.0, "order_dearest_usd": 200.0}
_BAG = {"kind": "baggage", "bag_declared": False, "bag_declared_usd": None}
_PARCEL = {"kind": "parcel", "goods_text": "COTTON T-SHIRT", "hs2": "61"}
_SPARES = {"density": "hs2", "organic": "hs2", "battery": "hs2", "weapon": "hs2", "narcotic": "hs2"}

CASES = (
    Case("order_value_clearance_list", {**_LISTED, **_ORDER, "list_usd": 140.0, "list_quantity": 1.0}, ({"list_usd": 185.0}, {"order_shared_count": 1.0}, {"order_refunded": True}),
         ("list_usd", "order_usd"), "high"),
    Case("order_value_clearance_list", {**_LISTED, **_ORDER, "order_usd": 100.0, "list_usd": 80.0, "list_quantity": 1.0}, ({"list_usd": 95.1}, {"list_usd": 130.0}), ("list_usd", "order_usd")),
    Case("order_value_declaration", {"declaration_no": "D1", **_ORDER, "invoice_amount": 100.0, "invoice_currency": "EUR", "exchange_rate": 1500.0, "order_krw_per_usd": 1000.0},
         ({"invoice_amount": 125.0}, {"order_shared_count": 2.0}), ("invoice_amount", "exchange_rate", "order_krw_per_usd"), also={"left_value": "USD 200.00", "right_value": "USD 150.00"}),
    Case("order_value_courier", {**_ORDER, "parcel_usd": 100.0, "parcel_quantity": 1.0}, ({"parcel_usd": 181.0}, {"list_usd": 101.0}), ("parcel_usd", "order_usd"), "high"),
    Case("order_value_part_clearance_list", {**_LISTED, **_ORDER, "order_quantity": 2.0, "order_dearest_usd": 100.0, "list_usd": 100.0, "list_quantity": 1.0}, ({"list_quantity": 2.0}, {"list_usd": 190.0}),
         ("list_usd", "order_usd"), "low"),
    Case("order_value_part_courier", {**_ORDER, "order_refunded": True, "parcel_usd": 100.0}, ({"order_refunded": False}, {"parcel_usd": 195.0}), ("parcel_usd", "order_usd"), "low"),
    Case("order_value_part_declaration", {"declaration_no": "D1", **_ORDER, "order_refunded": True, "invoice_amount": 100.0, "invoice_currency": "USD"}, ({"order_refunded": False},), ("invoice_amount", "order_usd"), "low"),
    Case("list_courier_value", {**_LISTED, "list_usd": 100.0, "parcel_usd": 130.0}, ({"parcel_usd": 108.0},), ("list_usd", "parcel_usd")),
    Case("courier_lines_value", {"parcel_lines_usd": 100.0, "parcel_usd": 80.0}, ({"parcel_usd": 92.0}, {"parcel_usd": 120.0}), ("parcel_lines_usd", "parcel_usd"), "low"),
    Case("order_over_limit", {**_LISTED, **_ORDER, "order_shared_count": 2.0, "list_usd": 100.0}, ({"order_usd": 149.0}, {"list_usd": 151.0}, {"declaration_no": "D1"}),
         ("order_usd", "list_usd", "list_limit_usd", "order_shared_count")),
    Case("own_use_quantity", {"list_quantity": 25.0, "parcel_line_count": 2.0}, ({"list_quantity": 9.0}, {"parcel_line_count": 6.0}), ("list_quantity",)),
    Case("order_quantity", {**_ORDER, "order_quantity": 3.0, "list_quantity": 2.0}, ({"list_quantity": 3.0}, {"order_refunded": True}, {"order_shared_count": 1.0}), ("order_quantity", "list_quantity"), "low"),
    Case("courier_scale", {"parcel_kg": 1.0, "parcel_measured_kg": 1.3}, ({"parcel_measured_kg": 1.09}, {"parcel_kg": 0.05, "parcel_measured_kg": 0.12}), ("parcel_kg", "parcel_measured_kg")),
    Case("parcel_carried_in_weight", {"kind": "parcel", "list_kg": 1.0, "carried_in_kg": 1.6}, ({"carried_in_kg": 1.05}, {"kind": "cargo"}), ("list_kg", "carried_in_kg"), "high"),
    Case("buyer_customs_id_courier", {"kind": "parcel", "order_customs_id": "P1", "parcel_customs_id": "P2", "order_phone": "H1", "parcel_phone": "H2"}, ({"parcel_customs_id": "P1"},),
         ("order_customs_id", "parcel_customs_id"), "high"),
    Case("buyer_customs_id_clearance_list", {"kind": "parcel", "order_customs_id": "P1", "list_customs_id": "P2", "order_postcode": "1", "parcel_postcode": "1"}, ({"parcel_customs_id": "P2"},),
         ("order_customs_id", "list_customs_id"), "low"),
    Case("buyer_customs_id_declaration", {"kind": "parcel", "order_customs_id": "P1", "importer_id": "P2"}, ({"importer_id": "P1"}, {"list_customs_id": "P1"}, {"kind": "cargo"}), ("order_customs_id", "importer_id")),
    Case("buyer_phone_courier", {"kind": "parcel", "order_phone": "H1", "parcel_phone": "H2"}, ({"parcel_phone": "H1"},), ("order_phone", "parcel_phone"), "low"),
    Case("buyer_phone_clearance_list", {"kind": "parcel", "order_phone": "H1", "list_phone": "H2"}, ({"parcel_phone": "H1"},), ("order_phone", "list_phone"), "low"),
    Case("buyer_postcode_courier", {"kind": "parcel", "order_postcode": "03001", "parcel_postcode": "47002"}, ({"parcel_postcode": "03001"},), ("order_postcode", "parcel_postcode"), "low"),
    Case("buyer_postcode_clearance_list", {"kind": "parcel", "order_postcode": "03001", "list_postcode": "47002"}, ({"list_postcode": "03001"},), ("order_postcode", "list_postcode"), "low"),
    Case("consignee_customs_id_clearance_list", {"kind": "parcel", "parcel_customs_id": "P1", "list_customs_id": "P2"}, ({"list_customs_id": "P1"}, {"declaration_no": "D"}), ("parcel_customs_id", "list_customs_id")),
    Case("consignee_customs_id_declaration", {"kind": "parcel", "declaration_no": "D", "parcel_customs_id": "P1", "importer_id": "P2"}, ({"importer_id": "P1"},), ("parcel_customs_id", "importer_id", "declaration_no")),
    *(Case(rule.name, {"watch_feed": rule.left_feed, "watch_score": 0.9, "watch_list": "OFAC", "watch_entry": "7", "watch_role": "seller"}, ({"watch_feed": "another"},), ("watch_score", "watch_feed"))
      for rule in identity.RULES if rule.name.startswith("watchlist")),
    Case("title_barred", {"order_barred": "weapon", "order_title": "Full Metal Airsoft Pistol", "parcel_goods_text": "TOY"}, ({"parcel_barred": "weapon"}, {"list_barred": "weapon"}), ("order_barred", "parcel_goods_text"), "high"),
    Case("list_excluded", {**_LISTED, "list_excluded_hs": True, "list_goods_text": "VITAMIN"}, ({"declaration_no": "D"}, {"list_excluded_hs": False}), ("list_goods_text", "list_submitted_at", "list_excluded_hs")),
    Case("title_excluded", {**_LISTED, "order_excluded": True, "order_title": "Omega 3 Softgels", "list_goods_text": "CANDY"}, ({"list_excluded_words": True}, {"order_barred": "drug"}), ("order_excluded", "list_goods_text")),
    Case("title_words", {"order_shared_count": 0.0, "order_line_count": 1.0, "order_title": "Carbon Handlebar", "order_categories": "Sports; Cycling", "goods_text": "COTTON TOWEL"},
         ({"goods_text": "HANDLEBARS"}, {"goods_text": "면 수건"}, {"goods_text": "SAMPLE"}, {"order_line_count": 2.0}), ("goods_text", "order_title"), "low"),
    Case("title_line", {"order_shared_count": 0.0, "order_line_count": 1.0, "order_title": "Leather tote", "goods_text": "COTTON TOWEL", "hs4": "6302", "ordered_points_to": "420221"},
         ({"ordered_points_to": "630260"}, {"order_barred": "drug"}, {"order_line_count": 2.0}), ("ordered_points_to", "hs4", "order_line_count")),
    Case("list_words", {"parcel_line_count": 1.0, "list_goods_text": "TOY CAR", "parcel_goods_text": "PERFUME"}, ({"parcel_goods_text": "TOYS"}, {"parcel_goods_text": "GIFT"}), ("list_goods_text", "parcel_goods_text"), "low"),
    Case("list_courier_hs", {"parcel_line_count": 1.0, "list_hs6": "851830", "parcel_hs6": "850760"}, ({"parcel_hs6": "851890"}, {"parcel_line_count": 2.0}), ("list_hs6", "parcel_hs6")),
    Case("parcel_departure", {"kind": "parcel", "list_limit_usd": 200.0, "list_usd": 180.0, "parcel_shipper_country": "US", "parcel_departed_from": "HK"}, ({"parcel_departed_from": "US"},),
         ("parcel_shipper_country", "parcel_departed_from"), "high"),
    Case("order_dispatch", {"list_limit_usd": 200.0, "order_ship_from": "US", "parcel_shipper_country": "CN"}, ({"order_ship_from": "CN"},), ("order_ship_from", "parcel_shipper_country")),
    Case("released_before_arrival", {"parcel_arrived_at": AT, "parcel_freed_at": AT - timedelta(hours=2)}, ({"parcel_freed_at": AT - timedelta(minutes=20)}, {"parcel_freed_at": AT + timedelta(hours=1)}), ("parcel_arrived_at", "parcel_freed_at")),
    Case("ordered_after_pick_up", {"order_ordered_at": AT, "parcel_picked_at": AT - timedelta(days=2)}, ({"parcel_picked_at": AT},), ("order_ordered_at", "parcel_picked_at"), "high"),
    Case("listed_after_release", {"list_submitted_at": AT, "parcel_freed_at": AT - timedelta(hours=2)}, ({"parcel_freed_at": AT},), ("list_submitted_at", "parcel_freed_at")),
    *(Case(f"scan_{one.name}", {**_PARCEL, f"scan_{one.name}": 0.7, "scan_suspects": 1.0}, ({f"scan_{one.name}": 0.2}, {"kind": "baggage"}), ("goods_text", f"scan_{one.name}", *((_SPARES[one.name],) if one.name in _SPARES else ())),
           "medium" if one.name in screening._EVERYDAY else "high") for one in LIKENESSES),
    *(Case(f"bag_{one.name}", {**_BAG, f"scan_{one.name}": 0.7, "scan_suspects": 0.0}, ({f"scan_{one.name}": 0.2}, {"kind": "parcel"}), ("bag_declared", f"scan_{one.name}"),
           "low" if one.name in screening._EVERYDAY else "medium") for one in LIKENESSES if one.name != "battery"),
    Case("scan_suspected", {**_PARCEL, "scan_suspects": 1.0, "scan_label": "weapon"}, ({"scan_suspects": 0.0}, {"kind": "baggage"}), ("goods_text", "scan_suspects")),
    Case("phone_many_ids", {"shared_phone_ids": 6.0, "shared_phone_shipments": 9.0}, ({"shared_phone_ids": 4.0},), ("shared_phone_ids",), also={"left_value": "9", "right_value": "6"}),
    Case("id_many_phones", {"shared_id_phones": 5.0}, ({"shared_id_phones": 3.0},), ("shared_id_phones",)),
    Case("id_many_postcodes", {"shared_id_postcodes": 7.0}, ({"shared_id_postcodes": 3.0},), ("shared_id_postcodes",), "high"),
    Case("split_purchase", {**_LISTED, "list_usd": 120.0, "purchase_bills": 2.0, "purchase_usd": 240.0}, ({"purchase_bills": 1.0}, {"purchase_usd": 140.0}, {"declaration_no": "D"}, {"list_usd": 160.0}),
         ("purchase_bills", "purchase_usd", "list_usd", "list_limit_usd")),
    Case("near_limit", {**_LISTED, "list_usd": 148.0, "shared_near_limit": 4.0}, ({"shared_near_limit": 2.0}, {"list_usd": 100.0}), ("list_usd", "shared_near_limit", "list_limit_usd")),
    Case("own_use_repeat", {"shared_id_hs6": 6.0, "list_hs6": "851830"}, ({"shared_id_hs6": 4.0},), ("shared_id_hs6",)),
    Case("bag_suspected", {**_BAG, "scan_suspects": 2.0}, ({"scan_suspects": 0.0}, {"kind": "parcel"}), ("bag_declared", "scan_suspects"), "high"),
)


def test_every_rule_has_a_case() -> None:
    assert {case.rule for case in CASES} == set(BY_NAME)


@pytest.mark.spark
def test_rules_fire_above_their_tolerance_and_else_are_silent(spark: SparkSession) -> None:
    rows: list[Row] = []
    asked: list[tuple[Case, str, bool]] = []
    for case in CASES:
        rows.append(case.fires)
        asked.append((case, "fires", True))
        for quiet in case.quiet:
            rows.append({**case.fires, **quiet})
            asked.append((case, f"quiet by {quiet}", False))
        for name in case.needs:
            rows.append({**case.fires, name: None})
            asked.append((case, f"without {name}", False))
    said = found(spark, rows)
    wrong = [f"{case.rule}: {how}" for (case, how, fires), rules in zip(asked, said, strict=True) if (case.rule in rules) is not fires]
    assert not wrong
    for (case, _, fires), rules in zip(asked, said, strict=True):
        if fires:
            one = rules[case.rule]
            assert one["severity"] == case.severity, case.rule
            assert {**one, **case.also} == one
            for language in LANGUAGES:
                sentence = one[f"text_{language}"]
                plain = sentence.replace("㎏", " kg")
                assert "{" not in sentence and one["left_value"] in plain and one["right_value"] in plain
                assert one[f"usual_{language}"]
    assert not found(spark, [{}])[0]


@pytest.mark.parametrize("rule", MINE, ids=lambda rule: rule.name)
def test_rule_speaks_both_languages_and_accuses_no_one(rule: Rule) -> None:
    assert rule.text.names() <= {"left", "right", "difference"} and {"left", "right"} <= rule.text.names()
    for text in (rule.text, rule.usual):
        assert any("가" <= letter <= "힣" for letter in text.ko) and not any("가" <= letter <= "힣" for letter in text.en)
        assert not any(word in wording for word in ACCUSING for wording in (text.ko, text.en.lower()))
        assert "'" not in text.ko + text.en
    assert 0 < rule.strength < 1

