"""What `haechi list` tells of feeds, tables, features, models and runs."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pyarrow.compute as pc

from features.catalogue import FEATURES
from feeds.registry import FEEDS
from jobs.feature_figures import feature_figures
from jobs.manifest import latest, publications
from jobs.tables import TABLES
from jobs.train import registry_of
from lakehouse.clock import BEFORE_EVERYTHING, KOREA
from lakehouse.lake import Lake
from lakehouse.ops import FILE
from lakehouse.settings import load_settings
from lakehouse.text import Language, Text
from models.drift import ALL

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
    """Rows as a table shows them: of feeds and of features with figures no more than fits, times to the minute, shares in percent."""
    if what == "features" and "coverage" in rows[0]:
        return _of_features(rows)
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
    """Each feature of the catalogue; of a lake with a published run also how much of it is known, what it adds and how far it drifts."""
    told = [{"feature": f.name, "theme": f.theme, "text": f.text.of(lang), "type": f.type, "monotone": f.monotone,
             "checkable": f.checkable} for f in FEATURES]
    if latest(lake) is None:
        return told
    found = feature_figures(lake, load_settings())
    return [row | {"ko": f.text.ko, "en": f.text.en, **asdict(found[f.name])} for row, f in zip(told, FEATURES, strict=True)]


def _of_features(rows: Rows) -> Rows:
    """Features with their figures on a line each: shares in percent, drift beside its limit."""
    shown = []
    for row in rows:
        parts = [f"{kind} {share:.0%}" for kind, share in row["coverage"].items() if kind != ALL]
        drift, gain = row["drift"], row["importance"]
        shown.append({"feature": row["feature"], "뜻": row["ko"], "what": row["en"],
                      "known": f"{row['coverage'][ALL]:.0%}" if row["coverage"] else "–", "by kind": "\n".join(parts),
                      "gain": "–" if gain is None else f"{gain:.1%}",
                      "drift": "–" if drift is None else f"{drift['value']:.2f} of {drift['threshold']:.2f}{' !' if drift['is_drifting'] else ''}"})
    return shown


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
