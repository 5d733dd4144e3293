"""Part `declarations`: the open declarations beside CatBoost on one row a twin cluster, by paired bootstrap."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from bench import Asked
from bench.page import table
from haechi import running
from jobs.evaluate import CONFIGURATIONS, TWIN_KEYS, compare, measure
from lakehouse.settings import Settings
from models.metrics import paired_difference
from models.split import clusters

_DATA = Path(__file__).resolve().parents[2] / "shared/data/kcs-import-declarations"
_COLUMNS = ("net_mass_kg", "customs_value_krw", "duty_rate_percent", "hs6", "export_country", "origin_country", "regime_code")
_CATEGORIES = ("hs6", "export_country", "origin_country", "regime_code")


def catboost_score(known: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
    """CatBoost as it comes out of the box, trained on the first row of each twin cluster."""
    from catboost import CatBoostClassifier

    first = known[~pd.Series(clusters(known, TWIN_KEYS)).duplicated().to_numpy()]
    model = CatBoostClassifier(random_seed=1, verbose=False, allow_writing_files=False, cat_features=list(_CATEGORIES), thread_count=2)
    columns = list(_COLUMNS)
    fill = dict.fromkeys(_CATEGORIES, "")
    model.fit(first[columns].fillna(fill), first["illicit"].astype(int))
    return np.asarray(model.predict_proba(test[columns].fillna(fill))[:, 1])


def split(folder: Path) -> dict[str, Path]:
    """Train, tune and report files: the third split is held out by its owners, so the last quarter stands in for it."""
    made = folder / "bench"
    made.mkdir(parents=True, exist_ok=True)
    whole = pd.read_csv(_DATA / "train.csv", dtype=str, keep_default_na=False)
    early = whole["Date"] < "2020-10-01"
    parts = {"train": whole[early], "valid": whole[~early], "test": pd.read_csv(_DATA / "valid.csv", dtype=str, keep_default_na=False)}
    for name, rows in parts.items():
        rows.to_csv(made / f"{name}.csv", index=False)
    return {name: made / f"{name}.csv" for name in parts}


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section of the page."""
    scored = compare(running.spark_of(settings), split(asked.work), settings, say)
    scores = {name: scored.scores[name] for name in CONFIGURATIONS} | {"CatBoost, one row a cluster": catboost_score(scored.known, scored.test)}
    rows = []
    for name, score in scores.items():
        for part, kept in (("all", np.ones(len(score), dtype=bool)), ("twin-free", scored.free)):
            m = measure(score, scored.test, kept)
            low, high = m["interval_95"]["auc"]
            rows.append((name, part, str(m["n"]), f"{m['auc']:.3f} [{low:.3f}, {high:.3f}]",
                         *(f"{m['precision_at'][k]:.3f}" for k in ("1", "2", "5", "10"))))
    illicit = scored.test["illicit"].to_numpy(dtype=np.float64)[scored.free]
    paired = paired_difference(scores["honest"][scored.free], scores["CatBoost, one row a cluster"][scored.free], illicit, 10)
    return "\n\n".join([
        f"## Open declarations\n\nRun on {date.today()}: open KCS declarations, train 2020-01 to 09, tune 2020-10 to 12, report 2021-01 to 03.",  # noqa: DTZ011
        table(("model", "rows", "n", "AUC", "P@1%", "P@2%", "P@5%", "P@10%"), rows),
        f"Honest less CatBoost, twin-free precision at 10 %, paired bootstrap: {paired}"])
