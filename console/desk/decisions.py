"""Decisions: taken with what was seen, undone within ten seconds, approved by a second person where they let much go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from console.desk.claims import take
from console.sessions import Session
from console.store.database import Change, Database
from console.store.schema import ACCOUNT, APPROVAL, CLAIM, DECISION, SNOOZE
from console.vocabulary import BY_CODE, REASON_BY_CODE, decisions_of, direction
from lakehouse.clock import now
from lakehouse.errors import CallerError
from lakehouse.settings import Settings

OUTBOX = timedelta(seconds=10)
# States in which a decision stands, or may yet.
STANDING = ("made", "pending")


@dataclass(frozen=True)
class Choice:
    """What an officer chose; `request_key` is the page's own, so that a form sent twice is one decision."""

    code: str
    reason_code: str
    note: str
    request_key: str


def decide(database: Database, session: Session, seen: Mapping[str, Any], choice: Choice, settings: Settings) -> str:
    """Take a decision on a shipment as it was seen (a row of the serving file with its run); the decision's number.

    CallerError where the role may not, a reason or note lacks, or someone else has claimed the shipment.
    """
    if choice.code not in {decision.code for decision in decisions_of(session.account.role)}:
        raise CallerError("decision.role", f"{session.account.role} cannot decide '{choice.code}'", "Choose one of the decisions on the page.")
    goes = direction(BY_CODE[choice.code], seen["action"], seen["lane"])
    _check_reason(choice, goes)
    needs_second = goes == "down" and needs_second_person(seen, settings)
    with database.change(session.actor) as change:
        done = change.read(select(DECISION.c.id).where(DECISION.c.request_key == choice.request_key)).scalar_one_or_none()
        if done is not None:
            return str(done)
        take(change, session, seen["shipment_id"], seen["office_code"])
        before = _replace(change, seen["shipment_id"])
        number, moment = uuid4().hex, now()
        row = {
            "id": number, "request_key": choice.request_key, "shipment_id": seen["shipment_id"], "outside_id": seen["outside_id"] or "",
            "office_code": seen["office_code"], "account_id": session.account.id, "decided_as": session.account.role.value, "code": choice.code,
            "reason_code": choice.reason_code, "note": choice.note.strip()[:4000], "recommended": seen["action"] or seen["lane"],
            "direction": goes, "state": "pending" if needs_second else "made", "made_at": moment, "leaves_at": moment + OUTBOX,
            "supersedes": before, "run_id": seen["run_id"], "business_date": str(seen["business_date"]), "model_version": seen["model_version"],
            "score": seen["score"], "probability": seen["probability"], "lane": seen["lane"], "reasons": seen["reasons"]}
        change.write(insert(DECISION).values(**row))
        if needs_second:
            change.write(insert(APPROVAL).values(decision_id=number, asked_at=moment, answer="", note=""))
        for table in (CLAIM, SNOOZE):
            change.write(delete(table).where(table.c.shipment_id == seen["shipment_id"]))
        told = {name: row[name] for name in ("code", "reason_code", "direction", "recommended", "state", "run_id", "model_version", "probability",
                                             "lane")}
        change.note("decision.made", seen["shipment_id"], {"decision": before} if before else None, told | {"decision": number}, row["note"])
    return number


def _check_reason(choice: Choice, goes: str) -> None:
    reason = REASON_BY_CODE.get(choice.reason_code)
    if reason is None or goes not in reason.directions:
        raise CallerError("decision.reason", "The decision needs a reason that fits it", "Choose why.")
    if reason.needs_note and not choice.note.strip():
        raise CallerError("decision.note", "This reason needs a note", "Write what it rests on.")


def needs_second_person(seen: Mapping[str, Any], settings: Settings) -> bool:
    """Whether letting a shipment off lightly takes a second person."""
    return bool((seen["probability"] or 0) >= settings["decisions.second_person_probability"]
                or (seen["expected_revenue_krw"] or 0) >= settings["decisions.second_person_krw"])


def _replace(change: Change, shipment_id: str) -> str | None:
    """Make way for a new decision: one still in the outbox is undone, one that left is countermanded and named."""
    standing = change.read(select(DECISION).where(DECISION.c.shipment_id == shipment_id, DECISION.c.state.in_(STANDING))).mappings().all()
    before = None
    for row in standing:
        has_left = row["leaves_at"] <= now() and row["state"] == "made"
        if has_left:
            change.write(update(DECISION).where(DECISION.c.id == row["id"]).values(state="replaced"))
            before = row["id"]
        else:
            change.write(update(DECISION).where(DECISION.c.id == row["id"]).values(state="undone", undone_at=now()))
        change.note("decision.replaced" if has_left else "decision.undone", shipment_id, {"decision": row["id"], "code": row["code"]})
    return before


def undo(database: Database, session: Session, decision_id: str) -> str:
    """Take back one's own decision while it is in the outbox; the shipment it was about. CallerError once it has left."""
    with database.change(session.actor) as change:
        row = change.read(select(DECISION).where(DECISION.c.id == decision_id, DECISION.c.account_id == session.account.id)).mappings().first()
        if row is None or row["state"] not in STANDING:
            raise CallerError("decision.unknown", "There is no such decision of yours to undo", "Look at the shipment again.")
        if row["leaves_at"] <= now():
            raise CallerError("decision.left", "The decision has left the outbox", "Decide anew: that countermands it.")
        change.write(update(DECISION).where(DECISION.c.id == decision_id).values(state="undone", undone_at=now()))
        change.write(delete(APPROVAL).where(APPROVAL.c.decision_id == decision_id))
        if row["supersedes"]:
            change.write(update(DECISION).where(DECISION.c.id == row["supersedes"]).values(state="made"))
        take(change, session, row["shipment_id"], row["office_code"])
        change.note("decision.undone", row["shipment_id"], {"decision": decision_id, "code": row["code"]})
    return str(row["shipment_id"])


def answer(database: Database, session: Session, decision_id: str, is_approved: bool, note: str) -> str:
    """A second person's answer to a decision that waits for one; the shipment. CallerError where it is one's own or no longer waits."""
    with database.change(session.actor) as change:
        row = change.read(select(DECISION).where(DECISION.c.id == decision_id)).mappings().first()
        if row is None or row["state"] != "pending" or row["office_code"] not in session.account.offices:
            raise CallerError("approval.unknown", "No such decision awaits approval", "Look at the list again.")
        if row["account_id"] == session.account.id:
            raise CallerError("approval.own", "A second person answers, not the one who decided", "Ask another supervisor.")
        if not is_approved and not note.strip():
            raise CallerError("approval.note", "A refusal needs a note", "Write why.")
        said = "approved" if is_approved else "refused"
        # The state is asked for again where it is changed: of two answers at once, one counts.
        counted = change.write(update(DECISION).where(DECISION.c.id == decision_id, DECISION.c.state == "pending").values(
            state="made" if is_approved else "refused"))
        if not counted:
            raise CallerError("approval.unknown", "Another supervisor has answered", "Look at the list again.")
        change.write(update(APPROVAL).where(APPROVAL.c.decision_id == decision_id).values(
            answered_by=session.account.id, answered_at=now(), answer=said, note=note.strip()[:1000]))
        change.note(f"approval.{said}", row["shipment_id"], {"decision": decision_id, "code": row["code"]}, None, note.strip()[:1000])
    return str(row["shipment_id"])


def of_shipment(connection: Connection, shipment_id: str) -> list[RowMapping]:
    """Every decision on a shipment with its officer's name and its approval, newest first."""
    second = ACCOUNT.alias("second")
    wanted = select(DECISION, ACCOUNT.c.shown_name, APPROVAL.c.answer, APPROVAL.c.answered_at, APPROVAL.c.note.label("answer_note"),
                    second.c.shown_name.label("answered_name"))
    joined = wanted.join(ACCOUNT, ACCOUNT.c.id == DECISION.c.account_id).outerjoin(APPROVAL, APPROVAL.c.decision_id == DECISION.c.id)
    found = joined.outerjoin(second, second.c.id == APPROVAL.c.answered_by).where(DECISION.c.shipment_id == shipment_id)
    return list(connection.execute(found.order_by(DECISION.c.made_at.desc(), DECISION.c.id)).mappings())


def pending(connection: Connection, offices: tuple[str, ...]) -> list[RowMapping]:
    """Decisions of some offices that wait for a second person, oldest first."""
    found = select(DECISION, ACCOUNT.c.shown_name).join(ACCOUNT, ACCOUNT.c.id == DECISION.c.account_id).where(
        DECISION.c.state == "pending", DECISION.c.office_code.in_(offices), DECISION.c.leaves_at <= now())
    return list(connection.execute(found.order_by(DECISION.c.made_at)).mappings())


def known_at(row: Mapping[str, Any]) -> datetime:
    """When a standing decision could no longer be taken back: it left the outbox, or was approved."""
    leaves: datetime = row["leaves_at"]
    return max(leaves, row["answered_at"]) if row.get("answered_at") else leaves
