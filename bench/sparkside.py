"""Spark's own JSON reader beside ours: the schema that a feed's fields declare, nested as they are sent."""

from collections.abc import Iterable, Sequence
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from lakehouse.field import Field


def sent_ddl(declared: Sequence[Field]) -> str:
    """The schema of the lines as sent, typed as declared, for a reader that is given it."""
    return ", ".join(f"`{name}` {kind}" for name, kind in _kinds(declared))


def _kinds(declared: Iterable[Field]) -> list[tuple[str, str]]:
    tree: dict[str, Any] = {}
    for field in declared:
        if field.source:
            *holders, name = field.source.split(" | ")[0].split(".")
            level = tree
            for holder in holders:
                level = level.setdefault(holder, {})
            level[name] = f"array<struct<{_struct(field.items)}>>" if field.items else field.spark_type
    return [(name, _kind(kind)) for name, kind in tree.items()]


def _struct(declared: Iterable[Field]) -> str:
    return ",".join(f"`{name}`:{kind}" for name, kind in _kinds(declared))


def _kind(kind: Any) -> str:
    return kind if isinstance(kind, str) else f"struct<{','.join(f'`{name}`:{_kind(inner)}' for name, inner in kind.items())}>"


def read_json(spark: SparkSession, paths: list[str], declared: Sequence[Field]) -> DataFrame:
    """The lines as Spark reads them."""
    return spark.read.schema(sent_ddl(declared)).json(paths)


def drain(rows: DataFrame) -> None:
    """Have every column of every row made, and thrown away."""
    rows.write.format("noop").mode("overwrite").save()
