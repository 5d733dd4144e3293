"""Feed `clearance_list`: 통관목록, what couriers declare of parcels released without a declaration (JSON Lines)."""

from feeds.expressions import odd_year, sender_in_json, unknown_country, wrong_customs_id
from feeds.feed import Event, Feed, Mention
from feeds.readers import json_lines
from feeds.readers.json_objects import line_reader
from lakehouse.field import Field, fields
from lakehouse.text import Text


def _s(name: str, source: str, ko: str, en: str, required: bool = False) -> Field:
    return Field(name, "string", Text(ko, en), source, required)


def _n(name: str, source: str, ko: str, en: str, high: float) -> Field:
    return Field(name, "double", Text(ko, en), source, strict=True, low=0, high=high)


FIELDS = fields(
    _s("list_no", "list_no", "통관목록번호", "Clearance list number, one a submission", required=True),
    Field("line", "long", Text("목록 행번호", "Line of the list"), "line", required=True),
    Field("submitted_at", "timestamp", Text("제출 시각", "When it was submitted"), "submitted_at", required=True),
    _s("courier_code", "courier_code", "특송업체", "Express courier"),
    _s("hawb_no", "hawb_no", "HAWB", "House air waybill"),
    _s("mawb_no", "mawb_no", "MAWB", "Master air waybill"),
    _s("seller_name", "seller_name", "해외판매자", "Seller"),
    _s("seller_country", "seller_country", "판매자 국가", "Seller's country"),
    _s("purchase_url", "purchase_url", "구매 주소(URL)", "Page of the purchase"),
    _s("goods", "goods", "품명", "Goods"),
    _s("hs6", "hs6", "세번부호 6단위", "HS code, 6 digits"),
    _n("quantity", "quantity", "수량", "Quantity", 1e6),
    _n("price_usd", "price_usd", "물품가격(미화)", "Price of the goods, USD", 1e6),
    _n("weight_kg", "weight_kg", "중량(㎏)", "Weight, kg", 30_000),
    _s("consignee_customs_id", "consignee.customs_id", "수하인 통관고유부호(가명)", "Consignee's customs code, a stand-in for a person's"),
    _s("consignee_name", "consignee.name", "수하인", "Consignee"),
    _s("consignee_phone", "consignee.phone", "수하인 전화(가명)", "Consignee's phone, a stand-in"),
    _s("consignee_postcode", "consignee.postcode", "수하인 우편번호", "Consignee's postcode"),
    _s("consignee_address", "consignee.address", "수하인 주소", "Consignee's address"),
)

FEED = Feed(
    name="clearance_list",
    text=Text("통관목록", "Clearance lists"),
    sender=Text("특송업체", "Express courier"),
    form="JSON Lines",
    key=("list_no", "line"),
    sent_by=sender_in_json("courier_code"),
    fields=FIELDS,
    read=line_reader(FIELDS),
    count=json_lines.count,
    listed={"hs": ("hs6",)},
    parted="lines",
    findings=(
        ("list_no.form", "NOT list_no RLIKE '^[A-Z]{2}[0-9]{14}$'"),
        ("line.odd", "line < 1"),
        ("submitted.year", odd_year("submitted_at")),
        ("submitted.future", "submitted_at > known_at"),
        ("hs6.form", "NOT coalesce(hs6 RLIKE '^[0-9]{6}$', false)"),
        ("goods.missing", "goods IS NULL"),
        ("price.missing", "price_usd IS NULL"),
        ("price.zero", "price_usd = 0"),
        ("quantity.odd", "quantity = 0 OR quantity IS NULL"),
        ("weight.odd", "weight_kg = 0 OR weight_kg IS NULL"),
        ("waybill.missing", "hawb_no IS NULL"),
        ("seller_country.unknown", unknown_country("seller_country")),
        ("customs_id.form", wrong_customs_id("consignee_customs_id")),
        ("customs_id.missing", "consignee_customs_id IS NULL"),
        ("purchase_url.form", "NOT lower(purchase_url) RLIKE '^https?://[^ ]+$'"),
    ),
    events=(
        Event("listed", "submitted_at", Text("통관목록 제출 {list_no}: {goods} {price}", "Clearance list {list_no} submitted: {goods} {price}"),
              uses=("list_no=list_no", "goods=goods", "price=concat(format_number(price_usd, 2), ' USD')")),
    ),
    mentions=(
        Mention("seller", "seller_name", country="seller_country"),
        Mention("consignee", "consignee_name", "consignee_customs_id", address="consignee_address", postcode="consignee_postcode", phone="consignee_phone", country="'KR'"),
    ),
)
