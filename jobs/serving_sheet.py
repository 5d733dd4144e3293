"""What the page of one shipment shows, as JSON in one row of the serving file: one question answers, instead of one a table."""

from collections.abc import Mapping

# Who stands first on the page.
_PLACE = """CASE role WHEN 'importer' THEN 0 WHEN 'payer' THEN 1 WHEN 'consignee' THEN 2 WHEN 'seller' THEN 3 WHEN 'supplier' THEN 4
    WHEN 'consignor' THEN 5 WHEN 'broker' THEN 6 WHEN 'forwarder' THEN 7 ELSE 8 END"""
# Of what a score is made of, the weightiest are drawn.
STEPS = 8
# Of a party's shipments no more than a page lists, the shipment itself among them.
OTHERS = 5

# Each party once, with the roles it has in the shipment; one that nobody knows yet by its number.
_PARTIES = f"""
CREATE TEMP TABLE parties AS
SELECT shipment_id, list(one ORDER BY place, one.party_id) AS told FROM (
    SELECT shipment_id, min({_PLACE}) AS place,
        {{'party_id': party_id, 'roles': list(DISTINCT role ORDER BY role), 'is_person': bool_or(is_person),
          'identifier': any_value(identifier)}} AS one
    FROM mentioned WHERE shipment_id IN (SELECT shipment_id FROM newest)
    GROUP BY shipment_id, party_id, CASE WHEN party_id IS NULL THEN identifier END)
GROUP BY 1"""

# What is known of a party, and its newest shipments.
_PARTY_SHEET = f"""
CREATE TABLE party_sheet AS
WITH borne AS (SELECT DISTINCT party_id, shipment_id FROM mentioned
    WHERE party_id IN (SELECT party_id FROM mentioned WHERE shipment_id IN (SELECT shipment_id FROM newest))),
seen AS (SELECT b.party_id, g.first_known_at, l.illicit, {{'shipment_id': b.shipment_id, 'stage': g.stage, 'first_known_at': g.first_known_at,
        'illicit': l.illicit, 'outside_id': coalesce(g.declaration_no, g.house_bl, g.master_bl, g.tracking_no)}} AS other
    FROM borne b JOIN gold_shipment g USING (shipment_id) LEFT JOIN gold_label l USING (shipment_id))
SELECT party_id, to_json({{'shipments': count(*), 'inspected': count(illicit), 'violations': count(*) FILTER (illicit),
    'first_known_at': min(first_known_at), 'others': max_by(other, first_known_at, {OTHERS})}})::VARCHAR AS told
FROM seen GROUP BY 1 ORDER BY 1"""

# Tables whose rows of a shipment stand on its page as a list, in this order.
_LISTS: Mapping[str, tuple[str, str]] = {
    "contradictions": ("gold_contradiction", "CASE severity WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END, type, rule"),
    "events": ("(SELECT * EXCLUDE (event_id) FROM gold_event)", "event_at NULLS LAST, known_at, feed"),
    "history": ("(SELECT shipment_id, as_of, score, probability, lane, rank, model_version FROM gold_score WHERE as_of <= $as_of)", "as_of"),
    "labels": ("gold_label", "inspected_at"),
    "watchlist": ("""(SELECT l.shipment_id, h.list, h.entry_id, h.role, h.party_id, h.score, h.status
        FROM gold_watchlist_hit h JOIN linked l ON l.feed = h.feed AND l.record_key = h.record_key)""", "list, entry_id"),
}


def _listed(name: str) -> str:
    """The rows of a table by shipment, as a list of JSON objects."""
    source, order = _LISTS[name]
    return (f"LEFT JOIN (SELECT shipment_id, list(to_json(t) ORDER BY {order}) AS told FROM {source} t "
            f"WHERE shipment_id IN (SELECT shipment_id FROM newest) GROUP BY 1) {name} ON {name}.shipment_id = s.shipment_id")


# The values that a shipment was scored by, for scores on the spot: long, seldom asked, and so the one thing that is compressed hard.
_EXPLANATION = "CREATE TABLE explanation (shipment_id VARCHAR, told VARCHAR USING COMPRESSION zstd)"
_FILL_EXPLANATION = """
INSERT INTO explanation
SELECT shipment_id, to_json({'values': map_from_entries(list_zip(features, feature_values)), 'norms': norms})::VARCHAR
FROM explained ORDER BY shipment_id"""

_DRAWN = f"""
CREATE TEMP TABLE drawn AS
SELECT * EXCLUDE (added), list_transform(added[:{STEPS}], lambda one: {{'feature': one.feature, 'value': one.value, 'added': one.added}}) AS steps,
    len(added) AS features, list_sum(list_transform(added[{STEPS + 1}:], lambda one: one.added)) AS rest
FROM (SELECT shipment_id, base_value, method, reasons, list_reverse_sort(list_transform(list_zip(features, feature_values, contributions),
    lambda one: {{'size': abs(one[3]), 'feature': one[1], 'value': one[2], 'added': one[3]}})) AS added FROM explained)"""

_SHEET = f"""
CREATE TABLE sheet AS
SELECT s.shipment_id, to_json({{'row': s, 'voyage': v, 'base_value': e.base_value, 'method': e.method, 'reasons': e.reasons,
    'steps': e.steps, 'features': e.features, 'rest': e.rest, 'declared': f, 'carried': c, 'parties': p.told,
    {", ".join(f"'{name}': {name}.told" for name in _LISTS)}}})::VARCHAR AS told
FROM (SELECT o.*, k.voyage, u.run_id, u.business_date FROM scored o LEFT JOIN carriage k USING (shipment_id) CROSS JOIN publication u) s
LEFT JOIN (SELECT voyage, name, voyage_no, is_flight, shipments FROM voyage) v ON v.voyage = s.voyage
LEFT JOIN drawn e ON e.shipment_id = s.shipment_id
LEFT JOIN fact f ON f.shipment_id = s.shipment_id
LEFT JOIN cargo c ON c.cargo_control_no = s.cargo_control_no
LEFT JOIN parties p ON p.shipment_id = s.shipment_id
{chr(10).join(map(_listed, _LISTS))}
ORDER BY s.shipment_id"""

SHEETS = (_PARTIES, _PARTY_SHEET, _EXPLANATION, _FILL_EXPLANATION, _DRAWN, _SHEET)
