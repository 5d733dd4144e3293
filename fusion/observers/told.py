"""Told: a column of an observer declared in one line, with the Spark SQL that it comes of."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyspark.sql import Column
from pyspark.sql import functions as F

from lakehouse.field import Field
from lakehouse.text import Text


@dataclass(frozen=True)
class Told:
    """A column: its name, type, words, and its SQL over what the observer has gathered of a shipment."""

    name: str
    type: str
    ko: str
    en: str
    sql: str

    @property
    def field(self) -> Field:
        """The column as a described shipment declares it."""
        return Field(self.name, self.type, Text(self.ko, self.en))


def columns(told: Sequence[Told]) -> list[Column]:
    """The columns as Spark reads them, each of its declared type."""
    return [F.expr(one.sql).cast(one.field.spark_type).alias(one.name) for one in told]
