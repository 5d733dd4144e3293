"""The walk of one run: steps in order, journaled, resumable, published as one."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

from pyspark.sql import SparkSession

from feeds.registry import BY_NAME
from fusion.tables import RELATION
from jobs import assemble, check, explain, featurize, ingest, label, monitor, parties, publish, refine, replay, score, screen, select, train
from jobs.context import Counts, Kind, Run
from jobs.holds import kept_back
from jobs.journal import Journal
from jobs.lease import lease
from jobs.manifest import Publication, latest, published_night
from jobs.replay import Wanted
from lakehouse.clock import end_of, now
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.session import compile_queries, keep_together
from lakehouse.settings import Settings

Status = Literal["done", "already_done", "resumed"]
_ALWAYS = (("ingest", ingest.run), ("refine", refine.run), ("check", check.run), ("assemble", assemble.run))
_SCORING = (("screen", screen.run), ("label", label.run), ("featurize", featurize.run), ("train", train.run), ("score", score.run),
            ("explain", explain.run), ("select", select.run), ("monitor", monitor.run))
Steps = tuple[tuple[str, Callable[[Run], Counts]], ...]
STEPS: dict[Kind, Steps] = {
    "nightly": (*_ALWAYS, *_SCORING),
    "refresh": (*_ALWAYS, *(step for step in _SCORING if step[0] != "train")),
    # History taken in one pass is not scored; its labels and their features are what the first training needs.
    "history": (*_ALWAYS, ("screen", screen.watch), ("label", label.run), ("featurize", featurize.run)),
    "ingest": (("ingest", ingest.run), ("refine", refine.run), ("check", check.run)),
}
# Bytes from which queries are compiled: about 50,000 shipments of history held, or 2,000 in landing.
_MANY_RELATIONS, _MUCH_TO_TAKE = 5_000_000, 20_000_000
# Bytes below which a query's rows are one task's: about 10,000 shipments of history held, or 400 in landing.
_FEW_RELATIONS, _LITTLE_TO_TAKE = 1_000_000, 4_000_000
STAGES = (*(name for name, _ in STEPS["nightly"]), "publish")


def is_large(lake: Lake, landing: Path | None = None) -> bool:
    """Whether compiling queries repays: many relations held, or, of history taken in one pass, much to take.

    A night looks through relations of years for those of its numbers; interpreted, 200,000 shipments cost it minutes.
    """
    return _exceeds(lake, landing, _MANY_RELATIONS, _MUCH_TO_TAKE)


def is_small(lake: Lake, landing: Path | None = None) -> bool:
    """Whether one task does all rows of a query sooner than two could be started: an empty night of 5,000 shipments takes a tenth less."""
    return not _exceeds(lake, landing, _FEW_RELATIONS, _LITTLE_TO_TAKE)


def _exceeds(lake: Lake, landing: Path | None, relations: int, to_take: int) -> bool:
    return sum(lake.files(RELATION).values()) > relations or (landing is not None and _holds_more(landing, to_take))


def _holds_more(folder: Path, most: int) -> bool:
    sizes = accumulate(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return any(size > most for size in sizes)


class Walk:
    """Runs on one lake: holds its lease, says what it does, leaves a publication."""

    def __init__(self, spark: Callable[[], SparkSession], lake: Lake, settings: Settings, say: Callable[[str], None],
                 progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
                 before: Callable[[Path | None], None] = lambda landing: None) -> None:
        """`before` is called under the lease before a run reads its landing folder: what officers decided is brought in there."""
        self._spark, self.lake, self.settings, self.say, self.progress, self.before = spark, lake, settings, say, progress, before

    def night(self, day: date, landing: Path | None, kind: Kind = "nightly") -> tuple[Publication, Status]:
        """The whole night of a day; one already published is left as it is."""
        done = published_night(self.lake, day)
        if done and kind == "nightly":
            return done, "already_done"
        return self._run(kind, day, end_of(day), landing)

    def refresh(self, as_of: datetime, landing: Path | None) -> tuple[Publication, Status]:
        """The same walk within the day, without training."""
        return self._run("refresh", as_of.date(), as_of, landing)

    def ingest(self, landing: Path, feeds: tuple[str, ...]) -> dict[str, Any]:
        """Landing to silver and quarantine alone; the counts of each feed."""
        with lease(self.lake.folder, "ingest"):
            self.lake.reread()
            self.before(landing)
            journal, moment = Journal(self.lake), now()
            if journal.entry:
                journal.abandon()
            run = self._open("ingest", moment.date(), moment, landing, latest(self.lake))
            run.feeds = feeds
            self._unpublished(run, journal, STEPS["ingest"])
            files = run.notes["feeds"]
            return {name: files.get(name, {"files": 0, "records_in": 0, "accepted": 0, "quarantined": 0, "duplicate": 0})
                    for name in (feeds or BY_NAME)}

    def replay(self, wanted: Wanted) -> dict[str, Any]:
        """Open refusals read again; what became of them, by feed."""
        with lease(self.lake.folder, "quarantine replay"):
            self.lake.reread()
            journal, previous = Journal(self.lake), latest(self.lake)
            journal.make_way()
            # What comes of it was not known by any published run.
            moment = max(now(), previous.at + timedelta(seconds=1)) if previous else now()
            run = self._open("replay", moment.date(), moment, None, previous)
            self._unpublished(run, journal, (("replay", lambda run: replay.run(run, wanted)), ("check", check.run)))
            told: dict[str, Any] = run.notes["replayed"]
            return told

    def relink(self, known_at: datetime | None) -> dict[str, Any]:
        """All parties linked anew; what moved."""
        with lease(self.lake.folder, "parties relink"):
            self.lake.reread()
            journal, previous = Journal(self.lake), latest(self.lake)
            journal.make_way()
            moment = parties.acted_at(self.lake, known_at)
            run = self._open("relink", moment.date(), moment, None, previous)
            self._unpublished(run, journal, (("relink", parties.run),))
            told: dict[str, Any] = run.notes["relinked"]
            return told

    def _run(self, kind: Kind, day: date, as_of: datetime, landing: Path | None) -> tuple[Publication, Status]:
        with lease(self.lake.folder, f"{kind} {day}"):
            self.lake.reread()
            previous = latest(self.lake)
            if previous and as_of <= previous.at:
                raise CallerError("night.past", f"{day} ends before the last published run ({previous.as_of})",
                                  "Give a later date; a past night is seen with haechi sql --as-of.")
            self.before(landing)
            run = self._open(kind, day, as_of, landing, previous)
            journal = Journal(self.lake)
            resumes = journal.matches(kind, as_of.isoformat())
            if resumes:
                run.run_id, run.batch_id = journal.entry["run_id"], journal.entry["batch_id"]
                journal.resume(run)
            else:
                if journal.entry:
                    journal.abandon()
                journal.begin(run)
            self._steps(run, journal, STEPS[kind])
            self._step(run, journal, "publish", lambda r: publish.run(r, journal))
            journal.close()
            published = latest(self.lake)
            assert published is not None
            return published, "resumed" if resumes else "done"

    def _open(self, kind: Kind, day: date, as_of: datetime, landing: Path | None, previous: Publication | None) -> Run:
        stamp = datetime.now(tz=as_of.tzinfo).strftime("%Y%m%dT%H%M%S%f")
        run_id = f"{kind}-{day:%Y%m%d}-{stamp}"
        spark, taken = self._spark(), landing if kind == "history" else None
        compile_queries(spark, is_large(self.lake, taken))
        keep_together(spark, is_small(self.lake, taken))
        return Run(spark, self.lake, self.settings, kind, day, as_of, landing, run_id, stamp, previous, self.say)

    def _unpublished(self, run: Run, journal: Journal, steps: Steps) -> None:
        """The whole of a run that publishes nothing."""
        journal.begin(run)
        self._steps(run, journal, steps)
        publish.append_stages(run, journal, journal.entry["stages"])
        journal.close()

    def _steps(self, run: Run, journal: Journal, steps: Steps) -> None:
        run.kept_back = kept_back(self.lake)
        try:
            for number, (name, step) in enumerate(steps):
                self.progress(name, number, len(steps) + 1)
                if not journal.done(name):
                    self._step(run, journal, name, step)
        finally:
            run.release()

    def _step(self, run: Run, journal: Journal, name: str, step: Callable[[Run], Counts]) -> None:
        journal.start(name)
        began = time.monotonic()
        try:
            counts = step(run)
        except BaseException as fault:
            journal.finish(run, Counts(), time.monotonic() - began, "failed", str(fault).split("\n", 1)[0][:300])
            raise
        journal.finish(run, counts, time.monotonic() - began)
