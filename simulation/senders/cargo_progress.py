"""The UNI-PASS service answers questions about cargo, now and then with an error instead."""

from __future__ import annotations

import numpy as np

from simulation.draws import stream
from simulation.happened import Filed
from simulation.outbox import TWICE, Batch, Post
from simulation.progress_xml import NOTHING_FOUND, REFUSED, answer, steps_of

NEWS = ("t_manifest", "t_carried_in", "t_declared", "t_released", "t_out")


def portal(happened: Filed) -> list[Post]:
    """One answer for each cargo and slot with news, which shows every step known at the slot's end.

    Who asks is answered at once: an answer comes neither late nor cut, and corrects nothing.
    """
    calendar, mess = happened.calendar, happened.lot.scenario.mess
    slots = np.column_stack([happened.slots.at(happened.seconds(name)) for name in NEWS])
    pairs = np.unique(np.column_stack([slots.ravel(), np.repeat(np.arange(len(slots)), len(NEWS))]), axis=0)
    leaves = np.asarray(happened.slots.end(pairs[:, 0]) - 1)
    rows, asked = pairs[:, 1].tolist(), leaves.tolist()
    shipments = happened.shipments
    steps = [steps_of(record, calendar.stamp, calendar.spoken) for record in shipments]

    def write(batch: Batch) -> list[str]:
        return [answer(shipments[rows[place]], [step for step in steps[rows[place]] if step[0] <= asked[place]], calendar.stamp)
                for place in batch.rows]

    names = [record["cargo_control_no"] for record in shipments]
    slip = stream(happened.lot.seed, "answers without news").random(len(pairs))
    failed = np.flatnonzero(slip < mess.nothing_found + mess.key_refused)
    errors = [NOTHING_FOUND if slip[place] < mess.nothing_found else REFUSED for place in failed.tolist()]
    return [
        Post("cargo_progress", "progress", leaves, write, [names[row] for row in rows], slips=frozenset({TWICE})),
        Post("cargo_progress", "unanswered", leaves[failed], lambda batch: [errors[place] for place in batch.rows],
             [names[rows[place]] for place in failed.tolist()], slips=frozenset(), refused=np.ones(len(failed), dtype=bool)),
    ]
