"""Counterfactual: the fewest facts an officer can check that, were they as is usual, would put a shipment into a milder lane."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from features.catalogue import BY_NAME
from features.feature import Feature
from features.sentences import SHARES
from features.sources import counts, is_contradiction, is_rule, is_sum, seen_of
from lakehouse.text import Text
from models.bundle import Bundle
from models.lanes import LANES, Lane, lane_of
from models.score import raw_score

Floats = npt.NDArray[np.float64]
_MEDIAN = SHARES.index(50)
_ORDER = list(Lane)
_SAID = Text("다음과 같으면 {lane}(적발 확률 {probability:.1%}): {facts}", "With {facts} this would be {lane} (probability {probability:.1%})")
NONE = Text("확인 가능한 사실 하나나 둘로는 달라지지 않는 심사 구분", "No one or two facts that can be checked would change the lane")


@dataclass(frozen=True)
class Change:
    """A feature as it is and as it would be, and the two numbers that people read."""

    feature: Feature
    value: float
    usual: float
    shown: tuple[float, float]


@dataclass(frozen=True)
class Flip:
    """The smallest change that was found, as scored with it; without `facts` there is none."""

    facts: tuple[tuple[Change, ...], ...]
    score: float
    probability: float
    lane: Lane

    @property
    def text(self) -> Text:
        """The change in one sentence."""
        if not self.facts:
            return NONE
        told = [_told(fact[0]) for fact in self.facts]
        values = {"probability": self.probability}
        return Text(_SAID.render(values | {"lane": LANES[self.lane].ko, "facts": ", ".join(each.ko for each in told)}).ko,
                    _SAID.render(values | {"lane": LANES[self.lane].en, "facts": " and ".join(each.en for each in told)}).en)


def flip(bundle: Bundle, settings: Mapping[str, Any], row: Floats, added: Floats, norms: Mapping[str, float]) -> Flip:
    """The smallest change of one row of the model's matrix; `added` are its contributions, by which a fact is named.

    A fact is all checkable features of one group, each set to its usual value: what it is compared with, or the median
    of the shipments learned from; the contradictions that rest on the same observations go with it, and what sums up
    contradictions falls to none where all of them are gone. Every fact is tried alone, then every two together, each by scoring. The fewest facts
    win, then what two sources tell differently, which an officer can settle, then the fewest features, then what moves
    the score least.
    """
    score = float(raw_score(bundle, row[None, :])[0])
    probability = _probability(bundle, score)
    now = lane_of(settings, probability)
    facts = facts_of(bundle, row, added, norms)
    for many in (1, 2):
        tried = list(combinations(facts, many))
        if now == Lane.GREEN or not tried:
            break
        rows = np.repeat(row[None, :], len(tried), axis=0)
        for i, chosen in enumerate(tried):
            rows[i] = changed(bundle, row, chosen)
        found = raw_score(bundle, rows)
        milder = [i for i, each in enumerate(found) if _ORDER.index(lane_of(settings, _probability(bundle, float(each)))) < _ORDER.index(now)]
        if milder:
            best = min(milder, key=lambda i: (_doubtful(tried[i]), sum(map(len, tried[i])), abs(score - found[i]), i))
            reached = _probability(bundle, float(found[best]))
            return Flip(tried[best], float(found[best]), reached, lane_of(settings, reached))
    return Flip((), score, probability, now)


def changed(bundle: Bundle, row: Floats, facts: Sequence[Sequence[Change]]) -> Floats:
    """The row as it would be with the facts as is usual."""
    made = row.copy()
    place, rules, sums = _contradictions(bundle.names)
    for change in (change for fact in facts for change in fact):
        made[place[change.feature.name]] = change.usual
    gone = [each for each in rules if row[place[each.name]] == 1 != made[place[each.name]]]
    for total in (each for each in sums if gone and row[place[each.name]] > 0):
        left = [each for each in rules if made[place[each.name]] == 1 and counts(total, each)]
        if not left and any(counts(total, each) for each in gone):
            made[place[total.name]] = 0.0
    return made


@lru_cache(maxsize=8)
def _contradictions(names: tuple[str, ...]) -> tuple[dict[str, int], tuple[Feature, ...], tuple[Feature, ...]]:
    """The place of each of a model's features, those that say of a contradiction that it is there, and those that sum them up."""
    declared = [BY_NAME[name] for name in names if name in BY_NAME]
    place = {name: i for i, name in enumerate(names)}
    return place, tuple(each for each in declared if is_rule(each)), tuple(each for each in declared if is_sum(each))


def facts_of(bundle: Bundle, row: Floats, added: Floats, norms: Mapping[str, float]) -> list[tuple[Change, ...]]:
    """The facts that are not as usual: each the changes of one group, the one that raised the score most first."""
    groups: dict[str, list[tuple[float, Change]]] = {}
    points: Mapping[str, Sequence[float]] = bundle.reference.get("quantiles", {})
    for i, name in enumerate(bundle.names):
        feature = BY_NAME.get(name)
        if feature is None or not feature.checkable or not feature.is_told or feature.type != "double" or np.isnan(row[i]) or is_sum(feature):
            continue
        usual = 0.0 if is_rule(feature) else usual_value(feature, norms, points.get(name, ()))
        if usual is not None and usual != row[i]:
            groups.setdefault(feature.code, []).append((float(added[i]), _change(feature, float(row[i]), usual, norms)))
    ordered = [sorted(members, key=lambda each: (-each[0], each[1].feature.name)) for members in groups.values()]
    return _with_contradictions([[change for _, change in members] for members in ordered])


def _with_contradictions(groups: list[list[Change]]) -> list[tuple[Change, ...]]:
    """The groups, each contradiction with the group that rests on the same observations, one of its own where there is none."""
    facts = [group for group in groups if not is_rule(group[0].feature)]
    alone = []
    for group in (group for group in groups if is_rule(group[0].feature)):
        seen = frozenset[str]().union(*(seen_of(change.feature) for change in group))
        same = [fact for fact in facts if any(is_contradiction(change.feature) and seen & seen_of(change.feature) for change in fact)]
        for fact in same:
            fact.extend(group)
        if not same:
            alone.append(group)
    return [tuple(fact) for fact in (*facts, *alone)]


def usual_value(feature: Feature, norms: Mapping[str, float], points: Sequence[float]) -> float | None:
    """The value of a feature where its fact is as usual: no gap to what it is compared with, else the peers' or the median."""
    if feature.norm:
        norm = norms.get(feature.name)
        return None if norm is None else 0.0 if feature.shows else norm
    return float(points[_MEDIAN]) if len(points) == len(SHARES) else None


def _change(feature: Feature, value: float, usual: float, norms: Mapping[str, float]) -> Change:
    shown = norms.get(f"{feature.name}.shown")
    is_gap = feature.norm and shown is not None
    return Change(feature, value, usual, (float(shown), float(norms[feature.name])) if is_gap and shown is not None else (value, usual))


def _doubtful(facts: Sequence[Sequence[Change]]) -> int:
    """How many of the facts rest on one source alone."""
    return sum(not any(is_contradiction(change.feature) for change in fact) for fact in facts)


def _probability(bundle: Bundle, score: float) -> float:
    return float(bundle.calibration.probability(np.array([score]))[0])


def _told(change: Change) -> Text:
    before, after = (f"{each:,.2f}".rstrip("0").rstrip(".") if abs(each) >= 0.01 or not each else f"{each:.2g}" for each in change.shown)
    return Text(f"{change.feature.text.ko} {before} → {after}", f"{change.feature.text.en} at {after} instead of {before}")
