"""Step 4, assemble: records to links, shipments, the timeline and parties."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from feeds import declaration
from feeds.registry import FEEDS
from fusion.belonging import Links, touched
from fusion.contacts import new_contacts
from fusion.declared import declared_columns
from fusion.described import DECLARED
from fusion.events import new_events
from fusion.goods.words import new_words
from fusion.links import Linked, link
from fusion.naming import Owner
from fusion.parties import night
from fusion.parties.store import opened
from fusion.parties.told import mentions
from fusion.party_tables import PARTY_CUT
from fusion.records import Records
from fusion.shipments import shipment_states
from fusion.tables import CONSIGNMENT_NUMBER, CONTACT, DECLARATION_FACT, EVENT, GOODS_WORD, LINK, REDIRECT, RELATION, SHIPMENT
from jobs.context import Counts, Run
from jobs.ingest import SIDE_BY_SIDE
from jobs.train import registry_of
from lakehouse.clock import sql_instant
from lakehouse.settings import load_yaml


def run(run: Run) -> Counts:
    """Link new records, then bring what they touch up to date."""
    known, spark = run.known, run.spark
    # What writes tables of its own goes side by side; planning is most of the work of a small night, and leaves a core idle.
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        done: list[Future[Any]] = [pool.submit(_parties, run), pool.submit(_goods_words, run)]
        found = _linked(run)
        links = Links.of(spark, known)
        shipments = touched(found, links.relations).withColumn("as_of", F.expr(sql_instant(run.as_of)))
        records = Records.of(spark, known, shipments)
        offices = load_yaml("offices.yaml")
        done += [pool.submit(lambda: run.lake.append(shipment_states(records, links, offices["ports"], offices["kinds"]), SHIPMENT)),
                 pool.submit(lambda: run.lake.append(new_events(records, FEEDS), EVENT)),
                 pool.submit(lambda: run.lake.append(new_contacts(records), CONTACT)), pool.submit(_facts, run, found.relations)]
    for step in done:
        step.result()
    return Counts(found.met.count(), records.spine.count())


def _linked(run: Run) -> Linked:
    """Link what no published run had seen, and keep what comes of it."""
    found = link(run.spark, run.known, unassembled(run))
    # Cut off and kept: each is read many times, and the plans that follow stay small.
    found = Linked(*(frame.localCheckpoint() for frame in (found.links, found.met, found.relations, found.numbers, found.redirects)))
    for frame, table in ((found.links, LINK), (found.relations, RELATION), (found.numbers, CONSIGNMENT_NUMBER), (found.redirects, REDIRECT)):
        run.lake.append(frame, table)
    return found


def unassembled(run: Run) -> str:
    """Spark SQL that is true for silver rows the last published run had not seen."""
    if run.previous is None:
        return "true"
    fresh = f"batch_id > '{run.previous.batch_id}' OR known_at > {sql_instant(run.previous.at)}"
    released = ", ".join(repr(batch) for batch in sorted(run.released))
    return f"{fresh} OR batch_id IN ({released})" if released else fresh


def _facts(run: Run, relations: DataFrame) -> None:
    """Each declaration as first known becomes a fact of history, once."""
    papers = relations.where(f"owner_kind = '{Owner.DECLARATION}'").selectExpr("holder_id AS shipment_id", "owner_id AS record_key")
    mine = run.known.read(run.spark, declaration.FEED.silver).join(papers.select("record_key"), "record_key", "left_semi")
    declared = declared_columns(mine)
    first = declared.groupBy("record_key").agg(F.min_by(F.struct(*declared.columns), F.struct("known_at", "file", "ordinal")).alias("row"))
    facts = first.select("row.*").join(papers, "record_key").select("shipment_id", "known_at", *(field.name for field in DECLARED))
    run.lake.append(facts, DECLARATION_FACT)


def _parties(run: Run) -> None:
    """Link what new records say of parties, and mentions that an analyst cut or restored since the last run."""
    told = mentions(run.spark, run.known, FEEDS, unassembled(run), _cut_since(run))
    if told is None:
        return
    with run.lake.staged(told) as staged, opened(run.known, run.as_of, run.settings["parties.memory"]) as store:
        linked = night.link(store, staged, run.settings)
    if linked.estimated:
        registry_of(run.lake, run.settings).keep_linkage(linked.estimated.number, linked.estimated.told, run.business_date)


def _goods_words(run: Run) -> None:
    """Count the words of goods of the weeks that have ended, once."""
    if (counted := new_words(run.spark, run.known, run.as_of)) is not None:
        run.lake.append(counted, GOODS_WORD)


def _cut_since(run: Run) -> dict[str, list[str]]:
    """Records, by feed, of mentions that were cut or restored since the last published run."""
    since = [("known_at", ">", run.previous.at)] if run.previous else None
    acts = run.known.arrow(PARTY_CUT, ("feed", "record_key", "known_at"), since).to_pylist()
    known = [act for act in acts if act["known_at"] <= run.as_of]
    return {feed: sorted({act["record_key"] for act in known if act["feed"] == feed}) for feed in {act["feed"] for act in known}}
