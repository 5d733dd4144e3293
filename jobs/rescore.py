"""Re-score: a past score again, as it was decided from what is stored, and as it would be now, with what made the difference."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import SparkSession

from features.catalogue import BY_NAME, FEATURES
from features.tables import FEATURE
from fusion.tables import SHIPMENT
from jobs.explained import ON_REQUEST, frozen
from jobs.featurize import features_of
from jobs.hindsight import Hindsight
from jobs.manifest import Publication
from jobs.past import feature_rows, model_of, values_of, versions_of
from jobs.query import plain
from jobs.train import registry_of
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import Settings
from models.bundle import Bundle
from models.explain import typed
from models.lanes import lane_of
from models.prior import prior_bundle
from models.score import Method, contributions, raw_score
from models.tables import SCORE


@dataclass(frozen=True)
class Again:
    """A stored score and the same worked out again from stored features and model."""

    stored: dict[str, Any]
    score: float
    probability: float
    added: tuple[float, ...]
    values: tuple[str | None, ...]
    bundle: Bundle
    frozen: dict[str, Any] | None

    @property
    def is_score_same(self) -> bool:
        """Whether score and probability are the same to the byte."""
        pairs = ((self.score, self.stored["score"]), (self.probability, self.stored["probability"]))
        return all(np.float64(one).tobytes() == np.float64(other).tobytes() for one, other in pairs)

    @property
    def is_explanation_same(self) -> bool | None:
        """Whether every contribution is the same to the byte; None where none was frozen."""
        if self.frozen is None:
            return None
        kept = [*self.frozen["contributions"], self.frozen["base_value"]]
        return bool(np.array(self.added).tobytes() == np.array(kept, dtype=np.float64).tobytes())


def decision_score(lake: Lake, shipment_id: str) -> tuple[dict[str, Any], datetime | None]:
    """The score that stood when customs decided, or the newest before that; CallerError where there is no score."""
    scores = sorted(lake.arrow(SCORE, None, [("shipment_id", "=", shipment_id)]).to_pylist(), key=lambda row: row["as_of"])
    if not scores:
        raise CallerError("shipment.unscored", f"Shipment {shipment_id} was never scored", "There is nothing to score again.")
    states = sorted(lake.arrow(SHIPMENT, None, [("shipment_id", "=", shipment_id)]).to_pylist(), key=lambda row: row["known_at"])
    acts = [at for at in (states[-1]["decided_at"], states[-1]["released_at"]) if at is not None] if states else []
    decided = min(acts, default=None)
    before = [row for row in scores if decided is None or row["as_of"] <= decided]
    return (before or scores[:1])[-1], decided


def again(lake: Lake, scores: Iterable[dict[str, Any]]) -> list[Again]:
    """Stored scores worked out again, in batches of one run and model."""
    def run_of(row: dict[str, Any]) -> tuple[Any, ...]:
        return row["as_of"], row["model_version"], versions_of(row).get(FEATURE.full_name, -1)

    made = []
    for (as_of, version, at), group in groupby(sorted(scores, key=lambda row: (*run_of(row), row["shipment_id"])), run_of):
        stored = list(group)
        bundle = model_of(lake, version, as_of)
        rows = feature_rows(lake, at, as_of, [row["shipment_id"] for row in stored], bundle)
        matrix = bundle.encoding.matrix(rows)
        score = raw_score(bundle, matrix)
        probability, values = bundle.calibration.probability(score), values_of(rows, bundle)
        kept = frozen(lake, stored)
        added = _added(bundle, matrix, [each["method"] if each else ON_REQUEST for each in kept])
        made += [Again(row, float(score[i]), float(probability[i]), tuple(added[i].tolist()), tuple(values[i]), bundle, kept[i])
                 for i, row in enumerate(stored)]
    return made


def _added(bundle: Bundle, matrix: Any, methods: Sequence[str]) -> Any:
    """Contributions of each row by the way it was explained by."""
    added = np.empty((len(matrix), len(bundle.names) + 1))
    for method in sorted(set(methods)):
        rows = [i for i, each in enumerate(methods) if each == method]
        added[rows] = contributions(bundle, matrix[rows], method=None if method == ON_REQUEST else Method(method))
    return added


def as_decided(lake: Lake, shipment_id: str) -> dict[str, Any]:
    """What `haechi rescore --as-of decision` tells."""
    stored, decided = decision_score(lake, shipment_id)
    [found] = again(lake, [stored])
    return dict(plain({
        "shipment_id": shipment_id, "as_of": "decision", "decided_at": decided,
        "before_decision": decided is None or stored["as_of"] <= decided, "scored_at": stored["scored_at"],
        "model_version": stored["model_version"], "model_hash": found.bundle.digest,
        "input_versions": versions_of(stored), "method": found.frozen["method"] if found.frozen else ON_REQUEST,
        "stored": {name: stored[name] for name in ("score", "probability", "lane")},
        "again": {"score": found.score, "probability": found.probability, "base_value": found.added[-1]},
        "reproduced": found.is_score_same and found.is_explanation_same is not False, "explanation_reproduced": found.is_explanation_same,
        "contributions": _by_weight([{"feature": name, "value": typed(BY_NAME.get(name), value), "contribution": each}
                                     for name, value, each in zip(found.bundle.names, found.values, found.added[:-1], strict=True)])}))


def as_now(lake: Lake, shipment_id: str, settings: Settings, published: Publication, spark: Callable[[], SparkSession]) -> dict[str, Any]:
    """What `haechi rescore --as-of now` tells: late facts, then changed data, then the changed model, feature by feature."""
    stored, _ = decision_score(lake, shipment_id)
    [then] = again(lake, [stored])
    champion = registry_of(lake, settings).load_champion([feature.name for feature in FEATURES])
    new = champion.bundle if champion else prior_bundle(FEATURES)
    seen = lake.known(published.at, published.held)
    late = features_of(spark(), Hindsight(seen, stored["as_of"], published.at), shipment_id, stored["as_of"]).toArrow()
    now = _now(lake, seen, shipment_id, published.at, spark)
    way = Method.PRED_CONTRIB if then.bundle.text else Method.PRIOR
    steps = [_named(then.bundle, np.array(then.added)), *(_named(then.bundle, contributions(
        then.bundle, then.bundle.encoding.matrix(rows), method=way)[0]) for rows in (late, now)),
        _named(new, contributions(new, new.encoding.matrix(now), method=Method.PRED_CONTRIB if new.text else Method.PRIOR)[0])]
    score = float(raw_score(new, new.encoding.matrix(now))[0])
    probability = float(new.calibration.probability(np.array([score]))[0])
    return dict(plain({
        "shipment_id": shipment_id, "as_of": "now",
        "then": {name: stored[name] for name in ("scored_at", "model_version", "score", "probability", "lane")},
        "now": {"scored_at": published.at, "model_version": new.version, "score": score, "probability": probability,
                "lane": lane_of(settings, probability)},
        "difference": {"score": score - stored["score"], **_differences(steps, None)},
        "features": _changes(steps, {"then": dict(zip(then.bundle.names, then.values, strict=True)), "late": _text(late), "now": _text(now)})}))


def _now(lake: Lake, seen: Lake, shipment_id: str, at: datetime, spark: Callable[[], SparkSession]) -> pa.Table:
    """The feature row as of the last published run: the one it made, or, where it made none, a new one."""
    kept = lake.arrow(FEATURE, None, [("shipment_id", "=", shipment_id), ("as_of", "=", at)])
    return kept if kept.num_rows else features_of(spark(), seen, shipment_id, at).toArrow()


_STEPS = ("late_facts", "changed_data", "changed_model")
_BASE = ""


def _named(bundle: Bundle, added: Any) -> dict[str, float]:
    """Contributions by feature, the base value under no name."""
    return dict(zip((*bundle.names, _BASE), (float(each) for each in added), strict=True))


def _differences(steps: Sequence[dict[str, float]], feature: str | None) -> dict[str, float]:
    """What each step added, in all or of one feature."""
    sums = [sum(step.values()) if feature is None else step.get(feature, 0.0) for step in steps]
    return {name: after - before for name, before, after in zip(_STEPS, sums, sums[1:], strict=False)}


def _changes(steps: Sequence[dict[str, float]], values: dict[str, dict[str, str | None]]) -> list[dict[str, Any]]:
    """Every feature whose value or contribution is another, the greatest change first; the base value last."""
    names = sorted({name for step in steps for name in step if name != _BASE})
    told: list[dict[str, Any]] = [
        {"feature": name, **{when: typed(BY_NAME.get(name), held.get(name)) for when, held in values.items()}, **_differences(steps, name)}
        for name in names]
    weight = {name: sum(map(abs, _differences(steps, name).values())) for name in names}
    moved = [each for each in told if weight[each["feature"]] or each["then"] != each["now"]]
    moved.sort(key=lambda each: (-weight[each["feature"]], each["feature"]))
    return [*moved, {"feature": "base_value", "then": None, "late": None, "now": None, **_differences(steps, _BASE)}]


def _text(rows: pa.Table) -> dict[str, str | None]:
    [row] = rows.select([name for name in BY_NAME if name in rows.schema.names]).to_pylist()
    return {name: value if value is None or isinstance(value, str) else repr(float(value)) for name, value in row.items()}


def _by_weight(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(told, key=lambda each: (-abs(each["contribution"]), each["feature"]))
