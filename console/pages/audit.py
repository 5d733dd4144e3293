"""Audit: every change with who, why, before and after; whether the chain is whole is worked out each time the page is opened."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import or_, select

from console.export import heads_file
from console.rendering import render
from console.store import audit
from console.store.schema import AUDIT

router = APIRouter()
_PAGE = 100
_GONE = "–"
# The words of each kind of fault.
_FAULTS = {"changed": "audit_fault_changed", "missing_before": "audit_fault_missing", "end": "audit_fault_end", "noted": "audit_fault_noted"}


@router.get("/audit", name="audit")
def page(request: Request, text: str = "", before: int = 0) -> Response:
    """The newest rows, or those that a text finds, and the state of the chain."""
    state = request.app.state
    wanted = text.strip()[:100]
    heads = [one["hash"] for one in audit.noted_heads(heads_file(state.lake, state.settings))]
    with state.database.reading() as connection:
        verified = audit.verify(connection, heads)
        found = select(AUDIT).order_by(AUDIT.c.number.desc()).limit(_PAGE + 1)
        if wanted:
            found = found.where(or_(*(column.contains(wanted, autoescape=True) for column in (AUDIT.c.subject, AUDIT.c.who, AUDIT.c.action))))
        if before > 0:
            found = found.where(AUDIT.c.number < before)
        rows = connection.execute(found).mappings().all()
    shown = rows[:_PAGE]
    return render(request, "audit.html", rows=shown, changes=changes, text=wanted, verified=verified, noted=len(heads), faults=_FAULTS,
                  older=shown[-1]["number"] if len(rows) > _PAGE else 0)


def changes(row: Mapping[Any, Any]) -> list[tuple[str, Any, Any]]:
    """Each name with what it was and what it is; what stayed as it was is left out."""
    before, after = row["before"] or {}, row["after"] or {}
    if not after:
        return [(name, value, _GONE) for name, value in before.items()]
    return [(name, before.get(name, ""), after.get(name, _GONE)) for name in {**before, **after} if before.get(name, "") != after.get(name, _GONE)]
