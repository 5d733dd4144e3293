"""Goods: what the words and the tariff line say, and what was found under it."""

from features.codes import category
from features.feature import Feature
from features.rates import violation_rate
from lakehouse.text import Text

_HS6_RATE, _HS6 = violation_rate("hs6", ("hs6",), Text("동일 세번(6단위)", "HS6"), "goods", 20.0)
_HS4_RATE, _HS4 = violation_rate("hs4", ("hs4",), Text("동일 세번(4단위)", "HS4"), "goods", 20.0)
_HS4_ORIGIN_RATE, _HS4_ORIGIN = violation_rate(
    "hs4_origin", ("hs4", "origin_country"), Text("동일 세번(4단위)·원산지", "HS4 and origin"), "goods", 20.0
)
HISTORIES = (*_HS6_RATE, *_HS4_RATE, *_HS4_ORIGIN_RATE)

_GENERIC = (
    "parts", "part", "goods", "general", "cargo", "accessories", "accessory", "items", "item", "articles", "products",
    "sample", "samples", "gift", "gifts", "other", "others", "etc", "misc", "spare", "consolidated", "freight",
    "부품", "부분품", "용품", "물품", "기타", "잡화", "견본", "샘플", "선물", "부속품", "일반화물", "제품", "상품",
)  # fmt: skip
_GENERIC_ARRAY = f"array({', '.join(repr(word) for word in _GENERIC)})"


def words_of(column: str) -> str:
    """Spark SQL of the distinct words of a text: lower case, letters and digits, two characters or more."""
    plain = f"lower(regexp_replace({column}, '[^0-9A-Za-z가-힣]+', ' '))"
    return f"array_distinct(filter(split({plain}, ' '), word -> length(word) > 1))"


# A Korean and an English description share no word and still agree.
_SAME_SCRIPT = "(goods_text RLIKE '[가-힣]') = (cargo_goods_text RLIKE '[가-힣]')"
_DECLARED, _CARGO = words_of("goods_text"), words_of("cargo_goods_text")
_SHARED = f"size(array_intersect({_DECLARED}, {_CARGO}))"


def _by_words(side: str, level: str, name: str, words: Text, code: Text, prior: tuple[float, float] | None) -> Feature:
    """The probability that a side's words mean the code declared, by what such words were declared under."""
    return Feature(
        name, "goods", f"{side}_{level}_share",
        Text(f"{words.ko}이 신고 {code.ko}를 뜻할 확률", f"Probability that the {words.en} means the declared {code.en}"),
        Text(f"{words.ko}이 신고 {code.ko}로 신고되어 온 정도 {{value:.0%}}. 통상 사유: 새 품목, 세트 물품, 번역",
             f"{words.en.capitalize()}: such words were declared under this {code.en} with a probability of {{value:.0%}}. Usual reasons: new goods, sets, translation"),
        monotone=-1, checkable=True, group="words", prior=prior,
    )  # fmt: skip


FEATURES = (
    _HS6, _HS4, _HS4_ORIGIN,
    Feature(
        "goods_text_length", "goods", "length(trim(goods_text))",
        Text("품명 길이", "Length of the description"),
        Text("신고 품명 {value:,.0f}자 — 품명의 구체성 확인 필요",
             "The declared description has {value:,.0f} characters: check how specific it is"),
        checkable=True, group="description",
    ),
    Feature(
        "goods_text_word_count", "goods", f"size({_DECLARED})",
        Text("품명 단어 수", "Words in the description"),
        Text("신고 품명 단어 {value:,.0f}개 — 품명의 구체성 확인 필요",
             "The declared description has {value:,.0f} words: check how specific it is"),
        checkable=True, group="description",
    ),
    Feature(
        "goods_text_generic_share", "goods",
        f"round(try_divide(size(array_intersect({_DECLARED}, {_GENERIC_ARRAY})), size({_DECLARED})), 2)",
        Text("품명 중 일반어 비중", "Share of general words in the description"),
        Text("신고 품명 중 일반어(부품·용품 등) 비중 {value:.0%} — 구체 품명 확인 필요",
             "General words such as parts or goods are {value:.0%} of the description: check the goods"),
        checkable=True, group="description",
    ),
    Feature(
        "goods_text_overlap", "goods",
        f"CASE WHEN {_SAME_SCRIPT} THEN round(try_divide({_SHARED}, least(size({_DECLARED}), size({_CARGO}))), 2) END",
        Text("신고 품명과 적하목록 품명의 일치도", "Agreement of the description with the manifest"),
        Text("신고 품명과 적하목록 품명의 공통 단어 {shown:,.0f}개, 일치도 {value:.0%}. 통상 사유: 번역, 세트 물품",
             "Description and manifest share {shown:,.0f} words, agreement {value:.0%}. Usual reasons: translation, sets"),
        monotone=-1, checkable=True, shows=_SHARED, group="words", prior=(0.0, 0.8),
    ),
    Feature(
        "goods_text_overlap_any", "goods", f"CASE WHEN {_SAME_SCRIPT} THEN CAST({_SHARED} > 0 AS INT) END",
        Text("신고 품명과 적하목록 품명의 공통 단어 유무", "Whether description and manifest share a word"),
        Text("신고 품명과 적하목록 품명의 공통 단어 {shown:,.0f}개. 통상 사유: 번역, 세트 물품",
             "Description and manifest share {shown:,.0f} words. Usual reasons: translation, sets"),
        checkable=True, shows=_SHARED, group="words",
    ),
    *(_by_words(*side) for side in (
        ("declared", "heading", "goods_text_heading_share", Text("신고 품명", "declared description"), Text("세번 4단위", "HS heading"), (0.02, 0.8)),
        ("declared", "line", "goods_text_line_share", Text("신고 품명", "declared description"), Text("세번 6단위", "HS subheading"), None),
        ("papers", "heading", "transport_words_heading_share", Text("운송서류 품명", "description in the transport papers"), Text("세번 4단위", "HS heading"), (0.02, 1.2)),
        ("papers", "line", "transport_words_line_share", Text("운송서류 품명", "description in the transport papers"), Text("세번 6단위", "HS subheading"), None),
        ("ordered", "heading", "order_title_heading_share", Text("주문 상품명", "title ordered"), Text("세번 4단위", "HS heading"), (0.02, 0.6)))),
    Feature(
        "item_count", "goods", "item_count",
        Text("란 수", "Goods items"),
        Text("신고 란 수 {value:,.0f}란 — 란별 검사 대상 확인 필요",
             "The declaration has {value:,.0f} goods items: check which to look at"),
        checkable=True,
    ),
    Feature(
        "hs6_declarations", "goods", "round(ln(1 + hs6_past), 1)",
        Text("동일 세번 신고 건수(로그)", "Declarations of the same HS6, log"),
        Text("동일 세번 최근 12개월 신고 {shown:,.0f}건 — 드문 세번 여부의 참고",
             "{shown:,.0f} declarations of the same HS6 in 12 months: how usual the tariff line is"),
        shows="hs6_past",
    ),
    category("hs2", "goods", Text("세번부호 2단위", "HS chapter")),
)  # fmt: skip
