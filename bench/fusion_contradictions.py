"""How much of what two sources truly show is found as a contradiction, on simulated worlds with mess and much fraud."""

from collections.abc import Callable

import duckdb
from pyspark.sql import functions as F

from bench import Asked
from bench.fusion_worlds import PAGE, SCENARIOS, TITLE, FusedWorld, fused, held_against_truth, shown, told
from bench.page import table
from fusion.contradictions import contradictions
from fusion.describe import describe
from fusion.records import Records
from fusion.tables import SHIPMENT
from lakehouse.clock import end_of, sql_instant
from lakehouse.session import start_session
from lakehouse.settings import Settings
from simulation.world import DEFAULT_END

__all__ = ["PAGE", "TITLE", "measured"]
# Some kinds show in one shipment of a thousand of a usual world.
_ILLICIT = 0.25
_JUDGED = """
CREATE TABLE told AS SELECT DISTINCT m.shipment, c.type, c.left_feed, c.right_feed FROM contradictions c JOIN met m USING (shipment_id);
CREATE TABLE shows AS SELECT e.*, MAP {'B': 'baggage', 'P': 'parcel', 'C': 'cargo'}[left(e.shipment, 1)] AS kind,
        EXISTS (FROM told t WHERE t.shipment = e.shipment AND t.type = e.type) AS is_found,
        EXISTS (FROM told t WHERE t.shipment = e.shipment AND t.type = e.type
                AND t.left_feed = e.left_feed AND t.right_feed = e.right_feed) AS is_found_by_both
    FROM evidence e SEMI JOIN met USING (shipment);
CREATE TABLE seen AS SELECT shipment, type, bool_or(typology <> '') AS is_illicit FROM evidence JOIN named USING (shipment) GROUP BY ALL
"""
_RECALL = "SELECT {by}, count(*), avg(is_found::INT)::DOUBLE, avg(is_found_by_both::INT)::DOUBLE FROM shows GROUP BY ALL ORDER BY ALL"
_RIGHT = """SELECT c.severity, count(*), avg((e.shipment IS NOT NULL)::INT)::DOUBLE, avg(coalesce(e.is_illicit, false)::INT)::DOUBLE
    FROM contradictions c JOIN met m USING (shipment_id) LEFT JOIN seen e ON e.shipment = m.shipment AND e.type = c.type GROUP BY ALL ORDER BY ALL"""
_VIEWS = {"contradictions": "read_parquet('{work}/contradictions/*.parquet')", "evidence": "read_parquet('{truth}/evidence/*.parquet')",
          "named": "(SELECT shipment, coalesce(typology, '') AS typology FROM read_csv('{truth}/*-*.csv', union_by_name = true, all_varchar = true))"}
# The groups that recall is told of, and the heads of their columns.
_BY = (("'all'", ("kind",)), ("kind", ("kind",)), ("kind, type", ("kind", "type")),
       ("kind, left_feed, right_feed", ("kind", "left", "right")), ("kind, type, rule", ("kind", "type", "what shows")))
_SAID = ("The share of illicit shipments is set to {:.0%}, so that each type has cases; all is as of the end of the last day. Asked: recall ≥ 0.95. "
         "Evidence is what two documents truly show, of fraud and of its honest look-alikes; "
         "a shipment that no record of its own tells of is left out.")


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section: recall by kind and type, by pair of feeds, by what shows; and how often what is told truly shows."""
    parts = [f"### Scenario `{name}`, contradictions\n\n{_section(settings, fused(settings, asked, name, _ILLICIT, say))}" for name in SCENARIOS]
    return "\n\n".join([told("Contradictions", _SAID.format(_ILLICIT)), *parts])


def _section(settings: Settings, world: FusedWorld) -> str:
    spark = start_session(settings)
    spine = world.lake.current(spark, SHIPMENT).select("shipment_id").withColumn("as_of", F.expr(sql_instant(end_of(DEFAULT_END))))
    found = contradictions(describe(Records.of(spark, world.lake, spine)).localCheckpoint())
    told_of = found.select("shipment_id", "type", "rule", "severity", "left_feed", "right_feed")
    told_of.write.mode("overwrite").parquet(str(world.work / "contradictions"))
    with duckdb.connect() as base:
        held_against_truth(spark, world.lake, world.truth, world.work, base)
        for name, sql in _VIEWS.items():
            base.execute(f"CREATE VIEW {name} AS SELECT * FROM {sql.format(work=world.work, truth=world.truth)}").fetchall()
        for sql in _JUDGED.strip().split(";"):
            base.execute(sql).fetchall()
        tables = [table((*heads, "shows", "recall", "by the same two feeds"), _rows(base, _RECALL.format(by=by))) for by, heads in _BY]
        return "\n\n".join([*tables, table(("severity", "told", "that truly shows", "of fraud"), _rows(base, _RIGHT))])


def _rows(base: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, ...]]:
    return [tuple(map(shown, row)) for row in base.execute(sql).fetchall()]
