"""Step 4, assemble: records to links, shipments, the timeline and parties."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from feeds import declaration
from feeds.registry import FEEDS
from fusion.declared import declared_columns
from fusion.described import DECLARED
from fusion.events import new_events
from fusion.links import new_links
from fusion.parties import new_mentions, new_parties
from fusion.shipments import shipment_states, touched
from fusion.tables import DECLARATION_FACT, EVENT, LINK, PARTY, PARTY_MENTION, SHIPMENT
from jobs.context import Counts, Run
from jobs.ingest import SIDE_BY_SIDE
from lakehouse.clock import sql_instant


def run(run: Run) -> Counts:
    """Link new records, then bring what they touch up to date."""
    known, spark = run.known, run.spark
    # What writes tables of its own goes side by side; planning is most of the work of a small night, and leaves a core idle.
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        done: list[Future[Any]] = [pool.submit(_parties, run)]
        # Cut off and kept: each is read many times, and the plans that follow stay small.
        records = new_records(run).localCheckpoint()
        links = new_links(spark, known).localCheckpoint()
        run.lake.append(links, LINK)
        shipments = touched(known.read(spark, LINK), records, links).localCheckpoint()
        done.append(pool.submit(lambda: run.lake.append(shipment_states(spark, known, shipments, run.as_of), SHIPMENT)))
        done += [pool.submit(_events, run, shipments), pool.submit(_facts, run, links)]
    for step in done:
        step.result()
    return Counts(records.count(), shipments.count())


def new_records(run: Run) -> DataFrame:
    """`feed, record_key` of every accepted record not yet assembled: of a later batch, or known since the last run."""
    fresh = unassembled(run)
    rows = [run.known.read(run.spark, feed.silver).where(fresh).select(F.lit(feed.name).alias("feed"), "record_key") for feed in FEEDS]
    union = rows[0]
    for more in rows[1:]:
        union = union.unionByName(more)
    return union.distinct()


def unassembled(run: Run) -> str:
    """Spark SQL that is true for silver rows the last published run had not seen."""
    if run.previous is None:
        return "true"
    fresh = f"batch_id > '{run.previous.batch_id}' OR known_at > {sql_instant(run.previous.at)}"
    released = ", ".join(repr(batch) for batch in sorted(run.released))
    return f"{fresh} OR batch_id IN ({released})" if released else fresh


def _events(run: Run, shipments: DataFrame) -> None:
    events = new_events(run.spark, run.known, shipments, FEEDS)
    if events is not None:
        run.lake.append(events, EVENT)


def _facts(run: Run, links: DataFrame) -> None:
    """Each declaration as first known becomes a fact of history, once."""
    papers = links.where("feed = 'declaration'").select("shipment_id", "record_key")
    mine = run.known.read(run.spark, declaration.FEED.silver).join(papers.select("record_key"), "record_key", "left_semi")
    declared = declared_columns(mine)
    first = declared.groupBy("record_key").agg(F.min_by(F.struct(*declared.columns), F.struct("known_at", "file", "ordinal")).alias("row"))
    facts = first.select("row.*").join(papers, "record_key").select("shipment_id", "known_at", *(field.name for field in DECLARED))
    run.lake.append(facts, DECLARATION_FACT)


def _parties(run: Run) -> None:
    mentions = new_mentions(run.spark, run.known, FEEDS, unassembled(run))
    if mentions is None:
        return
    mentions = mentions.persist()
    run.lake.append(new_parties(run.spark, run.known, mentions), PARTY)
    run.lake.append(mentions, PARTY_MENTION)
    mentions.unpersist()
