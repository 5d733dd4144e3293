"""The Delta log of a table: opened, committed to and restored by deltalake; Spark reads and writes the Parquet files it names.

Through its own Delta source, Spark runs several queries of its own about the log for each table read or appended to, which
is most of a small night; see docs/adr/0008-the-log-by-deltalake.md.
"""

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.fs as pafs
import pyarrow.parquet as pq
from deltalake import DeltaTable, Field, PostCommitHookProperties, Schema
from deltalake.exceptions import TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from lakehouse.errors import CallerError
from lakehouse.table import Table

# Readers beyond version 1 may name columns otherwise or mark rows as deleted: what the files say would not be what is meant.
_READER = 1
_SCALARS = {"bigint": "long"}
# Left to itself, a commit removes entries older than 30 days from the log, and with them the versions that past nights are read at.
# Row counts alone are kept of files: what compaction would add to them, Parquet's own footers say.
_PROPERTIES = {"delta.enableDeletionVectors": "false", "delta.enableExpiredLogCleanup": "false", "delta.dataSkippingNumIndexedCols": "0"}
_KEEPS_LOG = PostCommitHookProperties(cleanup_expired_logs=False)
# Bytes up to which files are put together, step by step: none is written anew more than once a step.
_STEPS = (1 << 20, 8 << 20, 64 << 20)


def open_log(path: str, table: Table, version: int | None = None) -> DeltaTable | None:
    """The table's log at a version, the newest unless given; None where the table was never written."""
    try:
        opened = DeltaTable(path, version=version)
    except TableNotFoundError:
        return None
    except Exception as fault:
        raise CallerError("lake.unreadable", f"{table.full_name} cannot be opened: {str(fault).splitlines()[0]}",
                          "Check the path and access of --lake; if its log is damaged, bring a backup back: haechi restore.") from fault
    if opened.protocol().min_reader_version > _READER:
        raise CallerError("lake.protocol", f"{table.full_name} needs a Delta reader of version {opened.protocol().min_reader_version}",
                          "Turn deletion vectors and column mapping off on the table and rewrite it.")
    return opened


def commit_files(path: str, table: Table, folder: str, opened: DeltaTable | None) -> tuple[DeltaTable | None, int]:
    """Add the Parquet files that were written to a folder of the table; the log after it, and how many rows they hold."""
    actions, rows = _written(path, folder)
    if not rows:
        return opened, 0
    schema = delta_schema(table)
    if opened is None:
        added = [action for action in actions if isinstance(action, AddAction)]
        create_table_with_add_actions(path, schema, added, mode="append", name=table.full_name, description=table.text.en,
                                      configuration=_PROPERTIES)
        return open_log(path, table), rows
    _add_columns(opened, schema)
    opened.create_write_transaction(actions, mode="append", schema=schema, post_commithook_properties=_KEEPS_LOG)
    opened.update_incremental()
    return opened, rows


def write_parquet(rows: pa.Table, path: str, folder: str) -> None:
    """Write rows as one Parquet file in a folder of the table."""
    system, root = _place(path)
    system.create_dir(f"{root}/{folder}")
    pq.write_table(rows, f"{root}/{folder}/rows.parquet", filesystem=system, coerce_timestamps="us", version="2.6")


def write_batches(batches: pa.RecordBatchReader, schema: pa.Schema, path: str, folder: str) -> None:
    """Write batches as one Parquet file in a folder of the table, each cast to the schema."""
    system, root = _place(path)
    system.create_dir(f"{root}/{folder}")
    with pq.ParquetWriter(f"{root}/{folder}/rows.parquet", schema, filesystem=system, coerce_timestamps="us", version="2.6") as writer:
        for batch in batches:
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))


def open_parquet(path: str) -> Any:
    """The Parquet files of a folder as a lazy Arrow dataset."""
    system, root = _place(path)
    return ds.dataset(root, filesystem=system, format="parquet")


def remove(path: str) -> None:
    """Take a folder away."""
    system, root = _place(path)
    system.delete_dir(root)


def restore(opened: DeltaTable, version: int | None) -> None:
    """Bring a table back to a version as a new one; None empties it."""
    if version is None:
        opened.delete(post_commithook_properties=_KEEPS_LOG)
    else:
        opened.restore(version, post_commithook_properties=_KEEPS_LOG)
    opened.update_incremental()


def small_files(opened: DeltaTable, most: int) -> int:
    """How many files are to be put together, because more than so many of a step are small."""
    counts = [sum(size < step for size in named_files(opened).values()) for step in _STEPS]
    return max((count for count in counts if count > most), default=0)


def compact(opened: DeltaTable, most: int) -> int:
    """Put small files together where there are more than so many, the rows in their order; how many were."""
    if any(opened.metadata().configuration.get(name) != value for name, value in _PROPERTIES.items()):
        opened.alter.set_table_properties(_PROPERTIES)
        opened.update_incremental()
    merged = 0
    for step in _STEPS:
        if sum(size < step for size in named_files(opened).values()) > most:
            merged += opened.optimize.compact(target_size=step, post_commithook_properties=_KEEPS_LOG)["numFilesRemoved"]
    if merged:
        opened.create_checkpoint()
    return merged


def unneeded(opened: DeltaTable, kept: Collection[int], hours: int) -> dict[str, int]:
    """Files that no version kept names and nobody has written for so many hours, with their bytes."""
    found = opened.vacuum(retention_hours=hours, dry_run=True, enforce_retention_duration=False, full=True, keep_versions=sorted(kept))
    names = set(found)
    # Spark keeps a checksum beside each file, which goes with it and not before.
    gone = [name for name in found if not name.endswith(".crc") or _checked_by(name) in names or not _exists(opened, _checked_by(name))]
    system, root = _place(opened.table_uri)
    infos = system.get_file_info([f"{root}/{name}" for name in gone])
    return {name: info.size or 0 for name, info in zip(gone, infos, strict=True) if info.type == pafs.FileType.File}


def remove_files(opened: DeltaTable, names: Collection[str]) -> None:
    """Take files of a table away, and folders that nothing is left in."""
    system, root = _place(opened.table_uri)
    for name in names:
        system.delete_file(f"{root}/{name}")
    for folder in {name.rpartition("/")[0] for name in names} - {""}:
        if not system.get_file_info(pafs.FileSelector(f"{root}/{folder}", allow_not_found=True)):
            system.delete_dir(f"{root}/{folder}")


def named_files(opened: DeltaTable) -> dict[str, int]:
    """The files that a version names, by their place in the table, with their bytes."""
    added = pa.table(opened.get_add_actions())
    return dict(zip(added["path"].to_pylist(), added["size_bytes"].to_pylist(), strict=True))


def _checked_by(checksum: str) -> str:
    folder, _, name = checksum.rpartition("/")
    return f"{folder}/{name.removeprefix('.').removesuffix('.crc')}".lstrip("/")


def _exists(opened: DeltaTable, name: str) -> bool:
    system, root = _place(opened.table_uri)
    return bool(system.get_file_info(f"{root}/{name}").type != pafs.FileType.NotFound)


def delta_schema(table: Table) -> Schema:
    """The schema of the declared table, each column with its comment in both languages."""
    fields = [{"name": f.name, "type": _delta_type(f.spark_type), "nullable": True, "metadata": {"comment": f.comment}} for f in table.fields]
    made: Schema = Schema.from_json(json.dumps({"type": "struct", "fields": fields}))
    return made


def _written(path: str, folder: str) -> tuple[list[AddAction | RemoveAction], int]:
    """What Spark wrote to a folder: one action a file that holds rows, and the rows in all."""
    system, root = _place(path)
    actions: list[AddAction | RemoveAction] = []
    rows = 0
    for info in system.get_file_info(pafs.FileSelector(f"{root}/{folder}")):
        if info.extension != "parquet":
            continue
        with system.open_input_file(info.path) as file:
            held = pq.read_metadata(file).num_rows
        if held:
            rows += held
            modified = int(info.mtime.timestamp() * 1000)
            actions.append(AddAction(f"{folder}/{info.base_name}", info.size, {}, modified, True, json.dumps({"numRecords": held})))
    return actions, rows


def _place(path: str) -> tuple[pafs.FileSystem, str]:
    system, root = pafs.FileSystem.from_uri(path if "://" in path else Path(path).absolute().as_uri())
    return system, root.rstrip("/")


def _add_columns(opened: DeltaTable, wanted: Schema) -> None:
    """Add columns declared since the table was first written."""
    present = {field.name for field in opened.schema().fields}
    added: Sequence[Field] = [field for field in wanted.fields if field.name not in present]
    if added:
        opened.alter.add_columns(list(added), post_commithook_properties=_KEEPS_LOG)
        opened.update_incremental()


def _delta_type(spark_type: str) -> Any:
    kind, _, inner = spark_type.partition("<")
    inner = inner.removesuffix(">")
    if kind == "array":
        return {"type": "array", "elementType": _delta_type(inner), "containsNull": True}
    if kind == "map":
        key, value = inner.split(",", 1)
        return {"type": "map", "keyType": _delta_type(key.strip()), "valueType": _delta_type(value.strip()), "valueContainsNull": True}
    if kind == "struct":
        fields = [part.split(":", 1) for part in _top_level(inner)]
        return {"type": "struct", "fields": [{"name": n, "type": _delta_type(t), "nullable": True, "metadata": {}} for n, t in fields]}
    return _SCALARS.get(kind, kind)


def _top_level(text: str) -> list[str]:
    """The parts between commas that stand in no angle brackets."""
    parts, depth, start = [], 0, 0
    for at, mark in enumerate(text):
        depth += (mark == "<") - (mark == ">")
        if mark == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]
