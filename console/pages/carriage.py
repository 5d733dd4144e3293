"""Voyage or flight, and container: what came together, by lane, importer, forwarder or goods, and what was told of it on the way."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from starlette.exceptions import HTTPException

from console import carriage, lookouts
from console.carriage import GROUPS
from console.desk import lookouts as desk
from console.desk.live import live
from console.guard import session_of
from console.rendering import render
from console.vocabulary import BOX_MOVES
from feeds.dcsa_codes import MOVES
from feeds.screening import LABELS, MODALITIES, RESULTS
from models.lanes import LANES

router = APIRouter()
After = Annotated[int, Query(ge=0, le=1_000_000)]


@router.get("/voyages/{voyage}", name="voyage")
def voyage(request: Request, voyage: str, by: str = "lane", after: After = 0) -> Response:
    """All that is aboard and may be seen, the gravest first."""
    served, session = request.state.served, session_of(request)
    if served is None:
        return render(request, "unpublished.html")
    found = carriage.voyage(served, voyage)
    lanes, by = _asked(request, by)
    told = carriage.manifest(served, session, "aboard", voyage, lanes, by, after) if found else None
    if found is None or told is None or not told.by_lane:
        raise HTTPException(404)
    return render(request, "voyage.html", voyage=found, told=told, boxes=carriage.boxes_of(served, session, voyage), lanes=lanes,
                  by=by, to=_to(f"/voyages/{voyage}", lanes, by), **_live(request))


@router.get("/containers/{container_no}", name="container")
def container(request: Request, container_no: str, by: str = "lane", after: After = 0) -> Response:
    """The houses in it, its seals and weights, and what happened to it."""
    served, session = request.state.served, session_of(request)
    if served is None:
        return render(request, "unpublished.html")
    lanes, by = _asked(request, by)
    told = carriage.manifest(served, session, "boxed", container_no, lanes, by, after)
    if not told.by_lane:
        raise HTTPException(404)
    rows, events = told.rows, carriage.told_of(served, container_no)
    voyages = [found for key in dict.fromkeys(row["voyage"] for row in rows if row["voyage"]) if (found := carriage.voyage(served, key))]
    bills = carriage.bills_of(served, container_no)
    moves = [row for row in events if row["feed"] in ("terminal_event", "carrier_event")]
    return render(
        request, "container.html", container_no=container_no, told=told, events=events, seals=carriage.seals(events), voyages=voyages,
        bills=bills, weighing=carriage.weighing(events, bills), lanes=lanes, by=by, **_live(request),
        to=_to(f"/containers/{container_no}", lanes, by), scans=[row for row in events if row["feed"] == "screening"],
        moves=moves, MOVES=BOX_MOVES | MOVES, MODALITIES=MODALITIES, LABELS=LABELS, RESULTS=RESULTS)


def _asked(request: Request, by: str) -> tuple[list[str], str]:
    """Lanes and grouping as asked for; what there is not is passed over."""
    return [lane for lane in request.query_params.getlist("lane") if lane in LANES], by if by in GROUPS else "lane"


def _live(request: Request) -> dict[str, Any]:
    """What changes while officers work: who has what, and what is watched for."""
    session, served = session_of(request), request.state.served
    with request.app.state.database.reading() as connection:
        states, standing = live(connection, session.office_code), desk.standing(connection, session)
    return {"states": states, "watched": lookouts.watched(served, standing), "moment": served.moment}


def _to(path: str, lanes: list[str], by: str) -> Any:
    """The address of the same page with some parts changed."""
    def to(lane: str = "", **changes: Any) -> str:
        wanted = [one for one in lanes if one != lane] + ([lane] if lane and lane not in lanes else [])
        parts = {"by": by, "after": 0} | changes
        pairs = [("lane", one) for one in wanted] + [(name, value) for name, value in parts.items() if value not in ("lane", 0)]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    return to
