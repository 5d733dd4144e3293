"""Belonging: which records belong to each shipment as of an instant, read from links and relations; the one place of that rule."""

from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from fusion import keys
from fusion.links import Linked
from fusion.naming import WINDOW_DAYS, Owner
from fusion.tables import LINK, LINK_CUT, REDIRECT, RELATION
from lakehouse.lake import Lake

# Spark SQL of how many days may lie between what names a number and what is told of it; declarations and cargoes are told for good.
NEAR = "CASE owner_kind " + " ".join(f"WHEN '{kind}' THEN {days}" for kind, days in WINDOW_DAYS.items()) + " ELSE 100000 END"


@dataclass(frozen=True)
class Links:
    """What says which record belongs where, as a run may know it."""

    links: DataFrame
    relations: DataFrame
    redirects: DataFrame
    cuts: DataFrame

    @classmethod
    def of(cls, spark: SparkSession, lake: Lake) -> "Links":
        """As the lake holds them."""
        return cls(lake.read(spark, LINK), lake.read(spark, RELATION), lake.read(spark, REDIRECT), lake.current(spark, LINK_CUT))


def belonging(spine: DataFrame, held: Links) -> DataFrame:
    """The records of each `shipment_id, as_of`: feed, record_key, linked_at, owner_kind, matched_on, confidence; each record once."""
    spine = spine.select("shipment_id", "as_of").distinct()
    owners = _owners(spine, held).localCheckpoint()
    links = held.links.join(F.broadcast(owners.select("owner_kind", "owner_id").distinct()), ["owner_kind", "owner_id"], "left_semi")
    links = links.join(held.cuts.where("NOT is_withdrawn").select("owner_kind", "owner_id", "feed", "record_key", F.col("known_at").alias("cut_at")),
                       ["owner_kind", "owner_id", "feed", "record_key"], "left")
    met = links.withColumnRenamed("known_at", "told_at").join(F.broadcast(owners), ["owner_kind", "owner_id"])
    met = met.where("told_at <= as_of AND (cut_at IS NULL OR cut_at > as_of)").where(
        f"owner_on IS NULL OR seen_on IS NULL OR abs(datediff(seen_on, owner_on)) <= {NEAR}")
    # Of a container only the trip whose arrival is the nearest, and no trip of another bill.
    same_trip = f"abs(datediff(seen_on, owner_on)) <= {keys.SAME_TRIP_DAYS} + array_min(transform(trips, on -> abs(datediff(seen_on, on))))"
    met = met.where(f"owner_kind <> '{Owner.CONTAINER}' OR coalesce(bill = owner_bill, trips IS NULL OR {same_trip})")
    met = _unclaimed(met, held.relations)
    one = F.max_by(F.struct("owner_kind", "matched_on", "confidence"), F.struct("confidence", "owner_kind")).alias("row")
    return met.groupBy("shipment_id", "as_of", "feed", "record_key").agg(one, F.min(F.greatest("told_at", "owned_at")).alias("linked_at"),
                                                                           F.min("told_at").alias("told_at")).select(
        "shipment_id", "as_of", "feed", "record_key", "linked_at", "told_at", "row.*")


def _unclaimed(met: DataFrame, relations: DataFrame) -> DataFrame:
    """What was met without the orders of a buyer that another parcel names, or that were made after the parcel was sent."""
    is_bought = f"owner_kind = '{Owner.BUYER}'"
    bought = met.where(is_bought).withColumn("order_no", F.substring_index("record_key", "|", -1)).where("seen_on <= owner_on")
    claims = relations.where(f"owner_kind = '{Owner.ORDER}'").select(F.col("owner_id").alias("order_no"), F.col("known_at").alias("claimed_at"))
    claims = claims.join(F.broadcast(bought.select("order_no").distinct()), "order_no", "left_semi").groupBy("order_no").agg(F.min("claimed_at").alias("claimed_at"))
    free = bought.join(claims, "order_no", "left").where("claimed_at IS NULL OR claimed_at > as_of").drop("order_no", "claimed_at")
    # Of several the last before it was sent.
    last = free.withColumn("last_on", F.max("seen_on").over(Window.partitionBy("shipment_id", "as_of"))).where("seen_on = last_on").drop("last_on")
    return met.where(f"NOT {is_bought}").unionByName(last)


def _holders(spine: DataFrame, held: Links) -> DataFrame:
    """Ids under which something is held for a shipment: its own, its consignment's, and those merged with them."""
    own = spine.select("shipment_id", "as_of", F.col("shipment_id").alias("holder_id"), F.lit(True).alias("is_own"))
    merged = held.redirects.select(F.col("shipment_id").alias("lost"), "merged_into", F.col("known_at").alias("merged_at"))
    cargo = held.relations.where(f"owner_kind = '{Owner.CARGO}'").select("holder_id", F.col("owner_id").alias("cargo_id"), F.col("known_at").alias("at"))
    of_cargo = _step(own, cargo, "holder_id", "cargo_id")
    into = _step(own, merged.select(F.col("lost").alias("holder_id"), F.col("merged_into").alias("cargo_id"), F.col("merged_at").alias("at")), "holder_id", "cargo_id")
    first = own.unionByName(of_cargo).unionByName(into)
    lost = _step(first, merged.select(F.col("merged_into").alias("holder_id"), F.col("lost").alias("cargo_id"), F.col("merged_at").alias("at")), "holder_id", "cargo_id")
    return first.unionByName(lost).groupBy("shipment_id", "as_of", "holder_id").agg(F.max("is_own").alias("is_own"))


def _step(holders: DataFrame, pairs: DataFrame, on: str, to: str) -> DataFrame:
    return holders.join(pairs, on).where(F.col("at") <= F.col("as_of")).select("shipment_id", "as_of", F.col(to).alias("holder_id"), F.lit(False).alias("is_own"))


def _owners(spine: DataFrame, held: Links) -> DataFrame:
    """What each shipment goes with, with the days on which containers of the same number are known to arrive."""
    holders = F.broadcast(_holders(spine, held))
    itself = holders.selectExpr("shipment_id", "as_of", f"'{Owner.CARGO}' AS owner_kind", "holder_id AS owner_id", "CAST(NULL AS DATE) AS owner_on",
                                "CAST(NULL AS STRING) AS owner_bill", "CAST(NULL AS TIMESTAMP) AS owned_at")
    # Another declaration of the same cargo is another shipment.
    told = held.relations.join(holders, "holder_id").where(f"known_at <= as_of AND owner_kind <> '{Owner.CARGO}' AND (is_own OR owner_kind <> '{Owner.DECLARATION}')")
    going = told.selectExpr("shipment_id", "as_of", "owner_kind", "owner_id", "seen_on AS owner_on", "bill AS owner_bill", "known_at AS owned_at")
    boxes = going.where(f"owner_kind = '{Owner.CONTAINER}'").select("owner_id").distinct()
    trips = held.relations.where(f"owner_kind = '{Owner.CONTAINER}'").join(F.broadcast(boxes), "owner_id", "left_semi").selectExpr("owner_id", "seen_on", "known_at")
    every = trips.groupBy("owner_id").agg(F.collect_set(F.struct("seen_on", "known_at")).alias("all_trips"))
    known = "transform(filter(all_trips, t -> t.known_at <= as_of), t -> t.seen_on)"
    return itself.unionByName(going).join(F.broadcast(every), "owner_id", "left").withColumn(
        "trips", F.expr(f"CASE WHEN owner_kind = '{Owner.CONTAINER}' THEN {known} END")).drop("all_trips")


def masters(spine: DataFrame, held: Links) -> DataFrame:
    """The master bills that each `shipment_id, as_of` travels under: bill, and the day around which its number holds."""
    holders = F.broadcast(_holders(spine, held))
    told = held.relations.where(f"owner_kind = '{Owner.MASTER}'").join(holders, "holder_id").where("known_at <= as_of")
    return told.groupBy("shipment_id", "as_of", F.col("owner_id").alias("bill")).agg(F.min("seen_on").alias("bill_on"))


def touched(found: Linked, relations: DataFrame) -> DataFrame:
    """Shipments that records of the run, new relations or merges concern, among all relations as they now are."""
    near = f"owner_kind IN ('{Owner.CARGO}', '{Owner.DECLARATION}') OR abs(datediff(seen_on, new_on)) <= {NEAR}"
    numbers = (found.met.select("owner_kind", "owner_id", F.col("seen_on").alias("new_on"))
               .unionByName(found.relations.where(f"owner_kind IN ('{Owner.CONTAINER}', '{Owner.MASTER}')").select("owner_kind", "owner_id", F.col("seen_on").alias("new_on"))))
    numbers = F.broadcast(numbers.distinct())
    by_number = relations.join(numbers, ["owner_kind", "owner_id"]).where(near).select("holder_id")
    merged = found.redirects.select(F.expr("explode(array(shipment_id, merged_into))").alias("holder_id"))
    holders = (found.met.where(f"owner_kind = '{Owner.CARGO}'").select(F.col("owner_id").alias("holder_id")).unionByName(by_number)
               .unionByName(found.relations.select("holder_id")).unionByName(merged).distinct().localCheckpoint())
    further = relations.where(f"owner_kind = '{Owner.CARGO}'").join(F.broadcast(holders.select(F.col("holder_id").alias("owner_id"))), "owner_id", "left_semi")
    return holders.unionByName(further.select("holder_id")).select(F.col("holder_id").alias("shipment_id")).distinct()
