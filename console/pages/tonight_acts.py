"""What is done on the list: claim the next, put off, assign, several at once, and views kept by name."""

from datetime import datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import delete, insert, select

from console import queue
from console.desk import claims
from console.desk.live import live
from console.guard import session_of
from console.queue import Asked
from console.store.schema import MEMBERSHIP, SAVED_VIEW
from lakehouse.clock import KOREA, now
from lakehouse.errors import CallerError

router = APIRouter()
_TRIED = 60


@router.post("/next", name="claim_next")
def claim_next(request: Request) -> Response:
    """Claim the first shipment of the list that nobody has, and open it; one's own claim comes first."""
    session, served, state = session_of(request), request.state.served, request.app.state
    if served is None:
        return RedirectResponse("/tonight", 303)
    with state.database.reading() as connection:
        states = live(connection, session.office_code)
    taken = {one for one, s in states.items() if s.state == "claimed" and s.account_id != session.account.id}
    for scope in ("list", "all"):
        rows = queue.page(served, session.office_code, Asked(scope=scope), states, session.account.id, _TRIED + len(taken)).rows
        mine = [row for row in rows if row["shipment_id"] in states and row["shipment_id"] not in taken]
        for row in [*mine, *(row for row in rows if row["shipment_id"] not in states)]:
            try:
                claims.claim(state.database, session, row["shipment_id"], row["office_code"])
            except claims.TakenError:
                continue
            return RedirectResponse(str(request.url_for("shipment", shipment_id=row["shipment_id"]).path), 303)
    return RedirectResponse("/tonight?fault=queue.empty", 303)


@router.post("/batch", name="batch")
def batch(request: Request, act: Annotated[str, Form()], shipment: Annotated[list[str], Form(default_factory=list)],
          until: Annotated[str, Form()] = "4h", reason: Annotated[str, Form()] = "",
          account_id: Annotated[int, Form()] = 0, back: Annotated[str, Form()] = "/tonight") -> Response:
    """Claim, put off or assign several at once; those that someone else has are passed over."""
    for row in office_rows(request, shipment[:queue.PAGE]):
        try:
            _one(request, act, row, until, reason, account_id)
        except claims.TakenError:
            continue
    return RedirectResponse(back if back.startswith(("/tonight", "/voyages/", "/containers/")) else "/tonight", 303)


def _one(request: Request, act: str, row: dict[str, Any], until: str, reason: str, account_id: int) -> None:
    session, database = session_of(request), request.app.state.database
    decides = session.account.role in ("officer", "reviewer")
    if act == "claim" and decides:
        claims.claim(database, session, row["shipment_id"], row["office_code"])
    elif act == "snooze" and decides:
        claims.snooze(database, session, row["shipment_id"], row["office_code"], when(until), reason)
    elif act == "assign" and session.account.role == "supervisor":
        with database.change(session.actor) as change:
            member = select(MEMBERSHIP.c.account_id).where(MEMBERSHIP.c.account_id == account_id, MEMBERSHIP.c.office_code == row["office_code"])
            if change.read(member).first() is None:
                raise CallerError("assign.unknown", "That officer does not belong to the office", "Choose one of its officers.")
            claims.take(change, session, row["shipment_id"], row["office_code"], account_id)


def office_rows(request: Request, ids: list[str]) -> list[dict[str, Any]]:
    """The shipments of these ids that the reader's office has."""
    session, served = session_of(request), request.state.served
    if served is None or not ids:
        return []
    found = served.rows("SELECT shipment_id, office_code FROM place WHERE shipment_id IN (SELECT unnest(?))", [ids])
    return [row for row in found if session.may_see(row["office_code"])]


def when(choice: str) -> datetime:
    """The instant a choice of 'later' means."""
    moment = now()
    nine = datetime.combine(moment.date(), time(9), KOREA)
    known = {"1h": moment + timedelta(hours=1), "4h": moment + timedelta(hours=4), "1d": nine + timedelta(days=1), "3d": nine + timedelta(days=3)}
    if choice not in known:
        raise CallerError("snooze.until", f"'{choice}' is no time", "Choose one of the times.")
    return known[choice]


@router.post("/views", name="save_view")
def save_view(request: Request, name: Annotated[str, Form()] = "", query: Annotated[str, Form()] = "") -> Response:
    """Keep the filters of a page under a name."""
    session = session_of(request)
    if not name.strip():
        raise CallerError("view.name", "The view has no name", "Give it one.")
    kept = Asked.of(parse_qs(query.lstrip("?"))).url()
    with request.app.state.database.change(session.actor) as change:
        change.write(insert(SAVED_VIEW).values(account_id=session.account.id, name=name.strip()[:60], query=kept, made_at=now()))
        change.note("view.saved", name.strip()[:60], None, {"query": kept})
    return RedirectResponse("/tonight" + kept, 303)


@router.post("/views/{view_id}/drop", name="drop_view")
def drop_view(request: Request, view_id: int) -> Response:
    """Delete one of one's own views."""
    session = session_of(request)
    with request.app.state.database.change(session.actor) as change:
        if change.write(delete(SAVED_VIEW).where(SAVED_VIEW.c.id == view_id, SAVED_VIEW.c.account_id == session.account.id)):
            change.note("view.dropped", str(view_id))
    return RedirectResponse("/tonight", 303)
