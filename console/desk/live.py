"""What is under way at an office now: who has claimed what, what is put off, what is decided."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, select

from console.desk.decisions import STANDING
from console.store.schema import ACCOUNT, CLAIM, DECISION, SNOOZE
from lakehouse.clock import now

State = Literal["claimed", "snoozed", "decided"]
# A decision of before may be about a shipment that has come back on the list; older ones are found on its page.
_REMEMBERED = timedelta(days=30)


@dataclass(frozen=True)
class Live:
    """The state of one shipment: by whom, since or until when, and what was decided."""

    state: State
    account_id: int
    who: str
    at: datetime
    code: str = ""
    is_pending: bool = False
    reason: str = ""


def live(connection: Connection, office_code: str) -> dict[str, Live]:
    """The state of every shipment of the office that has one."""
    moment = now()
    found: dict[str, Live] = {}
    name = ACCOUNT.c.shown_name
    claims = select(CLAIM.c.shipment_id, CLAIM.c.account_id, CLAIM.c.expires_at, name).join(ACCOUNT, ACCOUNT.c.id == CLAIM.c.account_id)
    for row in connection.execute(claims.where(CLAIM.c.office_code == office_code, CLAIM.c.expires_at >= moment)):
        found[row.shipment_id] = Live("claimed", row.account_id, row.shown_name, row.expires_at)
    snoozes = select(SNOOZE.c.shipment_id, SNOOZE.c.account_id, SNOOZE.c.until, SNOOZE.c.reason, name).join(
        ACCOUNT, ACCOUNT.c.id == SNOOZE.c.account_id)
    for put_off in connection.execute(snoozes.where(SNOOZE.c.office_code == office_code, SNOOZE.c.until > moment)):
        found[put_off.shipment_id] = Live("snoozed", put_off.account_id, put_off.shown_name, put_off.until, reason=put_off.reason)
    decided = select(DECISION.c.shipment_id, DECISION.c.account_id, DECISION.c.made_at, DECISION.c.code, DECISION.c.state, name).join(
        ACCOUNT, ACCOUNT.c.id == DECISION.c.account_id).where(
        DECISION.c.office_code == office_code, DECISION.c.state.in_(STANDING), DECISION.c.made_at > moment - _REMEMBERED)
    for done in connection.execute(decided.order_by(DECISION.c.made_at)):
        found[done.shipment_id] = Live("decided", done.account_id, done.shown_name, done.made_at, done.code, done.state == "pending")
    return found
