"""Refused records read again, each alone and within its envelope, by today's readers and rules."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from feeds.feed import Feed, Record
from feeds.judged import judged
from feeds.parsing import Parsing, row_ddl
from feeds.readers.envelope import is_company, within
from feeds.registry import BY_NAME
from lakehouse.clock import sql_instant
from lakehouse.settings import Settings

# What is read again of a refusal.
READ_AGAIN = ("refusal_id", "file", "position", "ordinal", "sha256", "raw", "envelope")
_OWN = (pa.field("refusal_id", pa.string()), pa.field("counted", pa.int64()))
_ROWS_A_BATCH = 500
# Records of one refused message are numbered within the number of the refusal.
_ORDINALS = 1 << 32


class Rereading(Parsing):
    """What a worker needs to read refusals of one feed again."""

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Refusals in, bronze rows out, each with its refusal and, on the first of a refusal, how many records its text holds."""
        refusals = (one for batch in batches for one in batch.to_pylist())
        rows = (row for one in refusals for row in self.again(one))
        while pending := list(islice(rows, _ROWS_A_BATCH)):
            own = [pa.array([row.pop(field.name) for row in pending], field.type) for field in _OWN]
            made = self.batch(pending)
            yield pa.RecordBatch.from_arrays([*made.columns, *own], schema=pa.schema([*made.schema, *_OWN]))

    def again(self, refusal: dict[str, Any]) -> list[dict[str, Any]]:
        """The records of a refusal: mostly one, at its place in the file; more where a message had been refused whole."""
        feed, envelope = BY_NAME[self.feed], refusal["envelope"]
        # What is read again was pseudonymised before it was kept.
        number, found, _ = self._taken(feed, within(envelope, refusal["raw"]))
        records = [record for record in found if not is_company(envelope, record.raw)]
        counted = number - len(found) + len(records)
        if not records:
            counted, records = 1, [Record("", refusal["raw"], None, refusal="file.empty")]
        shared = {"file": refusal["file"], "sha256": refusal["sha256"], "refusal_id": refusal["refusal_id"]}
        if len(records) == 1:
            place = {"position": refusal["position"], "ordinal": refusal["ordinal"], "envelope": envelope, "counted": counted}
            return [self._alone(feed, records[0]) | shared | place]
        rows = [self._row(feed, "", record, (refusal["ordinal"] + 1) * _ORDINALS + at) for at, record in enumerate(records)]
        return [row | shared | {"position": f"{refusal['position']}#{row['position']}", "counted": counted if at == 0 else 0}
                for at, row in enumerate(rows)]

    def _alone(self, feed: Feed, record: Record) -> dict[str, Any]:
        row = self._row(feed, "", record, 0)
        if faults := (row.get("values") or {}).get("envelope_faults"):
            # Totals speak of the message that the record stood in.
            row["values"] = {**row["values"], "envelope_faults": [fault for fault in faults if "/" not in fault]}
        return row


def read_again(refusals: DataFrame, feed: Feed, settings: Settings, batch_id: str, known_at: datetime, finding: str) -> DataFrame:
    """Refusals as bronze rows of a batch of their own, judged; `is_settled` where something of the refusal is no longer refused."""
    ddl = f"{row_ddl(feed)}, refusal_id string, counted bigint"
    rows = refusals.select(*READ_AGAIN).mapInArrow(Rereading.of(feed, settings), ddl).withColumns(
        {"known_at": F.expr(sql_instant(known_at)), "batch_id": F.lit(batch_id), "finding": F.lit(finding)})
    told = judged(rows.withColumn("issued_at", F.expr(feed.issued_at)), feed)
    settled = told.withColumn("is_settled", F.bool_or(F.col("_code").isNull()).over(Window.partitionBy("refusal_id")))
    # Books are kept by file: what its settled refusals hold.
    held = F.sum(F.when(F.col("is_settled"), F.col("counted"))).over(Window.partitionBy("file", "sha256"))
    return settled.withColumn("file_records", held)
