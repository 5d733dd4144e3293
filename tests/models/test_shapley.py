"""The quick way to SHAP values beside LightGBM's own: same values, sums, bytes whatever the batch, and hard trees."""

import json
from collections.abc import Callable
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pytest
import shap
from labelled_world import examples, feature

from models.bundle import Bundle
from models.configuration import Configuration
from models.encoding import Encoding
from models.overview import overview, overview_plot
from models.score import FAST_FROM, Method, contributions, method_for, raw_score
from models.shapley import fits, interactions, shapley
from models.train import Fitted, fit
from models.verify import read_forest

Rows = Callable[..., pd.DataFrame]


def plain(text: str) -> str:
    return read_forest(text).text


def grown_on(matrix: np.ndarray, label: np.ndarray, **given: object) -> str:
    """The text of a booster over columns, the first of which are categories where `categories` says so."""
    codes = list(range(int(given.pop("categories", 0))))  # type: ignore[call-overload]
    parameters = {"objective": "binary", "verbosity": -1, "num_threads": 1, "min_data_in_leaf": 5, "seed": 3, **given}
    data = lightgbm.Dataset(matrix, label, categorical_feature=codes, feature_name=[f"x{i}" for i in range(matrix.shape[1])], params=parameters)
    return plain(lightgbm.train(parameters, data, 20).model_to_string(num_iteration=-1))


def both(text: str, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return shapley(text, matrix), lightgbm.Booster(model_str=text).predict(matrix, pred_contrib=True)


def test_both_ways_agree_on_a_model_with_categories_and_gaps(fitted: Fitted, rows: Rows) -> None:
    matrix = fitted.bundle.encoding.matrix(rows(900, seed=4))
    quick, own = both(fitted.bundle.text, matrix)
    assert np.abs(quick - own).max() < 1e-9
    assert np.abs(quick.sum(axis=1) - raw_score(fitted.bundle, matrix)).max() < 1e-9
    assert fits(fitted.bundle.text)


@pytest.mark.parametrize("given", [
    {"num_leaves": 2}, {"num_leaves": 3}, {"num_leaves": 64, "max_depth": 3}, {"num_leaves": 200, "min_data_in_leaf": 2},
    {"num_leaves": 31, "categories": 3, "cat_smooth": 0.1, "cat_l2": 0.0, "min_data_per_group": 5, "max_cat_to_onehot": 1},
    {"num_leaves": 31, "zero_as_missing": True}, {"num_leaves": 31, "use_missing": False}, {"num_leaves": 40, "feature_fraction": 0.3},
])
def test_both_ways_agree_on_every_kind_of_tree(given: dict[str, object]) -> None:
    draw = np.random.default_rng(8)
    matrix = draw.normal(size=(1500, 7)).round(1)
    matrix[:, :3] = draw.integers(0, 40, (1500, 3))
    matrix[draw.random(matrix.shape) < 0.1] = np.nan
    matrix[draw.random(matrix.shape) < 0.05] = 0.0
    label = (np.nan_to_num(matrix[:, 3]) + (np.nan_to_num(matrix[:, 0]) % 3 == 0) + 0.3 * draw.normal(size=1500) > 0.8).astype(float)
    text = grown_on(matrix, label, **given)
    asked = np.vstack([matrix[:300], np.full((1, 7), np.nan), np.full((1, 7), -5.0), np.full((1, 7), 1e6), np.zeros((1, 7))])
    quick, own = both(text, asked)
    assert np.abs(quick - own).max() < 1e-9


def test_a_tree_that_asks_of_more_features_than_there_are_rows_patterns(rows: Rows) -> None:
    """One long branch: two to the power of its features would not fit in memory."""
    draw = np.random.default_rng(5)
    matrix = draw.random((4000, 40))
    label = (matrix > 0.12).all(axis=1).astype(float)
    text = grown_on(matrix, label, num_leaves=40, min_data_in_leaf=1, min_sum_hessian_in_leaf=1e-9)
    deepest = max(len(set(tree.lines["split_feature"])) for tree in read_forest(text).trees)
    assert deepest > 25
    quick, own = both(text, matrix[:60])
    assert np.abs(quick - own).max() < 1e-9


def test_a_rows_bytes_do_not_depend_on_the_rows_beside_it(fitted: Fitted, rows: Rows) -> None:
    matrix = fitted.bundle.encoding.matrix(rows(2500, seed=6))
    whole = shapley(fitted.bundle.text, matrix)
    for part in (slice(0, 1), slice(7, 9), slice(100, 400), slice(2000, 2500)):
        assert shapley(fitted.bundle.text, matrix[part]).tobytes() == whole[part].tobytes()
    own = contributions(fitted.bundle, matrix, method=Method.PRED_CONTRIB)
    assert contributions(fitted.bundle, matrix[5:6], method=Method.PRED_CONTRIB).tobytes() == own[5:6].tobytes()


def test_the_way_goes_by_the_number_of_rows(fitted: Fitted, rows: Rows) -> None:
    assert method_for(fitted.bundle, FAST_FROM - 1) == Method.PRED_CONTRIB and method_for(fitted.bundle, FAST_FROM) == Method.WOODELF
    assert method_for(Bundle("prior-1", Encoding((), {})), FAST_FROM) == Method.PRIOR
    matrix = fitted.bundle.encoding.matrix(rows(FAST_FROM, seed=9))
    assert contributions(fitted.bundle, matrix).tobytes() == shapley(fitted.bundle.text, matrix).tobytes()
    assert contributions(fitted.bundle, matrix[:3]).tobytes() == contributions(fitted.bundle, matrix[:3], method=Method.PRED_CONTRIB).tobytes()


def test_a_model_with_a_branch_no_row_came_by_is_left_to_lightgbm(rows: Rows) -> None:
    text = fit(examples(rows(800)), [feature("gap_ratio"), feature("noise")], Configuration(rounds=2, patience=0), seed=2).bundle.text
    counts = next(line for line in text.splitlines() if line.startswith("leaf_count="))
    emptied = text.replace(counts, "leaf_count=0 " + counts.split(" ", 1)[1], 1)
    assert fits(text) and not fits(emptied)
    assert method_for(Bundle("haechi-1", Encoding(("gap_ratio", "noise"), {}), emptied), 10**6) == Method.PRED_CONTRIB


def test_interactions_are_those_of_the_shap_package_and_add_up() -> None:
    draw = np.random.default_rng(2)
    matrix = draw.normal(size=(900, 5))
    matrix[draw.random(matrix.shape) < 0.1] = np.nan
    label = (np.nan_to_num(matrix[:, 0] * matrix[:, 1]) + 0.5 * np.nan_to_num(matrix[:, 2]) > 0.3).astype(float)
    text = grown_on(matrix, label, num_leaves=9)
    found = interactions(text, matrix[:150])
    theirs = shap.TreeExplainer(lightgbm.Booster(model_str=text)).shap_interaction_values(matrix[:150])
    own = shapley(text, matrix[:150])
    for i in range(5):
        beside = np.zeros(150)
        for j in range(5):
            if i != j:
                values = found.get((min(i, j), max(i, j)), np.zeros(150))
                assert np.abs(values - theirs[:, i, j]).max() < 1e-5  # The package reckons in 32 bits.
                beside += values
        assert np.abs(own[:, i] - beside - theirs[:, i, i]).max() < 1e-5
    assert np.abs(found[0, 1]).mean() > np.abs(found[0, 2]).mean()


def test_the_overview_tells_what_the_world_was_made_of(fitted: Fitted, tmp_path: Path) -> None:
    told = overview(fitted.bundle, fitted.sample)
    assert json.loads(json.dumps(told)) == told
    assert {each["feature"] for each in told["importance"][:3]} == {"gap_ratio", "price_ratio", "country"}
    curve = [point["contribution"] for point in told["dependence"]["gap_ratio"] if point["value"] is not None]
    assert curve == sorted(curve) and len(curve) > 5
    codes = {point["value"]: point["contribution"] for point in told["dependence"]["country"]}
    assert max((code for code in codes if code), key=lambda code: codes[code]) == "BB" and None in codes
    assert all(each["weight"] > 0 for each in told["interactions"]) and told["rows"] == len(fitted.sample)
    overview_plot(told, tmp_path / "o.png")
    assert (tmp_path / "o.png").read_bytes()[:4] == b"\x89PNG"
