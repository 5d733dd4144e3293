"""Pages: documentation as Markdown, derived from declarations, the same page once in each language."""

from collections.abc import Iterable, Iterator, Sequence

from features.feature import Feature, History, Theme
from feeds.feed import BRONZE_FIELDS, QUARANTINE_FIELDS, Feed, Refusal
from feeds.refusals import COMMON
from lakehouse.field import Field
from lakehouse.settings import SETTINGS
from lakehouse.table import Table
from lakehouse.text import Language, Text

_LAYERS = {
    "silver": Text("실버: 채택한 레코드, 자료형 변환", "Silver: accepted records, typed"),
    "gold": Text("골드: 융합·특징·점수·선별", "Gold: fused, described, scored, chosen"),
    "ops": Text("운영: 파일·실행·검사 기록", "Works: files, runs, checks"),
}
_PATTERNS = (
    ("bronze.FEED", Text("브론즈: 받은 그대로, 자료원마다 하나", "Bronze: as sent, one table a feed"), BRONZE_FIELDS),
    ("quarantine.FEED", Text("격리: 거부한 레코드, 자료원마다 하나", "Quarantine: refused records, one table a feed"), QUARANTINE_FIELDS),
)
_COLUMN = (Text("열", "column"), Text("자료형", "type"), Text("뜻", "meaning"))
_DIRECTION = {1: Text("커질수록", "as it rises"), -1: Text("작아질수록", "as it falls"), 0: Text("–", "–")}
_THEMES: dict[Theme, Text] = {
    "value": Text("가격", "Value"), "weight": Text("중량·포장", "Weight and packages"), "route": Text("경로·원산지", "Route and origin"),
    "goods": Text("품목", "Goods"), "party": Text("당사자", "Parties"), "documents": Text("서류", "Documents"),
    "timing": Text("시각", "Timing"), "container": Text("컨테이너", "Containers"), "tax": Text("세금", "Tax"),
    "contradiction": Text("불일치", "Contradictions"), "parcel": Text("특송·전자상거래", "Parcels and orders"),
    "identity": Text("구매자·수하인", "Buyers and consignees"), "screening": Text("검색·판독", "Screening"),
    "baggage": Text("수하물", "Baggage"), "network": Text("화물 사이의 연결", "What shipments share"),
}  # fmt: skip
_YES, _NO = Text("예", "yes"), Text("–", "–")
_MADE = Text("선언에서 만든 문서입니다. 고치려면 선언을 고치고 `make docs`를 실행하십시오.",
             "Derived from the declarations. To change it, change the declaration and run `make docs`.")
_PLACES = (
    ("HAECHI_LAKE", Text("레이크 위치(`--lake`와 같음, 기본 `./lake`)", "The lake, as `--lake` says; `./lake` where neither is given")),
    ("HAECHI_CONF", Text("설정 파일 폴더(기본: 함께 배포되는 `conf/`)", "Folder of the YAML files; the shipped `conf/` where not given")),
    ("HAECHI_JARS", Text("Delta JAR 폴더(기본: 사용자 캐시)", "Folder of Delta's JARs; the user's cache where not given")),
)
_ECHO = Text("세관이 정한 것: 특징·표지로 쓰지 않음", "decided by customs: no feature, no label")


def grid(language: Language, heads: Sequence[Text], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; bars and line ends inside a cell are made harmless."""
    lines = [[head.of(language) for head in heads], ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str) -> str:
    """Text set as code, with a fence that the text does not hold; nothing where there is no text."""
    return f"`{text}`" if text and "`" not in text else text


def page(language: Language, title: Text, lead: Text, parts: Iterable[str]) -> str:
    """A page: title, where it comes from, what it is, then its parts."""
    return "\n".join([f"# {title.of(language)}\n", f"{_MADE.of(language)} {lead.of(language)}\n", *parts]).rstrip() + "\n"


def _field_rows(language: Language, declared: Iterable[Field], prefix: str = "") -> Iterator[tuple[Field, str, str]]:
    """Each field with its path and meaning, the items of a list after it."""
    for field in declared:
        yield field, prefix + field.name, field.text.of(language)
        yield from _field_rows(language, field.items, f"{prefix}{field.name}[].")


def _columns(language: Language, declared: Iterable[Field]) -> str:
    rows = ((_code(path), field.type, words + (f" — {', '.join(map(_code, field.allowed))}" if field.allowed else ""))
            for field, path, words in _field_rows(language, declared))
    return grid(language, _COLUMN, rows)


def _table_part(language: Language, table: Table) -> str:
    key = Text(f"키 {', '.join(table.key)}", f"key {', '.join(table.key)}").of(language) if table.key else ""
    return f"### {table.full_name}\n\n{table.text.of(language)}{f' ({key})' if key else ''}\n\n{_columns(language, table.fields)}"


def data_dictionary(language: Language, tables: Sequence[Table]) -> str:
    """Every table and column; bronze and quarantine once, since every feed's look the same."""
    parts = [f"## {words.of(language)}\n\n### {name}\n\n{_columns(language, declared)}" for name, words, declared in _PATTERNS]
    for layer, words in _LAYERS.items():
        named = sorted((table for table in tables if table.layer == layer), key=lambda table: table.name)
        parts += [f"## {words.of(language)}\n", *(_table_part(language, table) for table in named)]
    lead = Text("모든 표는 추가만 하며, 키가 있으면 키마다 최신 행을 읽습니다.",
                "Every table is only appended to; where it has a key, readers see the newest row of each key.")
    return page(language, Text("데이터 사전", "Data dictionary"), lead, parts)


def feature_catalogue(language: Language, features: Sequence[Feature], histories: Sequence[History]) -> str:
    """Every feature by theme with its formula and reason, then the histories that formulas may name."""
    heads = (Text("특징", "feature"), Text("뜻", "meaning"), Text("위험 방향", "risk grows"), Text("확인 가능", "checkable"),
             Text("산식", "formula"), Text("사유 문장", "reason"))
    parts = []
    for theme in dict.fromkeys(feature.theme for feature in features):
        rows = ((_code(f.name), f.text.of(language), _DIRECTION[f.monotone].of(language), (_YES if f.checkable else _NO).of(language),
                 _code(f.sql), f.reason.of(language)) for f in features if f.theme == theme)
        parts.append(_chapter(language, _THEMES[theme], heads, rows, "##"))
    past = (Text("이력", "history"), Text("대상 키", "of"), Text("사실", "facts"), Text("집계", "aggregate"),
            Text("측정값", "measure"), Text("기간(일)", "window, days"))
    rows = ((_code(h.name), ", ".join(map(_code, h.key)) or "*", h.source, h.aggregate, _code(h.measure), str(h.window_days or "∞"))
            for h in histories)
    parts.append(_chapter(language, Text("이력", "Histories"), past, rows, "##"))
    lead = Text("산식은 기술된 화물의 열과 아래 이력 위의 Spark SQL이며, 기준 시각까지 알려진 것만 씁니다.",
                "A formula is Spark SQL over the described shipment and the histories below, of what was known by then and nothing later.")
    return page(language, Text("특징 목록", "Feature catalogue"), lead, parts)


def _chapter(language: Language, title: Text, heads: Sequence[Text], rows: Iterable[Sequence[str]], mark: str = "###") -> str:
    return f"{mark} {title.of(language)}\n\n{grid(language, heads, rows)}"


def _refusals(language: Language, title: Text, refusals: Iterable[Refusal], mark: str = "###") -> str:
    heads = (Text("코드", "code"), Text("한국어 안내", "message, Korean"), Text("영어 안내", "message, English"))
    return _chapter(language, title, heads, ((_code(r.code), r.text.ko, r.text.en) for r in refusals), mark)


def _need(language: Language, field: Field) -> str:
    """What the field must be for the record to be taken."""
    if field.required:
        return Text("필수", "needed").of(language)
    return Text("읽혀야 함", "readable").of(language) if field.strict else ""


def _feed_head(language: Language, feed: Feed) -> str:
    facts = (
        (Text("송신자", "Sender"), feed.sender.of(language)),
        (Text("서식", "Form"), feed.form),
        (Text("키", "Key"), " + ".join(map(_code, feed.key))),
        (Text("발행 시각", "Issue time"), _code(feed.issued_at)),
        (Text("레코드의 송신자", "Sender of a record"), "" if "NULL AS" in feed.sent_by else _code(feed.sent_by)),
        (Text("실버에 남기지 않는 항목", "Not kept in silver"), ", ".join(map(_code, sorted(feed.hidden)))),
    )
    told = "\n".join(f"- {name.of(language)}: {value}" for name, value in facts if value)
    return f"## {feed.name}\n\n{feed.text.of(language)}\n\n{told}\n"


def _feed_fields(language: Language, feed: Feed) -> str:
    heads = (Text("항목", "field"), Text("송신 위치", "where it is sent"), Text("자료형", "type"), Text("필요", "need"),
             Text("뜻", "meaning"))
    rows = ((_code(path), _code(field.source), field.type, _need(language, field),
             f"{words} ({_ECHO.of(language)})" if field.echo else words)
            for field, path, words in _field_rows(language, feed.fields))
    return _chapter(language, Text("항목", "Fields"), heads, rows)


def _feed_rules(language: Language, feed: Feed) -> str:
    becomes = ((Text("거부", "refused"), feed.rules), (Text("특이사항", "finding"), feed.findings))
    rows = ((_code(code), words.of(language), _code(sql)) for words, rules in becomes for code, sql in rules)
    return _chapter(language, Text("규칙", "Rules"), (Text("코드", "code"), Text("결과", "becomes"), Text("조건", "when")), rows)


def _feed_part(language: Language, feed: Feed) -> Iterator[str]:
    yield _feed_head(language, feed)
    yield _feed_fields(language, feed)
    if feed.refusals:
        yield _refusals(language, Text("거부 코드", "Refusal codes"), feed.refusals)
    if feed.rules or feed.findings:
        yield _feed_rules(language, feed)
    if feed.events:
        events = ((_code(e.type), _code(e.event_at), e.text.of(language)) for e in feed.events)
        yield _chapter(language, Text("연대기 사실", "Timeline events"),
                       (Text("사실", "event"), Text("발생 시각", "happened at"), Text("문장", "sentence")), events)
    if feed.mentions:
        heads = (Text("역할", "role"), Text("이름", "name"), Text("부호", "identifier"))
        mentions = ((_code(m.role), _code(m.name), _code(m.identifier)) for m in feed.mentions)
        yield _chapter(language, Text("당사자", "Parties"), heads, mentions)


def feed_pages(language: Language, feeds: Sequence[Feed]) -> str:
    """Every feed: who sends it, its form, key and fields, and what its sender is told; then the refusals any feed gives."""
    parts = [part for feed in feeds for part in _feed_part(language, feed)]
    parts.append(_refusals(language, Text("공통 거부 코드", "Refusals of every feed"), COMMON, "##"))
    lead = Text("레코드는 채택·격리·중복 가운데 하나에만 속합니다.", "Every record is in exactly one of accepted, quarantined, duplicate.")
    return page(language, Text("자료원", "Feeds"), lead, parts)


def settings_page(language: Language) -> str:
    """Every setting: its name, variable, default, least value and help."""
    heads = (Text("설정", "setting"), Text("환경 변수", "variable"), Text("기본값", "default"), Text("최솟값", "least"),
             Text("설명", "help"))
    rows = ((_code(s.name), _code(s.variable), _code(str(s.default)), "" if s.low is None else f"{s.low:g}", s.text.of(language))
            for s in SETTINGS)
    places = ((_code(name), words.of(language)) for name, words in _PLACES)
    parts = [grid(language, heads, rows),
             _chapter(language, Text("위치", "Places"), (Text("변수", "variable"), Text("설명", "help")), places, "##")]
    lead = Text("환경 변수가 `haechi.yaml`보다, `haechi.yaml`이 기본값보다 앞섭니다. `haechi.yaml`에서는 점마다 한 단계 들여 씁니다.",
                "A variable goes before `haechi.yaml`, and that before the default. In `haechi.yaml` each dot is one level of nesting.")
    return page(language, Text("설정", "Settings"), lead, parts)
