"""What `haechi list` tells of feeds, tables, features, models and runs."""

from collections.abc import Callable
from typing import Any

import pyarrow.compute as pc

from features.catalogue import FEATURES
from feeds.registry import FEEDS
from jobs.manifest import publications
from jobs.tables import TABLES
from jobs.train import registry_of
from lakehouse.clock import KOREA
from lakehouse.lake import Lake
from lakehouse.ops import FILE
from lakehouse.settings import load_settings
from lakehouse.text import Language

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
                     "last_delivery": last.astimezone(KOREA).isoformat(timespec="seconds") if last else None,
                     "records": taken, "accepted": pc.sum(mine["accepted"]).as_py() or 0,
                     "quarantine_share": round(refused / taken, 4) if taken else None})
    return rows


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
