"""Honest shipments picked to bear the traces of fraud: one way for every kind of shipment."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from simulation.draws import Bools, Ints, chance

# Rows of honest shipments at a rate, where wanted among some only; they are marked as look-alikes.
Some = Callable[..., Ints]


def honest_in(rng: np.random.Generator, shipments: pd.DataFrame) -> Some:
    """What picks among the shipments that no typology has touched; it marks them in place."""
    is_honest = (shipments["typology"] == "").to_numpy()

    def some(ratio: float, among: Bools | None = None) -> Ints:
        rows = np.flatnonzero(is_honest & chance(rng, ratio, len(shipments)) & (True if among is None else among))
        shipments.loc[rows, "is_look_alike"] = True
        return rows

    return some
