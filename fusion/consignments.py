"""Consignments: which named numbers are one consignment, day by day, so that an id once given stays.

Numbers are nodes, what a record names together is an edge. The connected components of a day's numbers, with those of the
consignments they meet, are its consignments: scipy finds them over whole numbers, DuckDB does all else, in one worker. A
history taken in one pass is worked through day by day and gives the ids that its nights would have given.
"""

from collections.abc import Iterable, Iterator

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from fusion.keys import ARRIVAL_WINDOW_DAYS

# A bill or tracking number that goes with more numbers of another kind than this is nobody's: a courier's own, or a filler.
SHARED_BY = 5
_STAMP = pa.timestamp("us", tz="UTC")
# A number: of a naming of tonight, or held for a consignment that shares a number with one.
NUMBERED = pa.schema([("naming_id", pa.int64()), ("cargo_id", pa.string()), ("kind", pa.string()), ("value", pa.string()), ("master", pa.string()),
                      ("seen_on", pa.date32()), ("known_at", _STAMP)])
# `what` is assigned (a naming and its consignment), key (a number to be held) or merge (a consignment that turned out to be another).
RESOLVED = pa.schema([("what", pa.string()), ("naming_id", pa.int64()), ("cargo_id", pa.string()), ("other_id", pa.string()), ("kind", pa.string()),
                      ("value", pa.string()), ("master", pa.string()), ("seen_on", pa.date32()), ("known_at", _STAMP), ("matched_on", pa.string()),
                      ("confidence", pa.float64()), ("conflict", pa.string())])
RESOLVED_DDL = ("what string, naming_id bigint, cargo_id string, other_id string, kind string, value string, master string, seen_on date, known_at timestamp, "
                "matched_on string, confidence double, conflict string")

# A number met again after long is another one; a bill that goes with several masters is one for each.
_MET = f"""CREATE OR REPLACE TEMP TABLE met AS
    WITH today AS (SELECT * FROM fresh WHERE day = $day),
         whose AS (SELECT DISTINCT held.cargo_id FROM held SEMI JOIN today USING (kind, value)),
         mixed AS (SELECT * EXCLUDE (day) FROM today UNION ALL SELECT held.* FROM held SEMI JOIN whose USING (cargo_id)),
         gaps AS (SELECT *, coalesce(seen_on - lag(seen_on) OVER (PARTITION BY kind, value ORDER BY seen_on) > {ARRIVAL_WINDOW_DAYS}, false) AS is_later FROM mixed),
         uses AS (SELECT *, CASE WHEN kind = 'cargo' THEN 0 ELSE count(*) FILTER (is_later) OVER (PARTITION BY kind, value ORDER BY seen_on) END AS use FROM gaps),
         many AS (SELECT kind, value, use, count(DISTINCT master) > 1 AS is_many FROM uses GROUP BY ALL)
    SELECT uses.*, concat_ws('|', kind, value, use, CASE WHEN is_many THEN coalesce(master, '?') END) AS node,
           coalesce(naming_id::VARCHAR, 'held ' || cargo_id) AS who
    FROM uses JOIN many USING (kind, value, use)"""
_SHARED = f"""CREATE OR REPLACE TEMP TABLE shared AS
    SELECT DISTINCT a.node FROM met a JOIN met b USING (who) WHERE a.kind <> 'cargo' AND b.kind <> a.kind
    GROUP BY a.node, b.kind HAVING count(DISTINCT b.value) > {SHARED_BY}"""
_OWN = "CREATE OR REPLACE TEMP TABLE own AS SELECT met.*, dense_rank() OVER (ORDER BY who) - 1 AS w, dense_rank() OVER (ORDER BY node) - 1 AS n FROM met ANTI JOIN shared USING (node)"
# A consignment has one cargo control number: where numbers lead to several, each goes with the one it was first named beside.
_HALVES = """CREATE OR REPLACE TEMP TABLE halves AS
    WITH torn AS (SELECT part FROM parts WHERE kind = 'cargo' GROUP BY part HAVING count(DISTINCT value) > 1),
         named AS (SELECT who, min(value) AS cargo_no, min(known_at) AS since FROM parts WHERE kind = 'cargo' GROUP BY who),
         beside AS (SELECT node, arg_min(cargo_no, (since, cargo_no)) AS cargo_no FROM parts JOIN named USING (who) GROUP BY node),
         least AS (SELECT part, min(value) AS cargo_no FROM parts WHERE kind = 'cargo' GROUP BY part)
    SELECT parts.who, any_value(torn.part IS NOT NULL) AS is_torn,
           CASE WHEN any_value(torn.part IS NOT NULL) THEN coalesce(min(named.cargo_no), arg_min(beside.cargo_no, parts.kind), any_value(least.cargo_no)) END AS half
    FROM parts LEFT JOIN torn USING (part) LEFT JOIN named USING (who) LEFT JOIN beside USING (node) LEFT JOIN least USING (part) GROUP BY parts.who"""
_WHOLE = """CREATE OR REPLACE TEMP TABLE whole AS
    WITH split AS (SELECT parts.*, half, is_torn FROM parts JOIN halves USING (who)),
         born AS (SELECT part, half, min(known_at) AS since, max(known_at) AS until,
                         arg_min(concat_ws('|', kind, value, master, CASE WHEN kind <> 'cargo' THEN seen_on END), (kind, known_at, value, seen_on)) AS label,
                         arg_min(cargo_id, (kind, known_at, cargo_id)) FILTER (cargo_id IS NOT NULL) AS held_id FROM split GROUP BY part, half)
    SELECT split.*, coalesce(held_id, substr(sha256(label), 1, 20)) AS whole_id, until,
           bool_or(known_at = since) OVER (PARTITION BY node, split.half) AS is_first_met
    FROM split JOIN born ON split.part = born.part AND split.half IS NOT DISTINCT FROM born.half"""
# Known from when what bridges its numbers and the first ones was, where it was not named beside those.
_RESULTS = (
    """SELECT 'assigned' AS what, naming_id, any_value(whole_id) AS cargo_id,
              CASE WHEN bool_or(is_first_met) THEN any_value(known_at) ELSE max(until) END AS known_at,
              CASE min(kind) WHEN 'cargo' THEN 'cargo_control_no' WHEN 'house' THEN 'bill' ELSE 'tracking_no' END AS matched_on,
              CASE WHEN any_value(is_torn) THEN 0.6 WHEN min(kind) = 'cargo' THEN 1.0 WHEN min(kind) = 'house' AND max(master) IS NULL THEN 0.95 ELSE 0.98 END AS confidence,
              CASE WHEN any_value(is_torn) THEN 'several_cargo_numbers' END AS conflict
       FROM whole WHERE naming_id IS NOT NULL GROUP BY naming_id""",
    """SELECT 'assigned' AS what, naming_id, any_value(known_at) AS known_at, 'shared_by_many' AS conflict
       FROM met ANTI JOIN whole USING (who) WHERE naming_id IS NOT NULL GROUP BY naming_id""",
    """SELECT 'merge' AS what, whole_id AS cargo_id, cargo_id AS other_id, max(until) AS known_at
       FROM whole WHERE cargo_id IS NOT NULL AND cargo_id <> whole_id GROUP BY ALL""",
)
# A number is held once for a consignment, and again where it is met much later.
_HELD = f"""CREATE OR REPLACE TEMP TABLE newly AS
    SELECT whole_id AS cargo_id, kind, value, master, min(seen_on) AS seen_on, max(known_at) AS known_at FROM whole
    GROUP BY whole_id, kind, value, master, (seen_on - DATE '2000-01-01') // {ARRIVAL_WINDOW_DAYS // 4}
    HAVING count(*) FILTER (cargo_id = whole_id) = 0"""


class Resolve:
    """The function of `mapInArrow` over one partition that holds every row of NUMBERED; rows of RESOLVED out."""

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Assign a consignment to each naming."""
        with duckdb.connect() as base:
            base.execute("SET threads = 1; SET TimeZone = 'UTC'")
            numbered = pa.RecordBatchReader.from_batches(NUMBERED, (batch.cast(NUMBERED) for batch in batches))
            base.register("numbered", numbered)
            base.execute("CREATE TABLE given AS SELECT * FROM numbered")
            base.register("nothing", RESOLVED.empty_table())
            base.execute("CREATE TABLE resolved AS SELECT * FROM nothing")
            base.execute("CREATE TABLE fresh AS SELECT *, CAST(known_at + INTERVAL 9 HOUR AS DATE) AS day FROM given WHERE naming_id IS NOT NULL")
            base.execute("CREATE TABLE held AS SELECT * FROM given WHERE naming_id IS NULL")
            for (day,) in base.execute("SELECT DISTINCT day FROM fresh ORDER BY day").fetchall():
                _one_day(base, day)
            yield from base.sql("SELECT * FROM resolved").to_arrow_table().cast(RESOLVED).to_batches()


def resolve(numbered: pa.Table) -> pa.Table:
    """RESOLVED rows of NUMBERED rows, without Spark."""
    return pa.Table.from_batches(Resolve()(numbered.cast(NUMBERED).to_batches()), RESOLVED)


def _one_day(base: duckdb.DuckDBPyConnection, day: object) -> None:
    base.execute(_MET, {"day": day})
    for sql in (_SHARED, _OWN):
        base.execute(sql)
    base.register("labels", _components(base))
    base.execute("CREATE OR REPLACE TEMP TABLE parts AS SELECT own.*, labels.part FROM own JOIN labels USING (w)")
    for sql in (_HALVES, _WHOLE):
        base.execute(sql)
    base.execute(_HELD)
    base.execute("INSERT INTO held BY NAME SELECT * FROM newly")
    for sql in (*_RESULTS, "SELECT 'key' AS what, * FROM newly"):
        base.execute(f"INSERT INTO resolved BY NAME {sql}")


def _components(base: duckdb.DuckDBPyConnection) -> pa.Table:
    """The component `part` of each who `w`."""
    edges = base.sql("SELECT DISTINCT w, n FROM own").to_arrow_table()
    w, n = (edges.column(name).to_numpy().astype(np.int64) for name in ("w", "n"))
    size = int(w.max(initial=-1)) + 1
    whole = size + int(n.max(initial=-1)) + 1
    _, labels = connected_components(coo_matrix((np.ones(len(w), dtype=np.int8), (w, size + n)), shape=(whole, whole)), directed=False)
    return pa.table({"w": np.arange(size, dtype=np.int64), "part": labels[:size].astype(np.int64)})
