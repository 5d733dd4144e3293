"""Accounts: made, signed in, changed; passwords by argon2."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, delete, func, insert, select, update

from console.store.database import Change, Database
from console.store.schema import ACCOUNT, ATTEMPT, MEMBERSHIP, SESSION
from console.vocabulary import Role
from lakehouse.clock import now
from lakehouse.errors import CallerError
from lakehouse.text import Language

SHORTEST = 12
_HASHER = PasswordHasher()
# What a name that is no account's is checked against, so that it takes as long as one that is.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
_WINDOW = timedelta(minutes=15)
_MOST_BY_NAME, _MOST_BY_ADDRESS = 5, 30


@dataclass(frozen=True)
class Account:
    """Who is signed in, and how they like to read."""

    id: int
    name: str
    shown_name: str
    role: Role
    language: Language
    theme: str
    has_shortcuts: bool
    must_change: bool
    offices: tuple[str, ...]


def find(connection: Connection, account_id: int) -> Account | None:
    """An account by its number, None where it is shut or there is none."""
    row = connection.execute(select(ACCOUNT).where(ACCOUNT.c.id == account_id, ACCOUNT.c.is_active)).mappings().first()
    if row is None:
        return None
    offices = connection.execute(select(MEMBERSHIP.c.office_code).where(MEMBERSHIP.c.account_id == account_id).order_by(MEMBERSHIP.c.office_code))
    return Account(row["id"], row["name"], row["shown_name"], Role(row["role"]), row["language"], row["theme"], row["has_shortcuts"],
                   row["must_change"], tuple(offices.scalars()))


def check_password(database: Database, name: str, password: str, address: str) -> int | None:
    """The account that name and password open, None where none; CallerError after too many attempts."""
    folded = name.strip().lower()[:60]
    with database.housekeeping() as connection:
        since = now() - _WINDOW
        connection.execute(delete(ATTEMPT).where(ATTEMPT.c.at < since))
        for column, value, most in ((ATTEMPT.c.name, folded, _MOST_BY_NAME), (ATTEMPT.c.address, address, _MOST_BY_ADDRESS)):
            tried = connection.execute(select(func.count()).select_from(ATTEMPT).where(column == value)).scalar_one()
            if tried >= most:
                raise CallerError("signin.limited", "Too many failed attempts to sign in", "Wait fifteen minutes, or ask an administrator.")
        row = connection.execute(select(ACCOUNT.c.id, ACCOUNT.c.password_hash).where(ACCOUNT.c.name == folded, ACCOUNT.c.is_active)).first()
        # Counted before the check: attempts made side by side each see those before them.
        attempt = connection.execute(insert(ATTEMPT).values(name=folded, address=address, at=now()).returning(ATTEMPT.c.id)).scalar_one()
    if not _matches(row.password_hash if row else _NOBODY, password) or row is None:
        return None
    with database.housekeeping() as connection:
        connection.execute(delete(ATTEMPT).where(ATTEMPT.c.id == attempt))
    return int(row.id)


def _matches(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def make(change: Change, name: str, role: Role, offices: Iterable[str], password: str, shown_name: str = "", must_change: bool = True) -> int:
    """A new account; its number. CallerError where the name is taken or the password short."""
    folded = name.strip().lower()
    if not folded or len(folded) > 60:
        raise CallerError("account.name", "An account needs a name of 1 to 60 characters", "Give another.")
    if change.read(select(ACCOUNT.c.id).where(ACCOUNT.c.name == folded)).first():
        raise CallerError("account.taken", f"There is an account {folded} already", "Give another name.")
    _require_long(password)
    number = change.add(insert(ACCOUNT).values(
        name=folded, shown_name=shown_name or folded, password_hash=_HASHER.hash(password), role=role.value, must_change=must_change,
        made_at=now()).returning(ACCOUNT.c.id))
    codes = sorted(set(offices))
    for code in codes:
        change.write(insert(MEMBERSHIP).values(account_id=number, office_code=code))
    change.note("account.made", folded, None, {"role": role.value, "offices": codes})
    return number


def set_password(change: Change, account_id: int, password: str, must_change: bool = False) -> None:
    """A new password; every session of the account ends."""
    _require_long(password)
    change.write(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(password_hash=_HASHER.hash(password), must_change=must_change))
    change.write(delete(SESSION).where(SESSION.c.account_id == account_id))
    change.note("account.password", str(account_id))


def set_role(change: Change, account_id: int, role: Role, offices: Iterable[str], is_active: bool = True) -> None:
    """Another role, other offices, or shut; every session of the account ends, so that none goes on with what it was."""
    before = change.read(select(ACCOUNT.c.name, ACCOUNT.c.role, ACCOUNT.c.is_active).where(ACCOUNT.c.id == account_id)).mappings().one()
    had = list(change.read(select(MEMBERSHIP.c.office_code).where(MEMBERSHIP.c.account_id == account_id)).scalars())
    codes = sorted(set(offices))
    change.write(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(role=role.value, is_active=is_active))
    change.write(delete(MEMBERSHIP).where(MEMBERSHIP.c.account_id == account_id))
    for code in codes:
        change.write(insert(MEMBERSHIP).values(account_id=account_id, office_code=code))
    change.write(delete(SESSION).where(SESSION.c.account_id == account_id))
    change.note("account.changed", before["name"], {"role": before["role"], "offices": sorted(had), "is_active": before["is_active"]},
                {"role": role.value, "offices": codes, "is_active": is_active})


def _require_long(password: str) -> None:
    if len(password) < SHORTEST:
        raise CallerError("password.short", f"The password has {len(password)} characters", f"Give at least {SHORTEST}.")


def is_empty(connection: Connection) -> bool:
    """Whether there is no account yet."""
    return connection.execute(select(ACCOUNT.c.id).limit(1)).first() is None


def shown_names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    """The names people read, by account number."""
    wanted = sorted(set(ids))
    found: Any = connection.execute(select(ACCOUNT.c.id, ACCOUNT.c.shown_name).where(ACCOUNT.c.id.in_(wanted))) if wanted else ()
    return {row.id: row.shown_name for row in found}


def failed_lately(connection: Connection, since: datetime) -> int:
    """Failed sign-ins since an instant."""
    return int(connection.execute(select(func.count()).select_from(ATTEMPT).where(ATTEMPT.c.at >= since)).scalar_one())
