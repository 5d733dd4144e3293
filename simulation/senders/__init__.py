"""Everybody who sends something about cargo: a new sender is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulation.happened import Happened
from simulation.outbox import Post
from simulation.senders.air_waybill import airlines
from simulation.senders.cargo_progress import portal
from simulation.senders.carrier_event import trackers
from simulation.senders.declaration import brokers
from simulation.senders.manifest import lines
from simulation.senders.outcome import officers
from simulation.senders.screening import scanners
from simulation.senders.terminal_event import terminals

SENDERS: tuple[Callable[[Happened], list[Post]], ...] = (lines, airlines, trackers, terminals, brokers, portal, scanners, officers)


def posts(happened: Happened) -> Iterator[Post]:
    """What everybody sends of a lot, one sender after the other."""
    for sender in SENDERS:
        yield from sender(happened)
