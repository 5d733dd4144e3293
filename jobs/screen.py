"""Step 5, screen: contradictions between what was declared and what was observed."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from features.tables import FEATURE
from fusion.contradictions import changed, contradictions
from fusion.describe import describe
from fusion.labels import training_spine
from fusion.records import Records
from fusion.tables import CONTRADICTION, SHIPMENT, WATCHLIST_HIT, WATCHLIST_NAME
from fusion.watchlist import Least, hits, new_names
from jobs.context import Counts, Run
from jobs.label import unwritten
from lakehouse.clock import sql_instant
from lakehouse.lake import newest_rows
from lakehouse.settings import Settings


def run(run: Run) -> Counts:
    """Hold names against the watchlists, and every open shipment against its sources."""
    watch(run)
    rows = described_tonight(run)
    mine = F.broadcast(rows.select("shipment_id").distinct())
    held = newest_rows(run.known.read(run.spark, CONTRADICTION).join(mine, "shipment_id", "left_semi"), CONTRADICTION)
    return Counts(rows.count(), run.lake.append(changed(contradictions(rows), held), CONTRADICTION))


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
    at, stale = sql_instant(run.as_of), run.settings["shipments.stale_days"]
    # A state is no older than the last fact it tells of: older states are of stale shipments, and need no looking at.
    young = run.known.read(run.spark, SHIPMENT).where(f"known_at > {at} - INTERVAL {stale} DAYS")
    current = newest_rows(young, SHIPMENT).where(f"is_bound_for_korea AND last_fact_at > {at} - INTERVAL {stale} DAYS")
    released = f"release_known_at > {sql_instant(run.previous.at)}" if run.previous else "true"
    return current.where(f"release_known_at IS NULL OR {released}").withColumn("as_of", F.expr(at))


def described_tonight(run: Run) -> DataFrame:
    """Open shipments as known by this run."""
    return described(run).where(f"as_of = {sql_instant(run.as_of)}")


def described(run: Run) -> DataFrame:
    """All that this run describes, in one pass: open shipments where it scores, and labelled ones that lack features as of the night
    before customs acted, which is an earlier one."""
    if "described" not in run.frames:
        labelled = training_spine(run.spark, run.known, run.as_of, unwritten(run)).select("shipment_id", "as_of")
        spine = labelled.join(run.lake.read(run.spark, FEATURE).select("shipment_id", "as_of"), ["shipment_id", "as_of"], "left_anti")
        if run.scores:
            spine = spine.unionByName(open_shipments(run).select("shipment_id", "as_of"))
        # Cut off from how it came about: it is read many times, and each reader's plan would hold the whole of it.
        run.frames["described"] = describe(Records.of(run.spark, run.known, spine)).localCheckpoint()
    return run.frames["described"]
