"""Outcomes: what an inspector is sent to look at, where and at what, and recording what was found; the score stays hidden until then."""

from datetime import datetime
from math import inf, isfinite
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from console import outcomes
from console.desk import inspections
from console.desk.inspections import Told
from console.detail import Detail, detail, facts
from console.guard import session_of
from console.rendering import render
from lakehouse.clock import KOREA, now
from lakehouse.errors import CallerError

router = APIRouter()


@router.get("/outcomes", name="outcomes")
def page(request: Request) -> Response:
    """What waits to be looked at, and what was recorded lately."""
    session, served = session_of(request), request.state.served
    if served is None:
        return render(request, "unpublished.html")
    with request.app.state.database.reading() as connection:
        waiting = inspections.waiting(connection, session.account.offices)
        done = inspections.recorded(connection, session.account.offices)
    ids = [row["shipment_id"] for row in waiting]
    nowhere: dict[str, Any] = {"goods": None, "shed_name": None, "decide_by": None, "container_nos": []}
    where = dict.fromkeys(ids, nowhere) | {row["shipment_id"]: row for row in served.rows(
        "SELECT shipment_id, goods, shed_name, decide_by, container_nos FROM scored WHERE shipment_id IN (SELECT unnest(?))", [ids])}
    return render(request, "outcomes.html", waiting=waiting, where=where, done=done, findings=outcomes.BY_CODE, moment=served.moment)


@router.get("/outcomes/{shipment_id}", name="outcome")
def form(request: Request, shipment_id: str) -> Response:
    """The form of one inspection: place and points to check; with a result recorded, what it was judged before too."""
    session, found = session_of(request), _sent_to(request, shipment_id)
    with request.app.state.database.reading() as connection:
        kept = inspections.recorded(connection, session.account.offices, shipment_id)
        decided = next((row for row in inspections.waiting(connection, session.account.offices) if row["shipment_id"] == shipment_id), None)
    return render(request, "outcome.html", d=found, row=found.row, facts=facts(found), kept=kept, decided=decided, now=now(), o=outcomes)


@router.post("/outcomes/{shipment_id}", name="record_outcome")
def record(request: Request, shipment_id: str, finding: Annotated[str, Form()] = "", depth: Annotated[str, Form()] = "",
           inspected_at: Annotated[str, Form()] = "", confidence: Annotated[str, Form()] = "high", severity: Annotated[str, Form()] = "",
           duty_krw: Annotated[str, Form()] = "", seized: Annotated[str, Form()] = "", opened: Annotated[str, Form()] = "",
           packages: Annotated[str, Form()] = "", found: Annotated[str, Form()] = "", follow_up: Annotated[str, Form()] = "") -> Response:
    """Record what was found, or correct it."""
    row = _sent_to(request, shipment_id).row
    told = Told(finding, depth, _moment(inspected_at), confidence, severity, _number(duty_krw) or 0.0, bool(seized), _whole(opened), _whole(packages),
                found, follow_up)
    inspections.record(request.app.state.database, session_of(request), row, told)
    return RedirectResponse(str(request.url_for("outcome", shipment_id=shipment_id).path), 303)


def _sent_to(request: Request, shipment_id: str) -> Detail:
    """The shipment, where someone was sent to look at it or has; else it is no business of an inspector."""
    session = session_of(request)
    found = detail(request.state.served, shipment_id) if request.state.served else None
    if found is None or not session.may_see(found.row["office_code"]):
        raise HTTPException(404)
    with request.app.state.database.reading() as connection:
        is_sent = any(row["shipment_id"] == shipment_id for row in inspections.waiting(connection, session.account.offices))
        if not is_sent and not inspections.recorded(connection, session.account.offices, shipment_id):
            raise HTTPException(404)
    return found


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CallerError("outcome.incomplete", "The time of the inspection is missing", "Give it.") from None
    return at.astimezone(KOREA) if at.tzinfo else at.replace(tzinfo=KOREA)


def _number(text: str) -> float | None:
    try:
        value = float(text.replace(",", "")) if text.strip() else None
    except ValueError:
        value = inf
    if value is not None and not isfinite(value):
        raise CallerError("outcome.numbers", "A number cannot be read", "Mend it.")
    return value


def _whole(text: str) -> int | None:
    value: Any = _number(text)
    return None if value is None else int(value)
