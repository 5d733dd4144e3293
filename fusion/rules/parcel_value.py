"""Where what was paid, what couriers were told and what is declared of a parcel's value, number and weight disagree."""

from fusion.rules.rule import COUNT, FINE_KG, PERCENT, USD, Rule
from lakehouse.text import Text

LISTED_USD = "CASE WHEN declaration_no IS NULL THEN list_usd END"
# The courier's value speaks where there is no other, or where it is another.
_PAPERS_USD = f"coalesce(declared_usd, {LISTED_USD})"
COURIER_USD = f"CASE WHEN {_PAPERS_USD} IS NULL OR parcel_usd < 0.9 * {_PAPERS_USD} THEN parcel_usd END"
PIECES = "coalesce(list_quantity, parcel_quantity)"
_APART = "{left} - {right} > greatest(5D, 0.1 * {left})"
_SOURCES = (
    ("declaration", "declared_usd", Text("신고 결제금액", "invoice declared"), Text("수입신고", "declaration")),
    ("clearance_list", LISTED_USD, Text("목록 물품가격", "price on the list"), Text("통관목록", "clearance list")),
    ("courier", COURIER_USD, Text("특송 신고금액", "value told to the courier"), Text("특송정보", "courier")),
)


def _below_order(feed: str, told: str, what: Text, source: Text) -> tuple[Rule, Rule]:
    """A value below what the orders come to: for no reason seen, and where pieces that are missing may explain it."""
    gap = f"order_shared_count = 0 AND {_APART.format(left='order_usd', right=f'({told})')}"
    is_explained = f"(coalesce(order_refunded, false) OR NOT ({_APART.format(left='(order_usd - order_missing_usd)', right=f'({told})')}))"
    words = Text(
        f"주문 품목 합계(할인 제외) {{left}} — {what.ko} {{right}}, 차이 {{difference}}. 통상 ±10%. 출처: 주문, {source.ko}.",
        f"Lines ordered less discount {{left}}, {what.en} {{right}}, difference {{difference}}; usually within 10%. Sources: order, {source.en}.")
    shared = {"left": USD.format("order_usd"), "right": USD.format(f"({told})"), "difference": PERCENT.format(f"({told})", "order_usd")}
    return (
        Rule(f"order_value_{feed}", "value", "order", feed, where=f"{gap} AND NOT {is_explained}",
             severe=f"({told}) < 0.6 * order_usd OR coalesce(({told}) <= list_limit_usd AND order_usd > list_limit_usd, false)", text=words,
             usual=Text("쿠폰 할인, 환불, 분할배송, 환율 차이", "Coupons, refunds, split delivery, exchange rates"), strength=0.55, fact="price_paid", **shared),
        Rule(f"order_value_part_{feed}", "value", "order", feed, where=f"{gap} AND {is_explained}", severe="false", mild="true", text=words,
             usual=Text("주문 일부 환불·취소, 나누어 배송", "Part of the order refunded, cancelled or sent apart"), strength=0.3, fact="price_paid", **shared),
    )


_IS_UNDER = "list_usd <= list_limit_usd AND declaration_no IS NULL"
_KG = "coalesce(gross_mass_kg, list_kg, parcel_kg)"
_OTHER_KG = "abs({seen} - {told}) > greatest(0.1D, 0.1 * {told})"
# What the rule of cargo already tells.
_TOLD_ELSEWHERE = "coalesce(abs(carried_in_kg - split_gross_kg) > greatest(2D, 0.05 * split_gross_kg), false)"

RULES: tuple[Rule, ...] = (
    *(rule for source in _SOURCES for rule in _below_order(*source)),
    Rule("list_courier_value", "value", "clearance_list", "courier",
         where="abs(list_usd - parcel_usd) > greatest(5D, 0.1 * list_usd)", severe="list_usd <= list_limit_usd AND parcel_usd > list_limit_usd", mild="parcel_usd < list_usd",
         left=USD.format("list_usd"), right=USD.format("parcel_usd"), difference=PERCENT.format("parcel_usd", "list_usd"),
         text=Text("목록 물품가격 {left} — 특송 신고금액 {right}, 차이 {difference}. 통상 ±10%. 출처: 통관목록, 특송정보.",
                   "Price on the list {left}, value told to the courier {right}, difference {difference}; usually within 10%. Sources: clearance list, courier."),
         usual=Text("운임 포함, 환율 차이, 목록 정정", "Freight included, exchange rates, a list corrected since"), strength=0.2, fact="price_paid"),
    Rule("courier_lines_value", "value", "courier", "courier",
         where="parcel_lines_usd - parcel_usd > greatest(5D, 0.1 * parcel_lines_usd)", severe="false", mild="true",
         left=USD.format("parcel_lines_usd"), right=USD.format("parcel_usd"), difference=PERCENT.format("parcel_usd", "parcel_lines_usd"),
         text=Text("특송 품목 합계 {left} — 특송 신고금액 {right}, 차이 {difference}. 통상 같음. 출처: 특송정보.",
                   "Lines at the courier {left}, value told to the courier {right}, difference {difference}; usually equal. Source: courier."),
         usual=Text("할인, 기재 오류", "Discounts, typing errors"), strength=0.15),
    Rule("order_over_limit", "value", "order", "clearance_list",
         where=f"order_shared_count > 0 AND order_usd > list_limit_usd AND {_IS_UNDER}", severe="false", mild="order_shared_count = 1",
         left=USD.format("order_usd"), right=USD.format("list_usd"), difference=COUNT.format("order_shared_count + 1"),
         text=Text("한 주문 {left}이(가) 운송장 {difference}건으로 나뉨 — 이 건 목록 물품가격 {right}, 목록통관 한도 이하. 합산 확인 필요. 출처: 주문, 통관목록.",
                   "One order of {left} comes in {difference} bills, this one listed at {right}, under the limit: add them up. Sources: order, clearance list."),
         usual=Text("재고 사정에 따른 나누어 배송", "Sent apart as stock allowed"), strength=0.15, fact="split"),
    Rule("own_use_quantity", "packages", "clearance_list", "courier",
         where="list_quantity >= 10 AND list_quantity >= 5 * greatest(coalesce(parcel_line_count, 1D), 1D) AND declaration_no IS NULL", severe="list_quantity >= 50", mild="list_quantity < 20",
         left=COUNT.format("list_quantity"), right=COUNT.format("coalesce(parcel_line_count, 1D)"),
         text=Text("목록 수량 {left}개, 품목 {right}종 — 자가사용 인정 범위 확인 필요. 출처: 통관목록, 특송정보.",
                   "{left} pieces on the list, {right} lines: check whether it is for own use. Sources: clearance list, courier."),
         usual=Text("세트 물품, 소모품, 선물", "Sets, consumables, gifts"), strength=0.15),
    Rule("order_quantity", "packages", "order", "courier",
         where=f"order_shared_count = 0 AND order_quantity > {PIECES} AND NOT coalesce(order_refunded, false)", severe=f"order_quantity >= 3 * {PIECES} AND order_quantity >= 6", mild="true",
         left=COUNT.format("order_quantity"), right=COUNT.format(PIECES),
         text=Text("주문 수량 {left}개 — 특송·목록 수량 {right}개 불일치. 통상 같음. 출처: 주문, 특송정보.",
                   "Pieces ordered {left}, pieces told {right}; usually equal. Sources: order, courier."),
         usual=Text("일부 환불, 나누어 배송, 세트 수량 표기", "Part refunded, sent apart, sets counted otherwise"), strength=0.1),
    Rule("courier_scale", "weight", "courier", "courier",
         where=_OTHER_KG.format(seen="parcel_measured_kg", told="parcel_kg"), severe="abs(parcel_measured_kg - parcel_kg) > greatest(0.5D, 0.4 * parcel_kg)",
         mild="abs(parcel_measured_kg - parcel_kg) < greatest(0.15D, 0.15 * parcel_kg)",
         left=FINE_KG.format("parcel_kg"), right=FINE_KG.format("parcel_measured_kg"), difference=PERCENT.format("parcel_measured_kg", "parcel_kg"),
         text=Text("특송 계근 중량 {right} — 접수 중량 {left}, 차이 {difference}. 통상 ±10%. 출처: 특송정보.",
                   "Weight by the scale of the courier {right}, weight told {left}, difference {difference}; usually within 10%. Source: courier."),
         usual=Text("포장재, 합포장, 저울 오차", "Packing, parcels put together, scales"), strength=0.3, fact="weight"),
    Rule("parcel_carried_in_weight", "weight", "courier", "cargo_progress",
         where=f"kind = 'parcel' AND {_OTHER_KG.format(seen='carried_in_kg', told=_KG)} AND NOT {_TOLD_ELSEWHERE}",
         severe=f"abs(carried_in_kg - {_KG}) > greatest(0.5D, 0.4 * {_KG})", mild=f"abs(carried_in_kg - {_KG}) < greatest(0.15D, 0.15 * {_KG})",
         left=FINE_KG.format(_KG), right=FINE_KG.format("carried_in_kg"), difference=PERCENT.format("carried_in_kg", _KG),
         text=Text("반입 중량 {right} — 접수·목록 중량 {left}, 차이 {difference}. 통상 ±10%. 출처: 화물진행정보 반입신고, 특송정보.",
                   "Weight carried in {right}, weight told {left}, difference {difference}; usually within 10%. Sources: carry-in report, courier."),
         usual=Text("포장재, 합포장, 저울 오차", "Packing, parcels put together, scales"), strength=0.3, fact="weight"),
)
