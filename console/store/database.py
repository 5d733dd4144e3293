"""How the decisions database is opened and changed: no change without its audit row, in one transaction."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import ColumnElement, Connection, CursorResult, Engine, Executable, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.sql.dml import ReturningInsert

from console.store import audit
from console.store.audit import Actor
from lakehouse.errors import CallerError, InternalError

_WAIT_SECONDS = 30


class Change:
    """One transaction of changes by someone; what it writes without a word to the audit is not kept."""

    def __init__(self, connection: Connection, actor: Actor) -> None:
        self.connection, self.actor = connection, actor
        self.written = self.noted = 0

    def read(self, statement: Executable) -> CursorResult[Any]:
        """Rows as this transaction sees them."""
        return self.connection.execute(statement)

    def write(self, statement: Executable) -> int:
        """Change rows; how many."""
        # Without being asked, the count of an insert is let go on some drivers.
        changed = max(0, self.connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount)
        self.written += changed
        return changed

    def upsert(self, table: Table, values: Mapping[str, Any], where: ColumnElement[bool] | None = None) -> bool:
        """Add a row, or change the one of its key where `where` holds; whether either was done. Of many at once, one is first."""
        make = sqlite.insert if self.connection.dialect.name == "sqlite" else postgresql.insert
        keys = [column.name for column in table.primary_key]
        kept = {name: value for name, value in values.items() if name not in keys}
        return bool(self.write(make(table).values(**values).on_conflict_do_update(index_elements=keys, set_=kept, where=where)))

    def add(self, statement: ReturningInsert[Any]) -> int:
        """Add a row that gives back its number."""
        self.written += 1
        return int(self.connection.execute(statement).scalar_one())

    def note(self, action: str, subject: str, before: Mapping[str, Any] | None = None, after: Mapping[str, Any] | None = None, why: str = "") -> None:
        """The audit row of what was changed."""
        audit.append(self.connection, self.actor, action, subject, before, after, why)
        self.noted += 1


class Database:
    """The decisions database at an address."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = _engine(url)

    @classmethod
    def of(cls, url: str, folder: Path) -> "Database":
        """The database that `decisions.url` names, else the one in the lake's own folder."""
        return cls(url or embedded_url(folder))

    @property
    def shown(self) -> str:
        """The address without its password."""
        return make_url(self.url).render_as_string(hide_password=True)

    def prepare(self) -> None:
        """Make it where there is none, and bring its tables to today's shape."""
        if (file := sqlite_file(self.url)) and not file.exists():
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
            except OSError as fault:
                raise CallerError("decisions.unwritable", f"{file} cannot be made: {fault.strerror}",
                                  "Mend the folder or set HAECHI_DECISIONS_URL.") from None
        settings = Config()
        settings.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
        with self._transaction(is_reading=False) as connection:
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self._transaction(is_reading=True) as connection:
            yield connection

    @contextmanager
    def housekeeping(self) -> Iterator[Connection]:
        """A transaction of what is no change of state: when a session was last seen, failed sign-ins, what was exported."""
        with self._transaction(is_reading=False) as connection:
            yield connection

    @contextmanager
    def change(self, actor: Actor) -> Iterator[Change]:
        """A transaction of changes; InternalError, and nothing kept, where they left no audit row."""
        with self._transaction(is_reading=False) as connection:
            change = Change(connection, actor)
            yield change
            if change.written and not change.noted:
                raise InternalError("audit.missing", f"{change.written} rows were changed without an audit row", "Nothing was kept.")

    def close(self) -> None:
        """Let its connections go."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, is_reading: bool) -> Iterator[Connection]:
        try:
            with self._engine.connect().execution_options(is_reading=is_reading) as connection, connection.begin():
                yield connection
        except SQLAlchemyError as fault:
            first = str(getattr(fault, "orig", None) or fault).strip().split("\n", 1)[0][:200]
            raise InternalError("decisions.unreachable", f"The decisions database {self.shown} cannot be used: {first}",
                                "Check decisions.url, access and room on its disk.") from None


def embedded_url(folder: Path) -> str:
    """The address of the database within the lake's own folder."""
    return URL.create("sqlite", database=str((folder / "decisions.db").absolute())).render_as_string()


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite address, None of any other."""
    address = _address(url)
    return Path(str(address.database)) if address.get_backend_name() == "sqlite" else None


def _address(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise CallerError("decisions.url", "decisions.url is no address of a database",
                          "Give one such as postgresql+psycopg://user@host/haechi.") from None


def _engine(url: str) -> Engine:
    is_sqlite = _address(url).get_backend_name() == "sqlite"
    options: dict[str, Any] = {"connect_args": {"timeout": _WAIT_SECONDS}} if is_sqlite else {"pool_pre_ping": True}
    try:
        engine = create_engine(url, hide_parameters=True, pool_size=20, max_overflow=40, **options)
    except (NoSuchModuleError, ModuleNotFoundError) as fault:
        raise CallerError("decisions.driver", f"The decisions database needs a driver: {fault}",
                          "Install it: pip install 'haechi[postgresql]'") from None
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    """Readers do not wait for a writer, and what is committed is on the disk."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its turn at once: one that read before it would be refused."""
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("is_reading") else "BEGIN IMMEDIATE")
