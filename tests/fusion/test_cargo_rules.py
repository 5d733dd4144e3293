"""Every rule of cargo: it applies above its tolerance, is silent below and where a source is silent, and takes honest look-alikes lightly."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from described_rows import NOON, described
from pyspark.sql import SparkSession

from features.catalogue import names_in
from features.contradiction import evidence_sql
from fusion.contradictions import contradictions
from fusion.rules import amounts, boxes, standing, ways
from fusion.rules.rule import Rule
from lakehouse.text import Text

Row = dict[str, Any]
CARGO = {rule.name: rule for family in (amounts, ways, boxes, standing) for rule in family.RULES}
# What says that something did not happen, by being absent; or only how grave it is.
MAY_BE_ABSENT = {"release_step_at", "regime_code", "tariff_rate_percent", "premium_spread", "relation_code", "export_country"}
ACCUSING = ("허위", "밀수", "fraud", "smuggl", "false")


@dataclass(frozen=True)
class Case:
    """A row that a rule applies to, changes that leave it silent, that make it low, and that make it high."""

    row: Row
    silent: Row
    honest: Row = field(default_factory=dict)
    grave: Row = field(default_factory=dict)


def _weights(column: str) -> Case:
    return Case({"split_gross_kg": 1000.0, column: 1080.0}, {column: 1035.0}, {column: 930.0}, {column: 1200.0})


def _packages(column: str) -> Case:
    return Case({"split_packages": 50.0, column: 52.0}, {column: 50.0}, {"split_packages": 4.0, column: 96.0}, {column: 60.0})


_PREFERRED = {"regime_code": "FCN1", "preference_items": 1.0, "origin_country": "VN", "duty_rate_percent": 0.0}
_PAPERS = {"transport_feed": "manifest"}
CASES = {
    "carried_in_weight": _weights("carried_in_kg"), "bill_weight": _weights("cargo_gross_kg"),
    "manifest_weight": _weights("bill_gross_kg"), "waybill_weight": _weights("air_gross_kg"),
    "carried_in_packages": _packages("carried_in_packages"), "bill_packages": _packages("cargo_packages"),
    "manifest_packages": _packages("bill_packages"), "waybill_pieces": _packages("air_pieces"),
    "air_master_weight": Case({"air_whole_kg": 300.0, "air_master_kg": 330.0}, {"air_master_kg": 308.0}),
    "insured": Case({"invoice_krw": 1e7, "insured_krw": 1.3e7, "premium_spread": 0.02}, {"insured_krw": 1.05e7}, {"insured_krw": 1.1e7}, {"insured_krw": 2e7}),
    "freight_left_out": Case({"terms_code": "FOB", "freight_krw": 100_000.0, "air_charges_krw": 400_000.0, "customs_value_krw": 1e7}, {"terms_code": "CIF"},
                             grave={"freight_krw": 0.0, "air_charges_krw": 2e6}),
    "invoice_lines": Case({"invoice_amount": 1000.0, "items_invoiced": 1100.0, "invoice_currency": "USD"}, {"items_invoiced": 1010.0}, grave={"items_invoiced": 1400.0}),
    "tariff_rate": Case({"duty_rate_percent": 5.0, "tariff_rate_percent": 8.0}, {"duty_rate_percent": 8.0}, {"duty_rate_percent": 9.0}, {"tariff_rate_percent": 360.0}),
    "no_certificate": Case({**_PREFERRED, "has_certificate_of_origin": False, "customs_value_krw": 5e7}, {"has_certificate_of_origin": True},
                           {"customs_value_krw": 900_000.0}, {"general_rate_percent": 8.0}),
    "certificate_country": Case({"certified_origin": "VN", "certificate_country": "SG"}, {"certificate_country": "VN"},
                                {"certified_origin": "FR", "certificate_country": "DE"}),
    "certificate_used": Case({"certificate_used_kg": 110.0, "certificate_total_kg": 100.0, "certificate_gap": 10.0}, {"certificate_gap": -1.0},
                             {"certificate_used_kg": 100.5, "certificate_gap": 0.5}, {"certificate_used_kg": 140.0}),
    "preference_unlisted": Case({**_PREFERRED, "general_rate_percent": 8.0}, {"tariff_rate_percent": 0.0}),
    "dispatch": Case({**_PREFERRED, "export_country": "SG"}, {"export_country": "VN"}, {"regime_code": "A"}),
    "loading": Case({**_PREFERRED, "paper_loading_country": "SG", "export_country": "SG"}, {"paper_loading_country": "VN"}, {"regime_code": "A"}, {"export_country": "VN"}),
    "dispatch_loading": Case({"export_country": "VN", "paper_loading_country": "CN", "origin_country": "CN", "regime_code": "A"}, {"paper_loading_country": "VN"},
                             {"origin_country": "VN"}, {"regime_code": "FVN1", "origin_country": "VN"}),
    "first_loading": Case({"paper_loading_country": "VN", "strange_load_country": "CN", "origin_country": "CN", "regime_code": "A"}, {"strange_load_country": None},
                          grave={"origin_country": "VN"}),
    "empty_pick_up": Case({"paper_loading_country": "VN", "strange_pick_up_country": "CN", "strange_load_country": "CN"}, {"strange_pick_up_country": None},
                          {"strange_load_country": None}),
    "bill_words": Case({**_PAPERS, "shared_words": 0.0, "transport_words": 3.0, "transport_goods": "FRESH GARLIC", "goods_text": "TEXTILE ARTICLES"}, {"shared_words": 1.0},
                       {"transport_goods": "GENERAL CARGO"}),
    "transport_line": Case({**_PAPERS, "hs4": "0710", "strange_line": "0703", "duty_rate_percent": 27.0}, {"strange_line": None}, grave={"general_rate_percent": 30.0}),
    "words": Case({"declaration_no": "D", "goods_text": "LADIES LEATHER HANDBAG", "hs6": "420222", "declared_points_to": "420221"}, {"declared_points_to": None}),
    "bill_line": Case({"declaration_no": "D", "goods_text": "TEXTILE BAG", "hs4": "4202", "hs6": "420222", "item_headings": ["4202"], "transport_goods": "LEATHER HANDBAG",
                       "transport_goods_feed": "manifest", "papers_points_to": "420221"}, {"papers_points_to": None},
                      {"item_headings": ["4202", "6403"], "papers_points_to": "640399"}, {"declared_points_to": "420221"}),
    "gate_weight": Case({"houses_in_boxes_kg": 10_000.0, "box_count": 1.0, "box_weighed_net_kg": 10_600.0}, {"box_weighed_net_kg": 10_380.0},
                        grave={"box_weighed_net_kg": 12_000.0}),
    "verified_mass": Case({"houses_in_boxes_kg": 5_000.0, "box_count": 2.0, "box_verified_net_kg": 5_650.0}, {"box_verified_net_kg": 5_550.0}),
    "seal": Case({"seal_was": "ABCU1234567 HLX771", "seal_is": "ABCU1234567 KC9", "hub_ports": ["SGSIN"]}, {"seal_is": None}, {"seal_was_replaced": True}, {"hub_ports": []}),
    "delivery": Case({"bill_delivery_place": "KRSEL", "strange_gate_place": "KRUWN"}, {"strange_gate_place": None},
                     grave={"release_step_at": NOON, "gate_hours_unreleased": 2.0, "gate_out_at": NOON - timedelta(hours=2)}),
    "gate_before_release": Case({"gate_hours_unreleased": 2.0, "release_step_at": NOON, "gate_out_at": NOON - timedelta(hours=2)}, {"gate_hours_unreleased": 0.4},
                                grave={"gate_hours_unreleased": 9.0}),
    "amended_after_arrival": Case({**_PAPERS, "arrived_at": NOON, "changed": "consignee, goods", "changed_after_hours": 6.0}, {"changed_after_hours": -3.0}, {"changed": "goods"}),
    "ties": Case({"importer_id": "가나다라2610011", "penalised_ties": 1.0, "penalised_head_ties": 1.0, "penalised_address_ties": 0.0, "importer_age_days": 500.0},
                 {"penalised_ties": 0.0}, {"importer_age_days": 4000.0}, {"importer_age_days": 20.0}),
    "importer_status": Case({"importer_id": "가나다라2610011", "importer_status": "suspended"}, {"importer_status": "active"}, grave={"importer_status": "closed"}),
    "payer": Case({"importer_id": "가나다라2610011", "payer_id": "마바사아2610011"}, {"payer_id": "가나다라2610011"}, {"payer_id": "마바사아2610011"}),
    "relation": Case({"seller_shares_head": True, "seller_id": "CNABC00001"}, {"relation_code": "A"}),
    "seller_name": Case({**_PAPERS, "seller_id": "CNABC00001", "seller_likeness": 0.8}, {"seller_likeness": 1.0}, {"seller_likeness": 0.96}, {"seller_likeness": 0.2}),
}

CASES |= {f"{name}_by_air": replace(CASES[name], row=CASES[name].row | {"transport_feed": "air_waybill"})
          for name in ("bill_words", "transport_line", "amended_after_arrival", "seller_name")}
CASES |= {name: replace(CASES["bill_line"], row=CASES["bill_line"].row | {"transport_goods_feed": feed})
          for name, feed in (("bill_line_by_air", "air_waybill"), ("bill_line_by_progress", "cargo_progress"))}


def variants(case: Case) -> dict[str, Row]:
    """The rows of a case by what is made of it, with one in which each column that the rule reads is not known."""
    made = {"applies": case.row, "silent": case.row | case.silent}
    made |= {name: case.row | change for name, change in (("low", case.honest), ("high", case.grave)) if change}
    return made


@pytest.fixture(scope="module")
def found(spark: SparkSession) -> dict[tuple[str, str], Row]:
    """The contradiction of each rule in each variant of its case, all found in one pass."""
    rows = {f"{name}|{what}": row for name, case in CASES.items() for what, row in variants(case).items()}
    for name, rule in CARGO.items():
        for column in names_in(rule.where) - MAY_BE_ABSENT:
            rows[f"{name}|without {column}"] = CASES[name].row | {column: None}
    rows["nothing|"] = {}
    told = contradictions(described(spark, rows)).collect()
    assert not [row for row in told if row["shipment_id"] == "nothing|"]
    return {(row["shipment_id"], row["rule"]): row.asDict() for row in told}


def test_every_rule_has_its_case() -> None:
    assert CARGO.keys() == CASES.keys()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.spark
def test_rule_applies_above_its_tolerance_alone(found: dict[tuple[str, str], Row], name: str) -> None:
    case = CASES[name]
    assert (f"{name}|applies", name) in found
    assert (f"{name}|silent", name) not in found
    if case.honest:
        assert found[f"{name}|low", name]["severity"] == "low"
    if case.grave:
        assert found[f"{name}|high", name]["severity"] == "high"
        assert found[f"{name}|applies", name]["severity"] == "medium"


@pytest.mark.parametrize("name", CASES)
@pytest.mark.spark
def test_rule_is_silent_where_a_source_is(found: dict[tuple[str, str], Row], name: str) -> None:
    columns = names_in(CARGO[name].where) - MAY_BE_ABSENT
    assert columns
    assert not [column for column in columns if (f"{name}|without {column}", name) in found]


@pytest.mark.spark
def test_sentences_hold_their_values_in_both_languages(found: dict[tuple[str, str], Row]) -> None:
    for (_, name), row in found.items():
        rule = CARGO[name]
        for wording in (row["text_ko"], row["text_en"], row["usual_ko"], row["usual_en"]):
            assert wording and "{" not in wording and not any(word in wording.lower() for word in ACCUSING)
        assert row["left_value"] and row["right_value"] and row["severity"] in ("low", "medium", "high")
        assert row["left_value"] in row["text_en"] and row["right_value"] in row["text_en"]
        assert any("가" <= letter <= "힣" for letter in row["text_ko"])
        assert (rule.kind, rule.left_feed, rule.right_feed) == (row["type"], row["left_feed"], row["right_feed"])


@pytest.mark.spark
def test_sentence_reads_as_officers_write(found: dict[tuple[str, str], Row]) -> None:
    weight = found["carried_in_weight|applies", "carried_in_weight"]
    assert weight["text_ko"] == "반입 중량(반입신고) 1,080.0㎏ — 신고 총중량 1,000.0㎏, 차이 +8.0%. 통상 ±4%. 확인 필요"
    assert "5,650.0㎏(VGM−자중)" in found["verified_mass|applies", "verified_mass"]["text_ko"]
    assert "계근값 아님" in found["verified_mass|applies", "verified_mass"]["text_ko"]
    assert "수하인, 품명" in found["amended_after_arrival|applies", "amended_after_arrival"]["text_ko"]


@pytest.mark.spark
def test_evidence_counts_one_fact_once(spark: SparkSession) -> None:
    """Two rules on the weight count as the stronger one, a third on another fact adds to it; nothing tells nothing."""
    rules = [CARGO["bill_weight"], CARGO["carried_in_weight"], CARGO["certificate_country"]]
    rows = {"none": {}, "one": {"split_gross_kg": 100.0, "carried_in_kg": 110.0}, "two": {"split_gross_kg": 100.0, "carried_in_kg": 110.0, "cargo_gross_kg": 110.0}}
    rows["more"] = rows["two"] | {"certified_origin": "VN", "certificate_country": "CN"}
    told = {row["shipment_id"]: row["p"] for row in described(spark, rows).selectExpr("shipment_id", f"{evidence_sql(rules)} AS p").collect()}
    assert told["none"] == 0 and told["one"] == told["two"] == pytest.approx(0.40)
    assert told["more"] == pytest.approx(1 - 0.6 * 0.6)


def test_bad_rules_are_named() -> None:
    text = Text("값 {left}", "value {left}")
    with pytest.raises(ValueError, match="no probability"):
        Rule("x", "value", "order", "courier", "true", "false", "'a'", "'b'", text, text, strength=1.0)
    with pytest.raises(ValueError, match="asks for"):
        Rule("x", "value", "order", "courier", "true", "false", "'a'", "'b'", Text("{norm}", "{norm}"), text)
