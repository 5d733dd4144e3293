"""Every feature's sentences for usual, missing and extreme values in both languages, and the order in which reasons come."""

import re
from dataclasses import replace
from typing import get_args

import pytest

from features.catalogue import BY_NAME, FEATURES
from features.feature import Feature, Theme
from features.reasons import Reason, reasons_for
from features.roles import SUBJECTS
from features.sentences import SHARES, explained, percentile, sentence
from features.sources import USUAL, feeds_of, is_contradiction, sources_of
from feeds.registry import BY_NAME as FEEDS
from lakehouse.text import Text

ACCUSING = re.compile("허위|밀수|위장|조작|사기|fraud|smuggl|false|fake|lie[sd]?\\b|forg", re.IGNORECASE)
UNSETTLED = re.compile(r"[은이을과]\([는가를와]\)|으로\(로\)")
# A Korean sentence of a reason ends in a noun, a number, a unit or a bracket, never in a verb.
VERB = re.compile(r"(다|요|함|됨|임|음|니까)[.]?$")
USUAL_VALUES = (0.0, 1.0, -2.5, 0.35)
EXTREME = (1e9, -1e9, 1e300, -1e300, 1e-9, float("inf"), float("-inf"))
MISSING = (None, float("nan"))


def told(feature: Feature, value: float | str | None, number: float | None) -> list[Reason]:
    """The feature raising, lowering and as a fact, its other numbers all being `number`."""
    columns = {} if number is None else dict.fromkeys(feature.numbers, number)
    points = {feature.name: [float(share) for share in SHARES]}
    return [reason for added in (1.0, -1.0, 0.0) for reason in reasons_for([(feature, value, added, None)], columns=columns, quantiles=points)]


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_every_sentence_can_be_read(feature: Feature) -> None:
    values = (None, "", "A", "한국", "9".rjust(300, "x")) if feature.type == "category" else (*USUAL_VALUES, *EXTREME, *MISSING)
    for value in values:
        for number in (None, 0.0, 12.5, 1e300, -1e300, float("nan")):
            reasons = told(feature, value, number)
            assert len(reasons) >= 2  # A fact needs a value and, where it compares, what it is compared with.
            for reason in reasons:
                for wording in (reason.ko, reason.en):
                    assert len(wording) < 620 and "{" not in wording and not re.search(r"\bnan\b|\binf\b|None", wording)
                    assert not ACCUSING.search(wording), wording
                assert not UNSETTLED.search(reason.ko), reason.ko
                assert not VERB.search(reason.ko), reason.ko
                assert re.search("[가-힣]", reason.ko)
                if value != "한국":
                    assert not re.search("[가-힣]", reason.en), reason.en


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_a_reason_names_source_and_what_is_usual(feature: Feature) -> None:
    value = "A" if feature.type == "category" else 1.0
    raising, lowering, *_ = told(feature, value, 12.5)
    assert "출처" in raising.ko and "Source" in raising.en and "통상 사유" in raising.ko and "Usual reason" in raising.en
    assert "출처" in lowering.ko and lowering.ko.startswith("위험 낮춤: ") and lowering.en.startswith("Lowers the risk: ")
    assert set(feeds_of(feature)) <= set(FEEDS) and sources_of(feature) is not None


@pytest.mark.parametrize("feature", [f for f in FEATURES if f.norm], ids=lambda feature: feature.name)
def test_a_comparison_tells_both_numbers(feature: Feature) -> None:
    columns = dict.fromkeys(feature.numbers, 3333.0) | {f"{feature.name}.shown": 7777.0, feature.name: 4444.0, f"{feature.name}.peers": 5555.0}
    said = sentence(feature, 0.25 if not feature.shows else 2.0, None, columns)
    for wording in (said.ko, said.en):
        digits = wording.replace(",", "")
        assert "4444" in digits
        assert not feature.shows or "7777" in digits
        assert not feature.peers or "5555" in digits


def test_every_theme_has_what_is_usual_and_a_subject() -> None:
    assert set(USUAL) == set(SUBJECTS) == set(get_args(Theme))


def test_contradictions_between_sources_come_first_where_they_are_felt() -> None:
    gap, price, rate, mass = (BY_NAME[name] for name in ("carried_in_kg_gap_size", "price_below_peers", "importer_violation_rate", "mass_above_peers"))
    assert is_contradiction(gap) and not is_contradiction(price) and not is_contradiction(BY_NAME["arrival_to_declaration_hours"])
    felt = reasons_for([(price, 2.0, 0.9, 100.0), (gap, 0.2, 0.3, 900.0), (rate, 0.4, 0.5, 0.1), (mass, 1.0, -0.3, 9.0)])
    assert [reason.code for reason in felt] == ["weight_gap", "price", "importer_record", "mass"]
    faint = reasons_for([(price, 2.0, 0.9, 100.0), (gap, 0.2, 0.01, 900.0), (rate, 0.4, 0.5, 0.1)])
    assert [reason.code for reason in faint] == ["price", "importer_record", "weight_gap"]


def test_a_group_speaks_once_and_through_a_value_that_is_known() -> None:
    best, other = BY_NAME["price_below_peers"], BY_NAME["price_below_hs6"]
    [reason, *rest] = reasons_for([(best, None, 0.5, None), (other, 3.0, 0.4, 90.0)])
    assert reason.features == ("price_below_hs6", "price_below_peers") and "자료 없음" not in reason.ko and not rest
    [reason] = reasons_for([(best, None, 0.5, None), (other, 3.0, 0.01, 90.0)])
    assert reason.features[0] == "price_below_peers"


def test_three_are_told_at_least_and_facts_fill_up() -> None:
    price, share, hs6, code = (BY_NAME[name] for name in ("price_below_peers", "freight_share", "duty_rate_percent", "hs2"))
    columns = {"duty_rate_percent": 8.0, "duty_rate_percent.peers": 30.0}
    reasons = reasons_for([(price, 2.0, 0.9, 100.0), (code, "85", 0.0, None), (share, 0.1, 0.0, None), (hs6, 8.0, 0.0, None)], columns=columns)
    assert [reason.direction for reason in reasons] == ["raises", "fact", "fact"]
    assert reasons[1].code == "rate" and reasons[1].ko.startswith("참고: ")
    lowered = reasons_for([(price, 2.0, -0.9, 100.0), (share, 0.1, -0.4, None), (code, "85", -0.2, None), (hs6, 8.0, -0.1, None)], columns=columns)
    assert [reason.direction for reason in lowered] == ["lowers"] * 3


def test_what_sums_up_contradictions_speaks_through_those_that_are_there_in_their_own_words() -> None:
    evidence, weight, seal, silent = (BY_NAME[name] for name in ("evidence_prior", "contradiction_carried_in_weight", "contradiction_seal", "contradiction_gate_weight"))
    given = [(evidence, 0.4, 0.8, None), (weight, 1.0, 0.1, None), (seal, 1.0, 0.0, None), (silent, 0.0, 0.0, None), (BY_NAME["hs2"], "85", 0.3, None)]
    words = {"contradiction_carried_in_weight": Text("반입 중량 1,200㎏ — 신고 1,000㎏. 통상 사유: 팔레트", "Carried in 1,200 kg, declared 1,000 kg. Usual reasons: pallets")}
    reasons = reasons_for(given, said=words)
    assert [reason.features[0] for reason in reasons] == ["contradiction_carried_in_weight", "contradiction_seal", "hs2"]
    assert reasons[0].ko.startswith("반입 중량 1,200㎏ — 신고 1,000㎏") and reasons[0].en.startswith("Carried in 1,200 kg")
    # Nothing that it could speak through: it speaks for itself.
    assert reasons_for([(evidence, 0.4, 0.8, None)])[0].code == "evidence"
    assert reasons_for([(evidence, 0.0, -0.8, None), (weight, 1.0, 0.1, None)])[-1].direction == "lowers"


def test_what_is_protected_is_never_told() -> None:
    price = BY_NAME["price_below_peers"]
    hidden = replace(price, name="nationality", group="", is_told=False)
    assert [reason.code for reason in reasons_for([(hidden, 9.0, 5.0, 1.0), (price, 2.0, 0.1, 100.0)])] == ["price"]


def test_a_tail_is_told_in_the_direction_people_read() -> None:
    share, below = BY_NAME["freight_share"], BY_NAME["price_below_peers"]
    points = [float(share) for share in SHARES]
    assert [percentile(share, value, points) for value in (0.5, 1.5, 7.0, 50.0, 90.5, 98.5, 99.5)] == [1, 2, 10, None, 90, 98, 99]
    assert percentile(share, 99.0, []) is None and percentile(share, None, points) is None
    # A price far below its peers is a high score: people read the price.
    lower = {"price_below_peers": 11800.0, "price_below_peers.shown": 4130.0}
    assert percentile(below, 98.5, points, lower) == 2
    said = explained(below, sentence(below, 98.5, None, lower | {"price_below_peers.peers": 312.0}), True, 2)
    assert "하위 2%" in said.ko and "Bottom 2%" in said.en
