"""The lake as DuckDB sees it during a run: its tables as known by then, and what the run makes of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import duckdb
import pyarrow as pa

from fusion.parties.blocking import hashed
from fusion.party_tables import PARTY_MEMBER, PARTY_REDIRECT
from fusion.party_tables import TABLES as LINKAGE
from fusion.tables import PARTY, PARTY_MENTION
from lakehouse.lake import Lake
from lakehouse.table import Table

# What a text is compared by; its identifiers as members keep them.
IDS = {"customs_key": hashed("'customs_id|' || kind || customs_id"), "business_key": hashed("'business_no|' || business_no"),
       "code_key": hashed("'code|' || kind || code")}
_BATCH = 100_000


class Store:
    """A connection over the tables of the linkage, and appends of what is found with it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, lake: Lake, as_of: datetime) -> None:
        self.connection, self.lake, self.as_of = connection, lake, as_of

    def run(self, sql: str) -> None:
        """Run a statement."""
        self.connection.execute(sql).fetchall()

    def table(self, name: str, sql: str) -> None:
        """Keep an answer as a table of the run."""
        self.run(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def count(self, name: str) -> int:
        """Rows of a table."""
        return int(self.one(f"SELECT count(*) FROM {name}"))

    def one(self, sql: str) -> Any:
        """The one value of an answer; None where it has no row."""
        rows = self.connection.sql(sql).fetchall()
        return rows[0][0] if rows else None

    def arrow(self, sql: str) -> pa.Table:
        """An answer as Arrow."""
        return self.connection.sql(sql).to_arrow_table()

    def append(self, sql: str, table: Table) -> int:
        """Add an answer to a table of the lake, its `known_at` being that of the run where the answer has none; how many rows."""
        told = [column[0] for column in self.connection.sql(f"DESCRIBE {sql}").fetchall()]
        columns = ", ".join(f'"{name}"' if name in told else f"{self.instant} AS known_at" if name == "known_at" else f'NULL AS "{name}"' for name in table.columns)
        return self.lake.append_arrow(self.connection.sql(f"SELECT {columns} FROM ({sql})").to_arrow_reader(_BATCH), table)

    @property
    def instant(self) -> str:
        """The run's time as SQL."""
        return f"TIMESTAMPTZ '{self.as_of.isoformat()}'"

    def newest(self, table: Table, where: str = "true") -> str:
        """SQL of the newest row of each key of a table."""
        order = ", ".join(f"{name} DESC NULLS LAST" for name in table.newest)
        return f"(SELECT * FROM {table.name} WHERE {where} QUALIFY row_number() OVER (PARTITION BY {', '.join(table.key)} ORDER BY {order}) = 1)"

    def members(self, texts: str) -> str:
        """SQL of the newest membership of texts (a query of text_id), the party being the one it is part of now."""
        mine = self.newest(PARTY_MEMBER, f"text_id IN ({texts})")
        return f"(SELECT m.* REPLACE (coalesce(r.into_party_id, m.party_id) AS party_id) FROM {mine} m LEFT JOIN {self.newest(PARTY_REDIRECT)} r USING (party_id))"


@contextmanager
def opened(lake: Lake, as_of: datetime, memory: str) -> Iterator[Store]:
    """A store over the lake as known at an instant; what it spills goes into the lake's own folder and away."""
    spilled = lake.folder / "spilled"
    connection = duckdb.connect(":memory:", config={"python_enable_replacements": "false", "memory_limit": memory, "temp_directory": str(spilled)})
    try:
        store = Store(connection, lake, as_of)
        store.run("SET TimeZone='Asia/Seoul'; SET preserve_insertion_order=false")
        for table in (*LINKAGE, PARTY, PARTY_MENTION):
            connection.register(f"_{table.name}", lake.dataset(table))
            store.run(f"CREATE VIEW {table.name} AS SELECT * FROM _{table.name} WHERE known_at <= {store.instant}")
        yield store
    finally:
        connection.close()
