"""Much history out of little: rows of the fusion's tables copied under other numbers on earlier days.

Copies meet neither one another nor tonight.
"""

import re

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds.registry import BY_NAME
from fusion import party_tables, tables
from fusion.naming import NAMINGS
from lakehouse.lake import Lake
from lakehouse.table import Table

# Columns whose texts tell one thing from another; what parties are compared by is told apart too, as strangers' names are.
_TELLS_APART = re.compile(
    r"(_id|_no|_nos|_bl|_awb|_awb_plain|_key|_refs|_tag|_token|^(value|name|bill|master|merged_into|words|compact|bones|letters|digits|phone|place))$")
# What a night takes for new is told by its batch: copies are of the batch they were copied from.
_SAME = frozenset({"batch_id"})
_NUMBERS = ("text_id", "matched_with", "key", "customs_key", "business_key", "code_key")
# What is of no shipment, or is held for all alike.
_LEFT_OUT = {"watchlist_name", "watchlist_hit", "watchlist_clearance", "goods_word", "party_generation", "party_frequency", "link_cut",
             "party_cut", "label"}
COPIED: tuple[Table, ...] = (
    *(BY_NAME[naming.feed].silver for naming in NAMINGS), *(table for table in (*tables.TABLES, *party_tables.TABLES) if table.name not in _LEFT_OUT))


def multiply(spark: SparkSession, lake: Lake, copies: int, side_by_side: int, days: int) -> int:
    """Add `copies` of all that the lake holds, `side_by_side` of them to each stretch of `days` before it; rows added."""
    held = [table for table in dict.fromkeys(COPIED) if lake.version(table) is not None]
    return sum(lake.append(_copied(lake.read(spark, table), table, copies, side_by_side, days), table) for table in held)


def _copied(frame: DataFrame, table: Table, copies: int, side_by_side: int, days: int) -> DataFrame:
    numbers = frame.sparkSession.range(copies).selectExpr("id AS copy", f"CAST({days} * (1 + id DIV {side_by_side}) AS INT) AS back")
    return frame.crossJoin(F.broadcast(numbers)).select(*(F.expr(_moved(field.name, field.spark_type)).alias(field.name) for field in table.fields))


def _moved(name: str, kind: str) -> str:
    if kind == "timestamp":
        return f"{name} - make_dt_interval(back)"
    if kind == "date":
        return f"date_sub({name}, back)"
    if kind == "bigint" and name in _NUMBERS:
        return f"{name} + (copy + 1) * 1000003"
    if kind in ("string", "array<string>") and name not in _SAME and _TELLS_APART.search(name):
        return f"concat({name}, '~', copy)" if kind == "string" else f"transform({name}, one -> concat(one, '~', copy))"
    return name
