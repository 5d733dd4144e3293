"""Links: which shipment each record belongs to. Rows are only added, so an id once given stays."""

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from feeds import cargo_progress, declaration, outcome
from fusion import keys
from fusion.tables import LINK
from lakehouse.lake import Lake

_FIRST = ("known_at", "file", "ordinal")


def new_links(spark: SparkSession, lake: Lake) -> DataFrame:
    """Links of every record that has none: cargoes, declarations, then outcomes."""
    links = lake.read(spark, LINK)
    # Each is read several times below: cut off here, the plans that follow stay small.
    cargoes = _first_seen(lake.read(spark, cargo_progress.FEED.silver), "arrived_on", "house_bl", "master_bl").localCheckpoint()
    papers = _first_seen(lake.read(spark, declaration.FEED.silver), "issued_on", "house_bl", "master_bl", "cargo_control_no")
    assigned = _assign_cargo(papers, cargoes).localCheckpoint()
    declared = _declaration_links(assigned, links)
    found = declared.unionByName(_cargo_links(cargoes, assigned, links, declared))
    return found.unionByName(_outcome_links(lake.read(spark, outcome.FEED.silver), links, found))


def _first_seen(rows: DataFrame, *columns: str) -> DataFrame:
    """Each key as its first record told it: what a link rests on is never rewritten by a correction."""
    first = F.min_by(F.struct("known_at", "file", "ordinal", *columns), F.struct(*_FIRST))
    return rows.groupBy("record_key").agg(first.alias("row")).select("record_key", "row.*")


def _assign_cargo(papers: DataFrame, cargoes: DataFrame) -> DataFrame:
    """Each declaration with its `cargo`: the control number it names, else the cargo of its bills within the window."""
    named = papers.withColumn("named", F.expr(keys.cargo("cargo_control_no"))).withColumn("bill", F.expr(
        f"concat_ws('|', {keys.bill('house_bl')}, {keys.bill('master_bl')})"))
    bills = cargoes.select(F.col("record_key").alias("by_bill"), "arrived_on", F.expr(
        f"concat_ws('|', {keys.bill('house_bl')}, {keys.bill('master_bl')})").alias("bill")).where("bill <> ''")
    window = F.abs(F.datediff("issued_on", "arrived_on")) <= keys.ARRIVAL_WINDOW_DAYS
    unnamed = named.where("named IS NULL AND bill <> ''").select("record_key", "bill", "issued_on")
    closest = (unnamed.join(bills, "bill").where(window).groupBy("record_key")
               .agg(F.min_by("by_bill", F.struct(F.abs(F.datediff("issued_on", "arrived_on")), "by_bill")).alias("by_bill")))
    return (named.join(closest, "record_key", "left")
            .withColumn("cargo", F.coalesce("named", "by_bill"))
            .withColumn("matched_on", F.expr("CASE WHEN named IS NOT NULL THEN 'cargo_control_no' WHEN by_bill IS NOT NULL THEN 'bill' ELSE 'declaration_no' END"))
            .withColumn("confidence", F.expr("CASE matched_on WHEN 'bill' THEN 0.95D ELSE 1D END")))


def _declaration_links(assigned: DataFrame, links: DataFrame) -> DataFrame:
    """The first declaration of a cargo takes the cargo's shipment, each further one is a shipment of its own."""
    held = links.where("feed = 'declaration'").select("record_key", F.col("shipment_id").alias("held"))
    fresh = assigned.join(held.select("record_key"), "record_key", "left_anti").withColumn("of_cargo", F.expr(keys.shipment_id("cargo", "cargo")))
    turn = F.row_number().over(Window.partitionBy("cargo").orderBy(*_FIRST))
    taken = held.select(F.col("held").alias("of_cargo"), F.lit(True).alias("is_taken")).distinct()
    chosen = fresh.withColumn("turn", turn).join(taken, "of_cargo", "left")
    own = keys.shipment_id("declaration", "record_key")
    takes = "cargo IS NOT NULL AND turn = 1 AND is_taken IS NULL"
    return chosen.select(F.expr(f"CASE WHEN {takes} THEN of_cargo ELSE {own} END").alias("shipment_id"),
                         F.lit("declaration").alias("feed"), "record_key", "known_at", "matched_on", "confidence")


def _cargo_links(cargoes: DataFrame, assigned: DataFrame, links: DataFrame, declared: DataFrame) -> DataFrame:
    """Each cargo belongs to the shipments of its declarations, or, before there is one, to a shipment of its own."""
    papers = links.where("feed = 'declaration'").select("shipment_id", "record_key").unionByName(
        declared.select("shipment_id", "record_key"))
    by_paper = (assigned.where("cargo IS NOT NULL").select("record_key", "cargo", "matched_on", "confidence", F.col("known_at").alias("paper_at"))
                .join(papers, "record_key").drop("record_key"))
    mine = cargoes.select(F.col("record_key").alias("cargo"), "known_at")
    owned = mine.select(F.expr(keys.shipment_id("cargo", "cargo")).alias("shipment_id"), "cargo", "known_at",
                        F.lit("cargo_control_no").alias("matched_on"), F.lit(1.0).alias("confidence"))
    # A declaration known before its cargo and matched by bill keeps its id; the cargo then joins that shipment.
    elsewhere = by_paper.where("matched_on = 'bill'").select("cargo").distinct()
    owned = owned.join(elsewhere, "cargo", "left_anti")
    by_declaration = mine.join(by_paper, "cargo").select(
        "shipment_id", "cargo", F.greatest("known_at", "paper_at").alias("known_at"), "matched_on", "confidence")
    wanted = (owned.unionByName(by_declaration).groupBy("shipment_id", "cargo")
              .agg(F.min_by(F.struct("known_at", "matched_on", "confidence"), "known_at").alias("row"))
              .select("shipment_id", F.lit("cargo_progress").alias("feed"), F.col("cargo").alias("record_key"), "row.*"))
    return wanted.join(links.select("shipment_id", "feed", "record_key"), ["shipment_id", "feed", "record_key"], "left_anti").select(
        "shipment_id", "feed", "record_key", "known_at", "matched_on", "confidence")


def _outcome_links(outcomes: DataFrame, links: DataFrame, found: DataFrame) -> DataFrame:
    """An outcome belongs to the shipment of the declaration it names; one that comes before it waits."""
    papers = links.where("feed = 'declaration'").select("shipment_id", "record_key").unionByName(
        found.where("feed = 'declaration'").select("shipment_id", "record_key"))
    waiting = outcomes.where("subject_kind = 'declaration'").groupBy("record_key").agg(
        F.min("known_at").alias("known_at"), F.max_by("subject_ref", F.struct(*_FIRST)).alias("subject_ref"))
    waiting = waiting.join(links.where("feed = 'outcome'").select("record_key"), "record_key", "left_anti")
    subjects = papers.withColumnRenamed("record_key", "subject_ref")
    return waiting.join(subjects, "subject_ref").select(
        "shipment_id", F.lit("outcome").alias("feed"), "record_key", "known_at", F.lit("declaration_no").alias("matched_on"),
        F.lit(1.0).alias("confidence"))
