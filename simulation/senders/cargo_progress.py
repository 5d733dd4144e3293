"""The UNI-PASS service answers questions about cargo, now and then with an error instead."""

from __future__ import annotations

import numpy as np

from simulation.draws import stream
from simulation.happened import Filed, Record
from simulation.ledger import About
from simulation.outbox import TWICE, Batch, Post
from simulation.progress_xml import NOTHING_FOUND, REFUSED, answer, steps_of
from simulation.wire import Calendar

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

    def write(batch: Batch) -> list[str]:
        return [_answer(shipments[rows[place]], asked[place], calendar) for place in batch.rows]

    names = [record["cargo_control_no"] for record in shipments]
    slip = stream(happened.lot.seed, "answers without news").random(len(pairs))
    failed = np.flatnonzero(slip < mess.nothing_found + mess.key_refused)
    errors = [NOTHING_FOUND if slip[place] < mess.nothing_found else REFUSED for place in failed.tolist()]
    about = About(names, happened.rows, record=pairs[:, 1], parties={"forwarder": happened.cargo["forwarder_party"]})
    return [
        Post("cargo_progress", "progress", leaves, write, [names[row] for row in rows], slips=frozenset({TWICE}), about=about),
        Post("cargo_progress", "unanswered", leaves[failed], lambda batch: [errors[place] for place in batch.rows],
             [names[rows[place]] for place in failed.tolist()], slips=frozenset(), refused=np.ones(len(failed), dtype=bool)),
    ]


def _answer(row: Record, asked: int, calendar: Calendar) -> str:
    # Steps are written anew for each answer: kept, those of a large lot would take more memory than all else.
    return answer(row, steps_of(row, asked, calendar.stamp, calendar.spoken), calendar.stamp)
