"""Hindsight: the lake as it would have been then, had what happened by then been known by then."""

from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion.tables import DECLARATION_FACT, LABEL, LINK
from lakehouse.clock import sql_instant
from lakehouse.lake import Lake
from lakehouse.table import Table

# When what a row tells of happened, where its table does not call it issued_at. A link only says whose a record is.
_HAPPENED = {LINK.full_name: "TIMESTAMP '1900-01-01'", LABEL.full_name: "inspected_at",
             DECLARATION_FACT.full_name: "CAST(issued_on AS TIMESTAMP)"}


class Hindsight(Lake):
    """What is known by the lake's as_of, each row that happened by `then` and came late taken as known then."""

    def __init__(self, lake: Lake, then: datetime, now: datetime) -> None:
        super().__init__(lake.root, lake.versions, now, lake.held)
        self._then = sql_instant(then)

    def _visible(self, frame: DataFrame, table: Table) -> DataFrame:
        rows = super()._visible(frame, table)
        happened = _HAPPENED.get(table.full_name) or ("issued_at" if table.layer == "silver" else "")
        if not happened or "known_at" not in table.columns:
            return rows
        is_late = f"known_at > {self._then} AND {happened} <= {self._then}"
        return rows.withColumn("known_at", F.expr(f"CASE WHEN {is_late} THEN {self._then} ELSE known_at END"))
