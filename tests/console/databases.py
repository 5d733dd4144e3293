"""Databases for the console's tests: embedded ones, and Debian's PostgreSQL on loopback, each test with a copy of one that has accounts."""

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import small_lake
from sqlalchemy import create_engine, text

from console.accounts import make
from console.samples import SAMPLES
from console.store.audit import SYSTEM
from console.store.database import Database
from console.vocabulary import OFFICE_ROLES

PASSWORD = "the-password-of-all"
TOOLS = "bin/tools as root"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A PostgreSQL server of Debian's on loopback, on a free port; its address without a database."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip(f"PostgreSQL is not installed; run {TOOLS}")
    bin_, folder = found[-1].parent, Path(tempfile.mkdtemp(prefix="haechi-pg-"))
    as_root = subprocess.run(["id", "-u"], capture_output=True, text=True, check=True).stdout.strip() == "0"
    # The server refuses root: Debian's package brings the user it runs as.
    run_as = ["runuser", "-u", "postgres", "--"] if as_root else []
    if as_root:
        shutil.chown(folder, "postgres")
    port = free_port()

    def run(*command: str) -> None:
        subprocess.run([*run_as, *command], check=True, capture_output=True, cwd="/")

    try:
        run(str(bin_ / "initdb"), "-D", str(folder / "data"), "-U", "haechi", "-A", "trust", "-E", "UTF8", "--no-locale")
        run(str(bin_ / "pg_ctl"), "-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o",
            f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=120", "start")
        try:
            yield f"postgresql+psycopg://haechi@127.0.0.1:{port}"
        finally:
            run(str(bin_ / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded database with the accounts, to be copied: hashing passwords is slow on purpose."""
    file = tmp_path_factory.mktemp("template") / "decisions.db"
    database = Database(f"sqlite:///{file}")
    database.prepare()
    with_accounts(database)
    database.close()
    return file


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An embedded database of its own, with an account of every role."""
    file = tmp_path / "decisions.db"
    for kept in sqlite_template.parent.glob("decisions.db*"):
        shutil.copy(kept, tmp_path / kept.name)
    database = Database(f"sqlite:///{file}")
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgresql_template(server: str) -> str:
    """A database with the accounts on the server, to be copied."""
    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE made"))
    admin.dispose()
    database = Database(f"{server}/made")
    database.prepare()
    with_accounts(database)
    database.close()
    return "made"


@pytest.fixture
def postgresql(server: str, postgresql_template: str) -> Iterator[Database]:
    """A database of its own on the server, with an account of every role."""
    name = f"d{uuid4().hex}"
    admin = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {postgresql_template}"))
    database = Database(f"{server}/{name}")
    yield database
    database.close()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def with_accounts(database: Database) -> None:
    """An account of every role, those of offices at the small lake's first."""
    with database.change(SYSTEM) as change:
        for name, shown_name, role in SAMPLES:
            make(change, name, role, (small_lake.OFFICE,) if role in OFFICE_ROLES else (), PASSWORD, shown_name, must_change=False)
