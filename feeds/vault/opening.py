"""Opening the vault: a value told by role and reason, an entry erased, the key changed; nothing is done that is not on the books."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from sqlalchemy import bindparam, select, update

from feeds.pseudonym import as_pseudonym, pseudonymise
from feeds.vault import books
from feeds.vault.audit import Attempt, ending, record, verified
from feeds.vault.sealing import Sealer
from feeds.vault.store import VaultAccess, read_seal, require
from lakehouse.clock import now
from lakehouse.errors import CallerError, InternalError

SHORTEST_REASON = 5
_ROWS_AT_ONCE = 5_000


@dataclass(frozen=True)
class Entry:
    """An entry as it is told: its value, or when it was erased."""

    pseudonym: str
    kind: str
    first_known_seconds: int | None
    erased_at: str | None
    value: str | None = field(default=None, repr=False)


def unmask(access: VaultAccess, attempt: Attempt, roles: Sequence[str], pseudonyms: Sequence[str]) -> list[Entry]:
    """The values of pseudonyms in the order asked; CallerError, with the attempt on the books, where it is refused."""
    attempt, asked = _checked(access, attempt, pseudonyms)
    if attempt.role not in roles:
        _refuse(access, attempt, asked, "vault.role", f"The role {attempt.role} may not open the vault", f"Roles that may: {', '.join(roles)}.")
    with books.transaction(access.url) as connection:
        found = {row["pseudonym"]: row for row in connection.execute(select(books.ENTRY).where(books.ENTRY.c.pseudonym.in_(asked))).mappings()}
        unknown = [name for name in asked if name not in found]
        if not unknown:
            record(connection, access, attempt, asked)
    if unknown:
        _refuse_unknown(access, attempt, asked, unknown)
    sealer = access.sealer
    values = {name: sealer.open(name, row["ciphertext"]) if row["ciphertext"] is not None else None for name, row in found.items()}
    return [Entry(name, found[name]["kind"], found[name]["first_known_seconds"], found[name]["erased_at"], values[name]) for name in asked]


def erase(access: VaultAccess, attempt: Attempt, pseudonyms: Sequence[str]) -> list[Entry]:
    """Take the values of pseudonyms away for good; what stays says when, and keeps later deliveries from filling them again."""
    attempt, asked = _checked(access, attempt, pseudonyms)
    held = books.ENTRY.c
    with books.transaction(access.url) as connection:
        there = select(held.pseudonym).where(held.pseudonym.in_(asked))
        unknown = sorted(set(asked) - set(connection.execute(there).scalars()))
        if not unknown:
            connection.execute(update(books.ENTRY).where(held.pseudonym.in_(asked), held.erased_at.is_(None)).values(
                ciphertext=None, first_known_seconds=None, erased_at=now().isoformat()))
            record(connection, access, attempt, asked)
            rows = {row["pseudonym"]: row for row in connection.execute(select(books.ENTRY).where(held.pseudonym.in_(asked))).mappings()}
    if unknown:
        _refuse_unknown(access, attempt, asked, unknown)
    books.scrub(access.url)
    return [Entry(name, rows[name]["kind"], None, rows[name]["erased_at"]) for name in asked]


def rekey(access: VaultAccess, attempt: Attempt, new_key: str) -> int:
    """Encrypt every entry under another key, all or none; how many they are. CallerError where the audit is not whole."""
    attempt, _ = _checked(access, attempt, ())
    if not new_key or new_key == access.key:
        raise CallerError("vault.new_key", "There is no new key to change to", "Set HAECHI_VAULT_NEW_KEY to a new key from the secret store.")
    old, new = access.sealer, Sealer(new_key)
    with books.transaction(access.url) as connection:
        read_seal(connection, access, "update")
        audit = verified(connection, access)
        if not audit.is_whole:
            raise InternalError("vault.audit", "The audit of the vault is not whole, and a new key would sign it",
                                "Run haechi vault audit --verify; restore the vault from a backup.")
        record(connection, access, attempt, [None])
        count, last = 0, ""
        change = update(books.ENTRY).where(books.ENTRY.c.pseudonym == bindparam("name")).values(ciphertext=bindparam("sealed"))
        while rows := connection.execute(_sealed_after(last)).all():
            connection.execute(change, [{"name": name, "sealed": new.seal(name, old.open(name, sealed))} for name, sealed in rows])
            count, last = count + len(rows), rows[-1][0]
        seal = read_seal(connection, access)
        connection.execute(update(books.SEAL).values(key=new.fingerprint, **ending(new, seal["audit_rows"], seal["audit_head"])))
    books.scrub(access.url)
    return count


def _sealed_after(pseudonym: str) -> Any:
    """The next entries that hold a value, in order."""
    held = books.ENTRY.c
    return (select(held.pseudonym, held.ciphertext).where(held.pseudonym > pseudonym, held.ciphertext.is_not(None))
            .order_by(held.pseudonym).limit(_ROWS_AT_ONCE))


def _checked(access: VaultAccess, attempt: Attempt, pseudonyms: Sequence[str]) -> tuple[Attempt, list[str]]:
    """The attempt without personal values in its words, and the pseudonyms as they were made; refused where one is none."""
    require(access)
    said = {"reason": pseudonymise(attempt.reason.strip(), access.pseudonym_key)[:1000],
            "role": attempt.role and pseudonymise(attempt.role, access.pseudonym_key)[:100]}
    attempt = Attempt(attempt.who, attempt.action, said["reason"] or "", said["role"])
    read = [as_pseudonym(text) for text in pseudonyms]
    asked = list(dict.fromkeys(name for name in read if name))
    if len(attempt.reason) < SHORTEST_REASON:
        _refuse(access, attempt, read, "vault.reason", f"A reason of {SHORTEST_REASON} characters or more is needed", "Give --reason, such as the number of the case.")
    if None in read:
        # What is no pseudonym may be the clear value itself: it is not told again.
        _refuse(access, attempt, read, "vault.pseudonym", f"Number {read.index(None) + 1} of what was asked for is no pseudonym",
                "A pseudonym is ~, a letter of E P R T H, and 16 characters.")
    return attempt, asked


def _refuse_unknown(access: VaultAccess, attempt: Attempt, asked: Sequence[str], unknown: Sequence[str]) -> NoReturn:
    _refuse(access, attempt, asked, "vault.unknown", f"The vault holds no {', '.join(unknown[:5])}", "Check the lake and the pseudonym.")


def _refuse(access: VaultAccess, attempt: Attempt, pseudonyms: Sequence[str | None], code: str, message: str, hint: str) -> NoReturn:
    """Put a refused attempt on the books, then refuse it."""
    with books.transaction(access.url) as connection:
        record(connection, access, attempt, pseudonyms or [None], code)
    raise CallerError(code, message, hint)
