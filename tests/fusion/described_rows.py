"""Described shipments made by hand: what a test does not name is not known."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from fusion.describe import DESCRIBED

NOON = datetime(2026, 5, 4, 3, tzinfo=UTC)
_DDL = ", ".join(["shipment_id string", "as_of timestamp", *(f"{field.name} {field.spark_type}" for field in DESCRIBED)])


def described(spark: SparkSession, rows: Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]]) -> DataFrame:
    """One described shipment a row, by its id."""
    named = rows.items() if isinstance(rows, Mapping) else enumerate(rows)
    names = {field.name for field in DESCRIBED}
    strange = {column for _, row in named for column in row} - names
    assert not strange, f"no described column: {sorted(strange)}"
    named = rows.items() if isinstance(rows, Mapping) else enumerate(rows)
    return spark.createDataFrame([(str(name), NOON, *(row.get(field.name) for field in DESCRIBED)) for name, row in named], _DDL)
