"""What a night's fusion costs beyond an empty night, with little and with much history behind it."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from pyspark.sql import SparkSession

from bench import Asked, inputs
from bench.fusion_worlds import PAGE, SEED, TITLE
from bench.history_copies import multiply
from bench.page import table
from bench.sides import FAMILY, Spread, seconds
from jobs import assemble, check, ingest, refine, screen
from jobs.context import Run
from jobs.manifest import latest
from jobs.walk import STEPS, Walk, is_large, is_small
from lakehouse.clock import end_of, now
from lakehouse.lake import Lake
from lakehouse.session import compile_queries, keep_together, start_session
from lakehouse.settings import Settings
from simulation.scenario import load_scenario
from simulation.world import DEFAULT_END, simulate

__all__ = ["PAGE", "TITLE", "measured"]
SCENARIO, SHIPMENTS, DAYS, ROUNDS = "mixed", 2_000, 30, 3
LITTLE, MUCH = 200_000, 2_000_000
# So long a history, whatever its number of shipments.
_MONTHS = 24
_FUSED = ("ingest", "refine", "check", "assemble")
_SAID = ("Scenario `{}`, seed {}: the last day of {:,} shipments over {} days; the history behind it is the days before, copied under other "
         "numbers over {} months. Processor seconds of assembling and screening, {} rounds, least / middle / greatest. "
         "Asked: what the records cost grows ≤ 1.5 times.")
Night = tuple[float, float]


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section: what a night with records costs and one without, for each history, and how much more with much of it."""
    spark = start_session(settings, is_long=True)
    folder = inputs.fresh(asked.work / "bench" / "fusion-history")
    (folder / "nothing").mkdir()
    simulate(folder / "landing", SHIPMENTS, DAYS, SEED, DEFAULT_END, scenario=load_scenario(SCENARIO))
    say("history of one month")
    _take_month(spark, settings, folder, say)
    little, much = (_nights(spark, settings, folder, shipments, say) for shipments in (LITTLE, MUCH))
    rows = [_row(LITTLE, *little), _row(MUCH, *much)]
    grown = Spread.of([more - much_empty for more, much_empty in much[1]]).middle / Spread.of([more - empty for more, empty in little[1]]).middle
    whole = Spread.of([night for night, _ in much[1]]).middle / Spread.of([night for night, _ in little[1]]).middle
    told = _SAID.format(SCENARIO, SEED, SHIPMENTS, DAYS, _MONTHS, ROUNDS)
    return (f"## A night's cost by its history\n\nRun on {now():%Y-%m-%d}. {told}\n\n"
            + table(("shipments of history", "rows of history", "night", "empty night", "what the records cost"), rows)
            + f"\n\nWhat the records cost grows {grown:.2f} times, of the middles; the whole night {whole:.2f} times.")


def _row(shipments: int, rows: int, nights: list[Night]) -> tuple[str, ...]:
    told = ([night for night, _ in nights], [empty for _, empty in nights], [night - empty for night, empty in nights])
    return f"{shipments:,}", f"{rows:,}", *(str(Spread.of(each)) for each in told)


def _take_month(spark: SparkSession, settings: Settings, folder: Path, say: Callable[[str], None]) -> None:
    """All days but the last in one pass, as far as the fusion goes."""
    before = STEPS["history"]
    STEPS["history"] = tuple(step for step in before if step[0] in _FUSED)
    try:
        Walk(lambda: spark, Lake(str(folder / "base")), settings, say).night(DEFAULT_END - timedelta(days=1), folder / "landing", "history")
    finally:
        STEPS["history"] = before


def _nights(spark: SparkSession, settings: Settings, folder: Path, shipments: int, say: Callable[[str], None]) -> tuple[int, list[Night]]:
    """Rows of the history, and each round's night with records and without; the round before them warms up."""
    say(f"history of {shipments:,} shipments")
    behind, copies = folder / "behind", shipments // SHIPMENTS - 1
    shutil.rmtree(behind, ignore_errors=True)
    shutil.copytree(folder / "base", behind)
    rows = multiply(spark, Lake(str(behind)), copies, -(-copies // _MONTHS), DAYS)
    say(f"{rows:,} rows of history")
    landings = (folder / "landing", folder / "nothing")
    nights = [tuple(_cost(spark, settings, behind, landing, say) for landing in landings) for _ in range(ROUNDS + 1)]
    return rows, [(night, empty) for night, empty in nights[1:]]


def _cost(spark: SparkSession, settings: Settings, behind: Path, landing: Path, say: Callable[[str], None]) -> float:
    """Processor seconds of the fusion in the last day's night, on a copy of the lake."""
    folder = behind.with_name("night")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(behind, folder, copy_function=_copied)
    lake = Lake(str(folder))
    batch = f"{now():%Y%m%dT%H%M%S}000000"
    run = Run(spark, lake, settings, "nightly", DEFAULT_END, end_of(DEFAULT_END), landing, "night", batch, latest(lake), lambda said: None)
    compile_queries(spark, is_large(lake))
    keep_together(spark, is_small(lake))
    for step in (ingest, refine, check):
        step.run(run)
    spent = sum(seconds(lambda step=step: step.run(run), FAMILY) for step in (assemble, screen))  # type: ignore[misc]
    run.release()
    say(f"{landing.name}: {spent:.1f} s")
    return spent


def _copied(source: str, target: str) -> None:
    # Files of the tables never change, so that a second name is a copy.
    (os.link if source.endswith(".parquet") else shutil.copy2)(source, target)
