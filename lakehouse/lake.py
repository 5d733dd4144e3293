"""The lake: the only reads and writes of tables. Tables are appended to; a version names what a reader sees."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any, cast
from uuid import uuid4

import pyarrow as pa
from deltalake import DeltaTable
from pyarrow.parquet import filters_to_expression
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from lakehouse.casting import arrow_type
from lakehouse.clock import sql_instant
from lakehouse.errors import CallerError
from lakehouse.log import (
    commit_files,
    compact,
    named_files,
    open_log,
    open_parquet,
    remove,
    remove_files,
    restore,
    small_files,
    unneeded,
    write_batches,
    write_parquet,
)
from lakehouse.table import Table


class Lake:
    """One folder or object-store prefix of Delta tables.

    `versions` pins tables to a published state. `as_of` is the one place of the rule that nothing known later is used:
    rows of bronze, silver and gold with a later known_at are not there. `held` are batches of feeds kept back for their quality.
    """

    def __init__(self, root: str, versions: Mapping[str, int] | None = None, as_of: datetime | None = None,
                 held: Mapping[str, Collection[str]] | None = None, logs: "Logs | None" = None) -> None:
        self.root = root.rstrip("/")
        self.versions = versions
        self.as_of = as_of
        self.held = held or {}
        self._logs = logs or Logs()

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
        return Lake(self.root, self.versions, as_of, held, self._logs)

    def version(self, table: Table) -> int | None:
        """The version a reader sees; None where the table has no row yet."""
        if self.versions is not None:
            return self.versions.get(table.full_name)
        opened = self._logs.newest(self.path(table), table)
        return opened.version() if opened else None

    def files(self, table: Table) -> dict[str, int]:
        """The files of the version a reader sees, by their place in the table, with their bytes."""
        opened = self._open(table)
        return named_files(opened) if opened else {}

    def reread(self) -> None:
        """Look at every table anew: another process may have written since."""
        self._logs.clear()

    def read(self, spark: SparkSession, table: Table) -> DataFrame:
        """Every row of the table as a Spark frame with the declared schema; a column declared since it was written is NULL."""
        opened = self._open(table)
        files = opened.file_uris() if opened else []
        if not files:
            return spark.createDataFrame([], _schema(table))
        return self._visible(spark.read.schema(_schema(table)).parquet(*files), table)

    def _visible(self, frame: DataFrame, table: Table) -> DataFrame:
        if table.layer not in ("bronze", "silver", "gold"):
            return frame
        if self.as_of is not None and "known_at" in table.columns:
            frame = frame.where(f"known_at <= {sql_instant(self.as_of)}")
        held = self.held.get(table.name) if table.layer in ("bronze", "silver") else None
        return frame.where(~F.col("batch_id").isin(list(held))) if held else frame

    def current(self, spark: SparkSession, table: Table) -> DataFrame:
        """The newest row of each key of a keyed table."""
        return newest_rows(self.read(spark, table), table)

    def arrow(self, table: Table, columns: Sequence[str] | None = None, where: object = None) -> pa.Table:
        """Rows as Arrow without Spark; `where` is a list of (column, operator, value) filters joined by AND."""
        opened = self._open(table)
        if opened is None:
            empty = _arrow_schema(table).empty_table()
            return empty.select(list(columns)) if columns else empty
        kept = filters_to_expression(where) if where else None
        return _dataset(opened, table).to_table(columns=list(columns) if columns else None, filter=kept)

    def dataset(self, table: Table) -> object:
        """A lazy Arrow dataset of the version a reader sees, or an empty Arrow table."""
        opened = self._open(table)
        return _dataset(opened, table) if opened else self.arrow(table)

    def append(self, frame: DataFrame, table: Table) -> int:
        """Add a frame's rows, columns in declared order, each cast to its declared type; how many they are."""
        self._require_writable(table)
        have = dict(frame.dtypes)
        # Casts that change nothing still cost planning, and the widest tables have a hundred columns.
        columns = [f.name if have[f.name] == f.spark_type else F.col(f.name).cast(f.spark_type).alias(f.name) for f in table.fields]
        folder = uuid4().hex
        frame.select(*columns).write.parquet(f"{self.path(table)}/{folder}")
        return self._logs.commit(self.path(table), table, folder)

    def append_rows(self, rows: Sequence[Mapping[str, Any]], table: Table) -> int:
        """Add a few rows made by the driver, without Spark; a column they do not name is NULL. How many they are."""
        self._require_writable(table)
        folder = uuid4().hex
        write_parquet(pa.Table.from_pylist(list(rows), _arrow_schema(table)), self.path(table), folder)
        return self._logs.commit(self.path(table), table, folder)

    def append_arrow(self, batches: pa.RecordBatchReader, table: Table) -> int:
        """Add rows as they come out of a query, batch by batch, columns in declared order; how many they are."""
        self._require_writable(table)
        folder = uuid4().hex
        write_batches(batches, _arrow_schema(table), self.path(table), folder)
        return self._logs.commit(self.path(table), table, folder)

    @contextmanager
    def staged(self, frame: DataFrame) -> Iterator[Any]:
        """A frame's rows written beside the tables and given as a lazy Arrow dataset, for as long as the block runs."""
        path = f"{self.root}/_haechi/staged/{uuid4().hex}"
        frame.write.parquet(path)
        try:
            yield open_parquet(path)
        finally:
            remove(path)

    def restore(self, table: Table, version: int | None) -> None:
        """Bring a table back to a version, dropping rows appended since; None empties it."""
        self._require_writable(table)
        opened = self._logs.newest(self.path(table), table)
        if opened is not None and opened.version() != version:
            restore(opened, version)

    def compact(self, table: Table, most: int, is_trial: bool = False) -> tuple[int, int]:
        """Put small files together where there are more than so many; the files that were (or would be), and the files there are then."""
        self._require_writable(table)
        opened = self._logs.newest(self.path(table), table)
        if opened is None:
            return 0, 0
        merged = small_files(opened, most) if is_trial else compact(opened, most)
        return merged, len(opened.file_uris())

    def sweep(self, table: Table, kept: Collection[int], hours: int, is_trial: bool = False) -> tuple[int, int]:
        """Remove files that neither the newest version nor one kept needs, untouched for so many hours; how many, and their bytes."""
        self._require_writable(table)
        opened = self._logs.newest(self.path(table), table)
        if opened is None:
            return 0, 0
        gone = unneeded(opened, kept, hours)
        if not is_trial:
            remove_files(opened, gone)
        return len(gone), sum(gone.values())

    def _require_writable(self, table: Table) -> None:
        if self.versions is not None:
            raise CallerError("lake.readonly", f"{table.full_name} is open at a past version", "Write to the lake itself.")

    def _open(self, table: Table) -> DeltaTable | None:
        if self.versions is None:
            return self._logs.newest(self.path(table), table)
        version = self.versions.get(table.full_name)
        return None if version is None else self._logs.at(self.path(table), table, version)


class Logs:
    """The logs opened so far, shared by all views of one lake; a run is the lake's one writer, so what it opened stays right."""

    def __init__(self) -> None:
        self._opened: dict[tuple[str, int | None], DeltaTable | None] = {}
        self._turn = Lock()

    def newest(self, path: str, table: Table) -> DeltaTable | None:
        """The table as last written, None where it never was."""
        with self._turn:
            if (path, None) not in self._opened:
                self._opened[path, None] = open_log(path, table)
            return self._opened[path, None]

    def at(self, path: str, table: Table, version: int) -> DeltaTable | None:
        """The table at a version."""
        with self._turn:
            if (path, version) not in self._opened:
                self._opened[path, version] = open_log(path, table, version)
            return self._opened[path, version]

    def commit(self, path: str, table: Table, folder: str) -> int:
        """Add the files written to a folder; how many rows they hold."""
        opened = self.newest(path, table)
        with self._turn:
            self._opened[path, None], rows = commit_files(path, table, folder, opened)
        return rows

    def clear(self) -> None:
        """Forget what was opened."""
        with self._turn:
            self._opened.clear()


def newest_rows(frame: DataFrame, table: Table) -> DataFrame:
    """The last row of each key by the table's `newest` order."""
    if not table.key:
        return frame
    newest = F.max_by(F.struct(*frame.columns), F.struct(*table.newest))
    return frame.groupBy(*table.key).agg(newest.alias("row")).select("row.*").where(f"NOT coalesce({table.gone}, false)")


def _dataset(opened: DeltaTable, table: Table) -> Any:
    """The version's files in the declared schema: a column declared since a file was written is NULL."""
    return opened.to_pyarrow_dataset(schema=_arrow_schema(table))


def _schema(table: Table) -> T.StructType:
    return cast(T.StructType, T.StructType.fromDDL(table.ddl))


def _arrow_schema(table: Table) -> pa.Schema:
    return pa.schema([pa.field(f.name, arrow_type(f)) for f in table.fields])
