"""Influence: how far each group of features moves the scores of many explained shipments."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from features.catalogue import BY_NAME
from lakehouse.text import Text

Floats = npt.NDArray[np.float64]


def groups_of(names: Sequence[str]) -> dict[str, list[int]]:
    """The columns of each group that makes one reason, by its code; a feature that is declared no more is a group of its own."""
    groups: dict[str, list[int]] = {}
    for i, name in enumerate(names):
        groups.setdefault(BY_NAME[name].code if name in BY_NAME else name, []).append(i)
    return groups


def moved_by(added: Floats, groups: Mapping[str, Sequence[int]]) -> Floats:
    """What each group adds to each score, its features taken together: rows x groups."""
    return np.column_stack([added[:, list(columns)].sum(axis=1) for columns in groups.values()]) if groups else np.zeros((len(added), 0))


def sizes(moved: Floats, weight: Floats) -> Floats:
    """By group the mean size of what it adds, rows weighted; zeros where there are no rows."""
    return np.asarray(np.average(np.abs(moved), axis=0, weights=weight)) if len(moved) and weight.sum() else np.zeros(moved.shape[1])


def label_of(names: Sequence[str], columns: Sequence[int], weight: Floats) -> Text:
    """The words of a group: those of its weightiest feature, and how many more there are."""
    first = names[max(columns, key=lambda i: (weight[i], -i))]
    text = BY_NAME[first].text if first in BY_NAME else Text(first, first)
    more = len(columns) - 1
    return Text(f"{text.ko} 외 {more}", f"{text.en} and {more} more") if more else text
