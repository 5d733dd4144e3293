"""Facts that take several feeds: each column is Spark SQL over the described columns before it, declared once."""

from dataclasses import dataclass

from pyspark.sql import DataFrame

from fusion.words import apart
from lakehouse.field import Field
from lakehouse.text import Text


@dataclass(frozen=True)
class Derived:
    """A column of a described shipment and the SQL that makes it; `stage` says after which others it can be made."""

    field: Field
    sql: str
    stage: int = 0


def _d(name: str, type_: str, ko: str, en: str, sql: str, stage: int = 0) -> Derived:
    return Derived(Field(name, type_, Text(ko, en)), sql, stage)


_BOX = "split_part({}, ' ', 1)"
_LOADED = "array_distinct(concat(coalesce(bill_seals, array()), coalesce(carrier_seals, array()), coalesce(box_loaded_seals, array())))"
# Seals of containers whose seals are known at both ends, that only one of these tells of.
_GONE = (f"filter(sealed, l -> NOT array_contains(box_landed_seals, l) AND exists(box_landed_seals, d -> {_BOX.format('d')} = {_BOX.format('l')}))")
_NEW = (f"filter(box_landed_seals, d -> NOT array_contains(sealed, d) AND exists(sealed, l -> {_BOX.format('d')} = {_BOX.format('l')}))")
_PAIR = f"get(filter(flatten(transform(seals_new, d -> transform(seals_gone, l -> struct(l AS was, d AS now)))), p -> {_BOX.format('p.was')} = {_BOX.format('p.now')}), 0)"
# Letters, digits and Hangul of a name without legal forms and what trades write short, its words in order.
_FORMS = "CO ?LTD|CO|LTD|LIMITED|INC|CORP|CORPORATION|COMPANY|LLC|GMBH|AG|KG|SA|SRL|SPA|BV|NV|PTE|PTY|SDN|BHD|JSC|PT|TBK|PVT|PLC|SL"
_SHORT = (("TRADING", "TRDG"), ("INTERNATIONAL", "INTL"), ("MANUFACTURING", "MFG"))


def _name(column: str) -> str:
    plain = f"upper(regexp_replace(replace({column}, ',', ' '), '[^0-9A-Za-z가-힣一-龥 ]', ''))"
    for long, short in _SHORT:
        plain = f"replace({plain}, '{long}', '{short}')"
    return f"nullif(regexp_replace(regexp_replace({plain}, '\\\\b({_FORMS})\\\\b', ' '), ' +', ''), '')"


def _words(column: str) -> str:
    return f"array_distinct(filter(split(lower(regexp_replace({column}, '[^0-9A-Za-z가-힣]+', ' ')), ' '), word -> length(word) > 2))"


DERIVED: tuple[Derived, ...] = (
    _d("transport_feed", "string", "운송서류 자료원", "Which feed the transport papers come from: manifest or air_waybill",
       "CASE WHEN bill_versions > 0 THEN 'manifest' WHEN air_versions > 0 THEN 'air_waybill' END"),
    _d("paper_loading_country", "string", "적재국(적하목록·화물진행)", "Country of loading by manifest or cargo progress",
       "upper(coalesce(loading_country, substr(bill_loading_port, 1, 2)))"),
    _d("strange_pick_up_country", "string", "적재국 밖 공컨테이너 인수국", "Country of an empty pick-up that is not the country of loading",
       "get(array_except(pick_up_countries, array(paper_loading_country)), 0)", 1),
    _d("strange_load_country", "string", "적재국 밖 최초 적재국", "Country of a first loading that is not the country of loading",
       "get(array_except(first_load_countries, array(paper_loading_country)), 0)", 1),
    _d("strange_gate_place", "string", "인도지 밖 반출 목적지", "Where a truck took a container that is not the place of delivery",
       "get(array_except(gate_places, array(upper(bill_delivery_place))), 0)"),
    _d("gate_hours_unreleased", "double", "수리 전 게이트 반출 후 경과 시간", "Hours between gate-out and release, or until now where no release is known",
       "CASE WHEN gate_out_at IS NOT NULL AND cargo_control_no IS NOT NULL THEN (unix_timestamp(coalesce(release_step_at, as_of)) - unix_timestamp(gate_out_at)) / 3600D END"),
    _d("sealed", "array<string>", "적재 봉인", "Seals at loading by anyone: container and number", _LOADED),
    _d("seals_gone", "array<string>", "양하 때 없는 봉인", "Seals at loading that discharge does not tell of", _GONE, 1),
    _d("seals_new", "array<string>", "양하 때 새 봉인", "Seals at discharge that loading does not tell of", _NEW, 1),
    _d("seal_was", "string", "적재 봉인(바뀐 것)", "Container and seal at loading, where it is another one at discharge", f"{_PAIR}.was", 2),
    _d("seal_is", "string", "양하 봉인(바뀐 것)", "That container and its seal at discharge", f"{_PAIR}.now", 2),
    _d("seal_is_shortened", "boolean", "봉인 접두어 생략", "One of both numbers ends in the other",
       "endswith(split_part(seal_was, ' ', 2), split_part(seal_is, ' ', 2)) OR endswith(split_part(seal_is, ' ', 2), split_part(seal_was, ' ', 2))", 3),
    _d("seal_was_replaced", "boolean", "봉인 교체 사유 있음", "Carrier, terminal or customs told of a new seal on the way",
       "coalesce(box_is_resealed, false) OR coalesce(carrier_is_resealed, false)"),
    _d("houses_in_boxes_kg", "double", "컨테이너별 하우스 합계", "Houses of the containers, kg, where every house and container is known",
       "CASE WHEN NOT lacks_house AND box_count = master_container_count AND houses_kg > 0 THEN houses_kg END"),
    _d("air_whole_kg", "double", "항공 하우스 합계(모두 확인)", "Air houses, kg, where their pieces are all of the master's",
       "CASE WHEN air_houses_pieces = air_master_pieces AND air_houses_kg > 0 THEN air_houses_kg END"),
    _d("invoice_krw", "double", "결제금액(원)", "Invoice amount in KRW at the declared rate",
       "invoice_amount * CASE WHEN upper(invoice_currency) = 'KRW' THEN 1D ELSE exchange_rate END"),
    _d("insured_krw", "double", "보험료 상당 물품가격", "Price that the premium stands for at the usual rate, KRW",
       "CASE WHEN insurance_krw > 0 AND usual_premium_ratio > 0 THEN insurance_krw / usual_premium_ratio END"),
    _d("certificate_gap", "double", "원산지증명서 초과 사용", "Mass used beyond what the certificate covers, kg", "certificate_used_kg - certificate_total_kg"),
    _d("importer_age_days", "double", "수입자 업력(일)", "Days from the importer's establishment to the declaration",
       "CAST(datediff(coalesce(issued_on, CAST(as_of AS DATE)), importer_established_on) AS DOUBLE)"),
    _d("seller_age_days", "double", "해외거래처 업력(일)", "Days from the seller's establishment to the declaration",
       "CAST(datediff(coalesce(issued_on, CAST(as_of AS DATE)), seller_established_on) AS DOUBLE)"),
    _d("penalised_ties", "double", "처벌 이력 업체와의 연결", "Penalised firms with the importer's head or address",
       "penalised_head_ties + penalised_address_ties"),
    _d("seller_plain", "string", "해외거래처 상호(법인격 제외)", "Declared seller's name without legal forms and blanks", _name("seller_name")),
    _d("consignor_plain", "string", "송하인 상호(법인격 제외)", "Consignor's name without legal forms and blanks", _name("coalesce(bill_consignor, air_consignor)")),
    # A name in Hangul and one in Latin letters share none and may be one.
    _d("seller_likeness", "double", "해외거래처·송하인 상호 일치도", "Likeness of the declared seller's name and the consignor's, 0 to 1",
       "CASE WHEN (seller_plain RLIKE '[가-힣一-龥]') = (consignor_plain RLIKE '[가-힣一-龥]') "
       "THEN round(1 - try_divide(levenshtein(seller_plain, consignor_plain), greatest(length(seller_plain), length(consignor_plain))), 3) END", 1),
    _d("transport_goods", "string", "운송서류 품명", "Goods in manifest, air waybill or cargo progress", "coalesce(bill_goods, air_goods, cargo_goods_text)"),
    _d("transport_goods_feed", "string", "운송서류 품명 자료원", "Which feed those words are of",
       "CASE WHEN bill_goods IS NOT NULL THEN 'manifest' WHEN air_goods IS NOT NULL THEN 'air_waybill' WHEN cargo_goods_text IS NOT NULL THEN 'cargo_progress' END"),
    _d("transport_words", "double", "운송서류 품명 단어 수", "Words of the goods there", f"CAST(size({_words('transport_goods')}) AS DOUBLE)", 1),
    _d("shared_words", "double", "공통 단어 수", "Words that the declared items share with them, where both are in one script",
       f"CASE WHEN items_text RLIKE '[A-Za-z]{{3}}' AND transport_goods RLIKE '[A-Za-z]{{3}}' OR items_text RLIKE '[가-힣]{{2}}' AND transport_goods RLIKE '[가-힣]{{2}}' "
       f"THEN CAST(size(array_intersect({_words('transport_goods')}, {_words('items_text')})) AS DOUBLE) END", 1),
    _d("transport_hs6", "string", "운송서류 세번 6단위", "HS subheading in manifest or air waybill", "coalesce(bill_hs6, air_hs6)"),
    _d("strange_line", "string", "신고에 없는 운송서류 세번 4단위", "HS heading in manifest or air waybill that no declared item has",
       "CASE WHEN size(item_headings) > 0 AND NOT array_contains(item_headings, substr(coalesce(bill_hs6, air_hs6), 1, 4)) THEN substr(coalesce(bill_hs6, air_hs6), 1, 4) END"),
    _d("changed", "string", "운송서류 정정 항목", "What amendments of manifest or air waybill changed", "coalesce(bill_changed, air_changed)"),
    _d("changed_at", "timestamp", "운송서류 정정 시각", "When the last of them did", "coalesce(bill_changed_at, air_changed_at)"),
    _d("papers_text", "string", "신고·목록·특송 품명", "Goods by the declaration, else the list, else the courier", "coalesce(goods_text, list_goods_text, parcel_goods_text)"),
    _d("papers_hs2", "string", "신고·목록·특송 세번 2단위", "HS chapter by the declaration or list, else the courier", "coalesce(hs2, substr(parcel_hs6, 1, 2))"),
    _d("declared_usd", "double", "신고 결제금액(미화)", "Invoice amount of the declaration in USD at its own rate",
       "CASE WHEN declaration_no IS NOT NULL THEN CASE WHEN upper(invoice_currency) = 'USD' THEN invoice_amount ELSE try_divide(invoice_amount * exchange_rate, order_krw_per_usd) END END"),
    _d("order_missing_usd", "double", "미도착 수량의 최대 금액(미화)", "What pieces ordered and not told of may have cost at most, USD",
       "greatest(0D, coalesce((order_quantity - coalesce(list_quantity, parcel_quantity)) * order_dearest_usd, 0D))"),
    _d("title_is_apart", "boolean", "주문 상품명과 신고 품명 불일치", "Title and category of the only line ordered share no word with the goods declared",
       f"CASE WHEN order_title IS NOT NULL AND order_shared_count = 0 AND order_line_count = 1 THEN {apart('concat_ws(chr(32), order_title, order_categories)', 'papers_text')} END", 1),
    _d("list_is_apart", "boolean", "목록 품명과 특송 품명 불일치", "Goods on the list share no word with the only line at the courier",
       f"CASE WHEN parcel_line_count = 1 THEN {apart('list_goods_text', 'parcel_goods_text')} END"),
    _d("changed_after_hours", "double", "입항 후 정정까지 시간", "Hours from arrival to that amendment",
       "(unix_timestamp(changed_at) - unix_timestamp(arrived_at)) / 3600D", 1),
)
FIELDS = tuple(one.field for one in DERIVED)


def with_derived(described: DataFrame) -> DataFrame:
    """Described shipments with the derived columns, each cast to its type."""
    for stage in sorted({one.stage for one in DERIVED}):
        described = described.selectExpr("*", *(f"CAST({one.sql} AS {one.field.spark_type}) AS {one.field.name}" for one in DERIVED if one.stage == stage))
    return described
