import json
import math
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shap
from labelled_world import examples, feature
from pyspark.sql import SparkSession

from features.feature import Feature
from lakehouse.text import Text
from models.configuration import Configuration
from models.drift import Counts, count_rows, drift_rows, limit, make_reference, outcome_row, proposal, stability
from models.plots import summary_plot
from models.prior import VERSION, prior_bundle
from models.score import SCORED, contributions, raw_score, score_batches, values_sql
from models.tables import DRIFT, TABLES
from models.train import Fitted, fit
from models.verify import read_forest

Rows = Callable[..., pd.DataFrame]


def batch(frame: pd.DataFrame) -> pa.RecordBatch:
    given = frame.drop(columns=["illicit", "revenue"]).assign(shipment_id=[f"s{i}" for i in range(len(frame))])
    return pa.Table.from_pandas(given, preserve_index=False).combine_chunks().to_batches()[0]


def test_contributions_add_up_to_the_score(fitted: Fitted, rows: Rows) -> None:
    frame = rows(700, seed=21)
    scored = pa.Table.from_batches(list(score_batches(fitted.bundle)(iter([batch(frame)])))).to_pandas()
    total = contributions(fitted.bundle, fitted.bundle.encoding.matrix(frame)).sum(axis=1)
    direct = raw_score(fitted.bundle, fitted.bundle.encoding.matrix(frame))
    assert np.abs(total - scored.score).max() < 1e-9 and np.abs(scored.score - direct).max() < 1e-6
    assert scored.shipment_id.tolist()[:2] == ["s0", "s1"] and scored.probability.between(0, 1).all()
    money = scored.probability * fitted.bundle.amount.of(frame.exposure_krw.to_numpy())
    assert scored.expected_revenue_krw.to_numpy() == pytest.approx(money.to_numpy())
    assert list(score_batches(fitted.bundle)(iter([batch(frame).slice(0, 0)]))) == []


def test_contributions_equal_the_shap_package(fitted: Fitted) -> None:
    import lightgbm

    explainer = shap.TreeExplainer(lightgbm.Booster(model_str=fitted.bundle.text))
    ours = contributions(fitted.bundle, fitted.sample[:200])
    assert np.abs(np.asarray(explainer.shap_values(fitted.sample[:200])) - ours[:, :-1]).max() < 1e-6


def test_contributions_equal_shapley_values_by_definition(rows: Rows) -> None:
    """The shap package asks LightGBM itself; here each value is worked out from the trees over all coalitions."""
    named = [feature("gap_ratio"), feature("price_ratio"), feature("noise")]
    made = fit(examples(rows(800)), named, Configuration(rounds=5, patience=0), seed=2)
    trees = [{k: np.array(v, dtype=float) for k, v in tree.lines.items()} for tree in read_forest(made.bundle.text).trees]
    row = np.nan_to_num(made.sample[0])

    def value(known: frozenset[int]) -> float:
        return sum(_expected(tree, 0, row, known) for tree in trees)

    for i in range(3):
        others = [j for j in range(3) if j != i]
        shares = sum(math.factorial(len(s)) * math.factorial(2 - len(s)) / 6 * (value(frozenset({*s, i})) - value(frozenset(s)))
                     for n in range(3) for s in combinations(others, n))
        assert contributions(made.bundle, row[None, :])[0, i] == pytest.approx(shares, abs=1e-6)


def _expected(tree: dict[str, Any], node: int, row: Any, known: frozenset[int]) -> float:
    if node < 0:
        return float(tree["leaf_value"][~node])
    left, right = int(tree["left_child"][node]), int(tree["right_child"][node])
    split = int(tree["split_feature"][node])
    if split in known:
        return _expected(tree, left if row[split] <= tree["threshold"][node] else right, row, known)
    sizes = [float(tree["internal_count"][c] if c >= 0 else tree["leaf_count"][~c]) for c in (left, right)]
    return sum(n * _expected(tree, c, row, known) for n, c in zip(sizes, (left, right), strict=True)) / sum(sizes)


def test_the_prior_adds_declared_terms_in_the_shape_of_a_model(features: tuple[Feature, ...]) -> None:
    prior = prior_bundle(features)
    matrix = np.array([[1.0, -1.0, 0, 0, np.nan], [0.9, -0.9, 9, 9, 0], [np.nan, np.nan, 0, 0, 0]])
    added = contributions(prior, matrix)
    assert added[:, :2].tolist() == [[1.5, 0.7], [0, 0], [0, 0]] and not added[:, 2:5].any()
    assert raw_score(prior, matrix) == pytest.approx(math.log(0.02 / 0.98) + np.array([2.2, 0, 0]))
    assert prior.version == VERSION and prior.calibration.probability(np.array([prior.base]))[0] == pytest.approx(0.02)
    with pytest.raises(ValueError, match="country"):
        prior_bundle([feature("country", type="category", prior=(1.0, 1.0))])


@pytest.mark.spark
def test_spark_scores_as_the_driver_does(spark: SparkSession, fitted: Fitted, features: tuple[Feature, ...], rows: Rows) -> None:
    frame = rows(300, seed=5).drop(columns=["illicit", "revenue"])
    frame["shipment_id"] = [f"s{i:03}" for i in range(300)]
    sent = spark.createDataFrame(pa.Table.from_pandas(frame, preserve_index=False))
    for bundle in (fitted.bundle, prior_bundle(features)):
        scored = sent.repartition(3).mapInArrow(score_batches(bundle), SCORED).orderBy("shipment_id").toPandas()
        assert scored.score.to_numpy() == pytest.approx(raw_score(bundle, bundle.encoding.matrix(frame)), abs=1e-9)
    kept = sent.selectExpr(f"{values_sql(fitted.bundle.names)} AS v", "country").first()
    assert kept is not None and kept.v[4] == kept.country and len(kept.v) == 5


def test_the_same_world_does_not_drift_and_a_shifted_one_does(fitted: Fitted, rows: Rows) -> None:
    bundle, words = fitted.bundle, {"gap_ratio": Text("중량 차이", "Weight gap")}

    def rows_of(frame: pd.DataFrame) -> dict[tuple[str, str], dict[str, Any]]:
        matrix = bundle.encoding.matrix(frame)
        added = contributions(bundle, matrix)
        halves = [count_rows(bundle, matrix[part], added[part].sum(axis=1), added[part, :-1]) for part in (slice(0, 100), slice(100, None))]
        return {(r["kind"], r["subject"]): r for r in drift_rows(bundle, halves[0] + halves[1], pd.Timestamp("2026-06-30").date(), words)}

    calm = rows_of(rows(1500, seed=31))
    assert not [key for key, row in calm.items() if row["is_drifting"]] and ("input", "country") in calm
    moved = rows(1500, seed=32)
    moved["gap_ratio"] += 1.5
    moved["country"] = "BB"
    found = rows_of(moved)
    drifting = {key for key, row in found.items() if row["is_drifting"]}
    assert {("input", "gap_ratio"), ("input", "country"), ("score", "score"), ("explanation", "gap_ratio")} <= drifting
    assert ("input", "noise") not in drifting and "중량 차이" in found["input", "gap_ratio"]["text_ko"]
    assert set(found["score", "score"]) == set(DRIFT.columns)
    assert drift_rows(bundle, count_rows(bundle, np.zeros((0, 5))), pd.Timestamp("2026-06-30").date(), words) == []


def test_few_rows_are_not_drift_by_chance_and_values_gone_missing_are(fitted: Fitted, rows: Rows) -> None:
    bundle = fitted.bundle
    false = 0
    for seed in range(40):
        counts = count_rows(bundle, bundle.encoding.matrix(rows(25, seed=seed)))
        false += sum(row["is_drifting"] for row in drift_rows(bundle, counts, pd.Timestamp("2026-06-30").date(), {}))
    assert false <= 6  # Of 200.
    assert stability(np.array([50.0, 50, 0]), np.array([0.0, 0, 100])) > 5
    assert limit(np.full(10, 1e5), np.full(10, 1e5)) == 0.2


def test_more_than_its_share_of_drift_proposes_to_train_anew_and_a_part_of_it_does_not(fitted: Fitted, rows: Rows) -> None:
    bundle, day = fitted.bundle, pd.Timestamp("2026-06-30").date()

    def counted(frame: pd.DataFrame) -> Counts:
        matrix = bundle.encoding.matrix(frame)
        return count_rows(bundle, matrix, raw_score(bundle, matrix))

    calm, moved = rows(1500, seed=31), rows(1500, seed=32)
    moved["gap_ratio"] += 1.5
    before = counted(moved)
    # What the model met first is the measure, not what it learned from.
    found = drift_rows(bundle, counted(moved), day, {}, before)
    assert found and not [row for row in found if row["is_drifting"]] and proposal(found, 0.1) is None
    shifted = drift_rows(bundle, counted(calm), day, {}, before)
    why = proposal(shifted, 0.1)
    assert why is not None and "재학습" in why.ko and "proposed" in why.en
    part = drift_rows(bundle, counted(calm), day, {}, before, "office:020")
    assert [row for row in part if row["is_drifting"]] and {row["segment"] for row in part} == {"office:020"} and proposal(part, 0.1) is None


def test_what_inspections_find_drifts_beyond_chance_alone() -> None:
    day = pd.Timestamp("2026-06-30").date()
    assert outcome_row(day, (10, 49), (100, 1000)) is None
    alike, more = outcome_row(day, (12, 100), (100, 1000)), outcome_row(day, (40, 100), (100, 1000))
    assert alike is not None and not alike["is_drifting"] and more is not None and more["is_drifting"] and "30.0%" in more["text_en"]


def test_the_reference_is_plain_json(fitted: Fitted) -> None:
    held = make_reference(fitted.bundle, fitted.sample)
    assert json.loads(json.dumps(held)) == held


def test_the_summary_plot_is_a_picture(fitted: Fitted, tmp_path: Any) -> None:
    summary_plot(fitted.bundle, fitted.sample[:100], tmp_path / "s.png")
    assert (tmp_path / "s.png").read_bytes()[:4] == b"\x89PNG"


def test_tables_hold_the_columns_of_the_contract() -> None:
    columns = {table.full_name: set(table.columns) for table in TABLES}
    assert columns["gold.score"] == {"shipment_id", "as_of", "scored_at", "business_date", "office_code", "model_version", "score",
                                     "probability", "expected_revenue_krw", "rank", "lane", "before_release", "input_versions",
                                     # Beside those of the contract, which may stand with others.
                                     "probability_low", "probability_high", "similar_outcomes"}
    assert columns["gold.selection"] == {"business_date", "office_code", "shipment_id", "position", "action", "reason",
                                         "inclusion_probability"}
    assert {"base_value", "features", "feature_values", "contributions", "reasons"} <= columns["gold.explanation"]
