"""What a lake knows of its models: cards and decisions as the registry keeps them, scores of before with their outcomes, and drift."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from small_lake import OFFICE

from bench.gate_world import BETTER, later
from fusion.tables import LABEL
from jobs.cards import cards_file
from jobs.manifest import write_atomically
from lakehouse.lake import Lake
from models.configuration import flat
from models.gate import Rules, judge
from models.tables import DRIFT, SCORE

INSPECTED = 240
NAME = "<b>second</b> officer"


def learned(lake: Lake, at: datetime) -> None:
    """A champion of ten nights, a challenger that waits for approval, outcomes that bear the scores out, inputs that drift."""
    draw, scores, labels = np.random.default_rng(7), [], []
    for number, chance in enumerate(draw.beta(1, 4, INSPECTED).tolist()):
        scored, is_random = at - timedelta(days=3 + number % 9), number % 6 == 0
        shared = {"shipment_id": f"past{number:04d}"}
        scores.append(shared | {"as_of": scored, "scored_at": scored, "business_date": scored.date(), "office_code": OFFICE, "model_version": "haechi-1",
                                "score": 0.0, "probability": chance, "expected_revenue_krw": 0.0, "rank": 900 + number, "lane": "yellow",
                                "before_release": True, "input_versions": "{}"})
        illicit = bool(draw.random() < chance * (0.4 if is_random else 1))
        labels.append(shared | {"known_at": at, "inspected_at": scored + timedelta(hours=9), "illicit": illicit, "severity": "minor",
                                "revenue_krw": 800_000.0 * illicit, "selected_by": "random" if is_random else "model", "outcome_id": f"P{number}"})
    lake.append_rows(scores, SCORE)
    lake.append_rows(labels, LABEL)
    lake.append_rows([row for day in range(6) for row in _drift(at - timedelta(days=5 - day), day)], DRIFT)
    cards_file(lake).parent.mkdir(parents=True, exist_ok=True)
    write_atomically(cards_file(lake), {"kept_at": at.isoformat(), "models": _models(at), "records": _records(at)})


def _drift(at: datetime, day: int) -> list[dict[str, Any]]:
    told = [("all", "score", "score", 0.05 + 0.04 * day, 0.2), ("all", "customs_value_log", "input", 0.1 * day, 0.2), ("all", "carried_in_kg_gap_size", "input", 0.02, 0.2),
            ("office:030", "score", "score", 0.31, 0.2), ("kind:parcel", "customs_value_log", "input", 0.27, 0.2)]
    return [{"business_date": at.date(), "segment": segment, "subject": subject, "kind": kind, "value": value, "threshold": limit,
             "is_drifting": value > limit, "text_ko": f"입력값 {subject}의 분포가 기준과 {value:.2f} 차이", "text_en": f"Input {subject} differs by {value:.2f}"}
            for segment, subject, kind, value, limit in told]


def _models(at: datetime) -> list[dict[str, Any]]:
    def one(number: int, alias: str, precision: float) -> dict[str, Any]:
        known = at - timedelta(days=10 * (3 - number))
        measured = {"n": 400, "base_rate": 0.08, "auc": 0.7 + precision / 4, "precision_at": {k: precision / i**0.5 for i, k in enumerate(["1", "2", "5", "10"], 1)},
                    "recall_at": {"5": 0.3}, "revenue_recall_at": {"5": 0.4}, "best": {"precision_at": {"5": 1.0}},
                    "calibration": {"error": 0.02, "brier": 0.06, "slope": 0.95, "intercept": 0.1}, "beside_prior": {"prior-1": {"auc": {"difference": 0.11}}}}
        return {"version": f"haechi-{number}", "aliases": [alias], "business_date": f"{known:%Y-%m-%d}", "as_of": known.isoformat(), "configuration": "default",
                "rows": 1200 * number, "violations": 90 * number, "input_versions": {}, "metrics": flat(measured), "gate": None}

    return [one(2, "challenger", 0.6), one(1, "champion", 0.48)]


def _records(at: datetime) -> list[dict[str, Any]]:
    judged = judge(later(2, BETTER["sharper"], 12, 10.0), Rules(resamples=20), 1)
    asked = {"by": NAME, "account": "desk", "why": "weekly", "is_dry_run": False, "champion": "haechi-1", "challenger": "haechi-2", "nights": 12}
    refused = judge(later(1, BETTER["sharper"], 1, 10.0), Rules(resamples=20), 1)
    return [{"version": "haechi-2", **refused, **asked, "decision": "refused", "at": (at - timedelta(days=7)).isoformat()},
            {"version": "haechi-2", **judged, **asked, "decision": "waiting", "at": (at - timedelta(hours=5)).isoformat()}]
