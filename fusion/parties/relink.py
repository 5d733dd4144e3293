"""A full relink: every text anew under a new generation; what was known is left as it was, what moves is told."""

from typing import Any

import numpy as np
import pyarrow as pa

from fusion.parties import moves
from fusion.parties.generation import Estimated, begin, enough
from fusion.parties.night import compare, grouped
from fusion.parties.store import IDS, Store
from fusion.party_tables import PARTY_CUT, PARTY_KEY, PARTY_MEMBER, PARTY_REDIRECT
from fusion.tables import PARTY
from lakehouse.settings import Settings

_SHOWN = 20


def relink(store: Store, settings: Settings) -> tuple[dict[str, Any], Estimated | None]:
    """Group all texts anew and add what changed; the report of what moved, and what was estimated."""
    store.table("fresh", "SELECT * FROM party_text")
    store.table("before", store.members("SELECT text_id FROM fresh"))
    made, estimated = begin(store, settings, "fresh", "relinked" if enough(store, settings, "fresh") else "shipped")
    pairs = compare(store, made, "fresh", alone=True)
    store.table("nodes", """SELECT text_id, NULL::VARCHAR AS party_id, false AS is_held, known_at AS since, row_number() OVER (ORDER BY known_at, text_id) - 1 AS node FROM fresh""")
    # Who is cut from a party stays apart from each text of it.
    store.table("apart", f"""SELECT a.node AS one, b.node AS other FROM {store.newest(PARTY_CUT)} c JOIN nodes a USING (text_id)
        JOIN before m ON m.party_id = coalesce((SELECT any_value(r.into_party_id) FROM {store.newest(PARTY_REDIRECT)} r WHERE r.party_id = c.party_id), c.party_id)
        JOIN nodes b ON b.text_id = m.text_id WHERE NOT c.is_restored AND m.text_id <> c.text_id""")
    store.table("node_of", "SELECT text_id, node FROM nodes")
    groups = grouped(store, made.merge_weight)
    store.connection.register("grouped", pa.table({"node": np.arange(len(groups)), "first": groups}))
    _place(store, made.number)
    report = {"generation": made.number, "pairs": pairs, **_report(store)}
    _append(store, made.number)
    return report, estimated


def _place(store: Store, generation: int) -> None:
    """The party of each text now: a group keeps the id with which it shares the most texts where that is so the other way round, too."""
    store.table("shared", "SELECT g.first, b.party_id, count(*) AS many FROM nodes n JOIN grouped g USING (node) JOIN before b ON b.text_id = n.text_id GROUP BY ALL")
    store.table("kept", """SELECT first, party_id FROM shared
        QUALIFY row_number() OVER (PARTITION BY first ORDER BY many DESC, party_id) = 1 AND row_number() OVER (PARTITION BY party_id ORDER BY many DESC, first) = 1""")
    founded = moves.founded(f"'{generation}'", "f.text_id")
    store.table("placed", f"""SELECT n.text_id, b.party_id AS was, coalesce(k.party_id, {founded}) AS party_id, k.party_id IS NULL AS is_new FROM nodes n JOIN grouped g USING (node)
        JOIN nodes f ON f.node = g.first LEFT JOIN kept k ON k.first = g.first LEFT JOIN before b ON b.text_id = n.text_id""")
    store.table("moved", "SELECT * FROM placed WHERE was IS DISTINCT FROM party_id")
    store.table("gone", """SELECT was AS party_id, any_value(party_id) AS into_party_id, count(DISTINCT party_id) AS many FROM placed WHERE was IS NOT NULL
        AND was NOT IN (SELECT party_id FROM placed) GROUP BY was""")


def _report(store: Store) -> dict[str, Any]:
    """What a relink moves."""
    split = "SELECT was FROM placed WHERE was IS NOT NULL GROUP BY was HAVING count(DISTINCT party_id) > 1"
    merged = "SELECT party_id FROM placed WHERE was IS NOT NULL GROUP BY party_id HAVING count(DISTINCT was) > 1"
    return {
        "texts": store.count("placed"), "moved": store.count("moved"),
        "parties_before": int(store.one("SELECT count(DISTINCT party_id) FROM before")), "parties": int(store.one("SELECT count(DISTINCT party_id) FROM placed")),
        "split": store.arrow(f"{split} ORDER BY 1 LIMIT {_SHOWN}")["was"].to_pylist(), "split_count": store.count(f"({split})"),
        "merged": store.arrow(f"{merged} ORDER BY 1 LIMIT {_SHOWN}")["party_id"].to_pylist(), "merged_count": store.count(f"({merged})"),
    }


def _append(store: Store, generation: int) -> None:
    ids = ", ".join(f"{sql} AS {name}" for name, sql in IDS.items())
    store.table("fresh_ids", f"SELECT text_id, {ids} FROM fresh")
    moves.best(store)
    store.append(f"SELECT m.text_id, m.party_id, {generation} AS generation, b.matched_with, b.weight, {', '.join(IDS)} FROM moved m JOIN fresh_ids USING (text_id) LEFT JOIN best b USING (text_id)", PARTY_MEMBER)
    store.table("new_redirects", f"""SELECT party_id, into_party_id, 'relinked' AS reason, {generation} AS generation FROM gone WHERE many = 1
        UNION ALL SELECT r.party_id, g.into_party_id, r.reason, {generation} FROM {store.newest(PARTY_REDIRECT)} r JOIN gone g ON g.many = 1 AND g.party_id = r.into_party_id""")
    store.append("SELECT * FROM new_redirects", PARTY_REDIRECT)
    store.append("SELECT key, text_id, rule FROM keys ANTI JOIN party_key USING (key, text_id)", PARTY_KEY)
    store.append(moves.parties_sql("p.is_new"), PARTY)
    moves.move(store, "SELECT text_id, party_id FROM moved")
