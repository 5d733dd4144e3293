"""The vault's commands as their callers use them: one JSON object as its schema says, mistakes exit 2, all of it on the books."""

import os
import pwd
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from schemas import assert_valid
from test_schemas import told  # noqa: F401

from feeds.pseudonym import hide
from feeds.vault.store import Gathered, VaultAccess, prepare
from haechi.cli import run
from jobs.lease import lease
from lakehouse.lake import Lake
from lakehouse.session import jar_folder
from lakehouse.settings import load_settings

Told = Callable[..., tuple[int, dict[str, Any]]]
SENT = hide("010-1234-5678 hong@example.com", "haechi-development").values
MAIL, PHONE = SENT
WHY = ("--role", "investigator", "--reason", "case 2026-17")


@pytest.fixture
def lake(tmp_path: Path) -> str:
    """A lake whose vault holds a phone and an e-mail."""
    made = Lake(str(tmp_path / "lake"))
    access = VaultAccess.of(load_settings({}), made.folder)
    prepare(access)
    gathered = Gathered()
    gathered.add(SENT, 1_767_600_000)
    gathered.keep(access)
    return made.root


@pytest.fixture
def quiet_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where failures are logged; a session that another test left starting still finds its JARs."""
    monkeypatch.setenv("HAECHI_JARS", str(jar_folder()))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "haechi" / "haechi.log"


def test_a_value_is_told_and_the_telling_is_on_the_books(told: Told, lake: str) -> None:  # noqa: F811
    code, said = told("vault", "unmask", PHONE, MAIL.upper(), *WHY, "--lake", lake)
    assert_valid("vault-unmask", said)
    assert code == 0 and [(row["pseudonym"], row["value"]) for row in said["values"]] == [(PHONE, "010-1234-5678"), (MAIL, "hong@example.com")]
    assert said["values"][0]["first_known_at"] == "2026-01-05T17:00:00+09:00"
    code, said = told("vault", "audit", "--verify", "--lake", lake)
    assert_valid("vault-audit", said)
    assert code == 0 and said["verified"]["rows"] == 2 and said["verified"]["head"] == said["rows"][0]["hash"]
    assert {(row["who"], row["action"], row["role"], row["reason"], row["outcome"]) for row in said["rows"]} == {
        (pwd.getpwuid(os.getuid()).pw_name, "unmask", "investigator", "case 2026-17", "allowed")}
    assert [row["pseudonym"] for row in said["rows"]] == [MAIL, PHONE]


@pytest.mark.parametrize(("words", "code", "is_on_the_books"), [
    (("unmask", PHONE, "--role", "officer", "--reason", "case 2026-17"), "vault.role", True),
    (("unmask", PHONE, "--role", "investigator", "--reason", " x "), "vault.reason", True),
    (("unmask", "~Haaaaaaaaaaaaaaaa", *WHY), "vault.unknown", True), (("unmask", "010-1234-5678", *WHY), "vault.pseudonym", True),
    (("erase", PHONE, "--reason", ""), "vault.reason", True), (("erase", "~Haaaaaaaaaaaaaaaa", "--reason", "request 7"), "vault.unknown", True),
    (("unmask", PHONE, "--role", "investigator"), "command.usage", False), (("unmask", PHONE, "--reason", "case 2026-17"), "command.usage", False),
    (("unmask",), "command.usage", False), (("erase", PHONE), "command.usage", False), (("rekey", "--reason", "yearly change"), "vault.new_key", False),
    (("audit", "--limit", "0"), "command.usage", False), (("no-such-command",), "command.usage", False),
])
def test_mistakes(told: Told, lake: str, words: tuple[str, ...], code: str, is_on_the_books: bool) -> None:  # noqa: F811
    exit_code, said = told("vault", *words, "--lake", lake)
    assert_valid("error", said)
    assert (exit_code, said["error"]["code"]) == (2, code) and "1234-5678" not in str(said)
    _, audit = told("vault", "audit", "--lake", lake)
    assert_valid("vault-audit", audit)
    assert [(row["outcome"], row["code"]) for row in audit["rows"]] == ([("refused", code)] if is_on_the_books else [])


def test_people_see_tables(told: Told, lake: str, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: F811
    assert run(["vault", "unmask", PHONE, "--role", "investigator", "--reason", "[/bold] case", "--lake", lake]) == 0
    assert "010-1234-5678" in capsys.readouterr().out
    assert run(["vault", "audit", "--verify", "--lake", lake]) == 0
    assert "Whole: 1 rows" in capsys.readouterr().out


def test_roles_are_a_setting(told: Told, lake: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("HAECHI_VAULT_ROLES", "officer, auditor")
    assert told("vault", "unmask", PHONE, "--role", "auditor", "--reason", "case 2026-17", "--lake", lake)[0] == 0
    code, said = told("vault", "unmask", PHONE, *WHY, "--lake", lake)
    assert code == 2 and said["error"]["hint"] == "Roles that may: officer, auditor."


def test_what_is_erased_is_told_as_erased(told: Told, lake: str) -> None:  # noqa: F811
    code, said = told("vault", "erase", PHONE, "--reason", "request 7", "--lake", lake)
    assert_valid("vault-erase", said)
    code, opened = told("vault", "unmask", PHONE, *WHY, "--lake", lake)
    assert_valid("vault-unmask", opened)
    assert code == 0 and opened["values"][0]["value"] is None and opened["values"][0]["erased_at"] == said["erased"][0]["erased_at"]


def test_the_key_is_changed(told: Told, lake: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setenv("HAECHI_VAULT_NEW_KEY", "the next key")
    with lease(Lake(lake).folder, "a night"):
        assert told("vault", "rekey", "--reason", "yearly change", "--lake", lake)[0] == 3
    code, said = told("vault", "rekey", "--reason", "yearly change", "--lake", lake)
    assert_valid("vault-rekey", said)
    assert (code, said["entries"]) == (0, 2)
    code, said = told("vault", "unmask", PHONE, *WHY, "--lake", lake)
    assert (code, said["error"]["code"]) == (2, "vault.key")
    code, said = told("doctor", "--lake", lake)
    assert code == 2 and "another key" in next(found for found in said["findings"] if found["name"] == "vault-key")["found_en"]
    monkeypatch.setenv("HAECHI_VAULT_KEY", "the next key")
    assert told("vault", "unmask", PHONE, *WHY, "--lake", lake)[1]["values"][0]["value"] == "010-1234-5678"
    assert told("vault", "audit", "--verify", "--lake", lake)[0] == 0


def test_an_audit_that_was_changed_is_told(told: Told, lake: str, quiet_log: Path) -> None:  # noqa: F811
    head = ""
    for _ in range(2):
        told("vault", "unmask", PHONE, *WHY, "--lake", lake)
        head = head or told("vault", "audit", "--verify", "--lake", lake)[1]["verified"]["head"]
    assert told("vault", "audit", "--verify", "--noted", head, "--lake", lake)[0] == 0
    code, said = told("vault", "audit", "--noted", "0" * 64, "--lake", lake)
    assert code == 1 and "noted" in said["error"]["message"]
    with sqlite3.connect(Lake(lake).folder / "vault.db") as hand:
        hand.execute("UPDATE audit SET pseudonym = NULL WHERE number = 1")
    code, said = told("vault", "audit", "--verify", "--lake", lake)
    assert_valid("error", said)
    assert code == 1 and "row 1: changed" in said["error"]["message"]


def test_the_log_of_a_failure_does_not_repeat_what_was_asked(told: Told, lake: str, quiet_log: Path) -> None:  # noqa: F811
    with sqlite3.connect(Lake(lake).folder / "vault.db") as hand:
        hand.execute("UPDATE entry SET ciphertext = zeroblob(60)")
    code, said = told("vault", "unmask", PHONE, "--role", "investigator", "--reason", "he called from 010-1234-5678", "--lake", lake)
    assert (code, said["error"]["code"]) == (1, "vault.damaged")
    logged = quiet_log.read_text(encoding="utf-8")
    assert "haechi vault unmask\n" in logged and "1234-5678" not in logged and "he called" not in logged


def test_without_a_lake_or_a_key_nothing_is_opened(told: Told, lake: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    assert told("vault", "audit", "--lake", "nowhere")[1]["error"]["code"] == "lake.missing"
    assert told("vault", "audit", "--lake", str(tmp_path))[1]["error"]["code"] == "vault.missing"
    monkeypatch.setenv("HAECHI_PROFILE", "production")
    monkeypatch.setenv("HAECHI_PSEUDONYM_KEY", "k")
    for words in (("vault", "unmask", PHONE, *WHY, "--lake", lake), ("ingest", "--landing", str(tmp_path), "--lake", lake)):
        code, said = told(*words)
        assert (code, said["error"]["code"]) == (2, "vault.key")
    assert not next(found for found in told("doctor", "--lake", lake)[1]["findings"] if found["name"] == "vault-key")["ok"]
