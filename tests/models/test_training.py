from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from labelled_world import SMALL, examples

from features.feature import Feature
from lakehouse.errors import CallerError, InternalError
from models.configuration import Configuration, read_configuration
from models.encoding import Encoding, learn_encoding
from models.score import contributions, raw_score
from models.split import clusters, folds, kept_rows, twin_free
from models.train import Fitted, _Trainer, fit
from models.verify import read_forest

Rows = Callable[..., pd.DataFrame]


def test_categories_are_codes_by_frequency_rare_and_unseen_are_other_null_is_nan(features: tuple[Feature, ...], rows: Rows) -> None:
    learned = learn_encoding(rows(1000), features, rarest=100)
    assert learned.vocabularies == {"country": ("AA", "BB", "CC")} and learned.categories == [4]
    frame = pa.table({n: pa.array([1.5, None, 3.0, 4.0]) for n in learned.names[:4]} | {"country": ["BB", "DD", "ZZ", None]})
    matrix = learned.matrix(frame)
    assert matrix[:, 4].tolist()[:3] == [1.0, 3.0, 3.0] and np.isnan(matrix[3, 4]) and np.isnan(matrix[1, 0]) and matrix[0, 0] == 1.5
    dictionary = frame.set_column(4, "country", frame["country"].dictionary_encode())
    assert np.array_equal(learned.matrix(dictionary), matrix, equal_nan=True)
    assert Encoding.from_json(learned.to_json()) == learned


def test_a_missing_or_wrong_feature_is_named(fitted: Fitted, rows: Rows) -> None:
    with pytest.raises(InternalError, match="noise"):
        fitted.bundle.encoding.matrix(rows(10).drop(columns="noise"))
    with pytest.raises(InternalError, match="age_days"):
        fitted.bundle.encoding.matrix(rows(10).assign(age_days="x"))


def test_the_same_seed_gives_the_same_model_to_the_bit_on_any_threads(features: tuple[Feature, ...], fitted: Fitted, rows: Rows) -> None:
    again = fit(examples(rows(2500)), features, SMALL, seed=11)
    assert again.bundle.text == fitted.bundle.text and again.bundle.to_json() == fitted.bundle.to_json()
    few = replace(SMALL, rounds=10, patience=0)
    one, two = (fit(examples(rows(2500)), features, replace(few, parameters={"num_threads": n}), seed=11) for n in (1, 2))
    assert one.bundle.text == two.bundle.text
    assert fit(examples(rows(2500)), features, SMALL, seed=12).bundle.text != fitted.bundle.text


def test_what_the_search_for_rounds_trained_is_what_training_again_gives(features: tuple[Feature, ...], rows: Rows,
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    for given in (SMALL, replace(SMALL, bags=2), replace(SMALL, holdout_violations=10_000)):
        once, trained = fit(examples(rows(1200)), features, given, seed=11), _Trainer.bags
        with monkeypatch.context() as patched:
            patched.setattr(_Trainer, "bags", lambda self, of, rounds, made=(), trained=trained: trained(self, of, rounds))
            again = fit(examples(rows(1200)), features, given, seed=11)
        assert once.bundle.to_json() == again.bundle.to_json() and np.array_equal(once.held_out_score, again.held_out_score)


def test_the_model_ranks_is_calibrated_and_keeps_directions(fitted: Fitted, rows: Rows) -> None:
    fresh = rows(4000, seed=99)
    matrix = fitted.bundle.encoding.matrix(fresh)
    probability = fitted.bundle.calibration.probability(raw_score(fitted.bundle, matrix))
    assert fitted.metrics["auc"] > 0.8 and abs(probability.mean() - fresh.illicit.mean()) < 0.03
    for column, sign in ((0, 1), (1, -1)):
        line = np.repeat(matrix[:1], 50, axis=0)
        line[:, column] = np.linspace(-2, 2, 50)
        steps = np.diff(raw_score(fitted.bundle, line)) * sign
        assert (steps >= -1e-12).all() and steps.max() > 0


def test_bags_become_one_booster_whose_score_is_their_mean(features: tuple[Feature, ...], rows: Rows) -> None:
    frame = rows(1500)
    given = replace(SMALL, rounds=20, patience=0)
    bagged = fit(examples(frame), features, replace(given, bags=3), seed=5)
    single = [fit(examples(frame), features, given, seed=5 + bag) for bag in range(3)]
    matrix = bagged.bundle.encoding.matrix(frame)
    assert raw_score(bagged.bundle, matrix) == pytest.approx(np.mean([raw_score(s.bundle, matrix) for s in single], axis=0), abs=1e-9)
    assert contributions(bagged.bundle, matrix[:50]).sum(axis=1) == pytest.approx(raw_score(bagged.bundle, matrix[:50]), abs=1e-9)
    assert len(read_forest(bagged.bundle.text).trees) == 60


def test_two_hundred_outcomes_with_twenty_violations_make_a_model(features: tuple[Feature, ...], rows: Rows) -> None:
    frame = rows(200, rate=0.05)
    frame["illicit"] = (frame.gap_ratio.fillna(0).rank(ascending=False) <= 20).astype(float)
    made = fit(examples(frame), features, Configuration(rounds=100), seed=1)
    assert made.violations == 20 and made.metrics["n"] == 160 and made.metrics["auc"] > 0.7
    probability = made.bundle.calibration.probability(made.held_out_score)
    assert probability.min() > 0 and probability.max() < 1


def test_one_class_is_refused_and_a_column_unknown_everywhere_is_borne(features: tuple[Feature, ...], rows: Rows) -> None:
    with pytest.raises(CallerError, match="0 violations"):
        fit(examples(rows(300).assign(illicit=0.0)), features, SMALL, seed=1)
    made = fit(examples(rows(600).assign(noise=np.nan)), features, SMALL, seed=1)
    assert np.isfinite(contributions(made.bundle, made.sample)).all()


def test_held_out_rows_are_later_and_labels_known_too_late_do_not_train(rows: Rows) -> None:
    frame = rows(2000)
    late = (frame.as_of + pd.Timedelta(days=30)).to_numpy()
    (fold,) = folds(frame.as_of.to_numpy(), late, frame.illicit.to_numpy(), None, Configuration())
    first = frame.as_of.to_numpy()[fold.held_out].min()
    assert (late[fold.train] <= first).all() and len(fold.train) < 0.7 * len(frame)
    few = folds(frame.as_of.to_numpy(), late, (np.arange(2000) % 40 == 0).astype(float), None, Configuration())
    assert len(few) == 4
    for fold in few:
        assert (late[fold.train] <= frame.as_of.to_numpy()[fold.held_out].min()).all()


def test_twins_are_found_cut_or_weighed() -> None:
    goods = pd.DataFrame({"hs": ["1", "1", "2", "3", "4"], "mass": [5.0, 6.0, 6.0, 7.0, np.nan], "price": [1, 9, 9, 4, 8]})
    keys = (("hs", "mass"), ("mass", "price"), ("hs", "price"))
    group = clusters(goods, keys)
    assert group.tolist() == [0, 1, 1, 3, 4]
    assert twin_free(goods.iloc[2:], goods.iloc[:2], keys).tolist() == [False, True, True]
    assert kept_rows(5, None, group, "one")[0].tolist() == [True, True, False, True, True]
    assert kept_rows(5, None, group, "weigh")[1].tolist() == [1, 0.5, 0.5, 1, 1]


def test_a_given_split_is_obeyed(features: tuple[Feature, ...], rows: Rows) -> None:
    split = np.repeat([0, -1, 1], [600, 100, 300])
    made = fit(examples(rows(1000), split=split), features, replace(SMALL, refit=False), seed=3)
    assert made.rows == 600 and made.held_out.tolist() == list(range(700, 1000))


@pytest.mark.parametrize("given", [{"round": 3}, {"bags": "2"}, {"twins": "some"}, {"parameters": {"objective": "l2"}}, {"refit": 1}])
def test_a_wrong_configuration_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(CallerError, match=r"models\.yaml"):
        read_configuration("honest", given)


def test_a_configuration_is_read_and_a_feature_not_declared_is_refused(features: tuple[Feature, ...], rows: Rows) -> None:
    made = read_configuration("honest", {"bags": 3, "features": ["noise", "nothing"], "parameters": {"num_leaves": 15}})
    assert made.bags == 3 and made.lightgbm(10_000, 1)["num_leaves"] == 15
    with pytest.raises(CallerError, match="nothing"):
        fit(examples(rows(300)), features, made, seed=1)
