"""Field: one column declared once; type, cast, comment, checks and documentation derive from it."""

from dataclasses import dataclass

from lakehouse.text import Text

SCALARS = frozenset({"string", "long", "double", "boolean", "date", "timestamp"})


@dataclass(frozen=True)
class Field:
    """A column: its name, Spark type, words, and what values it may hold.

    `type` is a scalar (string, long, double, boolean, date, timestamp), `array<scalar>`, or `list` with `items`
    (an array of structs). `source` is where the sender's form keeps the value (an XPath for XML, a dotted path for
    JSON, a heading for CSV). A `required` field that is missing or unreadable refuses the record, a `strict` one only where
    it is there and unreadable. `when` (Spark SQL over the columns of the table) says for which rows that holds, where a feed has
    records of several shapes. `echo` marks what customs itself decided earlier: shown to officers, never a feature,
    never a label.
    """

    name: str
    type: str
    text: Text
    source: str = ""
    required: bool = False
    strict: bool = False
    when: str = ""
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    items: tuple["Field", ...] = ()
    echo: bool = False

    def __post_init__(self) -> None:
        scalar = self.type.removeprefix("array<").removesuffix(">")
        if self.type == "list":
            if not self.items:
                raise ValueError(f"Field {self.name}: a list declares its items")
        elif scalar not in SCALARS and not self.type.startswith("map<"):
            raise ValueError(f"Field {self.name}: type {self.type!r} is none of {sorted(SCALARS)}")

    @property
    def spark_type(self) -> str:
        """The type as Spark DDL."""
        if self.type != "list":
            return self.type.replace("long", "bigint")
        return f"array<struct<{','.join(f'{item.name}:{item.spark_type}' for item in self.items)}>>"

    @property
    def comment(self) -> str:
        """The column comment kept in the Delta schema, both languages."""
        return f"{self.text.ko} / {self.text.en}"


def string(name: str, source: str, ko: str, en: str, required: bool = False, when: str = "") -> Field:
    """A field of text."""
    return Field(name, "string", Text(ko, en), source, required, when=when)


def double(name: str, source: str, ko: str, en: str, strict: bool = False, low: float | None = None, high: float | None = None,
           when: str = "") -> Field:
    """A field of numbers."""
    return Field(name, "double", Text(ko, en), source, strict=strict, when=when, low=low, high=high)


def fields(*declared: Field) -> tuple[Field, ...]:
    """The declared fields as a tuple, refusing a name declared twice."""
    names = [field.name for field in declared]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"fields declared twice: {twice}")
    return declared
