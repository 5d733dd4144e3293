"""Lots: with what probability the stored selection chose what customs went on to inspect."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from jobs.context import Run
from models.tables import SELECTION

_KEY = ["shipment_id", "as_of"]


def with_chance(run: Run, rows: DataFrame) -> DataFrame:
    """Outcomes with `inclusion_probability`: that of the newest list up to the day of inspection which named the shipment for the same reason.

    1 of what the model or an order picked; NULL where no list had it, as before Haechi selected, or where an outcome says
    that something else selected it: that an officer found it by himself is no draw by lot.
    """
    lists = run.known.read(run.spark, SELECTION).select(
        "shipment_id", "business_date", F.col("reason").alias("selected_by"), "inclusion_probability")
    met = lists.join(rows.select(*_KEY, "inspected_at", "selected_by"), ["shipment_id", "selected_by"]).where(
        "business_date <= CAST(inspected_at AS DATE)")
    newest = F.max_by("inclusion_probability", F.struct("business_date", "inclusion_probability"))
    return rows.join(met.groupBy(*_KEY).agg(newest.alias("inclusion_probability")), _KEY, "left")
