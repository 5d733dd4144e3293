"""Baggage: bags beside what their traveller declared and brings else."""

from features.codes import category
from features.feature import Feature, History
from features.screening import ALARM
from features.shares import count_of
from lakehouse.text import Text

_SOURCE = Text("수하물", "baggage")
HISTORIES: tuple[History, ...] = ()

FEATURES = (
    Feature(
        "bag_kg", "baggage", "round(bag_kg, 0)", Text("수하물 중량", "Weight of the bag"),
        Text("수하물 중량 {shown:,.1f}㎏ — 통상 23㎏ 이내. 통상 사유: 귀국 이사, 선물. 출처: 수하물",
             "The bag weighs {shown:,.1f} kg, usually within 23 kg. Usual reasons: moving home, gifts. Source: baggage"),
        checkable=True, shows="bag_kg", group="bag_weight",
    ),
    Feature(
        "bag_undeclared", "baggage", "CAST(NOT bag_declared AS INT)", Text("여행자 신고 없음", "Not declared by the traveller"),
        Text("여행자 신고 없음 여부 {value:.0f}(1 해당). 통상 사유: 면세한도 이내", "Not declared by the traveller: {value:.0f} (1 yes). Usual reason: within the allowance"),
        checkable=True, group="bag_declared",
    ),
    Feature(
        "bag_undeclared_alarm", "baggage", f"IF(bag_declared IS NULL, NULL, IF(bag_declared, 0D, {ALARM}))", Text("미신고 수하물의 탐지 우려 정도", "Alarm of screenings of an undeclared bag"),
        Text("신고 없는 수하물의 탐지 우려 정도 {value:.2f}(0~1), 최고 신뢰도 {shown:.0%} — 개장 확인 필요. 통상 사유: 선물, 오래 쓴 소지품. 출처: 검색·판독, 수하물",
             "A bag that was not declared, alarm of its screening {value:.2f} of 1, confidence {shown:.0%}, to be opened. Usual reasons: gifts, worn belongings. "
             "Sources: screening, baggage"),
        monotone=1, checkable=True, shows="scan_confidence", group="bag_declared", prior=(0.4, 0.8),
    ),
    Feature(
        "bag_declared_usd_log", "baggage", "round(ln(1 + bag_declared_usd), 1)", Text("여행자 신고금액(로그)", "Value declared by the traveller, log"),
        Text("여행자 신고금액 {shown:,.0f}달러. 출처: 수하물", "The traveller declared {shown:,.0f} USD. Source: baggage"), checkable=True, shows="bag_declared_usd", group="bag_declared",
    ),
    count_of("traveller_bags", "baggage", Text("같은 여행자의 당일 다른 수하물 수", "Other bags of the traveller that day"), Text("가족 수하물", "bags of the family"), "traveller", 0, source=_SOURCE),
    count_of("traveller_days", "baggage", Text("같은 여행자의 최근 90일 입국일 수", "Days of arrival of the traveller in 90 days"), Text("업무 출장", "travel for work"), "traveller", 1, source=_SOURCE),
    category("bag_origin", "baggage", Text("출발공항", "Airport of origin")),
)  # fmt: skip
