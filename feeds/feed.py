"""Feed: what one sender sends, declared in one file; reader, tables, refusals, events and documentation derive from it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal

from lakehouse.field import Field
from lakehouse.table import Layer, Table
from lakehouse.text import Text


@dataclass(frozen=True)
class Refusal:
    """Why a record is not accepted, told to its sender; the text may use {detail}."""

    code: str
    text: Text


class RefusedError(Exception):
    """Raised by a reader for one record that cannot be taken."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class Record:
    """One record as a reader found it.

    `position` is where it stands in the file, `raw` its pseudonymised text, `values` its fields as text by name (None
    where it was refused), `parts` the hashes of its content: a record none of whose parts is new is a duplicate. `key`
    is the record's key where a feed has records of several shapes, else the feed's key fields give it. `envelope` is the
    text of the message around it (see `feeds.readers.envelope`): empty where the record is a whole message, None where
    `raw` is not all of it.
    """

    position: str
    raw: str
    values: Mapping[str, Any] | None
    parts: tuple[str, ...] = ()
    refusal: str = ""
    detail: str = ""
    key: str = ""
    envelope: str | None = ""


@dataclass(frozen=True)
class Event:
    """Timeline facts of a record: SQL over its silver columns; with `each`, over `step` of that list column."""

    type: str
    event_at: str
    text: Text
    place: str = "CAST(NULL AS STRING)"
    where: str = "true"
    each: str = ""
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mention:
    """A party named by a record: its role, and SQL of its name, its identifier, and what else the record says of it.

    `also` is a further identifier, by which other feeds know it. `country` is 'KR' where such a party is always here. `same_as` is the role for which a name such as
    "SAME AS CONSIGNEE" stands.
    """

    role: str
    name: str
    identifier: str = "CAST(NULL AS STRING)"
    also: str = "CAST(NULL AS STRING)"
    address: str = "CAST(NULL AS STRING)"
    postcode: str = "CAST(NULL AS STRING)"
    phone: str = "CAST(NULL AS STRING)"
    country: str = "CAST(NULL AS STRING)"
    same_as: str = ""


# What a value is found to be that a reference list does not hold: told, never a refusal.
UNLISTED = "field.unlisted"
Reader = Callable[[str, "Bounds"], Iterator[Record]]
Counter = Callable[[str], int]


@dataclass(frozen=True)
class Bounds:
    """What a record may take: bytes of the record and of a field, depth of nesting; and bytes of a message read whole."""

    record_bytes: int
    field_bytes: int
    depth: int
    message_bytes: int = 100_000_000


@dataclass(frozen=True)
class Feed:
    """A feed: its words, form, key, reader and what its records turn into.

    `read` turns the text of one message into records, `count` says how many records the raw text holds without
    parsing it. `rules` refuse accepted-looking rows, `findings` note what is odd but taken; both are (code, SQL that
    is true when it applies). `cancels` is SQL that is true where a record takes back what was sent under its key.
    `snapshot` is SQL of the list a record belongs to where the feed sends whole lists: what a newer one lacks has ended.
    `listed` names, by reference list, the fields whose values are held against it: one that is not in it is taken with a finding.
    `parted` says that a large message may be read in pieces: between any lines, or between rows under its heading.
    `sent_by` is SQL of who sent a record, as far as the form tells: refusals are reported sender by sender.
    """

    name: str
    text: Text
    sender: Text
    form: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    read: Reader
    count: Counter
    issued_at: str = "CAST(NULL AS TIMESTAMP)"
    refusals: tuple[Refusal, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    events: tuple[Event, ...] = ()
    mentions: tuple[Mention, ...] = ()
    cancels: str = "false"
    snapshot: str = ""
    listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parted: Literal["", "lines", "rows"] = ""
    sent_by: str = "CAST(NULL AS STRING)"
    hidden: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        taken = {f.name for f in (*BRONZE_FIELDS, *SILVER_FIELDS)} & {f.name for f in self.fields}
        if taken:
            raise ValueError(f"feed {self.name}: {sorted(taken)} are columns of every feed, give its fields other names")

    @property
    def listed_by_field(self) -> dict[str, str]:
        """The reference list of each field that is held against one."""
        return {name: listing for listing, names in self.listed.items() for name in names}

    @property
    def bronze(self) -> Table:
        """Records as sent, pseudonymised, with the fields read from them."""
        return _table("bronze", self, BRONZE_FIELDS + self.fields + (BATCH,), Text("받은 그대로(가명처리)", "as sent, pseudonymised"))

    @property
    def silver(self) -> Table:
        """Accepted records, typed."""
        kept = tuple(f for f in self.fields if f.name not in self.hidden)
        return _table("silver", self, SILVER_FIELDS + kept + (BATCH,), Text("채택, 자료형 변환", "accepted, typed"))

    @property
    def quarantine(self) -> Table:
        """Refused records with why."""
        return _table("quarantine", self, QUARANTINE_FIELDS, Text("격리", "refused"))


def _table(layer: Layer, feed: Feed, columns: tuple[Field, ...], state: Text) -> Table:
    words = Text(f"{feed.text.ko} — {state.ko}", f"{feed.text.en} — {state.en}")
    return Table(layer, feed.name, words, columns, unhashed=("batch_id",))


BATCH = Field("batch_id", "string", Text("적재 묶음", "Batch that brought it"))
_KEY = Field("record_key", "string", Text("레코드 키", "Key of the record, parts joined by |"))
_ISSUED = Field("issued_at", "timestamp", Text("문서 발행 시각", "When the sender issued it"))
_KNOWN = Field("known_at", "timestamp", Text("인지 시각", "When Haechi had it"))
_FILE = Field("file", "string", Text("파일", "File, relative to the landing folder"))
_POSITION = Field("position", "string", Text("파일 안 위치", "Where it stands in the file"))
_ORDINAL = Field("ordinal", "long", Text("파일 안 순서", "Order within the file"))
_HASH = Field("content_hash", "string", Text("내용 해시", "SHA-256 of the content, order and white space aside"))
_PARTS = Field("part_hashes", "array<string>", Text("내용 부분 해시", "SHA-256 of each part of the content"))
_RAW = Field("raw", "string", Text("원문", "Raw text, pseudonymised"))
_SHA256 = Field("sha256", "string", Text("파일 해시", "SHA-256 of the file"))
_ENVELOPE = Field("envelope", "string", Text(
    "레코드를 둘러싼 전문. 첫 글자가 레코드 자리, 빈 값은 전문 전체가 레코드, NULL은 따로 다시 읽을 수 없음",
    "Message around the record, its first character standing for it; empty: the record is the message; NULL: it cannot be read again alone"))
BRONZE_FIELDS = (
    _KEY, _ISSUED, _KNOWN, _FILE, _POSITION, _HASH, _ORDINAL, _PARTS,
    _RAW,
    Field("refusal", "string", Text("읽기 거부 코드", "Why it could not be read")),
    Field("detail", "string", Text("거부 상세", "What was found")),
    _SHA256,
    Field("file_records", "long", Text("파일의 레코드 수", "Records in the file, counted from the raw text")),
    Field("finding", "string", Text("배달 특이사항", "What is odd about the delivery")),
    Field("faults", "list", Text("항목별 오류", "What is wrong with single values"), items=(
        Field("code", "string", Text("오류 코드", "Code of the fault")), Field("field", "string", Text("항목", "Field")))),
    _ENVELOPE,
)
SILVER_FIELDS = (
    _KEY, _ISSUED, _KNOWN, _FILE, _POSITION, _HASH, _ORDINAL, _PARTS,
    Field("findings", "array<string>", Text("특이사항", "What is odd about it, though taken")),
)
QUARANTINE_FIELDS = (
    _KNOWN, _FILE, _POSITION,
    Field("code", "string", Text("오류 코드", "Code of the refusal")),
    Field("message_ko", "string", Text("송신자 안내(한국어)", "Message to the sender, Korean")),
    Field("message_en", "string", Text("송신자 안내(영어)", "Message to the sender, English")),
    _RAW, _ORDINAL, BATCH,
    Field("refusal_id", "string", Text("격리 번호", "Number of the refusal")),
    Field("sender", "string", Text("송신자", "Who sent it, as far as the form tells")),
    _SHA256, _ENVELOPE,
)


_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), check_circular=False)


def canonical_hash(content: Any) -> str:
    """SHA-256 of parsed content, key order and white space aside."""
    return sha256(_CANONICAL.encode(content).encode()).hexdigest()


def record_key(feed: Feed, values: Mapping[str, Any]) -> str | None:
    """The key parts joined by |, empty parts kept; None where every part is empty."""
    parts = [str(values.get(name) or "").strip() for name in feed.key]
    return "|".join(parts) if any(parts) else None
