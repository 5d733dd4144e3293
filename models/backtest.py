"""Backtest: what policies would have found among the same labelled rows, at each office's capacity and along all capacities."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from models.capacity import MEASURES, Bools, Floats, Labelled, finite, found

SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)


def side_by_side(labelled: Labelled, scores: Mapping[str, Floats], rows: Bools, resamples: int, seed: int) -> dict[str, dict[str, Any]]:
    """By policy each measure over some of the rows, with its 95 % interval; all policies on the same resamples."""
    part, whole = labelled.of(rows), np.ones(int(rows.sum()), dtype=bool)
    if not part.illicit.any():
        return {}
    return {policy: found(part, score[rows], [whole], resamples, seed).figures(0) for policy, score in scores.items()}


def along(labelled: Labelled, scores: Mapping[str, Floats], shares: Sequence[float] = SHARES) -> list[dict[str, Any]]:
    """By policy and share of all shipments that every office looks at, what it finds."""
    rows = []
    for share in shares:
        at = replace(labelled, share=np.full(len(labelled), share))
        for policy, score in scores.items():
            one = found(at, score, [np.ones(len(labelled), dtype=bool)], 1, 0)
            rows.append({"policy": policy, "share": share, **{name: finite(one.value[name][0]) for name in MEASURES}})
    return rows
