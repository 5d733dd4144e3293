"""Links of one shipment, seen and cut by an analyst: a wrong one that is cut stays cut, and what was known before stays as it was."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from fusion.belonging import Links, belonging
from fusion.tables import LINK, LINK_CUT
from jobs.dossier import resolve
from jobs.journal import Journal
from jobs.lease import lease
from jobs.manifest import latest, seen_by_readers
from lakehouse.clock import now, sql_instant
from lakehouse.errors import CallerError
from lakehouse.lake import Lake

_SHOWN = ("feed", "record_key", "owner_kind", "matched_on", "confidence", "linked_at")


def linked(spark: Callable[[], SparkSession], lake: Lake, identifier: str, as_of: datetime | None = None) -> dict[str, Any]:
    """The shipment an identifier names and its records, each with what it was linked by, the surest first."""
    seen = seen_by_readers(lake)
    shipment_id = resolve(seen, identifier)
    session = spark()
    spine = session.createDataFrame([(shipment_id,)], "shipment_id string").withColumn("as_of", F.expr(sql_instant(as_of or now())))
    rows = belonging(spine, Links.of(session, seen)).select(*_SHOWN).orderBy(F.desc("confidence"), "feed", "record_key").toArrow().to_pylist()
    return {"shipment_id": shipment_id, "links": rows, "cuts": [cut for cut in cuts(seen) if not cut["is_withdrawn"]]}


def cuts(lake: Lake) -> list[dict[str, Any]]:
    """The newest state of every link that ever was cut, oldest first."""
    newest: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in lake.arrow(LINK_CUT).sort_by("known_at").to_pylist():
        newest[tuple(row[name] for name in LINK_CUT.key)] = row
    return list(newest.values())


def cut(lake: Lake, feed: str, record_key: str, owner_id: str, reason: str, who: str, withdraw: bool = False) -> list[dict[str, Any]]:
    """Cut the links of a record, all of them or those to one owner, or take a cut back; the links concerned."""
    with lease(lake.folder, f"links {'restore' if withdraw else 'cut'} {feed}"):
        lake.reread()
        Journal(lake).make_way()
        if withdraw:
            found = [row for row in cuts(lake) if not row["is_withdrawn"] and (row["feed"], row["record_key"]) == (feed, record_key)]
        else:
            found = lake.arrow(LINK, LINK_CUT.key, [("feed", "=", feed), ("record_key", "=", record_key)]).to_pylist()
        found = [row for row in found if owner_id in ("", row["owner_id"])]
        if not found:
            wanted = f"{'cut' if withdraw else 'link'}{f' to {owner_id}' if owner_id else ''}"
            raise CallerError("link.unknown", f"Record {record_key} of {feed} has no {wanted}",
                              "See haechi links show ID for what is linked and cut.")
        published = latest(lake)
        # What comes of it was not known by any published run.
        at = max(now(), published.at) if published else now()
        lake.append_rows([{name: row[name] for name in LINK_CUT.key} | {"reason": reason, "cut_by": who, "is_withdrawn": withdraw, "known_at": at}
                          for row in found], LINK_CUT)
    return [{name: row[name] for name in LINK_CUT.key} for row in found]

