"""Read-only SQL over published tables: DuckDB on their Arrow datasets, nothing else within its reach."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from feeds.current import current_sql
from feeds.registry import BY_NAME as FEEDS
from jobs.tables import BY_NAME, TABLES
from lakehouse.clock import KOREA
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.table import Table

_NAME = re.compile(r"\b(bronze|silver|quarantine|gold|ops|current)\s*\.\s*\"?([a-z_]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """What a query gave; `truncated` when the row limit cut it."""

    columns: list[str]
    rows: list[list[Any]]
    truncated: bool


def query(lake: Lake, sql: str, limit: int) -> Answer:
    """The answer to one SELECT over tables by name; CallerError says what is wrong with it."""
    connection = duckdb.connect(":memory:", config={"python_enable_replacements": "false"})
    try:
        _offer(connection, lake, sql)
        connection.execute("SET TimeZone='Asia/Seoul'; SET enable_external_access=false; SET lock_configuration=true")
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise CallerError("sql.readonly", "Only one SELECT is answered", "Write one SELECT over the tables of haechi list tables.")
        found = connection.execute(statements[0])
        rows = found.fetchmany(limit + 1)
        columns = [column[0] for column in found.description or []]
    except duckdb.Error as fault:
        raise CallerError("sql.invalid", str(fault).split("\n\n", 1)[0].replace("\n", " ")[:400],
                          "See haechi list tables, and docs/data-dictionary.md for the columns.") from None
    finally:
        connection.close()
    return Answer(columns, [[plain(value) for value in row] for row in rows[:limit]], len(rows) > limit)


def _offer(connection: duckdb.DuckDBPyConnection, lake: Lake, sql: str) -> None:
    """Make the named tables visible, keyed ones as their newest rows, and feeds as they currently stand."""
    named = {f"{layer.lower()}.{name.lower()}" for layer, name in _NAME.findall(sql)}
    current = {name.removeprefix("current."): name for name in named if name.startswith("current.")}
    unknown = sorted(named - set(BY_NAME) - {name for feed, name in current.items() if feed in FEEDS})
    if unknown:
        raise CallerError("table.unknown", f"{unknown[0]} is no table", "See haechi list tables.")
    for table in TABLES:
        if table.full_name in named:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {table.layer}")
            connection.register(f"_{table.layer}_{table.name}", lake.dataset(table))
            connection.execute(f"CREATE VIEW {table.full_name} AS {view_sql(table)}")
    for name in current:
        feed = FEEDS[name]
        connection.execute("CREATE SCHEMA IF NOT EXISTS current")
        for table in (feed.silver, feed.bronze):
            connection.register(f"_now_{table.layer}_{table.name}", lake.dataset(table))
        connection.execute(f"CREATE VIEW current.{name} AS {current_sql(feed, f'_now_silver_{name}', f'_now_bronze_{name}')}")


def view_sql(table: Table) -> str:
    """What readers see of a table: the newest row of each key where it has one."""
    source = f"SELECT * FROM _{table.layer}_{table.name}"
    if not table.newest:
        return source
    newest = ", ".join(f"{name} DESC NULLS LAST" for name in table.newest)
    return f"{source} QUALIFY row_number() OVER (PARTITION BY {', '.join(table.key)} ORDER BY {newest}) = 1"


def plain(value: Any) -> Any:  # noqa: PLR0911 - one line a kind
    """A value as JSON holds it: instants in Korea time, numbers finite."""
    if isinstance(value, datetime):
        return value.astimezone(KOREA).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value if value is None or isinstance(value, bool | int | str) else str(value)
