"""Described shipments made by hand, and the rules that fire on them, all in one pass."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from fusion.contradictions import contradictions
from fusion.derived import DERIVED, with_derived
from fusion.describe import DESCRIBED

NOW = datetime(2026, 6, 1, 14, 59, 59, tzinfo=UTC)
Row = Mapping[str, Any]


def described(spark: SparkSession, rows: Sequence[Row]) -> DataFrame:
    """Rows of described shipments numbered from 0 with what derives of them; what a row does not name is missing."""
    made = {one.field.name for one in DERIVED}
    told = [field for field in DESCRIBED if field.name not in made]
    names = {field.name for field in told}
    assert not {name for row in rows for name in row} - names, {name for row in rows for name in row} - names
    data = [(str(number), NOW, *(row.get(field.name) for field in told)) for number, row in enumerate(rows)]
    return with_derived(spark.createDataFrame(data, "shipment_id string, as_of timestamp, " + ", ".join(f"{f.name} {f.spark_type}" for f in told)))


def found(spark: SparkSession, rows: Sequence[Row]) -> list[dict[str, dict[str, Any]]]:
    """For each row, what each rule that fires on it says."""
    made: list[dict[str, dict[str, Any]]] = [{} for _ in rows]
    for one in contradictions(described(spark, rows)).toArrow().to_pylist():
        made[int(one["shipment_id"])][one["rule"]] = one
    return made
