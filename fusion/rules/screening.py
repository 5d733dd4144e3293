"""Where images, dogs and operators saw what the papers or the traveller did not tell of."""

from fusion.observers.screening import LIKENESSES, Likeness
from fusion.rules.rule import SHORT, USD, Rule
from lakehouse.text import Text

# Below it a device is guessing.
LEAST = 0.3
# Chapters whose goods look so by themselves.
USUAL: dict[str, str] = {
    "weapon": "82|93", "narcotic": "30", "density": "7[2-9]|8[0-4]|8[67]|93", "organic": "0[1-9]|1[0-9]|2[0-4]|30|33|34|4[4-8]", "battery": "8[4578]|9[0-5]",
}
# How much a likeness on its own is worth: food, dense parts and batteries are everyday.
_WORTH = {"weapon": 0.35, "narcotic": 0.4, "currency": 0.35, "wall": 0.45, "copy": 0.35, "density": 0.15, "organic": 0.1, "battery": 0.05, "conduct": 0.1}
_EVERYDAY = ("density", "organic", "battery", "conduct")
_USUAL_OF = {
    "density": Text("목재 포장, 금속 부품, 겹쳐 담은 물품", "Wood packing, metal parts, goods on top of each other"), "organic": Text("식품, 목재, 천연소재", "Food, wood, natural materials"),
    "battery": Text("배터리 내장 제품", "Products with a battery in them"),
}
_PLAIN = Text("형상이 비슷한 일반 물품, 장비 오탐", "Everyday goods of a like shape, a device in error")
_SEEN = "concat(format_number(100 * scan_{0}, 0), '%')"


def _graded(one: Likeness) -> dict[str, str]:
    """How severe a likeness is: what an operator suspected as well, or cleared, says more than the confidence."""
    sure = f"scan_{one.name}"
    if one.name in _EVERYDAY:
        return {"severe": "false", "mild": f"NOT coalesce(scan_suspects > 0 AND {sure} >= 0.6, false)"}
    return {"severe": f"scan_suspects > 0 AND {sure} >= 0.6", "mild": f"{sure} < 0.6 AND scan_suspects = 0"}


def _goods(one: Likeness) -> Rule:
    known = f"papers_hs2 IS NOT NULL AND NOT papers_hs2 RLIKE '^({USUAL[one.name]})'" if one.name in USUAL else "true"
    return Rule(
        f"scan_{one.name}", "screening", "screening", "declaration", where=f"kind <> 'baggage' AND scan_{one.name} >= {LEAST} AND papers_text IS NOT NULL AND {known}", **_graded(one),
        left=_SEEN.format(one.name), right=SHORT.format("papers_text"),
        text=Text(f"검색 영상 {one.text.ko} {{left}} — 신고 품명 {{right}}. 신고 세번에서 통상 보이지 않음, 확인 필요. 출처: 검색·판독.",
                  f"Screened: {one.text.en} {{left}}; goods declared: {{right}}, which do not usually look so. To be checked. Source: screening."),
        usual=_USUAL_OF.get(one.name, _PLAIN), strength=_WORTH[one.name], fact="image")


def _bag(one: Likeness) -> Rule:
    return Rule(
        f"bag_{one.name}", "screening", "screening", "baggage", where=f"kind = 'baggage' AND scan_{one.name} >= {LEAST} AND bag_declared IS NOT NULL", **_graded(one),
        left=_SEEN.format(one.name), right=USD.format("coalesce(bag_declared_usd, 0D)"),
        text=Text(f"수하물 검색 {one.text.ko} {{left}} — 여행자 신고금액 {{right}}. 개장 확인 필요. 출처: 검색·판독, 수하물.",
                  f"Bag screened: {one.text.en} {{left}}; declared by the traveller {{right}}. To be opened. Sources: screening, baggage."),
        usual=_USUAL_OF.get(one.name, Text("선물, 오래 쓴 소지품, 일반 소지품의 비슷한 형상", "Gifts, worn belongings, everyday things of a like shape")), strength=_WORTH[one.name], fact="image")


def _suspected(name: str, where: str, right_feed: str, right: str, ko: str, en: str) -> Rule:
    return Rule(
        name, "screening", "screening", right_feed, where=f"scan_suspects > 0 AND {where} IS NOT NULL", severe="scan_suspects >= 2", left="coalesce(scan_label, 'suspect')", right=right,
        text=Text(f"판독자 의심 판정({{left}}) — {ko} {{right}}. 개장·정밀 검색 확인 필요. 출처: 검색·판독.", f"An operator suspected it ({{left}}); {en} {{right}}. To be opened or screened again. Source: screening."),
        usual=Text("밀도 높은 부품, 식품, 겹쳐 담은 물품", "Dense parts, food, goods on top of each other"), strength=0.35, fact="image")


RULES: tuple[Rule, ...] = (
    *(_goods(one) for one in LIKENESSES),
    *(_bag(one) for one in LIKENESSES if one.name != "battery"),
    _suspected("scan_suspected", "(CASE WHEN kind <> 'baggage' THEN papers_text END)", "declaration", SHORT.format("papers_text"), "신고 품명", "goods declared"),
    _suspected("bag_suspected", "(CASE WHEN kind = 'baggage' THEN bag_declared END)", "baggage", USD.format("coalesce(bag_declared_usd, 0D)"), "여행자 신고금액", "declared by the traveller"),
)
