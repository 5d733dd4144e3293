"""Part `volume`: the memory that `haechi ingest` takes for one large file and for a folder of many small ones, seen from outside."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import count, cycle, islice
from pathlib import Path

from bench import Asked, inputs
from bench.page import table
from bench.watched import SECONDS_BETWEEN, watched
from lakehouse.settings import Settings

_GIGABYTE, _ALLOWED_GB = 1_000_000_000, 4
_TEMPLATES, _FILES_A_FOLDER = 500, 1_000
# Where a courier's line goes on with the digits of its tracking number.
_TRACKED = re.compile(rb'(?<="tracking_no":")')


@dataclass(frozen=True)
class Taken:
    """What one ingest took and gave."""

    seconds: float
    peak_bytes: int
    counts: dict[str, int]
    balanced: bool


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section of the page."""
    work = asked.work
    rows: list[tuple[str, ...]] = []
    for what, feed, make, size in (
        ("small files", "cargo_progress", small_files, asked.files),
        ("one file, bytes", "courier", large_file, asked.size),
    ):
        if not size:
            continue
        landing = work / "bench" / "volume" / f"{feed}-{size}"
        if not landing.is_dir():
            say(f"making {size:,} {what}")
            part = inputs.fresh(landing.with_name("part"))
            make(part / feed, size, work)
            part.rename(landing)
        say(f"ingest of {size:,} {what}")
        told = ingested(feed, landing, inputs.fresh(work / "bench" / "volume" / "lake"))
        records, gigabytes = told.counts["records_in"], told.peak_bytes / _GIGABYTE
        reached = "yes" if gigabytes < _ALLOWED_GB else "no"
        rows.append((f"{size:,} {what}", feed, f"{records:,}", f"{told.counts['accepted']:,}", "yes" if told.balanced else "no",
                     f"{told.seconds:,.0f}", f"{records / told.seconds:,.0f}", f"{gigabytes:.2f}", f"< {_ALLOWED_GB}", reached))
    heads = ("what", "feed", "records", "accepted", "balanced", "seconds", "records a second", "peak GB", "asked", "reached")
    return "\n\n".join([
        f"## Volume\n\nRun on {date.today()}: `haechi ingest` from a process of its own into an empty lake. The peak is the greatest sum of the "  # noqa: DTZ011
        f"memory of all its processes (driver, JVM, workers), shared pages counted once (PSS), looked at every {SECONDS_BETWEEN} seconds.",
        table(heads, rows)])


def small_files(folder: Path, many: int, work: Path) -> None:
    """Answers on cargo progress, one a file, each of a cargo of its own."""
    answers = [text for text in map(bytes.decode, inputs.messages(inputs.landed(inputs.landing(work), "cargo_progress"))) if "<cargMtNo>" in text]
    for number, text in enumerate(islice(cycle(answers[:_TEMPLATES]), many)):
        before, _, behind = text.partition("<cargMtNo>")
        inputs.write(folder / f"{number // _FILES_A_FOLDER:03d}" / f"{number}.xml",
                     f"{before}<cargMtNo>26HAEB{number // 10_000:04d}I{number % 10_000:04d}0001</cargMtNo>{behind.partition('</cargMtNo>')[2]}")


def large_file(folder: Path, size: int, work: Path) -> None:
    """A courier's lines in one file of at least so many bytes, each parcel under a number of its own."""
    folder.mkdir(parents=True)
    lines = b"".join(inputs.messages(inputs.landed(inputs.landing(work), "courier"))).splitlines()
    parted = [_TRACKED.split(line, 1) for line in lines]
    written, rounds = 0, count()
    with (folder / "parcels.jsonl").open("wb") as out:
        while written < size:
            turn = b"%04d" % next(rounds)
            written += out.write(b"".join(before + turn + behind + b"\n" for before, behind in parted))


def ingested(feed: str, landing: Path, lake: Path) -> Taken:
    """The ingest of a landing folder by the command, watched until it ends."""
    told = watched("ingest", feed, "--landing", str(landing), "--lake", str(lake))
    return Taken(told.seconds, told.peak_bytes, told.said["feeds"][feed], told.said["balanced"])
