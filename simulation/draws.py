"""Random numbers that depend on the seed and on what they are for, and on nothing else."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]


def stream(seed: int | str, purpose: str) -> np.random.Generator:
    """Give the generator of one purpose, so that adding a draw for one purpose leaves every other as it was."""
    digest = hashlib.blake2b(f"{seed}|{purpose}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "big")))


def pick(rng: np.random.Generator, weights: ArrayLike, size: int) -> Ints:
    """Draw `size` positions with chances proportional to `weights`."""
    edges = np.cumsum(np.asarray(weights, dtype=np.float64))
    places = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return np.asarray(np.minimum(places, len(edges) - 1), dtype=np.int64)


def pick_rows(rng: np.random.Generator, weights: Floats) -> Ints:
    """Draw one column for each row of a weight matrix; every row needs a positive weight."""
    edges = np.cumsum(weights, axis=1)
    points = rng.random(len(weights)) * edges[:, -1]
    return np.asarray(np.minimum((points[:, None] >= edges).sum(axis=1), weights.shape[1] - 1), dtype=np.int64)


def race(rng: np.random.Generator, weights: ArrayLike, count: int) -> Ints:
    """Draw `count` different positions, heavier ones more likely; positions of weight 0 are never drawn."""
    weight = np.asarray(weights, dtype=np.float64)
    arrival = rng.exponential(size=len(weight)) / np.where(weight > 0, weight, np.nan)
    order = np.argsort(arrival, kind="stable")  # NaN sorts last
    return order[: min(count, int((weight > 0).sum()))].astype(np.int64)


def chance(rng: np.random.Generator, probability: ArrayLike, size: int) -> Bools:
    """Draw yes or no for each of `size` rows."""
    return np.asarray(rng.random(size) < np.asarray(probability, dtype=np.float64), dtype=np.bool_)


def spread(rng: np.random.Generator, sigma: ArrayLike, size: int) -> Floats:
    """Draw lognormal factors around 1."""
    return np.asarray(np.exp(rng.normal(size=size) * np.asarray(sigma, dtype=np.float64)), dtype=np.float64)


def groups_of(*keys: ArrayLike) -> list[list[int]]:
    """Positions that share all keys, group by group in the order of the keys, each in order."""
    table = np.column_stack([np.asarray(key, dtype=np.int64) for key in keys])
    if not len(table):
        return []
    _, group = np.unique(table, axis=0, return_inverse=True)
    group = group.reshape(-1)
    order = np.argsort(group, kind="stable")
    edges = np.flatnonzero(np.diff(group[order])) + 1
    return [part.tolist() for part in np.split(order, edges)]
