"""Step 5, screen: contradictions between what was declared and what was observed."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion.contradictions import changed, contradictions
from fusion.describe import describe
from fusion.records import Records
from fusion.tables import CONTRADICTION, SHIPMENT, WATCHLIST_HIT, WATCHLIST_NAME
from fusion.watchlist import Least, hits, new_names
from jobs.context import Counts, Run
from lakehouse.clock import sql_instant
from lakehouse.settings import Settings


def run(run: Run) -> Counts:
    """Hold names against the watchlists, and every open shipment against its sources."""
    watch(run)
    rows = described_tonight(run)
    return Counts(rows.count(), run.lake.append(changed(contradictions(rows), run.known.current(run.spark, CONTRADICTION)), CONTRADICTION))


def watch(run: Run) -> Counts:
    """Hold names against the watchlists; of history too, else what models first learn from would know of no hit."""
    at = sql_instant(run.as_of)
    names = new_names(run.spark, run.known, least_alike(run.settings), at)
    if names is None:
        return Counts()
    return Counts(run.lake.append(names, WATCHLIST_NAME), run.lake.append(hits(run.spark, run.known, at, not run.scores), WATCHLIST_HIT))


def least_alike(settings: Settings) -> Least:
    """How alike a name has to be to a listed one, by the settings."""
    return Least(settings["watchlist.least_score"], settings["watchlist.least_words"], settings["watchlist.least_score_across"])


def open_shipments(run: Run) -> DataFrame:
    """Shipments this run scores: bound for Korea, not known as released at the previous run, not stale."""
    at = sql_instant(run.as_of)
    before = sql_instant(run.previous.at) if run.previous else "TIMESTAMP '1900-01-01'"
    current = run.known.current(run.spark, SHIPMENT).where("is_bound_for_korea")
    waiting = current.where(f"release_known_at IS NULL OR release_known_at > {before}")
    stale = run.settings["shipments.stale_days"]
    return waiting.where(f"last_fact_at > {at} - INTERVAL {stale} DAYS").withColumn("as_of", F.expr(at))


def described_tonight(run: Run) -> DataFrame:
    """Open shipments as known by this run."""
    if "described" not in run.frames:
        spine = open_shipments(run).select("shipment_id", "as_of")
        # Cut off from how it came about: it is read many times, and each reader's plan would hold the whole of it.
        run.frames["described"] = describe(Records.of(run.spark, run.known, spine)).localCheckpoint()
    return run.frames["described"]
