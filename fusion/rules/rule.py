"""Rule: one way in which two sources may disagree, declared once."""

import math
from dataclasses import dataclass, replace
from typing import Literal

from lakehouse.text import Text

Kind = Literal["value", "weight", "origin", "goods", "packages", "seal", "route", "identity", "screening", "timing"]
Severity = Literal["low", "medium", "high"]
# How much a severity adds to the log-odds of a rule's strength.
_SHIFT: dict[Severity, float] = {"low": -1.6, "medium": 0.0, "high": 0.9}


@dataclass(frozen=True)
class Rule:
    """One way in which two sources may disagree: SQL over the described shipment, words, and the honest explanation.

    `where` says when it applies, `severe` when it is high rather than medium, and `mild` when it is low whatever else: what
    usually has the honest explanation. `left`, `right` and `difference` are the SQL texts put into the sentence, `left_ko` and `right_ko`
    where Korean words stand for the values. `strength` is
    the probability that a shipment of which nothing else is known is in violation where the rule applies at medium severity: what
    counts before there are outcomes to learn from. Rules that tell one `fact` (their own name unless given) count once, the strongest.
    """

    name: str
    kind: Kind
    left_feed: str
    right_feed: str
    where: str
    severe: str
    left: str
    right: str
    text: Text
    usual: Text
    difference: str = "''"
    left_ko: str = ""
    right_ko: str = ""
    mild: str = "false"
    strength: float = 0.15
    fact: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.strength < 1:
            raise ValueError(f"Rule {self.name}: its strength {self.strength} is no probability")
        unknown = self.text.names() - {"left", "right", "difference"}
        if unknown:
            raise ValueError(f"Rule {self.name}: its sentence asks for {sorted(unknown)}")

    @property
    def severity(self) -> str:
        """Spark SQL of the severity where the rule applies."""
        return f"CASE WHEN {self.mild} THEN 'low' WHEN {self.severe} THEN 'high' ELSE 'medium' END"

    @property
    def probability(self) -> str:
        """Spark SQL of the probability it stands for: 0 where it does not apply, or where that cannot be told."""
        low, medium, high = (self._shifted(severity) for severity in ("low", "medium", "high"))
        return f"CASE WHEN NOT coalesce({self.where}, false) THEN 0D WHEN {self.mild} THEN {low} WHEN {self.severe} THEN {high} ELSE {medium} END"

    def _shifted(self, severity: Severity) -> str:
        odds = math.log(self.strength / (1 - self.strength)) + _SHIFT[severity]
        return f"{1 / (1 + math.exp(-odds)):.4f}D"


def of_papers(rule: Rule) -> tuple[Rule, Rule]:
    """A rule on transport papers as one for each kind that may have told it: the manifest by sea, the air waybill by air."""
    told = ((rule.name, "manifest"), (f"{rule.name}_by_air", "air_waybill"))
    by_sea, by_air = (replace(rule, name=name, right_feed=feed, where=f"({rule.where}) AND transport_feed = '{feed}'", fact=rule.fact or rule.name) for name, feed in told)
    return by_sea, by_air


KG = "concat(format_number({}, 1), ' kg')"
PACKAGES = "concat(CAST(CAST({} AS BIGINT) AS STRING), ' pkg')"
PERCENT = "concat(CASE WHEN {0} > {1} THEN '+' ELSE '' END, format_number(100 * try_divide({0} - {1}, {1}), 1), '%')"
KRW = "concat(format_number({}, 0), ' KRW')"
RATE = "concat(format_number({}, 2), '%')"
FINE_KG = "concat(format_number({}, 2), ' kg')"
USD = "concat('USD ', format_number({}, 2))"
COUNT = "CAST(CAST({} AS BIGINT) AS STRING)"
AT = "date_format({}, 'yyyy-MM-dd HH:mm')"
SHORT = "substr({}, 1, 80)"
HOURS = "concat(format_number({}, 1), ' h')"
# Units as Korean sentences write them: patterns of whole values' ends.
IN_KOREAN = ((" kg$", "㎏"), (" pkg$", "개"), (" KRW$", "원"), (" h$", "시간"))
