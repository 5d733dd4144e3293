"""What leaves the decisions database before a run, each thing once: decisions and words on reasons to gold, outcomes as files to land."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from console.desk.decisions import known_at
from console.store import audit
from console.store.database import Database
from console.store.schema import APPROVAL, DECISION, FEEDBACK, OUTCOME
from jobs.decision import append_decisions, append_feedback
from jobs.manifest import publications
from lakehouse.clock import now
from lakehouse.lake import Lake
from lakehouse.settings import Settings

_VERDICTS = {"yes": "useful", "no": "wrong"}


@dataclass(frozen=True)
class Exported:
    """How many decisions and outcomes left."""

    decisions: int
    outcomes: int


def export(lake: Lake, settings: Settings, landing: Path | None) -> Exported:
    """Bring what is settled out; cut off halfway it is repeated without doubling, since ids and file names are the same."""
    database = Database.of(settings["decisions.url"], lake.folder)
    try:
        database.prepare()
        moment = now()
        with database.reading() as connection:
            decided, found = _decisions(connection), _outcomes(connection) if landing else []
            said = connection.execute(select(FEEDBACK).order_by(FEEDBACK.c.id)).mappings().all()
        append_decisions(lake, [_decision(row) for row in decided])
        _words_on_reasons(lake, said)
        if landing and found:
            write_outcomes(landing, found)
        with database.housekeeping() as connection:
            for table, rows in ((DECISION, decided), (OUTCOME, found)):
                ids = [row["id"] for row in rows]
                connection.execute(update(table).where(table.c.id.in_(ids)).values(exported_at=moment))
            audit.note_head(connection, heads_file(lake, settings))
        return Exported(len(decided), len(found))
    finally:
        database.close()


def heads_file(lake: Lake, settings: Settings) -> Path:
    """Where the audit's head of each day is kept outside the database."""
    return Path(settings["decisions.heads"]) if settings["decisions.heads"] else lake.folder / "audit-heads.jsonl"


def _decisions(connection: Connection) -> Sequence[RowMapping]:
    """Decisions that have left the outbox and not been exported; one that was countermanded later has left too."""
    wanted = select(DECISION, APPROVAL.c.answered_by, APPROVAL.c.answered_at).outerjoin(APPROVAL, APPROVAL.c.decision_id == DECISION.c.id).where(
        DECISION.c.state.in_(("made", "replaced")), DECISION.c.exported_at.is_(None), DECISION.c.leaves_at <= now())
    return connection.execute(wanted.order_by(DECISION.c.made_at, DECISION.c.id)).mappings().all()


def _decision(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row of gold.decision; notes stay behind, for they may name people."""
    same = ("shipment_id", "office_code", "code", "reason_code", "recommended", "direction", "decided_as", "supersedes", "run_id", "model_version",
            "score", "probability", "lane")
    return {name: row[name] for name in same} | {
        "decision_id": row["id"], "business_date": _day(row["business_date"]), "decided_at": row["made_at"], "known_at": known_at(row),
        "decided_by": str(row["account_id"]), "approved_by": str(row["answered_by"]) if row["answered_by"] else None,
        "reasons": json.dumps(row["reasons"], ensure_ascii=False)}


def _words_on_reasons(lake: Lake, said: Sequence[RowMapping]) -> None:
    """Rows of gold.feedback that it lacks; a database made anew counts from one again, so that a row is known by its time too."""
    seen = {published.run_id: published.at for published in publications(lake)} if said else {}
    append_feedback(lake, [
        {"feedback_id": f"{row['id']}@{row['made_at'].isoformat()}", "shipment_id": row["shipment_id"], "reason_code": row["reason_code"],
         "verdict": _VERDICTS[row["verdict"]], "said_by": str(row["account_id"]), "known_at": row["made_at"], "seen_as_of": seen.get(row["run_id"])}
        for row in said])


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def _outcomes(connection: Connection) -> Sequence[RowMapping]:
    return connection.execute(select(OUTCOME).where(
        OUTCOME.c.exported_at.is_(None), OUTCOME.c.status != "provisional").order_by(OUTCOME.c.recorded_at, OUTCOME.c.id)).mappings().all()


def write_outcomes(landing: Path, rows: Sequence[Mapping[Any, Any]]) -> Path:
    """The outcomes as one file of the feed, in the form feeds.md gives it; readers find all of it or nothing."""
    folder = landing / "outcome"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"console-{rows[0]['id']}-{len(rows)}.jsonl"
    fresh = folder / f".{target.name}.part"
    fresh.write_text("".join(json.dumps(row["told"], ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    fresh.replace(target)
    return target
