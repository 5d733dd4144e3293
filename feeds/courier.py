"""Feed `courier`: parcels of express couriers and what happens to them (JSON Lines): shipments, and events under them."""

from functools import partial
from typing import Any

from feeds.expressions import odd_year, sender_in_json, spoken, table, unknown_country, unknown_place, unlisted, wrong_customs_id
from feeds.feed import Event, Feed, Mention
from feeds.readers import json_lines
from feeds.readers.json_objects import line_reader
from lakehouse.field import Field, double, fields, string
from lakehouse.text import Text

IS_SHIPMENT, IS_EVENT = "record_type = 'shipment'", "record_type = 'event'"
# Customs' own decision, told on by the courier.
HELD_CODE = "CUSTOMS_HELD"
RELEASING_CODES = ("RELEASED", "DELIVERED")
WORDS = table("""
    PICKED_UP=집하=picked up
    DEPARTED=출발=departed
    ARRIVED=도착=arrived
    CUSTOMS_HELD=통관보류=held by customs
    RELEASED=통관완료=released
    DELIVERED=배송완료=delivered
    RETURNED=반송=returned""")

_amount = partial(double, low=0)
_LINE = fields(
    string("seq", "seq", "순번", "Line number"),
    string("description", "description", "품명", "Description"),
    string("hs_code", "hs_code", "세번부호", "HS code"),
    _amount("quantity", "quantity", "수량", "Quantity"),
    _amount("unit_value", "unit_value", "단가", "Unit value, in the declared currency"),
    string("origin", "origin", "원산지", "Country of origin"),
)
FIELDS = fields(
    Field("record_type", "string", Text("레코드 구분", "Shipment or event"), "record_type", required=True, allowed=("shipment", "event")),
    string("tracking_no", "tracking_no", "운송장번호", "Tracking number", required=True),
    string("courier_code", "courier_code", "특송업체", "Express courier"),
    Field("created_at", "timestamp", Text("접수 시각", "When the parcel was registered"), "created_at", required=True, when=IS_SHIPMENT),
    string("hawb_no", "hawb_no", "HAWB", "House air waybill"),
    string("mawb_no", "mawb_no", "MAWB", "Master air waybill"),
    string("shipper_name", "shipper.name", "송하인", "Shipper"),
    string("shipper_address", "shipper.address", "송하인 주소", "Shipper's address"),
    string("shipper_country", "shipper.country", "송하인 국가", "Shipper's country"),
    string("shipper_phone", "shipper.phone", "송하인 전화(가명)", "Shipper's phone, a stand-in"),
    string("consignee_name", "consignee.name", "수하인", "Consignee"),
    string("consignee_address", "consignee.address", "수하인 주소", "Consignee's address"),
    string("consignee_postcode", "consignee.postcode", "수하인 우편번호", "Consignee's postcode"),
    string("consignee_customs_id", "consignee.customs_id", "수하인 통관고유부호(가명)", "Consignee's customs code, a stand-in for a person's"),
    string("consignee_phone", "consignee.phone", "수하인 전화(가명)", "Consignee's phone, a stand-in"),
    _amount("pieces", "pieces", "포장개수", "Packages", high=10_000, strict=True, when=IS_SHIPMENT),
    _amount("weight_kg", "weight_kg", "중량(㎏)", "Weight, kg", high=30_000, strict=True, when=IS_SHIPMENT),
    _amount("declared_value_amount", "declared_value.amount", "신고금액", "Declared value, in its currency", high=1e9, strict=True, when=IS_SHIPMENT),
    string("declared_value_currency", "declared_value.currency", "신고통화", "Currency of the declared value"),
    Field("lines", "list", Text("품목", "Lines"), "lines", items=_LINE),
    Field("order_refs", "array<string>", Text("주문번호", "Order numbers"), "order_refs"),
    _amount("weight_measured_kg", "weight_measured_kg", "계근 중량(㎏)", "Weight by the courier's scale, kg", high=30_000),
    Field("dims_cm", "array<double>", Text("가로·세로·높이(㎝)", "Length, width and height, cm"), "dims_cm"),
    string("bag_no", "bag_no", "행낭번호", "Bag the parcel travels in"),
    string("event_code", "event_code", "이벤트 부호", "What happened", required=True, when=IS_EVENT),
    Field("event_at", "timestamp", Text("이벤트 시각", "When it happened"), "event_at", required=True, when=IS_EVENT),
    string("unlocode", "unlocode", "장소(UN/LOCODE)", "Place, UN/LOCODE"),
    string("note", "note", "비고", "Note"),
    Field("is_customs_held", "boolean", Text("세관 보류 전달", "Tells that customs held it"), echo=True),
)


def _finish(_: dict[str, Any], values: dict[str, Any]) -> str:
    """Mark what tells customs' own decision; an event's key is its parcel, time and code as sent."""
    if str(values["record_type"] or "").strip() != "event":
        return ""
    parts = [str(values[name] or "").strip() for name in ("tracking_no", "event_at", "event_code")]
    values["is_customs_held"] = str(parts[2] == HELD_CODE).lower()
    return "|".join(parts) if any(parts) else ""


FEED = Feed(
    name="courier",
    text=Text("특송화물 운송정보", "Express parcels"),
    sender=Text("특송업체", "Express courier"),
    form="JSON Lines",
    key=("tracking_no",),
    sent_by=sender_in_json("courier_code"),
    fields=FIELDS,
    read=line_reader(FIELDS, _finish),
    count=json_lines.count,
    listed={"unlocode": ("unlocode",)},
    parted="lines",
    findings=(
        ("event.customs_held", "is_customs_held"),
        ("event_code.unknown", unlisted("event_code", WORDS)),
        ("event.year", odd_year("event_at", "created_at")),
        ("event.future", f"{IS_EVENT} AND event_at > known_at"),
        ("location.unknown", unknown_place("unlocode")),
        ("shipper_country.unknown", unknown_country("shipper_country")),
        ("currency.unknown", "NOT declared_value_currency RLIKE '^[A-Z]{3}$'"),
        ("currency.missing", "declared_value_amount IS NOT NULL AND declared_value_currency IS NULL"),
        ("customs_id.form", wrong_customs_id("consignee_customs_id")),
        ("weight.missing", f"{IS_SHIPMENT} AND weight_kg IS NULL"),
        ("weight.zero", "weight_kg = 0 OR weight_measured_kg = 0"),
        ("value.missing", f"{IS_SHIPMENT} AND declared_value_amount IS NULL"),
        ("pieces.zero", "pieces < 1"),
        ("lines.missing", f"{IS_SHIPMENT} AND coalesce(size(lines), 0) = 0"),
        ("line.quantity", "exists(lines, one -> coalesce(one.quantity, 0D) <= 0)"),
        ("line.unit_value", "exists(lines, one -> coalesce(one.unit_value, -1D) < 0)"),
        ("line.hs_code", "exists(lines, one -> NOT regexp_replace(one.hs_code, '[.]', '') RLIKE '^[0-9]{4,10}$')"),
        ("dims.odd", "exists(dims_cm, side -> coalesce(side, 0D) <= 0 OR side > 1500)"),
    ),
    events=(
        Event("registered", "created_at", Text("특송화물 접수: {tracking_no} {weight}", "Parcel registered: {tracking_no} {weight}"),
              where=IS_SHIPMENT,
              uses=("tracking_no=tracking_no", "weight=concat(format_number(weight_kg, 2), ' kg')")),
        Event("courier_event", "event_at", Text("특송 {ko} {place}", "Parcel {en} {place}"),
              place="unlocode", where=IS_EVENT,
              uses=(f"ko={spoken('event_code', WORDS, 'ko')}", f"en={spoken('event_code', WORDS, 'en')}", "place=unlocode")),
    ),
    mentions=(
        Mention("shipper", "shipper_name", address="shipper_address", phone="shipper_phone", country="shipper_country"),
        Mention("consignee", "consignee_name", "consignee_customs_id", address="consignee_address", postcode="consignee_postcode", phone="consignee_phone", country="'KR'"),
    ),
)
