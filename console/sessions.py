"""Sessions: a random token in a cookie, its hash in the database; idle and absolute limits; the token of forms derives from it."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest

from sqlalchemy import delete, insert, select, update

from console.accounts import Account, find
from console.store.audit import Actor
from console.store.database import Database
from console.store.schema import SESSION
from console.vocabulary import OFFICE_ROLES
from lakehouse.clock import now

COOKIE = "haechi_session"
FORM_FIELD, FORM_HEADER = "_form", "x-form-token"
_SEEN_EVERY = timedelta(seconds=60)


@dataclass(frozen=True)
class Session:
    """Whoever is signed in, at which office; or who calls with a key of that name."""

    token: str
    account: Account
    office_code: str
    key_name: str = ""

    @property
    def form_token(self) -> str:
        """What every form of this session carries; knowing it takes knowing the session."""
        return sha256(f"form {self.token}".encode()).hexdigest()

    @property
    def actor(self) -> Actor:
        """Who stands in the audit."""
        who = f"{self.account.name} (API {self.key_name})" if self.key_name else self.account.name
        return Actor(who[:80], self.account.role.value, self.office_code)

    @property
    def is_of_one_office(self) -> bool:
        """Whether only its own office's shipments are shown."""
        return self.account.role in OFFICE_ROLES

    def may_see(self, office_code: str) -> bool:
        """Whether a shipment of an office may be shown."""
        return not self.is_of_one_office or office_code in self.account.offices

    def matches(self, token: str) -> bool:
        """Whether a form came from a page of this session."""
        return compare_digest(self.form_token.encode(), token.encode())


@dataclass(frozen=True)
class Limits:
    """After how long a session ends: unused, and at the latest."""

    idle: timedelta
    absolute: timedelta


def begin(database: Database, account_id: int, address: str) -> str:
    """A new session; its token, which stands nowhere but in the cookie."""
    token = secrets.token_urlsafe(32)
    with database.reading() as connection:
        account = find(connection, account_id)
    if account is None:
        raise LookupError(account_id)
    office = account.offices[0] if account.offices else ""
    with database.change(Actor(account.name, account.role.value, office)) as change:
        change.write(insert(SESSION).values(token_hash=_hash(token), account_id=account_id, office_code=office, made_at=now(), seen_at=now(),
                                            address=address[:60]))
        change.note("session.begun", account.name)
    return token


def resume(database: Database, token: str, limits: Limits, is_use: bool = True) -> Session | None:
    """The session of a token, None where it has ended or never was; kept open by what is a use of it."""
    moment = now()
    with database.reading() as connection:
        row = connection.execute(select(SESSION).where(SESSION.c.token_hash == _hash(token))).mappings().first()
        if row is None or moment - row["seen_at"] > limits.idle or moment - row["made_at"] > limits.absolute:
            return None
        account = find(connection, row["account_id"])
    if account is None:
        return None
    if is_use and moment - row["seen_at"] > _SEEN_EVERY:
        with database.housekeeping() as connection:
            connection.execute(update(SESSION).where(SESSION.c.token_hash == row["token_hash"]).values(seen_at=moment))
    office = row["office_code"] if row["office_code"] in account.offices else next(iter(account.offices), "")
    return Session(token, account, office)


def end(database: Database, session: Session) -> None:
    """Sign out."""
    with database.change(session.actor) as change:
        change.write(delete(SESSION).where(SESSION.c.token_hash == _hash(session.token)))
        change.note("session.ended", session.account.name)


def switch_office(database: Database, session: Session, office_code: str) -> bool:
    """Work for another of one's offices; whether it is one's own."""
    if office_code not in session.account.offices:
        return False
    with database.change(session.actor) as change:
        change.write(update(SESSION).where(SESSION.c.token_hash == _hash(session.token)).values(office_code=office_code))
        change.note("session.office", session.account.name, {"office": session.office_code}, {"office": office_code})
    return True


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
