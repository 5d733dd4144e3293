"""Tables of the linkage of parties. What names people stays in the controlled silver layer; keys and values elsewhere are hashes."""

from fusion.tables import FEED_NAME, KNOWN_AT, RECORD_KEY
from lakehouse.field import Field, fields
from lakehouse.table import Table
from lakehouse.text import Text


def _s(name: str, ko: str, en: str) -> Field:
    return Field(name, "string", Text(ko, en))


def _n(name: str, ko: str, en: str) -> Field:
    return Field(name, "long", Text(ko, en))


TEXT_ID = _n("text_id", "표기 번호", "Number of what records say of a party, from all they say")
GENERATION = _n("generation", "세대", "Generation of parameters and frequencies")
PARTY_ID = _s("party_id", "당사자 식별자", "Party, an opaque id")
PARTY_TEXT = Table(
    "silver", "party_text", Text("당사자 표기", "What records say of parties, each different text once, in the form it is compared in"),
    fields(TEXT_ID, _s("kind", "구분", "party or vessel"), _s("name", "이름", "Name that is meant"), _s("words", "이름의 낱말", "Words of the name in Latin letters, sorted, legal forms aside"),
           _s("compact", "붙여 쓴 이름", "The words run together as they stand"), _s("bones", "이름의 골격", "Skeletons of the words, sorted"),
           _s("letters", "이름의 자음", "Consonants of the name, sorted"), _s("digits", "이름의 숫자", "Digits of the name"),
           _s("customs_id", "통관고유부호", "Customs code of a firm, a person (a stand-in) or a vessel's IMO number"), _s("business_no", "사업자등록번호", "Business number"),
           _s("code", "그 밖의 부호", "Any other identifier"), _s("phone", "전화", "Phone, a stand-in, or its digits"), _s("place", "주소", "Address in one form"),
           _s("postcode", "우편번호", "Postcode"), _s("country", "국가", "Country"),
           Field("is_disguised", "boolean", Text("위장 문자", "The name holds invisible or look-alike letters")), KNOWN_AT),
)
PARTY_KEY = Table(
    "gold", "party_key", Text("당사자 후보 키", "Hashed blocking keys of texts: texts that share one are compared"),
    fields(_n("key", "키", "Hash of rule and value"), TEXT_ID, _s("rule", "규칙", "Blocking rule"), KNOWN_AT),
)
PARTY_MEMBER = Table(
    "gold", "party_member", Text("당사자 구성", "Which text belongs to which party, and what it rests on"),
    fields(TEXT_ID, PARTY_ID, GENERATION, _n("matched_with", "일치 표기", "Text it was found most alike to; empty: it founded its party or shares an identifier"),
           Field("weight", "double", Text("일치 가중치", "Match weight, log2 of the odds")), _n("customs_key", "통관고유부호 해시", "Hash of the customs code"),
           _n("business_key", "사업자등록번호 해시", "Hash of the business number"), _n("code_key", "부호 해시", "Hash of the other identifier"), KNOWN_AT),
    key=("text_id",), newest=("known_at", "generation"),
)
PARTY_REDIRECT = Table(
    "gold", "party_redirect", Text("당사자 병합", "Parties that became one: where an id leads to now"),
    fields(PARTY_ID, _s("into_party_id", "병합 후 식별자", "Party it is part of now"), _s("reason", "사유", "merged, or relinked"), GENERATION, KNOWN_AT),
    key=("party_id",), newest=("known_at", "generation"),
)
PARTY_GENERATION = Table(
    "gold", "party_generation", Text("당사자 연결 세대", "Parameters and thresholds of the linkage, frozen for a generation"),
    fields(GENERATION, _s("origin", "출처", "shipped, estimated or relinked"), _s("parameters", "매개변수", "Settings of the Splink model, JSON"),
           Field("link_weight", "double", Text("연결 기준", "Match weight from which texts are one party")),
           Field("merge_weight", "double", Text("병합 기준", "Match weight from which parties become one")),
           _n("texts", "표기 수", "Texts it was estimated on"), KNOWN_AT),
    key=("generation",), newest=("known_at",),
)
PARTY_FREQUENCY = Table(
    "gold", "party_frequency", Text("값의 빈도", "How common names are, frozen for a generation"),
    fields(GENERATION, _s("part", "항목", "Part of the text the value is of"), _n("value", "값 해시", "Hash of the value"),
           Field("frequency", "double", Text("빈도", "Share of the texts that have it")), KNOWN_AT),
)
PARTY_CUT = Table(
    "gold", "party_cut", Text("당사자 분리", "Mentions that an analyst cut from a party"),
    fields(FEED_NAME, RECORD_KEY, _s("role", "역할", "Role"), PARTY_ID, TEXT_ID, Field("is_restored", "boolean", Text("분리 취소", "Taken back")),
           _s("reason", "사유", "Reason"), _s("who", "처리자", "Who cut it"), KNOWN_AT),
    key=("feed", "record_key", "role", "party_id"), newest=("known_at",),
)
TABLES = (PARTY_TEXT, PARTY_KEY, PARTY_MEMBER, PARTY_REDIRECT, PARTY_GENERATION, PARTY_FREQUENCY, PARTY_CUT)
