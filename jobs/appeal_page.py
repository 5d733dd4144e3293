"""The file of one shipment as a page that stands by itself: no script, nothing fetched, made to be printed."""

from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from features.catalogue import BY_NAME
from feeds.registry import BY_NAME as FEEDS
from jobs.waterfall import waterfall
from lakehouse.text import Language, Text

_TEMPLATES = Path(str(resources.files("jobs"))) / "templates"
_MOST_CONTRIBUTIONS = 20
_EDITIONS = {"internal": Text("내부용 · 외부 제공 금지", "Internal · not to be handed out"), "disclosure": Text("공개용", "For disclosure")}
_TITLES = {"internal": Text("위험 점수 설명서", "Explanation of a risk score"), "disclosure": Text("통관 결정 설명서", "Statement of a clearance decision")}
_WORDS = {
    "brand": Text("해치 · 관세청 화물 선별", "Haechi · customs targeting"), "lane": Text("심사 구분", "Lane"), "probability": Text("적발 확률", "Probability"),
    "rank": Text("세관 · 순위", "Office · rank"), "score": Text("점수(로그 오즈)", "Score, log-odds"), "scored_at": Text("채점 시각", "Scored at"),
    "contradictions": Text("자료원 사이의 불일치", "Where sources disagree"), "usual": Text("통상 사유", "Usual reason"), "reasons": Text("사유", "Reasons"),
    "method": Text("계산 방법", "Method"), "explained_at": Text("설명 시각", "explained at"), "waterfall": Text("점수의 구성", "How the score comes about"),
    "counterfactual": Text("심사 구분이 달라지는 사실", "Which fact would change the lane"), "similar": Text("유사 과거 사례", "Similar past cases"),
    "when": Text("검사일", "Inspected"), "case": Text("사례", "Case"), "outcome": Text("결과", "Outcome"), "alike": Text("유사도", "Similarity"),
    "subjects": Text("확인 대상", "What is checked"), "decision": Text("결정", "Decision"), "grounds": Text("법적 근거", "Legal ground"),
    "no_ground": Text("아직 결정 없음", "No decision yet"), "facts": Text("신고한 사실", "Facts as declared"), "source": Text("출처", "Source"),
    "observed": Text("자료별로 확인된 값", "Values as each source has them"), "timeline": Text("사실 연대기", "Timeline"), "happened": Text("일시", "Happened"),
    "known": Text("인지", "Known"), "feed": Text("자료원", "Source"), "what": Text("내용", "What"), "contributions": Text("특징별 기여도", "Contributions"),
    "feature": Text("특징", "Feature"), "value": Text("값", "Value"), "contribution": Text("기여(로그 오즈)", "Log-odds"), "model": Text("모델 정보", "Model card"),
    "versions": Text("입력 테이블 버전", "Versions of the input tables"),
    "seal": Text("봉인: 한 글자라도 바뀌면 haechi verify 확인 실패", "Seal: haechi verify fails where a single character was changed"),
}
_IDENTIFIERS = {
    "declaration_no": Text("신고번호", "Declaration"), "list_no": Text("통관목록번호", "Clearance list"), "cargo_control_no": Text("화물관리번호", "Cargo control"),
    "master_bl": Text("M B/L", "Master bill"), "house_bl": Text("H B/L", "House bill"), "tracking_no": Text("운송장번호", "Tracking"),
    "bag_tag": Text("수하물 번호", "Bag tag"), "container_nos": Text("컨테이너", "Containers"),
}
_DECISION = {
    "asked": Text("선별 조치", "Asked for"), "by": Text("선별 주체", "Selected by"), "held_at": Text("보류·검사 지정", "Held or picked"),
    "decided_at": Text("결정", "Decided"), "released_at": Text("수리·반출", "Released"), "outcome": Text("검사 결과", "Found"),
}
_FOUND = {True: Text("위반 확인", "Violation"), False: Text("이상 없음", "Clean")}
_REVENUE, _REST = Text("추징세액 {krw:,.0f}원", "additional duty {krw:,.0f} KRW"), Text(
    "그 밖의 특징 {n}개의 기여 합계 {total:+.4f}", "The other {n} features together: {total:+.4f}")
_CARD = {"version": Text("모델 버전", "Version"), "trained_on": Text("학습 기준일", "Trained on"), "configuration": Text("설정", "Configuration"),
         "metrics": Text("검증 지표", "Held-out metrics"), "weighting": Text("학습 표본", "What it learned from"), "feedback": Text("사유에 대한 담당자 의견", "What officers said of its reasons")}
_SAID = Text("도움 됨 {useful}건, 맞지 않음 {wrong}건", "useful {useful}, wrong {wrong}")
_STANDS = Text("포함 확률이 있는 검사 결과 {known_share:.0%}, 역수로 가중(최대 {cap:.0f}배), 같은 무게의 결과 {effective:,.0f}건에 해당",
               "{known_share:.0%} of its outcomes with an inclusion probability, weighed by 1 over it (at most {cap:.0f}), as good as {effective:,.0f} of equal weight")
_UNITS = {"_kg": "㎏", "_krw": "원", "_percent": "%"}
_SHOWN_METRICS = ("n", "base_rate", "auc", "precision_at.5", "precision_at.10", "recall_at.10")


def page(content: dict[str, Any], language: Language, seal: str) -> str:
    """The HTML of a file's content, its seal still blank."""
    words = {name: text.of(language) for name, text in _WORDS.items()} | {
        "edition": _EDITIONS[content["edition"]].of(language), "title": _TITLES[content["edition"]].of(language)}
    is_internal = content["edition"] == "internal"
    template = Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True).get_template("explanation.html")
    return template.render(
        c=content, t=words, lang=language, seal=seal, internal=is_internal, name=next(iter(content["identifiers"].values()), content["shipment_id"]),
        identifiers=[(_IDENTIFIERS[name].of(language), _value(value)) for name, value in content["identifiers"].items()],
        decision=_decided(content["decision"], language), facts=_halves(content["facts"], language),
        fact_source=FEEDS["declaration"].text.of(language), timeline=[_event(each, language) for each in content["timeline"]],
        observed=[(each["left"]["label"][language], each["left"]["value"], each["right"]["label"][language], each["right"]["value"])
                  for each in content.get("observed", ())],
        flip=(content.get("counterfactual") or {}).get(language), similar=_cases(content.get("similar") or (), language),
        **(_internal(content, language) if is_internal else {}))


def _internal(content: dict[str, Any], language: Language) -> dict[str, Any]:
    shown, rest = content["contributions"][:_MOST_CONTRIBUTIONS], content["contributions"][_MOST_CONTRIBUTIONS:]
    return {
        "chart": waterfall(content["base_value"], content["contributions"], language),
        "contributions": [(BY_NAME[each["feature"]].text.of(language) if each["feature"] in BY_NAME else each["feature"], _value(each["value"]),
                           f"{each['contribution']:+.4f}") for each in shown],
        "rest": _REST.render({"n": len(rest), "total": sum(each["contribution"] for each in rest)}).of(language),
        "card": card_rows(content["model_card"], language),
        "versions": " ".join(f"{name}@{number}" for name, number in sorted(content["input_versions"].items()))}


def card_rows(card: dict[str, Any], language: Language) -> list[tuple[str, str]]:
    """A model card as labels and values; what it does not know is left out."""
    metrics = " · ".join(f"{name} {card['metrics'][name]:.4g}" for name in _SHOWN_METRICS if name in card["metrics"])
    said = {name: sum(row[name] for row in card["feedback"]) for name in ("useful", "wrong")}
    shown = {**card, "metrics": metrics, "weighting": _STANDS.render(card["weighting"]).of(language) if card["weighting"].get("known_share") else "", "feedback": _SAID.render(said).of(language) if card["feedback"] else ""}
    return [(label.of(language), value) for name, label in _CARD.items() if (value := shown[name])]


def _decided(decision: dict[str, Any], language: Language) -> list[tuple[str, str]]:
    asked, found = decision["asked"], decision["outcome"]
    said: dict[str, str] = {name: _instant(decision[name]) for name in ("held_at", "decided_at", "released_at") if decision[name]}
    if asked:
        said["asked"] = f"{asked['text'][language]} ({asked['business_date']})"
        if "selected_by" in asked:
            said["by"] = asked["selected_by"][language]
    if found:
        money = _REVENUE.render({"krw": found["revenue_krw"]}).of(language) if found["revenue_krw"] else ""
        said["outcome"] = ", ".join(part for part in (_FOUND[found["illicit"]].of(language), money, _instant(found["inspected_at"])) if part)
    return [(label.of(language), said[name]) for name, label in _DECISION.items() if name in said]


def _cases(similar: Any, language: Language) -> list[dict[str, str]]:
    return [{"inspected_at": each["inspected_at"][:10], "case": each["declaration_no"] or each["office_code"] or "–",
             "outcome": _FOUND[each["illicit"]].of(language), "similarity": f"{each['similarity']:.0%}"} for each in similar]


def _halves(facts: list[dict[str, Any]], language: Language) -> list[list[tuple[str, str]]]:
    rows = [(each["label"][language], " ".join([_value(each["value"]), *_unit(each["name"], language)])) for each in facts]
    middle = (len(rows) + 1) // 2
    return [half for half in (rows[:middle], rows[middle:]) if half]


def _unit(name: str, language: Language) -> list[str]:
    """The unit that the name of a column ends in; English labels tell it themselves."""
    return [unit for end, unit in _UNITS.items() if name.endswith(end) and language == "ko"]


def _event(event: dict[str, Any], language: Language) -> dict[str, Any]:
    happened, known = event["event_at"], event["known_at"]
    return {"event_at": _instant(happened), "known_at": _instant(known), "what": event[language],
            "feed": FEEDS[event["feed"]].text.of(language) if event["feed"] in FEEDS else event["feed"],
            "is_late": bool(happened and known[:10] > happened[:10])}


def _instant(at: str | None) -> str:
    return (at or "–")[:16].replace("T", " ")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "○" if value else "–"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:,.2f}".removesuffix("0").removesuffix(".0") if abs(value) >= 1 or not value else f"{value:.4g}"
    return "–" if value is None else str(value)
