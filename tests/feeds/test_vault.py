"""The vault: what is kept is encrypted, opened by role and reason alone, erased for good, and every attempt is on the books."""

import multiprocessing
import pickle
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import vault_worker
from sqlalchemy.dialects import postgresql
from vault_worker import PSEUDONYM_KEY, keep, values, write

from feeds import courier
from feeds.parsing import Parsing
from feeds.pseudonym import Personal, hide
from feeds.vault import books, store
from feeds.vault.audit import Attempt, read, verify
from feeds.vault.opening import Entry, erase, rekey, unmask
from feeds.vault.store import VaultAccess, check, prepare, upsert
from lakehouse.errors import CallerError, InternalError
from lakehouse.settings import load_settings

ROLES = ("privacy_officer", "investigator")
ASKED = Attempt("kim", "unmask", "case 2026-17", "investigator")
SENT = hide("010-1234-5678 hong@example.com P123456789012 900101-1234567 M12345678", PSEUDONYM_KEY).values


@pytest.fixture
def access(tmp_path: Path) -> Iterator[VaultAccess]:
    made = VaultAccess(f"sqlite:///{tmp_path / 'vault.db'}", "a key", PSEUDONYM_KEY)
    prepare(made)
    yield made
    another_process()


def another_process() -> None:
    """As though what follows ran in a worker that has written nothing yet."""
    store._WRITTEN.clear()


def phone(access: VaultAccess) -> str:
    keep(access, SENT, 1_000)
    return next(name for name, value in SENT.items() if value.kind == "phone")


def opened(access: VaultAccess, *names: str) -> list[Entry]:
    return unmask(access, ASKED, ROLES, names)


def on_disk(access: VaultAccess) -> bytes:
    file = books.sqlite_file(access.url)
    assert file is not None
    return b"".join(path.read_bytes() for path in sorted(file.parent.glob("vault.db*")))


def at_hand(access: VaultAccess) -> sqlite3.Connection:
    """The database as someone with the disk in hand has it."""
    return sqlite3.connect(str(books.sqlite_file(access.url)), isolation_level=None)


def test_values_come_back_and_lie_encrypted(access: VaultAccess) -> None:
    keep(access, SENT, 1_000)
    assert {entry.pseudonym: entry.value for entry in opened(access, *SENT)} == {name: value.value for name, value in SENT.items()}
    assert {entry.kind for entry in opened(access, *SENT)} == {"phone", "email", "customs", "resident", "passport"}
    assert not [value.value for value in SENT.values() if value.value.encode() in on_disk(access)]
    assert (books.sqlite_file(access.url) or Path()).stat().st_mode & 0o777 == 0o600


def test_a_pseudonym_is_found_in_the_case_of_a_bill(access: VaultAccess) -> None:
    assert opened(access, phone(access).upper())[0].value == "010-1234-5678"


def test_writing_again_changes_nothing_but_an_earlier_time(access: VaultAccess) -> None:
    name = phone(access)
    for known in (2_000, 500, 900):
        another_process()
        keep(access, {name: Personal("phone", "01012345678")}, known)
    keep(access, {name: Personal("phone", "01012345678")}, 400)
    assert [(entry.value, entry.first_known_seconds) for entry in opened(access, name)] == [("010-1234-5678", 400)]


def test_the_same_value_twice_is_sealed_differently(access: VaultAccess) -> None:
    assert access.sealer.seal("~Ha", "x") != access.sealer.seal("~Ha", "x")


def test_an_entry_moved_or_changed_is_not_opened(access: VaultAccess) -> None:
    name = phone(access)
    other = next(found for found in SENT if found != name)
    with at_hand(access) as hand:
        hand.execute("UPDATE entry SET ciphertext = (SELECT ciphertext FROM entry WHERE pseudonym = ?) WHERE pseudonym = ?", (other, name))
    with pytest.raises(InternalError, match="was changed"):
        opened(access, name)


@pytest.mark.parametrize(("attempt", "asked", "code"), [
    (replace(ASKED, role="officer"), "known", "vault.role"), (replace(ASKED, role=""), "known", "vault.role"), (replace(ASKED, reason=" x   "), "known", "vault.reason"),
    (ASKED, "~Haaaaaaaaaaaaaaaa", "vault.unknown"), (ASKED, "010-1234-5678", "vault.pseudonym"), (replace(ASKED, role=None), "known", "vault.role"),
])
def test_what_is_refused_is_on_the_books_too(access: VaultAccess, attempt: Attempt, asked: str, code: str) -> None:
    asked = phone(access) if asked == "known" else asked
    with pytest.raises(CallerError) as refused:
        unmask(access, attempt, ROLES, [asked])
    [row] = read(access, 10)
    assert refused.value.code == row["code"] == code and row["outcome"] == "refused"
    assert row["who"] == "kim" and row["pseudonym"] == (None if code == "vault.pseudonym" else asked)
    assert "1234" not in f"{refused.value.message} {refused.value.hint} {row}".replace("case 2026", "")


def test_nothing_is_opened_where_one_of_many_is_unknown(access: VaultAccess) -> None:
    with pytest.raises(CallerError, match="holds no ~H"):
        opened(access, phone(access), "~Haaaaaaaaaaaaaaaa")
    assert [row["outcome"] for row in read(access, 10)] == ["refused", "refused"]


def test_a_reason_that_tells_a_value_is_kept_without_it(access: VaultAccess) -> None:
    unmask(access, replace(ASKED, reason="he called from 010-1234-5678"), ROLES, [phone(access)])
    assert read(access, 1)[0]["reason"].startswith("he called from ~H")


def test_what_is_erased_is_gone_from_the_disk_and_stays_gone(access: VaultAccess) -> None:
    name = phone(access)
    with at_hand(access) as hand:
        [sealed] = hand.execute("SELECT ciphertext FROM entry WHERE pseudonym = ?", (name,)).fetchone()
    assert sealed in on_disk(access)
    [gone] = erase(access, Attempt("lee", "erase", "request 7"), [name])
    assert gone.erased_at and sealed not in on_disk(access)
    another_process()
    keep(access, SENT, 10)
    [entry] = opened(access, name)
    assert (entry.value, entry.first_known_seconds, entry.erased_at) == (None, None, gone.erased_at)
    assert erase(access, Attempt("lee", "erase", "request 7 again"), [name])[0].erased_at == gone.erased_at
    assert [(row["action"], row["outcome"]) for row in read(access, 10)] == [("erase", "allowed"), ("unmask", "allowed"), ("erase", "allowed")]


def test_another_key_neither_reads_nor_writes(access: VaultAccess) -> None:
    name = phone(access)
    for other, code in ((replace(access, key="b"), "vault.key"), (replace(access, pseudonym_key="b"), "pseudonym.key")):
        for use in (lambda: opened(other, name), lambda: keep(other, {"~Hx": Personal("phone", "1")}, 1), lambda: prepare(other), lambda: check(other)):  # noqa: B023
            with pytest.raises(CallerError) as refused:
                use()
            assert refused.value.code == code


def test_keys_and_values_are_in_nothing_that_prints(access: VaultAccess) -> None:
    parsing = Parsing.of(courier.FEED, load_settings({}).replaced(pseudonym__key=PSEUDONYM_KEY), access)
    assert pickle.loads(pickle.dumps(parsing)) == parsing
    shown = f"{parsing} {access} {access.sealer} {SENT} {Entry('~H', 'phone', 1, None, '010-1234-5678')}"
    assert not [word for word in ("a key", PSEUDONYM_KEY, "sqlite", "1234", "hong") if word in shown]


def test_a_fault_of_the_database_tells_no_value_and_no_password(access: VaultAccess, tmp_path: Path) -> None:
    with at_hand(access) as hand:
        hand.execute("DROP TABLE entry")
    with pytest.raises(InternalError, match="no such table") as fault:
        keep(access, SENT, 1)
    assert not [value.value for value in SENT.values() if value.value in str(fault.value) + str(fault.value.__cause__)]
    for url in ("postgresql+nothing://kim:secret@host/haechi", "oracle://kim:secret@host/x", "no address"):
        with pytest.raises(CallerError) as refused:
            keep(replace(access, url=url), SENT, 1)
        assert "secret" not in refused.value.message
    with pytest.raises(CallerError, match="There is no vault"):
        keep(replace(access, url=f"sqlite:///{tmp_path / 'elsewhere.db'}"), SENT, 1)
    assert not (tmp_path / "elsewhere.db").exists()


def test_an_entry_is_written_once_on_postgresql_too() -> None:
    said = str(upsert("postgresql").compile(dialect=postgresql.dialect()))
    assert "ON CONFLICT (pseudonym) DO UPDATE" in said and "entry.ciphertext IS NOT NULL" in said


def test_a_new_key_opens_all_and_the_old_one_nothing(access: VaultAccess) -> None:
    name = phone(access)
    with at_hand(access) as hand:
        [sealed] = hand.execute("SELECT ciphertext FROM entry WHERE pseudonym = ?", (name,)).fetchone()
    assert rekey(access, Attempt("lee", "rekey", "yearly change"), "another key") == len(SENT)
    other = replace(access, key="another key")
    assert {entry.value for entry in opened(other, *SENT)} == {value.value for value in SENT.values()}
    assert verify(other).is_whole and sealed not in on_disk(access)
    with pytest.raises(CallerError, match="another key"):
        opened(access, name)


def test_a_change_of_key_that_fails_half_way_changes_nothing(access: VaultAccess) -> None:
    keep(access, SENT, 1)
    with at_hand(access) as hand:
        hand.execute("UPDATE entry SET ciphertext = zeroblob(40) WHERE pseudonym = ?", (max(SENT),))
    with pytest.raises(InternalError, match="was changed"):
        rekey(access, Attempt("lee", "rekey", "yearly change"), "another key")
    assert len(opened(access, *(set(SENT) - {max(SENT)}))) == len(SENT) - 1 and verify(access).is_whole
    for wrong in ("", "a key"):
        with pytest.raises(CallerError, match="no new key"):
            rekey(access, Attempt("lee", "rekey", "yearly change"), wrong)


def test_four_processes_write_the_same_entries(access: VaultAccess) -> None:
    expected = values(1_500)
    erased = min(expected)
    keep(access, {erased: expected[erased]}, 1)
    erase(access, Attempt("lee", "erase", "request 8"), [erased])
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert sum(pool.map(write, *zip(*((access.url, access.key, 1_500, seed) for seed in range(4)), strict=True))) == 60
    found = opened(access, *expected)
    assert {entry.pseudonym: entry.value for entry in found} == {name: value.value for name, value in expected.items()} | {erased: None}
    assert {entry.first_known_seconds for entry in found} == {999_997, None}


def test_a_writer_that_is_killed_leaves_a_whole_vault(access: VaultAccess) -> None:
    for seed in range(3):
        words = [sys.executable, vault_worker.__file__, access.url, access.key, "2000", str(seed)]
        writing = subprocess.Popen(words)
        until = time.monotonic() + 20
        while not count(access) and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.03 * seed)
        writing.send_signal(signal.SIGKILL)
        writing.wait()
    assert count(access) > 0 and count(access) % 100 == 0
    write(access.url, access.key, 2_000, 9)
    assert len(opened(access, *values(2_000))) == 2_000


def count(access: VaultAccess) -> int:
    with at_hand(access) as hand:
        return int(hand.execute("SELECT count(*) FROM entry").fetchone()[0])


def test_outside_development_there_is_no_vault_without_a_key(tmp_path: Path) -> None:
    settings = load_settings({})
    assert VaultAccess.of(settings, tmp_path).url == f"sqlite:///{tmp_path / 'vault.db'}"
    with pytest.raises(CallerError, match="no vault key"):
        VaultAccess.of(settings.replaced(profile="production", pseudonym__key="k"), tmp_path)
    assert VaultAccess.of(settings.replaced(vault__url="postgresql://host/x"), tmp_path).url == "postgresql://host/x"
