"""What a run carries from step to step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from pyspark.sql import DataFrame, SparkSession

from feeds.landing import LandedFile
from jobs.manifest import Publication
from lakehouse.lake import Lake
from lakehouse.settings import Settings

Kind = Literal["nightly", "refresh", "history", "ingest", "replay", "relink"]


@dataclass(frozen=True)
class Counts:
    """Rows that went into a step and rows that came out."""

    rows_in: int = 0
    rows_out: int = 0


@dataclass
class Run:
    """One run: what it may know, where it reads and writes, and what its steps leave for one another.

    `notes` is kept in the journal, so that a resumed run has it too; `frames` are Spark frames of this process only,
    each of which a step can make again. `kept_back` are the batches held before it, by feed.
    """

    spark: SparkSession
    lake: Lake
    settings: Settings
    kind: Kind
    business_date: date
    as_of: datetime
    landing: Path | None
    run_id: str
    batch_id: str
    previous: Publication | None
    say: Callable[[str], None] = print
    notes: dict[str, Any] = field(default_factory=dict)
    frames: dict[str, DataFrame] = field(default_factory=dict)
    files: list[LandedFile] = field(default_factory=list)
    feeds: tuple[str, ...] = ()
    kept_back: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def known(self) -> Lake:
        """The lake as this run may know it."""
        return self.lake.known(self.as_of, self.held)

    @property
    def held(self) -> dict[str, list[str]]:
        """Batches kept back for their quality, by feed."""
        added: dict[str, list[str]] = self.notes.get("held", {})
        return {feed: sorted({*self.kept_back.get(feed, ()), *added.get(feed, ())}) for feed in {*self.kept_back, *added}}

    @property
    def released(self) -> set[str]:
        """Batches that the previous run still kept back, and this one does not."""
        before = self.previous.held if self.previous else {}
        return {batch for feed, batches in before.items() for batch in batches if batch not in self.held.get(feed, ())}

    @property
    def scores(self) -> bool:
        """Whether this run scores: history taken in one pass does not."""
        return self.kind in ("nightly", "refresh")

    def release(self) -> None:
        """Let go of what the steps kept in memory."""
        for frame in self.frames.values():
            frame.unpersist()
        self.frames.clear()


def beside_nights(published: Publication, spark: SparkSession, lake: Lake, settings: Settings, name: str, say: Callable[[str], None]) -> Run:
    """A run on what the last publication knew, for work between nights: training, the gate, a backtest."""
    return Run(spark, lake, settings, "nightly", date.fromisoformat(published.business_date), published.at, None,
               f"{name}-{published.run_id}", published.batch_id, published, say, kept_back=published.held)
