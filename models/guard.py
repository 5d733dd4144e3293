"""Guard: a model is held to never being worse than what needs no learning, on the rows held out from its training."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from features.feature import Feature
from lakehouse.text import Text
from models.encoding import Frame
from models.metrics import Floats, paired_auc, paired_difference
from models.prior import VERSION, prior_bundle, prior_contributions

NOISY_OR = "noisy_or"
_EVIDENCE, _PERCENT = "evidence_prior", 10
# Fewer violations than this say nothing of two orders; more rows than this make no difference to the noise that counts.
_VIOLATIONS, _ROWS, _RESAMPLES = 10, 20_000, 300
_WORDS = {VERSION: Text("선언된 사전값 prior-1", "the declared prior, prior-1"),
          NOISY_OR: Text("학습 없는 불일치 종합 위험도", "the evidence of all contradictions, unlearned")}
_MEASURES = {"auc": Text("AUC", "AUC"), "precision_at_10": Text("상위 10% 적중률", "precision at 10 %")}


def prior_scores(frame: Frame, features: Sequence[Feature]) -> dict[str, Floats]:
    """What ranks without learning, by name: the declared prior, and the noisy-or of all contradictions; of those the frame has."""
    columns = set(frame.columns) if hasattr(frame, "columns") and not hasattr(frame, "schema") else set(frame.schema.names)
    scores = {}
    if declared := [feature for feature in features if feature.prior and feature.name in columns]:
        bundle = prior_bundle(declared)
        scores[VERSION] = np.asarray(prior_contributions(bundle, bundle.encoding.matrix(frame)).sum(axis=1))
    if _EVIDENCE in columns:
        scores[NOISY_OR] = np.nan_to_num(np.asarray(frame[_EVIDENCE].to_numpy(), dtype=np.float64))
    return scores


def beside_priors(score: Floats, priors: Mapping[str, Floats], illicit: Floats) -> dict[str, Any]:
    """By prior, the model less it on the same rows: AUC and precision at 10 %, each with its 95 % interval.

    Empty where there are fewer than ten violations.
    """
    if illicit.sum() < _VIOLATIONS:
        return {}
    rows = slice(None, None, -(-len(score) // _ROWS))
    told = {}
    for name, other in priors.items():
        sides = score[rows], other[rows], illicit[rows]
        told[name] = {"auc": paired_auc(*sides, _RESAMPLES), "precision_at_10": paired_difference(*sides, _PERCENT, _RESAMPLES)}
    return told


def worse_than(beside: Mapping[str, Any]) -> list[Text]:
    """What says that a model is worse than a prior beyond noise; empty where nothing does.

    It is the declared prior that ranks in a model's place: one that beats it beyond noise is not held back for a
    noisy-or that is better still.
    """
    declared = beside.get(VERSION)
    if declared and all((declared[what]["interval_95"][0] or 0.0) > 0 for what in _MEASURES):
        return []
    return [_worse(prior, what, figures[what]) for prior, figures in beside.items() for what in _MEASURES if _is_below(figures[what])]


def _is_below(found: Mapping[str, Any]) -> bool:
    high = found["interval_95"][1]
    return high is not None and high < 0


def _worse(prior: str, what: str, found: Mapping[str, Any]) -> Text:
    words, (low, high) = _MEASURES[what], found["interval_95"]
    gap = f"{found['difference']:+.3f} [{low:+.3f}, {high:+.3f}]"
    return Text(f"떼어 둔 행에서 {words.ko} 차이 {gap}, 비교 대상 {_WORDS[prior].ko}",
                f"On the rows held out its {words.en} differs by {gap} from that of {_WORDS[prior].en}")
