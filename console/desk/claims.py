"""Claims and snoozes: one officer works on a shipment at a time, and what waits for a paper comes back by itself."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from console.sessions import Session
from console.store.database import Change, Database
from console.store.schema import ACCOUNT, CLAIM, SNOOZE
from lakehouse.clock import now
from lakehouse.errors import CallerError

HELD_FOR = timedelta(minutes=30)
# Whom a supervisor gives a shipment to has a shift to get to it.
ASSIGNED_FOR = timedelta(hours=12)
_LONGEST = timedelta(days=14)


class TakenError(CallerError):
    """Someone else has claimed the shipment."""

    def __init__(self, who: str) -> None:
        super().__init__("claim.taken", who, "Choose another, or ask them.")
        self.who = who


def claim(database: Database, session: Session, shipment_id: str, office_code: str) -> datetime:
    """Claim a shipment, or hold on to one's own; until when. TakenError says who has it."""
    with database.change(session.actor) as change:
        return take(change, session, shipment_id, office_code)


def take(change: Change, session: Session, shipment_id: str, office_code: str, for_account: int | None = None) -> datetime:
    """The same within a change; `for_account` is whom a supervisor gives it to."""
    moment, account = now(), for_account or session.account.id
    until = moment + (HELD_FOR if for_account is None else ASSIGNED_FOR)
    is_free = or_(CLAIM.c.account_id == account, CLAIM.c.expires_at < moment) if for_account is None else CLAIM.c.shipment_id == shipment_id
    values = {"shipment_id": shipment_id, "office_code": office_code, "account_id": account, "claimed_at": moment, "expires_at": until,
              "assigned_by": session.account.id if for_account else None}
    if not change.upsert(CLAIM, values, is_free):
        raise TakenError(holder(change, shipment_id))
    change.note("claim.assigned" if for_account else "claim.made", shipment_id, None, {"account": account, "until": until.isoformat()})
    return until


def holder(change: Change, shipment_id: str) -> str:
    """The name of whoever has claimed a shipment."""
    found = change.read(select(ACCOUNT.c.shown_name).join(CLAIM, CLAIM.c.account_id == ACCOUNT.c.id).where(CLAIM.c.shipment_id == shipment_id))
    return str(found.scalar_one_or_none() or "")


def let_go(database: Database, session: Session, shipment_id: str) -> None:
    """Give up one's own claim."""
    with database.change(session.actor) as change:
        if change.write(delete(CLAIM).where(CLAIM.c.shipment_id == shipment_id, CLAIM.c.account_id == session.account.id)):
            change.note("claim.let_go", shipment_id)


def snooze(database: Database, session: Session, shipment_id: str, office_code: str, until: datetime, reason: str) -> None:
    """Put a shipment off until a time, at most two weeks; its claim is let go. CallerError where the time does not lie ahead."""
    moment = now()
    if not moment < until <= moment + _LONGEST:
        raise CallerError("snooze.until", f"{until:%Y-%m-%d %H:%M} does not lie within the next 14 days", "Give a time ahead.")
    with database.change(session.actor) as change:
        take(change, session, shipment_id, office_code)
        change.upsert(SNOOZE, {"shipment_id": shipment_id, "office_code": office_code, "account_id": session.account.id, "made_at": moment,
                               "until": until, "reason": reason.strip()[:300]})
        change.write(delete(CLAIM).where(CLAIM.c.shipment_id == shipment_id))
        change.note("snooze.made", shipment_id, None, {"until": until.isoformat()}, reason.strip()[:300])
