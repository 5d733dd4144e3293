"""Network: what a shipment's codes, phones, homes, sellers and purchases share with others."""

from features.feature import Feature, History
from features.shares import count_of, log_of
from lakehouse.text import Text

_FAMILY = Text("가족 공동사용, 직장 수령, 배송대행지", "a family, an office, a forwarder abroad")
_MOVED = Text("이사, 직장·가족 수령, 번호 변경", "moved house, office or family, a new number")
_GIFTS = Text("선물, 공동구매, 직장 수령", "gifts, buying together, an office")
_FOUND = Text("검사결과, 특송정보", "outcomes, courier")
# As if so many inspections of the seller had found what inspections find of anybody: a count of few says little.
_SOME, _USUAL = 10, 0.5
HISTORIES: tuple[History, ...] = ()

FEATURES = (
    count_of("shared_phone_ids", "network", Text("같은 전화의 최근 90일 통관고유부호 수", "Customs codes with the same phone in 90 days"), _FAMILY, "shared_phone", 1, (5.0, 0.8)),
    log_of("shared_phone_shipments", "network", Text("같은 전화의 최근 90일 화물", "Same phone in 90 days"), "shared_phone"),
    count_of("shared_id_phones", "network", Text("같은 통관고유부호의 최근 90일 전화 수", "Phones with the same customs code in 90 days"), _MOVED, "shared_code", 1, (4.0, 1.2)),
    count_of("shared_id_postcodes", "network", Text("같은 통관고유부호의 최근 90일 우편번호 수", "Postcodes with the same customs code in 90 days"), _MOVED, "shared_code", 1, (4.0, 1.2)),
    log_of("shared_id_shipments", "network", Text("같은 통관고유부호의 최근 90일 화물", "Same customs code in 90 days"), "shared_code"),
    count_of("shared_home_ids", "network", Text("같은 주소의 최근 90일 통관고유부호 수", "Customs codes at the same address in 90 days"), _FAMILY, "shared_home"),
    log_of("shared_home_shipments", "network", Text("같은 주소의 최근 90일 화물", "Same address in 90 days"), "shared_home"),
    *(count_of(f"shared_{name}_hs{digits}", "network", Text(f"{ko}·세번 {digits}단위 최근 30일 화물 수", f"Shipments of one {en} and HS{digits} in 30 days"), _GIFTS, "own_use", 1, prior)
      for name, ko, en, digits, prior in (("id", "같은 통관고유부호", "customs code", 6, (5.0, 1.3)), ("id", "같은 통관고유부호", "customs code", 4, None),
                                          ("home", "같은 주소", "address", 6, (5.0, 1.0)), ("home", "같은 주소", "address", 4, None))),
    count_of("shared_near_limit", "network", Text("같은 부호·주소의 최근 30일 한도 직전 화물 수", "Shipments of one code or address just under the limit in 30 days"),
             Text("한도에 맞춘 정상 구매", "people buy up to the limit"), "limit", 1, (3.0, 0.6)),
    count_of("purchase_bills", "network", Text("같은 판매자·구매일·구매자의 운송장 수", "Bills of one seller, day of purchase and buyer"), Text("나누어 배송", "sent apart"), "split", 1),
    Feature(
        "purchase_limit_share", "network", "IF(declaration_no IS NULL AND purchase_bills > 1, round(try_divide(purchase_usd, list_limit_usd), 2), NULL)",
        Text("목록통관 한도 대비 같은 구매의 합계", "One purchase in several bills against the limit"),
        Text("같은 판매자·구매일·구매자의 합계 {shown:,.2f}달러 — 목록통관 한도 {norm:,.0f}달러의 {value:.0%}. 통상 사유: 나누어 배송. 출처: 주문, 통관목록",
             "One seller, day of purchase and buyer come to {shown:,.2f} USD: {value:.0%} of the limit of {norm:,.0f} USD. Usual reason: sent apart. Sources: order, "
             "clearance list"),
        monotone=1, checkable=True, shows="purchase_usd", norm="list_limit_usd", group="split", prior=(1.0, 1.5),
    ),
    count_of("shared_violations", "network", Text("같은 연락처 화물의 과거 적발 건수", "Shipments with the same contacts found in violation"), _FAMILY, "shared_record", 1, (1.0, 1.2), _FOUND),
    Feature(
        "shop_violation_rate", "network", f"round((shop_violations + {_USUAL}) / (shop_inspections + {_SOME}), 3)", Text("같은 판매자의 과거 적발률(보정)", "Past violation rate of the seller, adjusted"),
        Text("같은 판매자 화물의 과거 검사 {norm:,.0f}건 중 적발 {shown:,.0f}건(최근 12개월). 통상 사유: 위탁 판매. 출처: 검사결과, 특송정보",
             "Of {norm:,.0f} inspected shipments of the seller in 12 months {shown:,.0f} were in violation. Usual reason: sold for others. Sources: outcomes, courier"),
        monotone=1, checkable=True, shows="shop_violations", norm="shop_inspections", group="shop_record",
    ),
    count_of("shared_crowded", "network", Text("많은 화물이 함께 쓰는 연락처 수", "Contacts that very many share"), Text("배송대행지, 특송업체 대표번호", "a forwarder abroad, the courier's own phone"), "crowded", 0),
)  # fmt: skip
