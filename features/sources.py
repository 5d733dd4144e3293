"""Where a feature's facts come from, read off its formulas: the feeds, and how far back each is looked at."""

from functools import cache

from features.catalogue import HISTORIES, names_in
from features.feature import Feature, History, Theme
from feeds.registry import BY_NAME as FEEDS
from fusion.derived import DERIVED
from fusion.described import DECLARED, OBSERVED
from fusion.observers import OBSERVERS
from fusion.observers.standing import STANDING
from fusion.rules import RULES
from lakehouse.text import Text

# In an officer's words, shorter than the feeds' own; a feed without one is told by its own.
_NAMES = {"declaration": Text("수입신고", "declaration"), "cargo_progress": Text("화물진행정보", "cargo progress"),
          "outcome": Text("검사결과", "outcomes")}
_YEAR = 365
_HISTORIES = {history.name: history for history in HISTORIES}
_DECLARED = frozenset(field.name for field in DECLARED)
_DERIVED = frozenset(derived.field.name for derived in DERIVED)
_RULES = {f"contradiction_{rule.name}": (rule.left_feed, rule.right_feed) for rule in RULES}
# No fact of a feed: what sort of shipment it is.
_NO_FACTS = frozenset(("kind",))
_FACTS = {"declarations": "declaration", "outcomes": "outcome"}
# Why honest traders show the same, where the sentence itself does not say.
USUAL: dict[Theme, Text] = {
    "value": Text("계약·계절·등급 차이", "contract, season, grade"),
    "weight": Text("포장·팔레트, 단수 처리", "packing, pallets, rounding"),
    "route": Text("환적항 경유, 중계무역", "transhipment at a hub, triangular trade"),
    "goods": Text("번역, 세트 물품, 통칭 사용", "translation, sets, trade names"),
    "party": Text("신규 사업자, 거래선 확대", "a start-up, a growing trade"),
    "documents": Text("단순 기재 정정, 거래 관행", "typing errors, trade practice"),
    "timing": Text("보세구역 보관, 서류 준비", "bonded storage, papers not ready"),
    "container": Text("적입 변경, 분할 선적", "a change of stuffing, split loading"),
    "tax": Text("감면, 란별 세율", "relief, rates by item"),
    "contradiction": Text("기재 단위 차이, 반올림", "other units, rounding"),
    "parcel": Text("쿠폰, 환불, 나누어 배송", "coupons, refunds, sent apart"),
    "identity": Text("가족·직장 수령, 선물, 이사", "family, office, gifts, moved house"),
    "screening": Text("형상이 비슷한 일반 물품", "everyday goods of a like shape"),
    "baggage": Text("선물, 오래 쓴 소지품", "gifts, worn belongings"),
    "network": Text("가족·직장 공동사용, 배송대행지", "a family, an office, a forwarder abroad"),
}

_CODE = Text("같은 부호의 정상 화물 다수", "most shipments under the same code are in order")
_RECORD = Text("과거 기록이며 이번 화물의 사실이 아님", "a past record, which is no fact of this shipment")


def usual_of(feature: Feature) -> Text:
    """Why honest traders show the same."""
    if feature.type == "category":
        return _CODE
    looks_back = (_HISTORIES[name] for name in names_in(feature.sql) & set(_HISTORIES))
    return _RECORD if any(history.source == "outcomes" for history in looks_back) else USUAL[feature.theme]


@cache
def sources_of(feature: Feature) -> Text | None:
    """The sources as reasons name them; None where the formula reads no fact."""
    read = _read(feature)
    spans: dict[str, Text | None] = dict.fromkeys(feeds_of(feature))
    for history in (_HISTORIES[name] for name in sorted(read & set(_HISTORIES))):
        spans[_FACTS[history.source]] = _span(history)
    if not spans:
        return None
    named = [(_name(feed), span) for feed, span in spans.items()]
    return Text(", ".join(f"{name.ko}({span.ko})" if span else name.ko for name, span in named),
                ", ".join(f"{name.en} ({span.en})" if span else name.en for name, span in named))


@cache
def feeds_of(feature: Feature) -> tuple[str, ...]:
    """The feeds of the shipment's own facts that the feature reads, the declaration first."""
    found = _RULES.get(feature.name) or [feed for name in sorted(_read(feature)) for feed in _COLUMNS.get(name, ())]
    return tuple(sorted(set(found), key=lambda feed: (feed != "declaration", list(FEEDS).index(feed))))


@cache
def is_contradiction(feature: Feature) -> bool:
    """Whether it holds two sources against each other; hours from one step to another and the age of a firm do not."""
    return feature.theme == "contradiction" or (feature.theme not in ("timing", "party") and len(feeds_of(feature)) > 1)


def is_rule(feature: Feature) -> bool:
    """Whether it says of one declared contradiction that it is there."""
    return feature.name in _RULES


def counts(feature: Feature, rule: Feature) -> bool:
    """Whether a feature sums up contradictions, the rule's among them."""
    return is_sum(feature) and _includes(feature, rule)


def is_sum(feature: Feature) -> bool:
    """Whether a feature sums up contradictions."""
    return feature.theme == "contradiction" and not is_rule(feature)


@cache
def seen_of(feature: Feature) -> frozenset[str]:
    """The columns that a feature reads of what others than the declarant tell."""
    return frozenset(name for name in _read(feature) & set(_COLUMNS) if set(_COLUMNS[name]) - {"declaration"})


@cache
def reads(feature: Feature, feed: str) -> bool:
    """Whether a formula of the feature reads anything that the feed tells, if only as a condition."""
    return any(feed in _COLUMNS.get(name, ()) for name in _read(feature))


def told_by(feed: str) -> tuple[str, ...]:
    """The columns of a described shipment that this feed alone tells; what derives from them is left out, as it follows."""
    return tuple(name for name, feeds in _COLUMNS.items() if feeds == (feed,) and name not in _DERIVED)


def _read(feature: Feature) -> frozenset[str]:
    return names_in(feature.sql).union(*(names_in(sql) for sql in feature.numbers.values()))


@cache
def _includes(feature: Feature, rule: Feature) -> bool:
    return names_in(rule.sql) <= _read(feature)


def _columns() -> dict[str, tuple[str, ...]]:
    """The feeds behind each column of a described shipment, a derived one by the columns that it is made of."""
    feeds: dict[str, tuple[str, ...]] = {field.name: ("declaration",) for field in DECLARED}
    feeds |= {field.name: ("cargo_progress",) for field in OBSERVED}
    for observer in OBSERVERS:
        feeds |= {field.name: observer.feeds or (_feed_of(observer.observe.__module__),) for field in observer.fields}
    feeds |= {field.name: ("party_registry",) for field in STANDING}
    feeds |= dict.fromkeys(_NO_FACTS, ())
    for derived in DERIVED:
        feeds[derived.field.name] = tuple(dict.fromkeys(feed for name in sorted(names_in(derived.sql)) for feed in feeds.get(name, ())))
    return feeds


def _feed_of(module: str) -> str:
    """The feed that an observer is named after; one named otherwise reads the declaration more closely."""
    last = module.rpartition(".")[2]
    return next((feed for feed in FEEDS if feed == last or feed.startswith(f"{last}_")), "declaration")


_COLUMNS = _columns()


def _name(feed: str) -> Text:
    return _NAMES.get(feed) or FEEDS[feed].text


def _span(history: History) -> Text:
    if not history.window_days:
        return Text("전체 기간", "all time")
    if history.window_days == _YEAR:
        return Text("최근 12개월", "12 months")
    return Text(f"최근 {history.window_days}일", f"{history.window_days} days")
