"""A parcel cleared under a customs code that is another person's."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, pick
from simulation.typologies.typology import Typology


def _openings(parcels: pd.DataFrame, main: pd.DataFrame) -> Floats:
    return np.full(len(parcels), 1.0)


def _borrow(rng: np.random.Generator, parcels: pd.DataFrame, lines: pd.DataFrame, rows: Ints) -> None:
    """Use a code that went astray and is used again and again, mostly beside the buyer's own on the order; some use one nobody knows of."""
    way = pick(rng, (0.5, 0.22, 0.28), len(rows))
    victim = np.where(way == 2, parcels["anyone"].to_numpy()[rows], parcels["exposed"].to_numpy()[rows])
    parcels.loc[rows, "consignee"] = victim
    parcels.loc[rows, "order_person"] = np.where(way == 0, parcels["order_person"].to_numpy()[rows], victim)
    parcels.loc[rows, "buyer"] = np.where(way == 0, parcels["buyer"].to_numpy()[rows], victim)
    parcels.loc[rows, "is_due"] = True


BORROWED_IDENTITY = Typology(
    "borrowed_identity", Text("통관부호 도용", "Borrowed customs code"), "parcel", 0.3, _openings, _borrow, ("other", "undeclared"),
    Text("주문자와 수하인의 통관부호, 한 부호의 여러 주소·전화", "The buyer's code beside the consignee's; one code with many phones"), 0.28)
