"""When things happen to a parcel: seconds of Korean wall time since the start of the period, one column an event, NEVER where it does not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.draws import Bools, Floats, Ints, chance, stream
from simulation.lots import Lot
from simulation.timing import DAY, HOUR, NEVER

DOCUMENTS_HELD_RATIO, HELD_TOLD_RATIO, UNDELIVERABLE_RATIO, LATE_LIST_RATIO = 0.012, 0.85, 0.004, 0.08
SENT_BACK_RATIO = 0.35


def _after(rng: np.random.Generator, low: float, high: float, count: int) -> Ints:
    """Seconds between so many hours."""
    return np.asarray(rng.uniform(low, high, count) * HOUR, dtype=np.int64)


def travel(lot: Lot, parcels: pd.DataFrame) -> pd.DataFrame:
    """Add the times from order to X-ray, and of list or declaration."""
    rng, count = stream(lot.seed, "parcel travel"), len(parcels)
    departed, arrival = parcels["t_departed"].to_numpy(), parcels["t_arrival"].to_numpy()
    ordered = parcels["arrival_day"].to_numpy() * DAY + DAY // 2 - np.round(parcels["ordered_ahead"].to_numpy() * DAY).astype(np.int64)
    picked = ordered + ((departed - ordered) * rng.uniform(0.25, 0.8, count)).astype(np.int64)
    carried_in = arrival + _after(rng, 1, 5, count)
    before_landing = departed + ((arrival - departed) * rng.uniform(0.2, 0.95, count)).astype(np.int64)
    listed = np.where(chance(rng, LATE_LIST_RATIO, count), arrival + _after(rng, 0.2, 6, count), before_landing)
    return parcels.assign(
        t_ordered=ordered, t_created=ordered + ((picked - ordered) * 0.85).astype(np.int64),
        t_picked=picked, t_carried_in=carried_in, t_scanned=carried_in + _after(rng, 0.1, 3, count),
        t_listed=np.where(parcels["is_listed"], listed, carried_in + _after(rng, 0.5, 30, count)),
    )


def clear(lot: Lot, parcels: pd.DataFrame, is_seized: Bools) -> pd.DataFrame:
    """Add the times from hold and inspection to delivery or return; what is seized is neither released nor delivered."""
    rng, count = stream(lot.seed, "parcel clearing"), len(parcels)
    is_inspected, is_violation = parcels["is_inspected"].to_numpy(dtype=bool), parcels["is_violation"].to_numpy(dtype=bool)
    ready = np.maximum(parcels["t_scanned"].to_numpy(), parcels["t_listed"].to_numpy())
    is_asked = chance(rng, DOCUMENTS_HELD_RATIO, count) & ~is_inspected
    held = ready + _after(rng, 0.1, 1.5, count)
    inspected = held + _after(rng, 1, 30, count)
    hours: Floats = np.where(parcels["is_listed"], rng.uniform(0.2, 5, count), rng.uniform(1, 26, count))
    hours += np.where(is_asked, rng.uniform(20, 90, count), 0)
    settled = inspected + np.where(is_violation, _after(rng, 24, 150, count), _after(rng, 0.5, 20, count))
    released = np.where(is_inspected, settled, ready + (hours * HOUR).astype(np.int64))
    released = np.where(is_seized, NEVER, released)
    out = np.where(is_seized, NEVER, released + _after(rng, 0.1, 3, count))
    is_lost = chance(rng, UNDELIVERABLE_RATIO, count)
    back = np.where(is_seized & chance(rng, SENT_BACK_RATIO, count), inspected + _after(rng, 20, 140, count), NEVER)
    return parcels.assign(
        t_held=np.where((is_inspected & chance(rng, HELD_TOLD_RATIO, count)) | is_asked, held, NEVER),
        t_inspected=np.where(is_inspected, inspected, NEVER), t_released=released, t_out=out,
        t_delivered=np.where(is_seized | is_lost, NEVER, out + _after(rng, 8, 70, count)),
        t_returned=np.where(is_lost & ~is_seized, out + _after(rng, 60, 200, count), back),
    )
