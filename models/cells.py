"""Cells: the offices, kinds and trader sizes for each of which a challenger must hold up, small ones pooled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lakehouse.text import Text
from models.capacity import Bools, Floats

DIMENSIONS = {"office": Text("세관", "office"), "kind": Text("종류", "kind"), "trader": Text("업체 규모", "trader size")}
TRADERS = {"unknown": Text("수입자 모름", "importer not known"), "new": Text("신규", "new"), "small": Text("소규모", "small"),
           "middle": Text("중간 규모", "middle"), "large": Text("대규모", "large")}
# Past declarations of the importer from which a trader is no longer new, small, middle.
_SIZES = (1, 10, 100)


@dataclass(frozen=True)
class Cell:
    """Rows of one or several values of a dimension."""

    dimension: str
    members: tuple[str, ...]
    rows: Bools


def trader_sizes(declarations_log: Floats) -> npt.NDArray[Any]:
    """The size of each row's importer by `importer_declarations`, the log of 1 + its past declarations."""
    past = np.expm1(declarations_log)
    # The feature is rounded to a tenth of a log: half of that is left for it.
    names = np.array(list(TRADERS)[1:])[np.searchsorted(np.array(_SIZES) * 0.95, np.nan_to_num(past), side="right")]
    return np.where(np.isnan(past), "unknown", names)


def cells(by: Mapping[str, npt.NDArray[Any]], illicit: Floats, least: int) -> list[Cell]:
    """The cells of every dimension, each with `least` violations: smaller ones are pooled, the smallest first.

    What is left over joins the last pool, or, where there is none, is judged with the smallest of the others. A
    dimension that has fewer violations altogether has no cell: it is judged as a whole.
    """
    return [cell for dimension, values in by.items() for cell in _of_one(dimension, values, illicit, least)]


def _of_one(dimension: str, values: npt.NDArray[Any], illicit: Floats, least: int) -> list[Cell]:
    names = [str(name) for name in np.unique(values)]
    violations = {name: int(illicit[values == name].sum()) for name in names}
    alone = sorted((name for name in names if violations[name] >= least), key=lambda name: (violations[name], name))
    pools: list[list[str]] = []
    open_pool: list[str] = []
    for name in sorted(set(names) - set(alone), key=lambda name: (violations[name], name)):
        open_pool.append(name)
        if sum(violations[each] for each in open_pool) >= least:
            pools.append(open_pool)
            open_pool = []
    if open_pool and pools:
        pools[-1] += open_pool
    elif open_pool and alone:
        pools.append([*open_pool, alone[0]])
    # A group of all names asks no other question than the whole does.
    groups = [group for group in (*pools, *([name] for name in alone)) if len(group) < len(names)]
    return [Cell(dimension, tuple(sorted(group)), np.isin(values, group)) for group in groups]
