"""How well records are joined to shipments, on simulated worlds whose truth is known: links found against links there are."""

from collections.abc import Callable
from pathlib import Path

import duckdb
from pyspark.sql import SparkSession

from bench import Asked
from bench.fusion_worlds import PAGE, SCENARIOS, TITLE, fused, held_against_truth, shown, told
from bench.page import table
from lakehouse.lake import Lake
from lakehouse.session import start_session
from lakehouse.settings import Settings

__all__ = ["PAGE", "TITLE", "judged", "measured"]
_HEADS = ("links there are", "found", "precision", "recall")
_JUDGED = """
CREATE TABLE ours AS SELECT coalesce(met.shipment, 'none ' || f.shipment_id) AS shipment, f.feed, f.record_key, any_value(f.kind) AS kind
    FROM found f LEFT JOIN met USING (shipment_id) GROUP BY ALL;
CREATE TABLE theirs AS SELECT DISTINCT shipment, feed, record_key FROM truth;
CREATE TABLE kinds AS SELECT DISTINCT shipment, MAP {'B': 'baggage', 'P': 'parcel', 'C': 'cargo'}[left(shipment, 1)] AS kind FROM theirs;
CREATE TABLE judged AS SELECT coalesce(k.kind, o.kind) AS kind, coalesce(o.feed, t.feed) AS feed,
        o.shipment IS NOT NULL AS is_found, t.shipment IS NOT NULL AS is_true
    FROM ours o FULL JOIN theirs t USING (shipment, feed, record_key) LEFT JOIN kinds k ON k.shipment = coalesce(t.shipment, o.shipment)
"""
_FIGURES = """SELECT {by}, count(*) FILTER (is_true) AS there, count(*) FILTER (is_found) AS found,
    count(*) FILTER (is_true AND is_found) / nullif(count(*) FILTER (is_found), 0) AS precision,
    count(*) FILTER (is_true AND is_found) / nullif(count(*) FILTER (is_true), 0) AS recall FROM judged GROUP BY ALL ORDER BY ALL"""
Row = tuple[object, ...]


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section: worlds with mess on, taken in one pass, their links held against the truth."""
    parts = [told("Records joined to shipments", "Asked: precision ≥ 0.995, recall ≥ 0.99.")]
    for name in SCENARIOS:
        world = fused(settings, asked, name, 0.0, say)
        found = judged(start_session(settings), world.lake, world.truth, world.work)
        parts.append(f"### Scenario `{name}`\n\n" + "\n\n".join(
            table((*heads, *_HEADS), [tuple(shown(cell) for cell in row) for row in found[by]])
            for by, heads in (("'all'", ("kind",)), ("kind", ("kind",)), ("kind, feed", ("kind", "feed")))))
    return "\n\n".join(parts)


def judged(spark: SparkSession, lake: Lake, truth: Path, work: Path) -> dict[str, list[Row]]:
    """Precision and recall of the links of a lake run to its end: in all, by kind of shipment, by kind and feed."""
    with duckdb.connect() as base:
        held_against_truth(spark, lake, truth, work, base)
        for sql in _JUDGED.strip().split(";"):
            base.execute(sql).fetchall()
        return {by: base.execute(_FIGURES.format(by=by)).fetchall() for by in ("'all'", "kind", "kind, feed")}
