"""Step 8, train: a challenger when one is due; the first is champion at once, unless the declared prior ranks better."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from features.catalogue import FEATURES
from features.tables import FEATURE
from fusion.labels import training_spine
from jobs.context import Counts, Run
from jobs.lots import with_chance
from lakehouse.lake import Lake
from lakehouse.settings import Settings, load_yaml
from lakehouse.text import Text
from models.configuration import Configuration, read_configuration
from models.prior import VERSION
from models.registry import CHAMPION, Registry
from models.train import Examples, Fitted, fit
from models.weights import weighted

EXPOSURE = "exp(duty_exposure_log)"


def run(run: Run) -> Counts:
    """Train where enough outcomes are known and the last training is old enough."""
    registry = registry_of(run.lake, run.settings)
    if not is_due(run, registry):
        return Counts()
    table = training_table(run)
    violations = pc.sum(table["illicit"].cast(pa.int64())).as_py() or 0
    if table.num_rows < run.settings["labels.outcomes_needed"] or violations < run.settings["labels.violations_needed"]:
        run.say(f"no training yet: {table.num_rows} outcomes, {violations} violations")
        return Counts(table.num_rows, 0)
    train(run, registry, table)
    return Counts(table.num_rows, 1)


def train(run: Run, registry: Registry, table: pa.Table) -> Fitted:
    """Fit on the table, log the run, register the model."""
    fitted = fit(examples(table, run.settings["train.weight_cap"]), FEATURES, configuration("default"), run.settings["train.seed"])
    versions = {FEATURE.full_name: run.lake.version(FEATURE) or 0}
    bundle = registry.register(fitted, run.business_date, versions, run.as_of)
    run.notes["trained"] = bundle.version
    run.say(f"{bundle.version} trained on {fitted.rows} outcomes, {fitted.violations} violations{_said(fitted)}")
    if worse := fitted.worse_than_prior:
        champion = registry.holder(CHAMPION) or VERSION
        registry.record(bundle.version, held_back(bundle.version, champion, worse, run.as_of))
        run.say(f"{bundle.version} is held back, {champion} goes on ranking: {worse[0].en}")
    return fitted


def _said(fitted: Fitted) -> str:
    """That outcomes weigh differently, where they do."""
    told = fitted.weighting
    if not told.get("known_share"):
        return ""
    return f"; {told['known_share']:.0%} with an inclusion probability, as good as {told['effective']:.0f} of equal weight"


def held_back(version: str, champion: str, worse: Sequence[Text], as_of: datetime) -> dict[str, Any]:
    """The record of a model that ranks worse than what needs no learning."""
    reasons = [{"code": "worse_than_prior", "ko": text.ko, "en": text.en} for text in worse]
    return {"decision": "held_back", "champion": champion, "challenger": version, "reasons": reasons, "by": "train", "account": "train", "why": "",
            "at": as_of.isoformat()}


def registry_of(lake: Lake, settings: Settings) -> Registry:
    """The model registry of a lake."""
    return Registry(lake.folder, settings["mlflow.tracking_uri"])


def configuration(name: str) -> Configuration:
    """A training configuration of models.yaml."""
    return read_configuration(name, load_yaml("models.yaml").get(name, {}))


def is_due(run: Run, registry: Registry) -> bool:
    """Whether there is no model yet, or the newest is older than the declared days."""
    if run.kind != "nightly":
        return False
    newest = next((m["business_date"] for m in registry.models() if m["business_date"]), None)
    return newest is None or (run.business_date - date.fromisoformat(newest)).days >= run.settings["train.every_days"]


def training_table(run: Run) -> pa.Table:
    """Feature rows of labelled shipments as of the night before customs acted, oldest first, as Arrow."""
    return labelled_rows(run).orderBy("as_of", "shipment_id").toArrow()


def labelled_rows(run: Run) -> DataFrame:
    """The same rows as a Spark frame: features, the duty at stake, the label with `label_known_at`, and how it was drawn."""
    from pyspark.sql import functions as F

    spine = training_spine(run.spark, run.known, run.as_of).withColumnRenamed("known_at", "label_known_at")
    rows = run.lake.read(run.spark, FEATURE).drop("norms").join(with_chance(run, spine), ["shipment_id", "as_of"])
    return rows.withColumn("exposure_krw", F.expr(EXPOSURE))


def examples(table: pa.Table, cap: float) -> Examples:
    """The training table as LightGBM takes it; a row drawn by lot stands for at most `cap` shipments."""
    def column(name: str) -> Any:
        return table[name].to_numpy(zero_copy_only=False)

    stored = "inclusion_probability" in table.schema.names  # Simulated history knows of no lists.
    chance = column("inclusion_probability").astype(np.float64) if stored else np.full(table.num_rows, np.nan)
    return Examples(table, column("illicit").astype(np.float64), column("as_of"), known_at=column("label_known_at"),
                    revenue=column("revenue_krw"), weighting=weighted(chance, cap))
