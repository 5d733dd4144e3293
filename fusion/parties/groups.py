"""Groups: texts and parties joined by weighed pairs, the strongest first, where nothing speaks against it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
# An identifier that a node does not have.
NONE = 0


@dataclass(frozen=True)
class Edges:
    """Pairs of nodes by position, their match weights, and for each kind of identifier whether both texts told one."""

    one: Ints
    other: Ints
    weight: NDArray[np.float64]
    told: NDArray[np.bool_]


@dataclass(frozen=True)
class Nodes:
    """Texts and parties held: which are held, the identifiers of each (node, kind, value), and pairs that an analyst keeps apart."""

    count: int
    is_held: NDArray[np.bool_]
    of_node: Ints
    of_kind: Ints
    value: Ints
    apart: frozenset[tuple[int, int]] = field(default_factory=frozenset)


def group(nodes: Nodes, edges: Edges, merge_weight: float) -> Ints:
    """The group of each node, numbered by its first node.

    What is joined without a contradiction is a group at once. Elsewhere the strongest pairs go first, and a pair joins two
    groups unless both have identifiers of a kind and share none, while the texts of the pair did not tell theirs; unless an
    analyst keeps them apart; and unless both are parties held and the pair is weaker than `merge_weight`.
    """
    graph = coo_array((np.ones(len(edges.one), dtype=np.int8), (edges.one, edges.other)), shape=(nodes.count, nodes.count))
    _, component = connected_components(graph, directed=False)
    doubtful = _doubtful(nodes, component)
    first = _first_of(component)
    if doubtful.any():
        first = np.where(doubtful[component], np.arange(nodes.count), first)
        chosen = np.flatnonzero(doubtful[component[edges.one]])
        _join(first, nodes, edges, chosen, doubtful[component], merge_weight)
    return first


def _first_of(component: Ints) -> Ints:
    """The first node of each node's component."""
    first = np.full(int(component.max(initial=-1)) + 1, len(component), dtype=np.int64)
    np.minimum.at(first, component, np.arange(len(component)))
    return np.asarray(first[component], dtype=np.int64)


def _doubtful(nodes: Nodes, component: Ints) -> NDArray[np.bool_]:
    """Components with two identifiers of a kind, two parties held, or two nodes that are kept apart."""
    many = int(component.max(initial=-1)) + 1
    doubtful = np.bincount(component[nodes.is_held], minlength=many) > 1
    told = np.unique(np.stack([component[nodes.of_node], nodes.of_kind, nodes.value], axis=1), axis=0) if len(nodes.of_node) else np.zeros((0, 3), dtype=np.int64)
    kinds, counts = np.unique(told[:, :2], axis=0, return_counts=True)
    doubtful[kinds[counts > 1, 0]] = True
    for one, other in nodes.apart:
        if component[one] == component[other]:
            doubtful[component[one]] = True
    return np.asarray(doubtful)


def _join(first: Ints, nodes: Nodes, edges: Edges, chosen: Ints, wanted: NDArray[np.bool_], merge_weight: float) -> None:
    """Join nodes along the chosen edges, the strongest first, writing the first node of each one's group."""
    ids: dict[int, dict[int, set[int]]] = {}
    for node, kind, value in zip(*(column[wanted[nodes.of_node]].tolist() for column in (nodes.of_node, nodes.of_kind, nodes.value)), strict=True):
        ids.setdefault(node, {}).setdefault(kind, set()).add(value)
    held = {node: {node} for node in np.flatnonzero(nodes.is_held & wanted).tolist()}
    apart: dict[int, set[int]] = {}
    for one, other in nodes.apart:
        apart.setdefault(one, set()).add(other)
        apart.setdefault(other, set()).add(one)
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        while (up := parent.get(node, node)) != node:
            parent[node] = node = parent.get(up, up)
        return node

    members: dict[int, set[int]] = {node: {node} for node in apart}
    order = chosen[np.lexsort((edges.other[chosen], edges.one[chosen], -edges.weight[chosen]))]
    for edge in order.tolist():
        one, other = root(int(edges.one[edge])), root(int(edges.other[edge]))
        if one == other or _against(ids, one, other, edges.told[edge]) or (one in held and other in held and edges.weight[edge] < merge_weight):
            continue
        if apart and _kept_apart(members, apart, one, other):
            continue
        low, high = min(one, other), max(one, other)
        parent[high] = low
        for kind, values in ids.pop(high, {}).items():
            ids.setdefault(low, {}).setdefault(kind, set()).update(values)
        if high in held:
            held.setdefault(low, set()).update(held.pop(high))
        if high in members:
            members.setdefault(low, set()).update(members.pop(high))
    for node in np.flatnonzero(wanted).tolist():
        first[node] = root(node)


def _against(ids: Mapping[int, Mapping[int, set[int]]], one: int, other: int, told: NDArray[np.bool_]) -> bool:
    """Whether two groups have identifiers of a kind and share none, and the pair at hand did not weigh that."""
    mine, theirs = ids.get(one, {}), ids.get(other, {})
    return any(kind in theirs and not told[kind] and mine[kind].isdisjoint(theirs[kind]) for kind in mine)


def _kept_apart(members: Mapping[int, set[int]], apart: Mapping[int, set[int]], one: int, other: int) -> bool:
    return any(not apart[node].isdisjoint(members.get(other, ())) for node in members.get(one, ()))
