"""Gold tables that the fusion writes."""

from fusion.described import DECLARED
from lakehouse.field import Field, fields
from lakehouse.table import Table
from lakehouse.text import Text

SHIPMENT_ID = Field("shipment_id", "string", Text("화물 식별자", "Shipment, an opaque id"))
KNOWN_AT = Field("known_at", "timestamp", Text("인지 시각", "When Haechi had it"))
FEED_NAME = Field("feed", "string", Text("자료원", "Feed"))
RECORD_KEY = Field("record_key", "string", Text("레코드 키", "Key of the record"))


def _s(name: str, ko: str, en: str) -> Field:
    return Field(name, "string", Text(ko, en))


def _t(name: str, ko: str, en: str) -> Field:
    return Field(name, "timestamp", Text(ko, en))


def _list(name: str, ko: str, en: str) -> Field:
    return Field(name, "array<string>", Text(ko, en))


_OWNED = (_s("owner_kind", "대상 구분", "What it is: cargo, declaration, parcel, container, master, order, buyer, bag, traveller"), _s("owner_id", "대상 번호", "Its number; of a cargo its opaque id"))
_SEEN_ON = Field("seen_on", "date", Text("번호가 쓰인 날", "Day around which the number holds: numbers come back"))
_BILL = _s("bill", "M B/L", "Master bill named beside it, which keeps trips of one container apart")
_MATCHED = (_s("matched_on", "연결 근거", "Kind of number that it rests on"), Field("confidence", "double", Text("확신도", "Confidence, 0 to 1")))
CONSIGNMENT_NUMBER = Table(
    "gold", "consignment_number", Text("화물을 가리키는 번호", "Numbers that a consignment goes by"),
    fields(_s("cargo_id", "화물 식별자", "Consignment, an opaque id; its first shipment has the same"), _s("kind", "번호 종류", "cargo, house or tracking"),
           _s("value", "번호", "Number in one form"), _s("master", "M B/L", "Master bill named beside a house bill"), _SEEN_ON, KNOWN_AT),
)
LINK = Table(
    "gold", "link", Text("레코드와 대상의 연결", "What each record is about, and why"),
    fields(*_OWNED, FEED_NAME, RECORD_KEY, _SEEN_ON, _BILL, KNOWN_AT, *_MATCHED,
           _s("conflict", "상충", "What speaks against it: several_cargo_numbers, shared_by_many")),
)
RELATION = Table(
    "gold", "relation", Text("화물이 함께 가는 대상", "What a shipment or consignment goes with: its declaration, cargo, containers, master bill, orders"),
    fields(_s("holder_id", "화물 식별자", "Shipment or consignment, an opaque id"), *_OWNED, _SEEN_ON, _BILL,
           Field("is_house", "boolean", Text("하우스 여부", "The master bill has houses, of which this is one")), FEED_NAME, KNOWN_AT),
)
REDIRECT = Table(
    "gold", "shipment_redirect", Text("합쳐진 화물", "Shipments that turned out to be others"),
    fields(SHIPMENT_ID, _s("merged_into", "합쳐진 화물 식별자", "Shipment it was merged into"), KNOWN_AT),
)
LINK_CUT = Table(
    "gold", "link_cut", Text("끊은 연결", "Links that an analyst cut, and why"),
    fields(*_OWNED, FEED_NAME, RECORD_KEY, _s("reason", "사유", "Reason"), _s("cut_by", "처리자", "Who cut it"),
           Field("is_withdrawn", "boolean", Text("취소 여부", "Taken back")), KNOWN_AT),
    key=("owner_kind", "owner_id", "feed", "record_key"), newest=("known_at",),
)
SHIPMENT = Table(
    "gold", "shipment", Text("화물(세관이 결정하는 단위)", "Shipments, the unit that customs decides on"),
    fields(SHIPMENT_ID,
           _s("kind", "종류", "cargo, parcel, baggage or container"),
           _s("stage", "단계", "ordered, manifest, listed, declared or released"),
           _s("office_code", "세관", "Office, 3 digits"),
           _s("declaration_no", "신고번호", "Declaration number"),
           _list("declaration_nos", "같은 화물의 신고번호", "Declaration numbers of the same cargo"),
           _s("list_no", "통관목록번호", "Clearance list number"),
           _s("cargo_control_no", "화물관리번호", "Cargo control number"),
           _s("master_bl", "M B/L", "Master bill or MAWB"),
           _s("house_bl", "H B/L", "House bill or HAWB"),
           _list("container_nos", "컨테이너 번호", "Container numbers"),
           _s("tracking_no", "운송장번호", "Tracking number"),
           _list("order_nos", "주문번호", "Order numbers"),
           _s("bag_tag", "수하물 번호", "Bag tag"),
           _t("first_known_at", "최초 인지 시각", "When first known"),
           _t("arrived_at", "입항 시각", "When it arrived"),
           _t("decided_at", "결정 시각", "When customs decided"),
           _t("released_at", "수리·반출 시각", "When it was released"),
           _t("release_known_at", "수리 인지 시각", "When the release was known"),
           _t("held_at", "보류·보완·검사 지정 시각", "When customs first held or picked it"),
           _t("last_fact_at", "최근 사실 시각", "When the last fact was known"),
           Field("is_bound_for_korea", "boolean", Text("한국행", "Bound for Korea")),
           Field("is_superseded", "boolean", Text("대체 여부", "Merged, or taken over by shipments known in more detail: no longer a shipment")),
           KNOWN_AT),
    key=("shipment_id",), newest=("known_at",), gone="is_superseded",
)
EVENT = Table(
    "gold", "event", Text("사실 연대기", "Timeline of facts over all feeds"),
    fields(_s("event_id", "사실 식별자", "Event, an opaque id"), SHIPMENT_ID,
           _t("event_at", "발생 시각", "When it happened"), KNOWN_AT, FEED_NAME, RECORD_KEY,
           _s("type", "종류", "Kind of event"), _s("place", "장소", "Place, as coded by the sender"),
           _s("text_ko", "내용(한국어)", "What happened, Korean"), _s("text_en", "내용(영어)", "What happened, English")),
    unhashed=("event_id", "shipment_id"),
)
PARTY_MENTION = Table(
    "gold", "party_mention", Text("당사자 언급", "Parties as records name them"),
    fields(FEED_NAME, RECORD_KEY, _s("role", "역할", "Role"), _s("name", "이름", "Name as sent"),
           _s("identifier", "부호", "Identifier as sent"), _s("party_id", "당사자 식별자", "Party, an opaque id"), KNOWN_AT,
           _s("address", "주소", "Address as sent"), _s("postcode", "우편번호", "Postcode as sent"), _s("phone", "전화(가명)", "Phone as sent, a stand-in"),
           _s("country", "국가", "Country as sent"), Field("is_disguised", "boolean", Text("위장 문자", "The name holds invisible or look-alike letters")),
           Field("text_id", "long", Text("표기 번호", "What the record says of the party, in silver.party_text")),
           _t("issued_at", "문서 발행 시각", "When the sender issued the record"), _t("linked_at", "연결 시각", "Run that gave it its party")),
    key=("feed", "record_key", "role"), newest=("issued_at", "known_at", "linked_at", "name"),
)
PARTY = Table(
    "gold", "party", Text("당사자", "Parties"),
    fields(_s("party_id", "당사자 식별자", "Party, an opaque id"), _s("name", "대표 이름", "Name, the first seen"),
           _s("identifier", "부호", "Identifier, where one is known"), KNOWN_AT),
    key=("party_id",), newest=("known_at",),
)
CONTRADICTION = Table(
    "gold", "contradiction", Text("불일치", "Where two sources disagree"),
    fields(SHIPMENT_ID, _s("type", "종류", "Kind of contradiction"), _s("rule", "규칙", "Rule that found it"),
           _s("severity", "심각도", "low, medium or high"),
           _s("left_feed", "자료원 1", "First source"), _s("left_value", "값 1", "Value in the first source"),
           _s("right_feed", "자료원 2", "Second source"), _s("right_value", "값 2", "Value in the second source"), KNOWN_AT,
           _s("text_ko", "설명(한국어)", "Sentence, Korean"), _s("text_en", "설명(영어)", "Sentence, English"),
           _s("usual_ko", "통상 사유(한국어)", "Honest explanation, Korean"),
           _s("usual_en", "통상 사유(영어)", "Honest explanation, English")),
    key=("shipment_id", "rule"), newest=("known_at",),
)
LABEL = Table(
    "gold", "label", Text("검사로 확인된 사실", "What inspections found"),
    fields(SHIPMENT_ID, KNOWN_AT, _t("inspected_at", "검사 시각", "When inspected"),
           Field("illicit", "boolean", Text("적발 여부", "Whether a violation was found")),
           _s("severity", "심각도", "minor, major or critical"),
           Field("revenue_krw", "double", Text("추징세액(원)", "Additional duty, KRW")),
           _s("selected_by", "선별 주체", "What had selected it"), _s("outcome_id", "검사결과번호", "Outcome number")),
    key=("shipment_id",), newest=("inspected_at", "known_at", "outcome_id"),
)
_BESIDE = tuple(Field(name, kind, text) for name, kind, text in (
    ("customs_id", "string", Text("함께 적힌 통관고유부호(가명)", "Customs code named beside it, a stand-in")),
    ("phone", "string", Text("함께 적힌 전화(가명)", "Phone named beside it, a stand-in")),
    ("postcode", "string", Text("함께 적힌 우편번호", "Postcode named beside it")),
    ("hs6", "string", Text("함께 적힌 세번 6단위", "HS subheading named beside it")),
    ("usd", "double", Text("함께 적힌 금액(미화)", "Value named beside it, USD"))))
CONTACT = Table(
    "gold", "contact", Text("화물의 연락처·판매자·구매", "What shipments share: phones, codes, addresses, sellers, purchases"),
    fields(SHIPMENT_ID, _s("kind", "종류", "phone, customs_id, address, seller, purchase or traveller"),
           _s("value", "값", "In one form; personal ones are stand-ins, addresses and purchases hashes"),
           _s("role", "역할", "Whose it is: consignee, buyer, shipper, seller, importer, payer, supplier, traveller"), FEED_NAME, RECORD_KEY,
           Field("seen_on", "date", Text("쓰인 날", "Day on which it was used")), *_BESIDE, KNOWN_AT),
)
DECLARATION_FACT = Table(
    "gold", "declaration_fact", Text("신고 당시의 사실", "Each declaration as first known, the ground of history features"),
    fields(SHIPMENT_ID, KNOWN_AT, *DECLARED),
)
GOODS_WORD = Table(
    "gold", "goods_word", Text("품명 낱말과 신고 세번", "Words of descriptions, by the week and tariff line they were declared under"),
    fields(Field("week_on", "date", Text("주(월요일)", "Monday of the week")), _s("word", "낱말", "Word, pair of words or of syllables; empty for all items"),
           _s("hs6", "세번부호 6단위", "HS subheading declared"), Field("items", "long", Text("란 수", "Goods items")), KNOWN_AT),
)
_ALIKE = (
    Field("score", "double", Text("이름 일치도", "How alike the names are, 0 to 1")),
    Field("letters", "double", Text("글자 일치도", "Letters, sounds and skeletons in common, 0 to 1")),
    Field("found", "double", Text("낱말 일치율", "Share of the name's words found in the listed one, rare ones weighing more")),
    Field("covered", "double", Text("목록 낱말 일치율", "Share of the listed name's words found in the name")),
    Field("is_disguised", "boolean", Text("위장 문자", "The name holds invisible or look-alike letters")),
)
_ENTRY = (_s("list", "목록", "List: OFAC, UN, LOCAL"), _s("entry_id", "항목번호", "Number of the entry"))
_LISTED = (_s("entry_hash", "항목 내용 해시", "Content hash of the listed row it was alike to, in silver.watchlist"),)
WATCHLIST_NAME = Table(
    "gold", "watchlist_name", Text("조회한 이름", "Names that were held against the watchlists, with the entries they may be"),
    fields(_s("name_hash", "이름 해시", "SHA-256 of the name as sent: names themselves stand where access is controlled"), Field("is_vessel", "boolean", Text("선박 이름", "Name of a vessel")), *_ENTRY, *_LISTED, *_ALIKE, KNOWN_AT),
)
WATCHLIST_HIT = Table(
    "gold", "watchlist_hit", Text("우려거래자 일치", "Mentions that may be of listed parties or vessels"),
    fields(*_ENTRY, FEED_NAME, RECORD_KEY, _s("role", "역할", "Role"), _s("party_id", "당사자 식별자", "Party, an opaque id"),
           _s("status", "상태", "open or cleared"), *_LISTED, *_ALIKE, KNOWN_AT),
    key=("list", "entry_id", "feed", "record_key", "role"), newest=("known_at", "status"),
)
WATCHLIST_CLEARANCE = Table(
    "gold", "watchlist_clearance", Text("일치 해제", "Hits that an analyst cleared, until when and why"),
    fields(*_ENTRY, _s("party_id", "당사자 식별자", "Party, an opaque id"), _s("entry_hash", "항목 내용 해시", "Hash of the entry as it was"),
           Field("until", "date", Text("해제 만료일", "Last day it holds; empty: until the entry changes")),
           Field("is_withdrawn", "boolean", Text("해제 취소", "Taken back")), _s("reason", "사유", "Reason"), _s("cleared_by", "처리자", "Who cleared it"), KNOWN_AT),
    key=("list", "entry_id", "party_id", "entry_hash"), newest=("known_at",),
)
TABLES = (CONSIGNMENT_NUMBER, LINK, RELATION, REDIRECT, LINK_CUT, SHIPMENT, EVENT, PARTY_MENTION, PARTY, CONTRADICTION, LABEL, CONTACT, DECLARATION_FACT, GOODS_WORD, WATCHLIST_NAME, WATCHLIST_HIT, WATCHLIST_CLEARANCE)
