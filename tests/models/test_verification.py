import re
from collections.abc import Callable

import lightgbm
import numpy as np
import pytest
from labelled_world import examples, world

from features.feature import Feature
from lakehouse.errors import InternalError
from models.bundle import open_bundle, sha256
from models.configuration import Configuration
from models.train import Fitted, fit
from models.verify import read_forest, verify_model


def changed(key: str, place: int, value: str, tree: int = 3) -> Callable[[str], str]:
    """A model whose line `key` of one tree holds another value."""
    def mutate(text: str) -> str:
        head, body = text.split(f"Tree={tree}\n")
        found = re.search(rf"^{key}=(.*)$", body, re.MULTILINE)
        assert found
        values = found[1].split(" ")
        values[place] = value
        return f"{head}Tree={tree}\n{body[: found.start(1)]}{' '.join(values)}{body[found.end(1) :]}"

    return mutate


MUTATIONS: dict[str, Callable[[str], str]] = {
    "feature beyond": changed("split_feature", 0, "5"),
    "feature far beyond": changed("split_feature", 1, "2000000000"),
    "feature negative": changed("split_feature", 0, "-1"),
    "child beyond": changed("left_child", 0, "999"),
    "child circle": changed("left_child", 1, "0"),
    "child itself": changed("right_child", 0, "0"),
    "leaf beyond": changed("right_child", 0, "-999"),
    "leaf twice": changed("left_child", 1, "-1"),
    "leaves more": changed("num_leaves", 0, "4000"),
    "leaves none": changed("num_leaves", 0, "0"),
    "leaves huge": changed("num_leaves", 0, "99999999999999"),
    "leaf not finite": changed("leaf_value", 0, "nan"),
    "leaf infinite": changed("leaf_value", 0, "inf"),
    "leaf word": changed("leaf_value", 0, "x"),
    "threshold unknown": changed("threshold", 0, "nan"),
    "decision type": changed("decision_type", 0, "200"),
    "number made category": changed("decision_type", 0, "1"),
    "count zero": changed("internal_count", 0, "0"),
    "linear": changed("is_linear", 0, "1"),
    "line gone": lambda t: re.sub(r"^left_child=.*\n", "", t, count=1, flags=re.MULTILINE),
    "line twice": lambda t: re.sub(r"^(leaf_count=.*\n)", r"\1\1", t, count=1, flags=re.MULTILINE),
    "values fewer": lambda t: re.sub(r"^(threshold=\S+) .*$", r"\1", t, count=1, flags=re.MULTILINE),
    "tree gone": lambda t: re.sub(r"Tree=1\n.*?(?=Tree=2\n)", "", t, flags=re.DOTALL),
    "sizes": lambda t: re.sub(r"tree_sizes=\d+", "tree_sizes=99999999", t),
    "sizes negative": lambda t: re.sub(r"tree_sizes=\d+", "tree_sizes=-5", t),
    "fewer features": lambda t: t.replace("max_feature_idx=4", "max_feature_idx=3"),
    "many features": lambda t: t.replace("max_feature_idx=4", "max_feature_idx=2147483647"),
    "other name": lambda t: t.replace("gap_ratio", "gap_rati0"),
    "classes": lambda t: t.replace("num_class=1", "num_class=1000000"),
    "objective": lambda t: t.replace("binary sigmoid:1", "multiclass num_class:9"),
    "cut": lambda t: t[: len(t) // 2],
    "cut with end": lambda t: t[: len(t) // 2] + "\nend of trees\n",
    "tail": lambda t: t + "parameters:\n[objective: binary]\nend of parameters\n",
    "not ascii": lambda t: t.replace("version=v4", "version=v４"),
    "null byte": lambda t: t.replace("Tree=1", "Tree=\x00"),
    "empty": lambda t: "",
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_tampered_text_is_refused_even_where_its_hash_was_forged(fitted: Fitted, name: str) -> None:
    text = MUTATIONS[name](fitted.bundle.text)
    plain = fitted.bundle.to_json()
    assert text != fitted.bundle.text
    with pytest.raises(InternalError) as refused:
        open_bundle("haechi-1", text, plain, {"model": sha256(text), "bundle": sha256(plain)}, fitted.bundle.names)
    assert refused.value.code in ("model.tampered", "model.features") and refused.value.hint


def test_a_category_set_that_points_outside_is_refused(fitted: Fitted) -> None:
    number = next(i for i, tree in enumerate(read_forest(fitted.bundle.text).trees) if tree.categories)
    node = next(i for i, kind in enumerate(read_forest(fitted.bundle.text).trees[number].lines["decision_type"]) if int(kind) & 1)
    for key, place, value in (("threshold", node, "77"), ("cat_boundaries", 1, "900"), ("cat_boundaries", 0, "1"),
                              ("cat_threshold", 0, "-4"), ("cat_threshold", 0, "99999999999"), ("decision_type", node, "2")):
        with pytest.raises(InternalError, match="refused"):
            verify_model(changed(key, place, value, number)(fitted.bundle.text), fitted.bundle.names)


def test_three_hundred_random_mutations_never_reach_lightgbm_unseen(features: tuple[Feature, ...]) -> None:
    """Any change fails the hash; with a forged hash, what is still accepted predicts without a crash."""
    fitted = fit(examples(world(600)), features, Configuration(rounds=6, patience=0), seed=1)
    text, plain, draw = fitted.bundle.text, fitted.bundle.to_json(), np.random.default_rng(13)
    accepted = 0
    for _ in range(300):
        at, letter = int(draw.integers(0, len(text))), "0123456789-. \n=e"[draw.integers(0, 16)]
        bad = text[:at] + letter + text[at + int(draw.integers(0, 2)) :]
        if bad == text:
            continue
        with pytest.raises(InternalError, match="sha256 differs"):
            open_bundle("haechi-1", bad, plain, {"model": sha256(text), "bundle": sha256(plain)}, fitted.bundle.names)
        try:
            verify_model(bad, fitted.bundle.names)
        except InternalError:
            continue
        accepted += 1
        lightgbm.Booster(model_str=bad).predict(fitted.sample[:5], pred_contrib=True, num_threads=1)
    assert accepted < 150


def test_a_text_is_read_and_written_back_the_same_and_scores_as_lightgbm_wrote_it(fitted: Fitted) -> None:
    draw = np.random.default_rng(0)
    matrix = draw.normal(size=(400, 3))
    matrix[draw.random((400, 3)) < 0.2] = np.nan
    matrix[:, 2] = draw.integers(0, 40, 400)
    label = (np.nan_to_num(matrix[:, 0]) + (matrix[:, 2] % 3 == 0) > 0.5).astype(float)
    booster = lightgbm.train({"objective": "binary", "verbosity": -1, "min_data_per_group": 5, "num_threads": 1,
                              "monotone_constraints": [1, 0, 0]},
                             lightgbm.Dataset(matrix, label, feature_name=["a", "b", "c"], categorical_feature=[2]), 30)
    forest = read_forest(booster.model_to_string())
    again = lightgbm.Booster(model_str=forest.text)
    theirs, ours = (model.predict(matrix, pred_contrib=True, num_threads=1) for model in (booster, again))
    assert np.array_equal(theirs, ours)
    assert read_forest(forest.text) == forest and read_forest(again.model_to_string()).text == forest.text
    verify_model(fitted.bundle.text, fitted.bundle.names)


def test_the_bundle_is_refused_when_changed_of_another_form_or_of_features_gone(fitted: Fitted) -> None:
    text, plain = fitted.bundle.text, fitted.bundle.to_json()
    hashes = {"model": sha256(text), "bundle": sha256(plain)}
    assert open_bundle("haechi-1", text, plain, hashes, [*fitted.bundle.names, "declared_since"]) == fitted.bundle.named("haechi-1")
    with pytest.raises(InternalError, match="bundle file"):
        open_bundle("haechi-1", text, plain.replace('"slope": ', '"slope": 9'), hashes, fitted.bundle.names)
    with pytest.raises(InternalError, match="declared no more"):
        open_bundle("haechi-1", text, plain, hashes, fitted.bundle.names[:-1])
    for broken, word in ((plain.replace('"form": 1', '"form": 2'), "form 2"), (plain[:-9], "cannot be read")):
        with pytest.raises(InternalError, match=word):
            open_bundle("haechi-1", text, broken, {"model": sha256(text), "bundle": sha256(broken)}, fitted.bundle.names)
