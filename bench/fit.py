"""Part `fit`: how long one training of the default model takes on a million rows of 150 features, and how much memory."""

import os
import resource
from collections.abc import Callable
from datetime import date
from time import perf_counter, process_time

import numpy as np
import pyarrow as pa

from bench import Asked
from bench.model_worlds import PAGE, TITLE
from bench.page import table
from features.feature import Feature
from jobs.train import configuration
from lakehouse.settings import Settings
from lakehouse.text import Text
from models.train import Examples, fit

__all__ = ["PAGE", "TITLE", "measured"]
_ROWS, _NUMBERS, _CODES, _RATE, _SEED = 1_000_000, 140, 10, 0.04, 11
_MINUTES, _PROCESSORS, _GIGABYTE = 5, 2, 1_000_000_000
_WORD = Text("만든 값", "made up")


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section of the page."""
    say(f"{_ROWS:,} rows")
    features, examples = _made(_ROWS)
    before, began, worked = _peak(), perf_counter(), process_time()
    fitted = fit(examples, features, configuration("default"), settings["train.seed"])
    wall, processor, peak = perf_counter() - began, process_time() - worked, _peak()
    return section((f"{_ROWS:,}", str(len(features)), str(fitted.rounds), f"{wall:,.0f}", f"{processor:,.0f}", f"{processor / _PROCESSORS:,.0f}",
                    f"{before / _GIGABYTE:.1f}", f"{peak / _GIGABYTE:.1f}", f"{fitted.metrics['auc']:.3f}"))


def section(cells: tuple[str, ...]) -> str:
    """The section with one row of figures."""
    heads = ("rows", "features", "rounds", "seconds of wall clock", "of the processor", "half of that", "GB before", "peak GB", "AUC held out")
    waits = " Threads that wait for one another were told to sleep (OMP_WAIT_POLICY)." if os.environ.get("OMP_WAIT_POLICY") == "PASSIVE" else ""
    return "\n\n".join([
        f"## One fit\n\nRun on {date.today()}, other work beside it: the default configuration with its search for the rounds, its held-out "  # noqa: DTZ011
        f"scores, calibration and the model on all rows; {_NUMBERS} numbers, a tenth of them unknown, and {_CODES} codes, made by a seed, "
        f"{_RATE:.0%} illicit. Asked: under {_MINUTES} minutes on {_PROCESSORS} processors. Where other work holds them the wall clock says little; "
        f"half of the processor's seconds is the least it would show.{waits}", table(heads, [cells])])


def _made(rows: int) -> tuple[list[Feature], Examples]:
    """Features that say something, most of them little, and a label that follows from them."""
    draw = np.random.default_rng(_SEED)
    columns: dict[str, pa.Array] = {}
    risk = draw.normal(0, 1, rows)
    for place in range(_NUMBERS):
        strength = 1.0 / (1 + place)
        values = strength * risk + draw.normal(0, 1, rows)
        values[draw.random(rows) < 0.1] = np.nan
        columns[f"number_{place}"] = pa.array(values)
    for place in range(_CODES):
        columns[f"code_{place}"] = pa.array(draw.integers(0, 10 * (place + 1), rows).astype(str))
    illicit = (risk + draw.normal(0, 0.7, rows) > np.quantile(risk, 1 - _RATE) * 1.2).astype(np.float64)
    features = [Feature(name, "value", "1", _WORD, _WORD, type="double" if name.startswith("number") else "category") for name in columns]
    day = np.datetime64("2026-01-01") + (np.arange(rows) * 200 // rows).astype("timedelta64[D]")
    return features, Examples(pa.table(columns), illicit, day)


def _peak() -> int:
    """The most memory that this process has held, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
