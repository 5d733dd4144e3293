"""Drift: how far tonight's inputs, scores and explanations lie from those that the model met first (population stability index)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from features.sentences import SHARES
from lakehouse.text import Text
from models.bundle import Bundle
from models.score import contributions, raw_score

Floats = npt.NDArray[np.float64]
BINS, SHIFTED, _EXPLAINED, _MOST_CODES = 10, 0.2, 1000, 20
# Inspections below which a share of them tells nothing, and how many standard deviations are no chance.
_OUTCOMES_NEEDED, _DEVIATIONS = 50, 4
KINDS = {
    "input": Text("입력값 {subject}의 분포가 기준과 {value:.2f} 차이(한도 {threshold:.2f})",
                  "Input {subject} differs from its reference by {value:.2f} (limit {threshold:.2f})"),
    "score": Text("위험 점수의 분포가 기준과 {value:.2f} 차이(한도 {threshold:.2f})",
                  "Scores differ from their reference by {value:.2f} (limit {threshold:.2f})"),
    "explanation": Text("{subject}의 기여도 분포가 기준과 {value:.2f} 차이(한도 {threshold:.2f})",
                        "The contribution of {subject} differs from its reference by {value:.2f} (limit {threshold:.2f})"),
    "outcome": Text("최근 검사 적발률이 이전과 {value:.1%} 차이(한도 {threshold:.1%})",
                    "What inspections find differs from before by {value:.1%} of them (limit {threshold:.1%})"),
}
ALL = "all"


@dataclass(frozen=True)
class Counts:
    """How many of tonight's rows fall in each bin of each subject; counts of batches add up."""

    bins: Mapping[tuple[str, str], Floats]

    def __add__(self, other: "Counts") -> "Counts":
        keys = {*self.bins, *other.bins}
        return Counts({key: self.bins.get(key, np.zeros(1)) + other.bins.get(key, np.zeros(1)) for key in keys})


def make_reference(bundle: Bundle, matrix: Floats) -> dict[str, Any]:
    """The bins of every input, of the score and of every contribution over reference rows, as plain numbers.

    Contributions are of the first thousand rows: shuffle them. Inspected rows are not like all rows: where the
    population of the training time is known, give that.
    """
    categories = set(bundle.encoding.categories)
    added = contributions(bundle, matrix[:_EXPLAINED])
    columns = {("input", name): (matrix[:, i], i in categories) for i, name in enumerate(bundle.names)}
    columns |= {("score", "score"): (raw_score(bundle, matrix, 0 if len(matrix) > 10_000 else 1), False)}
    columns |= {("explanation", name): (added[:, i], False) for i, name in enumerate(bundle.names) if np.ptp(added[:, i]) > 0}
    made: dict[str, Any] = {"input": {}, "score": {}, "explanation": {}}
    for (kind, name), (values, coded) in columns.items():
        edges = _edges(values, coded)
        made[kind][name] = {"edges": edges, "counts": _count(values, edges).tolist()}
    # Not for drift: where a value lies among the rows learned from, as reasons tell it.
    made["quantiles"] = {name: [float(point) for point in np.nanpercentile(matrix[:, i], SHARES)] for i, name in enumerate(bundle.names)
                         if i not in categories and not np.isnan(matrix[:, i]).all()}
    return made


def count_rows(bundle: Bundle, matrix: Floats, score: Floats | None = None, added: Floats | None = None) -> Counts:
    """The bins of a batch of tonight's rows: inputs, and scores and contributions (rows x features) where given."""
    place = {name: i for i, name in enumerate(bundle.names)}
    reference = bundle.reference
    bins = {("input", name): _count(matrix[:, place[name]], held["edges"]) for name, held in reference.get("input", {}).items()}
    if score is not None and "score" in reference:
        bins["score", "score"] = _count(score, reference["score"]["score"]["edges"])
    if added is not None:
        explained = reference.get("explanation", {})
        bins |= {("explanation", name): _count(added[:, place[name]], held["edges"]) for name, held in explained.items()}
    return Counts(bins)


def drift_rows(bundle: Bundle, counts: Counts, business_date: date, labels: Mapping[str, Text],
               before: Counts | None = None, segment: str = ALL) -> list[dict[str, Any]]:
    """Rows of gold.drift, one a subject; `labels` are the features' words. No rows tonight: no drift rows.

    Compared with `before`, counted by the same bins, else with the rows that the model learned from.
    """
    rows = []
    for (kind, name), tonight in sorted(counts.bins.items()):
        learned = np.asarray(bundle.reference[kind][name]["counts"], dtype=np.float64)
        expected = learned if before is None else before.bins.get((kind, name), np.zeros(1))
        if tonight.sum() == 0 or expected.sum() == 0:
            continue
        label = labels.get(name, Text(name, name))
        rows.append(_row(business_date, segment, name, kind, stability(expected, tonight), limit(expected, tonight), label))
    return rows


def outcome_row(business_date: date, found: tuple[int, int], before: tuple[int, int]) -> dict[str, Any] | None:
    """The row of what inspections find: (violations, inspections) of late against those before; None where either is too few to tell."""
    if min(found[1], before[1]) < _OUTCOMES_NEEDED:
        return None
    share = (found[0] + before[0]) / (found[1] + before[1])
    chance = _DEVIATIONS * float(np.sqrt(share * (1 - share) * (1 / found[1] + 1 / before[1])))
    label = Text("검사 적발률", "Share of inspections that find a violation")
    return _row(business_date, ALL, "violation_share", "outcome", abs(found[0] / found[1] - before[0] / before[1]), chance, label)


def proposal(rows: Sequence[Mapping[str, Any]], share: float) -> Text | None:
    """Why to train anew: scores or outcomes drift, or more than a share of the inputs does; None where all is calm."""
    whole = [row for row in rows if row["segment"] == ALL]
    inputs = [row for row in whole if row["kind"] == "input"]
    drifting = sum(bool(row["is_drifting"]) for row in inputs)
    reasons = [(row["text_ko"], row["text_en"]) for row in whole if row["kind"] in ("score", "outcome") and row["is_drifting"]]
    if inputs and drifting > share * len(inputs):
        reasons.append((f"입력값 {len(inputs)}개 중 {drifting}개의 분포가 달라짐", f"{drifting} of {len(inputs)} inputs drift"))
    ko, en = ("; ".join(said) for said in zip(*reasons, strict=True)) if reasons else ("", "")
    return Text(f"재학습 제안: {ko}", f"Training anew is proposed: {en}") if reasons else None


def _row(business_date: date, segment: str, name: str, kind: str, value: float, threshold: float, label: Text) -> dict[str, Any]:
    said = KINDS[kind]
    values = {"value": value, "threshold": threshold}
    return {"business_date": business_date, "segment": segment, "subject": name, "kind": kind, "value": value, "threshold": threshold,
            "is_drifting": value > threshold, "text_ko": said.render(values | {"subject": label.ko}).ko,
            "text_en": said.render(values | {"subject": label.en}).en}


def stability(expected: Floats, found: Floats) -> float:
    """Population stability index of two histograms, half a row added to each bin."""
    e, f = (expected + 0.5) / (expected.sum() + 0.5 * len(expected)), (found + 0.5) / (found.sum() + 0.5 * len(found))
    return float(np.sum((f - e) * np.log(f / e)))


def limit(expected: Floats, found: Floats) -> float:
    """The index above which two histograms differ: 0.2, or more where few rows make chance differences larger.

    Without drift the index is about chi-squared over (1/n + 1/m), bins - 1 degrees of freedom; four standard deviations.
    """
    free = max(len(expected) - 1, 1)
    return max(SHIFTED, float((free + 4 * np.sqrt(2 * free)) * (1 / expected.sum() + 1 / found.sum())))


def _edges(values: Floats, coded: bool) -> list[float]:
    """Inner edges of the bins: between codes for a category, at quantiles otherwise."""
    known = values[~np.isnan(values)]
    if not len(known):
        return []
    if coded:
        return [code + 0.5 for code in range(min(int(known.max()), _MOST_CODES))]
    return [float(edge) for edge in np.unique(np.quantile(known, np.arange(1, BINS) / BINS))]


def _count(values: Floats, edges: list[float]) -> Floats:
    """Rows in each bin (an edge belongs to the bin below), the unknown last."""
    unknown = np.isnan(values)
    inside = np.bincount(np.searchsorted(edges, values[~unknown], side="left"), minlength=len(edges) + 1)
    return np.append(inside, unknown.sum()).astype(np.float64)
