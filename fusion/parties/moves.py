"""What linking changes: members, parties, redirects where parties became one, and the mentions as they stand then."""

from fusion.parties.store import IDS, Store
from fusion.party_tables import PARTY_MEMBER, PARTY_REDIRECT
from fusion.tables import PARTY, PARTY_MENTION

_SHORT = "left(sha256({}), 20)"


def founded(salt: str, text_id: str) -> str:
    """SQL of the id of a party that a text founds."""
    return _SHORT.format(f"{salt} || '|' || {text_id}")


def members(store: Store, generation: int) -> tuple[int, int]:
    """Give each new text its party by the groups of the run (`grouped`: node, first); how many parties are new and how many merged.

    The oldest party held in a group keeps its id; the others lead to it. A group that holds none gets an id from its first text.
    """
    store.table("placed", f"""
        SELECT n.text_id, n.party_id AS was, n.is_held, n.since, coalesce(f.party_id, {founded(f"'{generation}'", 'f.text_id')}) AS party_id, NOT f.is_held AS is_new
        FROM nodes n JOIN grouped g USING (node) JOIN nodes f ON f.node = g.first""")
    best(store)
    store.table("new_members", f"""
        SELECT p.text_id, p.party_id, {generation} AS generation, b.matched_with, b.weight, {', '.join(f'i.{name}' for name in IDS)}, f.known_at
        FROM placed p JOIN fresh_ids i USING (text_id) JOIN fresh f USING (text_id) LEFT JOIN best b USING (text_id) WHERE NOT p.is_held""")
    store.append(f"SELECT * REPLACE ({store.instant} AS known_at) FROM new_members", PARTY_MEMBER)
    # Whoever led to a party that is merged now leads to where it went.
    store.table("new_redirects", f"""
        SELECT was AS party_id, party_id AS into_party_id, 'merged' AS reason, {generation} AS generation FROM placed WHERE is_held AND was <> party_id
        UNION ALL SELECT r.party_id, p.party_id, r.reason, {generation} FROM {store.newest(PARTY_REDIRECT)} r JOIN placed p ON p.is_held AND p.was = r.into_party_id AND p.was <> p.party_id""")
    store.append("SELECT * FROM new_redirects", PARTY_REDIRECT)
    store.append(parties_sql("p.is_new AND NOT p.is_held"), PARTY)
    return int(store.one("SELECT count(DISTINCT party_id) FROM placed WHERE is_new")), store.count("(SELECT 1 FROM placed WHERE is_held AND was <> party_id)")


def best(store: Store) -> None:
    """What each text was found most alike to, as the table `best`."""
    store.table("best", """SELECT text_id, arg_max(with_id, (weight, -with_id)) AS matched_with, max(weight) AS weight FROM (
        SELECT one AS text_id, other AS with_id, weight FROM edges UNION ALL SELECT other, one, weight FROM edges) GROUP BY 1""")


def parties_sql(new: str) -> str:
    """SQL of the rows of new parties: the first name, the first of the identifiers by value."""
    return f"""SELECT p.party_id, arg_min(f.name, (f.name IS NULL, f.known_at, f.text_id)) AS name, min(coalesce(f.customs_id, f.code, f.business_no)) AS identifier,
               min(f.known_at) AS known_at FROM placed p JOIN fresh f USING (text_id) WHERE {new} GROUP BY 1"""


def mention(store: Store) -> int:
    """Add the mentions of the run with their parties, and those of merged parties under the party they are part of now."""
    store.run("CREATE TEMP TABLE IF NOT EXISTS new_members (text_id BIGINT, party_id VARCHAR)")
    store.run("CREATE TEMP TABLE IF NOT EXISTS new_redirects (party_id VARCHAR, into_party_id VARCHAR)")
    store.table("whose", f"""
        SELECT m.text_id, coalesce(r.into_party_id, m.party_id) AS party_id FROM (
            SELECT text_id, party_id FROM new_members UNION ALL
            SELECT text_id, party_id FROM {store.members('SELECT text_id FROM mentioned')} WHERE text_id NOT IN (SELECT text_id FROM new_members)) m
        LEFT JOIN new_redirects r USING (party_id)""")
    store.table("disguised", """SELECT text_id, is_disguised FROM fresh UNION
                                SELECT text_id, is_disguised FROM party_text WHERE text_id IN (SELECT text_id FROM mentioned)""")
    nobody = _SHORT.format("concat_ws('|', 'nobody', m.feed, m.record_key, m.role)")
    sent = "m.feed, m.record_key, m.role, m.name, m.identifier, m.address, m.postcode, m.phone, m.country, m.issued_at, m.known_at, m.text_id"
    rows = (f"SELECT {sent}, coalesce(w.party_id, {nobody}) AS party_id, coalesce(d.is_disguised, false) AS is_disguised, {store.instant} AS linked_at "
            "FROM mentioned m LEFT JOIN whose w USING (text_id) LEFT JOIN disguised d USING (text_id)")
    many = store.append(f"SELECT {', '.join(PARTY_MENTION.columns)} FROM ({rows})", PARTY_MENTION)
    if store.count("new_redirects"):
        move(store, f"SELECT m.text_id, r.into_party_id AS party_id FROM {store.newest(PARTY_MEMBER, _OF_MERGED)} m JOIN new_redirects r USING (party_id)")
    return many


def move(store: Store, texts: str) -> int:
    """Add the newest mentions of texts (a query of text_id, party_id) under another party."""
    store.table("moving", texts)
    newest = store.newest(PARTY_MENTION, "(feed, record_key, role) IN (SELECT (feed, record_key, role) FROM party_mention WHERE text_id IN (SELECT text_id FROM moving))")
    moved = f"SELECT m.* REPLACE (g.party_id AS party_id, {store.instant} AS linked_at) FROM {newest} m JOIN moving g USING (text_id) WHERE m.party_id <> g.party_id"
    return store.append(f"SELECT {', '.join(PARTY_MENTION.columns)} FROM ({moved})", PARTY_MENTION)


_OF_MERGED = "text_id IN (SELECT text_id FROM party_member WHERE party_id IN (SELECT party_id FROM new_redirects))"
