"""The tables of a serving file as DuckDB SQL, each sorted by what pages look it up by, so that one row group answers."""

from jobs.serving_carriage import BEFORE_PLACE, CARRIAGE, PLACE
from jobs.serving_models import MODELS
from jobs.serving_sheet import SHEETS
from models.lanes import OUTSIDE_ID
from models.tables import EXPLANATION

# What people call a shipment; DuckDB counts lists from 1 where Spark's `get` counts from 0.
_OUTSIDE = OUTSIDE_ID.replace("get(container_nos, 0)", "container_nos[1]").replace("get(order_nos, 0)", "order_nos[1]")
# Names lie where access is controlled and nowhere else: none enters the file. Who is a person is told by the stand-in of a code.
_IS_PERSON = """coalesce(starts_with(m.identifier, '~'), false) OR (m.role IN ('consignee', 'buyer', 'importer', 'payer')
    AND m.identifier IS NULL AND m.feed IN ('courier', 'clearance_list', 'order', 'air_waybill', 'baggage'))"""
_LOWERS = "(starts_with(r.ko, '위험 낮춤'))"

# Newest score of each shipment; tonight's are those of this very run.
_NEWEST = """
CREATE TEMP TABLE newest AS
SELECT * EXCLUDE (input_versions), as_of = $as_of AS is_tonight FROM gold_score WHERE as_of >= $since AND as_of <= $as_of
QUALIFY row_number() OVER (PARTITION BY shipment_id ORDER BY as_of DESC) = 1"""

_KNOWN = f"CREATE TEMP TABLE known AS SELECT *, {_OUTSIDE} AS outside_id FROM gold_shipment WHERE shipment_id IN (SELECT shipment_id FROM newest)"

_CARGO = """
CREATE TEMP TABLE cargo AS
SELECT cargo_control_no, goods, gross_mass, packages, package_code, loading_port, loading_port_name, loading_country, discharge_port,
    discharge_port_name, vessel_name, voyage_no, carrier_name, container_count, container_no, is_managed_cargo, status,
    list_filter(steps, lambda s: s.shed_name IS NOT NULL)[1].shed_name AS shed_name,
    list_filter(steps, lambda s: s.shed_name IS NOT NULL)[1].shed_code AS shed_code
FROM silver_cargo_progress
QUALIFY row_number() OVER (PARTITION BY cargo_control_no ORDER BY known_at DESC, issued_at DESC NULLS LAST) = 1"""

_FACT = """
CREATE TEMP TABLE fact AS SELECT * FROM gold_declaration_fact WHERE shipment_id IN (SELECT shipment_id FROM newest)
QUALIFY row_number() OVER (PARTITION BY shipment_id ORDER BY known_at DESC) = 1"""

# A carried explanation only names the run that holds it.
_FROZEN = "e.shipment_id = o.shipment_id AND e.as_of = " + ("o.explained_at" if "explained_at" in EXPLANATION.columns else "o.as_of")
_EXPLAINED = f"""
CREATE TEMP TABLE explained AS
SELECT e.shipment_id, e.base_value, e.reasons, e.method, e.norms, e.features, e.feature_values, e.contributions,
    coalesce(list_filter(e.reasons, lambda r: NOT {_LOWERS})[1], e.reasons[1]) AS top
FROM gold_explanation o JOIN newest n ON n.shipment_id = o.shipment_id AND n.as_of = o.as_of
JOIN gold_explanation e ON {_FROZEN}"""

_DISAGREE = """
CREATE TEMP TABLE disagree AS
SELECT shipment_id, count(*) AS contradictions, count(*) FILTER (severity = 'high') AS severe,
    arg_min(text_ko, severity <> 'high') AS text_ko, arg_min(text_en, severity <> 'high') AS text_en
FROM gold_contradiction WHERE shipment_id IN (SELECT shipment_id FROM newest) GROUP BY shipment_id"""

# Which records speak of a shipment: those of its timeline.
_LINKED = "CREATE TEMP TABLE linked AS SELECT DISTINCT shipment_id, feed, record_key FROM gold_event"

_MENTIONED = f"""
CREATE TEMP TABLE mentioned AS
SELECT DISTINCT l.shipment_id, m.feed, m.record_key, m.role, m.party_id, {_IS_PERSON} AS is_person, m.identifier
FROM linked l JOIN gold_party_mention m ON m.feed = l.feed AND m.record_key = l.record_key
WHERE m.role <> 'vessel'"""

_STANDING = """
CREATE TEMP TABLE standing AS
WITH seen AS (SELECT DISTINCT party_id, shipment_id FROM mentioned WHERE party_id IS NOT NULL)
SELECT s.party_id, count(*) AS shipments, count(*) FILTER (l.illicit) AS violations
FROM seen s JOIN gold_shipment g USING (shipment_id) LEFT JOIN gold_label l USING (shipment_id)
GROUP BY s.party_id"""

_IMPORTER = """
CREATE TEMP TABLE importer AS
SELECT m.shipment_id, arg_min(struct_pack(party_id := m.party_id, is_person := m.is_person),
    CASE m.role WHEN 'importer' THEN 0 WHEN 'payer' THEN 1 ELSE 2 END) AS who
FROM mentioned m WHERE m.role IN ('importer', 'payer', 'consignee', 'buyer') GROUP BY m.shipment_id"""

# Sorted as the office works through it: a page of the queue is one stretch of rows.
_SCORED = """
CREATE TABLE scored AS
SELECT n.shipment_id, coalesce(n.office_code, '') AS office_code, n.is_tonight, coalesce(n.rank, 0) AS rank, n.lane, n.probability,
    n.probability_low, n.probability_high, n.similar_outcomes, n.score, n.expected_revenue_krw, n.model_version, n.as_of,
    n.before_release AND g.stage <> 'released' AND n.is_tonight AS is_open, g.kind, g.stage,
    g.outside_id,
    g.declaration_no, g.declaration_nos, g.list_no, g.cargo_control_no, g.master_bl, g.house_bl, g.container_nos, g.tracking_no, g.order_nos,
    g.bag_tag, g.first_known_at, g.arrived_at, g.held_at, g.decided_at, g.released_at, g.last_fact_at,
    s.position, s.action, s.reason AS selected_by, s.inclusion_probability,
    coalesce(d.contradictions, 0) AS contradictions, coalesce(d.severe, 0) AS severe,
    e.top.code AS reason_code, coalesce(e.top.ko, d.text_ko) AS reason_ko, coalesce(e.top.en, d.text_en) AS reason_en,
    coalesce(f.goods_text, c.goods) AS goods, f.hs6, coalesce(f.origin_country, c.loading_country) AS origin_country, f.customs_value_krw,
    coalesce(f.gross_mass_kg, c.gross_mass) AS gross_kg, coalesce(f.package_count, c.packages) AS packages, c.shed_name,
    i.who.party_id AS importer_id, coalesce(i.who.is_person, false) AS is_person,
    coalesce(t.shipments, 0) AS importer_shipments, coalesce(t.violations, 0) AS importer_violations,
    greatest(g.arrived_at, CASE WHEN g.stage IN ('declared', 'listed') THEN coalesce(f.declared_at, g.first_known_at) END)
        + to_seconds(CAST(x.hours * 3600 AS BIGINT)) AS decide_by
FROM newest n JOIN known g ON g.shipment_id = n.shipment_id
LEFT JOIN (SELECT * FROM gold_selection WHERE business_date = CAST($night AS DATE)
    QUALIFY row_number() OVER (PARTITION BY shipment_id ORDER BY position) = 1) s ON s.shipment_id = n.shipment_id AND n.is_tonight
LEFT JOIN disagree d ON d.shipment_id = n.shipment_id
LEFT JOIN explained e ON e.shipment_id = n.shipment_id
LEFT JOIN fact f ON f.shipment_id = n.shipment_id
LEFT JOIN cargo c ON c.cargo_control_no = g.cargo_control_no
LEFT JOIN importer i ON i.shipment_id = n.shipment_id
LEFT JOIN standing t ON t.party_id = i.who.party_id
LEFT JOIN time_limit x ON x.kind = g.kind AND x.stage = g.stage
ORDER BY n.is_tonight DESC, office_code, rank"""

# Who has a shipment in hand: the shed where its cargo lies, the courier that carries it. Their keys see these and no others.
_HANDLER = """
CREATE TABLE handler AS
SELECT k.shipment_id, 'shed' AS kind, c.shed_code AS code FROM known k JOIN cargo c USING (cargo_control_no) WHERE c.shed_code IS NOT NULL
UNION
SELECT l.shipment_id, 'courier', c.courier_code FROM linked l JOIN newest USING (shipment_id)
JOIN silver_courier c ON l.feed = 'courier' AND c.record_key = l.record_key WHERE c.courier_code IS NOT NULL
ORDER BY ALL"""

_KEYS = ("declaration_no", "list_no", "cargo_control_no", "master_bl", "house_bl", "tracking_no", "bag_tag")
_IDENTIFIER = "CREATE TABLE identifier AS SELECT DISTINCT upper(replace(value, '-', '')) AS value, shipment_id FROM (" + " UNION ALL ".join(
    [f"SELECT {key} AS value, shipment_id FROM scored" for key in _KEYS]
    + [f"SELECT unnest({key}) AS value, shipment_id FROM scored" for key in ("container_nos", "order_nos", "declaration_nos")]
    + ["SELECT shipment_id, shipment_id FROM scored"]) + ") WHERE value <> '' ORDER BY 1"

# Whom a lookout for a party is looked for among.
_PARTY = """
CREATE TABLE party AS SELECT DISTINCT shipment_id, party_id, identifier FROM mentioned
WHERE shipment_id IN (SELECT shipment_id FROM newest) ORDER BY ALL"""

TABLES = (_NEWEST, _KNOWN, _CARGO, _FACT, _EXPLAINED, _DISAGREE, _LINKED, _MENTIONED,
          _STANDING, _IMPORTER, _SCORED, *BEFORE_PLACE, PLACE, _IDENTIFIER, _HANDLER, _PARTY, *SHEETS, *MODELS, *CARRIAGE)
