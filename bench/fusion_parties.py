"""How well parties are found, on simulated worlds whose truth is known: pairs of mentions found to be of one party against those that are."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from pyspark.sql import SparkSession

from bench import Asked, inputs
from bench.fusion_worlds import PAGE, TITLE
from bench.page import table
from bench.sides import Spread
from feeds.registry import FEEDS
from fusion.parties.night import link
from fusion.parties.store import opened
from fusion.parties.told import mentions
from fusion.tables import PARTY_MENTION
from jobs.query import view_sql
from jobs.walk import Walk
from lakehouse.clock import now
from lakehouse.lake import Lake
from lakehouse.session import start_session
from lakehouse.settings import Settings
from simulation.scenario import load_scenario
from simulation.world import simulate

__all__ = ["PAGE", "TITLE", "measured"]
_WORLDS, _SHIPMENTS, _DAYS, _SEED = ("mixed", "dirty_feeds"), 6_000, 15, 7
_ASKED = "Asked: precision ≥ 0.98, recall ≥ 0.93, recall of pairs across scripts ≥ 0.85."
_NAMING = ("declaration", "manifest", "air_waybill", "courier", "clearance_list", "order", "cargo_progress", "carrier_event", "terminal_event",
           "party_registry", "watchlist")
_SHOWN = 40
# A cell holds the mentions in one place (feed and role) that are of one party and truly of one.
_CELLS = """
CREATE TABLE judged AS SELECT m.feed || '.' || m.role AS place, t.party AS truth, m.party_id AS found, regexp_matches(m.name, '[가-힣]') AS is_hangul
    FROM mention m JOIN truth t USING (feed, record_key, role);
CREATE TABLE cell AS SELECT place, truth, found, is_hangul, count(*) AS n FROM judged GROUP BY ALL
"""
_PAIRS = "SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM (SELECT sum(n) AS n FROM cell WHERE {where} GROUP BY {by})"
_ACROSS = """
WITH one AS (SELECT {of}, place, is_hangul, sum(n) AS n FROM cell GROUP BY ALL)
SELECT {what}, sum(a.n * b.n) AS pairs FROM one a JOIN one b USING ({of}) WHERE {when} GROUP BY ALL"""


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section: worlds with mess on, their parties linked night by night and held against the truth."""
    spark = start_session(settings)
    parts = [f"## Parties\n\nRun on {now():%Y-%m-%d}. {_SHIPMENTS:,} shipments, {_DAYS} days, seed {_SEED}, linked night by night. {_ASKED} "
             "A pair is two mentions of one party; precision is the share of pairs found that are true, recall that of true pairs that are found."]
    for name in _WORLDS:
        say(f"world {name}")
        folder = inputs.fresh(asked.work / "bench" / f"parties-{name}")
        simulate(folder / "landing", _SHIPMENTS, _DAYS, _SEED, scenario=load_scenario(name))
        told = _told(spark, folder, settings, say)
        lake = Lake(str(folder / "linked"))
        lake.folder.mkdir(parents=True)
        seconds = nights(lake, told, settings)
        parts.append(f"### Scenario `{name}`\n\n{section(lake, folder / 'landing' / 'truth' / 'parties', seconds)}")
    return "\n\n".join(parts)


def _told(spark: SparkSession, folder: Path, settings: Settings, say: Callable[[str], None]) -> pa.Table:
    """The mentions of all records of a world."""
    lake = Lake(str(folder / "lake"))
    Walk(lambda: spark, lake, settings, say).ingest(folder / "landing", _NAMING)
    found = mentions(spark, lake, FEEDS, "true", {})
    assert found is not None
    found.write.parquet(str(folder / "told"))
    return ds.dataset(folder / "told").to_table()


def nights(lake: Lake, told: pa.Table, settings: Settings) -> list[float]:
    """Link mentions night by night as they became known, what was known before with the first night; the seconds each took."""
    seconds, before = [], None
    known: list[datetime] = sorted(moment for moment in pc.unique(told["known_at"]).to_pylist() if moment.year >= 2000)
    for moment in known:
        is_new = pc.less_equal(told["known_at"], moment)
        part = told.filter(is_new if before is None else pc.and_(is_new, pc.greater(told["known_at"], before)))
        began, before = perf_counter(), moment
        with opened(lake.known(moment), moment, settings["parties.memory"]) as store:
            link(store, part, settings)
        seconds.append(perf_counter() - began)
    return seconds


def section(lake: Lake, truth: Path, seconds: Sequence[float]) -> str:
    """Figures of a linked lake against `truth/parties`: in all, by kind of party, across scripts, by pair of feed and role."""
    with duckdb.connect() as base:
        base.register("_gold_party_mention", lake.dataset(PARTY_MENTION))
        base.execute(f"CREATE TABLE mention AS {view_sql(PARTY_MENTION)}").fetchall()
        base.execute(f"CREATE VIEW truth AS SELECT * FROM read_parquet('{truth}/*.parquet')").fetchall()
        for sql in _CELLS.strip().split(";"):
            base.execute(sql).fetchall()
        kinds = [row[0] for row in base.sql("SELECT regexp_extract(truth, '^[a-z]+') FROM cell GROUP BY 1 ORDER BY sum(n) DESC").fetchall()]
        rows = [_figures(base, "all", "true"), *(_figures(base, kind, f"truth LIKE '{kind}-%'") for kind in kinds)]
        across = _shares(base, "'Hangul with other letters' AS place", "a.is_hangul AND NOT b.is_hangul")
        places = _shares(base, "a.place || ' with ' || b.place AS place", "a.place < b.place")
        [counted] = base.sql("SELECT count(*), count(DISTINCT truth), count(DISTINCT found) FROM judged").fetchall()
    said = (f"{counted[0]:,} mentions of {counted[1]:,} parties, found as {counted[2]:,}. "
            f"Seconds a night, least / middle / greatest: {Spread.of(seconds)}.")
    heads = ("true pairs", "precision", "recall")
    return "\n\n".join([said, table(("kind", *heads), rows), table(("feed and role", *heads), [*across, *places[:_SHOWN]])])


def _figures(base: duckdb.DuckDBPyConnection, name: str, where: str) -> tuple[str, ...]:
    true, found, both = (float(base.sql(_PAIRS.format(where=where, by=by)).fetchall()[0][0]) for by in ("truth", "found", "truth, found"))
    return (name, f"{true:,.0f}", _share(both, found), _share(both, true))


def _shares(base: duckdb.DuckDBPyConnection, what: str, when: str) -> list[tuple[str, ...]]:
    """Precision and recall of pairs between places, the most first."""
    true, found, both = ({row[0]: float(row[1]) for row in base.sql(_ACROSS.format(of=of, what=what, when=when)).fetchall()}
                         for of in ("truth", "found", "truth, found"))
    order = sorted(true, key=lambda name: (-true[name], name))
    return [(name, f"{true[name]:,.0f}", _share(both.get(name, 0.0), found.get(name, 0.0)), _share(both.get(name, 0.0), true[name]))
            for name in order]


def _share(part: Any, whole: Any) -> str:
    return f"{part / whole:.4f}" if whole else "–"
