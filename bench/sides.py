"""Two ways of the same work, measured in turn in one run: what counts is their ratio within each round."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import perf_counter, process_time

from bench.watched import processor_seconds

Clock = Callable[[], float]
# Processor time of this process alone, or of all it started too, Spark's JVM and workers: other work on the machine does not count.
PROCESSOR: Clock = process_time
FAMILY: Clock = partial(processor_seconds, os.getpid())
WALL: Clock = perf_counter


@dataclass(frozen=True)
class Spread:
    """Least, middle and greatest of what several rounds gave."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, told: Sequence[float]) -> "Spread":
        """The spread of some figures."""
        return cls(min(told), median(told), max(told))

    def __str__(self) -> str:
        digits = 2 if self.high < 100 else 0
        return " / ".join(f"{each:,.{digits}f}" for each in (self.low, self.middle, self.high))


@dataclass(frozen=True)
class Beside:
    """Our rate, the bare tool's, and their ratio round by round."""

    ours: Spread
    bare: Spread
    ratio: Spread


def seconds(work: Callable[[], object], clock: Clock) -> float:
    """How long a piece of work takes."""
    began = clock()
    work()
    return clock() - began


def in_turn(units: int, ours: Callable[[], object], bare: Callable[[], object], rounds: int, clock: Clock) -> Beside:
    """Both after one round that warms them up, in turn, the one that begins changing; `units` is the work that each does in a round."""
    told: list[tuple[float, float]] = []
    for number in range(-1, rounds):
        if number % 2:
            second, first = seconds(bare, clock), seconds(ours, clock)
            pair = (first, second)
        else:
            pair = (seconds(ours, clock), seconds(bare, clock))
        if number >= 0:
            told.append(pair)
    return Beside(Spread.of([units / ours for ours, _ in told]), Spread.of([units / bare for _, bare in told]),
                  Spread.of([bare / ours for ours, bare in told]))
