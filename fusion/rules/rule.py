"""Rule: one way in which two sources may disagree, declared once."""

from dataclasses import dataclass
from typing import Literal

from lakehouse.text import Text

Kind = Literal["value", "weight", "origin", "goods", "packages", "seal", "route", "identity", "screening", "timing"]


@dataclass(frozen=True)
class Rule:
    """One way in which two sources may disagree: SQL over the described shipment, words, and the honest explanation.

    `where` says when it applies, `severe` when it is high rather than medium; `values` are the SQL texts put into the
    sentence, the first two being the left and the right value.
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


KG = "concat(format_number({}, 1), ' kg')"
PACKAGES = "concat(CAST(CAST({} AS BIGINT) AS STRING), ' pkg')"
PERCENT = "concat(CASE WHEN {0} > {1} THEN '+' ELSE '' END, format_number(100 * try_divide({0} - {1}, {1}), 1), '%')"
