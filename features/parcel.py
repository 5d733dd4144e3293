"""Parcels: what was paid and ordered against what is declared, the limit of lists, weights, sellers and steps."""

from features.codes import category
from features.feature import Feature, History, floored
from features.gaps import gap
from features.shares import count_of, log_of
from lakehouse.text import Text

TOLD_USD = "coalesce(declared_usd, list_usd, parcel_usd)"
PIECES = "coalesce(list_quantity, parcel_quantity)"
TOLD_KG = "coalesce(parcel_kg, list_kg)"
_COUPONS = Text("쿠폰, 환불, 분할배송, 환율", "coupons, refunds, split delivery, exchange rates")
_KG = Text("㎏", "kg")
_PACKING = Text("포장재, 합포장, 저울 오차", "packing, parcels put together, scales")
_WHOLE = "IF(order_shared_count = 0, order_usd, NULL)"
HISTORIES: tuple[History, ...] = ()


def _below(name: str, paid: str, ko: str, en: str, prior: tuple[float, float] | None) -> Feature:
    """How far what is declared lies below what was paid, as a share of it."""
    return Feature(
        name, "parcel", f"round(try_divide({paid} - {TOLD_USD}, {paid}), 2)", Text(f"{ko} 대비 신고금액 부족 비율", f"Value declared below {en}"),
        Text(f"신고금액 {{shown:,.2f}}달러 — {ko} {{norm:,.2f}}달러보다 {{value:.0%}} 적음. 통상 ±10%. 통상 사유: {_COUPONS.ko}. 출처: 주문, 특송정보·통관목록",
             f"Declared {{shown:,.2f}} USD, {{value:.0%}} below {en} of {{norm:,.2f}} USD, usually within 10%. Usual reasons: {_COUPONS.en}. "
             "Sources: order, courier, clearance list"),
        monotone=1, checkable=True, shows=TOLD_USD, norm=paid, group="price_paid", prior=prior,
    )  # fmt: skip


FEATURES = (
    _below("below_order", _WHOLE, "주문 품목 합계(할인 제외)", "the lines ordered less discount", (0.12, 1.2)),
    _below("below_order_of_pieces", f"({_WHOLE} - order_missing_usd)", "도착 수량분 주문 금액", "what the pieces told of were ordered for", (0.12, 1.0)),
    *gap("courier_list_usd", "parcel", "list_usd", "parcel_usd", Text("특송 신고금액", "Value told to the courier"), Text("목록 물품가격", "price on the list"),
         Text("달러", "USD"), "10%", Text("운임 포함, 환율, 정정", "freight, exchange rates, corrections"), "courier_list_value"),
    *gap("courier_scale_kg", "parcel", TOLD_KG, "parcel_measured_kg", Text("특송 계근 중량", "Weight by the courier's scale"), Text("접수 중량", "weight told"),
         _KG, "10%", _PACKING, "parcel_weight", (0.15, 0.9)),
    *gap("parcel_carried_in_kg", "parcel", TOLD_KG, "carried_in_kg", Text("반입 중량", "Weight carried in"), Text("접수·목록 중량", "weight told"),
         _KG, "10%", _PACKING, "parcel_weight"),
    Feature(
        "limit_share", "parcel", "round(try_divide(list_usd, list_limit_usd), 2)", Text("목록통관 한도 대비 가격", "Price as a share of the limit of lists"),
        Text("목록 물품가격 {shown:,.2f}달러 — 목록통관 한도 {norm:,.0f}달러의 {value:.0%}. 통상 사유: 한도에 맞춘 구매",
             "Price on the list {shown:,.2f} USD: {value:.0%} of the limit of {norm:,.0f} USD. Usual reason: people buy up to it"),
        checkable=True, shows="list_usd", norm="list_limit_usd", group="limit",
    ),
    Feature(
        "order_limit_share", "parcel", "IF(declaration_no IS NULL, round(try_divide(order_usd, list_limit_usd), 2), NULL)",
        Text("목록통관 한도 대비 주문금액", "Lines ordered as a share of the limit of lists"),
        Text("목록통관 화물의 주문 품목 합계 {shown:,.2f}달러 — 한도 {norm:,.0f}달러의 {value:.0%}. 통상 사유: 나누어 배송, 환불",
             "Lines ordered {shown:,.2f} USD for a parcel on a list: {value:.0%} of the limit of {norm:,.0f} USD. Usual reasons: sent apart, refunded"),
        monotone=1, checkable=True, shows="order_usd", norm="list_limit_usd", group="limit",
    ),
    Feature(
        "pieces_missing", "parcel", floored(f"order_quantity - {PIECES}"), Text("주문 대비 부족 수량", "Pieces ordered and not told of"),
        Text("주문 수량 {norm:,.0f}개 — 특송·목록 수량 {shown:,.0f}개, 부족 {value:,.0f}개. 통상 사유: 일부 환불, 나누어 배송",
             "{norm:,.0f} pieces ordered, {shown:,.0f} told, {value:,.0f} missing. Usual reasons: part refunded, sent apart"),
        checkable=True, shows=PIECES, norm="order_quantity", group="quantity",
    ),
    count_of("list_quantity", "parcel", Text("목록 수량", "Pieces on the list"), Text("세트, 소모품, 선물", "sets, consumables, gifts"), "quantity", 0,
             source=Text("통관목록", "clearance list")),
    Feature(
        "pieces_per_line", "parcel", f"round({PIECES} / greatest(coalesce(parcel_line_count, 1D), 1D), 1)", Text("품목당 수량", "Pieces a line"),
        Text("품목당 수량 {value:,.1f}개 — 자가사용 범위 확인 필요. 통상 사유: 세트, 소모품, 선물",
             "{value:,.1f} pieces a line: check whether it is for own use. Usual reasons: sets, consumables, gifts"),
        monotone=1, checkable=True, group="quantity",
    ),
    Feature(
        "usd_per_kg_log", "parcel", f"round(ln(try_divide({TOLD_USD}, {TOLD_KG})), 1)", Text("㎏당 신고금액(로그)", "Declared USD a kg, log"),
        Text("㎏당 신고금액 {shown:,.1f}달러 — 금액대별 과거 검사결과의 경향", "Declared {shown:,.1f} USD a kg: tendency of past inspections at such prices"),
        shows=f"try_divide({TOLD_USD}, {TOLD_KG})", group="parcel_price",
    ),
    Feature(
        "usd_per_piece_log", "parcel", f"round(ln(try_divide({TOLD_USD}, {PIECES})), 1)", Text("개당 신고금액(로그)", "Declared USD a piece, log"),
        Text("개당 신고금액 {shown:,.1f}달러 — 금액대별 과거 검사결과의 경향", "Declared {shown:,.1f} USD a piece: tendency of past inspections at such prices"),
        shows=f"try_divide({TOLD_USD}, {PIECES})", group="parcel_price",
    ),
    Feature(
        "order_discount_ratio", "parcel", "round(order_discount_ratio, 2)", Text("주문 할인율", "Discount of the order"),
        Text("주문 할인율 {value:.0%} — 쿠폰·할인 확인 필요. 출처: 주문", "Discount of the order {value:.0%}: check coupons. Source: order"), checkable=True, group="price_paid",
    ),
    Feature(
        "shop_age_days", "parcel", "order_seller_days", Text("판매자 등록 후 일수", "Days since the seller registered"),
        Text("판매자 등록 후 {value:,.0f}일 만의 주문. 통상 사유: 신규 입점. 출처: 주문", "The seller had registered {value:,.0f} days before the order. Usual reason: a new shop. Source: order"),
        monotone=-1, checkable=True, group="shop", prior=(60.0, 0.4),
    ),
    Feature(
        "orders_not_found", "parcel", "IF(parcel_order_refs > 0 OR order_count > 0, CAST(order_count IS NULL AS INT), NULL)", Text("주문번호는 있으나 주문 자료 없음", "An order is named and not reported"),
        Text("특송에 주문번호가 있으나 주문 자료 없음 여부 {value:.0f}(1 해당). 통상 사유: 판매중개자 미제출",
             "The courier names an order that no marketplace reported: {value:.0f} (1 yes). Usual reason: the marketplace does not report"),
        checkable=True, group="order_known",
    ),
    count_of("order_shared_count", "parcel", Text("같은 주문의 다른 화물 수", "Other shipments of the same order"), Text("나누어 배송", "sent apart"), "split", 0, source=Text("주문", "order")),
    Feature(
        "order_lead_hours_log", "parcel", f"round(ln({floored('(unix_timestamp(parcel_picked_at) - unix_timestamp(order_ordered_at)) / 3600D', '1D')}), 1)",
        Text("주문부터 집하까지 시간(로그)", "Hours from order to pick-up, log"),
        Text("주문 후 집하까지 {shown:,.0f}시간. 출처: 주문, 특송정보", "Picked up {shown:,.0f} hours after the order. Sources: order, courier"),
        checkable=True, shows="(unix_timestamp(parcel_picked_at) - unix_timestamp(order_ordered_at)) / 3600D", group="parcel_steps",
    ),
    Feature(
        "listed_before_arrival_hours", "parcel", "round((unix_timestamp(parcel_arrived_at) - unix_timestamp(list_submitted_at)) / 3600D, 0)",
        Text("목록 제출부터 도착까지 시간", "Hours from list to arrival"),
        Text("통관목록 제출부터 도착까지 {value:,.0f}시간(음수는 도착 후 제출). 통상 사유: 정정 제출", "The list came {value:,.0f} hours before arrival (negative: after). Usual reason: a corrected list"),
        checkable=True, group="parcel_steps",
    ),
    Feature(
        "list_corrections", "parcel", "IF(list_versions < 1, 0D, list_versions - 1)", Text("통관목록 정정 횟수", "Corrections of the list"),
        Text("통관목록 정정 {value:,.0f}회 — 정정 항목 확인 필요. 통상 사유: 기재 오류", "The list was corrected {value:,.0f} times: check what changed. Usual reason: typing errors"),
        checkable=True, group="parcel_steps",
    ),
    log_of("order_usd", "parcel", Text("주문 품목 합계", "Lines ordered"), "order_size", Text("달러", "USD")),
    category("parcel_courier_code", "parcel", Text("특송업체", "Courier")),
    category("parcel_shipper_country", "parcel", Text("송하인 국가", "Country of the shipper")),
    category("order_market_code", "parcel", Text("판매중개자", "Marketplace")),
)  # fmt: skip
