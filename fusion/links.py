"""Links: what each record is about. Rows are only added, so an id once given stays."""

from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from fusion import keys
from fusion.consignments import NUMBERED, RESOLVED_DDL, Resolve
from fusion.named import named, with_sole_bills
from fusion.naming import Owner
from fusion.tables import CONSIGNMENT_NUMBER, LINK, REDIRECT, RELATION
from lakehouse.lake import Lake

_NAMES = ("cargo_no", "house", "master", "tracking")
# Namings of the same numbers that lie further apart are told apart, and joined again where they are one after all.
_APART_DAYS = keys.ARRIVAL_WINDOW_DAYS // 2
_NAMING_ID = f"xxhash64(cargo_no, house, master, tracking, datediff(seen_on, DATE '2000-01-01') div {_APART_DAYS})"
_FIRST = ("known_at", "file", "ordinal")
# What these tell of is decided on, even where their numbers are nobody's.
_ON_ITS_OWN = "'clearance_list', 'manifest', 'cargo_progress', 'air_waybill'"


@dataclass(frozen=True)
class Linked:
    """What a run adds: links, what shipments go with, numbers of consignments, and shipments that were merged.

    `met` are the links of every record the run was given, those held before too.
    """

    links: DataFrame
    met: DataFrame
    relations: DataFrame
    numbers: DataFrame
    redirects: DataFrame


def link(spark: SparkSession, lake: Lake, fresh: str) -> Linked:
    """Link the records for which the Spark SQL `fresh` is true."""
    relations = lake.read(spark, RELATION)
    records = with_sole_bills(named(spark, lake, fresh), relations).withColumn("naming_id", F.expr(
        f"CASE WHEN coalesce(cargo_no, house, tracking) IS NOT NULL THEN {_NAMING_ID} END"))
    held = lake.read(spark, LINK).join(F.broadcast(records.select("feed", "record_key").distinct()), ["feed", "record_key"], "left_semi").localCheckpoint()
    resolved = _resolved(records, held, lake.read(spark, CONSIGNMENT_NUMBER))
    placed = _placed(records, held, resolved).localCheckpoint()
    holders = _holders(placed, relations).localCheckpoint()
    links = _new_links(placed, held).localCheckpoint()
    return Linked(
        links=links, met=held.unionByName(links), relations=_new_relations(holders, relations),
        numbers=resolved.where("what = 'key'").select(*CONSIGNMENT_NUMBER.columns),
        redirects=_redirects(resolved, lake.read(spark, REDIRECT)))


def _resolved(records: DataFrame, held: DataFrame, numbers: DataFrame) -> DataFrame:
    """Each naming with its consignment. A record keeps the one it was first linked to: a correction never rewrites a link."""
    mine = held.where(f"owner_kind IN ('{Owner.CARGO}', '{Owner.DECLARATION}')").select("feed", "record_key")
    first = records.where("naming_id IS NOT NULL").join(mine, ["feed", "record_key"], "left_anti").groupBy("naming_id", *_NAMES).agg(
        F.min("seen_on").alias("seen_on"), F.min("known_at").alias("known_at"))
    kinds = "stack(3, 'cargo', cargo_no, NULL, 'house', house, master, 'tracking', tracking, NULL) AS (kind, value, master)"
    fresh = first.withColumnRenamed("master", "named_master").selectExpr(
        "naming_id", "CAST(NULL AS STRING) AS cargo_id", kinds.replace("house, master", "house, named_master"), "seen_on", "known_at").where("value IS NOT NULL")
    fresh = fresh.localCheckpoint()
    met = numbers.join(F.broadcast(fresh.select("kind", "value").distinct()), ["kind", "value"], "left_semi").select("cargo_id").distinct()
    known = numbers.join(F.broadcast(met), "cargo_id", "left_semi").withColumn("naming_id", F.lit(None).cast("bigint"))
    numbered = fresh.unionByName(known.select(*fresh.columns)).select(*NUMBERED.names)
    # One worker sees all of them: to tell components apart takes the whole graph of the night.
    return numbered.coalesce(1).mapInArrow(Resolve(), RESOLVED_DDL).localCheckpoint()


def _placed(records: DataFrame, held: DataFrame, resolved: DataFrame) -> DataFrame:
    """The records with the consignment each is about, NULL where it is about none."""
    assigned = resolved.where("what = 'assigned'").select("naming_id", "cargo_id", F.col("known_at").alias("assigned_at"), "matched_on", "confidence", "conflict")
    before = held.where(f"owner_kind = '{Owner.CARGO}'").groupBy("feed", "record_key").agg(F.min("owner_id").alias("held_id"))
    own = f"CASE WHEN feed IN ({_ON_ITS_OWN}) AND naming_id IS NOT NULL THEN {keys.opaque_id('record', 'feed', 'record_key')} END"
    return (records.join(assigned, "naming_id", "left").join(before, ["feed", "record_key"], "left")
            .withColumns({"cargo_id": F.expr(f"coalesce(held_id, cargo_id, {own})"), "linked_at": F.greatest("known_at", "assigned_at"),
                          "matched_on": F.expr("coalesce(matched_on, 'record_key')"), "confidence": F.expr("coalesce(confidence, 1D)")}))


def _new_links(placed: DataFrame, held: DataFrame) -> DataFrame:
    # A declaration belongs to its own shipment alone: another of the same cargo is another shipment.
    cargo = placed.where("cargo_id IS NOT NULL AND feed <> 'declaration'").selectExpr(
        f"'{Owner.CARGO}' AS owner_kind", "cargo_id AS owner_id", "feed", "record_key", "seen_on", "bill", "linked_at AS known_at", "matched_on", "confidence", "conflict")
    about = placed.selectExpr("inline(about)", "feed", "record_key", "seen_on", "bill", "known_at").selectExpr(
        "kind AS owner_kind", "number AS owner_id", "feed", "record_key", "seen_on", "bill", "known_at", "kind AS matched_on",
        f"CASE kind WHEN '{Owner.DECLARATION}' THEN 1D WHEN '{Owner.BUYER}' THEN 0.7D ELSE 0.9D END AS confidence", "CAST(NULL AS STRING) AS conflict")
    key = ["owner_kind", "owner_id", "feed", "record_key"]
    first = cargo.unionByName(about).groupBy(*key).agg(F.min_by(F.struct(*(c for c in LINK.columns if c not in key)), "known_at").alias("row"))
    return first.select(*key, "row.*").join(held.select(*key), key, "left_anti").select(*LINK.columns)


def _holders(placed: DataFrame, relations: DataFrame) -> DataFrame:
    """The records with the shipment or consignment that holds what each carries, and whether the record makes it a shipment."""
    rows = placed.withColumn("holder_id", F.expr(
        f"CASE WHEN feed = 'baggage' THEN {keys.opaque_id('bag', 'record_key')} WHEN feed <> 'declaration' THEN cargo_id END"))
    papers = rows.where("feed = 'declaration'").withColumn("declaration_no", F.col("record_key"))
    mine = relations.where(f"owner_kind = '{Owner.DECLARATION}'").select(F.col("owner_id").alias("declaration_no"), F.col("holder_id").alias("held_by"))
    papers = papers.join(mine.join(F.broadcast(papers.select("declaration_no").distinct()), "declaration_no", "left_semi"), "declaration_no", "left")
    # The first declaration of a consignment is its first shipment, each further one is a shipment of its own.
    taken = relations.where(f"owner_kind = '{Owner.DECLARATION}'").select(F.col("holder_id").alias("cargo_id"), F.lit(True).alias("is_taken")).distinct()
    first = papers.where("held_by IS NULL").groupBy("declaration_no", "cargo_id").agg(F.min(F.struct(*_FIRST)).alias("first")).withColumn(
        "turn", F.row_number().over(Window.partitionBy("cargo_id").orderBy("first", "declaration_no")))
    takes = first.join(taken.join(F.broadcast(first.select("cargo_id").distinct()), "cargo_id", "left_semi"), "cargo_id", "left").where(
        "cargo_id IS NOT NULL AND turn = 1 AND is_taken IS NULL").select("declaration_no", F.lit(True).alias("takes"))
    own = keys.opaque_id("declaration", "declaration_no")
    papers = papers.join(takes, "declaration_no", "left").withColumn("holder_id", F.expr(
        f"coalesce(held_by, CASE WHEN takes THEN cargo_id ELSE {own} END)")).drop("declaration_no", "held_by", "takes")
    return rows.where("feed <> 'declaration'").unionByName(papers)


def _new_relations(holders: DataFrame, relations: DataFrame) -> DataFrame:
    """What holders go with, a row a number; trips of containers that nothing is known of are held by themselves."""
    held = holders.where("holder_id IS NOT NULL")
    shared = ("holder_id", "seen_on", "CASE WHEN kind = 'container' THEN coalesce(bill, master) END AS bill", "feed", "known_at")
    carried = held.selectExpr("inline(carries)", "house", "master", *(c for c in ("holder_id", "seen_on", "bill", "feed", "known_at"))).selectExpr(
        *shared[:2], "kind", "number", shared[2], f"kind = '{Owner.MASTER}' AND house IS NOT NULL AND house <> number AS is_house", "feed", "known_at")
    papers = held.where("feed = 'declaration'")
    declared = papers.selectExpr("holder_id", "seen_on", f"'{Owner.DECLARATION}' AS kind", "record_key AS number", "CAST(NULL AS STRING) AS bill",
                                 "false AS is_house", "feed", "known_at")
    bound = relations.where(f"owner_kind = '{Owner.CARGO}'").select("holder_id").distinct()
    further = papers.where("cargo_id <> holder_id").join(bound, "holder_id", "left_anti").selectExpr("holder_id", "seen_on", f"'{Owner.CARGO}' AS kind", "cargo_id AS number", "CAST(NULL AS STRING) AS bill",
                                                               "false AS is_house", "feed", "linked_at AS known_at")
    bags = held.where("feed = 'baggage'").selectExpr("holder_id", "seen_on", "inline(about)", "CAST(NULL AS STRING) AS bill", "feed", "known_at").selectExpr(
        "holder_id", "seen_on", "kind", "number", "bill", "false AS is_house", "feed", "known_at")
    told = carried.unionByName(declared).unionByName(further).unionByName(bags)
    told = told.unionByName(_lone_trips(holders, told, relations))
    key = ["holder_id", "kind", "number"]
    first = told.groupBy(*key).agg(F.min_by(F.struct("seen_on", "bill", "is_house", "feed", "known_at"), F.struct("known_at", "seen_on")).alias("row")).selectExpr(
        "holder_id", "kind AS owner_kind", "number AS owner_id", "row.*")
    same = ["holder_id", "owner_kind", "owner_id"]
    return first.join(relations.join(F.broadcast(first.select(*same)), same, "left_semi").select(*same), same, "left_anti").select(*RELATION.columns)


def _lone_trips(holders: DataFrame, told: DataFrame, relations: DataFrame) -> DataFrame:
    """Containers on a trip that no bill is known of."""
    trips = holders.where("holder_id IS NULL AND bill IS NULL AND feed IN ('terminal_event', 'carrier_event')").selectExpr(
        "inline(about)", "seen_on", "feed", "known_at").where(f"kind = '{Owner.CONTAINER}'")
    lone = trips.groupBy("number").agg(F.min("seen_on").alias("seen_on"), F.min_by("feed", "known_at").alias("feed"), F.min("known_at").alias("known_at"))
    held = relations.where(f"owner_kind = '{Owner.CONTAINER}'").selectExpr("owner_id AS number", "seen_on AS held_on").join(
        F.broadcast(lone.select("number")), "number", "left_semi")
    near = held.unionByName(told.where(f"kind = '{Owner.CONTAINER}'").selectExpr("number", "seen_on AS held_on"))
    window = F.abs(F.datediff("seen_on", "held_on")) <= keys.TRIP_WINDOW_DAYS
    unknown = lone.join(near, (lone["number"] == near["number"]) & window, "left_anti")
    return unknown.selectExpr(f"{keys.opaque_id('container', 'number', 'CAST(seen_on AS STRING)')} AS holder_id", "seen_on", f"'{Owner.CONTAINER}' AS kind", "number",
                              "CAST(NULL AS STRING) AS bill", "false AS is_house", "feed", "known_at")


def _redirects(resolved: DataFrame, held: DataFrame) -> DataFrame:
    merged = resolved.where("what = 'merge'").groupBy(F.col("other_id").alias("shipment_id"), F.col("cargo_id").alias("merged_into")).agg(F.min("known_at").alias("known_at"))
    return merged.join(held.select("shipment_id", "merged_into"), ["shipment_id", "merged_into"], "left_anti").select(*REDIRECT.columns)
