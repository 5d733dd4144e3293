"""Parcels as their couriers tell of them: what was handed over, by whom, to whom, and what became of it."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from feeds.courier import RELEASING_CODES
from fusion import contact_keys as key
from fusion.barred import barred
from fusion.money import with_usd
from fusion.observers.observer import Observer
from fusion.observers.told import Told, columns
from fusion.records import BY, Records

_READ = ("record_type", "created_at", "courier_code", "shipper_name", "shipper_country", "shipper_phone", "consignee_customs_id", "consignee_phone",
         "consignee_postcode", "consignee_address", "pieces", "weight_kg", "weight_measured_kg", "declared_value_amount", "declared_value_currency",
         "lines", "order_refs", "event_code", "event_at", "unlocode")
_FREED = ", ".join(repr(code) for code in RELEASING_CODES)
_MAIN = "array_max(transform(p.lines, l -> struct(coalesce(l.unit_value * l.quantity, 0D) AS value, regexp_replace(l.hs_code, '[^0-9]', '') AS hs))).hs"
_GOODS = "nullif(array_join(array_distinct(transform(p.lines, l -> trim(l.description))), '; '), '')"
_COUNT = "CASE WHEN size(p.lines) > 0 THEN aggregate(p.lines, 0D, (t, l) -> t + coalesce(l.quantity, 0D)) END"
_SUM = "CASE WHEN size(p.lines) > 0 THEN aggregate(p.lines, 0D, (t, l) -> t + coalesce(l.quantity * l.unit_value, 0D)) END"

TOLD = (
    Told("parcel_created_at", "timestamp", "특송 접수 시각", "When the courier registered it", "p.created_at"),
    Told("parcel_courier_code", "string", "특송업체 부호", "Courier's code", "p.courier_code"),
    Told("parcel_shipper_key", "string", "송하인(표준형)", "Shipper, name in one form", key.seller("p.shipper_name")),
    Told("parcel_shipper_country", "string", "송하인 국가", "Country of the shipper", "upper(p.shipper_country)"),
    Told("parcel_customs_id", "string", "특송 수하인 통관고유부호(가명)", "Customs code of the consignee at the courier, a stand-in", key.plain("p.consignee_customs_id")),
    Told("parcel_phone", "string", "특송 수하인 전화(가명)", "Phone of the consignee at the courier, a stand-in", key.plain("p.consignee_phone")),
    Told("parcel_postcode", "string", "특송 수하인 우편번호", "Postcode of the consignee at the courier", key.postcode("p.consignee_postcode")),
    Told("parcel_address_key", "string", "특송 수하인 주소(해시)", "Address of the consignee at the courier, a hash", key.address("p.consignee_address")),
    Told("parcel_pieces", "double", "특송 포장개수", "Packages at the courier", "p.pieces"),
    Told("parcel_kg", "double", "특송 접수 중량", "Weight told to the courier, kg", "nullif(p.weight_kg, 0D)"),
    Told("parcel_measured_kg", "double", "특송 계근 중량", "Weight by the courier's scale, kg", "nullif(p.weight_measured_kg, 0D)"),
    Told("parcel_usd", "double", "특송 신고금액(미화)", "Value told to the courier, USD", "p.declared_value_amount * usd_per_unit"),
    Told("parcel_currency", "string", "특송 신고통화", "Currency of the value told to the courier", "upper(p.declared_value_currency)"),
    Told("parcel_lines_usd", "double", "특송 품목 합계(미화)", "Sum of the courier's lines, USD", f"({_SUM}) * usd_per_unit"),
    Told("parcel_line_count", "double", "특송 품목 수", "Lines at the courier", "size(p.lines)"),
    Told("parcel_quantity", "double", "특송 수량", "Pieces of goods at the courier", _COUNT),
    Told("parcel_hs6", "string", "특송 세번 6단위", "HS subheading at the courier, of the dearest line", f"nullif(substr({_MAIN}, 1, 6), '')"),
    Told("parcel_goods_text", "string", "특송 품명", "Goods as the courier describes them", _GOODS),
    Told("parcel_barred", "string", "특송 품명의 금지·제한 품목군", "Group of barred goods that the courier's words name", barred(_GOODS)),
    Told("parcel_order_refs", "double", "특송에 기재된 주문 수", "Order numbers named by the courier", "size(p.order_refs)"),
    Told("parcel_picked_at", "timestamp", "집하 시각", "When it was picked up", "picked_at"),
    Told("parcel_departed_from", "string", "출발국", "Country it departed from", "upper(substr(departed_from, 1, 2))"),
    Told("parcel_arrived_at", "timestamp", "도착 시각", "When it arrived in Korea", "landed_at"),
    Told("parcel_freed_at", "timestamp", "통관·배송 완료 시각", "When the courier told of its release or delivery", "freed_at"),
)


def observe(records: Records) -> DataFrame:
    """The newest word of the courier on each parcel, and the first of each event."""
    rows = records.newest("courier", _READ)
    found = rows.groupBy(*BY).agg(
        F.expr(f"max_by(struct({', '.join(_READ)}), struct(created_at, record_key)) FILTER (WHERE record_type = 'shipment')").alias("p"),
        *(F.expr(f"min(event_at) FILTER (WHERE record_type = 'event' AND {where})").alias(name) for name, where in (
            ("picked_at", "event_code = 'PICKED_UP'"), ("landed_at", "event_code = 'ARRIVED' AND unlocode LIKE 'KR%'"), ("freed_at", f"event_code IN ({_FREED})"))),
        F.expr("min_by(unlocode, event_at) FILTER (WHERE event_code = 'DEPARTED')").alias("departed_from"))
    valued = with_usd(found, records.spark, records.lake, "p.declared_value_currency", "CAST(p.created_at AS DATE)")
    return valued.select(*BY, *columns(TOLD))


PARCEL = Observer(tuple(one.field for one in TOLD), observe, ("courier",))
