"""Containers: what terminals and carriers saw of them, against the papers of the houses in them."""

from features.feature import Feature, History, floored
from features.gaps import differs, gap
from lakehouse.text import Text

_KG = Text("㎏", "kg")
_HOUSES = Text("하우스 합계", "sum of the houses")
_DUNNAGE = Text("팔레트·고박재, 자중 편차", "pallets and dunnage, tare")

HISTORIES: tuple[History, ...] = ()
FEATURES = (
    *gap("box_weighed_kg", "container", "houses_in_boxes_kg", "box_weighed_net_kg", Text("계근 중량(자중 제외)", "Weighbridge less tare"),
         _HOUSES, _KG, "4%", _DUNNAGE, "box_mass"),
    *gap("box_verified_kg", "container", "houses_in_boxes_kg", "box_verified_net_kg", Text("VGM(자중 제외, 계근값 아님)", "Verified gross mass less tare, not a weighing,"),
         _HOUSES, _KG, "4%", _DUNNAGE, "box_mass"),
    Feature(
        "box_excess_kg_log", "container", f"round(ln(1 + {floored('coalesce(box_weighed_net_kg, box_verified_net_kg) - houses_in_boxes_kg')}), 1)",
        Text("컨테이너 초과 중량(㎏, 로그)", "Kilograms in containers beyond their houses, log"),
        Text("컨테이너 중량(자중 제외) {shown:,.0f}㎏ — 하우스 합계 {norm:,.0f}㎏. 통상 사유: 팔레트·고박재",
             "Containers less tare hold {shown:,.0f} kg, their houses {norm:,.0f} kg. Usual reason: pallets and dunnage"),
        monotone=1, checkable=True, shows="coalesce(box_weighed_net_kg, box_verified_net_kg)", norm="houses_in_boxes_kg", group="box_mass",
    ),
    Feature(
        "container_count_gap", "container", "abs(coalesce(bill_container_count, cargo_container_count) - declared_container_count)",
        Text("컨테이너 수 차이", "Gap in the number of containers"),
        Text("적하목록 컨테이너 {shown:,.0f}대 — 신고 {declared_container_count:,.0f}대와의 차이 {value:,.0f}대. 통상 사유: 대표 번호만 기재",
             "The manifest has {shown:,.0f} containers, {declared_container_count:,.0f} declared: a gap of {value:,.0f}. "
             "Usual reason: one of them stands for all"),
        checkable=True, shows="coalesce(bill_container_count, cargo_container_count)", uses=("declared_container_count",),
    ),
    Feature(
        "seal_changed", "container", "CASE WHEN size(sealed) > 0 AND size(box_landed_seals) > 0 THEN "
        "IF(seal_is IS NULL, 0, IF(seal_is_shortened OR seal_was_replaced, 1, 2)) END",
        Text("적재·양하 봉인 변경", "Seal changed between loading and discharge"),
        Text("적재·양하 봉인 비교 {value:.0f}(0 같음, 1 통상 사유 있음, 2 다름). 통상 사유: 접두어 생략, 환적지 검사",
             "Seals at loading and discharge: {value:.0f} (0 the same, 1 explained, 2 another). Usual reasons: a prefix dropped, "
             "an inspection at transhipment"),
        monotone=1, checkable=True, group="contradiction_seal", prior=(2.0, 2.0),
    ),
    Feature(
        "hub_count", "container", "CAST(size(hub_ports) AS DOUBLE)", Text("환적 횟수", "Transhipments"),
        Text("환적 {value:.0f}회 — 출처: 선사 이벤트. 통상 사유: 거점항 경유",
             "{value:.0f} transhipments by the carrier's events. Usual reason: a hub on the way"),
        checkable=True, group="way",
    ),
    differs("first_load_differs", "container", "CASE WHEN size(first_load_countries) > 0 THEN strange_load_country IS NOT NULL END",
            Text("서류상 적재국·최초 적재국", "Country of loading on paper and of the first loading"), Text("거점항 환적", "transhipment at a hub"), "way", (1.0, 1.5)),
    differs("pick_up_differs", "container", "CASE WHEN size(pick_up_countries) > 0 THEN strange_pick_up_country IS NOT NULL END",
            Text("적재국·공컨테이너 인수국", "Country of loading and of the empty pick-up"), Text("인접국 공컨테이너", "empty containers from a neighbour"), "way"),
    differs("first_load_is_not_origin", "container", "substr(first_load_port, 1, 2) <> origin_country",
            Text("원산지·최초 적재국", "Origin and country of the first loading"), Text("내륙 운송, 중계무역", "inland transport, triangular trade"), "way"),
    differs("last_port_differs", "container", "coalesce(box_last_port, carrier_last_port) <> bill_loading_port",
            Text("적하목록 적재항·직전 적재항", "Port of loading in the manifest and the last one told"), Text("거점항 환적", "transhipment at a hub"), "way"),
    differs("gate_place_differs", "container", "CASE WHEN size(gate_places) > 0 AND bill_delivery_place IS NOT NULL THEN strange_gate_place IS NOT NULL END",
            Text("인도지·게이트 반출 목적지", "Place of delivery and where trucks went"), Text("보세운송", "bonded transport"), "gate", (1.0, 1.5)),
    Feature(
        "discharge_to_gate_hours", "container", "round((unix_timestamp(gate_out_at) - unix_timestamp(box_discharged_at)) / 3600D, 0)",
        Text("양하부터 게이트 반출까지 시간", "Hours from discharge to gate-out"),
        Text("양하부터 게이트 반출까지 {value:,.0f}시간. 통상 사유: 장치 일정", "{value:,.0f} hours from discharge to gate-out. Usual reason: the terminal's schedule"),
        checkable=True, group="gate",
    ),
    Feature(
        "box_temperature_c", "container", "round(box_temperature_c, 0)", Text("컨테이너 설정온도", "Temperature set, °C"),
        Text("컨테이너 설정온도 {value:+.0f}℃ — 신고 물품과의 적합성 확인 필요", "Temperature set {value:+.0f} °C: check that it fits the goods declared"),
        checkable=True,
    ),
    Feature(
        "master_houses", "container", "houses_count", Text("마스터 하우스 수", "Houses under the master bill"),
        Text("마스터 B/L 하우스 {value:,.0f}건 — 혼재 여부의 참고", "{value:,.0f} houses under the master bill: how far it is consolidated"),
    ),
)  # fmt: skip
