"""Where what shipments share speaks against what each says of itself: codes of many homes, purchases sent in parts, goods for sale."""

from fusion.limits import NEAR_RATIO
from fusion.observers.network import OWN_USE_DAYS, WINDOW_DAYS
from fusion.rules.rule import COUNT, USD, Rule
from lakehouse.text import Text

_IS_LISTED = "declaration_no IS NULL AND list_usd <= list_limit_usd"
_ALIKE = "greatest(shared_id_hs6, shared_home_hs6)"


def _many(name: str, column: str, beside: str, least: int, many: int, ko: str, en: str, usual: Text, strength: float) -> Rule:
    """One value with more of another than people have."""
    return Rule(name, "identity", "courier", "order", where=f"{column} >= {least}", severe=f"{column} >= {many}", mild=f"{column} < {least + 1}",
                left=COUNT.format(f"coalesce({beside}, {column})"), right=COUNT.format(column),
                text=Text(f"{ko}. 최근 {WINDOW_DAYS}일 화물 {{left}}건 기준. 출처: 특송정보, 통관목록, 주문.", f"{en}, over {{left}} shipments in {WINDOW_DAYS} days. Sources: courier, clearance list, order."),
                usual=usual, strength=strength, fact="shared_code")


RULES: tuple[Rule, ...] = (
    _many("phone_many_ids", "shared_phone_ids", "shared_phone_shipments", 5, 8, "동일 연락처로 통관고유부호 {right}개 사용", "{right} customs codes with one phone",
          Text("가족 공동사용, 배송대행지, 공동구매", "A family, a forwarder abroad, buying together"), 0.2),
    _many("id_many_phones", "shared_id_phones", "shared_id_shipments", 4, 6, "동일 통관고유부호에 연락처 {right}개 사용", "{right} phones with one customs code",
          Text("번호 변경, 가족 대리 수령, 직장 연락처", "A new number, relatives who receive it, the office"), 0.4),
    _many("id_many_postcodes", "shared_id_postcodes", "shared_id_shipments", 4, 6, "동일 통관고유부호로 우편번호 {right}곳 수령", "{right} postcodes with one customs code",
          Text("이사, 직장·가족 수령, 등록 주소 20개까지 가능", "Moved house, office or family; up to 20 addresses may be registered"), 0.4),
    Rule("split_purchase", "value", "order", "clearance_list", where=f"purchase_bills >= 2 AND purchase_usd > list_limit_usd AND {_IS_LISTED}",
         severe="purchase_usd > 2 * list_limit_usd AND purchase_bills >= 3", left=USD.format("purchase_usd"), right=USD.format("list_usd"), difference=COUNT.format("purchase_bills"),
         text=Text("같은 판매자·구매일·구매자의 운송장 {difference}건 합계 {left} — 이 건 목록 물품가격 {right}, 목록통관 한도 이하. 합산과세 확인 필요. 출처: 주문, 통관목록.",
                   "{difference} bills of one seller, day of purchase and buyer come to {left}, this one listed at {right}, under the limit: add them up. Sources: order, clearance list."),
         usual=Text("재고 사정에 따른 나누어 배송, 가족 각자 구매", "Sent apart as stock allowed, relatives who buy each for themselves"), strength=0.5, fact="split"),
    Rule("near_limit", "value", "clearance_list", "clearance_list", where=f"shared_near_limit >= 3 AND list_usd >= {NEAR_RATIO} * list_limit_usd AND {_IS_LISTED}",
         severe="shared_near_limit >= 6", mild="shared_near_limit < 4", left=COUNT.format("shared_near_limit"), right=USD.format("list_usd"),
         text=Text(f"동일 부호·주소로 최근 {OWN_USE_DAYS}일 한도 직전 금액 화물 {{left}}건 — 이 건 {{right}}. 실제 금액 확인 필요. 출처: 통관목록.",
                   f"{{left}} shipments just under the limit with one code or address in {OWN_USE_DAYS} days, this one {{right}}: check the price paid. Source: clearance list."),
         usual=Text("한도에 맞춘 정상 구매", "People buy up to the limit"), strength=0.2),
    Rule("own_use_repeat", "packages", "clearance_list", "courier", where=f"{_ALIKE} >= 5", severe=f"{_ALIKE} >= 8", mild=f"{_ALIKE} < 6",
         left=COUNT.format(_ALIKE), right="coalesce(list_hs6, parcel_hs6, hs6, '-')",
         text=Text(f"동일 부호·주소로 최근 {OWN_USE_DAYS}일 세번 {{right}} 화물 {{left}}건 — 자가사용 여부 확인 필요. 출처: 통관목록, 특송정보.",
                   f"{{left}} shipments of HS {{right}} to one code or address in {OWN_USE_DAYS} days: check whether they are for own use. Sources: clearance list, courier."),
         usual=Text("선물, 공동구매, 직장 수령", "Gifts, buying together, colleagues at one office"), strength=0.45),
)
