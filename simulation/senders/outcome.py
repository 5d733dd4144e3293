"""Inspecting officers record what they found."""

from __future__ import annotations

import numpy as np

from simulation.draws import chance, stream
from simulation.happened import Filed
from simulation.outbox import MISTAKEN, Batch, Post
from simulation.outcomes import outcome_line
from simulation.timing import DAY, HOUR, NEVER


def officers(happened: Filed) -> list[Post]:
    """One outcome for each inspection, written down within hours or, four in ten, on the next day."""
    lot, cargo = happened.lot, happened.cargo
    inspected = np.flatnonzero(happened.seconds("t_inspected") != NEVER)
    rng = stream(lot.seed, "outcomes")
    draws = rng.integers(0, 1 << 30, (len(cargo), 3))[inspected].tolist()
    is_tomorrow = chance(rng, 0.4, len(cargo))[inspected]
    at = happened.seconds("t_inspected")[inspected]
    written = at + (rng.uniform(0.2, 2, len(cargo))[inspected] * HOUR).astype(np.int64)
    # Written down within the day, or on the next.
    leaves = np.where(is_tomorrow, (at // DAY + 1) * DAY + written % DAY, np.minimum(written, at // DAY * DAY + DAY - 1))
    first, _ = lot.numbers(1, 100_000_000)
    shipments, rows, times = happened.shipments, inspected.tolist(), happened.calendar.iso(at)

    def write(batch: Batch) -> list[str]:
        return [outcome_line(shipments[rows[place]], first + rows[place], times[place], draws[place], version == MISTAKEN)
                for place, version in zip(batch.rows, batch.versions, strict=True)]

    return [Post("outcome", "outcomes", leaves, write)]
