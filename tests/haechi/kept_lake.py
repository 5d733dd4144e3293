"""A small lake that needs no Spark for the commands that keep it, and how they are told and held to their schemas."""

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from schemas import assert_valid
from sqlalchemy import insert

from feeds.vault import books
from feeds.vault.store import VaultAccess
from haechi.cli import run
from jobs.manifest import publications
from lakehouse.lake import Lake
from lakehouse.settings import load_settings

sys.path.append(str(Path(__file__).resolve().parents[1] / "console"))
import small_lake

Told = Callable[..., tuple[int, dict[str, Any]]]
PSEUDONYM = "~P234567abcdefghij"
ALL_OF_IT = "SELECT (SELECT count(*) FROM gold.event), (SELECT string_agg(concat(s), '|' ORDER BY shipment_id, as_of) FROM gold.score s)"


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Told:
    """A command's exit code and what it prints, held to its schema; files are put together and removed at once."""
    monkeypatch.setenv("HAECHI_MAINTAIN_MOST_FILES", "2")
    monkeypatch.setenv("HAECHI_RETENTION_UNNEEDED_HOURS", "0")
    # Waiting for the disk shows nothing here.
    monkeypatch.setattr(os, "sync", lambda: None)
    for name in ("HAECHI_PROFILE", "HAECHI_LAKE", "HAECHI_VAULT_URL", "HAECHI_DECISIONS_URL"):
        monkeypatch.delenv(name, raising=False)

    def tell(*words: object) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = run([*map(str, words), "--json"])
        [line] = capsys.readouterr().out.splitlines()
        said = json.loads(line)
        assert_valid(str(words[0]) if code == 0 else "error", said)
        return code, said

    return tell


@pytest.fixture
def lake(template: Path, tmp_path: Path) -> Lake:
    """A lake of its own for each test."""
    shutil.copytree(template, tmp_path / "lake")
    return Lake(str(tmp_path / "lake"))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four nights, a decisions database in use, a vault, a registry's file, leftovers of a killed run, and old serving files."""
    made = small_lake.make(tmp_path_factory.mktemp("keeping") / "lake", 6, 2, 4)
    access = VaultAccess.of(load_settings({}), made.folder)
    books.make_file(access.url)
    with books.transaction(access.url) as connection:
        books.make_tables(connection)
        connection.execute(insert(books.ENTRY).values(pseudonym=PSEUDONYM, kind="customs", ciphertext=b"sealed"))
    with sqlite3.connect(made.folder / "decisions.db") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE decision (number INTEGER)")
        database.execute("INSERT INTO decision VALUES (1)")
    database.close()
    for name in ("mlflow/1/artifacts/model.txt", "staged/abc/part.parquet", "serving/old.new", *(f"serving/n{n}.1.duckdb" for n in range(5))):
        path = made.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return Path(made.root)


def seen(told: Told, root: str) -> list[Any]:
    """What readers see of every night, and of now."""
    days = [p.business_date for p in publications(Lake(root)) if not p.is_expired]
    return [told("sql", ALL_OF_IT, "--lake", root, *words)[1]["rows"] for words in ([], *(["--as-of", day] for day in days))]


def files(root: str | Path) -> dict[str, bytes]:
    """Every file of a lake but its lease and what SQLite keeps beside a database while it is open."""
    return {str(p.relative_to(root)): p.read_bytes() for p in Path(root).rglob("*") if p.is_file() and p.name != "lease" and not p.name.endswith(("-wal", "-shm"))}
