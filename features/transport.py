"""Transport papers: manifest and air waybill against the declaration, their corrections, and when they came."""

from features.feature import Feature, History, floored
from features.gaps import differs, gap
from features.weight import DECLARED_KG, DECLARED_PACKAGES
from lakehouse.text import Text

_KG, _PACKAGES, _KRW = Text("㎏", "kg"), Text("개", "packages"), Text("원", "KRW")
_DECLARED = Text("신고 합계", "declared total")
_PALLETS = Text("팔레트·포장, 단수 처리", "pallets, packing, rounding")
_CHARGED = "air_charges_krw"

HISTORIES: tuple[History, ...] = ()
FEATURES = (
    *gap("transport_kg", "weight", DECLARED_KG, "coalesce(bill_gross_kg, air_gross_kg)", Text("운송서류 중량", "Weight in the transport papers"), _DECLARED, _KG,
         "4%", _PALLETS, "weight_gap"),
    *gap("transport_packages", "weight", DECLARED_PACKAGES, "coalesce(bill_packages, air_pieces)", Text("운송서류 포장", "Packages in the transport papers"), _DECLARED,
         _PACKAGES, "0%", Text("팔레트와 상자 단위", "pallets against cartons"), "package_gap"),
    *gap("air_master_kg", "weight", "air_whole_kg", "air_master_kg", Text("마스터 항공운송장 중량", "Master air waybill"), Text("하우스 합계", "sum of the houses"), _KG,
         "4%", Text("적재용기 자중", "load units"), "air_mass"),
    Feature(
        "chargeable_ratio", "weight", "round(try_divide(air_chargeable_kg, air_gross_kg), 2)", Text("운임중량 비율", "Chargeable over gross weight"),
        Text("운임중량 {shown:,.0f}㎏ — 총중량 {norm:,.0f}㎏의 {value:.0%}. 통상 사유: 부피 화물",
             "Chargeable weight {shown:,.0f} kg: {value:.0%} of gross {norm:,.0f} kg. Usual reason: bulky goods"),
        checkable=True, shows="air_chargeable_kg", norm="air_gross_kg", group="air_mass",
    ),
    Feature(
        "freight_left_out_share", "value",
        f"CASE WHEN terms_code IN ('EXW', 'FCA', 'FAS', 'FOB') AND {_CHARGED} > 0 THEN round(greatest(1 - freight_krw / {_CHARGED}, 0D), 2) END",
        Text("항공운임 중 미신고 비율", "Share of the air charges that is not declared"),
        Text("신고 운임 {shown:,.0f}원 — 항공화물운송장 운임 {norm:,.0f}원. 통상 사유: 운임의 송장 포함, 간주운임",
             "Freight declared {shown:,.0f} KRW, the air waybill charges {norm:,.0f} KRW. Usual reasons: freight in the invoice, deemed freight"),
        monotone=1, checkable=True, shows="freight_krw", norm=_CHARGED, group="freight", prior=(0.5, 0.8),
    ),
    Feature(
        "transport_versions", "documents", floored("coalesce(bill_versions, air_versions) - 1"),
        Text("운송서류 정정 횟수", "Corrections of the transport papers"),
        Text("운송서류 정정 {value:,.0f}회 — 정정 항목 확인 필요. 통상 사유: 오기 정정",
             "The transport papers were corrected {value:,.0f} times: check what changed. Usual reason: typing errors"),
        checkable=True, group="amendment",
    ),
    Feature(
        "consignee_changed", "documents", "CASE WHEN coalesce(bill_versions, air_versions) > 0 THEN CAST(coalesce(contains(changed, 'consignee'), false) AS INT) END",
        Text("수하인 정정", "Consignee changed"),
        Text("운송서류 수하인 정정 여부 {value:.0f}(1 정정). 통상 사유: 오기 정정, 양도",
             "The consignee of the transport papers changed: {value:.0f} (1 yes). Usual reasons: typing errors, a transfer"),
        monotone=1, checkable=True, group="amendment",
    ),
    Feature(
        "changed_after_arrival_hours", "timing", floored("round(changed_after_hours, 0)"),
        Text("입항 후 운송서류 정정까지 시간", "Hours after arrival until the transport papers changed"),
        Text("입항 후 {value:,.0f}시간에 수하인·품명·중량 정정. 통상 사유: 혼재화물 정리",
             "Consignee, goods or weight changed {value:,.0f} hours after arrival. Usual reason: sorting of consolidations"),
        checkable=True, group="amendment",
    ),
    Feature(
        "manifest_margin_hours", "timing", "round((unix_timestamp(coalesce(first_loaded_at, box_loaded_at)) - unix_timestamp(bill_prepared_at)) / 3600D, 0)",
        Text("적재 전 적하목록 제출 여유(시간)", "Hours the manifest came before loading"),
        Text("적하목록 제출 시점과 적재 시각의 간격 {value:+,.0f}시간 — 원칙 적재 24시간 전. 통상 사유: 근거리 항로",
             "The manifest came {value:+,.0f} hours before loading, due 24 hours ahead. Usual reason: a near sea"),
        checkable=True, group="deadline",
    ),
    Feature(
        "eta_gap_hours", "timing", "round((unix_timestamp(carrier_arrived_at) - unix_timestamp(carrier_expected_at)) / 3600D, 0)",
        Text("예정 대비 입항 지연(시간)", "Hours of arrival behind the carrier's plan"),
        Text("선사 예정 대비 입항 {value:+,.0f}시간. 통상 사유: 기상, 체선", "Arrived {value:+,.0f} hours against the carrier's plan. Usual reasons: weather, congestion"),
        checkable=True,
    ),
    differs("original_port_differs", "route", "bill_original_port <> bill_loading_port",
            Text("최초 적재항·적재항", "Original port and port of loading"), Text("거점항 환적", "transhipment at a hub"), "way"),
    Feature(
        "transport_words_shared", "goods", "round(try_divide(shared_words, transport_words), 2)", Text("운송서류 품명과 전체 란의 일치도", "Agreement of the transport papers with all items"),
        Text("운송서류 품명 단어 중 신고 품명과 공통 {shown:,.0f}개({value:.0%}). 통상 사유: 번역, 세트 물품",
             "{shown:,.0f} words ({value:.0%}) of the goods in the transport papers are in the items declared. Usual reasons: translation, sets"),
        monotone=-1, checkable=True, shows="shared_words", group="words",
    ),
    differs("transport_line_differs", "goods", "CASE WHEN transport_hs6 IS NOT NULL AND hs4 IS NOT NULL THEN strange_line IS NOT NULL END",
            Text("신고 세번·운송서류 세번", "HS heading declared and in the transport papers"), Text("판매자 세번, 세트 물품", "the seller's own code, sets"), "words", (1.0, 1.5)),
)  # fmt: skip
