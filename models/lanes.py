"""Lanes and ranks: what the declared cut-offs alone say of a score, and its place in its office's night."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql.window import Window

from lakehouse.text import Text


class Lane(StrEnum):
    """The four lanes, the mildest first."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


LANES = {
    Lane.GREEN: Text("자동심사", "Automatic clearance"),
    Lane.YELLOW: Text("화면·서류심사", "Screen or document review"),
    Lane.ORANGE: Text("검색기검사", "Scanner inspection"),
    Lane.RED: Text("물품검사", "Physical inspection"),
}
# The identifier people outside know a shipment by, from the columns of gold.shipment; ties are broken by it, as
# shipment ids are opaque and may differ from one lake to another.
OUTSIDE_ID = ("coalesce(declaration_no, list_no, cargo_control_no, house_bl, tracking_no, master_bl, get(container_nos, 0), "
              "get(order_nos, 0), bag_tag)")


def lane_sql(settings: Mapping[str, Any], probability: str = "probability") -> str:
    """Spark SQL of the lane of a probability, by the settings lanes.red, lanes.orange and lanes.yellow."""
    cuts = [(lane, float(settings[f"lanes.{lane}"])) for lane in (Lane.RED, Lane.ORANGE, Lane.YELLOW)]
    whens = " ".join(f"WHEN {probability} >= {cut!r}D THEN '{lane}'" for lane, cut in cuts)
    return f"CASE {whens} ELSE '{Lane.GREEN}' END"


def lane_of(settings: Mapping[str, Any], probability: float) -> Lane:
    """The lane of one probability, by the same settings."""
    return next((lane for lane in (Lane.RED, Lane.ORANGE, Lane.YELLOW) if probability >= float(settings[f"lanes.{lane}"])), Lane.GREEN)


def with_lane(scores: DataFrame, settings: Mapping[str, Any]) -> DataFrame:
    """The scores with their lane."""
    return scores.withColumn("lane", F.expr(lane_sql(settings)))


def with_rank(scores: DataFrame, outside: str = "outside_id") -> DataFrame:
    """The scores with their rank, 1 the highest, within office and as_of.

    Equal scores go by expected revenue, then by the column `outside`, so that the order is the same in every lake.
    """
    order = Window.partitionBy("office_code", "as_of").orderBy(*by_score(outside))
    return scores.withColumn("rank", F.row_number().over(order).cast("bigint"))


def by_score(outside: str = "outside_id") -> list[Any]:
    """The order of scores: highest first, then expected revenue, then the outside identifier."""
    return [F.col("score").desc(), F.col("expected_revenue_krw").desc_nulls_last(), F.col(outside).asc_nulls_last()]
