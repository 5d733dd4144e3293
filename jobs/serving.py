"""The serving file of a publication: what the console's pages need, in one read-only DuckDB file built from Delta."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from feeds import air_waybill, cargo_progress, carrier_event, courier, manifest, screening, terminal_event
from fusion.tables import CONTRADICTION, DECLARATION_FACT, EVENT, LABEL, PARTY_MENTION, SHIPMENT, WATCHLIST_HIT
from jobs.manifest import Publication
from jobs.query import view_sql
from jobs.serving_sql import TABLES
from lakehouse.lake import Lake
from lakehouse.settings import load_yaml
from models.tables import DRIFT, EXPLANATION, SCORE, SELECTION

# Counted up where the tables inside change: a file of an earlier shape is then built anew, not misread.
SHAPE = 5
KEPT = 3
_SEEN_DAYS = 30
# A page asks for single rows: of a group of the usual 122,880 rows too much is unpacked for one of them.
_ROW_GROUP = 8192
READ = (SCORE, SHIPMENT, EXPLANATION, SELECTION, CONTRADICTION, EVENT, LABEL, DECLARATION_FACT, PARTY_MENTION, WATCHLIST_HIT, DRIFT,
         *(feed.FEED.silver for feed in (air_waybill, cargo_progress, carrier_event, courier, manifest, screening, terminal_event)))


def serving_file(lake: Lake, publication: Publication) -> Path:
    """Where the serving file of a publication lies."""
    return lake.folder / "serving" / f"{publication.run_id}.{SHAPE}.duckdb"


def build(lake: Lake, publication: Publication) -> Path:
    """Build the serving file of a publication where there is none; readers find all of it or nothing."""
    target = serving_file(lake, publication)
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(f".{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    try:
        with _source(lake.pinned(publication.versions), fresh) as connection:
            _fill(connection, publication)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    return target


def prune(lake: Lake, keep: set[Path]) -> None:
    """Remove the oldest serving files, but never those named; a reader that has one open reads on."""
    for path in outdated(lake, keep):
        path.unlink(missing_ok=True)


def outdated(lake: Lake, keep: set[Path]) -> list[Path]:
    """The serving files that are older than the newest few, but for those named."""
    built = sorted((lake.folder / "serving").glob("*.duckdb"), key=lambda path: path.stat().st_mtime)
    return [path for path in built[:-KEPT] if path not in keep]


@contextmanager
def _source(lake: Lake, file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A new file whose connection sees the published tables by their names."""
    connection = duckdb.connect(config={"python_enable_replacements": "false", "temp_directory": f"{file}.tmp"})
    quoted = str(file).replace("'", "''")
    try:
        connection.execute(f"ATTACH '{quoted}' AS serving (ROW_GROUP_SIZE {_ROW_GROUP})")
        for table in READ:
            connection.register(f"_{table.layer}_{table.name}", lake.dataset(table))
            connection.execute(f"CREATE TEMP VIEW {table.layer}_{table.name} AS {view_sql(table)}")
        connection.execute("USE serving")
        connection.execute("SET TimeZone='Asia/Seoul'; SET preserve_insertion_order=true; SET enable_progress_bar=false")
        yield connection
    finally:
        connection.close()


def _fill(connection: duckdb.DuckDBPyConnection, publication: Publication) -> None:
    at = publication.at
    connection.execute("CREATE TABLE publication AS SELECT ? AS run_id, ? AS kind, CAST(? AS DATE) AS business_date, CAST(? AS TIMESTAMPTZ) AS as_of",
                       [publication.run_id, publication.kind, publication.business_date, at])
    connection.execute("CREATE TEMP TABLE time_limit (kind VARCHAR, stage VARCHAR, hours DOUBLE)")
    connection.executemany("INSERT INTO time_limit VALUES (?, ?, ?)", time_limits(load_yaml("console.yaml")))
    values: dict[str, Any] = {"as_of": at, "since": at - timedelta(days=_SEEN_DAYS), "night": publication.business_date}
    for statement in TABLES:
        used = {name: value for name, value in values.items() if f"${name}" in statement}
        connection.execute(statement, used)


def time_limits(given: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Hours to decide within, by kind and stage."""
    return [(kind, stage, float(hours)) for kind, stages in given.get("decide_within_hours", {}).items() for stage, hours in stages.items()]


def built_at(path: Path) -> datetime:
    """When a serving file was built."""
    return datetime.fromtimestamp(path.stat().st_mtime).astimezone()
