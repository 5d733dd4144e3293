"""Registry: how customs knows the firms behind a shipment, and whom they share a head or an address with."""

from features.codes import category
from features.feature import Feature, History
from lakehouse.text import Text

_START = Text("신규 사업자", "a start-up")


def _age(name: str, column: str, who: Text) -> Feature:
    return Feature(
        name, "party", f"CASE WHEN {column} >= 0 THEN round(ln(1 + {column}), 1) END",
        Text(f"{who.ko} 업력(로그)", f"Age of the {who.en}, log"),
        Text(f"{who.ko} 설립 후 {{shown:,.0f}}일 — 출처: 업체 등록부. 통상 사유: {_START.ko}",
             f"The {who.en} was established {{shown:,.0f}} days ago by the registry. Usual reason: {_START.en}"),
        monotone=-1, checkable=True, shows=column, group=f"{name}",
    )  # fmt: skip


def _ties(name: str, what: Text, usual: Text) -> Feature:
    return Feature(
        name, "party", name, Text(f"{what.ko} 정지·폐업·적발 이력 업체 수", f"Suspended, closed or violating firms with the same {what.en}"),
        Text(f"수입자와 {what.ko} 정지·폐업·적발 이력 업체 {{value:,.0f}}개 — 출처: 업체 등록부, 검사결과. 통상 사유: {usual.ko}",
             f"{{value:,.0f}} suspended, closed or violating firms with the importer's {what.en}. Sources: registry, outcomes. Usual reason: {usual.en}"),
        monotone=1, checkable=True, group="penalised_ties", prior=(1.0, 1.2),
    )  # fmt: skip


HISTORIES: tuple[History, ...] = ()
FEATURES = (
    _age("importer_age_log", "importer_age_days", Text("수입자", "importer")),
    _age("seller_age_log", "seller_age_days", Text("해외거래처", "overseas seller")),
    _ties("penalised_head_ties", Text("대표자가 같은", "head"), Text("동명이인", "a namesake")),
    _ties("penalised_address_ties", Text("주소가 같은", "address"), Text("공유 사무실", "a shared office")),
    Feature(
        "importer_is_registered", "party", "CASE WHEN importer_id IS NOT NULL THEN CAST(importer_status IS NOT NULL AS INT) END",
        Text("수입자 등록 여부", "Importer is in the registry"),
        Text("수입자 업체 등록부 등재 여부 {value:.0f}(1 등재). 통상 사유: 등록부 갱신 전, 개인 수입",
             "The importer is in the registry: {value:.0f} (1 yes). Usual reasons: not yet entered, a person"),
        checkable=True, group="registered",
    ),
    Feature(
        "importer_is_inactive", "party", "CAST(importer_status IN ('closed', 'suspended') AS INT)",
        Text("수입자 폐업·정지", "Importer closed or suspended"),
        Text("수입자 폐업·정지 상태 여부 {value:.0f}(1 해당). 통상 사유: 사업 승계",
             "The importer stands as closed or suspended: {value:.0f} (1 yes). Usual reason: a succession"),
        monotone=1, checkable=True, group="registered", prior=(1.0, 1.0),
    ),
    Feature(
        "importer_is_certified", "party", "CASE WHEN importer_status IS NOT NULL THEN CAST(nullif(importer_aeo_grade, '') IS NOT NULL AS INT) END",
        Text("수입자 AEO 공인", "Importer is an authorised operator"),
        Text("수입자 AEO 공인 여부 {value:.0f}(1 공인) — 출처: 업체 등록부", "The importer is an authorised operator: {value:.0f} (1 yes). Source: registry"),
        monotone=-1, checkable=True, group="aeo",
    ),
    Feature(
        "registry_update_days", "party", "CASE WHEN datediff(issued_on, importer_registered_on) >= 0 THEN "
        "round(ln(1 + datediff(issued_on, importer_registered_on)), 1) END",
        Text("등록 변경 후 경과(일, 로그)", "Days since the registry entry changed, log"),
        Text("수입자 등록 변경 후 {shown:,.0f}일 — 변경 항목 확인 필요. 통상 사유: 대표자·주소 이전",
             "The importer's entry changed {shown:,.0f} days ago: check what. Usual reasons: a new head, a new office"),
        checkable=True, shows="datediff(issued_on, importer_registered_on)", group="registered",
    ),
    Feature(
        "seller_shares_head", "party", "CAST(seller_shares_head AS INT)", Text("수입자·해외거래처 대표자 동일", "Importer and seller share their head"),
        Text("수입자·해외거래처 대표자 동일 여부 {value:.0f}(1 동일) — 특수관계 가격 확인 필요. 통상 사유: 동명이인",
             "Importer and seller have the same head: {value:.0f} (1 yes). Check the price between relatives. Usual reason: a namesake"),
        monotone=1, checkable=True, group="relation",
    ),
    Feature(
        "relation_untold", "party", "CASE WHEN seller_shares_head IS NOT NULL THEN CAST(seller_shares_head AND relation_code IS NULL AS INT) END",
        Text("미기재 특수관계", "Relation that is not told"),
        Text("등록부상 대표자 동일하나 거래관계 미기재 여부 {value:.0f}(1 해당). 통상 사유: 동명이인",
             "Same head by the registry and no relation told: {value:.0f} (1 yes). Usual reason: a namesake"),
        monotone=1, checkable=True, group="relation", prior=(1.0, 1.2),
    ),
    Feature(
        "seller_unlike_consignor", "party", "round(1 - seller_likeness, 2)", Text("해외거래처·송하인 상호 차이", "How unlike seller and consignor are called"),
        Text("신고 해외거래처와 운송서류 송하인 상호 일치도 {shown:.0%}. 통상 사유: 표기 차이, 제3자 선적",
             "The seller declared and the consignor of the transport papers are {shown:.0%} alike. Usual reasons: spelling, shipped by a third party"),
        monotone=1, checkable=True, shows="seller_likeness", group="seller",
    ),
    category("relation_code", "documents", Text("거래관계", "Relation told"), "relation"),
)  # fmt: skip
