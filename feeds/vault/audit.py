"""The vault's audit: who asked for what, when and why; each row holds the hash of those before it, the last one is signed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, insert, select, update

from feeds.vault import books
from feeds.vault.sealing import Sealer
from feeds.vault.store import VaultAccess, read_seal
from lakehouse.clock import now

Action = Literal["unmask", "erase", "rekey"]
_SAID = ("number", "at", "who", "action", "role", "reason", "pseudonym", "outcome", "code")


@dataclass(frozen=True)
class Attempt:
    """One attempt at the vault: who, in which role (None where it needs none), to do what, and why."""

    who: str
    action: Action
    reason: str
    role: str | None = None


@dataclass(frozen=True)
class Verified:
    """What verifying found: how many rows, the hash of the last, and what is wrong by row (0: the audit as a whole)."""

    rows: int
    head: str
    faults: tuple[tuple[int, str], ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was changed, taken out, moved or cut off."""
        return not self.faults


def record(connection: Connection, access: VaultAccess, attempt: Attempt, pseudonyms: Sequence[str | None], code: str | None = None) -> None:
    """Add a row for each pseudonym in the transaction that does what they tell of; `code` says why it was refused."""
    seal = read_seal(connection, access, "update")
    number, head = int(seal["audit_rows"]), str(seal["audit_head"])
    rows = []
    for pseudonym in pseudonyms:
        number += 1
        row = asdict(attempt) | {"number": number, "at": now().isoformat(), "pseudonym": pseudonym,
                                 "outcome": "refused" if code else "allowed", "code": code}
        head = _hash(head, row)
        rows.append(row | {"hash": head})
    connection.execute(insert(books.AUDIT), rows)
    connection.execute(update(books.SEAL).values(ending(access.sealer, number, head)))


def ending(sealer: Sealer, rows: int, head: str) -> dict[str, Any]:
    """Where the audit ends, signed."""
    return {"audit_rows": rows, "audit_head": head, "audit_signature": sealer.sign(f"{rows} {head}")}


def read(access: VaultAccess, limit: int) -> list[dict[str, Any]]:
    """The newest rows, newest first."""
    with books.transaction(access.url, is_reading=True) as connection:
        found = connection.execute(select(books.AUDIT).order_by(books.AUDIT.c.number.desc()).limit(limit)).mappings()
        return [dict(row) for row in found]


def verify(access: VaultAccess, noted: str = "") -> Verified:
    """Whether every row is as it was written; a head `noted` elsewhere must be among them, which finds an older copy put back."""
    with books.transaction(access.url, is_reading=True) as connection:
        return verified(connection, access, noted)


def verified(connection: Connection, access: VaultAccess, noted: str = "") -> Verified:
    """The same within a transaction."""
    seal = read_seal(connection, access)
    rows = connection.execute(select(books.AUDIT).order_by(books.AUDIT.c.number)).mappings().all()
    faults = list(_row_faults(rows))
    last = rows[-1]["hash"] if rows else ""
    if (seal["audit_rows"], seal["audit_head"]) != (len(rows), last) or not access.sealer.signed(f"{len(rows)} {last}", seal["audit_signature"]):
        faults.append((0, "end"))
    if noted and noted not in {row["hash"] for row in rows}:
        faults.append((0, "noted"))
    return Verified(len(rows), last, tuple(faults))


def _row_faults(rows: Sequence[RowMapping]) -> Iterator[tuple[int, str]]:
    """Rows that are missing before another, and rows that are not what their hash says."""
    head = ""
    for place, row in enumerate(rows, 1):
        if row["number"] != place and (place == 1 or row["number"] != rows[place - 2]["number"] + 1):
            yield row["number"], "missing_before"
        elif row["hash"] != _hash(head, dict(row)):
            yield row["number"], "changed"
        head = row["hash"]


def _hash(before: str, row: Mapping[str, Any]) -> str:
    said = json.dumps([row[name] for name in _SAID], ensure_ascii=False, separators=(",", ":"))
    return sha256(f"{before}\n{said}".encode(errors="surrogatepass")).hexdigest()
