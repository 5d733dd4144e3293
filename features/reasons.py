"""Reasons: what moved a score, in Korean and English, in the order in which an officer wants them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from features.feature import Feature
from features.sentences import NOTHING, Value, explained, percentile, sentence
from features.sources import counts, is_contradiction, is_rule
from lakehouse.text import Text

__all__ = ["Contribution", "Reason", "Value", "reasons_for", "sentence"]

Contribution = tuple[Feature, Value, float, float | None]
Direction = Literal["raises", "lowers", "fact"]
# A contradiction between sources goes first where it is this share of what raises the score; below it, it is noise.
_FELT = 0.05
# A feature speaks for its group where its value is known and it is not this much weaker than one whose value is not.
_WEAKER = 0.2
_NO_TEXTS: Mapping[str, Text] = {}
_NO_POINTS: Mapping[str, Sequence[float]] = {}


@dataclass(frozen=True)
class Reason:
    """One reason: the code of its group of features, both wordings, the features in it, the one that speaks first.

    `percentile` is where the value lies among the shipments learned from, told in the tails alone.
    """

    code: str
    ko: str
    en: str
    features: tuple[str, ...]
    direction: Direction = "raises"
    percentile: float | None = None


def reasons_for(contributions: Iterable[Contribution], most: int = 5, columns: Mapping[str, float] = NOTHING,
                quantiles: Mapping[str, Sequence[float]] = _NO_POINTS, least: int = 3, said: Mapping[str, Text] = _NO_TEXTS) -> list[Reason]:
    """At most `most` reasons: contradictions between sources, what else raised the score, then what lowered it.

    `contributions` are (feature, value, contribution, norm); features of one group speak through one of them, what sums up
    contradictions through those that are there, and a contradiction in the words that it was found with (`said`, by
    feature). One reason that lowers is told where there is room; more of them, then facts that moved nothing, where there
    are fewer than `least`.
    """
    told = _spelled_out([each for each in contributions if each[0].is_told and not math.isnan(each[2])])
    groups: dict[str, list[Contribution]] = {}
    for each in told:
        if each[2]:
            groups.setdefault(each[0].code, []).append(each)
    sums = {code: sum(each[2] for each in members) for code, members in groups.items()}
    raising = sorted((code for code in sums if sums[code] > 0), key=lambda code: (-sums[code], code))
    lowering = sorted((code for code in sums if sums[code] < 0), key=lambda code: (sums[code], code))
    felt = _FELT * sum(sums[code] for code in raising)
    chosen = raising[: most - 1 if lowering and most > 1 else most]
    chosen.sort(key=lambda code: not (sums[code] >= felt and is_contradiction(_speaker(groups[code], 1)[0])))
    room = max(min(least, most) - len(chosen), 1 if most > 1 else 0)
    reasons = [_reason(code, groups[code], 1, columns, quantiles, said) for code in chosen]
    reasons += [_reason(code, groups[code], -1, columns, quantiles, said) for code in lowering[:room]]
    lacking = min(least, most) - len(reasons)
    return reasons + _facts(told, {reason.code for reason in reasons}, columns)[: max(lacking, 0)]


def _speaker(members: Sequence[Contribution], sign: int) -> Contribution:
    """The member that moved the score most in the group's direction, one whose value is known before one whose is not."""
    ordered = sorted(members, key=lambda each: (-sign * each[2], each[0].name))
    known = [each for each in ordered if _is_known(each[1]) and sign * each[2] >= _WEAKER * sign * ordered[0][2]]
    return known[0] if known else ordered[0]


def _is_known(value: Value) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _spelled_out(told: list[Contribution]) -> list[Contribution]:
    """What a sum of contradictions adds, handed in equal parts to those that are there; where there are none it speaks for itself."""
    there = [each for each in told if is_rule(each[0]) and each[1] == 1]
    added = dict.fromkeys((each[0].name for each in there), 0.0)
    kept = []
    for each in told:
        summed = [rule[0].name for rule in there if each[2] > 0 and counts(each[0], rule[0])]
        for name in summed:
            added[name] += each[2] / len(summed)
        if not summed:
            kept.append(each)
    return [(feature, value, moved + added.get(feature.name, 0.0), norm) for feature, value, moved, norm in kept]


def _reason(code: str, members: list[Contribution], sign: int, columns: Mapping[str, float], quantiles: Mapping[str, Sequence[float]],
            texts: Mapping[str, Text]) -> Reason:
    """The reason of a group, said by its speaker."""
    feature, value, _, norm = _speaker(members, sign)
    tail = percentile(feature, value, quantiles.get(feature.name, ()), columns)
    found = texts.get(feature.name) if value == 1 else None
    said = explained(feature, found or sentence(feature, value, norm, columns), sign > 0, tail)
    ko, en = (said.ko, said.en) if sign > 0 else (f"위험 낮춤: {said.ko}", f"Lowers the risk: {said.en}")
    rest = sorted((each for each in members if each[2] * sign > 0 and each[0] is not feature), key=lambda each: (-sign * each[2], each[0].name))
    return Reason(code, ko, en, (feature.name, *(each[0].name for each in rest)), "raises" if sign > 0 else "lowers", tail)


def _facts(told: Sequence[Contribution], taken: set[str], columns: Mapping[str, float]) -> list[Reason]:
    """What can be said where little moved the score: checkable facts beside what is usual, one a group."""
    facts: dict[str, Reason] = {}
    for feature, value, moved, norm in told:
        usual = norm if norm is not None else columns.get(feature.name)
        if moved or not feature.checkable or feature.code in taken | set(facts) or not _is_known(value) or (feature.norm and usual is None):
            continue
        said = explained(feature, sentence(feature, value, norm, columns), False, None)
        facts[feature.code] = Reason(feature.code, f"참고: {said.ko}", f"For reference: {said.en}", (feature.name,), "fact")
    # Comparisons say more than a code or a count.
    by_name = {each[0].name: each[0] for each in told}
    return sorted(facts.values(), key=lambda fact: not by_name[fact.features[0]].norm)

