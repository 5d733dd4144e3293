"""Shipment: everything known of one shipment, what disagrees first, and deciding on it."""

from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from console import lookouts, source
from console.desk import decisions
from console.desk import lookouts as desk
from console.desk.live import Live, live
from console.detail import Detail, detail, facts
from console.drawing import waterfall
from console.guard import session_of
from console.rendering import Reader, render
from console.vocabulary import DECISION_REASONS, IDENTIFIERS, Role, decisions_of, direction, is_recommended
from feeds.registry import BY_NAME as FEEDS
from lakehouse.clock import now
from lakehouse.text import Text

router = APIRouter()
_MOST = 6


@router.get("/shipments/{shipment_id}", name="shipment")
def page(request: Request, shipment_id: str) -> Response:
    """The page of one shipment."""
    session, state = session_of(request), request.app.state
    if request.state.served is None:
        return render(request, "unpublished.html")
    found = seen(request, shipment_id)
    row = found.row
    with state.database.reading() as connection:
        states = live(connection, row["office_code"])
        decided = decisions.of_shipment(connection, shipment_id)
        standing_lookouts = desk.standing(connection, session)
    others = state.presence.look(shipment_id, session.account.id, session.account.shown_name)
    offered = decisions_of(session.account.role) if row["is_open"] and row["office_code"] in session.account.offices else ()
    standing = next((d for d in decided if d["state"] in decisions.STANDING), None)
    reader = Reader(session.account.language)
    return render(
        request, "shipment.html", d=found, row=row, facts=facts(found), identifiers=identifiers(row),
        live=_of_others(states.get(shipment_id), session.account.id), claimed=states.get(shipment_id), decided=decided, standing=standing,
        looking=others, offered=offered, reasons=DECISION_REASONS,
        direction=lambda one: direction(one, row["action"], row["lane"]), is_recommended=lambda one: is_recommended(one, row["action"], row["lane"]),
        request_key=token_urlsafe(16), office_count=request.state.served.offices.get(row["office_code"], 0),
        needs_second=decisions.needs_second_person(row, state.settings), moment=request.state.served.moment, now=now(),
        chart=waterfall(found, reader), can_unmask=session.account.role in (Role.OFFICER, Role.REVIEWER, Role.SUPERVISOR),
        watched=lookouts.watched(request.state.served, standing_lookouts).get(shipment_id, ()),
        voyage=found.voyage, similar=_part(found, "similar"), flips=_part(found, "counterfactual"))


def seen(request: Request, shipment_id: str) -> Detail:
    """The shipment as this request's publication has it; not found where it is another office's too."""
    session = session_of(request)
    found = detail(request.state.served, shipment_id) if request.state.served else None
    if found is None or not session.may_see(found.row["office_code"]):
        raise HTTPException(404)
    return found


def identifiers(row: dict[str, Any]) -> list[tuple[Text, str]]:
    """Label and value of every identifier there is, lists by their members."""
    told = []
    for name, text in IDENTIFIERS.items():
        value = row[name]
        told += [(text, one) for one in (value[:_MOST] if isinstance(value, list) else [value]) if one]
    return told


def _of_others(found: Live | None, account_id: int) -> Live | None:
    """The claim of somebody else."""
    return found if found and found.state == "claimed" and found.account_id != account_id else None


def _part(found: Detail, name: str) -> Any:
    """A part of the explanation that only later runs have."""
    return found.row.get(name) or []


@router.get("/shipments/{shipment_id}/raw", name="raw")
def raw(request: Request, shipment_id: str, feed: str, record: str) -> Response:
    """The source text of one record of the shipment's timeline, as it was sent."""
    found = seen(request, shipment_id)
    is_of_it = any(e["feed"] == feed and e["record_key"] == record for e in found.events)
    if feed not in FEEDS or not is_of_it:
        raise HTTPException(404)
    texts = source.texts(request.state.served.publication, request.app.state.lake, FEEDS[feed], record)
    return render(request, "raw.html", shipment=found.row, feed=feed, record=record, texts=texts)
