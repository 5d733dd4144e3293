"""Screening: what images and dogs showed, beside what such goods usually look like, and how operators read it."""

from features.feature import Feature, History
from features.shares import count_of
from fusion.observers.screening import LIKENESSES, Likeness
from fusion.rules.screening import USUAL
from lakehouse.text import Text

_PLAIN = Text("비슷한 형상의 일반 물품", "everyday goods of a like shape")
_SOURCE = Text("검색·판독", "screening")
# Food and batteries are in every other bag.
_EVERYDAY = ("organic", "battery")
HISTORIES: tuple[History, ...] = ()


def _likeness(one: Likeness) -> Feature:
    return Feature(
        f"scan_{one.name}", "screening", f"round(scan_{one.name}, 1)", Text(f"검색 영상 {one.text.ko}", f"Screened: {one.text.en}"),
        Text(f"검색 영상 {one.text.ko} 신뢰도 {{shown:.0%}} — 개장 확인 필요. 통상 사유: {_PLAIN.ko}. 출처: 검색·판독",
             f"Screened: {one.text.en}, confidence {{shown:.0%}}, to be opened. Usual reason: {_PLAIN.en}. Source: screening"),
        monotone=0 if one.name in _EVERYDAY else 1, checkable=True, shows=f"scan_{one.name}", group=f"scan_{one.name}",
    )  # fmt: skip


def _unusual(one: Likeness) -> str:
    """The alarm of a likeness, none where such goods look so by themselves."""
    alarm = f"{one.alarm} * coalesce(scan_{one.name}, 0D)"
    return f"IF(coalesce(papers_hs2 RLIKE '^({USUAL[one.name]})', false), 0D, {alarm})" if one.name in USUAL else alarm


ALARM = f"IF(scan_count > 0, round(greatest({', '.join(_unusual(one) for one in LIKENESSES)}), 2), NULL)"

FEATURES = (
    Feature(
        "scan_alarm", "screening", ALARM, Text("신고 물품과 맞지 않는 탐지의 우려 정도", "Alarm of what the goods declared do not look like"),
        Text("신고 세번에서 통상 보이지 않는 탐지의 우려 정도 {value:.2f}(0~1), 최고 신뢰도 {shown:.0%}. 통상 사유: 목재 포장, 밀도 높은 부품, 식품. 출처: 검색·판독",
             "Alarm {value:.2f} of 1 of what the goods declared do not usually look like, confidence {shown:.0%}. Usual reasons: wood packing, dense parts, food. "
             "Source: screening"),
        monotone=1, checkable=True, shows="scan_confidence", group="scan", prior=(0.45, 1.3),
    ),
    *(_likeness(one) for one in LIKENESSES),
    count_of("scan_suspects", "screening", Text("판독 의심 건수", "Screenings that an operator suspected"), _PLAIN, "scan_read", 1, (1.0, 1.0), _SOURCE),
    count_of("scan_count", "screening", Text("검색 횟수", "Screenings"), Text("재검색, 여러 장비 통과", "screened again, several devices"), "scan_read", 0, source=_SOURCE),
    Feature(
        "scan_cleared_share", "screening", "round(try_divide(scan_cleared, scan_count), 2)", Text("이상 없음 판독 비중", "Share of screenings that were cleared"),
        Text("검색 {norm:,.0f}회 중 이상 없음 {shown:,.0f}회. 출처: 검색·판독", "Of {norm:,.0f} screenings {shown:,.0f} were cleared. Source: screening"),
        monotone=-1, checkable=True, shows="scan_cleared", norm="scan_count", group="scan_read",
    ),
    Feature(
        "scan_dog", "screening", "round(scan_dog, 1)", Text("탐지견 반응", "A dog pointed at it"),
        Text("탐지견 반응 신뢰도 {shown:.0%} — 개장 확인 필요. 통상 사유: 식품 냄새. 출처: 검색·판독", "A dog pointed at it, confidence {shown:.0%}, to be opened. Usual reason: the smell of food. Source: screening"),
        monotone=1, checkable=True, shows="scan_dog", group="scan_dog", prior=(0.5, 1.2),
    ),
)  # fmt: skip
