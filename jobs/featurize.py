"""Step 7, featurize: feature rows of tonight's open shipments, and of labelled ones as of the night before customs acted."""

from pyspark.sql import DataFrame

from features.featurize import featurize
from features.tables import FEATURE
from fusion.describe import describe
from fusion.labels import training_spine
from fusion.records import Records
from fusion.tables import DECLARATION_FACT, LABEL
from jobs.context import Counts, Run
from jobs.screen import described_tonight
from lakehouse.session import compiled

_FACTS_WORTH_COMPILING = 5_000


def run(run: Run) -> Counts:
    """Append the rows that gold.feature lacks; one pass gives tonight's and the training rows."""
    spine = _spine(run).localCheckpoint()
    facts = run.known.read(run.spark, DECLARATION_FACT).persist()
    known = facts.count()
    # Each fact is some forty rows here, the one place of a small night where compiling soon pays.
    with compiled(run.spark, known > _FACTS_WORTH_COMPILING):
        made = run.lake.append(featurize(spine, facts, outcome_facts(run, facts)), FEATURE)
    facts.unpersist()
    return Counts(known, made)


def _spine(run: Run) -> DataFrame:
    lacking = training_spine(run.spark, run.known, run.as_of).select("shipment_id", "as_of").join(
        run.lake.read(run.spark, FEATURE).select("shipment_id", "as_of"), ["shipment_id", "as_of"], "left_anti")
    lacking = lacking.localCheckpoint()
    if run.scores and lacking.isEmpty():
        return described_tonight(run)
    training = describe(Records.of(run.spark, run.known, lacking))
    return described_tonight(run).unionByName(training) if run.scores else training


def outcome_facts(run: Run, facts: DataFrame) -> DataFrame:
    """Labels with the columns of the declaration they are about: what history knows of past inspections."""
    labels = run.known.current(run.spark, LABEL).select(
        "shipment_id", "known_at", "inspected_at", "illicit", "severity", "revenue_krw", "selected_by")
    declared = facts.drop("known_at").dropDuplicates(["shipment_id"])
    return labels.join(declared, "shipment_id")
