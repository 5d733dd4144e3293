"""Feed `clearance_list`: 통관목록, what couriers declare of parcels released without a declaration (JSON Lines)."""

from functools import partial

from feeds.expressions import odd_year, sender_in_json, unknown_country, wrong_customs_id
from feeds.feed import Event, Feed, Mention
from feeds.readers import json_lines
from feeds.readers.json_objects import line_reader
from lakehouse.field import Field, double, fields, string
from lakehouse.text import Text

_amount = partial(double, strict=True, low=0)
FIELDS = fields(
    string("list_no", "list_no", "통관목록번호", "Clearance list number, one a submission", required=True),
    Field("line", "long", Text("목록 행번호", "Line of the list"), "line", required=True),
    Field("submitted_at", "timestamp", Text("제출 시각", "When it was submitted"), "submitted_at", required=True),
    string("courier_code", "courier_code", "특송업체", "Express courier"),
    string("hawb_no", "hawb_no", "HAWB", "House air waybill"),
    string("mawb_no", "mawb_no", "MAWB", "Master air waybill"),
    string("seller_name", "seller_name", "해외판매자", "Seller"),
    string("seller_country", "seller_country", "판매자 국가", "Seller's country"),
    string("purchase_url", "purchase_url", "구매 주소(URL)", "Page of the purchase"),
    string("goods", "goods", "품명", "Goods"),
    string("hs6", "hs6", "세번부호 6단위", "HS code, 6 digits"),
    _amount("quantity", "quantity", "수량", "Quantity", high=1e6),
    _amount("price_usd", "price_usd", "물품가격(미화)", "Price of the goods, USD", high=1e6),
    _amount("weight_kg", "weight_kg", "중량(㎏)", "Weight, kg", high=30_000),
    string("consignee_customs_id", "consignee.customs_id", "수하인 통관고유부호(가명)", "Consignee's customs code, a stand-in for a person's"),
    string("consignee_name", "consignee.name", "수하인", "Consignee"),
    string("consignee_phone", "consignee.phone", "수하인 전화(가명)", "Consignee's phone, a stand-in"),
    string("consignee_postcode", "consignee.postcode", "수하인 우편번호", "Consignee's postcode"),
    string("consignee_address", "consignee.address", "수하인 주소", "Consignee's address"),
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
