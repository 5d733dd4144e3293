"""The open declarations benchmark: the same feed, feature declarations and training code as everything else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from features.catalogue import FEATURES
from features.feature import Feature
from features.featurize import computed
from features.fine import FINE
from feeds.bronze import read_files
from feeds.declaration_open import FEED
from feeds.judged import judged
from feeds.landing import LandedFile
from feeds.readers.csv_rows import missing_columns
from fusion.open_declarations import open_columns
from jobs.train import configuration
from lakehouse.clock import BEFORE_EVERYTHING
from lakehouse.errors import CallerError
from lakehouse.settings import Settings
from models.metrics import at_capacity, auc, intervals
from models.score import raw_score
from models.split import twin_free
from models.train import Examples, fit

CONFIGURATIONS = ("honest", "memorising")
DEFAULT = "honest"
# product.md's definition: rows that agree in two of the three are copies of one synthetic good.
TWIN_KEYS = (("hs6", "net_mass_kg"), ("hs6", "customs_value_krw"), ("net_mass_kg", "customs_value_krw"))
_GOOD = ["hs6", "net_mass_kg", "customs_value_krw", "origin_country", "export_country", "duty_rate_percent", "regime_code", "illicit"]
_LABEL_DELAY = np.timedelta64(30, "D")
_SPLIT = {"train": 0, "valid": 1}


@dataclass(frozen=True)
class Scored:
    """The rows learned from, the rows reported on, which of them are twin-free, and each configuration's scores."""

    known: pd.DataFrame
    test: pd.DataFrame
    free: npt.NDArray[np.bool_]
    scores: dict[str, npt.NDArray[np.float64]]


def evaluate(spark: Callable[[], SparkSession], paths: Mapping[str, Path], settings: Settings, say: Callable[[str], None]) -> dict[str, Any]:
    """Train on the first file, tune on the second, report on the third, over all of its rows and its twin-free ones."""
    found = compare(spark, paths, settings, say)
    every = np.ones(len(found.test), dtype=bool)
    return {"default": DEFAULT, "configurations": {
        name: {"all": measure(score, found.test, every), "twin_free": measure(score, found.test, found.free)}
        for name, score in found.scores.items()}}


def compare(spark: Callable[[], SparkSession], paths: Mapping[str, Path], settings: Settings, say: Callable[[str], None]) -> Scored:
    """Every configuration trained on the first two files and scoring the third."""
    for path in paths.values():
        _require_columns(path)
    declared = {feature.name: feature for feature in (*FEATURES, *FINE)}
    needed = sorted({name for config in CONFIGURATIONS for name in configuration(config).features})
    rows = _rows(spark(), paths, [declared[name] for name in needed], settings, say)
    parts = {name: rows[rows["part"] == name].reset_index(drop=True) for name in paths}
    known = pd.concat([parts["train"], parts["valid"]], ignore_index=True)
    known = known.sort_values(["issued_on", "place"], kind="stable", ignore_index=True)
    scores = {}
    for name in CONFIGURATIONS:
        chosen = [declared[feature] for feature in configuration(name).features]
        fitted = fit(_examples(known), chosen, configuration(name), settings["train.seed"])
        say(f"{name}: {fitted.rounds} rounds over {fitted.rows} rows")
        scores[name] = raw_score(fitted.bundle, fitted.bundle.encoding.matrix(parts["test"]), threads=2)
    return Scored(known, parts["test"], twin_free(parts["test"], known, TWIN_KEYS), scores)


def measure(score: Any, rows: pd.DataFrame, kept: Any) -> dict[str, Any]:
    """The benchmark's figures over the kept rows, ties by file order."""
    illicit, score = rows["illicit"].to_numpy(dtype=np.float64)[kept], score[kept]
    revenue = (rows["customs_value_krw"] * rows["duty_rate_percent"] / 100).to_numpy()[kept] * illicit
    bounds = intervals(score, illicit)
    return {"n": len(score), "base_rate": float(illicit.mean()) if len(score) else None, "auc": auc(score, illicit),
            **at_capacity(score, illicit, revenue),
            "interval_95": {"precision_at": {k: bounds["precision_at"][k] for k in ("5", "10")}, "auc": bounds["auc"]}}


def _require_columns(path: Path) -> None:
    try:
        with path.open(encoding="utf-8") as stream:
            heading = stream.readline()
    except (OSError, UnicodeDecodeError) as fault:
        raise CallerError("evaluate.file", f"{path} cannot be read: {type(fault).__name__}", "Give the CSV files of the open declarations.") from None
    # The feed takes rows without a label; a benchmark cannot.
    labelled = [replace(field, required=field.required or field.name == "is_fraud") for field in FEED.fields]
    if lacking := missing_columns(heading, labelled):
        raise CallerError("csv.header", f"{path} lacks the column {', '.join(lacking)}", "It needs the 22 columns of the open declarations.")


def _rows(spark: SparkSession, paths: Mapping[str, Path], features: list[Feature], settings: Settings, say: Callable[[str], None]) -> pd.DataFrame:
    """Every accepted row of the files with its features, label and place, in file order."""
    files = [LandedFile(FEED.name, part, str(path.resolve()), BEFORE_EVERYTHING) for part, path in paths.items()]
    sent = judged(read_files(spark, FEED, files, settings, "evaluate"), FEED).where("ordinal IS NOT NULL").persist()
    refused = sent.where("_code IS NOT NULL").groupBy("file", "_code").count().collect()
    for row in refused:
        say(f"{row['file']}: {row['count']} rows refused, {row['_code']}")
    accepted = sent.where("_code IS NULL")
    frame = _with_label(accepted, features).toPandas()
    sent.unpersist()
    for part in paths:
        if not (frame["part"] == part).any():
            raise CallerError("evaluate.empty", f"{paths[part]} holds no row that can be read", "Give the CSV files of the open declarations.")
    return frame.sort_values(["part", "place"], kind="stable", ignore_index=True)


def _with_label(accepted: DataFrame, features: list[Feature]) -> DataFrame:
    """Described rows and their features; a row's key is its place, as a number may come twice."""
    keyed = accepted.withColumn("declaration_id", F.concat_ws("#", "file", "ordinal"))
    described = open_columns(keyed).withColumn("as_of", F.col("issued_on").cast("timestamp"))
    values = computed(described, features, with_norms=False).drop("as_of", "norms")
    twins = ("hs6", "net_mass_kg", "customs_value_krw", "duty_rate_percent", "issued_on", "origin_country", "export_country", "regime_code")
    kept = described.select("shipment_id", *(name for name in twins if name not in values.columns))
    labels = keyed.select(F.col("declaration_id").alias("shipment_id"), F.col("file").alias("part"), F.col("ordinal").alias("place"),
                          F.coalesce(F.col("is_fraud"), F.lit(False)).cast("double").alias("illicit"))
    return labels.join(kept, "shipment_id").join(values, "shipment_id")


def _examples(known: pd.DataFrame) -> Examples:
    day = known["issued_on"].to_numpy(dtype="datetime64[D]")
    return Examples(known, known["illicit"].to_numpy(), day, known_at=day + _LABEL_DELAY,
                    group=known.groupby(_GOOD, dropna=False, sort=False).ngroup().to_numpy(),
                    split=known["part"].map(_SPLIT).to_numpy())
