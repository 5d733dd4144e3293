"""A console over a lake as its own command serves it, with people at one office and a key."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from sqlalchemy import func, select

from bench.console_clients import Client
from console import keys
from console.accounts import make
from console.store.audit import SYSTEM
from console.store.database import Database
from console.store.schema import ACCOUNT, CLAIM
from console.vocabulary import Role
from jobs.manifest import latest
from jobs.serving import serving_file
from lakehouse.lake import Lake
from lakehouse.settings import Settings

READERS, CLAIMERS = 8, 50
_DRAWN = 400


class Desk:
    """The lake with people, keys, and the shipments of the office that the people work at."""

    def __init__(self, lake: Lake, settings: Settings) -> None:
        self.lake, self.settings, self.password = lake, settings, secrets.token_urlsafe(12)
        self.database = Database.of("", Path(lake.folder))
        self.database.prepare()
        publication = latest(lake)
        assert publication is not None
        self.publication = publication
        self.office, self.shipments, self.scored = _of(serving_file(lake, publication))
        with self.database.change(SYSTEM) as change:
            for number in range(CLAIMERS):
                make(change, f"load{number}", Role.OFFICER, (self.office,), self.password, f"{number}", must_change=False)
            account = change.read(select(ACCOUNT.c.id).where(ACCOUNT.c.name == "load0")).scalar_one()
            self.key = keys.make(change, "load", account)
        self.greatest: Counter[str] = Counter()

    @property
    def people(self) -> list[tuple[str, str]]:
        """Names and password of those who read pages."""
        return [(f"load{number}", self.password) for number in range(READERS)]

    @property
    def weights(self) -> str:
        """How large pages are."""
        told = ", ".join(f"{kind} {size / 1000:.0f} kB" for kind, size in sorted(self.greatest.items()))
        return f"Greatest page: {told} (asked: under 300 kB)."

    def holders(self, shipment_id: str) -> int:
        """How many hold a claim on a shipment."""
        with self.database.reading() as connection:
            return int(connection.execute(select(func.count()).where(CLAIM.c.shipment_id == shipment_id)).scalar_one())

    @contextmanager
    def open(self) -> Iterator[str]:
        """`haechi console` over the lake, as a process; its address."""
        port = free_port()
        command = [str(Path(sys.executable).with_name("haechi")), "console", "--port", f"{port}", "--lake", self.lake.root]
        environment = os.environ | {"HAECHI_API_PER_MINUTE": "1000000"}
        with started(command, f"http://127.0.0.1:{port}/health", environment) as address:
            yield address


def _of(file: Path) -> tuple[str, list[str], int]:
    """The office with most shipments, some of them drawn, half from its list, and how many were scored in all."""
    with duckdb.connect(str(file), read_only=True) as held:
        [(office,)] = held.execute("SELECT office_code FROM scored WHERE is_tonight GROUP BY 1 ORDER BY count(*) DESC LIMIT 1").fetchall()
        of_office = "SELECT shipment_id FROM scored WHERE office_code = $office AND is_tonight"
        drawn = held.execute(f"({of_office} AND position IS NOT NULL LIMIT {_DRAWN // 2}) UNION ALL "
                             f"(SELECT * FROM ({of_office}) USING SAMPLE {_DRAWN // 2} ROWS (reservoir, 1))", {"office": office}).fetchall()
        [(scored,)] = held.execute("SELECT count(*) FROM scored WHERE is_tonight").fetchall()
        return str(office), [str(row[0]) for row in drawn], int(scored)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def started(command: list[str], ready: str, environment: dict[str, str]) -> Iterator[str]:
    """A server as a process of its own, once it answers; its address."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    address, _, path = ready.rpartition("/")
    try:
        for _ in range(600):
            try:
                if Client(address).ask("GET", f"/{path}")[0] == 200:
                    break
            except OSError:
                time.sleep(0.2)
        else:
            raise TimeoutError(f"{command[1]} does not answer")
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
