"""Gate: whether a challenger takes the champion's place, by what both would have found on the same later rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from lakehouse.text import Text
from models.capacity import MEASURES, Bools, Floats, Found, Labelled, finite, found, interval
from models.cells import DIMENSIONS, TRADERS, Cell, cells

PROMOTE, REFUSE = "promote", "refuse"
WORDS = {"precision": Text("적중률", "precision"), "recall": Text("적발 재현율", "recall"),
         "revenue_recall": Text("추징세액 재현율", "revenue recall")}
# Over all rows the number of picks is given, so precision says what recall does. In a cell it is not: a model that
# passes the cell by has no picks there and no precision, and what it finds of the cell's violations tells.
_OF_ALL, _OF_CELL = ("precision", "revenue_recall"), ("recall", "revenue_recall")


@dataclass(frozen=True)
class Rules:
    """What the gate asks for.

    Outcomes and violations to compare at all; violations that a cell and the random stratum need to be judged by
    themselves; and the share of resamples in which the challenger must have the higher precision.
    """

    outcomes: int = 200
    violations: int = 50
    cell_violations: int = 50
    random_violations: int = 10
    certainty: float = 0.9
    resamples: int = 500


@dataclass(frozen=True)
class Later:
    """Labelled rows that neither model learned from, with both scores; `strata` name each row's place in each dimension.

    `share_of_all` is the part of all its shipments that a row's office can look at: what it picks of the random stratum,
    which stands for them all, each row for as many as `random_weight` says (all alike where it is not given). `prior` is
    the score of the declared prior, where it is not the champion itself.
    """

    labelled: Labelled
    champion: Floats
    challenger: Floats
    is_random: Bools
    share_of_all: Floats
    strata: Mapping[str, npt.NDArray[Any]]
    prior: Floats | None = None
    random_weight: Floats | None = None


def judge(later: Later, rules: Rules, seed: int) -> dict[str, Any]:
    """The record: decision, every reason with its code, and all figures of both models with 95 % intervals.

    Refuses where there is too little to compare, where either measure over all rows is lower, where the higher
    precision is not certain enough, and where the random stratum, a cell, or the whole beside the declared prior is
    worse beyond noise. The noise of a cell
    is not widened for there being many: a refusal costs a week, a promotion that harms an office costs more.
    """
    labelled = later.labelled
    violations = int(labelled.illicit.sum())
    lacking = {"outcomes": max(rules.outcomes - len(labelled), 0), "violations": max(rules.violations - violations, 0)}
    record: dict[str, Any] = {"decision": REFUSE, "rows": len(labelled), "violations": violations, "lacking": lacking, "reasons": [],
                              "all": None, "random": None, "cells": []}
    if any(lacking.values()):
        return record | {"reasons": [_too_little(len(labelled), violations, lacking)]}
    parts = cells(later.strata, labelled.illicit, rules.cell_violations)
    judged, told = _compared(later, np.ones(len(labelled), dtype=bool), parts, rules, seed)
    record |= {"all": judged[0], "cells": judged[1:], "random": _random(later, rules, seed)}
    reasons = [*_of_all(judged[0], rules), *_of_random(record["random"]), *told, *_of_prior(later, rules, seed)]
    return record | {"reasons": reasons or [_better(judged[0])], "decision": REFUSE if reasons else PROMOTE}


def _compared(later: Later, rows: Bools, parts: list[Cell], rules: Rules, seed: int) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Figures of the whole and of each cell, and the reasons that cells give."""
    labelled = later.labelled.of(rows)
    members = [np.ones(len(labelled), dtype=bool), *(cell.rows[rows] for cell in parts)]
    sides = [found(labelled, score[rows], members, rules.resamples, seed) for score in (later.champion, later.challenger)]
    figures = [_figures(labelled, sides[0], sides[1], member, place) for place, member in enumerate(members)]
    told = []
    for place, cell in enumerate(parts, 1):
        worse = [name for name in _OF_CELL if _is_worse(_differences(sides, name, place))]
        figures[place] |= {"dimension": cell.dimension, "members": list(cell.members), "worse": worse}
        told += [_cell_worse(cell, name, figures[place]) for name in worse]
    return figures, told


def _random(later: Later, rules: Rules, seed: int) -> dict[str, Any]:
    """Figures of the random stratum, with what it lacks to be judged."""
    rows = later.is_random
    weight = np.ones(int(rows.sum())) if later.random_weight is None else later.random_weight[rows]
    labelled = replace(later.labelled.of(rows), share=later.share_of_all[rows], weight=weight)
    violations = int(labelled.illicit.sum())
    if not violations:
        return {"rows": len(labelled), "violations": 0, "lacking": rules.random_violations, "champion": None, "challenger": None,
                "difference": None, "worse": []}
    whole = np.ones(len(labelled), dtype=bool)
    sides = [found(labelled, score[rows], [whole], rules.resamples, seed) for score in (later.champion, later.challenger)]
    lacking = max(rules.random_violations - violations, 0)
    worse = [name for name in _OF_ALL if not lacking and _is_worse(_differences(sides, name, 0))]
    return _figures(labelled, sides[0], sides[1], whole, 0) | {"lacking": lacking, "worse": worse}


def _figures(labelled: Labelled, champion: Found, challenger: Found, member: Bools, place: int) -> dict[str, Any]:
    def difference(name: str) -> dict[str, Any]:
        draws = _differences([champion, challenger], name, place)
        return {"value": finite(challenger.value[name][place] - champion.value[name][place]), "interval_95": interval(draws),
                "share_higher": _share_higher(draws)}

    return {"rows": int(member.sum()), "violations": int(labelled.illicit[member].sum()), "champion": champion.figures(place),
            "challenger": challenger.figures(place), "difference": {name: difference(name) for name in MEASURES}}


def _differences(sides: list[Found], name: str, place: int) -> Floats:
    """Challenger less champion, draw by draw."""
    return np.asarray(sides[1].draws[name][:, place] - sides[0].draws[name][:, place])


def _share_higher(draws: Floats) -> float | None:
    """The share of draws in which the challenger is higher, even ones counted half."""
    known = draws[~np.isnan(draws)]
    return float(np.mean(known > 0) + np.mean(known == 0) / 2) if len(known) else None


def _is_worse(draws: Floats) -> bool:
    """Whether the difference lies below zero beyond noise: all of its 95 % interval does."""
    high = interval(draws)[1]
    return high is not None and high < 0


def _of_all(whole: Mapping[str, Any], rules: Rules) -> list[dict[str, str]]:
    lower = [name for name in _OF_ALL if (whole["difference"][name]["value"] or 0.0) < 0]
    if lower:
        return [_reason("lower", Text(f"전체 {WORDS[name].ko} {_pair(whole, name)}: 후보가 낮음",
                                      f"Overall {WORDS[name].en} {_pair(whole, name)}: the challenger is lower")) for name in lower]
    certain = whole["difference"]["precision"]["share_higher"] or 0.0
    if certain >= rules.certainty:
        return []
    return [_reason("not_better", Text(
        f"적중률 {_pair(whole, 'precision')}: 재표본의 {certain:.0%}에서만 후보가 높음, {rules.certainty:.0%} 필요",
        f"Precision {_pair(whole, 'precision')}: the challenger is higher in {certain:.0%} of the resamples, {rules.certainty:.0%} are needed"))]


def _of_random(found_there: Mapping[str, Any]) -> list[dict[str, str]]:
    return [_reason("random_worse", Text(
        f"무작위 표본 {WORDS[name].ko} {_pair(found_there, name)}: 오차 범위를 넘어 낮음",
        f"Random stratum, {WORDS[name].en} {_pair(found_there, name)}: lower beyond noise")) for name in found_there["worse"]]


def _of_prior(later: Later, rules: Rules, seed: int) -> list[dict[str, str]]:
    if later.prior is None:
        return []
    whole = [np.ones(len(later.labelled), dtype=bool)]
    sides = [found(later.labelled, score, whole, rules.resamples, seed) for score in (later.prior, later.challenger)]
    told = []
    for name in (name for name in _OF_ALL if _is_worse(_differences(sides, name, 0))):
        pair = " → ".join(f"{side.value[name][0]:.3f}" for side in sides)
        told.append(_reason("worse_than_prior", Text(f"선언된 사전값 대비 {WORDS[name].ko} {pair}: 오차 범위를 넘어 낮음",
                                                     f"{WORDS[name].en.capitalize()} beside the declared prior {pair}: lower beyond noise")))
    return told


def _cell_worse(cell: Cell, name: str, figures: Mapping[str, Any]) -> dict[str, str]:
    what = DIMENSIONS[cell.dimension]
    members = {lang: ", ".join(TRADERS[each].of(lang) if each in TRADERS else each for each in cell.members) for lang in ("ko", "en")}
    return _reason("cell_worse", Text(f"{what.ko} {members['ko']}: {WORDS[name].ko} {_pair(figures, name)}, 오차 범위를 넘어 낮음",
                                      f"{what.en} {members['en']}: {WORDS[name].en} {_pair(figures, name)}, lower beyond noise"))


def _too_little(rows: int, violations: int, lacking: Mapping[str, int]) -> dict[str, str]:
    return _reason("too_little", Text(
        f"두 모델 모두 배우지 않은 검사 결과 {rows}건(적발 {violations}건): 결과 {lacking['outcomes']}건, 적발 {lacking['violations']}건 더 필요",
        f"{rows} outcomes with {violations} violations are known that neither model learned from: {lacking['outcomes']} outcomes and "
        f"{lacking['violations']} violations are lacking"))


def _better(whole: Mapping[str, Any]) -> dict[str, str]:
    return _reason("better", Text(
        f"적중률 {_pair(whole, 'precision')}, 추징세액 재현율 {_pair(whole, 'revenue_recall')}: 후보가 낫고, 오차 범위를 넘어 나빠진 곳 없음",
        f"Precision {_pair(whole, 'precision')}, revenue recall {_pair(whole, 'revenue_recall')}: the challenger is better and "
        f"worse beyond noise nowhere"))


def _pair(figures: Mapping[str, Any], name: str) -> str:
    """Champion's figure, an arrow, the challenger's."""
    both = (figures[side][name]["value"] for side in ("champion", "challenger"))
    return " → ".join("–" if value is None else f"{value:.3f}" for value in both)


def _reason(code: str, text: Text) -> dict[str, str]:
    return {"code": code, "ko": text.ko, "en": text.en}
