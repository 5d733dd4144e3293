"""Table: a Delta table declared once; its schema, current-state view and documentation derive from it."""

from dataclasses import dataclass
from typing import Literal

from lakehouse.field import Field
from lakehouse.text import Text

Layer = Literal["bronze", "silver", "quarantine", "gold", "ops"]


@dataclass(frozen=True)
class Table:
    """An append-only Delta table of one layer.

    Where `key` is given, readers see the newest row of each key by `newest` (SQL order expressions, the last wins),
    but for those of which `gone` (SQL) is true; rows underneath stay. `unhashed` columns (ids, run ids, wall clock) are left
    out of the content hash of a night.
    """

    layer: Layer
    name: str
    text: Text
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    newest: tuple[str, ...] = ()
    unhashed: tuple[str, ...] = ()
    gone: str = "false"

    def __post_init__(self) -> None:
        names = [field.name for field in self.fields]
        unknown = [name for name in (*self.key, *self.newest, *self.unhashed) if name not in names]
        if unknown or len(set(names)) != len(names):
            raise ValueError(f"Table {self.full_name}: unknown or repeated columns {unknown or names}")

    @property
    def full_name(self) -> str:
        """`layer.name`, as people write it in SQL."""
        return f"{self.layer}.{self.name}"

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(field.name for field in self.fields)

    @property
    def ddl(self) -> str:
        """The schema as Spark DDL."""
        return ", ".join(f"`{field.name}` {field.spark_type}" for field in self.fields)
