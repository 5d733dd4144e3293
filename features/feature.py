"""Feature: one number about a shipment, declared once; expression, constraint, reason, docs and drift derive from it."""

from dataclasses import dataclass
from typing import Literal

from lakehouse.text import Text

Theme = Literal["value", "weight", "route", "goods", "party", "documents", "timing", "container", "tax", "contradiction",
                "parcel", "identity", "screening", "baggage", "network"]
Aggregate = Literal["sum", "mean", "count", "std", "days_since_first"]
SAID = frozenset({"value", "shown", "norm", "peers", "ratio"})


@dataclass(frozen=True)
class Feature:
    """A number or category about a shipment as of a run.

    `sql` is Spark SQL over the columns of the described shipment (`fusion.described`) and of the histories (never over
    an echo field or a label). `type` is `double` or `category` (a string the model encodes). `monotone` is the sign of
    its effect that LightGBM must keep (0 none). `checkable` says that an officer can verify the fact.

    `reason` may use {value}, {shown} (`shows`: the quantity people read where the value is a score), {norm} (`norm`:
    the peers' usual value, or the other side of a comparison), {peers} (`peers`: how many they are), {ratio} (shown
    over norm) and the numeric columns named in `uses`; all are Spark SQL. `group` joins features that say one thing,
    so that they make one reason. `prior` (threshold, log-odds) is what the declared prior adds when the value reaches
    the threshold (falls to it where `monotone` is -1), before there are outcomes to learn from. What is not `is_told` is
    personal or protected: it may move a score, and no reason says it.
    """

    name: str
    theme: Theme
    sql: str
    text: Text
    reason: Text
    type: Literal["double", "category"] = "double"
    monotone: Literal[-1, 0, 1] = 0
    checkable: bool = False
    shows: str = ""
    norm: str = ""
    peers: str = ""
    uses: tuple[str, ...] = ()
    group: str = ""
    prior: tuple[float, float] | None = None
    is_told: bool = True

    def __post_init__(self) -> None:
        said = self.reason.names()
        unknown = said - {*SAID, *self.uses}
        if unknown:
            raise ValueError(f"Feature {self.name}: its reason asks for {sorted(unknown)}, which it does not use")
        absent = [name for name in ("norm", "peers") if name in said and not getattr(self, name)]
        if absent or ("ratio" in said and not self.norm):
            raise ValueError(f"Feature {self.name}: its reason asks for {absent or ['ratio']}, which it does not declare")
        if self.type == "category" and (self.monotone or self.prior):
            raise ValueError(f"Feature {self.name}: a category has no direction")

    @property
    def code(self) -> str:
        """The code of the reason it makes: its group, or its own name."""
        return self.group or self.name

    @property
    def numbers(self) -> dict[str, str]:
        """What the `norms` of a row keep for its reason: key to Spark SQL."""
        declared = {self.name: self.norm, f"{self.name}.shown": self.shows, f"{self.name}.peers": self.peers}
        return {key: sql for key, sql in declared.items() if sql} | {f"{self.name}.{used}": used for used in self.uses}


@dataclass(frozen=True)
class History:
    """What was known by then about an entity: a measure over the facts of a key within a window, shrunk to a prior.

    For the described shipment's `key` columns (none: every fact), aggregates `measure` (SQL over a fact row; facts where
    it is NULL are left out) with `aggregate` over facts of `source` known in the `window_days` before the run (0: all),
    leaving out the shipment's own; days since the first fact are told where another shipment has any. NULL where a key
    column is NULL, or where a mean or std has fewer than `minimum` facts. With `shrinkage` k a mean becomes
    (sum + k x prior) / (n + k), prior being the mean over all facts known by then. Measures are kept to 1/10,000 and
    capped at one million (a thousand where a std is asked for).
    """

    name: str
    key: tuple[str, ...]
    source: Literal["declarations", "outcomes"]
    measure: str = "1"
    aggregate: Aggregate = "count"
    window_days: int = 0
    shrinkage: float = 0.0
    minimum: int = 0

    def __post_init__(self) -> None:
        if self.shrinkage and (self.aggregate != "mean" or not self.key):
            raise ValueError(f"History {self.name}: only the mean of a key is shrunk")
        if self.aggregate == "days_since_first" and (self.window_days or not self.key or self.measure != "1"):
            raise ValueError(f"History {self.name}: days since the first fact of a key have no window and no measure")
        if self.minimum and self.aggregate not in ("mean", "std"):
            raise ValueError(f"History {self.name}: a {self.aggregate} has no minimum")
        if self.window_days < 0 or self.shrinkage < 0 or self.minimum < 0:
            raise ValueError(f"History {self.name}: window, shrinkage and minimum are not negative")


def floored(sql: str, low: str = "0D") -> str:
    """Spark SQL of a number that is at least `low`, and NULL where it is not known: greatest alone passes by what is NULL."""
    return f"CASE WHEN ({sql}) IS NOT NULL THEN greatest({sql}, {low}) END"
