"""Tonight: the office's list, what is left of it, and finding a shipment by any number."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, select

from console import carriage, lookouts, queue
from console.desk import lookouts as desk
from console.desk.live import Live, live
from console.guard import session_of
from console.queue import Asked
from console.rendering import render
from console.store.schema import ACCOUNT, MEMBERSHIP, SAVED_VIEW
from console.vocabulary import KINDS, SELECTED_BY, STAGES, Role
from console.words.tonight import facet_by, facet_kind, facet_lane, facet_mark, facet_new, facet_stage, mark_differs, mark_severe, new_importer
from models.lanes import LANES

router = APIRouter()
# Each facet with its heading and the words of its values, the gravest first.
FACETS: tuple[tuple[str, Any, dict[str, Any]], ...] = (
    ("lane", facet_lane, {lane.value: LANES[lane] for lane in reversed(LANES)}), ("by", facet_by, SELECTED_BY), ("stage", facet_stage, STAGES),
    ("kind", facet_kind, KINDS), ("mark", facet_mark, {"severe": mark_severe, "differs": mark_differs}), ("new", facet_new, {"new": new_importer}))


@router.get("/tonight", name="tonight")
def page(request: Request, q: str = "") -> Response:
    """The list, or what a number finds: one hit that is exact opens at once."""
    session, served = session_of(request), request.state.served
    if served is None:
        return render(request, "unpublished.html")
    if q.strip():
        return _found(request, q.strip()[:80])
    asked = Asked.of(_given(request))
    office = _office(request)
    with request.app.state.database.reading() as connection:
        states = live(connection, office)
        views = connection.execute(
            select(SAVED_VIEW).where(SAVED_VIEW.c.account_id == session.account.id).order_by(SAVED_VIEW.c.name)).mappings().all()
        standing = desk.standing(connection, session)
        colleagues = _colleagues(connection, office) if session.account.role == Role.SUPERVISOR else []
    watched = lookouts.watched(served, standing)
    asked_page = queue.page(served, office, asked, states, session.account.id, watched=watched)
    shared = {"asked": asked, "page": asked_page, "states": states, "moment": served.moment, "watched": watched}
    if request.headers.get("hx-request") and asked.after:
        return render(request, "tonight_rows.html", **shared)
    counted = queue.facet_counts(queue.cube(served, office, asked.scope, states), asked)
    return render(request, "tonight.html", **shared, office_code=office, facets=chips(counted, asked), views=views, colleagues=colleagues,
                  counts=_counts(served, office, states, session.account.id, watched), readable_offices=_readable(request))


def _colleagues(connection: Connection, office: str) -> list[Any]:
    """Whom a supervisor of the office can give a shipment to."""
    of_office = select(ACCOUNT.c.id, ACCOUNT.c.shown_name).join(MEMBERSHIP, MEMBERSHIP.c.account_id == ACCOUNT.c.id).where(
        MEMBERSHIP.c.office_code == office, ACCOUNT.c.is_active, ACCOUNT.c.role.in_(("officer", "reviewer")))
    return list(connection.execute(of_office.order_by(ACCOUNT.c.shown_name)))


def chips(counted: dict[str, Counter[str]], asked: Asked) -> list[tuple[str, Any, list[dict[str, Any]]]]:
    """Chips of each facet: words, how many, whether set, and where pressing leads; a facet that parts nothing is left out."""
    told = []
    for name, heading, known in FACETS:
        values = [*known, *(value for value in counted[name] if value and value not in known)]
        row = [{"value": value, "text": known.get(value), "count": counted[name][value], "is_set": value in asked.facets.get(name, ()),
                "url": asked.toggled(name, value)} for value in values]
        shown = [chip for chip in row if chip["count"] or chip["is_set"]]
        if len(shown) > 1 or any(chip["is_set"] for chip in shown) or (shown and name in ("mark", "new")):
            told.append((name, heading, shown))
    return told


def _counts(served: Any, office: str, states: dict[str, Live], account_id: int, watched: Collection[str]) -> dict[str, int]:
    """How much is done and left of the list, and how many are in each state."""
    by_state = Counter("mine" if s.state == "claimed" and s.account_id == account_id else s.state for s in states.values())
    left = sum(queue.cube(served, office, "list", states).values())
    listed = [one for one, state in states.items() if state.state == "decided"]
    done = served.first("SELECT count(*) AS n FROM scored WHERE is_tonight AND office_code = ? AND position IS NOT NULL "
                        "AND shipment_id IN (SELECT unnest(?))", [office, listed]) if listed else None
    whole = sum(queue.cube(served, office, "all", states).values())
    watched_open = queue.count(served, office, Asked("all", "watched"), states, account_id, watched) if watched else 0
    return {"watched": watched_open, "left": left, "done": int(done["n"]) if done else 0, "all": whole,
            **{name: by_state[name] for name in ("mine", "snoozed", "decided")}}


def _found(request: Request, text: str) -> Response:
    session, served = session_of(request), request.state.served
    rows = [row for row in queue.search(served, text) if session.may_see(row["office_code"])]
    exact, voyages = [row for row in rows if row["is_exact"]], carriage.sought(served, session, text)
    if len(exact) == 1 and not voyages:
        return RedirectResponse(str(request.url_for("shipment", shipment_id=exact[0]["shipment_id"]).path), 303)
    with request.app.state.database.reading() as connection:
        states = live(connection, session.office_code)
    box = queue.folded(text)
    return render(request, "search.html", voyages=voyages, box=box, houses=carriage.houses(served, session, box), rows=rows, text=text, states=states,
                  moment=served.moment, next_run=served.next_run)


def _given(request: Request) -> dict[str, list[str]]:
    return {name: request.query_params.getlist(name) for name in request.query_params}


def _readable(request: Request) -> list[str]:
    """The offices whose list one may read: one's own, or every office of the night for a role that sees all."""
    session = session_of(request)
    if session.is_of_one_office:
        return list(session.account.offices)
    return list(request.state.served.offices)


def _office(request: Request) -> str:
    session, wanted = session_of(request), request.query_params.get("office", "")
    if session.is_of_one_office:
        return session.office_code
    readable = _readable(request)
    return wanted if wanted in readable else next(iter(readable), "")
