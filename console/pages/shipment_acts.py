"""What is done on a shipment: claim, let go, put off, decide, undo, show a name, say whether a reason helped."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import insert

from console.desk import claims, decisions
from console.desk.decisions import Choice
from console.guard import session_of
from console.names import names_of
from console.pages.shipment import seen
from console.pages.tonight_acts import when
from console.rendering import render
from console.store.schema import FEEDBACK, UNMASKING
from lakehouse.clock import now
from lakehouse.errors import CallerError

router = APIRouter()


def _to(request: Request, shipment_id: str) -> Response:
    return RedirectResponse(str(request.url_for("shipment", shipment_id=shipment_id).path), 303)


@router.post("/shipments/{shipment_id}/claim", name="claim")
def claim(request: Request, shipment_id: str) -> Response:
    """Claim the shipment."""
    row = seen(request, shipment_id).row
    claims.claim(request.app.state.database, session_of(request), shipment_id, row["office_code"])
    return _to(request, shipment_id)


@router.post("/shipments/{shipment_id}/let-go", name="let_go")
def let_go(request: Request, shipment_id: str) -> Response:
    """Give up one's claim."""
    claims.let_go(request.app.state.database, session_of(request), shipment_id)
    return _to(request, shipment_id)


@router.post("/shipments/{shipment_id}/snooze", name="snooze")
def snooze(request: Request, shipment_id: str, until: Annotated[str, Form()] = "", reason: Annotated[str, Form()] = "") -> Response:
    """Put the shipment off."""
    row = seen(request, shipment_id).row
    claims.snooze(request.app.state.database, session_of(request), shipment_id, row["office_code"], when(until), reason)
    return RedirectResponse("/tonight", 303)


@router.post("/shipments/{shipment_id}/decide", name="decide")
def decide(request: Request, shipment_id: str, request_key: Annotated[str, Form(max_length=64)], code: Annotated[str, Form()] = "",
           reason_code: Annotated[str, Form()] = "", note: Annotated[str, Form()] = "") -> Response:
    """Decide on the shipment as this publication shows it."""
    found = seen(request, shipment_id)
    decisions.decide(request.app.state.database, session_of(request), found.row | {"reasons": found.reasons},
                     Choice(code, reason_code, note, request_key), request.app.state.settings)
    return _to(request, shipment_id)


@router.post("/decisions/{decision_id}/undo", name="undo")
def undo(request: Request, decision_id: str) -> Response:
    """Take back one's own decision while it is in the outbox."""
    return _to(request, decisions.undo(request.app.state.database, session_of(request), decision_id))


@router.post("/shipments/{shipment_id}/feedback", name="feedback")
def feedback(request: Request, shipment_id: str, reason_code: Annotated[str, Form()], verdict: Annotated[str, Form()]) -> Response:
    """Say whether a reason helped."""
    session, found = session_of(request), seen(request, shipment_id)
    if verdict in ("yes", "no") and any(reason["code"] == reason_code for reason in found.reasons):
        with request.app.state.database.change(session.actor) as change:
            change.write(insert(FEEDBACK).values(shipment_id=shipment_id, reason_code=reason_code, account_id=session.account.id, verdict=verdict,
                                                 made_at=now(), run_id=found.row["run_id"]))
            change.note("reason.feedback", shipment_id, None, {"reason": reason_code, "verdict": verdict})
    return render(request, "thanks.html")


@router.post("/shipments/{shipment_id}/unmask", name="unmask")
def unmask(request: Request, shipment_id: str, reason: Annotated[str, Form()] = "") -> Response:
    """The names of the persons of a shipment, once: who asked and why is in the audit before they are shown."""
    session, found = session_of(request), seen(request, shipment_id)
    if len(reason.strip()) < 3:
        raise CallerError("unmask.reason", "A name is shown for a reason", "Write it.")
    with request.app.state.database.change(session.actor) as change:
        change.write(insert(UNMASKING).values(shipment_id=shipment_id, account_id=session.account.id, reason=reason.strip()[:300], made_at=now(),
                                              until=now() + timedelta(minutes=10)))
        change.note("person.unmasked", shipment_id, None, None, reason.strip()[:300])
    named = names_of(request.state.served.publication, request.app.state.lake, found)
    return render(request, "names.html", row=found.row, named=named)
