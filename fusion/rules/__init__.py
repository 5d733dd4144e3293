"""Every rule by which two sources may be found to disagree: a new one is one declaration, a new family one line here."""

from fusion.rules import amounts, boxes, standing, ways
from fusion.rules.rule import Rule

FAMILIES = (
    amounts,
    ways,
    boxes,
    standing,
)
RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in family.RULES)
