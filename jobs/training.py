"""Training on demand: a challenger on what the last published run knew."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import SparkSession

from jobs import cards
from jobs.context import beside_nights
from jobs.lease import lease
from jobs.manifest import require_published
from jobs.train import registry_of, train, training_table
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import Settings


def train_challenger(lake: Lake, settings: Settings, spark_of: Callable[[Settings], Callable[[], SparkSession]],
                     say: Callable[[str], None]) -> dict[str, Any]:
    """Train, register, and tell the version, its alias and its held-out metrics."""
    published = require_published(lake)
    with lease(lake.folder, "train"):
        run = beside_nights(published, spark_of(settings)(), lake, settings, "train", say)
        table = training_table(run)
        violations = pc.sum(table["illicit"].cast(pa.int64())).as_py() or 0
        needed = settings["labels.outcomes_needed"], settings["labels.violations_needed"]
        if table.num_rows < needed[0] or violations < needed[1]:
            raise CallerError("train.labels", f"{table.num_rows} outcomes with {violations} violations are known, {needed[0]} with "
                              f"{needed[1]} are needed", "Run more nights, or lower labels.outcomes_needed.")
        registry = registry_of(lake, settings)
        fitted = train(run, registry, table)
        cards.keep(lake, settings)
    version = run.notes["trained"]
    aliases = next(m["aliases"] for m in registry.models() if m["version"] == version)
    return {"model_version": version, "alias": ", ".join(aliases), "rows": fitted.rows, "violations": fitted.violations,
            "rounds": fitted.rounds, "weighting": fitted.weighting, "metrics": fitted.metrics}
