"""Inspections: what is to be looked at, and the result as the outcome feed will have it, again where it is corrected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, insert, select

from console.outcomes import BY_CODE, CONFIDENCES, DEPTHS, FOLLOW_UPS, LOOKED_INTO, SEVERITIES
from console.sessions import Session
from console.store.database import Database
from console.store.schema import DECISION, OUTCOME
from lakehouse.clock import now
from lakehouse.errors import CallerError

_SUBJECTS = (("declaration", "declaration_no"), ("parcel", "tracking_no"), ("baggage", "bag_tag"))


@dataclass(frozen=True)
class Told:
    """What an inspector fills in."""

    finding: str
    depth: str
    inspected_at: datetime
    confidence: str = "high"
    severity: str = ""
    duty_krw: float = 0.0
    is_seized: bool = False
    opened: int | None = None
    packages: int | None = None
    found: str = ""
    follow_up: str = ""


def waiting(connection: Connection, offices: tuple[str, ...]) -> list[RowMapping]:
    """Standing decisions of some offices that send someone to look and have no final result yet, oldest first."""
    done = select(OUTCOME.c.shipment_id).where(OUTCOME.c.status != "provisional")
    found = select(DECISION).where(DECISION.c.state == "made", DECISION.c.leaves_at <= now(), DECISION.c.code.in_(LOOKED_INTO),
                                   DECISION.c.office_code.in_(offices), DECISION.c.shipment_id.not_in(done))
    return list(connection.execute(found.order_by(DECISION.c.made_at)).mappings())


def recorded(connection: Connection, offices: tuple[str, ...], shipment_id: str = "", limit: int = 50) -> list[RowMapping]:
    """Results recorded in the console, newest first, of an office or of one shipment."""
    found = select(OUTCOME).where(OUTCOME.c.office_code.in_(offices), *([OUTCOME.c.shipment_id == shipment_id] if shipment_id else []))
    return list(connection.execute(found.order_by(OUTCOME.c.recorded_at.desc(), OUTCOME.c.version.desc()).limit(limit)).mappings())


def record(database: Database, session: Session, row: Mapping[str, Any], told: Told) -> str:
    """Record a result, or a correction of the one there is; its number. CallerError where the form does not say enough."""
    _check(told)
    finding = BY_CODE[told.finding]
    with database.change(session.actor) as change:
        kept = select(OUTCOME).where(OUTCOME.c.shipment_id == row["shipment_id"]).order_by(OUTCOME.c.version.desc())
        before = change.read(kept).mappings().first()
        outcome_id = str(before["told"]["outcome_id"]) if before else f"HC{now():%Y%m%d}{uuid4().hex[:10]}"
        kind, ref = _subject(row)
        said = _as_feed(outcome_id, kind, ref, session, row, told)
        number = uuid4().hex
        change.write(insert(OUTCOME).values(
            id=number, shipment_id=row["shipment_id"], subject_kind=kind, subject_ref=ref, office_code=row["office_code"],
            account_id=session.account.id, finding=told.finding, recorded_at=now(), inspected_at=told.inspected_at, told=said, status=finding.status,
            version=(before["version"] + 1) if before else 1))
        change.note("outcome.corrected" if before else "outcome.recorded", row["shipment_id"], before["told"] if before else None, said)
    return number


def _check(told: Told) -> None:
    finding = BY_CODE.get(told.finding)
    if finding is None or told.depth not in DEPTHS or told.confidence not in CONFIDENCES or (told.follow_up and told.follow_up not in FOLLOW_UPS):
        raise CallerError("outcome.incomplete", "The result does not say what was found, or how", "Fill in the form.")
    if finding.result == "violation" and told.severity not in SEVERITIES:
        raise CallerError("outcome.severity", "A violation needs its severity", "Choose one.")
    if told.inspected_at > now():
        raise CallerError("outcome.future", "The inspection lies ahead", "Give when it was.")
    if told.duty_krw < 0 or (told.opened or 0) < 0 or (told.packages is not None and (told.opened or 0) > told.packages):
        raise CallerError("outcome.numbers", "Duty or packages cannot be so", "Mend the numbers.")


def _subject(row: Mapping[str, Any]) -> tuple[str, str]:
    for kind, name in _SUBJECTS:
        if row.get(name):
            return kind, str(row[name])
    containers = row.get("container_nos") or []
    if containers:
        return "container", str(containers[0])
    raise CallerError("outcome.subject", "The shipment has no number an outcome can name", "Wait for its declaration.")


def _as_feed(outcome_id: str, kind: str, ref: str, session: Session, row: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """The record in the form of the outcome feed."""
    finding = BY_CODE[told.finding]
    violation = {"type": finding.kind, "severity": told.severity, "additional_duty_krw": told.duty_krw, "seized": told.is_seized}
    said = {
        "outcome_id": outcome_id, "subject": {"kind": kind, "ref": ref}, "inspected_at": told.inspected_at.isoformat(), "office": row["office_code"],
        "depth": told.depth, "result": finding.result, "violations": [violation] if finding.result == "violation" else [],
        "selected_by": row.get("selected_by") or "officer", "officer_ref": f"A{session.account.id}", "confidence": told.confidence,
        "status": finding.status, "packages_opened": told.opened, "packages_total": told.packages, "found": told.found.strip()[:2000] or None,
        "action": told.follow_up or None}
    return {name: value for name, value in said.items() if value is not None}
