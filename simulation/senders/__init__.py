"""Everybody who sends something about cargo: a new sender is one file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulation.happened import Happened
from simulation.outbox import Post
from simulation.senders.cargo_progress import portal
from simulation.senders.declaration import brokers
from simulation.senders.outcome import officers

SENDERS: tuple[Callable[[Happened], list[Post]], ...] = (brokers, portal, officers)


def posts(happened: Happened) -> Iterator[Post]:
    """What everybody sends of a lot, one sender after the other."""
    for sender in SENDERS:
        yield from sender(happened)
