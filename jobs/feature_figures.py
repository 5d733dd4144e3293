"""The catalogue as a published lake knows it: how much of each feature is known, what the champion leans on, what drifts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from features.catalogue import FEATURES
from features.tables import FEATURE
from fusion.tables import SHIPMENT
from jobs.manifest import seen_by_readers
from jobs.query import ask
from jobs.train import registry_of
from lakehouse.lake import Lake
from lakehouse.settings import Settings
from models.drift import ALL
from models.overview import gain_shares
from models.tables import DRIFT, SCORE

_KNOWN = """SELECT coalesce(h.kind, '') AS kind, count(*) AS shipments, {counts}
    FROM gold.score s JOIN gold.feature f USING (shipment_id, as_of) LEFT JOIN gold.shipment h USING (shipment_id)
    WHERE s.as_of = (SELECT max(as_of) FROM gold.score) GROUP BY ALL ORDER BY 1"""
_DRIFT = """SELECT subject, business_date, value, threshold, is_drifting FROM gold.drift WHERE kind = 'input' AND segment = ?
    QUALIFY row_number() OVER (PARTITION BY subject ORDER BY business_date DESC, value DESC) = 1"""


@dataclass(frozen=True)
class FeatureFigures:
    """Of one feature: the share of the last run's shipments that have it, of all and by kind; its share of the champion's
    gain, None where none was trained; and its newest drift, None where none was told."""

    coverage: Mapping[str, float] = field(default_factory=dict)
    importance: float | None = None
    drift: Mapping[str, Any] | None = None


def feature_figures(lake: Lake, settings: Settings) -> dict[str, FeatureFigures]:
    """The figures of every feature of the catalogue, as the last published run left them."""
    seen = seen_by_readers(lake)
    known, drift = _coverage(seen), {row.pop("subject"): row for row in ask(seen, (DRIFT,), _DRIFT, (ALL,)).dicts()}
    champion = registry_of(lake, settings).load_champion([feature.name for feature in FEATURES])
    gains = gain_shares(champion.bundle) if champion else {}
    return {f.name: FeatureFigures(known.get(f.name, {}), gains.get(f.name, 0.0) if champion else None, drift.get(f.name)) for f in FEATURES}


def _coverage(lake: Lake) -> dict[str, dict[str, float]]:
    """By feature the share of shipments that have it: of all, and of each kind."""
    counts = ", ".join(f'count(f."{feature.name}") AS "{feature.name}"' for feature in FEATURES)
    rows = ask(lake, (FEATURE, SCORE, SHIPMENT), _KNOWN.format(counts=counts)).dicts()
    if not rows:
        return {}
    many = sum(row["shipments"] for row in rows)
    return {feature.name: {ALL: round(sum(row[feature.name] for row in rows) / many, 4),
                           **{row["kind"]: round(row[feature.name] / row["shipments"], 4) for row in rows if row["kind"]}} for feature in FEATURES}
