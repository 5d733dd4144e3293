"""The check that nothing from the future is used: a row keeps its values when what was known later is deleted."""

from collections.abc import Callable
from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from lakehouse.clock import sql_instant

Compute = Callable[[DataFrame, DataFrame, DataFrame], DataFrame]


def columns_from_future(
    compute: Compute, spine: DataFrame, declaration_facts: DataFrame, outcome_facts: DataFrame, at: datetime
) -> list[str]:
    """The columns of the spine's rows as of `at` that change when facts known after `at` are deleted.

    `compute` takes spine, declaration facts and outcome facts and keeps shipment_id and as_of.
    """
    instant = sql_instant(at)
    then = spine.where(f"as_of = {instant}")
    known = f"known_at <= {instant}"
    full = compute(then, declaration_facts, outcome_facts)
    past = compute(then, declaration_facts.where(known), outcome_facts.where(known))
    names = [name for name in full.columns if name not in ("shipment_id", "as_of")]
    left, right = (_comparable(frame, names, side) for frame, side in ((full, "full"), (past, "past")))
    both = left.join(right, on=["shipment_id", "as_of"], how="full")
    differs = [F.expr(f"coalesce(bool_or(NOT (full_{name} <=> past_{name})), false)").alias(name) for name in names]
    row = both.agg(*differs).first()
    return [name for name in names if row is not None and row[name]]


def _comparable(frame: DataFrame, names: list[str], side: str) -> DataFrame:
    """The frame with its columns named after the side; maps, which cannot be compared, as text."""
    kinds = dict(frame.dtypes)
    columns = [(F.to_json(name) if kinds[name].startswith("map") else F.col(name)).alias(f"{side}_{name}") for name in names]
    return frame.select("shipment_id", "as_of", *columns)
