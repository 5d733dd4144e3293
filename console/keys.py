"""API keys: a random token told once, its hash in the database; of an account, or of a partner for what it handles."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from console.accounts import Account, find
from console.sessions import Session
from console.store.audit import Actor
from console.store.database import Change, Database
from console.store.schema import ACCOUNT, API_KEY
from console.vocabulary import HANDLERS
from lakehouse.clock import now
from lakehouse.errors import CallerError

_MARK = "hk_"
_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Caller:
    """Whose key a request came with: an account's, or a partner's with what it handles."""

    key_id: int
    key_name: str
    account: Account | None
    handler: tuple[str, str] = ("", "")

    @property
    def role(self) -> str:
        """The role that opens routes."""
        return self.account.role.value if self.account else "partner"

    @property
    def actor(self) -> Actor:
        """Who stands in the audit."""
        return self.session.actor if self.account else Actor(f"{self.key_name} (API)", "partner")

    @property
    def session(self) -> Session:
        """What the desk asks of whoever works at it; there is none of a partner."""
        if self.account is None:
            raise LookupError("a partner has no desk")
        return Session("", self.account, next(iter(self.account.offices), ""), self.key_name)


def make(change: Change, name: str, account_id: int | None = None, handler: tuple[str, str] = ("", ""), made_by: int | None = None) -> str:
    """A new key; the token, which is told here and nowhere else. CallerError where it would be nobody's."""
    kind, code = handler[0].strip(), handler[1].strip()
    if not name.strip() or len(name.strip()) > 60:
        raise CallerError("key.name", "A key needs a name of 1 to 60 characters", "Say what it is for.")
    if account_id is None and (kind not in HANDLERS or not code or len(code) > 40):
        raise CallerError("key.owner", "A key belongs to an account, or to a partner by the code of its shed or courier", "Give one of them.")
    owner = change.read(select(ACCOUNT.c.name).where(ACCOUNT.c.id == account_id, ACCOUNT.c.is_active)).scalar_one_or_none() if account_id else ""
    if owner is None:
        raise CallerError("key.owner", "There is no such account", "Choose another.")
    token = _MARK + secrets.token_urlsafe(32)
    held = ("", "") if account_id else (kind, code)
    number = change.add(insert(API_KEY).values(
        name=name.strip(), key_hash=_hash(token), hint=token[:8], account_id=account_id, handler_kind=held[0], handler_code=held[1], made_at=now(),
        made_by=made_by).returning(API_KEY.c.id))
    change.note("key.made", f"{number} {name.strip()}", None, {"of": owner or " ".join(held), "hint": token[:8]})
    return token


def withdraw(change: Change, key_id: int) -> None:
    """Let a key open nothing from now on; CallerError where there is none that does."""
    if not change.write(update(API_KEY).where(API_KEY.c.id == key_id, API_KEY.c.withdrawn_at.is_(None)).values(withdrawn_at=now())):
        raise CallerError("key.unknown", f"No key {key_id} is in use", "See the keys there are.")
    name = change.read(select(API_KEY.c.name).where(API_KEY.c.id == key_id)).scalar_one()
    change.note("key.withdrawn", f"{key_id} {name}")


def caller(database: Database, token: str) -> Caller | None:
    """Whose key it is; None of one that was withdrawn or never was, and of an account that is shut."""
    if not token.startswith(_MARK) or len(token) > 100:
        return None
    with database.reading() as connection:
        row = connection.execute(select(API_KEY).where(API_KEY.c.key_hash == _hash(token), API_KEY.c.withdrawn_at.is_(None))).mappings().first()
        account = find(connection, row["account_id"]) if row and row["account_id"] else None
    if row is None or (row["account_id"] and account is None):
        return None
    moment = now()
    if row["used_at"] is None or moment - row["used_at"] > _USED_EVERY:
        with database.housekeeping() as connection:
            connection.execute(update(API_KEY).where(API_KEY.c.id == row["id"]).values(used_at=moment))
    return Caller(row["id"], row["name"], account, (row["handler_kind"], row["handler_code"]))


def listed(connection: Connection) -> list[RowMapping]:
    """Every key with the account it is of, those in use first, then the newest."""
    wanted: Any = select(API_KEY, ACCOUNT.c.name.label("account_name"), ACCOUNT.c.role).outerjoin(ACCOUNT, ACCOUNT.c.id == API_KEY.c.account_id)
    return list(connection.execute(wanted.order_by(API_KEY.c.withdrawn_at.is_not(None), API_KEY.c.made_at.desc(), API_KEY.c.id)).mappings())


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
