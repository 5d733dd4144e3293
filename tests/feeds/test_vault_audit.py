"""The vault's audit: whatever is done to it behind Haechi's back is found."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from test_vault import access, at_hand, opened, phone  # noqa: F401

from feeds.vault import books
from feeds.vault.audit import Attempt, verify
from feeds.vault.opening import rekey
from feeds.vault.store import VaultAccess
from lakehouse.errors import InternalError

TAMPERED: dict[str, Callable[[sqlite3.Connection], object]] = {
    "changed": lambda hand: hand.execute("UPDATE audit SET reason = 'case 2026-99' WHERE number = 2"),
    "who": lambda hand: hand.execute("UPDATE audit SET who = 'someone' WHERE number = 3"),
    "taken out": lambda hand: hand.execute("DELETE FROM audit WHERE number = 2"),
    "taken out at the front": lambda hand: hand.execute("DELETE FROM audit WHERE number = 1"),
    "taken out and numbered anew": lambda hand: hand.executescript("DELETE FROM audit WHERE number = 2; UPDATE audit SET number = number - 1 WHERE number > 2"),
    "moved": lambda hand: hand.executescript("UPDATE audit SET number = 99 WHERE number = 2; UPDATE audit SET number = 2 WHERE number = 3; UPDATE audit SET number = 3 WHERE number = 99"),
    "cut off": lambda hand: hand.execute("DELETE FROM audit WHERE number = 4"),
    "cut off with its count": lambda hand: hand.executescript(
        "DELETE FROM audit WHERE number = 4; UPDATE seal SET audit_rows = 3, audit_head = (SELECT hash FROM audit WHERE number = 3)"),
    "emptied": lambda hand: hand.executescript("DELETE FROM audit; UPDATE seal SET audit_rows = 0, audit_head = ''"),
}


@pytest.mark.parametrize("tampered", TAMPERED)
def test_what_is_done_to_the_audit_is_found(access: VaultAccess, tampered: str) -> None:  # noqa: F811
    for _ in range(4):
        opened(access, phone(access))
    assert verify(access).is_whole and verify(access).rows == 4
    with at_hand(access) as hand:
        TAMPERED[tampered](hand)
    assert not verify(access).is_whole
    with pytest.raises(InternalError, match="not whole"):
        rekey(access, Attempt("lee", "rekey", "to sign it anew"), "another key")


def test_an_older_copy_put_back_is_found_by_a_head_noted_elsewhere(access: VaultAccess, tmp_path: Path) -> None:  # noqa: F811
    opened(access, phone(access))
    file = books.sqlite_file(access.url)
    assert file is not None
    books.scrub(access.url)
    shutil.copy(file, tmp_path / "copy")
    opened(access, phone(access))
    noted = verify(access).head
    opened(access, phone(access))
    assert verify(access, noted).is_whole
    books.scrub(access.url)
    for beside in file.parent.glob("vault.db-*"):
        beside.unlink()
    (tmp_path / "copy").replace(file)
    assert verify(access).is_whole and verify(access, noted).faults == ((0, "noted"),)
