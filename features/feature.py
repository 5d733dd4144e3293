"""Feature: one number about a shipment, declared once; expression, constraint, reason, docs and drift derive from it."""

from dataclasses import dataclass
from typing import Literal

from lakehouse.text import Text

Theme = Literal["value", "weight", "route", "goods", "party", "documents", "timing", "container", "tax", "contradiction"]


@dataclass(frozen=True)
class Feature:
    """A number or category about a shipment as of a run.

    `sql` is Spark SQL over the columns of the described shipment (`features.described`), norms and history (never over
    an echo field or a label). `type` is `double` or `category` (a string the model encodes). `monotone` is the sign of
    its effect that LightGBM must keep (0 none). `checkable` says that an officer can verify the fact. `reason` may use
    {value}, {norm} and the columns named in `uses`; `norm` is SQL of the peers' usual value. `group` joins features
    that say one thing, so that they make one reason. `prior` (threshold, log-odds) is what the declared prior adds when
    the value reaches the threshold (falls to it where `monotone` is -1), before there are outcomes to learn from.
    """

    name: str
    theme: Theme
    sql: str
    text: Text
    reason: Text
    type: Literal["double", "category"] = "double"
    monotone: Literal[-1, 0, 1] = 0
    checkable: bool = False
    norm: str = ""
    uses: tuple[str, ...] = ()
    group: str = ""
    prior: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        unknown = self.reason.names() - {"value", "norm", *self.uses}
        if unknown:
            raise ValueError(f"Feature {self.name}: its reason asks for {sorted(unknown)}, which it does not use")
        if self.type == "category" and self.monotone:
            raise ValueError(f"Feature {self.name}: a category has no direction")


@dataclass(frozen=True)
class History:
    """What was known by then about an entity: a measure over the facts of a key within a window, shrunk to a prior.

    For the described shipment's `key` column, aggregates `measure` (SQL over a fact row) with `aggregate` over facts
    of `source` known in the `window_days` before the run (0: all), leaving out the shipment's own. With `shrinkage` k a
    mean becomes (sum + k x prior) / (n + k), prior being the mean over all facts known by then.
    """

    name: str
    key: tuple[str, ...]
    source: Literal["declarations", "outcomes"]
    measure: str = "1"
    aggregate: Literal["sum", "mean", "count", "std", "days_since_first", "days_since_last"] = "count"
    window_days: int = 0
    shrinkage: float = 0.0
    minimum: int = 0
