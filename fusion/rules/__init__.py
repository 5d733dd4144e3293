"""Every rule by which two sources may be found to disagree: a new one is one declaration, a new family one line here."""

from fusion.rules import amounts, boxes, identity, parcel_goods, parcel_value, screening, shared, standing, ways
from fusion.rules.rule import Rule

FAMILIES = (
    amounts,
    ways,
    boxes,
    standing,
    parcel_value,
    identity,
    parcel_goods,
    screening,
    shared,
)
RULES: tuple[Rule, ...] = tuple(rule for family in FAMILIES for rule in family.RULES)
