"""When things happen: seconds of Korean wall time since the start of the period, one array an event."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from simulation.cargo import AIR, FCL, LCL
from simulation.course import PORTS, Strike
from simulation.draws import Bools, Floats, Ints, chance, pick, spread, stream

HOUR, DAY = 3600, 86_400
NEVER = 1 << 60
BEFORE_SAILING, BEFORE_ARRIVAL, BEFORE_SHED, IN_SHED = "A", "B", "C", "D"


def _seconds(hours: Floats) -> Ints:
    return np.round(hours * HOUR).astype(np.int64)


def _workday(rng: np.random.Generator, times: Ints, first_weekday: int, ratio: float) -> Ints:
    """Move most of what falls on a weekend to the Monday after, at the same hour."""
    weekday = (first_weekday + times // DAY) % 7
    moved = (weekday >= 5) & chance(rng, ratio, len(times))
    return np.where(moved, times + (7 - weekday) * DAY, times)


def _office_hour(rng: np.random.Generator, days: Ints) -> Ints:
    return days * DAY + _seconds(rng.uniform(9, 18, len(days)))


def arrive_and_declare(
    seed: str, cargo: pd.DataFrame, days: int, first_weekday: int, strikes: Sequence[Strike] = ()
) -> pd.DataFrame:
    """Add the times of manifest, arrival, carry-in and declaration, and the clearance plan code."""
    rng = stream(seed, "timing")
    count = len(cargo)
    is_air = (cargo["mode"] == AIR).to_numpy()
    voyage, master = cargo["voyage"].to_numpy(), cargo["master"].to_numpy()
    arrival = cargo["arrival_day"].to_numpy() * DAY + _seconds(rng.uniform(0.5, 23.5, voyage.max() + 1))[voyage]
    ahead = np.where(is_air, rng.uniform(0.6, 5, count)[master], rng.uniform(4, 46, count)[master])
    manifest = np.clip(arrival - _seconds(ahead), 600 + voyage % 50 * 60, None)
    # What arrives the day after the period has its manifest filed within it.
    manifest = np.minimum(manifest, days * DAY - HOUR)
    due, arrival = arrival, _held_up(arrival, cargo["entry"].to_numpy(), days, strikes)
    wait = np.where(is_air, 1.2 + 3 * spread(rng, 0.5, count), np.where(cargo["mode"] == FCL, 7.0, 16.0))
    slow = spread(rng, 0.45, count)
    # The houses of one container are carried in as it is unpacked.
    slow = np.where(cargo["mode"] == LCL, slow[master] * spread(rng, 0.08, count), np.where(is_air, 1.0, slow))
    carried_in = np.maximum(arrival, manifest) + _seconds(wait * slow)
    lag = pick(rng, (0.26, 0.40, 0.21, 0.13), count)
    later = _office_hour(rng, carried_in // DAY + lag)
    later = np.where(later < carried_in + HOUR // 2, carried_in + _seconds(rng.uniform(0.5, 3, count)), later)
    later = np.where(is_air, later, _workday(rng, later, first_weekday, 0.9))
    early = manifest + _seconds(rng.uniform(0.5, 12, count))
    between = arrival + ((carried_in - arrival) * rng.uniform(0.2, 0.8, count)).astype(np.int64)
    plan = pick(rng, (0.03, 0.12, 0.05, 0.80), count)
    is_early = (plan <= 1) & (early < arrival)
    is_between = plan == 2
    return cargo.assign(
        t_manifest=manifest,
        t_due=due,
        t_arrival=arrival,
        t_carried_in=carried_in,
        t_declared=np.where(is_early, early, np.where(is_between, between, later)),
        plan=np.select(
            [is_early & (plan == 0), is_early, is_between], [BEFORE_SAILING, BEFORE_ARRIVAL, BEFORE_SHED], IN_SHED
        ),
    )


def _held_up(arrival: Ints, entry: Ints, days: int, strikes: Sequence[Strike]) -> Ints:
    """What is due during a strike waits outside the port; the queue is worked off at twice the usual pace, in its order."""
    for strike in strikes:
        begin = strike.first_day(days) * DAY
        end = begin + strike.days * DAY
        is_held = (entry == PORTS.index(strike.port)) & (arrival >= begin) & (arrival < end)
        arrival = np.where(is_held, end + (arrival - begin) // 2, arrival)
    return arrival


def inspect_and_release(
    seed: str, cargo: pd.DataFrame, is_inspected: Bools, is_violation: Bools, first_weekday: int
) -> pd.DataFrame:
    """Add the times of inspection (NEVER where none), release and carry-out."""
    rng = stream(seed, "release")
    count = len(cargo)
    declared, carried_in = cargo["t_declared"].to_numpy(), cargo["t_carried_in"].to_numpy()
    is_air = (cargo["mode"] == AIR).to_numpy()
    day = np.maximum(declared // DAY + 1 + pick(rng, (0.65, 0.35), count), carried_in // DAY)
    inspected = _office_hour(rng, day)
    inspected = np.where(inspected <= carried_in, carried_in + HOUR, inspected)
    inspected = np.where(is_air, inspected, _workday(rng, inspected, first_weekday, 0.9))
    ready = np.maximum(declared, carried_in)
    lag = pick(rng, (0.12, 0.52, 0.24, 0.12), count)
    released = _office_hour(rng, ready // DAY + lag)
    released = np.where(released < ready + HOUR, ready + _seconds(rng.uniform(1, 4, count)), released)
    released = np.where(is_air, released, _workday(rng, released, first_weekday, 0.9))
    settled = inspected + _seconds(np.where(is_violation, rng.uniform(24, 150, count), rng.uniform(1, 28, count)))
    released = np.where(is_inspected, settled, released)
    out = released + _seconds(np.where(chance(rng, 0.7, count), rng.uniform(0.3, 5, count), rng.uniform(8, 80, count)))
    return cargo.assign(t_inspected=np.where(is_inspected, inspected, NEVER), t_released=released, t_out=out)
