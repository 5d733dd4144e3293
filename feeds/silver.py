"""Bronze to silver and quarantine: judged by one expression set, duplicates set apart, every record accounted for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from feeds.feed import Feed
from feeds.judged import judged
from feeds.refusals import COMMON
from lakehouse.errors import InternalError
from lakehouse.lake import Lake
from lakehouse.ops import FILE
from lakehouse.text import Text

_COUNTS = ("records_in", "accepted", "quarantined", "duplicate")
ORDER = ("known_at", "file", "ordinal")


@dataclass(frozen=True)
class Refined:
    """Counts of one feed after refining."""

    feed: str
    files: int
    records_in: int
    accepted: int
    quarantined: int
    duplicate: int

    @property
    def is_balanced(self) -> bool:
        """Whether every record is in exactly one place."""
        return self.records_in == self.accepted + self.quarantined + self.duplicate


def refine(spark: SparkSession, lake: Lake, feed: Feed, batch_id: str) -> Refined:
    """Split one batch of bronze into silver, quarantine and duplicates, and book its files; fails closed when unbalanced."""
    bronze = lake.read(spark, feed.bronze).where(F.col("batch_id") == batch_id)
    rows = judged(bronze, feed).persist()
    try:
        disposed = dispose(rows, lake.read(spark, feed.silver)).persist()
        books = file_books(rows, disposed, feed).toArrow().to_pylist()
        totals = Refined(feed.name, len(books), *(sum(book[name] for book in books) for name in _COUNTS))
        _require_balance(books, feed)
        if totals.accepted:
            lake.append(disposed.where("_disposition = 'accepted'"), feed.silver)
        if totals.quarantined:
            lake.append(with_messages(disposed.where("_disposition = 'quarantined'"), feed), feed.quarantine)
        lake.append_rows(books, FILE)
        disposed.unpersist()
        return totals
    finally:
        rows.unpersist()


def dispose(rows: DataFrame, silver: DataFrame) -> DataFrame:
    """Records with their `_disposition`: quarantined, duplicate (none of its parts is new under its key) or accepted."""
    records = rows.where("ordinal IS NOT NULL")
    identity = ("file", "sha256", "ordinal")
    fresh = records.where("_code IS NULL").select(*identity, "known_at", "record_key", F.explode("part_hashes").alias("part"))
    seen = silver.select("record_key", F.explode("part_hashes").alias("part")).distinct()
    unseen = fresh.join(seen, ["record_key", "part"], "left_anti")
    order = Window.partitionBy("record_key", "part").orderBy(*ORDER, "sha256")
    bearers = unseen.withColumn("turn", F.row_number().over(order)).where("turn = 1").select(*identity).distinct()
    marked = records.join(bearers.withColumn("is_new", F.lit(True)), list(identity), "left")
    state = (F.when(F.col("_code").isNotNull(), "quarantined")
             .when(F.col("is_new"), "accepted").otherwise("duplicate"))
    return marked.withColumn("_disposition", state)


def file_books(rows: DataFrame, disposed: DataFrame, feed: Feed) -> DataFrame:
    """One row a file: what its raw text held, and where each record went."""
    files = rows.groupBy("file", "sha256", "known_at", "batch_id").agg(
        F.max("file_records").alias("records_in"), F.max("finding").alias("finding"))
    went = disposed.groupBy("file", "sha256").agg(
        *(F.count_if(F.col("_disposition") == state).alias(state) for state in ("accepted", "quarantined", "duplicate")))
    return (files.join(went, ["file", "sha256"], "left").na.fill(0, ["accepted", "quarantined", "duplicate"])
            .withColumn("feed", F.lit(feed.name)))


def _require_balance(books: Sequence[Mapping[str, Any]], feed: Feed) -> None:
    for book in books:
        held, went = book["records_in"], [book[name] for name in _COUNTS[1:]]
        if held != sum(went):
            raise InternalError("conservation.broken", f"feed {feed.name}: {book['file']} holds {held} records, of which "
                                f"{went[0]} accepted, {went[1]} refused, {went[2]} duplicate",
                                "Nothing was kept of this batch; report the file.")


def with_messages(refused: DataFrame, feed: Feed) -> DataFrame:
    """Refused records with a number, their sender, and messages to it in both languages."""
    texts = {refusal.code: refusal.text for refusal in (*COMMON, *feed.refusals)}
    words = _field_words(feed)
    identity = F.concat_ws("|", F.lit(feed.name), "file", "sha256", "ordinal")
    return refused.withColumns({
        "code": F.col("_code"),
        "message_ko": _message({code: text.ko for code, text in texts.items()}, {name: text.ko for name, text in words.items()}),
        "message_en": _message({code: text.en for code, text in texts.items()}, {name: text.en for name, text in words.items()}),
        "refusal_id": F.substring(F.sha2(identity, 256), 1, 16),
        "sender": F.expr(feed.sent_by),
    })


def _field_words(feed: Feed) -> dict[str, Text]:
    """What is said for the names of fields: their words, and where the sender keeps them."""
    words = {field.name: Text(f"{field.text.ko} [{field.source or field.name}]", f"{field.text.en} [{field.source or field.name}]")
             for field in feed.fields}
    keys = [words[name] for name in feed.key]
    return {", ".join(feed.key): Text(", ".join(key.ko for key in keys), ", ".join(key.en for key in keys))} | words


def _message(texts: Mapping[str, str], words: Mapping[str, str]) -> Column:
    detail = F.coalesce(_looked_up(words, "_found"), "_found", F.lit(""))
    return F.replace(F.coalesce(_looked_up(texts, "_code"), "_code"), F.lit("{detail}"), detail)


def _looked_up(table: Mapping[str, str], column: str) -> Column:
    return F.create_map(*(F.lit(part) for pair in table.items() for part in pair))[F.col(column)]
