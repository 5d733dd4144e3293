"""Step 6, label: outcomes to labels."""

from fusion.labels import new_labels
from fusion.tables import LABEL
from jobs.context import Counts, Run


def run(run: Run) -> Counts:
    """Add the label of each outcome that has none."""
    made = run.lake.append(new_labels(run.spark, run.known), LABEL)
    return Counts(made, made)
