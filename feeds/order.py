"""Feed `order`: orders of marketplaces (JSON Lines): what a buyer in Korea paid a seller abroad for."""

from functools import partial

from feeds.expressions import odd_year, sender_in_json, unknown_country, wrong_customs_id
from feeds.feed import Event, Feed, Mention
from feeds.readers import json_lines
from feeds.readers.json_objects import line_reader
from lakehouse.field import Field, double, fields, string
from lakehouse.text import Text

_amount = partial(double, low=0, high=1e9)
_LINE = fields(
    string("seq", "seq", "순번", "Line number"),
    string("sku", "sku", "상품번호", "Stock keeping unit"),
    string("title", "title", "상품명", "Title of the offer"),
    Field("category_path", "array<string>", Text("상품 분류", "Category, widest first"), "category_path"),
    _amount("quantity", "quantity", "수량", "Quantity"),
    _amount("unit_price", "unit_price", "단가", "Unit price, in the order's currency"),
)
FIELDS = fields(
    string("order_no", "order_no", "주문번호", "Order number", required=True),
    string("market_code", "market_code", "판매중개자 부호", "Marketplace code", required=True),
    string("market_name", "market_name", "판매중개자", "Marketplace"),
    Field("ordered_at", "timestamp", Text("주문 시각", "When it was ordered"), "ordered_at", required=True),
    Field("paid_at", "timestamp", Text("결제 시각", "When it was paid"), "paid_at", strict=True),
    string("currency", "currency", "결제통화", "Currency of all amounts"),
    _amount("total_paid", "total_paid", "결제금액", "Total paid", strict=True),
    _amount("shipping_fee", "shipping_fee", "배송비", "Shipping fee", strict=True),
    _amount("discount", "discount", "할인액", "Discount", strict=True),
    string("seller_id", "seller.id", "판매자번호", "Seller's number in the marketplace"),
    string("seller_name", "seller.name", "판매자", "Seller"),
    string("seller_country", "seller.country", "판매자 국가", "Seller's country"),
    Field("seller_registered_on", "date", Text("판매자 등록일", "When the seller registered"), "seller.registered_on"),
    string("buyer_customs_id", "buyer.customs_id", "구매자 통관고유부호(가명)", "Buyer's customs code, a stand-in for a person's"),
    string("buyer_name", "buyer.name", "구매자", "Buyer"),
    string("buyer_phone", "buyer.phone", "구매자 전화(가명)", "Buyer's phone, a stand-in"),
    string("buyer_address", "buyer.address", "구매자 주소", "Buyer's address"),
    string("buyer_postcode", "buyer.postcode", "구매자 우편번호", "Buyer's postcode"),
    Field("lines", "list", Text("주문 품목", "Lines"), "lines", items=_LINE),
    string("ship_from", "ship_from", "발송국", "Country of dispatch"),
    string("forwarder_code", "forwarder_code", "배송대행업자 부호", "Forwarder code"),
    string("status", "status", "주문 상태", "Status of the order"),
    string("purchase_url", "purchase_url", "구매 주소(URL)", "Page of the purchase"),
    string("ship_to", "ship_to", "배송지", "Where it is sent to"),
)
_LINES_TOTAL = "aggregate(lines, 0D, (total, one) -> total + coalesce(one.quantity * one.unit_price, 0D))"
_EXPECTED_TOTAL = f"{_LINES_TOTAL} + coalesce(shipping_fee, 0D) - coalesce(discount, 0D)"

FEED = Feed(
    name="order",
    text=Text("전자상거래 주문", "Marketplace orders"),
    sender=Text("판매중개자", "Marketplace"),
    form="JSON Lines",
    key=("market_code", "order_no"),
    sent_by=sender_in_json("market_code"),
    fields=FIELDS,
    read=line_reader(FIELDS),
    count=json_lines.count,
    parted="lines",
    findings=(
        ("order.year", odd_year("ordered_at", "paid_at")),
        ("order.future", "ordered_at > known_at OR paid_at > known_at"),
        ("order.paid_early", "paid_at < ordered_at"),
        ("seller.registered_late", "seller_registered_on > CAST(ordered_at AS DATE)"),
        ("currency.unknown", "NOT coalesce(currency RLIKE '^[A-Z]{3}$', false)"),
        ("seller_country.unknown", unknown_country("seller_country")),
        ("ship_from.unknown", unknown_country("ship_from")),
        ("customs_id.form", wrong_customs_id("buyer_customs_id")),
        ("total.missing", "total_paid IS NULL"),
        # Taxes and rounding aside, what was paid is what the lines come to.
        ("total.differs", f"size(lines) > 0 AND abs(total_paid - ({_EXPECTED_TOTAL})) > greatest(1D, 0.2D * total_paid)"),
        ("lines.missing", "coalesce(size(lines), 0) = 0"),
        ("line.quantity", "exists(lines, one -> coalesce(one.quantity, 0D) <= 0)"),
        ("line.unit_price", "exists(lines, one -> coalesce(one.unit_price, -1D) < 0)"),
        ("purchase_url.form", "NOT lower(purchase_url) RLIKE '^https?://[^ ]+$'"),
    ),
    events=(
        Event("ordered", "ordered_at", Text("주문 {order_no}: {title} {total}", "Order {order_no}: {title} {total}"), place="ship_from",
              uses=("order_no=order_no", "title=get(lines, 0).title", "total=concat(format_number(total_paid, 2), ' ', currency)")),
        Event("paid", "paid_at", Text("결제 {total}", "Paid {total}"), where="paid_at IS NOT NULL",
              uses=("total=concat(format_number(total_paid, 2), ' ', currency)",)),
    ),
    mentions=(
        # A seller's number means nothing outside its marketplace.
        Mention("seller", "seller_name", "CASE WHEN seller_id IS NOT NULL THEN concat_ws('|', market_code, seller_id) END", also="seller_id", country="seller_country"),
        Mention("buyer", "buyer_name", "buyer_customs_id", address="buyer_address", postcode="buyer_postcode", phone="buyer_phone", country="'KR'"),
    ),
)
