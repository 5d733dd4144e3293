"""Train: labelled rows to one calibrated LightGBM model whose explanation is exact."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from features.feature import Feature
from lakehouse.errors import CallerError
from lakehouse.text import Text
from models.bundle import Bundle
from models.calibration import Amount, fit_amount, fit_calibration
from models.configuration import Configuration
from models.drift import make_reference
from models.encoding import Encoding, Frame, learn_encoding
from models.guard import beside_priors, prior_scores, worse_than
from models.metrics import at_capacity, auc, best_at_capacity, calibration
from models.split import Fold, folds, kept_rows
from models.support import fit_support, sizes_of
from models.verify import average, read_forest
from models.weights import Weighting

Floats = npt.NDArray[np.float64]
_SAMPLE, _REFERENCE = 1000, 50_000


@dataclass(frozen=True)
class Examples:
    """Labelled rows: features as of `as_of` (numbers or datetime64), the label, and when the label was known.

    `revenue` is the additional revenue (KRW, NaN unknown), `weighting` what each row stands for, `group` the twin cluster of
    a row, `split` forces the held-out rows (0 train, 1 held out, -1 neither; the last only joins a refit).
    """

    frame: Frame
    illicit: npt.NDArray[Any]
    as_of: npt.NDArray[Any]
    known_at: npt.NDArray[Any] | None = None
    revenue: npt.NDArray[Any] | None = None
    weighting: Weighting | None = None
    group: npt.NDArray[Any] | None = None
    split: npt.NDArray[Any] | None = None


@dataclass(frozen=True)
class Fitted:
    """A trained model, not yet registered: what scores, how it did on the held-out rows, and a sample to draw."""

    bundle: Bundle
    configuration: Configuration
    rounds: int
    rows: int
    violations: int
    metrics: dict[str, Any]
    held_out: npt.NDArray[np.int64]
    held_out_score: Floats
    sample: Floats
    weighting: dict[str, float] = field(default_factory=dict)

    @property
    def worse_than_prior(self) -> list[Text]:
        """What says that it ranks worse than what needs no learning, beyond noise; empty where nothing does."""
        return worse_than(self.metrics.get("beside_prior", {}))


def fit(examples: Examples, features: Sequence[Feature], configuration: Configuration, seed: int) -> Fitted:
    """Train on the examples: rounds and calibration from held-out later rows, then the final model on all of them.

    The same examples, configuration and seed give the same text to the bit. CallerError with one class only.
    """
    chosen = _chosen(features, configuration)
    illicit = np.asarray(examples.illicit, dtype=np.float64)
    if not 0 < illicit.sum() < len(illicit):
        raise CallerError("train.labels", f"{len(illicit)} outcomes hold {int(illicit.sum())} violations; both kinds are needed",
                          "Wait for more outcomes; the declared prior ranks until then.")
    encoding = learn_encoding(examples.frame, chosen, configuration.categories_rarest, configuration.categories_most)
    matrix = encoding.matrix(examples.frame)
    kept, weight = kept_rows(len(illicit), examples.weighting.weight if examples.weighting else None, examples.group, configuration.twins)
    trainer = _Trainer(matrix, illicit, weight, encoding, chosen, configuration, seed)
    parts = [replace(fold, train=fold.train[kept[fold.train]]) for fold in folds(examples.as_of, examples.known_at, illicit,
                                                                              examples.split, configuration)]
    parts = [fold for fold in parts if 0 < illicit[fold.train].sum() < len(fold.train)]
    rounds, searched = trainer.search(parts) if configuration.patience and parts else (configuration.rounds, [])
    scores = [trainer.predict(fold, rounds, searched[place:place + 1]) for place, fold in enumerate(parts)]
    held_out = np.concatenate([fold.held_out for fold in parts]) if parts else np.zeros(0, dtype=np.int64)
    score = np.concatenate(scores) if parts else np.zeros(0)
    final = np.flatnonzero(kept) if configuration.refit or not parts else parts[-1].train
    text = average([read_forest(b.model_to_string(num_iteration=-1)) for b in trainer.bags(final, rounds)]).text
    revenue = None if examples.revenue is None else np.asarray(examples.revenue, dtype=np.float64)
    bundle = Bundle("unregistered", encoding, text, calibration=fit_calibration(score, illicit[held_out], weight[held_out]),
                    amount=_amount(examples.frame, illicit, revenue, configuration.exposure), exposure=configuration.exposure)
    held_out_probability = bundle.calibration.probability(score)
    support = fit_support(held_out_probability, illicit[held_out], weight[held_out], sizes_of(encoding, matrix)[held_out])
    mixed = matrix[np.random.default_rng(seed).permutation(final)[:_REFERENCE]]
    bundle = replace(bundle, reference=make_reference(bundle, mixed), support=support)
    measured = _measured(bundle, score, illicit[held_out], None if revenue is None else revenue[held_out], weight[held_out])
    if measured["n"]:
        priors = {name: ranks[held_out] for name, ranks in prior_scores(examples.frame, features).items()}
        measured["beside_prior"] = beside_priors(score, priors, illicit[held_out])
    return Fitted(bundle, configuration, rounds, len(final), int(illicit[final].sum()), measured, held_out, score, mixed[:_SAMPLE],
                  examples.weighting.told if examples.weighting else {})


@dataclass(frozen=True)
class _Trainer:
    """The matrix and what every booster over rows of it shares."""

    matrix: Floats
    illicit: Floats
    weight: Floats
    encoding: Encoding
    features: Sequence[Feature]
    configuration: Configuration
    seed: int

    def data(self, rows: npt.NDArray[np.int64], parameters: dict[str, Any], reference: lgb.Dataset | None = None) -> lgb.Dataset:
        """A LightGBM data set of some rows."""
        return lgb.Dataset(self.matrix[rows], self.illicit[rows], weight=self.weight[rows], reference=reference, params=parameters,
                           feature_name=list(self.encoding.names), categorical_feature=self.encoding.categories)

    def parameters(self, rows: int, bag: int) -> dict[str, Any]:
        """LightGBM's parameters of one bag."""
        given = self.configuration.lightgbm(rows, self.seed + bag)
        directions = [feature.monotone for feature in self.features]
        return given | {"monotone_constraints": directions} if any(directions) else given

    def bags(self, rows: npt.NDArray[np.int64], rounds: int, made: Sequence[lgb.Booster] = ()) -> list[lgb.Booster]:
        """The boosters of all bags over some rows, those of the first bags taken as they were made."""
        made = list(made)
        for bag in range(len(made), self.configuration.bags):
            parameters = self.parameters(len(rows), bag)
            made.append(lgb.train(parameters, self.data(rows, parameters), rounds))
        return made

    def predict(self, fold: Fold, rounds: int, searched: Sequence[lgb.Booster] = ()) -> Floats:
        """The raw score of a fold's held-out rows, mean over the bags trained on its other rows.

        What the search trained on them is the first bag, as it went on past the rounds that were best; one that stopped before is not.
        """
        matrix = self.matrix[fold.held_out]
        boosters = self.bags(fold.train, rounds, [booster for booster in searched if booster.current_iteration() >= rounds])
        return np.asarray(np.mean([b.predict(matrix, raw_score=True, num_iteration=rounds) for b in boosters], axis=0))

    def search(self, parts: Sequence[Fold]) -> tuple[int, list[lgb.Booster]]:
        """The round at which the log loss over all held-out rows is least, between 10 and the most configured; and each fold's booster."""
        total, boosters = np.zeros(self.configuration.rounds), []
        for fold in parts:
            parameters = self.parameters(len(fold.train), 0) | {"metric": "binary_logloss"}
            data, seen = self.data(fold.train, parameters), {}  # type: tuple[lgb.Dataset, dict[str, Any]]
            boosters.append(lgb.train(parameters, data, self.configuration.rounds, valid_sets=[self.data(fold.held_out, parameters, data)],
                                      callbacks=[lgb.early_stopping(self.configuration.patience, verbose=False), lgb.record_evaluation(seen)]))
            curve = np.array(seen["valid_0"]["binary_logloss"])
            total += np.pad(curve, (0, len(total) - len(curve)), mode="edge") * self.weight[fold.held_out].sum()
        return max(int(np.argmin(total)) + 1, min(10, self.configuration.rounds)), boosters


def _chosen(features: Sequence[Feature], configuration: Configuration) -> list[Feature]:
    unknown = sorted(set(configuration.features) - {feature.name for feature in features})
    if unknown:
        raise CallerError("model.features", f"models.yaml: {configuration.name} asks for features that are not declared: {unknown[:5]}",
                          "See: haechi list features.")
    return [feature for feature in features if not configuration.features or feature.name in configuration.features]


def _amount(frame: Frame, illicit: Floats, revenue: Floats | None, name: str) -> Amount:
    if revenue is None:
        return Amount()
    violations = illicit > 0
    columns = list(frame.columns) if hasattr(frame, "columns") and not hasattr(frame, "schema") else frame.schema.names
    exposure = np.asarray(frame[name].to_numpy(), dtype=np.float64) if name in columns else np.full(len(illicit), np.nan)
    return fit_amount(revenue[violations], exposure[violations])


def _measured(bundle: Bundle, score: Floats, illicit: Floats, revenue: Floats | None, weight: Floats) -> dict[str, Any]:
    """Figures of what was inspected, row by row; calibration by what the rows stand for, as it was fitted."""
    if not len(score):
        return {"n": 0}
    money = np.nan_to_num(revenue) if revenue is not None else np.zeros(len(score))
    return {"n": len(score), "base_rate": float(illicit.mean()), "auc": auc(score, illicit), **at_capacity(score, illicit, money),
            "best": best_at_capacity(illicit, money), "calibration": calibration(bundle.calibration.probability(score), illicit, weight)}
