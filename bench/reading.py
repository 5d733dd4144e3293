"""Part `reading`: how fast messages are read, beside bare parsers of the same messages in the same run, and through the whole of ingest."""

import os
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser
from pyspark.sql import SparkSession

from bench import Asked, bare, inputs, sparkside
from bench.page import table
from bench.sides import FAMILY, PROCESSOR, WALL, Beside, Spread, in_turn, seconds
from feeds import cargo_progress, declaration
from feeds.bronze import read_files
from feeds.landing import LandedFile
from feeds.readers.edifact import segments
from feeds.registry import BY_NAME
from jobs.walk import Walk
from lakehouse.lake import Lake
from lakehouse.session import start_session
from lakehouse.settings import Settings

_ROUNDS, _RUNS, _LINES = 7, 5, 50_000
_XML = ((declaration.FEED, declaration.FIELDS, declaration.NAMESPACE, ""), (cargo_progress.FEED, cargo_progress.FIELDS, "", cargo_progress.HEADER))
_INGESTED = ("declaration", "cargo_progress", "terminal_event", "manifest", "courier", "order")
_EDIFACT_ASKED, _XML_ASKED, _LINES_ASKED = 2.5, 0.8, 0.5
_HEADS = ("what", "unit", "Haechi a second", "bare tool a second", "ratio", "asked", "reached")
_CORES = min(os.cpu_count() or 1, 8)
_WORDS_OF_PARSERS = f"""### Beside bare parsers, one core

{_ROUNDS} rounds after one that warms up, both sides in turn, by processor time of the one process. EDIFACT: *segments alone* is the splitting into
segments, elements and components, which is what pydifact does, of the simulated messages that it does not refuse; *to Arrow* is all that a
worker does with a file: read, hash, decode, put pseudonyms in place of personal codes, count, read every field of every record, hash its
content, cast to the declared types. XML: the bare side
is lxml and a plain ElementTree path for each of the same fields, cast plainly into the same Arrow columns; nothing is checked, hashed, counted or
replaced. *Captured* are published samples, many copies of them."""
_WORDS_OF_LINES = f"""### JSON Lines beside Spark's own reader

{_RUNS} rounds after one that warms up, in turn, in one local session, by the processor time of all that the session runs, JVM and
workers: other work on the machine does not count. The files are read several times over, so that at least {_LINES:,} lines are.
Spark reads with the same schema given; both sides make every column of every row and throw it away. Haechi's side also replaces
personal codes, hashes, counts, and keeps each line as it was sent."""
_WORDS_OF_INGEST = """### Whole ingest

`Walk.ingest` into an empty lake: landing to bronze, silver and quarantine with the books of it, three times each, by the wall clock, in a warm
session. Small inputs: what every ingest costs once is a large part."""
_WORDS_OF_CORES = """### Growth with cores

The parse alone, thrown away, sessions of one core and of more in turn, five times. By the wall clock, other work on the machine
takes cores away from the session of more: the greatest ratio is the least disturbed one. *Processor time* is what a record costs in
the session of one core, divided by what it costs in that of more, JVM and workers together: 1 means that cores do not slow each
other down, so that as many as are free multiply the rate."""


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section of the page."""
    work, landing = asked.work, inputs.landing(asked.work)
    beside = table(_HEADS, [*_edifact(landing, work, settings, say), *_xml(landing, work, settings, say)])
    spark = start_session(settings, "haechi-bench")
    lines = table(_HEADS, _lines(spark, landing, settings, say))
    ingest = table(("feed", "records", "records a second, whole ingest"), _ingest(spark, landing, work, settings, say))
    spark.stop()
    cores = table(("feed", "records a second on one core", f"on {_CORES}", "ratio", "processor time"), _cores(landing, settings, say))
    return "\n\n".join([
        f"## Reading\n\nRun on {date.today()}. Every figure is least / middle / greatest of its rounds.",  # noqa: DTZ011
        _WORDS_OF_PARSERS, beside, _WORDS_OF_LINES, lines, _WORDS_OF_INGEST, ingest, _WORDS_OF_CORES, cores])


def _row(what: str, unit: str, told: Beside, asked: float) -> tuple[str, ...]:
    return (what, unit, f"{told.ours}", f"{told.bare}", f"{told.ratio}", f"≥ {asked}", "yes" if told.ratio.middle >= asked else "no")


def _edifact(landing: Path, work: Path, settings: Settings, say: Callable[[str], None]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for feed, form in (("terminal_event", "EDIFACT COARRI, CODECO"), ("manifest", "EDIFACT CUSCAR")):
        texts = [text for text in map(_decoded, inputs.messages(inputs.landed(landing, feed))) if _bare_edifact(text)]
        files = inputs.packed(work / "bench" / "edifact", feed, [text.encode() for text in texts])
        count = sum(map(_bare_edifact, texts))
        ways: dict[str, Callable[[], object]] = {"segments alone": _each(segments, texts), "to Arrow": inputs.reader(files, settings)}
        for way, ours in ways.items():
            say(f"{form}, {way}")
            told = in_turn(count, ours, _each(_bare_edifact, texts), _ROUNDS, PROCESSOR)
            rows.append(_row(f"{form}, {way}", "segments", told, _EDIFACT_ASKED))
    return rows


def _decoded(message: bytes) -> str:
    return message.decode(errors="replace")


def _bare_edifact(text: str) -> int:
    """How many segments pydifact finds; none in what it refuses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return sum(1 for _ in Parser().parse(text))
        except (EDISyntaxError, ValueError):
            return 0


def _each(work: Callable[[str], object], texts: list[str]) -> Callable[[], object]:
    return lambda: [work(text) for text in texts]


def _xml(landing: Path, work: Path, settings: Settings, say: Callable[[str], None]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for feed, fields, namespace, row in _XML:
        for words, files in (("simulated", inputs.landed(landing, feed.name)), ("captured", inputs.captured(work, feed.name))):
            if not files:
                continue
            say(f"XML {feed.name}, {words}")
            taken = bare.taken(fields, namespace)
            count = sum(batch.num_rows for batch in inputs.reader(files, settings)())
            told = in_turn(count, inputs.reader(files, settings), _bare_xml(files, taken, row), _ROUNDS, PROCESSOR)
            rows.append(_row(f"XML {feed.form}, {words}", "messages", told, _XML_ASKED))
    return rows


def _bare_xml(files: list[LandedFile], taken: tuple[bare.Taken, ...], row: str) -> Callable[[], object]:
    return lambda: bare.columns(inputs.messages(files), taken, row)


def _lines(spark: SparkSession, landing: Path, settings: Settings, say: Callable[[str], None]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name in ("courier", "order"):
        say(f"JSON Lines {name}")
        feed, files = BY_NAME[name], inputs.landed(landing, name)
        files *= 1 + _LINES // read_files(spark, feed, files, settings, "bench").count()
        count = read_files(spark, feed, files, settings, "bench").count()
        told = in_turn(count, _ours(spark, files, settings), _theirs(spark, files), _RUNS, FAMILY)
        rows.append(_row(f"JSON Lines {name}", "lines", told, _LINES_ASKED))
    return rows


def _ours(spark: SparkSession, files: list[LandedFile], settings: Settings) -> Callable[[], object]:
    return lambda: sparkside.drain(read_files(spark, BY_NAME[files[0].feed], files, settings, "bench"))


def _theirs(spark: SparkSession, files: list[LandedFile]) -> Callable[[], object]:
    paths, fields = [file.path for file in files], BY_NAME[files[0].feed].fields
    return lambda: sparkside.drain(sparkside.read_json(spark, paths, fields))


def _ingest(spark: SparkSession, landing: Path, work: Path, settings: Settings, say: Callable[[str], None]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name in _INGESTED:
        say(f"whole ingest of {name}")
        rates, records = [], 0
        for _ in range(3):
            lake = inputs.fresh(work / "bench" / "lake")
            counts: dict[str, Any] = {}
            walk = Walk(lambda: spark, Lake(str(lake)), settings, lambda said: None)
            taken = seconds(lambda: counts.update(walk.ingest(landing, (name,))), WALL)  # noqa: B023
            records = counts[name]["records_in"]
            rates.append(records / taken)
        rows.append((name, f"{records:,}", str(Spread.of(rates))))
    return rows


def _cores(landing: Path, settings: Settings, say: Callable[[str], None]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name in ("declaration", "terminal_event", "courier"):
        say(f"{name} on 1 and on {_CORES} cores")
        files = inputs.landed(landing, name)
        told: list[tuple[float, float]] = []
        costs: list[float] = []
        for _ in range(5):
            rates, spent = [], []
            for cores in (1, _CORES):
                spark = start_session(settings.replaced(spark__master=f"local[{cores}]"), "haechi-bench")
                count = read_files(spark, BY_NAME[name], files, settings, "bench").count()
                taken = [_clocked(_ours(spark, files, settings)) for _ in range(2)]
                rates.append(count / min(wall for wall, _ in taken))
                spent.append(min(processor for _, processor in taken))
                spark.stop()
            told.append((rates[0], rates[1]))
            costs.append(spent[0] / spent[1])
        rows.append((name, str(Spread.of([one for one, _ in told])), str(Spread.of([many for _, many in told])),
                     str(Spread.of([many / one for one, many in told])), str(Spread.of(costs))))
    return rows


def _clocked(work: Callable[[], object]) -> tuple[float, float]:
    """How long a piece of work takes by the wall clock, and in processor time."""
    walls: list[float] = []
    spent = seconds(lambda: walls.append(seconds(work, WALL)), FAMILY)
    return walls[0], spent
