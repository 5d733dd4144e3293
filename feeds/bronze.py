"""Landing to bronze: files not taken before are read in parallel and appended as sent."""

from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds.feed import Feed
from feeds.landing import LandedFile
from feeds.parsing import Parsing, row_ddl
from feeds.readers.opening import file_hash
from feeds.vault.store import Gathered, VaultAccess
from lakehouse.lake import Lake
from lakehouse.ops import FILE
from lakehouse.settings import Settings

_FILES_A_TASK = 200


def new_files(lake: Lake, files: Sequence[LandedFile]) -> list[LandedFile]:
    """Files that the lake has not taken: no row of ops.file has both their path and their bytes."""
    taken: dict[str, set[str]] = {}
    table = lake.arrow(FILE, ("feed", "file", "sha256"))
    for feed, file, digest in zip(*(table[name].to_pylist() for name in ("feed", "file", "sha256")), strict=True):
        taken.setdefault(f"{feed}:{file}", set()).add(digest)
    return [f for f in files if f"{f.feed}:{f.file}" not in taken or file_hash(f.path) not in taken[f"{f.feed}:{f.file}"]]


def read_files(spark: SparkSession, feed: Feed, files: Sequence[LandedFile], settings: Settings, batch_id: str,
               vault: VaultAccess | None = None) -> DataFrame:
    """Bronze rows of the files, read in parallel by the workers."""
    listed = [(f.file, f.path, int(f.known_at.timestamp()), f.finding) for f in files]
    slices = max(1, min(len(listed), max(spark.sparkContext.defaultParallelism * 2, len(listed) // _FILES_A_TASK)))
    paths = spark.createDataFrame(listed, "file string, path string, known_seconds bigint, finding string").repartition(slices)
    rows = paths.mapInArrow(Parsing.of(feed, settings, vault), row_ddl(feed))
    return rows.withColumn("known_at", F.timestamp_seconds("known_seconds")).withColumn("batch_id", F.lit(batch_id))


def bring_in(spark: SparkSession, lake: Lake, feed: Feed, files: Sequence[LandedFile], settings: Settings, batch_id: str,
             vault: VaultAccess) -> None:
    """Append the files' records to bronze, and the clear values in them and in their names to the vault."""
    names = Gathered()
    for file in files:
        names.add(file.personal, int(file.known_at.timestamp()))
    names.keep(vault)
    rows = read_files(spark, feed, files, settings, batch_id, vault)
    lake.append(rows.withColumn("issued_at", F.expr(feed.issued_at)), feed.bronze)
