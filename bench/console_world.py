"""A night of as many scored shipments as are asked for: those of a published night, copied under other numbers, and published."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import ceil
from pathlib import Path

import duckdb

from features.tables import FEATURE
from jobs.manifest import Publication, latest, publish
from jobs.query import view_sql
from jobs.serving import READ
from jobs.tables import TABLES
from lakehouse.errors import CallerError
from lakehouse.field import Field
from lakehouse.lake import Lake
from lakehouse.table import Table
from models.tables import DRIFT, SELECTION

# Columns that tell one shipment, party, bill or container from another; who carries it and which list says so stays the same.
_TELLS_APART = re.compile(r"(_id|_no|_nos|_bl|_awb|_key|_ref|_refs|_tag|_reference|^identifier)$")
_SAME = frozenset({"voyage_no", "entry_id", "batch_id"})
_BATCH = 20_000


def copied(source: Lake, folder: Path, shipments: int) -> Lake:
    """A lake in `folder` whose newest night scores at least so many; CallerError where the source has none published."""
    publication = latest(source)
    if publication is None:
        raise CallerError("lake.unpublished", f"Nothing is published in {source.root}", "Run haechi demo first, and name its lake by HAECHI_LAKE.")
    target = Lake(str(folder))
    shutil.copytree(source.folder, target.folder, ignore=shutil.ignore_patterns("serving", "landing", "staged", "*.lock"))
    with _night(source.pinned(publication.versions), publication) as connection:
        [(held, most)] = connection.execute("SELECT count(*), max(rank) FROM gold_score WHERE as_of = ?", [publication.at]).fetchall()
        copies = ceil(shipments / held)
        for table in dict.fromkeys((*READ, FEATURE)):
            wanted = f"SELECT {', '.join(_moved(field, int(most)) for field in table.fields)} FROM range({copies}) r(copy), {_rows(table)} t"
            # As many as an office can look at are selected, however many there are.
            wanted += " WHERE copy = 0" if table in (SELECTION, DRIFT) else ""
            target.append_arrow(connection.sql(wanted).to_arrow_reader(_BATCH), table)
    versions = {table.full_name: version for table in TABLES if (version := target.version(table)) is not None}
    publish(target, replace(publication, versions=publication.versions | versions))
    return target


@contextmanager
def _night(lake: Lake, publication: Publication) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published tables by their names, and which shipments and records are of the night."""
    connection = duckdb.connect(config={"python_enable_replacements": "false"})
    try:
        connection.execute("SET TimeZone='Asia/Seoul'; SET enable_progress_bar=false")
        for table in dict.fromkeys((*READ, FEATURE)):
            connection.register(f"_{table.layer}_{table.name}", lake.dataset(table))
            connection.execute(f"CREATE TEMP VIEW {table.layer}_{table.name} AS {view_sql(table)}")
        connection.execute("CREATE TEMP TABLE scored AS SELECT shipment_id FROM gold_score WHERE as_of = ?", [publication.at])
        connection.execute("CREATE TEMP TABLE told AS SELECT DISTINCT record_key FROM gold_event SEMI JOIN scored USING (shipment_id)")
        yield connection
    finally:
        connection.close()


def _rows(table: Table) -> str:
    """The rows of a table that are of the night."""
    name = f"{table.layer}_{table.name}"
    for column, known in (("shipment_id", "scored"), ("record_key", "told")):
        if column in table.columns:
            return f"(SELECT * FROM {name} WHERE {column} IN (SELECT {column} FROM {known}))"
    return name


def _moved(field: Field, most: int) -> str:
    """A column of the copy: cargo keeps the length of its number, whose first characters name its manifest; ranks follow those before."""
    name = f'"{field.name}"'
    told = f"{name} || '~' || copy"
    if field.name == "rank":
        told = f"{name} + copy * {most}"
    elif field.spark_type == "array<string>" and _TELLS_APART.search(field.name):
        told = f"list_transform({name}, lambda one: one || '~' || copy)"
    elif field.name in ("cargo_control_no", "record_key"):
        told = f"CASE WHEN length({name}) BETWEEN 15 AND 19 AND copy > 0 THEN printf('%06x', copy) || substr({name}, 7) ELSE {told} END"
    elif field.name in _SAME or field.spark_type != "string" or not _TELLS_APART.search(field.name):
        return name
    return f"CASE WHEN copy = 0 THEN {name} ELSE {told} END AS {name}"
