"""Inspecting officers record what they found: late, some of it provisional first and settled otherwise later."""

from __future__ import annotations

import numpy as np

from simulation.draws import chance, stream
from simulation.happened import Filed
from simulation.ledger import About
from simulation.outbox import CUT, LATE, TWICE, Batch, Post
from simulation.outcomes import CANCELLED, FINAL, PROVISIONAL, outcome_id, outcome_line
from simulation.timing import DAY, HOUR, NEVER

# Of outcomes: provisional first; of these, settled otherwise; of all, cancelled for want of goods or time.
FIRST_PROVISIONAL, SETTLED_OTHERWISE, TAKEN_BACK = 0.30, 0.12, 0.01
# Days from the report to the settlement, longer than any report is on its way.
SETTLED_AFTER = (6.0, 24.0)
USUAL_REPORT_DAYS = 0.4


def officers(happened: Filed) -> list[Post]:
    """One outcome for each inspection, some hours or days after it, and the settlement of those that were provisional."""
    lot, cargo, count = happened.lot, happened.cargo, len(happened.cargo)
    inspected = np.flatnonzero(happened.seconds("t_inspected") != NEVER)
    rng = stream(lot.seed, "outcomes")
    draws = rng.integers(0, 1 << 30, (count, 3))[inspected].tolist()
    at = happened.seconds("t_inspected")[inspected]
    habit = cargo["report_days"].to_numpy(dtype=np.float64) if "report_days" in cargo else np.full(count, USUAL_REPORT_DAYS)
    reported = at + ((rng.uniform(0.2, 2, count) * HOUR + rng.exponential(habit) * DAY)[inspected]).astype(np.int64)
    is_provisional = chance(rng, FIRST_PROVISIONAL, count)[inspected]
    is_other = (chance(rng, SETTLED_OTHERWISE, count)[inspected] & is_provisional).tolist()
    is_cancelled = chance(rng, TAKEN_BACK, count)[inspected].tolist()
    settled = np.where(is_provisional, reported + (rng.uniform(*SETTLED_AFTER, count)[inspected] * DAY).astype(np.int64), -1)
    first, _ = lot.numbers(1, 100_000_000)
    shipments, rows, times = happened.shipments, inspected.tolist(), happened.calendar.iso(at)

    def line(place: int, status: str, is_first: bool) -> str:
        row = shipments[rows[place]]
        # What is settled is what the goods were; before that, one in eight was thought otherwise.
        held = bool(row["is_violation"]) ^ (is_first and is_other[place])
        final = CANCELLED if is_cancelled[place] else FINAL
        return outcome_line(row, first + rows[place], times[place], draws[place], status or final, held)

    def report(batch: Batch) -> list[str]:
        return [line(place, PROVISIONAL if is_provisional[place] else "", True) for place in batch.rows]

    def settle(batch: Batch) -> list[str]:
        return [line(place, "", False) for place in batch.rows]

    # Nobody corrects an outcome but by settling it.
    slips = frozenset({CUT, TWICE, LATE})
    about = About([outcome_id(shipments[row], first + row, at) for row, at in zip(rows, times, strict=True)], happened.rows[inspected])
    return [Post("outcome", "outcomes", reported, report, slips=slips, about=about),
            Post("outcome", "settlements", settled, settle, slips=slips, about=about)]
