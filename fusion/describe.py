"""Shipments described as of given instants: only what was known by then, from declarations and cargo answers."""

from dataclasses import dataclass

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds import cargo_progress, declaration
from fusion.declared import GROSS_KG, declared_columns
from fusion.described import COLUMNS, DECLARED
from fusion.observed import OWN, cargo_state, observed_columns
from fusion.tables import LINK
from lakehouse.lake import Lake

_VERSION = ("issued_at", "known_at", "content_hash")


@dataclass(frozen=True)
class Sources:
    """The tables a description rests on: links, accepted declarations, cargo answers."""

    links: DataFrame
    declarations: DataFrame
    answers: DataFrame

    @classmethod
    def of(cls, spark: SparkSession, lake: Lake) -> "Sources":
        """The sources as the lake holds them."""
        return cls(lake.read(spark, LINK), lake.read(spark, declaration.FEED.silver), lake.read(spark, cargo_progress.FEED.silver))


def describe(spine: DataFrame, sources: Sources) -> DataFrame:
    """`shipment_id, as_of` rows with the columns of a described shipment, each from what was known by its as_of."""
    spine = spine.select("shipment_id", "as_of").distinct()
    linked = spine.join(sources.links.select("shipment_id", "feed", "record_key", F.col("known_at").alias("linked_at")),
                        "shipment_id").where("linked_at <= as_of").localCheckpoint()
    declared = _declared(linked, sources)
    observed = _observed(linked, sources)
    splits = _splits(linked, sources)
    joined = (spine.join(declared, ["shipment_id", "as_of"], "left")
              .join(observed, ["shipment_id", "as_of"], "left")
              .join(splits, ["shipment_id", "as_of"], "left"))
    office = F.coalesce("office_code", "entry_office_code")
    return joined.withColumn("office_code", office).select("shipment_id", "as_of", *COLUMNS)


def _of(linked: DataFrame, feed: str) -> DataFrame:
    """What links to a feed: few rows beside all that was ever sent, so that they go to the records and not these to them."""
    return F.broadcast(linked.where(F.col("feed") == feed).select("shipment_id", "as_of", "record_key"))


def _declared(linked: DataFrame, sources: Sources) -> DataFrame:
    names = [field.name for field in DECLARED]
    papers = _of(linked, "declaration")
    # Only what is asked for is brought into columns.
    mine = declared_columns(sources.declarations.join(papers.select("record_key").distinct(), "record_key", "left_semi"))
    versions = mine.join(papers, "record_key").where("known_at <= as_of")
    newest = F.max_by(F.struct(*names), F.struct(*_VERSION))
    merged = versions.groupBy("shipment_id", "as_of").agg(
        newest.alias("row"), F.min("known_at").alias("first_at"), F.count("*").cast("double").alias("declaration_versions"))
    return merged.select("shipment_id", "as_of", *(F.col(f"row.{n}").alias(n) for n in names if n != "declared_at"),
                         F.col("first_at").alias("declared_at"), "declaration_versions")


def _observed(linked: DataFrame, sources: Sources) -> DataFrame:
    answers = sources.answers.join(_of(linked, "cargo_progress"), "record_key").where("known_at <= as_of")
    merged = cargo_state(answers, ["shipment_id", "as_of"])
    return observed_columns(merged).select("shipment_id", "as_of", *(field.name for field in OWN))


def _splits(linked: DataFrame, sources: Sources) -> DataFrame:
    """Gross mass and packages over every declaration of the shipment's cargo, a split bill being compared whole."""
    cargo = _of(linked, "cargo_progress").withColumnRenamed("record_key", "cargo")
    members = (sources.links.where("feed = 'cargo_progress'").select(F.col("shipment_id").alias("sibling"), F.col("record_key").alias("cargo")))
    papers = (sources.links.where("feed = 'declaration'").select(F.col("shipment_id").alias("sibling"), "record_key"))
    siblings = F.broadcast(papers.join(F.broadcast(members.join(cargo, "cargo")), "sibling"))
    weights = sources.declarations.select("record_key", *_VERSION, F.expr(GROSS_KG).alias("gross_mass_kg"), F.col("total_packages").alias("package_count"))
    versions = weights.join(siblings, "record_key").where("known_at <= as_of")
    newest = F.max_by(F.struct("gross_mass_kg", "package_count"), F.struct(*_VERSION))
    each = versions.groupBy("shipment_id", "as_of", "record_key").agg(newest.alias("row"))
    return each.groupBy("shipment_id", "as_of").agg(F.sum("row.gross_mass_kg").alias("split_gross_kg"),
                                                    F.sum("row.package_count").alias("split_packages"))
