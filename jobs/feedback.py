"""What officers said of the reasons that a model gave, counted for its card."""

from typing import Any

from jobs.decision import FEEDBACK
from jobs.query import ask
from lakehouse.lake import Lake
from models.tables import SCORE

# The model whose reason was seen is that of the shipment's newest score in the publication that was looked at.
_BY_REASON = """
    WITH seen AS (SELECT f.reason_code, f.verdict, arg_max(s.model_version, s.as_of) AS model_version
        FROM gold.feedback f JOIN gold.score s ON s.shipment_id = f.shipment_id AND s.as_of <= coalesce(f.seen_as_of, f.known_at)
        GROUP BY f.feedback_id, f.reason_code, f.verdict)
    SELECT reason_code AS code, count(*) FILTER (verdict = 'useful') AS useful, count(*) FILTER (verdict = 'wrong') AS wrong
    FROM seen WHERE model_version = ? GROUP BY 1 ORDER BY count(*) DESC, 1"""


def feedback_on(lake: Lake, version: str) -> list[dict[str, Any]]:
    """By reason code how many officers found a model's reason useful and how many wrong; of each officer the last word on a shipment counts."""
    return ask(lake, (FEEDBACK, SCORE), _BY_REASON, [version]).dicts()
