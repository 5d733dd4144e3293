"""Approvals: a supervisor answers decisions that go below the recommendation."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from console.desk import decisions
from console.guard import session_of
from console.rendering import render
from lakehouse.clock import now

router = APIRouter()


@router.get("/approvals", name="approvals")
def page(request: Request) -> Response:
    """What awaits one's answer, the longest waiting first."""
    session = session_of(request)
    with request.app.state.database.reading() as connection:
        waiting = decisions.pending(connection, session.account.offices)
    return render(request, "approvals.html", waiting=waiting, now=now())


@router.post("/approvals/{decision_id}", name="answer")
def answer(request: Request, decision_id: str, verdict: Annotated[str, Form()], note: Annotated[str, Form()] = "") -> Response:
    """Approve or refuse."""
    decisions.answer(request.app.state.database, session_of(request), decision_id, verdict == "approve", note)
    return RedirectResponse("/approvals", 303)
