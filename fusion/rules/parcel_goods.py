"""Where offers, couriers, lists and codes name other goods, or goods a list may not hold; and where steps come in no possible order."""

from fusion.rules.rule import AT, SHORT, Rule
from lakehouse.text import Text

# What has not happened half an hour after what follows it, clocks do not explain.
_LATER = "unix_timestamp({0}) - unix_timestamp({1}) > 1800"
_IS_LISTED = "declaration_no IS NULL AND list_submitted_at IS NOT NULL"


def _early(name: str, left_feed: str, first: str, right_feed: str, then: str, ko: str, en: str, usual: Text, strength: float) -> Rule:
    return Rule(name, "timing", left_feed, right_feed, where=_LATER.format(first, then), severe=f"unix_timestamp({first}) - unix_timestamp({then}) > 43200",
                left=AT.format(first), right=AT.format(then), text=Text(ko, en), usual=usual, strength=strength)


RULES: tuple[Rule, ...] = (
    Rule("title_barred", "goods", "order", "courier", where="order_barred IS NOT NULL AND coalesce(papers_text, '') <> '' AND NOT order_barred <=> coalesce(list_barred, parcel_barred)",
         severe="order_barred IN ('weapon', 'drug')", left=SHORT.format("order_title"), right=SHORT.format("papers_text"),
         text=Text("주문 상품명 {left} — 신고 품명 {right}. 금지·제한 우려 품목어 포함, 품명 확인 필요. 출처: 주문, 특송정보·신고.",
                   "Title ordered: {left}; goods declared: {right}. The title has words of barred or restricted goods: check the goods. Sources: order, courier."),
         usual=Text("비슷한 이름의 일반 상품, 번역 차이", "An everyday article of a like name, translation"), strength=0.7),
    Rule("list_excluded", "goods", "clearance_list", "clearance_list", where=f"{_IS_LISTED} AND (coalesce(list_excluded_hs, false) OR coalesce(list_excluded_words, false)) AND list_goods_text IS NOT NULL",
         severe="list_barred IS NOT NULL", mild="false", left=SHORT.format("list_goods_text"), right="coalesce(list_hs6, '-')",
         text=Text("목록 품명 {left}, 세번 {right} — 목록통관 배제대상 품목 우려, 일반신고 대상 확인 필요. 출처: 통관목록.",
                   "Goods on the list {left}, HS {right}: such goods may need a declaration. Source: clearance list."),
         usual=Text("일반 식품·화장품과 명칭이 비슷한 물품", "Everyday food or cosmetics of a like name"), strength=0.25),
    Rule("title_excluded", "goods", "order", "clearance_list",
         where=f"{_IS_LISTED} AND order_excluded AND order_barred IS NULL AND NOT coalesce(list_excluded_words, false) AND NOT coalesce(list_excluded_hs, false) AND list_goods_text IS NOT NULL",
         severe="false", left=SHORT.format("order_title"), right=SHORT.format("list_goods_text"),
         text=Text("주문 상품명 {left} — 목록 품명 {right}. 목록통관 배제대상 품목어 포함, 확인 필요. 출처: 주문, 통관목록.",
                   "Title ordered: {left}; goods on the list: {right}. The title has words of goods that need a declaration: check. Sources: order, clearance list."),
         usual=Text("판매자 표현, 기능성이 없는 화장품·일반식품", "Words of sellers, plain cosmetics or food"), strength=0.2),
    Rule("title_words", "goods", "order", "courier",
         where="order_barred IS NULL AND title_is_apart",
         severe="false", mild="true", left=SHORT.format("order_title"), right=SHORT.format("papers_text"),
         text=Text("주문 상품명 {left} — 신고 품명 {right}. 공통 단어 없음, 품명 확인 필요. 출처: 주문, 특송정보·신고.",
                   "Title ordered: {left}; goods declared: {right}; no word in common: check the goods. Sources: order, courier."),
         usual=Text("번역, 세트 물품, 판매자 표현", "Translation, sets, words of sellers"), strength=0.06, fact="title"),
    Rule("title_line", "goods", "order", "courier", where="order_barred IS NULL AND substr(ordered_points_to, 1, 4) <> coalesce(hs4, substr(parcel_hs6, 1, 4)) AND order_shared_count = 0 AND order_line_count = 1", severe="false",
         left=SHORT.format("order_title"), right=SHORT.format("papers_text"), difference="ordered_points_to",
         text=Text("주문 상품명 {left} — 신고 품명 {right}. 주문 상품명은 통상 세번 {difference}(6단위)의 품명, 확인 필요. 출처: 주문, 특송정보·신고.",
                   "Title ordered: {left}; goods declared: {right}. Words of the title are usually declared under HS {difference}: check the goods. Sources: order, courier."),
         usual=Text("판매자 표현, 세트 물품, 번역", "Words of sellers, sets, translation"), strength=0.15, fact="title"),
    Rule("list_words", "goods", "clearance_list", "courier",
         where="list_is_apart", severe="false", mild="true",
         left=SHORT.format("list_goods_text"), right=SHORT.format("parcel_goods_text"),
         text=Text("목록 품명 {left} — 특송 품명 {right}. 공통 단어 없음, 품명 확인 필요. 출처: 통관목록, 특송정보.",
                   "Goods on the list {left}, goods at the courier {right}; no word in common: check the goods. Sources: clearance list, courier."),
         usual=Text("번역, 목록 정정, 대표 품명 기재", "Translation, a corrected list, one name for many goods"), strength=0.15),
    Rule("list_courier_hs", "goods", "clearance_list", "courier", where="parcel_line_count = 1 AND substr(list_hs6, 1, 4) <> substr(parcel_hs6, 1, 4)", severe="substr(list_hs6, 1, 2) <> substr(parcel_hs6, 1, 2)",
         left="list_hs6", right="parcel_hs6",
         text=Text("목록 세번 {left} — 특송 세번 {right} 불일치. 통상 같음. 출처: 통관목록, 특송정보.", "HS code on the list {left}, at the courier {right}; usually the same. Sources: clearance list, courier."),
         usual=Text("판매자 기재 세번, 세번 정정", "HS code of the seller, a code corrected"), strength=0.2),
    Rule("parcel_departure", "route", "courier", "courier",
         where="kind = 'parcel' AND parcel_shipper_country <> parcel_departed_from", severe="coalesce(list_limit_usd > 150 AND list_usd > 150 AND parcel_departed_from <> 'US', false)",
         mild="coalesce(list_limit_usd, 150D) <= 150", left="parcel_shipper_country", right="parcel_departed_from",
         text=Text("송하인 국가 {left} — 출발공항 국가 {right} 불일치. 목록통관 한도는 발송국 기준. 출처: 특송정보.",
                   "Country of the shipper {left}, departed from {right}; the limit of lists goes by the country of dispatch. Source: courier."),
         usual=Text("거점공항 환적, 배송대행", "A hub on the way, a forwarder abroad"), strength=0.12),
    Rule("order_dispatch", "route", "order", "courier", where="order_ship_from <> parcel_shipper_country",
         severe="false", mild="coalesce(list_limit_usd, 150D) <= 150", left="order_ship_from", right="parcel_shipper_country",
         text=Text("주문 발송국 {left} — 송하인 국가 {right} 불일치. 통상 같음. 출처: 주문, 특송정보.",
                   "Dispatched from {left} by the order, shipper in {right}; usually the same. Sources: order, courier."),
         usual=Text("배송대행, 재고 창고 변경", "A forwarder abroad, another warehouse"), strength=0.1),
    _early("released_before_arrival", "courier", "parcel_arrived_at", "courier", "parcel_freed_at",
           "도착 {left} — 통관·배송 완료 {right}: 도착 전 완료. 통상 도착 후. 출처: 특송정보.", "Arrived {left}, released or delivered {right}, before it arrived. Source: courier.",
           Text("시각 기재 오류, 시차 미반영", "A time mistyped, another time zone"), 0.3),
    _early("ordered_after_pick_up", "order", "order_ordered_at", "courier", "parcel_picked_at",
           "주문 {left} — 집하 {right}: 집하 후 주문. 통상 집하 전 주문. 출처: 주문, 특송정보.", "Ordered {left}, picked up {right}, before it was ordered. Sources: order, courier.",
           Text("주문 재생성, 시차 미반영", "An order made anew, another time zone"), 0.3),
    _early("listed_after_release", "clearance_list", "list_submitted_at", "courier", "parcel_freed_at",
           "통관목록 제출 {left} — 통관·배송 완료 {right}: 완료 후 제출. 통상 완료 전. 출처: 통관목록, 특송정보.", "List submitted {left}, released or delivered {right}, before the list. Sources: clearance list, courier.",
           Text("정정 제출, 시각 기재 오류", "A list sent again, a time mistyped"), 0.2),
)
