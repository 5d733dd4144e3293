"""One landed file to bronze rows, in a Spark worker: open, decode, pseudonymise, count, read."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pyarrow as pa

from feeds.feed import Bounds, Feed, Record, RefusedError, record_key
from feeds.pseudonym import pseudonymise
from feeds.readers.decoding import decode, readable
from feeds.readers.opening import file_hash, messages
from feeds.registry import BY_NAME
from lakehouse.casting import arrow_type, by_name, cast_column, faults
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


@contextmanager
def _uncollected() -> Iterator[None]:
    """No search for cycles meanwhile: records are trees, and to look through them all took up to two fifths of the time of reading."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass(frozen=True)
class Parsing:
    """What a worker needs to read files of one feed: plain values only, so that it travels."""

    feed: str
    key: str
    bounds: Bounds
    ratio: int
    members: int

    @classmethod
    def of(cls, feed: Feed, settings: Settings) -> "Parsing":
        """The parsing of a feed under the settings."""
        bounds = Bounds(settings["bounds.record_bytes"], settings["bounds.field_bytes"], settings["bounds.depth"])
        return cls(feed.name, settings["pseudonym.key"] or "haechi-development", bounds,
                   settings["bounds.expansion_ratio"], settings["bounds.members"])

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Paths in, bronze rows out: the function of `mapInArrow`."""
        with _uncollected():
            yield from self._batches(batches)

    def _batches(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        pending: list[dict[str, Any]] = []
        for batch in batches:
            for landed in batch.to_pylist():
                for row in self.rows(landed):
                    pending.append(row)
                    if len(pending) >= _ROWS_A_BATCH:
                        yield self.batch(pending)
                        pending = []
        if pending:
            yield self.batch(pending)

    def batch(self, rows: list[dict[str, Any]]) -> pa.RecordBatch:
        """Rows as Arrow: what every feed has, the declared fields in their types, and what is wrong with their values."""
        declared = BY_NAME[self.feed].fields
        values = [row.pop("values", None) or _NOTHING for row in rows]
        shared = pa.RecordBatch.from_pylist(rows, _SHARED)
        columns, wrong = [], [[] for _ in rows]  # type: tuple[list[pa.Array], list[list[dict[str, str]]]]
        for field, sent in zip(declared, by_name(values, declared), strict=True):
            columns.append(cast_column(field, sent))
            for at, code in faults(field, sent, columns[-1]):
                if values[at] is not _NOTHING:
                    wrong[at].append({"code": f"field.{code}", "field": field.name})
        schema = pa.schema([*_SHARED, _FAULTS, *(pa.field(field.name, arrow_type(field)) for field in declared)])
        return pa.RecordBatch.from_arrays([*shared.columns, pa.array(wrong, _FAULTS.type), *columns], schema=schema)

    def rows(self, landed: dict[str, Any]) -> list[dict[str, Any]]:
        """Every record of one file; a file that holds none gives one row without ordinal, so that it is on the books."""
        feed = BY_NAME[self.feed]
        shared = {"file": landed["file"], "sha256": file_hash(landed["path"]), "known_seconds": landed["known_seconds"],
                  "finding": landed["finding"] or None}
        counted, records = 0, []
        for member, message in messages(landed["path"], self.ratio, self.members):
            number, found = self._read(feed, message)
            counted += number
            records += [(member, record) for record in found]
        rows = [self._row(feed, member, record, ordinal) | shared | {"file_records": counted}
                for ordinal, (member, record) in enumerate(records)]
        return rows or [shared | {"file_records": counted}]

    def _read(self, feed: Feed, message: bytes | RefusedError) -> tuple[int, list[Record]]:
        """How many records the raw text holds, counted apart from the reader, and the records read."""
        if isinstance(message, RefusedError):
            return 1, [Record("", "", None, refusal=message.code, detail=message.detail)]
        try:
            text = pseudonymise(decode(message), self.key)
        except RefusedError as refused:
            raw = pseudonymise(readable(message), self.key)
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


def _joined(parts: tuple[str, ...]) -> str:
    return sha256("".join(sorted(parts)).encode()).hexdigest()
