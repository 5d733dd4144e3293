"""Part `simulated`: how long `haechi simulate` takes for worlds of growing size, and how much memory."""

from collections.abc import Callable
from datetime import date
from statistics import median

from bench import Asked, inputs
from bench.page import table
from bench.watched import SECONDS_BETWEEN, watched
from lakehouse.settings import Settings

_SCENARIO, _SEED, _GIGABYTE = "mixed", 1, 1_000_000_000
# Shipments, days and rounds: as many a day in each, of the largest one round.
_SIZES = ((10_000, 10, 3), (100_000, 100, 3), (1_000_000, 1_000, 1))
_SECONDS_ALLOWED, _GB_ALLOWED = 1_200, 6


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section of the page."""
    rows: list[tuple[str, ...]] = []
    for shipments, days, rounds in (size for size in _SIZES if size[0] <= asked.shipments):
        told = []
        for _ in range(rounds):
            say(f"a world of {shipments:,} shipments")
            out = inputs.fresh(asked.work / "bench" / "simulated") / "world"
            told.append(watched("simulate", "--scenario", _SCENARIO, "--shipments", str(shipments), "--days", str(days), "--seed", str(_SEED),
                                "--out", str(out)))
        inputs.fresh(asked.work / "bench" / "simulated")
        records, seconds = sum(told[0].said["records"].values()), median(one.seconds for one in told)
        spread = " / ".join(f"{each:,.0f}" for each in (min(one.seconds for one in told), seconds, max(one.seconds for one in told)))
        rows.append((f"{shipments:,}", f"{records:,}", spread, f"{records / seconds:,.0f}", f"{seconds / shipments * 1e6:,.0f}",
                     f"{max(one.peak_bytes for one in told) / _GIGABYTE:.2f}"))
    heads = ("shipments", "records", "seconds, least / middle / greatest", "records a second", "microseconds a shipment", "peak GB")
    return "\n\n".join([
        f"## Simulated worlds\n\nRun on {date.today()}: `haechi simulate --scenario {_SCENARIO}` from a process of its own, its start included. "  # noqa: DTZ011
        f"Asked of a million shipments: under {_SECONDS_ALLOWED:,} seconds and {_GB_ALLOWED} GB. Memory as in the part on volume, looked at "
        f"every {SECONDS_BETWEEN} seconds.",
        table(heads, rows)])
