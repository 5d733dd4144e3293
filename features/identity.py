"""Identity: who bought, who receives, and whether a name is on a watchlist."""

from features.feature import Feature, History
from features.gaps import differs
from features.shares import count_of
from lakehouse.text import Text

_PAIRS = (("customs_id", "order_customs_id", "coalesce(parcel_customs_id, list_customs_id)"), ("phone", "order_phone", "coalesce(parcel_phone, list_phone)"),
          ("postcode", "order_postcode", "coalesce(parcel_postcode, list_postcode)"), ("address", "order_address_key", "coalesce(parcel_address_key, list_address_key)"))  # fmt: skip
_FAMILY = Text("가족·직장 수령, 선물, 이사", "family, office, gifts, moved house")
_COMPARED = " + ".join(f"CAST({bought} IS NOT NULL AND {sent} IS NOT NULL AS INT)" for _, bought, sent in _PAIRS)
_OTHER = " + ".join(f"coalesce(CAST({bought} <> {sent} AS INT), 0)" for _, bought, sent in _PAIRS)
HISTORIES: tuple[History, ...] = ()

FEATURES = (
    Feature(
        "buyer_differences", "identity", f"IF({_COMPARED} > 0, {_OTHER}, NULL)", Text("구매자·수하인 불일치 항목 수", "How much of buyer and consignee differs"),
        Text("구매자와 수하인의 부호·전화·우편번호·주소 {norm:.0f}개 중 {value:.0f}개 불일치. 통상 사유: 가족·직장 수령, 선물, 이사. 출처: 주문, 특송정보",
             "Of {norm:.0f} of code, phone, postcode and address {value:.0f} differ between buyer and consignee. Usual reasons: family, office, gifts, moved "
             "house. Sources: order, courier"),
        monotone=1, checkable=True, norm=_COMPARED, group="buyer", prior=(3.0, 0.8),
    ),
    Feature(
        "buyer_code_alone_differs", "identity",
        "CAST(order_customs_id <> coalesce(parcel_customs_id, list_customs_id) AND order_phone = coalesce(parcel_phone, list_phone) AS INT)",
        Text("같은 전화에 다른 통관고유부호", "Another customs code with the same phone"),
        Text("구매자와 전화는 같고 통관고유부호만 다름 여부 {value:.0f}(1 해당). 통상 사유: 가족 부호 사용. 출처: 주문, 특송정보",
             "The phone of the buyer with another customs code: {value:.0f} (1 yes). Usual reason: the code of a relative. Sources: order, courier"),
        monotone=1, checkable=True, group="buyer", prior=(1.0, 0.6),
    ),
    differs("buyer_address", "identity", "order_address_key <> coalesce(parcel_address_key, list_address_key)", Text("구매자·수하인 주소", "Addresses of buyer and consignee"), _FAMILY, "buyer"),
    differs("seller_name", "identity", "order_seller_key <> list_seller_key", Text("주문·목록 판매자 상호", "Seller by order and list"),
            Text("판매자 상호 표기 차이, 묶음 배송", "spellings, orders put together"), "shop_name"),
    Feature(
        "watch_score", "identity", "round(watch_score, 2)", Text("우려거래자 일치도", "Likeness to a listed name"),
        Text("당사자 이름의 우려거래자 목록 일치도 {value:.2f} — 동일인 확인 필요. 통상 사유: 같은 이름의 다른 업체·사람. 출처: 우려거래자 목록",
             "A name is alike to a listed one, {value:.2f} of 1: check whether it is the same. Usual reason: another of the same name. Source: watchlist"),
        monotone=1, checkable=True, group="watchlist", prior=(0.8, 1.0),
    ),
    count_of("watch_entries", "identity", Text("우려거래자 일치 항목 수", "Listed entries that names may be of"), Text("흔한 이름", "common names"), "watchlist", 0, source=Text("우려거래자 목록", "watchlist")),
    Feature(
        "name_disguised", "identity", "CAST(watch_disguised AS INT)", Text("이름의 유사 문자", "Look-alike letters in a name"),
        Text("이름에 보이지 않거나 비슷한 문자 포함 여부 {value:.0f}(1 해당). 통상 사유: 복사 오류", "A name holds invisible or look-alike letters: {value:.0f} (1 yes). Usual reason: copied text"),
        monotone=1, checkable=True, group="watchlist",
    ),
)  # fmt: skip
