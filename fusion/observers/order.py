"""Orders that a shipment was bought under: what was paid, for what, by whom and to which seller."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion import contact_keys as key
from fusion.barred import barred
from fusion.keys import ARRIVAL_WINDOW_DAYS
from fusion.limits import excluded_by_words
from fusion.money import with_usd
from fusion.naming import Owner
from fusion.observers.observer import Observer
from fusion.observers.told import Told, columns
from fusion.records import BY, Records
from fusion.tables import REDIRECT, RELATION

_READ = ("ordered_at", "paid_at", "market_code", "currency", "total_paid", "shipping_fee", "discount", "seller_id", "seller_name", "seller_country",
         "seller_registered_on", "buyer_customs_id", "buyer_phone", "buyer_postcode", "buyer_address", "lines", "ship_from", "status")
_GOODS = "aggregate(lines, 0D, (t, l) -> t + coalesce(l.quantity * l.unit_price, 0D)) - coalesce(discount, 0D)"
# Without lines the goods are what was paid but for the shipping.
_NET = f"CASE WHEN size(lines) > 0 THEN {_GOODS} ELSE total_paid - coalesce(shipping_fee, 0D) END"
_TEXTS = "nullif(array_join(array_sort(array_distinct(flatten({}))), '; '), '')"
_ALL = "CASE WHEN count({0}) = count(*) THEN {1} END"

TOLD = (
    Told("order_count", "double", "연결된 주문 수", "Orders that were found", "orders"),
    Told("order_usd", "double", "주문 품목 합계(할인 제외, 미화)", "Lines of the orders less discount, USD", "usd"),
    Told("order_dearest_usd", "double", "주문 최고 단가(미화)", "Price of the dearest piece ordered, USD", "dearest_usd"),
    Told("order_quantity", "double", "주문 수량", "Pieces ordered", "quantity"),
    Told("order_line_count", "double", "주문 품목 수", "Lines of the orders", "line_count"),
    Told("order_discount_ratio", "double", "주문 할인율", "Share of the price that was taken off", "try_divide(discount_usd, usd + discount_usd)"),
    Told("order_refunded", "boolean", "환불·취소 여부", "An order tells of a refund or cancellation", "is_refunded"),
    Told("order_shared_count", "double", "같은 주문의 다른 화물 수", "Other shipments of the same orders", "coalesce(shared_count, 0L)"),
    Told("order_title", "string", "주문 상품명", "Titles of what was ordered", _TEXTS.format("titles")),
    Told("order_categories", "string", "주문 상품 분류", "Categories of what was ordered", _TEXTS.format("categories")),
    Told("order_barred", "string", "주문 상품명의 금지·제한 품목군", "Group of barred goods that the titles name", barred(_TEXTS.format("titles"))),
    Told("order_excluded", "boolean", "주문 상품명의 목록통관 배제 여부", "The titles are of goods no list may hold", excluded_by_words(_TEXTS.format("titles"))),
    Told("order_customs_id", "string", "구매자 통관고유부호(가명)", "Customs code of the buyer, a stand-in", key.plain("o.buyer_customs_id")),
    Told("order_phone", "string", "구매자 전화(가명)", "Phone of the buyer, a stand-in", key.plain("o.buyer_phone")),
    Told("order_postcode", "string", "구매자 우편번호", "Postcode of the buyer", key.postcode("o.buyer_postcode")),
    Told("order_address_key", "string", "구매자 주소(해시)", "Address of the buyer, a hash", key.address("o.buyer_address")),
    Told("order_market_code", "string", "판매중개자 부호", "Marketplace", "o.market_code"),
    Told("order_seller_id", "string", "판매자 번호(시장 포함)", "Seller's number with its marketplace", "concat(o.market_code, '|', o.seller_id)"),
    Told("order_seller_key", "string", "판매자(표준형)", "Seller of the order, name in one form", key.seller("o.seller_name")),
    Told("order_seller_days", "double", "판매자 등록 후 주문까지 일수", "Days from the seller's registration to the order", "datediff(CAST(o.ordered_at AS DATE), o.seller_registered_on)"),
    Told("order_ship_from", "string", "주문 발송국", "Country of dispatch in the order", "upper(o.ship_from)"),
    Told("order_ordered_at", "timestamp", "주문 시각", "When it was ordered, of several the first", "ordered_at"),
    Told("order_krw_per_usd", "double", "주문일 미화 환율", "KRW per USD on the day of the order", "krw_per_usd"),
)


def observe(records: Records) -> DataFrame:
    """All orders of a shipment taken together; whose they are and from which seller, the first of them tells."""
    rows = with_usd(records.newest("order", _READ), records.spark, records.lake, "currency", "CAST(ordered_at AS DATE)")
    own = rows.withColumns({
        "net_usd": F.expr(f"greatest(0D, {_NET}) * usd_per_unit"), "pieces": F.expr("CASE WHEN size(lines) > 0 THEN aggregate(lines, 0D, (t, l) -> t + coalesce(l.quantity, 0D)) END"),
        "top_usd": F.expr("array_max(transform(lines, l -> l.unit_price)) * usd_per_unit"), "taken_off_usd": F.expr("coalesce(discount, 0D) * usd_per_unit")})
    found = own.groupBy(*BY).agg(
        F.expr(f"min_by(struct({', '.join(_READ)}), struct(ordered_at, record_key))").alias("o"), F.count("*").alias("orders"), F.min("ordered_at").alias("ordered_at"),
        F.expr(_ALL.format("net_usd", "sum(net_usd)")).alias("usd"), F.expr(_ALL.format("pieces", "sum(pieces)")).alias("quantity"),
        F.max("top_usd").alias("dearest_usd"), F.sum("taken_off_usd").alias("discount_usd"), F.expr("sum(size(lines))").alias("line_count"),
        F.expr("bool_or(lower(status) RLIKE 'refund|cancel|return|환불|취소|반품')").alias("is_refunded"), F.max("krw_per_usd").alias("krw_per_usd"),
        F.expr("collect_list(transform(lines, l -> l.title))").alias("titles"),
        F.expr("collect_list(flatten(transform(lines, l -> coalesce(l.category_path, array()))))").alias("categories"))
    return found.join(_shared(records), list(BY), "left").select(*BY, *columns(TOLD))


def _shared(records: Records) -> DataFrame:
    """How many other shipments the orders of each came in."""
    mine = records.linked.where("feed = 'order'").select(*BY, F.expr("trim(substring_index(record_key, '|', -1))").alias("owner_id")).distinct()
    relations = records.lake.read(records.spark, RELATION).where(f"owner_kind = '{Owner.ORDER}'").select("holder_id", "owner_id", "known_at", "seen_on")
    merged = F.broadcast(records.lake.read(records.spark, REDIRECT).select(F.col("shipment_id").alias("holder_id"), "merged_into", F.col("known_at").alias("merged_at")))
    held = relations.join(F.broadcast(mine), "owner_id").where(f"known_at <= as_of AND abs(datediff(seen_on, as_of)) <= {ARRIVAL_WINDOW_DAYS}").join(merged, "holder_id", "left")
    other = F.expr("CASE WHEN merged_at <= as_of THEN merged_into ELSE holder_id END").alias("other")
    return held.select(*BY, other).where("other <> shipment_id").groupBy(*BY).agg(F.countDistinct("other").alias("shared_count"))


ORDER = Observer(tuple(one.field for one in TOLD), observe)
