"""What a serving file holds of carriage: voyages and flights with what is aboard, containers with their houses and what was told of them."""

# A manifest is known by the first eleven characters of its cargo control numbers; air cargo that has none yet, by its flight and day.
_MRN = "left(cargo_control_no, 11)"
# Of containers and arrivals no more than what can still belong to a shipment that is scored.
_RECENT = "known_at > $as_of - INTERVAL 120 DAY AND known_at <= $as_of"
_NEWEST = "row_number() OVER (PARTITION BY record_key ORDER BY known_at DESC, issued_at DESC NULLS LAST) = 1"
# A mass beside its unit, and seals with who put them on.
_KG = "{0} * CASE {0}_unit WHEN 'TNE' THEN 1000 WHEN 'LBR' THEN 0.45359237 ELSE 1 END"
_SEALS = "list_transform({0}, lambda s: s.seal_no || ':' || coalesce(s.source_code, ''))"

_CALL = f"""
CREATE TEMP TABLE call AS
SELECT {_MRN} AS voyage, arg_max(vessel_name, known_at) AS name, arg_max(voyage_no, known_at) AS voyage_no,
    arg_max(vessel_country, known_at) AS vessel_country, arg_max(carrier_name, known_at) AS carrier_name, max(arrived_on) AS arrived_on,
    mode(coalesce(loading_port_name, loading_port)) AS loading, mode(coalesce(discharge_port_name, discharge_port)) AS discharge,
    count(DISTINCT loading_port) AS loading_ports
FROM silver_cargo_progress WHERE {_RECENT} AND length(cargo_control_no) >= 15 GROUP BY 1"""

_FILED = f"""
CREATE TEMP TABLE filed AS
SELECT {_MRN} AS voyage, arg_max(vessel_name, known_at) AS name, arg_max(voyage_no, known_at) AS voyage_no,
    arg_max(vessel_country, known_at) AS vessel_country, arg_max(carrier_name, known_at) AS carrier_name,
    max(arrival_estimated_at) AS estimated_at, max(arrived_at) AS arrived_at, mode(loading_port) AS loading, mode(discharge_port) AS discharge,
    mode(discharge_terminal) AS terminal, min(known_at) AS first_filed_at, count(*) AS bills
FROM silver_manifest WHERE {_RECENT} AND length(cargo_control_no) >= 15 GROUP BY 1"""

# The last leg of a waybill is the one that lands.
_FLOWN = f"""
CREATE TEMP TABLE flown AS
SELECT replace(master_awb, '-', '') AS master, any_value(f.flight_no) AS flight_no, any_value(f.carrier_code) AS carrier_code,
    any_value(f.origin) AS origin, any_value(f.destination) AS destination, max(f.departs_at) AS departs_at, max(f.arrives_at) AS arrives_at
FROM (SELECT master_awb, flights[len(flights)] AS f FROM silver_air_waybill WHERE {_RECENT} AND len(flights) > 0)
WHERE master_awb IS NOT NULL AND f.flight_no IS NOT NULL AND f.departs_at IS NOT NULL GROUP BY 1"""

# By its own number, else by one that other cargo of its master bill has, else by its flight: the manifest that flew then, or the flight itself.
_CARRIAGE = f"""
CREATE TEMP TABLE carriage AS
WITH of_master AS (SELECT replace(master_bl, '-', '') AS master, max({_MRN}) AS voyage FROM known
    WHERE length(cargo_control_no) >= 15 AND master_bl IS NOT NULL GROUP BY 1),
of_flight AS (SELECT f.master, arg_min(c.voyage, c.arrived_on) AS voyage FROM flown f JOIN call c
    ON c.name = f.flight_no AND c.arrived_on BETWEEN CAST(f.departs_at AS DATE) AND CAST(f.departs_at AS DATE) + 1 GROUP BY 1)
SELECT k.shipment_id, coalesce(CASE WHEN length(k.cargo_control_no) >= 15 THEN left(k.cargo_control_no, 11) END, m.voyage, o.voyage,
    f.flight_no || '-' || strftime(CAST(f.departs_at AS DATE), '%Y%m%d')) AS voyage, f.master AS flown
FROM known k LEFT JOIN of_master m ON m.master = replace(k.master_bl, '-', '') LEFT JOIN of_flight o ON o.master = replace(k.master_bl, '-', '')
LEFT JOIN flown f ON f.master = replace(k.master_bl, '-', '')"""

_VOYAGE = """
CREATE TABLE voyage AS
WITH aboard AS (SELECT c.voyage, count(*) AS shipments, min(k.arrived_at) AS arrived_at, max(c.flown) AS flown
    FROM carriage c JOIN known k USING (shipment_id) WHERE c.voyage IS NOT NULL GROUP BY 1)
SELECT a.voyage, upper(coalesce(c.name, m.name, f.flight_no)) AS name, coalesce(c.voyage_no, m.voyage_no) AS voyage_no,
    coalesce(c.voyage_no, m.voyage_no) IS NULL AS is_flight, coalesce(c.vessel_country, m.vessel_country) AS vessel_country,
    coalesce(c.carrier_name, m.carrier_name, f.carrier_code) AS carrier_name, coalesce(c.loading, m.loading, f.origin) AS loading,
    coalesce(c.discharge, m.discharge, f.destination) AS discharge, coalesce(c.loading_ports, 1) AS loading_ports, m.terminal,
    coalesce(m.estimated_at, f.arrives_at) AS estimated_at, coalesce(m.arrived_at, a.arrived_at) AS arrived_at, c.arrived_on,
    f.departs_at, m.first_filed_at, m.bills, a.shipments
FROM aboard a LEFT JOIN call c USING (voyage) LEFT JOIN filed m USING (voyage) LEFT JOIN flown f ON f.master = a.flown
ORDER BY a.voyage"""

_PLACE = """
CREATE TABLE place AS SELECT s.shipment_id, s.is_tonight, s.office_code, s.rank, c.voyage
FROM scored s LEFT JOIN carriage c USING (shipment_id) ORDER BY s.shipment_id"""

# What a line of a voyage or a container shows, so that its page is one stretch of rows too.
_SHOWN = """s.shipment_id, s.office_code, s.rank, s.kind, s.stage, s.lane, s.probability, s.expected_revenue_krw, s.is_open, s.position, s.action,
    s.selected_by, s.outside_id, s.master_bl, s.house_bl, s.container_nos, s.goods, s.hs6, s.origin_country, s.importer_id, s.is_person,
    s.importer_shipments, s.importer_violations, s.contradictions, s.severe, s.held_at, s.arrived_at, s.decide_by, s.shed_name,
    CAST(s.gross_kg AS DOUBLE) AS gross_kg, CAST(s.packages AS DOUBLE) AS packages,
    CASE s.lane WHEN 'red' THEN 0 WHEN 'orange' THEN 1 WHEN 'yellow' THEN 2 ELSE 3 END AS gravity"""
_WHO = """LEFT JOIN (SELECT shipment_id, min(identifier) FILTER (role = 'forwarder' AND NOT is_person) AS forwarder,
    arg_min(identifier, CASE role WHEN 'importer' THEN 0 WHEN 'consignee' THEN 1 ELSE 2 END) FILTER
    (role IN ('importer', 'consignee', 'payer') AND NOT is_person) AS importer
    FROM mentioned GROUP BY 1) w USING (shipment_id)"""

_ABOARD = f"""
CREATE TABLE aboard AS SELECT c.voyage, {_SHOWN}, w.forwarder, w.importer FROM scored s JOIN carriage c USING (shipment_id) {_WHO}
WHERE c.voyage IS NOT NULL ORDER BY c.voyage, gravity, s.probability DESC, s.shipment_id"""

_BOXED = f"""
CREATE TABLE boxed AS SELECT x.container_no, c.voyage, {_SHOWN}, w.forwarder, w.importer
FROM (SELECT DISTINCT shipment_id, unnest(container_nos) AS container_no FROM known) x JOIN scored s USING (shipment_id)
LEFT JOIN carriage c USING (shipment_id) {_WHO}
WHERE x.container_no <> '' ORDER BY x.container_no, gravity, s.probability DESC, s.shipment_id"""

# Every bill that the manifest lists in a container, also those that no shipment of this night is of: its weight is that of all of them.
_BILL = f"""
CREATE TABLE box_bill AS
SELECT x.container_no, m.record_key, m.known_at, m.document_at, m.master_bl, m.house_bl, {_KG.format("m.gross_mass")} AS gross_kg,
    len(m.containers) AS containers, m.box.size_type_code AS size_type_code, m.box.full_empty_code AS full_empty_code, m.box.seals AS seals
FROM (SELECT DISTINCT container_no, voyage FROM boxed WHERE voyage IS NOT NULL) x
JOIN (SELECT *, {_MRN} AS voyage, unnest(containers) AS box FROM (SELECT * FROM silver_manifest WHERE {_RECENT}
    QUALIFY {_NEWEST} AND coalesce(function_code, '') <> '1')) m
    ON m.voyage = x.voyage AND m.box.container_no = x.container_no
ORDER BY x.container_no, m.master_bl, m.house_bl"""

# What was told of a container by the records of the shipments in it: another voyage of the same box is none of theirs.
_TOLD = f"""
CREATE TABLE box_told AS
WITH of_box AS (SELECT DISTINCT b.container_no, l.feed, l.record_key FROM boxed b JOIN linked l USING (shipment_id)
    WHERE l.feed IN ('terminal_event', 'carrier_event', 'screening')),
terminal AS (SELECT * FROM silver_terminal_event WHERE {_RECENT} QUALIFY {_NEWEST}),
carrier AS (SELECT * FROM silver_carrier_event WHERE {_RECENT} AND equipment_reference IS NOT NULL QUALIFY {_NEWEST}),
scanned AS (SELECT * FROM silver_screening WHERE {_RECENT} AND subject_kind = 'container' QUALIFY {_NEWEST})
SELECT o.container_no, o.feed, o.record_key, t.event_at, t.known_at, t.event_kind AS what, coalesce(t.terminal_code, t.event_port) AS place,
    {_KG.format("t.gross_mass")} AS weight_kg, t.gross_kind AS weight_kind, {_KG.format("t.tare_mass")} AS tare_kg, t.size_type_code,
    t.stowage_position, {_SEALS.format("t.seals")} AS seals, NULL AS result, NULL AS found
FROM of_box o JOIN terminal t ON o.feed = 'terminal_event' AND t.record_key = o.record_key AND t.container_no = o.container_no
UNION ALL
SELECT o.container_no, o.feed, o.record_key, c.event_at, c.known_at, coalesce(c.equipment_event_code, c.event_code), coalesce(c.facility_code,
    c.location_name, c.unlocode), NULL, NULL, NULL, c.iso_equipment_code, NULL,
    list_transform(c.seals, lambda s: s.number || ':' || CASE s.source WHEN 'CAR' THEN 'CA' WHEN 'SHI' THEN 'SH' WHEN 'CUS' THEN 'CU'
    ELSE coalesce(s.source, '') END), NULL, NULL
FROM of_box o JOIN carrier c ON o.feed = 'carrier_event' AND c.record_key = o.record_key AND c.equipment_reference = o.container_no
    AND coalesce(c.classifier, 'ACT') = 'ACT' AND NOT coalesce(c.is_retracted, false)
UNION ALL
SELECT container_no, 'manifest', record_key, document_at, known_at, 'manifest', NULL, NULL, NULL, NULL, size_type_code, NULL,
    {_SEALS.format("seals")}, NULL, NULL FROM box_bill
UNION ALL
SELECT o.container_no, o.feed, o.record_key, s.captured_at, s.known_at, s.modality, s.shed, NULL, NULL, NULL, NULL, NULL, NULL,
    s.operator_result, list_transform(s.detections, lambda d: d.label)
FROM of_box o JOIN scanned s ON o.feed = 'screening' AND s.record_key = o.record_key AND s.subject_ref = o.container_no
ORDER BY 1, 4 NULLS LAST, 5"""

BEFORE_PLACE = (_CALL, _FILED, _FLOWN, _CARRIAGE, _VOYAGE)
CARRIAGE = (_ABOARD, _BOXED, _BILL, _TOLD)
PLACE = _PLACE
