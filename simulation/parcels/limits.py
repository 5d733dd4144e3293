"""Up to what value parcels may go on a clearance list, and are exempt of tax."""

from __future__ import annotations

import numpy as np

from simulation.draws import Floats, Ints
from simulation.places import COUNTRY

LIMIT_USD, LIMIT_FROM_US_USD, EXEMPT_USD = 150.0, 200.0, 150.0


def limit_usd(country: Ints) -> Floats:
    """Up to what value a parcel from each country may go on a list."""
    return np.where(country == COUNTRY["US"], LIMIT_FROM_US_USD, LIMIT_USD)
