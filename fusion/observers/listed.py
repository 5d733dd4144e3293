"""Parcels as the clearance list tells of them, beside the declared side that it stands in for."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion import contact_keys as key
from fusion import keys
from fusion.barred import barred
from fusion.limits import excluded_by_code, excluded_by_words, limit_usd
from fusion.observers.observer import Observer
from fusion.observers.told import Told, columns
from fusion.records import BY, Records

_READ = ("submitted_at", "seller_name", "seller_country", "goods", "hs6", "quantity", "price_usd", "weight_kg", "consignee_customs_id", "consignee_phone",
         "consignee_postcode", "consignee_address")

TOLD = (
    Told("list_submitted_at", "timestamp", "통관목록 제출 시각", "When the clearance list was submitted", "l.submitted_at"),
    Told("list_seller_key", "string", "목록 판매자(표준형)", "Seller on the list, name in one form", key.seller("l.seller_name")),
    Told("list_seller_country", "string", "목록 판매자 국가", "Country of the seller on the list", "upper(l.seller_country)"),
    Told("list_goods_text", "string", "목록 품명", "Goods on the list", "nullif(trim(l.goods), '')"),
    Told("list_hs6", "string", "목록 세번 6단위", "HS subheading on the list", f"nullif({keys.hs6('l.hs6')}, '')"),
    Told("list_quantity", "double", "목록 수량", "Pieces on the list", "l.quantity"),
    Told("list_usd", "double", "목록 물품가격(미화)", "Price on the list, USD", "l.price_usd"),
    Told("list_kg", "double", "목록 중량", "Weight on the list, kg", "nullif(l.weight_kg, 0D)"),
    Told("list_customs_id", "string", "목록 수하인 통관고유부호(가명)", "Customs code of the consignee on the list, a stand-in", key.plain("l.consignee_customs_id")),
    Told("list_phone", "string", "목록 수하인 전화(가명)", "Phone of the consignee on the list, a stand-in", key.plain("l.consignee_phone")),
    Told("list_postcode", "string", "목록 수하인 우편번호", "Postcode of the consignee on the list", key.postcode("l.consignee_postcode")),
    Told("list_address_key", "string", "목록 수하인 주소(해시)", "Address of the consignee on the list, a hash", key.address("l.consignee_address")),
    Told("list_limit_usd", "double", "목록통관 한도(미화)", "Limit of list clearance for its country of dispatch, USD",
         limit_usd("upper(l.seller_country)", "CAST(l.submitted_at AS DATE)")),
    Told("list_barred", "string", "목록 품명의 금지·제한 품목군", "Group of barred goods that the list's words name", barred("l.goods")),
    Told("list_excluded_hs", "boolean", "목록통관 배제 세번 여부", "The HS code is of goods no list may hold", excluded_by_code("l.hs6")),
    Told("list_excluded_words", "boolean", "목록통관 배제 품명 여부", "The words are of goods no list may hold", excluded_by_words("l.goods")),
    Told("list_versions", "double", "통관목록 정정 차수", "Versions of the line", "versions"),
)


def observe(records: Records) -> DataFrame:
    """The newest line of each parcel."""
    rows = records.newest("clearance_list", _READ)
    found = rows.groupBy(*BY).agg(F.expr(f"max_by(struct({', '.join(_READ)}), struct(submitted_at, record_key))").alias("l"),
                                  F.expr("max_by(version_count, struct(submitted_at, record_key))").alias("versions"))
    return found.select(*BY, *columns(TOLD))


LISTED = Observer(tuple(one.field for one in TOLD), observe, ("clearance_list",))
