"""Watchlist hits as analysts work them: browsed with why, cleared with a reason and an expiry, and clearances taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from feeds.watchlist import FEED
from fusion.tables import PARTY_MENTION, WATCHLIST_CLEARANCE, WATCHLIST_HIT
from jobs.journal import Journal
from jobs.lease import lease
from jobs.parties import acted_at
from jobs.query import ask
from lakehouse.errors import CallerError
from lakehouse.lake import Lake

_ALIKE = ("score", "letters", "found", "covered", "is_disguised")


@dataclass(frozen=True)
class Entry:
    """An entry of a list, and the party that may be it."""

    list: str
    entry_id: str
    party_id: str


def hits(lake: Lake, status: str, listing: str, limit: int) -> dict[str, Any]:
    """Hits, the most alike first: the listed name beside the one found, and how alike they are, field by field."""
    tables = (WATCHLIST_HIT, PARTY_MENTION, FEED.silver)
    wanted = [(sql, value) for sql, value in (("h.status = ?", status), ("h.list = ?", listing)) if value]
    where = " AND ".join(sql for sql, _ in wanted) or "true"
    values = [value for _, value in wanted]
    # Many rows of a list may hold the same content: one of them tells the name.
    rows = ask(lake, tables, f"""
        WITH listed AS (SELECT content_hash, min(name) AS listed_name FROM silver.watchlist GROUP BY 1)
        SELECT h.list, h.entry_id, l.listed_name, h.party_id, h.feed, h.record_key, h.role, m.name, h.status,
               {', '.join(f'h.{name}' for name in _ALIKE)}, h.known_at
        FROM gold.watchlist_hit h LEFT JOIN gold.party_mention m USING (feed, record_key, role)
        LEFT JOIN listed l ON l.content_hash = h.entry_hash
        WHERE {where} ORDER BY h.score DESC, h.letters DESC, h.list, h.entry_id, h.feed, h.record_key, h.role""", values, limit)
    [[total]] = ask(lake, tables, f"SELECT count(*) FROM gold.watchlist_hit h WHERE {where}", values).rows
    return {"hits": rows.dicts(), "total": total}


def clear(lake: Lake, entry: Entry, reason: str, who: str, until: date | None, at: datetime | None) -> dict[str, Any]:
    """Clear the hits of a party on an entry as that stands, for good or until a day; a change of the entry opens them again."""
    with lease(lake.folder, "watchlist clear"):
        lake.reread()
        Journal(lake).make_way()
        known_at = acted_at(lake, at)
        if until and until < known_at.date():
            raise CallerError("until.past", f"{until} is before the day of the clearance", "Give a later day as --until, or none.")
        found = ask(lake, (WATCHLIST_HIT,), """SELECT DISTINCT entry_hash FROM gold.watchlist_hit
                    WHERE list = ? AND entry_id = ? AND party_id = ? ORDER BY 1""", _key(entry)).rows
        if not found:
            raise CallerError("hit.unknown", f"Party {entry.party_id} has no hit on {entry.list} {entry.entry_id}", "See haechi watchlist hits.")
        hashes = [row[0] for row in found]
        lake.append_rows([_row(entry, each, until, False, reason, who, known_at) for each in hashes], WATCHLIST_CLEARANCE)
    return _told(entry, hashes, "cleared", until, known_at)


def withdraw(lake: Lake, entry: Entry, reason: str, who: str, at: datetime | None) -> dict[str, Any]:
    """Take a clearance back: the next run opens the hits again."""
    with lease(lake.folder, "watchlist withdraw"):
        lake.reread()
        Journal(lake).make_way()
        known_at = acted_at(lake, at)
        found = ask(lake, (WATCHLIST_CLEARANCE,), """SELECT DISTINCT entry_hash FROM gold.watchlist_clearance
                    WHERE list = ? AND entry_id = ? AND party_id = ? AND NOT is_withdrawn ORDER BY 1""", _key(entry)).rows
        if not found:
            raise CallerError("clearance.none", f"Party {entry.party_id} is not cleared of {entry.list} {entry.entry_id}",
                              "See haechi watchlist hits --status cleared.")
        hashes = [row[0] for row in found]
        lake.append_rows([_row(entry, each, None, True, reason, who, known_at) for each in hashes], WATCHLIST_CLEARANCE)
    return _told(entry, hashes, "withdrawn", None, known_at)


def _key(entry: Entry) -> Sequence[str]:
    return [entry.list, entry.entry_id, entry.party_id]


def _row(entry: Entry, entry_hash: str, until: date | None, is_withdrawn: bool, reason: str, who: str, known_at: datetime) -> dict[str, Any]:
    return {"list": entry.list, "entry_id": entry.entry_id, "party_id": entry.party_id, "entry_hash": entry_hash, "until": until,
            "is_withdrawn": is_withdrawn, "reason": reason, "cleared_by": who, "known_at": known_at}


def _told(entry: Entry, hashes: Sequence[str], state: str, until: date | None, known_at: datetime) -> dict[str, Any]:
    return {"list": entry.list, "entry_id": entry.entry_id, "party_id": entry.party_id, "names": len(hashes), "state": state,
            "until": until.isoformat() if until else None, "known_at": known_at.isoformat()}
