"""Instructions for partners: what to do with their own cargo, and nothing of why; each asking is in the audit.

What an officer decided holds from when it left the outbox. Until one has, cargo that the night's list sends to be looked
at is held, all other may move on. No lane, score or reason is told: it would say which box is safe.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import select

from console.api import find
from console.api.entry import Entered
from console.api.shapes import Instruction, Instructions
from console.api.told import BROKEN, MISSING
from console.keys import Caller
from console.queue import folded
from console.store.schema import DECISION
from console.vocabulary import BY_CODE, INSTRUCTIONS
from lakehouse.clock import now

router = APIRouter(prefix="/instructions", tags=["partners"])
_PAGE = 200
_OWN = """SELECT s.shipment_id, s.outside_id, s.action FROM handler h JOIN scored s USING (shipment_id)
    WHERE h.kind = ? AND h.code = ? AND s.is_open"""


@router.get("", name="api_instructions", response_model=Instructions, responses=BROKEN)
def listed(request: Request, caller: Entered, after: Annotated[str, Query(max_length=64)] = "") -> dict[str, Any]:
    """Instructions for one's own cargo that is not released, 200 at a time by number."""
    found = request.state.served.rows(f"{_OWN} AND s.outside_id > ? ORDER BY s.outside_id, s.shipment_id LIMIT {_PAGE + 1}",
                                      [*caller.handler, after])
    shown = found[:_PAGE]
    told = _told(request, caller, shown)
    return {"instructions": told, "next": shown[-1]["outside_id"] if len(found) > _PAGE else None}


@router.get("/{number}", name="api_instruction", response_model=Instruction, responses={**MISSING, **BROKEN})
def one(request: Request, caller: Entered, number: str) -> dict[str, Any]:
    """The instruction for one's own cargo by any of its numbers; of all that a number names, the strictest."""
    rows = request.state.served.rows(f"{_OWN} AND s.shipment_id IN (SELECT shipment_id FROM identifier WHERE value = ?)",
                                     [*caller.handler, folded(number)])
    if not rows:
        raise find.unknown(request.state.served, number)
    return _told(request, caller, rows, number)[0]


_STRICT = ("move", "scan", "hold")


def _told(request: Request, caller: Caller, rows: Sequence[Mapping[str, Any]], number: str = "") -> list[dict[str, Any]]:
    """The strictest instruction of each number, after the audit says who was told."""
    decided = standing(request, [row["shipment_id"] for row in rows])
    found: dict[str, str] = {}
    for row in rows:
        key, what = number or row["outside_id"], instruction(row["action"], decided.get(row["shipment_id"]))
        found[key] = max(what, found.get(key, what), key=_STRICT.index)
    told = [{"number": key, "instruction": what, "ko": INSTRUCTIONS[what].ko, "en": INSTRUCTIONS[what].en, "as_of": now()}
            for key, what in found.items()]
    if told:
        with request.app.state.database.change(caller.actor) as change:
            change.note("instruction.told", number or f"{len(told)}", None, found)
    return told


def instruction(action: str | None, decided: str | None) -> str:
    """Move, hold or scan: by the code of a decision that stands, else by whether the list sends someone to look."""
    if decided is None:
        return "hold" if action in ("scan", "open") else "move"
    if decided == "scan":
        return "scan"
    return "hold" if BY_CODE[decided].level >= 2 and decided not in ("watch_unloading", "watch_transit") else "move"


def standing(request: Request, ids: list[str]) -> dict[str, str]:
    """The decision that stands on each shipment, where one has left the outbox."""
    wanted = select(DECISION.c.shipment_id, DECISION.c.code).where(DECISION.c.shipment_id.in_(ids), DECISION.c.state == "made",
                                                                   DECISION.c.leaves_at <= now())
    with request.app.state.database.reading() as connection:
        return {row.shipment_id: row.code for row in connection.execute(wanted.order_by(DECISION.c.made_at))}
