"""Where it is not clear who a parcel is for: buyer beside consignee, codes beside phones and homes, names beside watchlists."""

from fusion.rules.rule import Rule
from lakehouse.text import Text

_IS_HOME = "(coalesce(order_phone = parcel_phone, false) OR coalesce(order_address_key = parcel_address_key, false) OR coalesce(order_postcode = parcel_postcode, false))"
# Who is told at the courier, on the list where the courier leaves it out, on the declaration where both do.
_CODES = (
    ("courier", "parcel_customs_id", Text("특송", "courier")),
    ("clearance_list", "CASE WHEN parcel_customs_id IS NULL THEN list_customs_id END", Text("목록", "clearance list")),
    ("declaration", "CASE WHEN coalesce(parcel_customs_id, list_customs_id) IS NULL THEN importer_id END", Text("수입신고", "declaration")),
)
_PHONES = (("courier", "parcel_phone", Text("특송", "courier")), ("clearance_list", "CASE WHEN parcel_phone IS NULL THEN list_phone END", Text("목록", "clearance list")))
_POSTCODES = (("courier", "parcel_postcode", Text("특송", "courier")), ("clearance_list", "CASE WHEN parcel_postcode IS NULL THEN list_postcode END", Text("목록", "clearance list")))
_FAMILY = Text("가족·직장 수령, 선물, 이사, 등록 주소 20개까지 가능", "Family, office, gifts, moved house; up to 20 addresses may be registered")
_WATCHED = ("declaration", "manifest", "air_waybill", "courier", "clearance_list", "order", "cargo_progress", "carrier_event", "terminal_event")


def _buyer(name: str, bought: str, feed: str, sent: str, what: Text, source: Text, strength: float) -> Rule:
    """The buyer of the order beside who is to receive the parcel."""
    is_code = name == "customs_id"
    return Rule(
        f"buyer_{name}_{feed}", "identity", "order", feed, where=f"kind = 'parcel' AND {bought} <> ({sent})",
        severe=f"NOT {_IS_HOME} AND order_phone <> parcel_phone" if is_code else "false", mild=_IS_HOME if is_code else "true",
        left=bought, right=f"({sent})",
        text=Text(f"구매자 {what.ko} {{left}} — {source.ko} 수하인 {what.ko} {{right}} 불일치. 통상 같음. 출처: 주문, {source.ko}.",
                  f"{what.en} of the buyer {{left}}, of the consignee {{right}}; usually the same. Sources: order, {source.en}."),
        usual=_FAMILY, strength=strength, fact="buyer")


def _codes_differ(feed: str, code: str, ko: str, en: str) -> Rule:
    return Rule(
        f"consignee_customs_id_{feed}", "identity", "courier", feed, where=f"kind = 'parcel' AND parcel_customs_id <> {code}", severe="parcel_phone <> list_phone", left="parcel_customs_id", right=code,
        text=Text(f"특송 수하인 통관고유부호 {{left}} — {ko} {{right}} 불일치. 통상 같음. 출처: 특송정보, {ko}.",
                  f"Customs code of the consignee at the courier {{left}}, on the {en} {{right}}; usually the same. Sources: courier, {en}."),
        usual=Text("대리 신고, 부호 정정, 가족 부호 사용", "Declared by another, a code corrected, the code of a relative"), strength=0.3, fact="consignee")


def _watched(feed: str) -> Rule:
    return Rule(
        f"watchlist_{feed}", "identity", feed, "watchlist", where=f"watch_feed = '{feed}' AND watch_score IS NOT NULL", severe="watch_score >= 0.95 OR watch_disguised", mild="watch_score < 0.85",
        left="watch_role", right="concat(watch_list, ' ', watch_entry)", difference="format_number(watch_score, 2)",
        text=Text("당사자({left}) 이름 — 우려거래자 목록 {right}과(와) 일치도 {difference}. 동일인 확인 필요. 출처: 우려거래자 목록.",
                  "The name of the {left} is alike to {right} of a watchlist, {difference} of 1: check whether it is the same. Source: watchlist."),
        usual=Text("같은 이름의 다른 사람·업체, 이미 해제된 항목", "Another of the same name, an entry lifted since"), strength=0.3, fact="watchlist")


RULES: tuple[Rule, ...] = (
    *(_buyer("customs_id", "order_customs_id", feed, code, Text("통관고유부호", "Customs code"), source, 0.15) for feed, code, source in _CODES),
    *(_buyer("phone", "order_phone", feed, phone, Text("전화", "Phone"), source, 0.08) for feed, phone, source in _PHONES),
    *(_buyer("postcode", "order_postcode", feed, code, Text("우편번호", "Postcode"), source, 0.06) for feed, code, source in _POSTCODES),
    _codes_differ("clearance_list", "CASE WHEN declaration_no IS NULL THEN list_customs_id END", "통관목록", "clearance list"),
    _codes_differ("declaration", "CASE WHEN declaration_no IS NOT NULL THEN importer_id END", "수입신고", "declaration"),
    *(_watched(feed) for feed in _WATCHED),
)
