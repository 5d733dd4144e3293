"""Step 7, featurize: feature rows of tonight's open shipments, and of labelled ones as of the night before customs acted."""

from datetime import datetime

from pyspark.sql import DataFrame, SparkSession

from features.featurize import featurize
from features.tables import FEATURE
from fusion.describe import describe
from fusion.records import Records
from fusion.tables import DECLARATION_FACT, LABEL
from jobs.context import Counts, Run
from jobs.screen import described
from lakehouse.lake import Lake
from lakehouse.session import compiled

_FACTS_WORTH_COMPILING = 5_000


def run(run: Run) -> Counts:
    """Append the rows that gold.feature lacks; one pass gives tonight's and the training rows."""
    spine = described(run)
    facts = run.known.read(run.spark, DECLARATION_FACT).persist()
    known = facts.count()
    # Each fact is some forty rows here, the one place of a small night where compiling soon pays.
    with compiled(run.spark, known > _FACTS_WORTH_COMPILING):
        made = run.lake.append(featurize(spine, facts, outcome_facts(run.spark, run.known, facts)), FEATURE)
    facts.unpersist()
    return Counts(known, made)


def features_of(spark: SparkSession, lake: Lake, shipment_id: str, as_of: datetime) -> DataFrame:
    """The feature row that one shipment has as of an instant by what a lake holds."""
    spine = spark.createDataFrame([(shipment_id, as_of)], "shipment_id string, as_of timestamp")
    facts = lake.read(spark, DECLARATION_FACT).persist()
    described = describe(Records.of(spark, lake, spine)).localCheckpoint()
    return featurize(described, facts, outcome_facts(spark, lake, facts))


def outcome_facts(spark: SparkSession, known: Lake, facts: DataFrame) -> DataFrame:
    """Labels with the columns of the declaration they are about: what history knows of past inspections."""
    labels = known.current(spark, LABEL).select(
        "shipment_id", "known_at", "inspected_at", "illicit", "severity", "revenue_krw", "selected_by")
    declared = facts.drop("known_at").dropDuplicates(["shipment_id"])
    return labels.join(declared, "shipment_id")
