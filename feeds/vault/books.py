"""The vault's tables and how its database is opened: SQLite beside the lake, or PostgreSQL by its address."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Engine, Integer, LargeBinary, MetaData, String, Table, create_engine, event, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from lakehouse.errors import CallerError, InternalError

_WAIT_SECONDS = 60
_METADATA = MetaData()
# An erased entry keeps its pseudonym and when it was erased, nothing else: later deliveries do not fill it again.
ENTRY = Table(
    "entry", _METADATA, Column("pseudonym", String(18), primary_key=True), Column("kind", String(10), nullable=False),
    Column("ciphertext", LargeBinary), Column("first_known_seconds", BigInteger), Column("erased_at", String(25)))
# One row: which vault this is, which keys it was made with, and where the audit ends.
SEAL = Table(
    "seal", _METADATA, Column("one", Integer, primary_key=True), Column("vault_id", String(32), nullable=False),
    Column("key", String(32), nullable=False), Column("pseudonym_key", String(32), nullable=False),
    Column("audit_rows", BigInteger, nullable=False), Column("audit_head", String(64), nullable=False),
    Column("audit_signature", String(64), nullable=False))
AUDIT = Table(
    "audit", _METADATA, Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", String(25), nullable=False), Column("who", String(100), nullable=False), Column("action", String(10), nullable=False),
    Column("role", String(100)), Column("reason", String(1000), nullable=False), Column("pseudonym", String(18)),
    Column("outcome", String(10), nullable=False), Column("code", String(40)), Column("hash", String(64), nullable=False))


@contextmanager
def transaction(url: str, is_reading: bool = False) -> Iterator[Connection]:
    """One transaction on the vault, waited for and kept whole; faults name the database and never a value."""
    _require_file(url)
    try:
        with _opened(url).connect().execution_options(is_reading=is_reading) as connection, connection.begin():
            yield connection
    except SQLAlchemyError as fault:
        raise _unreachable(url, fault) from None


def make_file(url: str) -> None:
    """Make SQLite's file where it is not there yet, its owner's alone."""
    file = sqlite_file(url)
    if file and not file.exists():
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as fault:
            raise CallerError("vault.unwritable", f"{file} cannot be made: {fault.strerror}", "Mend the folder or set HAECHI_VAULT_URL.") from None


def make_tables(connection: Connection) -> None:
    """Make the tables that are not there yet."""
    _METADATA.create_all(connection)


def is_there(url: str) -> bool:
    """Whether the vault has been made."""
    file = sqlite_file(url)
    if file and not file.exists():
        return False
    with transaction(url, is_reading=True) as connection:
        return inspect(connection).has_table(SEAL.name)


def _require_file(url: str) -> None:
    """SQLite would make an empty vault where its file is missing, as on a machine that does not see the lake's folder."""
    file = sqlite_file(url)
    if file and not file.exists():
        raise CallerError("vault.missing", f"There is no vault at {file}", "Run haechi ingest, give --lake, or set HAECHI_VAULT_URL.")


def scrub(url: str) -> None:
    """Leave nothing of what was overwritten in SQLite's log; PostgreSQL does so by its own vacuum."""
    if sqlite_file(url):
        with closing(_opened(url).raw_connection()) as connection:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite address, None of any other."""
    address = _address(url)
    return Path(str(address.database)) if address.get_backend_name() == "sqlite" else None


def shown(url: str) -> str:
    """The address without its password."""
    return _address(url).render_as_string(hide_password=True)


def _unreachable(url: str, fault: SQLAlchemyError) -> InternalError:
    """What to tell of a fault of the database: its first line, which holds no value."""
    first = str(getattr(fault, "orig", None) or fault).strip().split("\n", 1)[0][:200]
    return InternalError("vault.unreachable", f"The vault {shown(url)} cannot be used: {first}", "Check vault.url, access and room on its disk.")


def _address(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise CallerError("vault.url", "vault.url is no address of a database", "Give one such as postgresql+psycopg://user@host/haechi.") from None


def _opened(url: str) -> Engine:
    """The engine of this process and this file: a connection outlives neither a fork nor a file put in place of another."""
    file = sqlite_file(url)
    return _engine(url, os.getpid(), file.stat().st_ino if file else 0)


@cache
def _engine(url: str, process: int, inode: int) -> Engine:
    """One engine, its connections kept open."""
    is_sqlite = _address(url).get_backend_name() == "sqlite"
    options: dict[str, Any] = {"connect_args": {"timeout": _WAIT_SECONDS}} if is_sqlite else {"pool_pre_ping": True}
    try:
        engine = create_engine(url, hide_parameters=True, **options)
    except (NoSuchModuleError, ModuleNotFoundError) as fault:
        raise CallerError("vault.driver", f"The vault {shown(url)} needs a driver: {fault}", "Install it: pip install 'haechi[postgresql]'") from None
    if is_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: object) -> None:
    """Several writers wait for each other, what is committed is on the disk, what is overwritten is gone."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes its turn at once: one that read before it would be refused."""
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("is_reading") else "BEGIN IMMEDIATE")
