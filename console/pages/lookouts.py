"""Lookouts: what is watched for, what it finds tonight, and asking for more."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from console import lookouts
from console.desk import alerts
from console.desk import lookouts as desk
from console.desk.lookouts import LONGEST_DAYS, Wanted
from console.guard import session_of
from console.rendering import render
from console.roles import may
from feeds.pseudonym import pseudonym_key

router = APIRouter()
_ENDED, _SHOWN = 30, 5


@router.get("/lookouts", name="lookouts")
def page(request: Request, kind: str = "identifier", value: str = "") -> Response:
    """Those that stand with what each finds, those that ended, and the form, filled in where a page asks so."""
    session, served = session_of(request), request.state.served
    with request.app.state.database.reading() as connection:
        standing, ended = desk.standing(connection, session), desk.ended(connection, session, _ENDED)
        landed = alerts.open_of(connection, session)
    found = lookouts.found(served, standing) if served else []
    finds = {one["id"]: _finds(request, ids) for one, ids in zip(standing, found, strict=False)}
    return render(request, "lookouts.html", standing=standing, ended=ended, finds=finds, landed=landed,
                  kind=kind if kind in lookouts.KINDS else "identifier", value=value[:300],
                  can_make=may(session.account.role, "make_lookout"), may_withdraw=lambda one: desk.may_withdraw(session, one),
                  longest=LONGEST_DAYS, most=lookouts.MOST)


@router.post("/lookouts", name="make_lookout")
def make(request: Request, kind: Annotated[str, Form()] = "", value: Annotated[str, Form()] = "", grade: Annotated[str, Form()] = "",
         reason: Annotated[str, Form()] = "", days: Annotated[int, Form()] = 30) -> Response:
    """Watch for something from now on."""
    state = request.app.state
    desk.make(state.database, session_of(request), Wanted(kind, value, grade, reason, days), pseudonym_key(state.settings))
    return RedirectResponse("/lookouts", 303)


@router.post("/lookouts/{lookout_id}/withdraw", name="withdraw_lookout")
def withdraw(request: Request, lookout_id: int) -> Response:
    """End one before its time."""
    desk.withdraw(request.app.state.database, session_of(request), lookout_id)
    return RedirectResponse("/lookouts", 303)


@router.get("/lookouts/alerts", name="alerts")
def open_alerts(request: Request) -> Response:
    """How many lookouts were found in what landed, and nobody has seen it yet: what every page asks now and then."""
    with request.app.state.database.reading() as connection:
        return render(request, "alerts.html", count=alerts.count(connection, session_of(request)))


@router.post("/lookouts/{lookout_id}/seen", name="see_alerts")
def see(request: Request, lookout_id: int) -> Response:
    """Say that one has seen what a lookout found in what landed."""
    alerts.see(request.app.state.database, session_of(request), lookout_id)
    return RedirectResponse("/lookouts", 303)


def _finds(request: Request, ids: tuple[str, ...]) -> dict[str, Any]:
    """How many of the shipments found one may see, how many are open, and the first of them."""
    session = session_of(request)
    rows = request.state.served.rows("""SELECT s.shipment_id, s.office_code, s.outside_id, s.lane, s.is_open, s.probability
        FROM scored s WHERE shipment_id IN (SELECT unnest(?)) ORDER BY s.is_open DESC, s.probability DESC""", [list(ids)]) if ids else []
    seen = [row for row in rows if session.may_see(row["office_code"])]
    return {"count": len(seen), "open": sum(row["is_open"] for row in seen), "rows": seen[:_SHOWN], "is_cut": len(ids) >= lookouts.MOST}
