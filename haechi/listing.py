"""What `haechi list` tells of feeds, tables, features, models and runs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyarrow.compute as pc

from features.catalogue import FEATURES
from feeds.registry import FEEDS
from jobs.manifest import publications
from jobs.tables import TABLES
from jobs.train import registry_of
from lakehouse.clock import BEFORE_EVERYTHING, KOREA
from lakehouse.lake import Lake
from lakehouse.ops import FILE
from lakehouse.settings import load_settings
from lakehouse.text import Language, Text

Rows = list[dict[str, Any]]


def feeds(lake: Lake, lang: Language) -> Rows:
    """Each feed with its last delivery, rows and quarantine share."""
    books = lake.arrow(FILE)
    rows = []
    for feed in FEEDS:
        mine = books.filter(pc.equal(books["feed"], feed.name))
        taken = pc.sum(mine["records_in"]).as_py() or 0
        refused = pc.sum(mine["quarantined"]).as_py() or 0
        last = pc.max(mine["known_at"]).as_py() if mine.num_rows else None
        rows.append({"feed": feed.name, "text": feed.text.of(lang), "sender": feed.sender.of(lang), "form": feed.form,
                     "last_delivery": _instant(last) if last else None,
                     "records": taken, "accepted": pc.sum(mine["accepted"]).as_py() or 0,
                     "quarantine_share": round(refused / taken, 4) if taken else None})
    return rows


def _instant(at: datetime) -> str:
    """An instant in Korea time; the one before everything in its own, as Seoul's clocks of that year differ by odd seconds."""
    return (at if at == BEFORE_EVERYTHING else at.astimezone(KOREA)).isoformat(timespec="seconds")


def for_people(what: str, rows: Rows, lang: Language) -> Rows:
    """Rows as a table shows them: of feeds no more than fits a line, times to the minute, shares in percent."""
    if what != "feeds":
        return rows
    reference, first = Text("기준자료", "reference").of(lang), _instant(BEFORE_EVERYTHING)
    return [{"feed": row["feed"], "what": f"{row['text']} ({row['form']})",
             "last delivery": reference if row["last_delivery"] == first else (row["last_delivery"] or "–")[:16].replace("T", " "),
             "records": f"{row['records']:,}", "accepted": f"{row['accepted']:,}",
             "quarantined": "–" if row["quarantine_share"] is None else f"{row['quarantine_share']:.1%}"} for row in rows]


def tables(lake: Lake, lang: Language) -> Rows:
    """Each table with its words and version."""
    return [{"table": t.full_name, "text": t.text.of(lang), "columns": len(t.fields), "version": lake.version(t)} for t in TABLES]


def features(lake: Lake, lang: Language) -> Rows:
    """Each feature of the catalogue."""
    return [{"feature": f.name, "theme": f.theme, "text": f.text.of(lang), "type": f.type, "monotone": f.monotone,
             "checkable": f.checkable} for f in FEATURES]


def models(lake: Lake, lang: Language) -> Rows:
    """Each registered model."""
    return [{"model": m["version"], "aliases": ", ".join(m["aliases"]), "trained_on": m["business_date"],
             "configuration": m["configuration"], "auc": m["metrics"].get("auc")} for m in registry_of(lake, load_settings()).models()]


def runs(lake: Lake, lang: Language) -> Rows:
    """Each published run, newest first."""
    return [{"run_id": p.run_id, "kind": p.kind, "date": p.business_date, "as_of": p.as_of,
             "model": p.summary.get("model"), "seconds": round(sum(s["seconds"] for s in p.stages), 1)} for p in reversed(publications(lake))]


LISTINGS: dict[str, Callable[[Lake, Language], Rows]] = {
    "feeds": feeds, "tables": tables, "features": features, "models": models, "runs": runs}
