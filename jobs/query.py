"""Read-only SQL over published tables: DuckDB on their Arrow datasets, nothing else within its reach."""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import duckdb

from feeds.current import current_sql
from feeds.feed import Feed
from feeds.registry import BY_NAME as FEEDS
from jobs.tables import BY_NAME, TABLES
from lakehouse.clock import KOREA
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.table import Table

_NAME = re.compile(r"\b(bronze|silver|quarantine|gold|ops|current)\s*\.\s*\"?([a-z_]+)", re.IGNORECASE)
EVERY = 1_000_000_000


@dataclass(frozen=True)
class Answer:
    """What a query gave; `truncated` when the row limit cut it."""

    columns: list[str]
    rows: list[list[Any]]
    truncated: bool

    def dicts(self) -> list[dict[str, Any]]:
        """The rows by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def query(lake: Lake, sql: str, limit: int) -> Answer:
    """The answer to one SELECT over tables by name; CallerError says what is wrong with it."""
    try:
        with opened(lake, *_named(sql)) as connection:
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise CallerError("sql.readonly", "Only one SELECT is answered", "Write one SELECT over the tables of haechi list tables.")
            return _answer(connection.execute(statements[0]), limit)
    except duckdb.Error as fault:
        raise CallerError("sql.invalid", str(fault).split("\n\n", 1)[0].replace("\n", " ")[:400],
                          "See haechi list tables, and docs/data-dictionary.md for the columns.") from None


def ask(lake: Lake, tables: Iterable[Table], sql: str, values: Sequence[Any] = (), limit: int = EVERY) -> Answer:
    """The answer to a SELECT of the house over the tables, `values` in the places of its question marks."""
    with opened(lake, tables) as connection:
        return _answer(connection.execute(sql, list(values)), limit)


@contextmanager
def opened(lake: Lake, tables: Iterable[Table], feeds: Iterable[Feed] = ()) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that sees the tables, keyed ones as their newest rows, feeds as they currently stand, and nothing else."""
    connection = duckdb.connect(":memory:", config={"python_enable_replacements": "false"})
    try:
        for table in tables:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {table.layer}")
            connection.register(f"_{table.layer}_{table.name}", lake.dataset(table))
            connection.execute(f"CREATE VIEW {table.full_name} AS {view_sql(table)}")
        for feed in feeds:
            connection.execute("CREATE SCHEMA IF NOT EXISTS current")
            for table in (feed.silver, feed.bronze):
                connection.register(f"_now_{table.layer}_{table.name}", lake.dataset(table))
            connection.execute(f"CREATE VIEW current.{feed.name} AS {current_sql(feed, f'_now_silver_{feed.name}', f'_now_bronze_{feed.name}')}")
        connection.execute("SET TimeZone='Asia/Seoul'; SET enable_external_access=false; SET lock_configuration=true")
        yield connection
    finally:
        connection.close()


def _answer(found: duckdb.DuckDBPyConnection, limit: int) -> Answer:
    rows = found.fetchmany(limit + 1)
    columns = [column[0] for column in found.description or []]
    return Answer(columns, [[plain(value) for value in row] for row in rows[:limit]], len(rows) > limit)


def _named(sql: str) -> tuple[list[Table], list[Feed]]:
    """The tables that a statement names, and the feeds whose current state it asks for."""
    named = {f"{layer.lower()}.{name.lower()}" for layer, name in _NAME.findall(sql)}
    current = {name.removeprefix("current."): name for name in named if name.startswith("current.")}
    unknown = sorted(named - set(BY_NAME) - {name for feed, name in current.items() if feed in FEEDS})
    if unknown:
        raise CallerError("table.unknown", f"{unknown[0]} is no table", "See haechi list tables.")
    return [table for table in TABLES if table.full_name in named], [FEEDS[name] for name in current]


def view_sql(table: Table) -> str:
    """What readers see of a table: the newest row of each key where it has one."""
    source = f"SELECT * FROM _{table.layer}_{table.name}"
    if not table.newest:
        return source
    newest = ", ".join(f"{name} DESC NULLS LAST" for name in table.newest)
    turn = f"row_number() OVER (PARTITION BY {', '.join(table.key)} ORDER BY {newest})"
    return f"SELECT * FROM ({source} QUALIFY {turn} = 1) WHERE NOT coalesce({table.gone}, false)"


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
