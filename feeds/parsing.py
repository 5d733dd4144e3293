"""One landed file to bronze rows, in a Spark worker: open, decode, pseudonymise, count, read."""

import gc
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from hashlib import sha256
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from feeds.feed import UNLISTED, Bounds, Feed, Record, RefusedError, record_key
from feeds.pseudonym import hide, pseudonym_key
from feeds.readers.decoding import lossless, readable
from feeds.readers.envelope import kept
from feeds.readers.opening import Message, file_hash, messages
from feeds.readers.pieces import Piece, Unread, pieces
from feeds.reference import unlisted
from feeds.registry import BY_NAME
from feeds.vault.store import Gathered, VaultAccess
from lakehouse.casting import arrow_type, by_name, cast_column, faults
from lakehouse.settings import Settings

_SHARED = pa.schema([
    ("record_key", pa.string()), ("file", pa.string()), ("position", pa.string()), ("content_hash", pa.string()),
    ("ordinal", pa.int64()), ("part_hashes", pa.list_(pa.string())), ("raw", pa.string()),
    ("refusal", pa.string()), ("detail", pa.string()), ("sha256", pa.string()), ("file_records", pa.int64()),
    ("known_seconds", pa.int64()), ("finding", pa.string()),
])
_ENVELOPE = pa.field("envelope", pa.string())
_FAULTS = pa.field("faults", pa.list_(pa.struct([("code", pa.string()), ("field", pa.string())])))
_SHARED_DDL = ("record_key string, file string, position string, content_hash string, ordinal bigint, part_hashes array<string>, "
               "raw string, refusal string, detail string, sha256 string, file_records bigint, known_seconds bigint, "
               "finding string, faults array<struct<code:string,field:string>>, envelope string")
_ROWS_A_BATCH = 2_000
_BLANK_SHOWN = 100
_LINE = re.compile(r"(?<=^line )[0-9]+")
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
    """What a worker needs to read files of one feed: plain values only, so that it travels.

    Clear values go to the vault; without one they are forgotten, as where nothing read is kept.
    """

    feed: str
    key: str = attribute(repr=False)
    bounds: Bounds
    ratio: int
    members: int
    reference: str = ""
    vault: VaultAccess | None = None

    @classmethod
    def of(cls, feed: Feed, settings: Settings, vault: VaultAccess | None = None) -> "Parsing":
        """The parsing of a feed under the settings."""
        bounds = Bounds(settings["bounds.record_bytes"], settings["bounds.field_bytes"], settings["bounds.depth"],
                        settings["bounds.message_bytes"])
        return cls(feed.name, pseudonym_key(settings), bounds, settings["bounds.expansion_ratio"], settings["bounds.members"],
                   settings["reference.folder"], vault)

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Paths in, bronze rows out: the function of `mapInArrow`."""
        with _uncollected():
            yield from self._batches(batches)

    def _batches(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        personal = Gathered()
        landed = (one for batch in batches for one in batch.to_pylist())
        rows = (row for one in landed for row in self.rows(one, personal))
        while pending := list(islice(rows, _ROWS_A_BATCH)):
            # No stand-in goes on whose value is not kept.
            if self.vault:
                personal.keep(self.vault)
            yield self.batch(pending)

    def batch(self, rows: list[dict[str, Any]]) -> pa.RecordBatch:
        """Rows as Arrow: what every feed has, the declared fields in their types, and what is wrong with their values."""
        feed = BY_NAME[self.feed]
        values = [row.pop("values", None) or _NOTHING for row in rows]
        envelopes = [row.pop("envelope", None) for row in rows]
        shared = pa.RecordBatch.from_pylist(rows, _SHARED)
        columns, wrong = [], [[] for _ in rows]  # type: tuple[list[pa.Array], list[list[dict[str, str]]]]
        is_unlisted, listed = unlisted(self.reference), feed.listed_by_field
        for field, sent in zip(feed.fields, by_name(values, feed.fields), strict=True):
            columns.append(cast_column(field, sent))
            for at, code in faults(field, sent, columns[-1]):
                if values[at] is not _NOTHING:
                    wrong[at].append({"code": f"field.{code}", "field": field.name})
            odd = is_unlisted(listed[field.name], columns[-1]) if field.name in listed else None
            for at in pc.indices_nonzero(odd).to_pylist() if odd is not None else ():
                wrong[at].append({"code": UNLISTED, "field": field.name})
        envelopes = kept(envelopes, [bool(feed.rules or faulty or row.get("refusal")) for row, faulty in zip(rows, wrong, strict=True)])
        schema = pa.schema([*_SHARED, _FAULTS, _ENVELOPE, *(pa.field(field.name, arrow_type(field)) for field in feed.fields)])
        own = (pa.array(wrong, _FAULTS.type), pa.array(envelopes, _ENVELOPE.type))
        return pa.RecordBatch.from_arrays([*shared.columns, *own, *columns], schema=schema)

    def rows(self, landed: dict[str, Any], personal: Gathered | None = None) -> Iterator[dict[str, Any]]:
        """Every record of one file, with how many were counted so far; a last row without ordinal where counting ended without one.

        Clear values are gathered in `personal`.
        """
        feed = BY_NAME[self.feed]
        shared = {"file": landed["file"], "sha256": file_hash(landed["path"]), "known_seconds": landed["known_seconds"],
                  "finding": landed["finding"] or None}
        hidden = _Hiding(self.key, landed["known_seconds"], Gathered() if personal is None else personal)
        counted = ordinal = told = 0
        for member, number, records in self._read_all(feed, landed["path"], hidden):
            counted += number
            for record in records:
                row = self._row(feed, member, record, ordinal)
                row.update(shared, file_records=counted)
                yield row
                ordinal, told = ordinal + 1, counted
        if told != counted or not ordinal:
            yield shared | {"file_records": counted}

    def _read_all(self, feed: Feed, path: str, hidden: "_Hiding") -> Iterator[tuple[str, int, list[Record]]]:
        """Each text of a file as its member, how many records the raw text holds, counted apart from the reader, and the records read."""
        for message in messages(path, self.ratio, self.members):
            if not isinstance(message, Message):
                member, refused = message
                yield hidden(member), 1, [Record("", "", None, refusal=refused.code, detail=hidden(refused.detail))]
                continue
            place, texts = hidden(message.member), pieces(message, feed.parted, self.bounds)
            for piece in texts:
                number, records, is_whole = self._read(feed, piece, hidden) if isinstance(piece, Piece) else self._unread(piece, hidden)
                if is_whole and next(texts, None) is not None:
                    records = [replace(records[0], envelope=None)]
                yield place, number, records
                if is_whole:
                    break

    def _unread(self, piece: Unread, hidden: "_Hiding") -> tuple[int, list[Record], bool]:
        raw = readable(hidden(lossless(piece.beginning)))
        # What is cut may end in half of a code that must not be seen.
        shown = raw[: self.bounds.record_bytes] if piece.is_whole else raw[: len(raw) // 2]
        return 1, [Record("", shown, None, refusal=piece.refused.code, detail=hidden(piece.refused.detail), envelope=None)], True

    def _read(self, feed: Feed, piece: Piece, hidden: "_Hiding") -> tuple[int, list[Record], bool]:
        """How many records a text holds, the records read, and whether it was refused as a whole."""
        text = hidden(piece.text)
        if "\0" in piece.text and "\0" not in text:
            return self._unread(Unread(piece.text.encode("utf-8", "surrogatepass"), RefusedError("text.encoding", "UTF-16 that does not say so")), hidden)
        return self._taken(feed, text, piece.lines_before)

    def _taken(self, feed: Feed, text: str, lines_before: int = 0) -> tuple[int, list[Record], bool]:
        """The same of a text in which nothing personal is left."""
        if not text.strip():
            return 1, [Record("", text[:_BLANK_SHOWN], None, refusal="file.empty")], True
        records = [_moved(record, lines_before) for record in feed.read(text, self.bounds)]
        is_whole = len(records) == 1 and bool(records[0].refusal) and not records[0].position
        return 1 if is_whole else feed.count(text), records, is_whole

    def _row(self, feed: Feed, member: str, record: Record, ordinal: int) -> dict[str, Any]:
        position = "#".join(part for part in (member, record.position) if part) or "1"
        # Readers cut what they refuse at the bound of a record.
        is_all = record.raw and not (record.refusal and len(record.raw) == self.bounds.record_bytes)
        row = {"position": position, "ordinal": ordinal, "raw": record.raw, "refusal": record.refusal or None,
               "detail": record.detail or None, "envelope": record.envelope if is_all else None}
        if record.values is None:
            return row
        key, detail = record.key or record_key(feed, record.values), ""
        refusal = "" if key else "field.missing"
        if not key:
            detail = ", ".join(feed.key)
        parts = record.parts
        row.update(record_key=key, part_hashes=list(parts), values=record.values, content_hash=parts[0] if len(parts) == 1 else _joined(parts),
                   refusal=refusal or None, detail=detail or None)
        return row


def _moved(record: Record, lines: int) -> Record:
    """The record of a piece at its line in the whole message."""
    return replace(record, position=_LINE.sub(lambda found: str(int(found[0]) + lines), record.position)) if lines else record


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
