"""What a serving file holds of the models: how their scores stood up to outcomes, what weighs tonight, and what drifts."""

# Outcomes of so many days; drift of so many nights.
OUTCOME_DAYS, DRIFT_DAYS = 90, 60
# Lower edges of the bins of probability: narrow where most shipments lie.
EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7)
_BIN = "CASE " + " ".join(f"WHEN s.probability >= {edge} THEN {edge}" for edge in reversed(EDGES)) + " END"

# The last score before a shipment was looked at, beside what was found: by model and bin of probability.
_TESTED = f"""
CREATE TABLE tested AS
SELECT s.model_version, {_BIN} AS low, count(*) AS inspected, count(*) FILTER (s.illicit) AS violations, avg(s.probability) AS expected
FROM (SELECT l.illicit, o.model_version, o.probability
    FROM gold_label l JOIN gold_score o ON o.shipment_id = l.shipment_id AND o.as_of < l.inspected_at
    WHERE l.known_at <= $as_of AND l.inspected_at > $as_of - INTERVAL {OUTCOME_DAYS} DAY AND l.illicit IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY l.shipment_id ORDER BY o.as_of DESC) = 1) s
GROUP BY ALL ORDER BY 1, 2"""

# What inspections found by what had asked for them, in the same days.
_FOUND = f"""
CREATE TABLE found AS
SELECT coalesce(selected_by, '') AS selected_by, count(*) AS inspected, count(*) FILTER (illicit) AS violations,
    sum(revenue_krw) FILTER (illicit) AS revenue_krw
FROM gold_label WHERE known_at <= $as_of AND inspected_at > $as_of - INTERVAL {OUTCOME_DAYS} DAY AND illicit IS NOT NULL
GROUP BY ALL ORDER BY 2 DESC, 1"""

# Mean size of the contributions over tonight's explained shipments, those that are not green or were selected.
_WEIGHT = """
CREATE TABLE weight AS
SELECT feature, avg(abs(added)) AS weight, avg(added) AS lean, count(*) AS shipments
FROM (SELECT unnest(e.features) AS feature, unnest(e.contributions) AS added FROM explained e JOIN newest n USING (shipment_id) WHERE n.is_tonight)
GROUP BY feature HAVING avg(abs(added)) > 0 ORDER BY weight DESC, feature LIMIT 15"""

_DRIFT = f"""
CREATE TABLE drift AS
SELECT * FROM gold_drift WHERE business_date <= CAST($night AS DATE) AND business_date > CAST($night AS DATE) - {DRIFT_DAYS}
QUALIFY row_number() OVER (PARTITION BY business_date, segment, kind, subject ORDER BY value DESC) = 1
ORDER BY business_date, segment, kind, subject"""

MODELS = (_TESTED, _FOUND, _WEIGHT, _DRIFT)
