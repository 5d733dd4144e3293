"""Backtest: past nights again by any policy at any capacity, from the features, scores and outcomes that were stored."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

from features.catalogue import FEATURES, HISTORIES
from features.feature import Feature
from fusion.describe import COLUMNS
from fusion.described import DECLARED
from jobs.context import Run, beside_nights
from jobs.later import Weeks, labelled, weeks, weights
from jobs.manifest import require_published
from jobs.promotion import bundle_of, trained_until
from jobs.train import configuration, examples, labelled_rows, registry_of
from lakehouse.clock import end_of, sql_instant
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import Settings
from lakehouse.text import Text
from models.backtest import along, side_by_side
from models.bundle import Bundle
from models.capacity import Floats
from models.prior import VERSION
from models.registry import CHALLENGER, CHAMPION
from models.score import raw_score
from models.tables import SCORE
from models.train import fit

POLICIES = {
    "as_scored": Text("그날 밤의 점수", "As scored that night"),
    "champion": Text("운영 모델", "Champion"), "challenger": Text("후보 모델", "Challenger"),
    "prior": Text("선언된 사전 규칙", "Declared prior"), "evidence": Text("불일치 종합(noisy-or)", "Evidence alone (noisy-or)"),
    "declaration_only": Text("신고 항목만 학습한 모델", "Model of declared fields alone"), "random": Text("무작위", "Random"),
    "oracle": Text("정답을 아는 경우", "Whoever knows the outcome"),
}
NOTE = Text("결과는 검사한 화물에만 있음: 모델이 고른 화물에 치우친 비교이며, 무작위 표본의 값을 함께 볼 것",
            "Outcomes are known of inspected shipments alone: the comparison leans to what was picked then; read the random stratum beside it")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_RESAMPLES, _TOO_FEW = 300, Text("그 전에 알려진 검사 결과 부족", "too few outcomes were known before")
_ABSENT = Text("등록된 모델 없음", "no such model is registered")
_LEARNED = Text("이 기간의 결과로 학습했을 수 있음", "it may have learned from these outcomes")
_SPARK = Callable[[Settings], Callable[[], SparkSession]]


@dataclass(frozen=True)
class Scored:
    """What a policy gives each row, the version that gave it, and whether that may have learned from the rows."""

    score: Floats
    version: str = ""
    has_learned: bool = False


def backtest(lake: Lake, settings: Settings, spark_of: _SPARK, say: Callable[[str], None], first: date, last: date,
             capacity: float | None) -> dict[str, Any]:
    """What each policy would have found on the nights from `first` to `last`.

    `capacity` is a share of each office's shipments below 1, a number a night from 1 on, each office's own where None.
    CallerError where nothing was scored then or no violation is known of it.
    """
    if last < first:
        raise CallerError("backtest.dates", f"{last} lies before {first}", "Give --from the earlier date.")
    published = require_published(lake)
    run = beside_nights(published, spark_of(settings)(), lake, settings, "backtest", say)
    # The night before has ended by then: its rows are not asked for.
    since = end_of(first - timedelta(days=1)) + timedelta(seconds=1)
    told = _at(weeks(run, since, min(end_of(last), run.as_of)), capacity)
    if not told.rows.num_rows or not told.column("illicit").any():
        raise CallerError("backtest.none", f"No violation is known of shipments scored from {first} to {last}",
                          "Take more nights, or wait for their outcomes: haechi list runs.")
    say(f"{told.rows.num_rows} outcomes of {told.nights} nights")
    scored, left_out = _policies(run, told, since)
    weight, is_weighted = weights(told)
    rows, scores = labelled(told, weight, is_weighted), {name: one.score for name, one in scored.items()}
    seed = settings["train.seed"]
    return {
        "from": str(first), "to": str(last), "nights": told.nights, "rows": len(rows), "violations": int(rows.illicit.sum()),
        "random_rows": int(told.is_random.sum()), "random_violations": int(rows.illicit[told.is_random].sum()), "is_weighted": is_weighted,
        "capacity": told.capacity, "note": {"ko": NOTE.ko, "en": NOTE.en},
        "policies": _figures(scored, side_by_side(rows, scores, np.ones(len(rows), dtype=bool), _RESAMPLES, seed),
                             side_by_side(rows, scores, told.is_random, _RESAMPLES, seed)),
        "curve": along(rows, scores),
        "left_out": [{"policy": name, "ko": why.ko, "en": why.en} for name, why in left_out.items()]}


def _at(told: Weeks, capacity: float | None) -> Weeks:
    """The same weeks with the capacity asked for in place of the offices' own."""
    if capacity is None:
        return told
    nights, given = max(told.nights, 1), {}
    for office, own in told.capacity.items():
        places = capacity if capacity >= 1 else capacity * own["shipments"] / nights
        given[office] = {**own, "places_a_night": places, "share": min(1.0, places * nights / own["shipments"])}
    return replace(told, capacity=given)


def _policies(run: Run, told: Weeks, since: datetime) -> tuple[dict[str, Scored], dict[str, Text]]:
    registry = registry_of(run.lake, run.settings)
    models = {model["version"]: model for model in registry.models()}
    found, left_out = {"as_scored": Scored(_as_scored(run, told))}, {}
    for name, alias in (("champion", CHAMPION), ("challenger", CHALLENGER)):
        version = registry.holder(alias)
        if version:
            found[name] = Scored(_score(registry.load(version, [f.name for f in FEATURES]), told), version, trained_until(models[version]) > since)
        else:
            left_out[name] = _ABSENT
    found["prior"] = Scored(_score(bundle_of(registry, None), told), VERSION)
    found["evidence"] = Scored(np.nan_to_num(told.column("evidence_prior").astype(np.float64)))
    alone = _declaration_only(run, since)
    if alone is None:
        left_out["declaration_only"] = _TOO_FEW
    else:
        found["declaration_only"] = Scored(_score(alone, told))
    found["random"] = Scored(np.random.default_rng(run.settings["train.seed"]).random(told.rows.num_rows))
    revenue = np.nan_to_num(told.column("revenue_krw").astype(np.float64))
    found["oracle"] = Scored(told.column("illicit").astype(np.float64) + revenue / (1 + 2 * revenue.max()))
    return {name: found[name] for name in POLICIES if name in found}, left_out


def _score(bundle: Bundle, told: Weeks) -> Floats:
    return raw_score(bundle, bundle.encoding.matrix(told.rows))


def _as_scored(run: Run, told: Weeks) -> Floats:
    """The score that was published of each row, by whatever ranked that night; the least where none was."""
    keys = ["shipment_id", "as_of"]
    inspected = labelled_rows(run).select(*keys)
    scores = run.known.read(run.spark, SCORE).join(F.broadcast(inspected), keys, "left_semi")
    held = scores.groupBy(*keys).agg(F.max("score").alias("score")).toArrow().to_pandas()
    score = told.rows.select(keys).to_pandas().merge(held, on=keys, how="left")["score"]
    return np.asarray(score.fillna(score.min() if score.notna().any() else 0.0), dtype=np.float64)


def _declaration_only(run: Run, since: datetime) -> Bundle | None:
    """A model of what declarations say by themselves, from outcomes known before; None where they are too few."""
    known = labelled_rows(run).where(F.expr(f"label_known_at <= {sql_instant(since)}")).orderBy("as_of", "shipment_id").toArrow()
    illicit = known["illicit"].to_numpy(zero_copy_only=False).astype(np.float64)
    if len(illicit) < run.settings["labels.outcomes_needed"] or illicit.sum() < run.settings["labels.violations_needed"]:
        return None
    return fit(examples(known, run.settings["train.weight_cap"]), of_declarations(), configuration("default"), run.settings["train.seed"]).bundle


def of_declarations() -> tuple[Feature, ...]:
    """The features that read what a declaration says and nothing else: no other feed, no history."""
    columns, declared = {*COLUMNS, *(history.name for history in HISTORIES)}, {field.name for field in DECLARED}
    return tuple(feature for feature in FEATURES if (read := columns & set(_NAME.findall(feature.sql))) and read <= declared)


def _figures(scored: dict[str, Scored], whole: dict[str, Any], drawn: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"policy": name, "ko": POLICIES[name].ko, "en": POLICIES[name].en, "model_version": one.version or None, "has_learned": one.has_learned,
             "warning": {"ko": _LEARNED.ko, "en": _LEARNED.en} if one.has_learned else None, "all": whole[name], "random": drawn.get(name)}
            for name, one in scored.items()]
