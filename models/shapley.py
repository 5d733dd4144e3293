"""Exact SHAP values of many rows at once: what a leaf adds is looked up by which of its conditions a row meets.

On its way to a leaf of value v, a row meets (o = 1) or fails (o = 0) what the path asks of each of its features, which a
share z of the training rows met. With the other features known or not in every order, feature i adds

    v (o_i - z_i) ∫ ∏_{j≠i} (z_j (1 - t) + o_j t) dt,  t from 0 to 1,

a polynomial that Gauss' rule with half as many points as the path has features integrates exactly. Rows with the same
pattern of o share one result, so that a leaf costs a row one look-up a feature. The idea of patterns is WOODELF's (Nadel
and Wettenstein, 2025); all is done in double precision, value by value, so that a row's bytes do not depend on the rows
beside it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt
from numpy.polynomial.legendre import leggauss

from models.verify import Forest, read_forest

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]
# From the shares of a path, the value of its leaf and the patterns asked for.
Values = Callable[[tuple[float, ...], float, Whole], Floats]
_MOST_FEATURES = 62  # Of one path: a pattern is a whole number of 64 bits.
_ROWS_AT_ONCE = 16_384  # What is added to stays in the processor's cache.
_ZERO = 1e-35  # As LightGBM has it.


@dataclass(frozen=True)
class Grown:
    """One tree as arrays; children below zero are leaves, their number the complement."""

    feature: Whole
    threshold: Floats
    kind: Whole
    left: Whole
    right: Whole
    value: Floats
    count: Floats
    leaf_count: Floats
    bounds: Whole
    bits: npt.NDArray[np.uint32]

    def rows(self, child: int) -> float:
        """How many training rows came to a node or leaf."""
        return float(self.count[child] if child >= 0 else self.leaf_count[~child])

    def goes_left(self, node: int, x: Floats) -> Bools:
        """Which values of the node's feature go left, as LightGBM decides."""
        kind, cut = int(self.kind[node]), float(self.threshold[node])
        if kind & 1:
            words = self.bits[self.bounds[int(cut)] : self.bounds[int(cut) + 1]]
            named = np.append(np.unpackbits(words.view(np.uint8), bitorder="little").astype(bool), False)
            code = np.where((x >= 0) & (x < len(named) - 1), x, len(named) - 1)
            return np.asarray(named[code.astype(np.intp)])
        missing, is_left = kind >> 2, bool(kind & 2)
        if missing == 2:
            return np.asarray(~(x > cut) if is_left else x <= cut)
        known = np.nan_to_num(x, nan=0.0, posinf=np.inf, neginf=-np.inf)
        below = known <= cut
        return np.where(np.abs(known) <= _ZERO, is_left, below) if missing == 1 else np.asarray(below)


@dataclass(frozen=True)
class Path:
    """What a way down has asked so far: its features, the share of training rows that met each, and each row's pattern."""

    node: int
    features: tuple[int, ...]
    shares: tuple[float, ...]
    pattern: Whole

    def step(self, child: int, feature: int, share: float, is_met: Bools) -> "Path":
        """The path one condition on; a feature asked again is met where every condition on it is."""
        if feature not in self.features:
            return Path(child, (*self.features, feature), (*self.shares, share), (self.pattern << 1) + is_met)
        place = self.features.index(feature)
        shares = tuple(s * share if i == place else s for i, s in enumerate(self.shares))
        bit = 1 << (len(self.features) - 1 - place)
        return Path(child, self.features, shares, self.pattern & np.where(is_met, -1, ~bit))


@lru_cache(maxsize=2)
def grown(text: str) -> tuple[Grown, ...]:
    """The trees of a model's text, read once."""
    return tuple(_grow(read_forest(text)))


def fits(text: str) -> bool:
    """Whether `shapley` can explain the model: every branch had training rows."""
    return all((tree.count > 0).all() and (tree.leaf_count > 0).all() for tree in grown(text))


def shapley(text: str, matrix: Floats) -> Floats:
    """SHAP values in log-odds, the base value last: rows x (features + 1)."""
    rows, width = matrix.shape
    added, columns, base = np.zeros((width + 1, rows)), np.ascontiguousarray(matrix.T), 0.0
    for tree in grown(text):
        if not len(tree.feature):
            base += float(tree.value[0])
            continue
        base += float(np.sum(tree.value * tree.leaf_count) / tree.count[0])
        for features, table, place in _looked_up(tree, columns, leaf_values):
            for first in range(0, rows, _ROWS_AT_ONCE):
                part = slice(first, first + _ROWS_AT_ONCE)
                for feature, values in zip(features, table, strict=True):
                    added[feature, part] += values.take(place[part], mode="clip")
    added[width] = base
    return np.ascontiguousarray(added.T)


def interactions(text: str, matrix: Floats) -> dict[tuple[int, int], Floats]:
    """SHAP interaction values of each two features that meet on a path, lower number first: what either adds to the other, per row."""
    columns = np.ascontiguousarray(matrix.T)
    added: dict[tuple[int, int], Floats] = {}
    for tree in grown(text):
        for features, table, place in _looked_up(tree, columns, pair_values) if len(tree.feature) else ():
            for pair, values in zip(combinations(features, 2), table, strict=True):
                one, other = sorted(pair)
                added[one, other] = added.get((one, other), 0.0) + values.take(place, mode="clip")
    return added


def _looked_up(tree: Grown, columns: Floats, values_of: Values) -> Iterator[tuple[tuple[int, ...], Floats, Whole]]:
    """For each leaf, or pair of leaves under one condition: its features, what is added by place, and each row's place."""
    waiting = [Path(0, (), (), np.zeros(columns.shape[1], dtype=np.intp))]
    while waiting:
        path = waiting.pop()
        node, feature = path.node, int(tree.feature[path.node])
        left, right = int(tree.left[node]), int(tree.right[node])
        is_left = tree.goes_left(node, columns[feature])
        share = tree.rows(left) / tree.rows(node)
        onward = path.step(left, feature, share, is_left)
        if left < 0 and right < 0 and feature not in path.features:
            # Both leaves ask the same but for the last condition, which one meets where the other fails it.
            places, place = _places(len(onward.features), onward.pattern)
            both = values_of(onward.shares, float(tree.value[~left]), places)
            both += values_of((*path.shares, tree.rows(right) / tree.rows(node)), float(tree.value[~right]), places ^ 1)
            yield onward.features, both, place
            continue
        for step in (onward, path.step(right, feature, tree.rows(right) / tree.rows(node), ~is_left)):
            if step.node >= 0:
                waiting.append(step)
                continue
            places, place = _places(len(step.features), step.pattern)
            yield step.features, values_of(step.shares, float(tree.value[~step.node]), places), place


def _places(features: int, pattern: Whole) -> tuple[Whole, Whole]:
    """The patterns to work out, every one where they are few, and where each row's stands among them."""
    if features > _MOST_FEATURES:
        raise ValueError(f"a path of the model asks of {features} features, {_MOST_FEATURES} are allowed")
    if 1 << features <= max(len(pattern), 64):
        return np.arange(1 << features, dtype=np.intp), pattern
    found, place = np.unique(pattern, return_inverse=True)
    return found, place.astype(np.intp)


def leaf_values(shares: tuple[float, ...], value: float, patterns: Whole) -> Floats:
    """What each feature of a path adds at its leaf, for each pattern (the first feature the highest bit): features x patterns."""
    gains, factors, whole = _factors(shares, patterns)
    added = np.empty((len(shares), len(patterns)))
    for i, (gain, factor) in enumerate(zip(gains, factors, strict=True)):
        added[i] = gain * value * _total(whole / factor)
    return added


def pair_values(shares: tuple[float, ...], value: float, patterns: Whole) -> Floats:
    """What each two features of a path add to one another at its leaf, for each pattern: pairs x patterns."""
    gains, factors, whole = _factors(shares, patterns)
    pairs = list(combinations(range(len(shares)), 2))
    added = np.empty((len(pairs), len(patterns)))
    for row, (i, j) in enumerate(pairs):
        added[row] = gains[i] * gains[j] * (value / 2) * _total(whole / factors[i] / factors[j])
    return added


def _factors(shares: tuple[float, ...], patterns: Whole) -> tuple[list[Floats], list[Floats], Floats]:
    """Of each feature o - z, its factor of the polynomial at Gauss' points, and the weighted product of all factors."""
    points, weights = _gauss((len(shares) + 1) // 2)
    met = [(patterns >> (len(shares) - 1 - i)) & 1 == 1 for i in range(len(shares))]
    failed = [share * (1 - points) for share in shares]
    factors = [np.where(o, (z + points)[:, None], z[:, None]) for o, z in zip(met, failed, strict=True)]
    whole = weights[:, None] * factors[0]
    for factor in factors[1:]:
        whole = whole * factor
    return [np.where(o, 1 - share, -share) for share, o in zip(shares, met, strict=True)], factors, whole


def _total(parts: Floats) -> Floats:
    """The sum over Gauss' points, one by one: the order in which a library adds may depend on how many patterns there are."""
    total: Floats = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


@cache
def _gauss(points: int) -> tuple[Floats, Floats]:
    places, weights = leggauss(points)
    return (places + 1) / 2, weights / 2


def _grow(forest: Forest) -> Iterator[Grown]:
    for tree in forest.trees:
        held = {name: np.array(values, dtype=np.float64) for name, values in tree.lines.items()}
        whole = {name: held.get(name, np.zeros(0)).astype(np.intp) for name in
                 ("split_feature", "decision_type", "left_child", "right_child", "cat_boundaries")}
        yield Grown(whole["split_feature"], held["threshold"], whole["decision_type"], whole["left_child"], whole["right_child"],
                    held["leaf_value"], held["internal_count"], held["leaf_count"], whole["cat_boundaries"],
                    held.get("cat_threshold", np.zeros(0)).astype(np.uint32))
