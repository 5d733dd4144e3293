"""Every rule by which two sources may be found to disagree: a new one is one declaration, a new family one line here."""

from fusion.rules import cargo
from fusion.rules.rule import Rule

RULES: tuple[Rule, ...] = tuple(rule for family in (cargo,) for rule in family.RULES)
