"""A night's parties: its new texts against each other and against those held under the same keys, then every mention with its party."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fusion.names import is_disguised
from fusion.parties import moves
from fusion.parties.blocking import fresh_pairs_sql, held_pairs_sql, keys_sql
from fusion.parties.generation import Estimated, Generation, frequencies, in_force
from fusion.parties.groups import Edges, Ints, Nodes, group
from fusion.parties.model import BEARERS, LEVELS, OWN, weigh
from fusion.parties.store import IDS, Store
from fusion.party_tables import PARTY_CUT, PARTY_KEY, PARTY_REDIRECT, PARTY_TEXT
from fusion.readings import reading
from lakehouse.settings import Settings

_READ = ("words", "compact", "bones", "letters", "digits")
_NAMES = 20_000
# An identifier in common joins what the rest leaves so far below the threshold.
_SHORT_OF = 10.0
# A firm may be renamed: under one code so many names that have nothing in common are one firm, more are a code that is lent.
_NAMES_OF_A_CODE = 3
# So many share a phone or an address who live or work together; a value that more bear is a courier's or a forwarder's.
_BEARERS = 10
# A person has so many phones and homes; a code told with more of both is lent, or was stolen, and tells nothing of whose parcel it is.
_HOMES_OF_A_CODE = 3
_SAME_ID = "(customs_id_level = 1 OR business_no_level = 1)"
# Nothing but name and country agrees. It takes both then, of no person, and not beside another phone at another place.
_BY_NAME = f"NOT {_SAME_ID} AND code_level <> 1 AND phone_level <> 1 AND place_level < 2"
_NAME_TELLS = "country_level = 1 AND NOT a.is_person AND NOT b.is_person AND NOT (phone_level = 0 AND place_level IN (0, 1))"


@dataclass(frozen=True)
class Linked:
    """What a night linked: mentions, new texts, pairs weighed, new parties, parties merged; and what was estimated, if anything."""

    mentions: int
    texts: int
    pairs: int
    parties: int
    merged: int
    estimated: Estimated | None


def link(store: Store, told: Any, settings: Settings) -> Linked:
    """Link the mentions of a dataset (as `told.mentions` gives them) and add what comes of it to the lake."""
    store.connection.register("told", told)
    many = read_texts(store)
    made, estimated = in_force(store, settings, "fresh") if many else (None, None)
    pairs = parties = merged = 0
    if made:
        store.append("SELECT * FROM fresh WHERE kind <> 'nobody'", PARTY_TEXT)
        pairs = compare(store, made, "fresh")
        parties, merged = settle(store, made)
        store.append("SELECT key, text_id, rule FROM keys", PARTY_KEY)
    moves.mention(store)
    return Linked(store.count("told"), many, pairs, parties, merged, estimated)


def read_texts(store: Store) -> int:
    """The texts of the mentions that are not held yet, read, as the table `fresh`; how many they are."""
    cuts = store.newest(PARTY_CUT)
    store.table("mentioned", f"""
        SELECT t.* REPLACE (coalesce(c.text_id, t.text_id) AS text_id) FROM told t
        LEFT JOIN (SELECT feed, record_key, role, min(text_id) AS text_id FROM {cuts} WHERE NOT is_restored GROUP BY ALL) c USING (feed, record_key, role)""")
    store.table("unread", """
        SELECT text_id, any_value(told_kind) AS kind, any_value(told_meant) AS name, any_value(told_customs_id) AS customs_id, any_value(told_business_no) AS business_no,
               any_value(told_code) AS code, any_value(told_phone) AS phone, any_value(told_place) AS place, any_value(told_postcode) AS postcode,
               any_value(told_country) AS country, min(known_at) AS known_at
        FROM mentioned WHERE text_id NOT IN (SELECT text_id FROM party_text) GROUP BY text_id""")
    names = store.arrow("SELECT DISTINCT name FROM unread WHERE name IS NOT NULL").to_batches(_NAMES)
    store.connection.register("read_names", pa.RecordBatchReader.from_batches(_SCHEMA, _readings(names)))
    store.table("readings", "SELECT * FROM read_names")
    nobody = "r.words IS NULL AND customs_id IS NULL AND business_no IS NULL AND code IS NULL"
    store.table("fresh", f"""
        SELECT u.* REPLACE (CASE WHEN {nobody} THEN 'nobody' ELSE kind END AS kind), {', '.join(f'r.{name}' for name in _READ)}, coalesce(r.is_disguised, false) AS is_disguised
        FROM unread u LEFT JOIN readings r USING (name)""")
    return store.count("(SELECT 1 FROM fresh WHERE kind <> 'nobody')")


_SCHEMA = pa.schema([("name", pa.string()), *((name, pa.string()) for name in _READ), ("is_disguised", pa.bool_())])


def _readings(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        rows = []
        for name in batch.column(0).to_pylist():
            read = reading(name)
            rows.append({"name": name, "is_disguised": is_disguised(name), **({part: getattr(read, part) or None for part in _READ} if read else {})})
        yield pa.RecordBatch.from_pylist(rows, _SCHEMA)


def compare(store: Store, generation: Generation, texts: str, alone: bool = False) -> int:
    """Weigh new texts with one another and, unless they are alone, with those held; as the table `edges` of texts that may be one party. How many pairs were weighed."""
    store.table("keys", keys_sql(f"(SELECT * FROM {texts} WHERE kind <> 'nobody')"))
    store.table("held_keys", f"SELECT key, text_id FROM party_key WHERE {not alone} AND key IN (SELECT key FROM keys)")
    store.table("held_members", store.members("SELECT text_id FROM held_keys"))
    _common(store, texts)
    store.table("telling", "SELECT key, text_id FROM keys WHERE key NOT IN (SELECT key FROM common_keys)")
    store.table("pairs", f"SELECT DISTINCT one, other FROM (({fresh_pairs_sql('telling', texts)}) UNION ALL ({held_pairs_sql('telling', 'held_keys', 'held_members')}))")
    store.table("involved", f"SELECT {_compared('untold')} FROM {texts} LEFT JOIN untold USING (text_id) WHERE kind <> 'nobody' UNION ALL SELECT {_compared()} FROM party_text "
                            f"WHERE text_id IN (SELECT one FROM pairs UNION SELECT other FROM pairs) AND text_id NOT IN (SELECT text_id FROM {texts})")
    many = store.count("pairs")
    weighed = weigh(store.connection, "involved", "pairs", frequencies(store, generation, "involved"), generation.parameters, generation.link_weight - _SHORT_OF) if many else None
    empty = f"SELECT NULL::BIGINT AS one, NULL::BIGINT AS other, 0.0 AS weight, {', '.join(f'0 AS {level}' for level in LEVELS)} WHERE false"
    store.table("candidates", f"SELECT * FROM {weighed}" if weighed else empty)
    # Names that several identifiers bear, and codes that are lent to many.
    store.table("borne", f"SELECT words, country FROM involved WHERE words IS NOT NULL GROUP BY ALL HAVING {BEARERS} > 1")
    store.table("lent", f"SELECT customs_id FROM involved WHERE customs_id IS NOT NULL GROUP BY ALL HAVING count(DISTINCT bones) > {_NAMES_OF_A_CODE}")
    store.table("edges", f"""
        SELECT c.one, c.other, c.weight, {', '.join(f'(a.{name} IS NOT NULL AND b.{name} IS NOT NULL) AS {name}' for name in ('customs_id', 'business_no', 'code'))}
        FROM candidates c JOIN involved a ON a.text_id = c.one JOIN involved b ON b.text_id = c.other
        LEFT JOIN borne d ON d.words = a.words AND d.country = a.country LEFT JOIN borne e ON e.words = b.words AND e.country = b.country
        WHERE CASE WHEN {_SAME_ID} AND name_level <> 0 THEN true
                   WHEN name_level = 0 THEN customs_id_level = 1 AND a.customs_id NOT LIKE '~%' AND a.customs_id NOT IN (SELECT customs_id FROM lent)
                   WHEN {_BY_NAME} THEN c.weight >= {generation.link_weight} AND {_NAME_TELLS} AND d.words IS NULL AND e.words IS NULL
                   ELSE c.weight >= {generation.link_weight} END""")
    return many


def _common(store: Store, texts: str) -> None:
    """Phones and addresses that more bear than one household or office, codes of persons that are used all over: what tells nothing of whom, by text as `untold`."""
    store.table("common_keys", f"""
        SELECT key FROM (SELECT k.key, coalesce({OWN}, bones) AS bearer FROM keys k JOIN {texts} USING (text_id) WHERE rule IN ('phone', 'place')
                         UNION ALL SELECT h.key, m.party_id FROM held_keys h JOIN held_members m USING (text_id) WHERE h.key IN (SELECT key FROM keys WHERE rule IN ('phone', 'place')))
        GROUP BY key HAVING count(DISTINCT bearer) > {_BEARERS}""")
    store.table("lent_codes", f"""
        SELECT customs_id FROM (SELECT customs_id, phone, postcode, place FROM {texts} WHERE customs_id LIKE '~%'
            UNION ALL SELECT customs_id, phone, postcode, place FROM party_text WHERE text_id IN (
                SELECT h.text_id FROM held_keys h WHERE h.key IN (SELECT key FROM keys WHERE rule = 'customs_id')) AND customs_id LIKE '~%')
        GROUP BY 1 HAVING count(DISTINCT phone) > {_HOMES_OF_A_CODE} AND count(DISTINCT coalesce(postcode, place)) > {_HOMES_OF_A_CODE}""")
    store.table("untold", f"""
        SELECT text_id, bool_or(what = 'phone') AS phone_is_common, bool_or(what = 'place') AS place_is_common, bool_or(what = 'lent') AS code_is_lent FROM (
            SELECT text_id, rule AS what FROM keys JOIN common_keys USING (key) UNION ALL
            SELECT text_id, 'lent' FROM {texts} WHERE customs_id IN (SELECT customs_id FROM lent_codes)) GROUP BY 1""")


def _compared(untold: str = "") -> str:
    """The columns texts are compared in; what is common to many is as good as not told."""
    told = {"customs_id": "CASE WHEN NOT coalesce(code_is_lent, false) THEN customs_id END AS customs_id", "phone": "CASE WHEN NOT coalesce(phone_is_common, false) THEN phone END AS phone", "place": "CASE WHEN NOT coalesce(place_is_common, false) THEN place END AS place",
            "postcode": "CASE WHEN NOT coalesce(place_is_common, false) THEN postcode END AS postcode"} if untold else {}
    names = ("text_id", "kind", "words", "compact", "bones", "letters", "digits", "customs_id", "business_no", "code", "phone", "place", "postcode", "country")
    return ", ".join(told.get(name, name) for name in names) + ", coalesce(customs_id LIKE '~%', false) AS is_person"


def settle(store: Store, generation: Generation) -> tuple[int, int]:
    """Join what is one party and add its members; how many parties are new and how many were merged."""
    store.table("nodes", """
        SELECT *, row_number() OVER (ORDER BY is_held DESC, since, party_id, text_id) - 1 AS node FROM (
            SELECT text_id, NULL AS party_id, false AS is_held, known_at AS since FROM fresh WHERE kind <> 'nobody'
            UNION ALL SELECT NULL, party_id, true, (SELECT min(p.known_at) FROM party p WHERE p.party_id = h.party_id) FROM (SELECT DISTINCT party_id FROM held_members) h)""")
    store.table("node_of", "SELECT text_id, node FROM nodes WHERE NOT is_held UNION ALL SELECT m.text_id, n.node FROM held_members m JOIN nodes n ON n.is_held AND n.party_id = m.party_id")
    store.table("apart", f"""
        WITH cuts AS (SELECT text_id, coalesce((SELECT any_value(r.into_party_id) FROM {store.newest(PARTY_REDIRECT)} r WHERE r.party_id = c.party_id), c.party_id) AS party_id
                      FROM {store.newest(PARTY_CUT)} c WHERE NOT is_restored),
             whose AS (SELECT text_id, party_id FROM {store.members('SELECT text_id FROM party_cut')})
        SELECT DISTINCT a.node AS one, b.node AS other FROM cuts c LEFT JOIN whose w USING (text_id)
        JOIN nodes a ON a.text_id = c.text_id OR (a.is_held AND a.party_id = w.party_id) JOIN nodes b ON b.is_held AND b.party_id = c.party_id WHERE a.node <> b.node""")
    groups = grouped(store, generation.merge_weight)
    store.connection.register("grouped", pa.table({"node": np.arange(len(groups)), "first": groups}))
    return moves.members(store, generation.number)


def grouped(store: Store, merge_weight: float) -> Ints:
    """The group of each of the run's `nodes` by its `edges`, but for those that are `apart`."""
    return group(_nodes(store), _edges(store), merge_weight)


def _edges(store: Store) -> Edges:
    rows = store.arrow("""SELECT a.node AS one, b.node AS other, max(weight) AS weight, arg_max(customs_id, weight) AS customs, arg_max(business_no, weight) AS business,
                          arg_max(code, weight) AS code FROM edges e JOIN node_of a ON a.text_id = e.one JOIN node_of b ON b.text_id = e.other
                          WHERE a.node <> b.node GROUP BY 1, 2 ORDER BY 1, 2""")
    told = np.stack([_numbers(pc.cast(rows[name], pa.int64())) for name in ("customs", "business", "code")], axis=1).astype(bool)
    return Edges(_numbers(rows["one"]), _numbers(rows["other"]), np.asarray(rows["weight"].to_numpy(), dtype=np.float64), told)


def _nodes(store: Store) -> Nodes:
    """The nodes with their identifiers, a party having those of all its texts."""
    ids = ", ".join(f"{sql} AS {name}" for name, sql in IDS.items())
    store.table("fresh_ids", f"SELECT text_id, {ids} FROM fresh WHERE kind <> 'nobody'")
    store.table("party_ids", f"SELECT party_id, {', '.join(IDS)} FROM {store.members('SELECT text_id FROM party_member WHERE party_id IN (SELECT party_id FROM held_parties)')}"
                ) if _held_parties(store) else store.table("party_ids", f"SELECT NULL AS party_id, {', '.join(f'NULL::BIGINT AS {name}' for name in IDS)} WHERE false")
    each = " UNION ALL ".join(f"SELECT n.node, {kind} AS kind, i.{name} AS value FROM fresh_ids i JOIN nodes n ON n.text_id = i.text_id WHERE i.{name} IS NOT NULL "
                              f"UNION SELECT n.node, {kind}, p.{name} FROM party_ids p JOIN nodes n ON n.is_held AND n.party_id = p.party_id WHERE p.{name} IS NOT NULL"
                              for kind, name in enumerate(IDS))
    rows = store.arrow(f"SELECT DISTINCT node, kind, value FROM ({each}) ORDER BY ALL")
    held = store.arrow("SELECT is_held FROM nodes ORDER BY node")["is_held"].to_numpy(zero_copy_only=False).astype(bool)
    apart = store.arrow("SELECT one, other FROM apart")
    return Nodes(len(held), held, _numbers(rows["node"]), _numbers(rows["kind"]), _numbers(rows["value"]),
                 frozenset(zip(apart["one"].to_pylist(), apart["other"].to_pylist(), strict=True)))


def _held_parties(store: Store) -> bool:
    """The parties held that are candidates, with the former ids that lead to them, as `held_parties`."""
    store.table("held_parties", """SELECT party_id FROM nodes WHERE is_held
                                   UNION SELECT party_id FROM party_redirect WHERE into_party_id IN (SELECT party_id FROM nodes WHERE is_held)""")
    return store.count("held_parties") > 0


def _numbers(column: pa.ChunkedArray) -> Ints:
    return np.asarray(column.to_numpy(), dtype=np.int64)

