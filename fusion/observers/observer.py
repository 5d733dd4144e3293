"""Observer: what a family of feeds tells of a shipment, in columns declared once."""

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import DataFrame

from fusion.records import Records
from lakehouse.field import Field


@dataclass(frozen=True)
class Observer:
    """The columns a family adds to a described shipment, and how they come of its records.

    `observe` gives `shipment_id, as_of` and the columns, a row for each shipment of the records it has something to tell of,
    each from what was known by its as_of. `feeds` are those that the columns tell of, where its module bears the name of none.
    """

    fields: tuple[Field, ...]
    observe: Callable[[Records], DataFrame]
    feeds: tuple[str, ...] = ()
