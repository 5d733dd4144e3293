"""Shipments described as of given instants: only what was known by then, of all feeds, one row a shipment."""

from concurrent.futures import ThreadPoolExecutor
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from feeds import declaration
from fusion.belonging import Links
from fusion.declared import GROSS_KG, declared_columns, listed_columns
from fusion.derived import FIELDS, with_derived
from fusion.described import DECLARED, OBSERVED
from fusion.naming import Owner
from fusion.observed import OWN, cargo_state, observed_columns
from fusion.observers import OBSERVERS
from fusion.records import BY, VERSION, Records, kinds

DESCRIBED = DECLARED + OBSERVED + tuple(field for observer in OBSERVERS for field in observer.fields) + FIELDS
COLUMNS = tuple(field.name for field in DESCRIBED)
_SIDE_BY_SIDE = 3
_NAMES = tuple(field.name for field in DECLARED)


def describe(records: Records) -> DataFrame:
    """The `shipment_id, as_of` rows of the records with the columns of a described shipment, each from what was known by its as_of."""
    ways = (kinds, _declared, _observed, _splits, *(observer.observe for observer in OBSERVERS))
    # Each cut off by itself and several side by side: planned as one, the parts take twice as long.
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        parts = list(pool.map(lambda way: way(records).localCheckpoint(), ways))
    joined = reduce(lambda whole, part: whole.join(part, list(BY), "left"), parts, records.spine)
    return with_derived(joined.withColumn("office_code", F.coalesce("office_code", "entry_office_code"))).select(*BY, *COLUMNS)


def _declared(records: Records) -> DataFrame:
    """What the declaration says; of parcels without one, what the clearance list does."""
    rows = declared_columns(records.versions("declaration"))
    listed = listed_columns(records.versions("clearance_list"))
    papers = rows.withColumn("rank", F.lit(2)).unionByName(listed.withColumn("rank", F.lit(1)))
    newest = F.max_by(F.struct(*_NAMES), F.struct("rank", *VERSION))
    mine = F.expr("count_if(rank = 2)").cast("double")
    merged = papers.groupBy(*BY).agg(newest.alias("row"), F.min("known_at").alias("first_at"), mine.alias("declaration_versions"))
    return merged.select(*BY, *(F.col(f"row.{n}").alias(n) for n in _NAMES if n != "declared_at"),
                         F.col("first_at").alias("declared_at"), F.expr("nullif(declaration_versions, 0D)").alias("declaration_versions"))


def _observed(records: Records) -> DataFrame:
    return observed_columns(cargo_state(records.versions("cargo_progress"), list(BY))).select(*BY, *(field.name for field in OWN))


def _splits(records: Records) -> DataFrame:
    """Gross mass and packages over every declaration of the shipment's cargo, a split bill being compared whole."""
    relations = Links.of(records.spark, records.lake).relations
    spine = F.broadcast(records.spine)
    further = relations.where(f"owner_kind = '{Owner.CARGO}'").join(spine.withColumnRenamed("shipment_id", "holder_id"), "holder_id").where("known_at <= as_of")
    cargo = F.broadcast(records.spine.withColumn("cargo_id", F.col("shipment_id")).unionByName(
        further.select(F.col("holder_id").alias("shipment_id"), "as_of", F.col("owner_id").alias("cargo_id"))))
    members = relations.where(f"owner_kind = '{Owner.CARGO}'").select(F.col("owner_id").alias("cargo_id"), "holder_id").join(cargo, "cargo_id").drop("cargo_id")
    holders = F.broadcast(members.unionByName(cargo.withColumnRenamed("cargo_id", "holder_id")).distinct())
    papers = relations.where(f"owner_kind = '{Owner.DECLARATION}'").select("holder_id", F.col("owner_id").alias("record_key"), F.col("known_at").alias("at"))
    siblings = F.broadcast(papers.join(holders, "holder_id").where("at <= as_of").select(*BY, "record_key").distinct())
    weights = records.lake.read(records.spark, declaration.FEED.silver).select(
        "record_key", *VERSION, F.expr(GROSS_KG).alias("gross_mass_kg"), F.col("total_packages").alias("package_count"))
    versions = weights.join(siblings, "record_key").where("known_at <= as_of")
    newest = F.max_by(F.struct("gross_mass_kg", "package_count"), F.struct(*VERSION))
    each = versions.groupBy(*BY, "record_key").agg(newest.alias("row"))
    return each.groupBy(*BY).agg(F.sum("row.gross_mass_kg").alias("split_gross_kg"), F.sum("row.package_count").alias("split_packages"))
