"""Contradictions as features: each rule, each kind, how many of each severity, and the evidence of all of them taken together."""

from collections.abc import Sequence

from features.feature import Feature, History
from feeds.registry import BY_NAME
from fusion.rules import RULES
from fusion.rules.rule import Rule
from lakehouse.text import Text

KINDS = {
    "value": Text("가격", "Value"), "weight": Text("중량", "Weight"), "origin": Text("원산지", "Origin"), "goods": Text("품명·세번", "Goods"),
    "packages": Text("포장개수", "Packages"), "seal": Text("봉인", "Seal"), "route": Text("운송경로", "Route"),
    "identity": Text("당사자", "Identity"), "screening": Text("검색 영상", "Screening"), "timing": Text("시각", "Timing"),
}  # fmt: skip
_SEVERITIES = {"low": Text("낮음", "low"), "medium": Text("보통", "medium"), "high": Text("높음", "high")}


def _applies(rule: Rule) -> str:
    return f"coalesce({rule.where}, false)"


def _of_rule(rule: Rule) -> Feature:
    """1 where the rule applies, 0 where its sources agree, NULL where one of them is silent."""
    left, right = BY_NAME[rule.left_feed].text, BY_NAME[rule.right_feed].text
    feeds = Text(left.ko, left.en) if left == right else Text(f"{left.ko}·{right.ko}", f"{left.en} and {right.en}")
    kind = KINDS[rule.kind]
    label = Text(f"{kind.ko} 불일치({feeds.ko})", f"{kind.en} contradicted within {feeds.en}: {rule.name.replace('_', ' ')}")
    return Feature(
        f"contradiction_{rule.name}", "contradiction", f"CAST({rule.where} AS INT)", label,
        Text(f"{label.ko} 여부 {{value:.0f}}(1 해당, 0 일치). 통상 사유: {rule.usual.ko}",
             f"{label.en}: {{value:.0f}} (1 yes, 0 no). Usual reasons: {rule.usual.en}"),
        monotone=1, checkable=True, group=f"contradiction_{rule.fact or rule.name}",
    )  # fmt: skip


def _of_kind(kind: str, rules: Sequence[Rule]) -> Feature:
    words = KINDS[kind]
    return Feature(
        f"contradicted_{kind}", "contradiction", " + ".join(f"CAST({_applies(rule)} AS INT)" for rule in rules),
        Text(f"{words.ko} 불일치 건수", f"{words.en}: how many contradictions"),
        Text(f"{words.ko} 불일치 {{value:.0f}}건 — 자료원별 값 확인 필요", f"{words.en}: {{value:.0f}} contradictions between sources, to be checked"),
        monotone=1, checkable=True, group=f"contradicted_{kind}",
    )  # fmt: skip


def _of_severity(severity: str, rules: Sequence[Rule]) -> Feature:
    words = _SEVERITIES[severity]
    counts = " + ".join(f"IF({_applies(rule)}, IF({rule.severity} = '{severity}', 1, 0), 0)" for rule in rules)
    return Feature(
        f"contradictions_{severity}", "contradiction", counts,
        Text(f"불일치 건수(심각도 {words.ko})", f"Contradictions of {words.en} severity"),
        Text(f"심각도 {words.ko} 불일치 {{value:.0f}}건 — 자료원별 값 확인 필요", f"{{value:.0f}} contradictions of {words.en} severity, to be checked"),
        monotone=0 if severity == "low" else 1, checkable=True, group="contradictions",
    )  # fmt: skip


def evidence_sql(rules: Sequence[Rule]) -> str:
    """Spark SQL of 1 less the product of what each fact leaves of doubt: of rules that tell one fact the strongest counts."""
    facts: dict[str, list[str]] = {}
    for rule in rules:
        facts.setdefault(rule.fact or rule.name, []).append(rule.probability)
    strongest = [f"greatest({', '.join(found)})" if len(found) > 1 else found[0] for found in facts.values()]
    return "round(1 - " + " * ".join(f"(1 - {sql})" for sql in strongest) + ", 4)"


_EVIDENCE = Feature(
    "evidence_prior", "contradiction", evidence_sql(RULES),
    Text("불일치 종합 위험도", "Evidence of all contradictions together"),
    Text("불일치 {shown:.0f}건을 함께 본 위험도 {value:.0%} — 학습 전 선언값 기준, 각 불일치 확인 필요",
         "{shown:.0f} contradictions together stand for {value:.0%} by their declared strengths: each to be checked"),
    monotone=1, checkable=True, shows=" + ".join(f"CAST({_applies(rule)} AS INT)" for rule in RULES), group="evidence",
)  # fmt: skip

HISTORIES: tuple[History, ...] = ()
FEATURES: tuple[Feature, ...] = (
    _EVIDENCE,
    *(_of_severity(severity, RULES) for severity in _SEVERITIES),
    *(_of_kind(kind, rules) for kind in KINDS if (rules := [rule for rule in RULES if rule.kind == kind])),
    *(_of_rule(rule) for rule in RULES),
)
