"""The catalogue: every feature and history of every theme, checked as one when it is imported."""

import re
from collections.abc import Sequence

from features import (
    baggage,
    container,
    contradiction,
    documents,
    goods,
    identity,
    network,
    parcel,
    party,
    registry,
    route,
    screening,
    tariff,
    tax,
    timing,
    transport,
    value,
    weight,
)
from features.feature import Feature, History
from fusion.describe import DESCRIBED
from fusion.described import DECLARED
from lakehouse.field import Field

# What only an outcome fact knows besides the declaration; a measure may use it, a feature never.
OUTCOME_COLUMNS = frozenset({"inspected_at", "illicit", "severity", "revenue_krw", "selected_by"})
_MEASURABLE = frozenset({"illicit", "severity", "revenue_krw"})
_THEMES = (value, weight, tax, route, goods, party, documents, timing, container, transport, registry, tariff, parcel, identity, screening, baggage, network,
           contradiction)
_LITERAL = re.compile(r"'(?:[^'\\]|\\.)*'")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*(?!\w|\s*\()")
_TYPES = r"double|string|int|bigint|date|timestamp|decimal"
# Keywords of Spark SQL in formulas, and the variable of `goods.words_of`.
_WORDS = frozenset(
    ("and", "or", "not", "is", "null", "in", "like", "rlike", "case", "when", "then", "else", "end", "as", "true", "false", "word")
)


def names_in(sql: str) -> frozenset[str]:
    """The column names that a formula reads: what is left without literals, functions, types and keywords."""
    bare = re.sub(r"\b\d[\d.]*([eE]\d+)?[DL]?\b", " ", _LITERAL.sub(" ", sql))
    bare = re.sub(rf"\bAS\s+({_TYPES})\b", " ", bare, flags=re.IGNORECASE)
    return frozenset(name for name in _NAME.findall(bare) if name.lower() not in _WORDS)


def problems(features: Sequence[Feature], histories: Sequence[History], described: Sequence[Field] = DESCRIBED) -> list[str]:
    """What is wrong with the declarations, every fault at once; empty where all is well."""
    columns = {field.name for field in described if not field.echo}
    declared = {field.name for field in DECLARED if not field.echo}
    past = {history.name for history in histories}
    found = _repeated("feature", [f.name for f in features]) + _repeated("history", [h.name for h in histories])
    found += [f"history {name}: a described column has its name" for name in sorted(past & {f.name for f in described})]
    for history in histories:
        known = declared | (_MEASURABLE if history.source == "outcomes" else frozenset())
        found += _unknown(f"history {history.name}", names_in(history.measure), known)
        found += _unknown(f"history {history.name}", set(history.key), declared)
    for feature in features:
        for sql in (feature.sql, *feature.numbers.values()):
            found += _unknown(f"feature {feature.name}", names_in(sql), columns | past)
    used = {name for feature in features for sql in (feature.sql, *feature.numbers.values()) for name in names_in(sql)}
    return found + [f"history {name}: no feature reads it" for name in sorted(past - used)]


def _repeated(kind: str, names: list[str]) -> list[str]:
    return [f"{kind} {name}: declared twice" for name in sorted({name for name in names if names.count(name) > 1})]


def _unknown(who: str, names: set[str] | frozenset[str], known: set[str]) -> list[str]:
    return [f"{who}: reads {name}, which it may not or which is not known" for name in sorted(names - known)]


FEATURES: tuple[Feature, ...] = tuple(feature for theme in _THEMES for feature in theme.FEATURES)
HISTORIES: tuple[History, ...] = tuple(history for theme in _THEMES for history in theme.HISTORIES)
BY_NAME = {feature.name: feature for feature in FEATURES}

_FAULTS = problems(FEATURES, HISTORIES)
if _FAULTS:
    raise ValueError("the catalogue of features does not hold: " + "; ".join(_FAULTS))
