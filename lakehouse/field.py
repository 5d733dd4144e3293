"""Field: one column declared once; type, cast, comment, checks and documentation derive from it."""

from dataclasses import dataclass

from lakehouse.text import Text

# How a value written as text turns into each type, as Spark SQL over {raw} (a trimmed, non-empty string or NULL).
# ANSI mode raises on a bad cast, so each one tries and gives NULL, which the row rules then find.
_CASTS = {
    "string": "{raw}",
    "long": "CASE WHEN {raw} RLIKE '^[+-]?[0-9]{{1,18}}([.]0*)?$' THEN try_cast(try_cast({raw} AS DECIMAL(38,6)) AS BIGINT) END",
    # Thousands commas are read, a decimal comma is not: 1,5 would become 15.
    "double": "CASE WHEN {raw} RLIKE '^[+-]?([0-9]+|[0-9]{{1,3}}(,[0-9]{{3}})+)?([.][0-9]+|[.])?([eE][+-]?[0-9]{{1,2}})?$' "
    "THEN try_cast(replace({raw}, ',', '') AS DOUBLE) END",
    "boolean": "CASE WHEN lower({raw}) IN ('y','yes','true','1') THEN true "
    "WHEN lower({raw}) IN ('n','no','false','0') THEN false END",
    "date": "CAST(CASE WHEN {raw} RLIKE '^[0-9]{{4}}[-./]?[0-9]{{2}}[-./]?[0-9]{{2}}' THEN "
    "try_to_timestamp(substr(regexp_replace({raw}, '[-./]', ''), 1, 8), 'yyyyMMdd') END AS DATE)",
    "timestamp": "coalesce("
    "CASE WHEN {raw} RLIKE '^[0-9]{{14}}$' THEN try_to_timestamp({raw}, 'yyyyMMddHHmmss') END, "
    "CASE WHEN {raw} RLIKE '^[0-9]{{12}}$' THEN try_to_timestamp({raw}, 'yyyyMMddHHmm') END, "
    "CASE WHEN {raw} RLIKE '^[0-9]{{8}}$' THEN try_to_timestamp({raw}, 'yyyyMMdd') END, "
    "CASE WHEN {raw} RLIKE '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}' THEN try_cast({raw} AS TIMESTAMP) END)",
}
SCALARS = frozenset(_CASTS)


@dataclass(frozen=True)
class Field:
    """A column: its name, Spark type, words, and what values it may hold.

    `type` is a scalar (string, long, double, boolean, date, timestamp), `array<scalar>`, or `list` with `items`
    (an array of structs). `source` is where the sender's form keeps the value (an XPath for XML, a dotted path for
    JSON, a heading for CSV). A `required` field that is missing or unreadable refuses the record, a `strict` one only where
    it is there and unreadable. `echo` marks what customs itself decided earlier: shown to officers, never a feature,
    never a label.
    """

    name: str
    type: str
    text: Text
    source: str = ""
    required: bool = False
    strict: bool = False
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
    def text_type(self) -> str:
        """The type with every leaf as the text it was sent as."""
        if self.type == "list":
            return f"array<struct<{','.join(f'{item.name}:{item.text_type}' for item in self.items)}>>"
        return "array<string>" if self.type.startswith("array<") else "string"

    @property
    def comment(self) -> str:
        """The column comment kept in the Delta schema, both languages."""
        return f"{self.text.ko} / {self.text.en}"

    def cast(self, raw: str) -> str:
        """Spark SQL turning the text expression `raw` into this field's type; NULL where it cannot be read."""
        if self.type == "list":
            inner = ", ".join(f"{item.cast(f'x.{item.name}')} AS {item.name}" for item in self.items)
            return f"transform({raw}, x -> struct({inner}))"
        if self.type.startswith("array<"):
            scalar = self.type.removeprefix("array<").removesuffix(">")
            return f"transform({raw}, x -> {_cast(scalar, 'x')})"
        return _cast(self.type, raw)

    def fault(self, raw: str, value: str) -> str | None:
        """Spark SQL naming what is wrong with the value ('missing', 'unreadable', 'range'), or None if nothing can be."""
        whens = []
        if self.required:
            whens.append(f"WHEN nullif(trim({raw}), '') IS NULL THEN 'missing'")
        if self.type not in ("string", "list") and not self.type.startswith("array<"):
            whens.append(f"WHEN nullif(trim({raw}), '') IS NOT NULL AND {value} IS NULL THEN 'unreadable'")
        bounds = [f"{value} < {self.low}"] if self.low is not None else []
        bounds += [f"{value} > {self.high}"] if self.high is not None else []
        if bounds:
            whens.append(f"WHEN {' OR '.join(bounds)} THEN 'range'")
        if self.allowed:
            whens.append(f"WHEN {value} NOT IN ({', '.join(repr(a) for a in self.allowed)}) THEN 'code'")
        return f"CASE {' '.join(whens)} END" if whens else None


def _cast(scalar: str, raw: str) -> str:
    return _CASTS[scalar].format(raw=f"nullif(trim({raw}), '')")


def fields(*declared: Field) -> tuple[Field, ...]:
    """The declared fields as a tuple, refusing a name declared twice."""
    names = [field.name for field in declared]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"fields declared twice: {twice}")
    return declared
