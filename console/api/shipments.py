"""Shipments over the API: as published, scored anew with facts as the caller supposes them, and decisions on them."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from console.api import find
from console.api.entry import Entered
from console.api.shapes import Choice, Decisions, Facts, Scored, Shipment
from console.api.shapes import Decision as Told
from console.api.told import BROKEN, CONFLICT, MISSING, UNFIT
from console.desk import decisions
from console.vocabulary import IDENTIFIERS

router = APIRouter(prefix="/shipments", tags=["shipments"])
_SAME = ("shipment_id", "run_id", "model_version", "office_code", "kind", "stage", "score", "probability", "expected_revenue_krw", "lane", "rank",
         "decide_by")


@router.get("/{shipment_id}", name="api_shipment", response_model=Shipment, responses={**MISSING, **CONFLICT})
def shipment(request: Request, caller: Entered, shipment_id: str) -> dict[str, Any]:
    """Score, lane and reasons of a shipment, as published; by its id or any identifier that names one."""
    served, found = request.state.served, find.shipment(request, caller, shipment_id)
    row = found.row
    listed = {name: row[name] for name in ("position", "action", "selected_by", "inclusion_probability")}
    return {name: row[name] for name in _SAME} | {
        "as_of": served.publication.at, "scored_at": row["as_of"],
        "identifiers": {name: row[name] for name in IDENTIFIERS if row[name]}, "selection": listed if row["position"] is not None else None,
        "uncertainty": found.uncertainty, "reasons": found.reasons, "contradictions": found.contradictions}


@router.post("/{shipment_id}/score", name="api_score", response_model=Scored, responses={**MISSING, **CONFLICT, **UNFIT})
def score(request: Request, caller: Entered, shipment_id: str, asked: Facts) -> JSONResponse:
    """Score and explain a published shipment now, some of its facts as supposed; nothing is kept."""
    found = find.shipment(request, caller, shipment_id)
    return JSONResponse(request.app.state.scorer.score(request.state.served, found, asked.facts))


@router.get("/{shipment_id}/decisions", name="api_decisions", response_model=Decisions, responses={**MISSING, **CONFLICT})
def listed(request: Request, caller: Entered, shipment_id: str) -> dict[str, Any]:
    """Every decision on a shipment, the newest first."""
    row = find.shipment(request, caller, shipment_id).row
    return {"decisions": _decisions(request, row["shipment_id"])}


@router.post("/{shipment_id}/decisions", name="api_decide", status_code=201, response_model=Told,
             responses={**MISSING, **CONFLICT, **UNFIT, **BROKEN})
def decide(request: Request, caller: Entered, shipment_id: str, choice: Choice) -> dict[str, Any]:
    """Decide on a shipment as this publication shows it, as the account of the key."""
    state, found = request.app.state, find.shipment(request, caller, shipment_id)
    row = found.row
    number = decisions.decide(state.database, caller.session, row | {"reasons": found.reasons},
                              decisions.Choice(choice.code, choice.reason_code, choice.note, choice.request_key), state.settings)
    return next(one for one in _decisions(request, row["shipment_id"]) if one["decision_id"] == number)


def _decisions(request: Request, shipment_id: str) -> list[dict[str, Any]]:
    with request.app.state.database.reading() as connection:
        rows = decisions.of_shipment(connection, shipment_id)
    return [{name: row[name] for name in Told.model_fields if name in row} | {"decision_id": row["id"], "decided_by": row["shown_name"]}
            for row in rows]
