"""Lookouts: what an officer asks to be watched for, with grade, reason and expiry; kept and withdrawn under audit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, or_, select, update

from console.lookouts import KINDS, LEAST, folded
from console.sessions import Session
from console.store.database import Database
from console.store.schema import ACCOUNT, LOOKOUT
from console.vocabulary import GRADES, Role
from feeds.pseudonym import pseudonymise
from lakehouse.clock import now
from lakehouse.errors import CallerError

LONGEST_DAYS, MOST = 365, 500


@dataclass(frozen=True)
class Wanted:
    """What is to be watched for, how grave it would be, why, and for how many days."""

    kind: str
    value: str
    grade: str
    reason: str
    days: int


def make(database: Database, session: Session, wanted: Wanted, key: str) -> int:
    """Keep a lookout for the session's office, for all offices where it has none; its number. CallerError says what to mend.

    Codes, phones and addresses of persons are kept as the stand-ins that records have in their place.
    """
    # PostgreSQL holds no NUL in a text.
    given, said = (text.replace("\0", "").strip() for text in (wanted.value, wanted.reason))
    value, reason = pseudonymise(" ".join(given.split()), key)[:300], pseudonymise(said, key)[:1000]
    if wanted.kind not in KINDS or wanted.grade not in GRADES:
        raise CallerError("lookout.kind", "The lookout is of no kind or grade that there is", "Choose one.")
    plain = folded(wanted.kind, value)
    if len(plain) < LEAST[wanted.kind] or (wanted.kind == "hs" and not (plain.isdigit() and len(plain) <= 6)):
        raise CallerError("lookout.value", f"'{value[:40]}' is too little or no value of its kind", "Give more of it.")
    if len(reason) < 2:
        raise CallerError("lookout.reason", "The lookout has no reason", "Say why.")
    if not 1 <= wanted.days <= LONGEST_DAYS:
        raise CallerError("lookout.until", f"{wanted.days} days are none of 1 to {LONGEST_DAYS}", "Choose fewer.")
    moment = now()
    with database.change(session.actor) as change:
        if len(standing(change.connection, session)) >= MOST:
            raise CallerError("lookout.many", f"{MOST} lookouts stand already", "Withdraw some.")
        number = change.add(insert(LOOKOUT).values(
            kind=wanted.kind, value=value, folded=plain, office_code=_office(session), owner_id=session.account.id, grade=wanted.grade, reason=reason,
            made_at=moment, expires_at=moment + timedelta(days=wanted.days)).returning(LOOKOUT.c.id))
        change.note("lookout.made", f"{number} {value}", None, {"kind": wanted.kind, "grade": wanted.grade, "days": wanted.days}, reason)
    return number


def withdraw(database: Database, session: Session, lookout_id: int) -> None:
    """End a lookout before its expiry: its owner, or a supervisor of its office. CallerError where it is none that stands."""
    with database.change(session.actor) as change:
        found = next((row for row in standing(change.connection, session) if row["id"] == lookout_id), None)
        if found is None:
            raise CallerError("lookout.unknown", f"No lookout {lookout_id} stands", "See the lookouts there are.")
        if not may_withdraw(session, found):
            raise CallerError("lookout.owner", "Its owner or a supervisor of its office withdraws a lookout", "Ask one of them.")
        change.write(update(LOOKOUT).where(LOOKOUT.c.id == lookout_id, LOOKOUT.c.withdrawn_at.is_(None)).values(withdrawn_at=now()))
        change.note("lookout.withdrawn", f"{lookout_id} {found['value']}", {"kind": found["kind"], "grade": found["grade"]}, None)


def may_withdraw(session: Session, lookout: Mapping[str, Any]) -> bool:
    """Whether it is one's own, or of the office that one supervises."""
    supervises = session.account.role == Role.SUPERVISOR and lookout["office_code"] in session.account.offices
    return bool(lookout["owner_id"] == session.account.id or supervises)


def standing(connection: Connection, session: Session) -> list[dict[str, Any]]:
    """The lookouts that stand for a reader: of the reader's offices and of all, the gravest first."""
    wanted = _readable(session).where(LOOKOUT.c.withdrawn_at.is_(None), LOOKOUT.c.expires_at > now())
    rows = connection.execute(wanted.order_by(LOOKOUT.c.id.desc())).mappings()
    return sorted(map(dict, rows), key=lambda row: list(GRADES).index(row["grade"]))


def ended(connection: Connection, session: Session, limit: int) -> Sequence[RowMapping]:
    """Those that ended last."""
    over = _readable(session).where(or_(LOOKOUT.c.withdrawn_at.is_not(None), LOOKOUT.c.expires_at <= now()))
    return connection.execute(over.order_by(LOOKOUT.c.id.desc()).limit(limit)).mappings().all()


def _readable(session: Session) -> Select[Any]:
    wanted = select(LOOKOUT, ACCOUNT.c.shown_name).join(ACCOUNT, ACCOUNT.c.id == LOOKOUT.c.owner_id)
    return wanted.where(LOOKOUT.c.office_code.in_(("", *session.account.offices))) if session.is_of_one_office else wanted


def _office(session: Session) -> str:
    return session.office_code if session.is_of_one_office else ""
