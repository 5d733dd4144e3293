"""Every declared feature and history, and declarations that must not pass."""

from dataclasses import replace

import pytest

from features.catalogue import BY_NAME, FEATURES, HISTORIES, OUTCOME_COLUMNS, names_in, problems
from features.feature import Feature, History
from features.reasons import Contribution, reasons_for, sentence
from features.tables import FEATURE
from fusion.describe import DESCRIBED
from lakehouse.field import Field
from lakehouse.text import Text

ACCUSING = ("허위", "밀수", "fraud", "smuggl", "false")
VALUES = (None, float("nan"), float("inf"), 0.0, 1.0, -2.5, 1e300, -1e300)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_feature_speaks_both_languages(feature: Feature) -> None:
    values = (None, "", "A") if feature.type == "category" else VALUES
    for value in values:
        for number in (None, 0.0, 12.5, 1e300):
            columns = {} if number is None else dict.fromkeys(feature.numbers, number)
            said = sentence(feature, value, None, columns)
            for wording in (said.ko, said.en):
                assert wording and len(wording) < 400
                assert "{" not in wording and "nan" not in wording and "(는)" not in wording
                assert not any(word in wording.lower() for word in ACCUSING)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_feature_declaration(feature: Feature) -> None:
    read = names_in(feature.sql).union(*(names_in(sql) for sql in feature.numbers.values()))
    assert not read & OUTCOME_COLUMNS
    assert not any("가" <= letter <= "힣" for letter in feature.text.en + feature.reason.en)
    assert any("가" <= letter <= "힣" for letter in feature.text.ko)


def test_catalogue_holds() -> None:
    assert problems(FEATURES, HISTORIES) == []
    assert len(FEATURES) >= 45
    assert FEATURE.columns == ("shipment_id", "as_of", *BY_NAME, "norms")


def test_bad_declarations_are_named() -> None:
    good = BY_NAME["customs_value_log"]
    text = Text("가", "a")
    assert any("declared twice" in fault for fault in problems([*FEATURES, good], HISTORIES))
    assert any("nowhere_kg" in fault for fault in problems([*FEATURES, replace(good, name="x", sql="nowhere_kg")], HISTORIES))
    assert any("illicit" in fault for fault in problems([*FEATURES, replace(good, name="x", sql="illicit")], HISTORIES))
    selected = History("x", ("importer_id",), "outcomes", "IF(selected_by = 'model', 1, 0)")
    assert any("selected_by" in fault for fault in problems(FEATURES, [*HISTORIES, selected]))
    late = History("x", ("loading_port",), "declarations")
    assert any("loading_port" in fault for fault in problems(FEATURES, [*HISTORIES, late]))
    echo = [*DESCRIBED, Field("held_code", "string", text, echo=True)]
    assert any("held_code" in fault for fault in problems([*FEATURES, replace(good, name="x", sql="held_code")], HISTORIES, echo))
    with pytest.raises(ValueError, match="asks for"):
        Feature("x", "value", "1", text, Text("{other}", "{other}"))
    with pytest.raises(ValueError, match="does not declare"):
        Feature("x", "value", "1", text, Text("{norm}", "{norm}"))
    with pytest.raises(ValueError, match="no direction"):
        Feature("x", "value", "'a'", text, text, type="category", monotone=1)
    with pytest.raises(ValueError, match="shrunk"):
        History("x", ("importer_id",), "outcomes", shrinkage=1.0)
    with pytest.raises(ValueError, match="no window"):
        History("x", ("importer_id",), "outcomes", aggregate="days_since_first", window_days=3)


def test_sentence_has_both_numbers_and_particles() -> None:
    feature = BY_NAME["price_below_peers"]
    numbers = {"price_below_peers": 11800.0, "price_below_peers.shown": 4130.0, "price_below_peers.peers": 312.0}
    said = sentence(feature, 2.1, None, numbers)
    assert "4,130원" in said.ko and "11,800원(312건)의 35%" in said.ko
    assert "4,130 KRW/kg: 35% of the mean 11,800 KRW" in said.en
    assert "비교 대상 부족" in sentence(feature, 2.1, None, {"price_below_peers.shown": 4130.0}).ko
    assert "자료 없음" in sentence(feature, None).ko
    mass = sentence(BY_NAME["net_above_gross"], 1.0, None, {"net_above_gross.net_mass_kg": 9.0, "net_above_gross.gross_mass_kg": 8.0})
    assert "9.0㎏" in mass.ko and "과(와)" not in mass.ko


def test_reasons_join_groups_and_end_with_what_lowers() -> None:
    price, other, code = BY_NAME["price_below_peers"], BY_NAME["price_below_hs6"], BY_NAME["hs2"]
    share, rate = BY_NAME["freight_share"], BY_NAME["importer_violation_rate"]
    given: list[Contribution] = [
        (price, 2.0, 0.5, 100.0),
        (other, 3.0, 0.7, 90.0),
        (code, "85", 0.9, None),
        (share, 0.1, -0.4, None),
        (rate, 0.0, -0.6, 0.1),
        (BY_NAME["item_count"], 1.0, 0.0, None),
    ]
    reasons = reasons_for(given, most=3)
    assert [reason.code for reason in reasons] == ["price", "hs2", "importer_record"]
    assert reasons[0].features == ("price_below_hs6", "price_below_peers")
    assert reasons[-1].ko.startswith("위험 낮춤") and reasons[-1].en.startswith("Lowers")
    assert reasons_for([], most=5) == []
    assert [reason.code for reason in reasons_for(given, most=1)] == ["price"]
