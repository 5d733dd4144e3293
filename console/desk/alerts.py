"""Alerts: records that a lookout was found in as they landed, kept until someone has seen them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from console.desk.lookouts import standing
from console.sessions import Session
from console.sightings import Sighting
from console.store.audit import SYSTEM
from console.store.database import Database
from console.store.schema import ALERT
from lakehouse.clock import now
from lakehouse.errors import CallerError

# What a lookout finds in one file beyond so many says no more than that its value is too wide.
MOST = 100


def keep(database: Database, feed: str, found: Iterable[Sighting]) -> int:
    """Keep what is not kept yet of one file; how many are new."""
    by_lookout: dict[int, list[Sighting]] = {}
    for one in found:
        by_lookout.setdefault(one.lookout_id, []).append(one)
    if not by_lookout:
        return 0
    kept, moment = 0, now()
    with database.change(SYSTEM) as change:
        for number, seen in by_lookout.items():
            file = seen[0].file[:300]
            known = set(change.read(select(ALERT.c.position).where(ALERT.c.lookout_id == number, ALERT.c.file == file)).scalars())
            fresh = {one.position[:100]: one for one in seen if one.position[:100] not in known}
            for position, one in list(fresh.items())[:max(0, MOST - len(known))]:
                change.write(insert(ALERT).values(lookout_id=number, feed=feed, file=file, position=position, record_key=one.record_key[:200],
                                                  found_at=moment))
                kept += 1
            if fresh and len(known) < MOST:
                change.note("lookout.sighted", f"{number} {feed}", None, {"records": min(len(fresh), MOST - len(known)), "file": file})
    return kept


def open_of(connection: Connection, session: Session) -> dict[int, list[dict[str, Any]]]:
    """What nobody has seen yet, by the lookouts that stand for a reader, the newest first."""
    numbers = [row["id"] for row in standing(connection, session)]
    rows = connection.execute(select(ALERT).where(ALERT.c.lookout_id.in_(numbers), ALERT.c.seen_by.is_(None)).order_by(ALERT.c.id.desc())).mappings()
    told: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        told.setdefault(row["lookout_id"], []).append(dict(row))
    return told


def count(connection: Connection, session: Session) -> int:
    """How many lookouts that stand for a reader have something nobody has seen yet."""
    numbers = [row["id"] for row in standing(connection, session)]
    open_ = select(func.count(ALERT.c.lookout_id.distinct())).where(ALERT.c.lookout_id.in_(numbers), ALERT.c.seen_by.is_(None))
    return int(connection.execute(open_).scalar_one())


def see(database: Database, session: Session, lookout_id: int) -> None:
    """Say that what a lookout found was seen. CallerError where none stands of that number."""
    with database.change(session.actor) as change:
        if lookout_id not in {row["id"] for row in standing(change.connection, session)}:
            raise CallerError("lookout.unknown", f"No lookout {lookout_id} stands", "See the lookouts there are.")
        open_ = update(ALERT).where(ALERT.c.lookout_id == lookout_id, ALERT.c.seen_by.is_(None))
        change.write(open_.values(seen_by=session.account.id, seen_at=now()))
        change.note("lookout.seen", f"{lookout_id}")
