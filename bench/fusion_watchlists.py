"""How well listed parties are found: by name among the lists themselves, and among the mentions of a simulated world."""

from collections.abc import Callable

import duckdb

from bench import Asked
from bench.fusion_names import LISTS, of_lists
from bench.fusion_worlds import PAGE, SCENARIOS, TITLE, FusedWorld, fused, shown, told
from bench.page import table
from feeds.registry import BY_NAME
from fusion.tables import PARTY_MENTION, WATCHLIST_HIT
from jobs.query import view_sql
from lakehouse.settings import Settings

__all__ = ["PAGE", "TITLE", "measured"]
_ILLICIT = 0.25
_HEADS = ("feed", "role", "mentions of listed ones", "spellings", "found", "recall", "false hits")
_HITS = """
CREATE TABLE entry AS SELECT split_part(record_key, '|', 1) AS list, split_part(record_key, '|', 2) AS entry_id, any_value(party) AS party
    FROM truth WHERE feed = 'watchlist' GROUP BY ALL;
CREATE TABLE pairs AS SELECT h.feed, h.record_key, h.role, m.name, coalesce(t.party = e.party, false) AS is_true
    FROM hit h JOIN mention m USING (feed, record_key, role) LEFT JOIN truth t USING (feed, record_key, role)
    LEFT JOIN entry e USING (list, entry_id);
CREATE TABLE due AS SELECT t.feed, t.role, t.record_key, m.name,
        EXISTS (FROM pairs p WHERE p.is_true AND p.feed = t.feed AND p.record_key = t.record_key AND p.role = t.role) AS is_found
    FROM truth t JOIN mention m USING (feed, record_key, role) SEMI JOIN entry USING (party) WHERE t.feed <> 'watchlist'
"""
_FIGURES = """
WITH d AS (SELECT {by}, count(*) AS many, count(DISTINCT name) AS names, count_if(is_found) AS found FROM due GROUP BY ALL),
    f AS (SELECT {by}, count(*) AS wrong FROM pairs WHERE NOT is_true GROUP BY ALL)
SELECT feed, role, coalesce(many, 0), coalesce(names, 0), coalesce(found, 0)::BIGINT, found / nullif(many, 0), coalesce(wrong, 0)
FROM d FULL JOIN f USING (feed, role) ORDER BY ALL"""


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section: aliases and altered names of the lists where they are beside the project, then worlds of mentions."""
    parts = [told("Watchlists", f"The share of illicit shipments is set to {_ILLICIT:.0%}. Asked of a world: recall ≥ 0.95 at no more than one "
                                "false hit for each true one. A false hit is one of a mention with an entry that is another party.")]
    if LISTS.is_dir():
        say("lists")
        parts.append(of_lists())
    parts += [f"### Scenario `{name}`, watchlist\n\n{_of_world(fused(settings, asked, name, _ILLICIT, say))}" for name in SCENARIOS]
    return "\n\n".join(parts)


def _of_world(world: FusedWorld) -> str:
    with duckdb.connect() as base:
        for name, kept in (("mention", PARTY_MENTION), ("hit", WATCHLIST_HIT)):
            base.register(f"_{kept.full_name.replace('.', '_')}", world.lake.dataset(kept))
            base.execute(f"CREATE TABLE {name} AS {view_sql(kept)}").fetchall()
        base.execute(f"CREATE VIEW truth AS SELECT * FROM read_parquet('{world.truth}/parties/*.parquet')").fetchall()
        for sql in _HITS.strip().split(";"):
            base.execute(sql).fetchall()
        rows = [row for by in ("'all' AS feed, '' AS role", "feed, role") for row in base.execute(_FIGURES.format(by=by)).fetchall()]
    entries = world.lake.arrow(BY_NAME["watchlist"].silver, ("entry_id",)).num_rows
    return f"{entries:,} rows of lists.\n\n" + table(_HEADS, [tuple(map(shown, row)) for row in rows])
