"""Configuration: how a model is trained, declared once and given by name in models.yaml."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from lakehouse.errors import CallerError

# What every model keeps: the same numbers on every machine, and a text that the verifier reads.
FIXED: Mapping[str, Any] = {"objective": "binary", "boosting": "gbdt", "verbosity": -1, "deterministic": True, "force_row_wise": True,
                            "feature_pre_filter": False, "linear_tree": False, "boost_from_average": True}
DEFAULTS: Mapping[str, Any] = {
    "learning_rate": 0.05, "num_leaves": 31, "min_data_in_leaf": 40, "feature_fraction": 0.6, "bagging_fraction": 0.8,
    "bagging_freq": 1, "lambda_l2": 5.0, "max_bin": 127, "cat_smooth": 30.0, "cat_l2": 10.0, "min_data_per_group": 50,
    "max_cat_threshold": 32}
_ROWS_ONE_THREAD = 10_000
Twins = Literal["keep", "one", "weigh"]


@dataclass(frozen=True)
class Configuration:
    """How to train.

    `parameters` are LightGBM's, over the defaults. `rounds` is the most; early stopping picks fewer on held-out rows
    unless `patience` is 0. `bags` boosters of other seeds are averaged into one. `twins` says what becomes of rows of
    one group: all kept, the first kept, or weighed down to one together. `features` names a subset (none: all).
    `holdout_share` is the latest share of rows held out; with fewer than `holdout_violations` in it, forward folds
    over the whole time are pooled instead. `refit` trains the final model on the held-out rows too.
    """

    name: str = "default"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    rounds: int = 600
    patience: int = 50
    bags: int = 1
    twins: Twins = "keep"
    features: tuple[str, ...] = ()
    categories_rarest: int = 20
    categories_most: int = 2000
    holdout_share: float = 0.2
    holdout_violations: int = 60
    refit: bool = True
    exposure: str = "exposure_krw"

    def lightgbm(self, rows: int, seed: int) -> dict[str, Any]:
        """LightGBM's parameters, leaves made fewer and larger for few rows: no leaf over a 20th, none under 5 rows."""
        given = {**DEFAULTS, **self.parameters, **FIXED, "seed": seed}
        given.setdefault("num_threads", 1 if rows < _ROWS_ONE_THREAD else 0)  # Threads that wait for one another cost more.
        given["min_data_in_leaf"] = max(5, min(int(given["min_data_in_leaf"]), rows // 20))
        given["num_leaves"] = max(4, min(int(given["num_leaves"]), rows // 50))
        given["min_data_per_group"] = max(5, min(int(given["min_data_per_group"]), rows // 20))
        return given


def read_configuration(name: str, given: Mapping[str, Any]) -> Configuration:
    """A configuration from the YAML mapping of its name; CallerError names what is unknown or wrong."""
    known = {f.name: f for f in fields(Configuration) if f.name != "name"}
    for key, value in given.items():
        if key not in known:
            raise CallerError("model.setting", f"models.yaml sets {name}.{key}, which is no setting", f"Allowed: {', '.join(known)}.")
        default = getattr(Configuration(), key)
        wanted = {float: (int, float), tuple: (list, tuple)}.get(type(default), (Mapping,) if key == "parameters" else (type(default),))
        if not isinstance(value, wanted) or isinstance(value, bool) != isinstance(default, bool):
            raise CallerError("model.setting", f"models.yaml: {name}.{key} is {value!r}", f"Write it like {default!r}.")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    made = Configuration(name=name, **values)
    wrong = sorted(set(made.parameters) & (set(FIXED) | {"seed", "monotone_constraints", "categorical_feature"}))
    sane = made.twins in get_args(Twins) and made.rounds > 0 and made.bags > 0 and 0 < made.holdout_share < 0.9
    if wrong or not sane:
        what = wrong or "twins, rounds, bags or holdout_share"
        raise CallerError("model.setting", f"models.yaml: {name} sets {what} to what is not allowed",
                          "See Configuration in models/configuration.py.")
    return made


def flat(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The leaves of a nested mapping by their dotted names."""
    leaves: dict[str, Any] = {}
    for key, value in tree.items():
        leaves |= flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return leaves
