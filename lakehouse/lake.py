"""The lake: the only Delta reads and writes. Tables are appended to; a version names what a reader sees."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

import pyarrow as pa
from delta.tables import DeltaTable as SparkDeltaTable
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from lakehouse.clock import sql_instant
from lakehouse.errors import CallerError
from lakehouse.table import Table


class Lake:
    """One folder or object-store prefix of Delta tables.

    `versions` pins tables to a published state. `as_of` is the one place of the rule that nothing known later is used:
    rows of silver and gold with a later known_at are not there. `held` are batches of feeds kept back for their quality.
    """

    def __init__(self, root: str, versions: Mapping[str, int] | None = None, as_of: datetime | None = None,
                 held: Mapping[str, Collection[str]] | None = None) -> None:
        self.root = root.rstrip("/")
        self.versions = versions
        self.as_of = as_of
        self.held = held or {}

    @property
    def folder(self) -> Path:
        """Where what is no Delta table is kept: leases, journals, manifests, the embedded MLflow store."""
        return Path(self.root) / "_haechi"

    def path(self, table: Table) -> str:
        """Where the table is kept."""
        return f"{self.root}/{table.layer}/{table.name}"

    def pinned(self, versions: Mapping[str, int]) -> "Lake":
        """The same lake as it was at these versions; a table not named is empty."""
        return Lake(self.root, versions)

    def known(self, as_of: datetime, held: Mapping[str, Collection[str]] | None = None) -> "Lake":
        """The same lake holding only what was known by then, without held batches."""
        return Lake(self.root, self.versions, as_of, held)

    def version(self, table: Table) -> int | None:
        """The version a reader sees; None where the table has no row yet."""
        if self.versions is not None:
            return self.versions.get(table.full_name)
        opened = self._open(table)
        return opened.version() if opened else None

    def read(self, spark: SparkSession, table: Table) -> DataFrame:
        """Every row of the table as a Spark frame; an empty one with the declared schema before the first append."""
        version = self.version(table)
        if version is None:
            return spark.createDataFrame([], _schema(table))
        # Named by its version even where it is the newest: Spark drops what it keeps of a frame over an unnamed one as soon
        # as the table is appended to, and would then compute it anew from what came after.
        frame = spark.read.format("delta").option("versionAsOf", version).load(self.path(table))
        if tuple(frame.columns) != table.columns:
            frame = frame.select(*_existing(table, frame.columns))
        return self._visible(frame, table)

    def _visible(self, frame: DataFrame, table: Table) -> DataFrame:
        if table.layer not in ("silver", "gold"):
            return frame
        if self.as_of is not None and "known_at" in table.columns:
            frame = frame.where(f"known_at <= {sql_instant(self.as_of)}")
        held = self.held.get(table.name) if table.layer == "silver" else None
        return frame.where(~F.col("batch_id").isin(list(held))) if held else frame

    def current(self, spark: SparkSession, table: Table) -> DataFrame:
        """The newest row of each key of a keyed table."""
        return newest_rows(self.read(spark, table), table)

    def arrow(self, table: Table, columns: Sequence[str] | None = None, where: object = None) -> pa.Table:
        """Rows as Arrow without Spark; `where` is a list of (column, operator, value) filters joined by AND."""
        version = self.version(table)
        if version is None:
            return pa.schema([pa.field(f.name, arrow_type(f.spark_type)) for f in table.fields]).empty_table()
        opened = self._open(table, version)
        assert opened is not None
        return opened.to_pyarrow_table(columns=list(columns) if columns else None, filters=where)

    def dataset(self, table: Table) -> object:
        """A lazy Arrow dataset of the version a reader sees, or an empty Arrow table."""
        version = self.version(table)
        opened = self._open(table, version) if version is not None else None
        return opened.to_pyarrow_dataset() if opened else self.arrow(table)

    def append(self, frame: DataFrame, table: Table) -> None:
        """Add rows, columns in declared order, each cast to its declared type and carrying its comment."""
        if self.versions is not None:
            raise CallerError("lake.readonly", f"{table.full_name} is open at a past version", "Write to the lake itself.")
        columns = [F.col(f.name).cast(f.spark_type).alias(f.name, metadata={"comment": f.comment}) for f in table.fields]
        (frame.select(*columns).write.format("delta").mode("append").option("mergeSchema", "true").save(self.path(table)))

    def restore(self, spark: SparkSession, table: Table, version: int | None) -> None:
        """Bring a table back to a version, dropping rows appended since; None empties it."""
        now = self.version(table)
        if now is None or now == version:
            return
        handle = SparkDeltaTable.forPath(spark, self.path(table))
        if version is None:
            handle.delete()
        else:
            handle.restoreToVersion(version)

    def _open(self, table: Table, version: int | None = None) -> DeltaTable | None:
        try:
            return DeltaTable(self.path(table), version=version)
        except TableNotFoundError:
            return None
        except Exception as fault:
            raise CallerError("lake.unreadable", f"{table.full_name} cannot be opened: {str(fault).splitlines()[0]}",
                              "Check the path and access of --lake; restore the table from a backup if its log is damaged.") from fault


def newest_rows(frame: DataFrame, table: Table) -> DataFrame:
    """The last row of each key by the table's `newest` order."""
    if not table.key:
        return frame
    newest = F.max_by(F.struct(*frame.columns), F.struct(*table.newest))
    return frame.groupBy(*table.key).agg(newest.alias("row")).select("row.*")


def _schema(table: Table) -> T.StructType:
    return cast(T.StructType, T.StructType.fromDDL(table.ddl))


def _existing(table: Table, present: Sequence[str]) -> list[Column]:
    """Declared columns in order; one declared after the table was first written reads as NULL."""
    return [F.col(f.name) if f.name in present else F.lit(None).cast(f.spark_type).alias(f.name) for f in table.fields]


_ARROW = {"string": pa.string(), "bigint": pa.int64(), "double": pa.float64(), "boolean": pa.bool_(),
          "date": pa.date32(), "timestamp": pa.timestamp("us", tz="UTC")}


def arrow_type(spark_type: str) -> pa.DataType:
    """The Arrow type of a Spark DDL type; structs read as JSON text."""
    if spark_type in _ARROW:
        return _ARROW[spark_type]
    if spark_type.startswith("array<") and not spark_type.startswith("array<struct"):
        return pa.list_(arrow_type(spark_type.removeprefix("array<").removesuffix(">")))
    if spark_type.startswith("map<string,"):
        return pa.map_(pa.string(), arrow_type(spark_type.removeprefix("map<string,").removesuffix(">").strip()))
    return pa.string()
