"""One landed file to bronze rows, in a Spark worker: open, decode, pseudonymise, count, read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as attribute
from hashlib import sha256
from typing import Any

import pyarrow as pa

from feeds.feed import Bounds, Feed, Record, RefusedError, record_key
from feeds.pseudonym import hide, pseudonym_key
from feeds.readers.decoding import decode, lossless, readable
from feeds.readers.opening import file_hash, messages
from feeds.registry import BY_NAME
from feeds.vault.store import Gathered, VaultAccess
from lakehouse.casting import arrow_type, cast_column, faults
from lakehouse.settings import Settings

_SHARED = pa.schema([
    ("record_key", pa.string()), ("file", pa.string()), ("position", pa.string()), ("content_hash", pa.string()),
    ("ordinal", pa.int64()), ("part_hashes", pa.list_(pa.string())), ("raw", pa.string()),
    ("refusal", pa.string()), ("detail", pa.string()), ("sha256", pa.string()), ("file_records", pa.int64()),
    ("known_seconds", pa.int64()), ("finding", pa.string()),
])
_FAULTS = pa.field("faults", pa.list_(pa.struct([("code", pa.string()), ("field", pa.string())])))
_SHARED_DDL = ("record_key string, file string, position string, content_hash string, ordinal bigint, part_hashes array<string>, "
               "raw string, refusal string, detail string, sha256 string, file_records bigint, known_seconds bigint, "
               "finding string, faults array<struct<code:string,field:string>>")
_ROWS_A_BATCH = 2_000
_NOTHING: dict[str, Any] = {}


def row_ddl(feed: Feed) -> str:
    """What parsing a feed gives, as Spark DDL."""
    return ", ".join([_SHARED_DDL, *(f"`{field.name}` {field.spark_type}" for field in feed.fields)])


@dataclass(frozen=True)
class Parsing:
    """What a worker needs to read files of one feed: plain values only, so that it travels.

    Clear values go to the vault; without one they are forgotten, as where nothing read is kept.
    """

    feed: str
    key: str = attribute(repr=False)
    bounds: Bounds
    ratio: int
    members: int
    vault: VaultAccess | None = None

    @classmethod
    def of(cls, feed: Feed, settings: Settings, vault: VaultAccess | None = None) -> "Parsing":
        """The parsing of a feed under the settings."""
        bounds = Bounds(settings["bounds.record_bytes"], settings["bounds.field_bytes"], settings["bounds.depth"])
        return cls(feed.name, pseudonym_key(settings), bounds, settings["bounds.expansion_ratio"], settings["bounds.members"], vault)

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Paths in, bronze rows out: the function of `mapInArrow`."""
        pending: list[dict[str, Any]] = []
        personal = Gathered()
        for batch in batches:
            for landed in batch.to_pylist():
                for row in self.rows(landed, personal):
                    pending.append(row)
                    if len(pending) >= _ROWS_A_BATCH:
                        yield self._kept(pending, personal)
                        pending = []
        if pending:
            yield self._kept(pending, personal)

    def _kept(self, rows: list[dict[str, Any]], personal: Gathered) -> pa.RecordBatch:
        """Rows as Arrow, once the vault has what they stand for: no stand-in goes on whose value is not kept."""
        if self.vault:
            personal.keep(self.vault)
        return self.batch(rows)

    def batch(self, rows: list[dict[str, Any]]) -> pa.RecordBatch:
        """Rows as Arrow: what every feed has, the declared fields in their types, and what is wrong with their values."""
        declared = BY_NAME[self.feed].fields
        values = [row.pop("values", None) or _NOTHING for row in rows]
        shared = pa.RecordBatch.from_pylist(rows, _SHARED)
        columns, wrong = [], [[] for _ in rows]  # type: tuple[list[pa.Array], list[list[dict[str, str]]]]
        for field in declared:
            sent = [value.get(field.name) for value in values]
            columns.append(cast_column(field, sent))
            for at, code in faults(field, sent, columns[-1]):
                if values[at] is not _NOTHING:
                    wrong[at].append({"code": f"field.{code}", "field": field.name})
        schema = pa.schema([*_SHARED, _FAULTS, *(pa.field(field.name, arrow_type(field)) for field in declared)])
        return pa.RecordBatch.from_arrays([*shared.columns, pa.array(wrong, _FAULTS.type), *columns], schema=schema)

    def rows(self, landed: dict[str, Any], personal: Gathered | None = None) -> list[dict[str, Any]]:
        """Every record of one file, its clear values gathered; one that holds none gives one row without ordinal, so that it is on the books."""
        feed = BY_NAME[self.feed]
        shared = {"file": landed["file"], "sha256": file_hash(landed["path"]), "known_seconds": landed["known_seconds"],
                  "finding": landed["finding"] or None}
        hidden = _Hiding(self.key, landed["known_seconds"], Gathered() if personal is None else personal)
        counted, records = 0, []
        for member, message in messages(landed["path"], self.ratio, self.members):
            number, found = self._read(feed, message, hidden)
            counted += number
            place = hidden(member)
            records += [(place, record) for record in found]
        rows = [self._row(feed, member, record, ordinal) | shared | {"file_records": counted}
                for ordinal, (member, record) in enumerate(records)]
        return rows or [shared | {"file_records": counted}]

    def _read(self, feed: Feed, message: bytes | RefusedError, hidden: "_Hiding") -> tuple[int, list[Record]]:
        """How many records the raw text holds, counted apart from the reader, and the records read."""
        if isinstance(message, RefusedError):
            return 1, [Record("", "", None, refusal=message.code, detail=hidden(message.detail))]
        try:
            sent = decode(message)
            text = hidden(sent)
            if "\0" in sent and "\0" not in text:
                raise RefusedError("text.encoding", "UTF-16 that does not say so")
        except RefusedError as refused:
            raw = readable(hidden(lossless(message)))
            return 1, [Record("", raw[: self.bounds.record_bytes], None, refusal=refused.code, detail=refused.detail)]
        if not text.strip():
            return 1, [Record("", text, None, refusal="file.empty")]
        records = list(feed.read(text, self.bounds))
        whole = len(records) == 1 and records[0].refusal and not records[0].position
        return 1 if whole else feed.count(text), records

    def _row(self, feed: Feed, member: str, record: Record, ordinal: int) -> dict[str, Any]:
        position = "#".join(part for part in (member, record.position) if part) or "1"
        row = {"position": position, "ordinal": ordinal, "raw": record.raw, "refusal": record.refusal or None,
               "detail": record.detail or None}
        if record.values is None:
            return row
        key, detail = record.key or record_key(feed, record.values), ""
        refusal = "" if key else "field.missing"
        if not key:
            detail = ", ".join(feed.key)
        parts = record.parts
        return row | {
            "record_key": key, "part_hashes": list(parts), "values": record.values,
            "content_hash": parts[0] if len(parts) == 1 else _joined(parts), "refusal": refusal or None, "detail": detail or None,
        }


class _Hiding:
    """Takes personal values out of the texts of one file and gathers them."""

    def __init__(self, key: str, known_seconds: int, personal: Gathered) -> None:
        self._key, self._known_seconds, self._personal = key, known_seconds, personal

    def __call__(self, text: str) -> str:
        hidden = hide(text, self._key)
        self._personal.add(hidden.values, self._known_seconds)
        return hidden.text


def _joined(parts: tuple[str, ...]) -> str:
    return sha256("".join(sorted(parts)).encode()).hexdigest()
