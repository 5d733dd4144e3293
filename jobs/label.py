"""Step 6, label: outcomes to labels."""

from pyspark.sql import DataFrame

from fusion.labels import new_labels
from fusion.tables import LABEL
from jobs.context import Counts, Run


def run(run: Run) -> Counts:
    """Add the label of each outcome that has none."""
    made = run.lake.append(unwritten(run), LABEL)
    return Counts(made, made)


def unwritten(run: Run) -> DataFrame:
    """The labels this run is about to write: what they train is described with tonight's shipments, in one pass."""
    if "labels" not in run.frames:
        run.frames["labels"] = new_labels(run.spark, run.known).select(*LABEL.columns).localCheckpoint()
    return run.frames["labels"]
