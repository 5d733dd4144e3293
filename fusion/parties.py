"""Parties: who records name, and which names are one party. An identifier decides, else the name in one form."""

from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds.feed import Feed
from fusion.tables import PARTY
from lakehouse.lake import Lake

# Legal forms and marks that spellings of one firm differ in.
_NOISE = r"주식회사|유한회사|\\(주\\)|㈜|\\(유\\)|co\\.?,? ?ltd\\.?|limited|ltd\\.?|inc\\.?|corp(oration)?\\.?|llc|gmbh|[\\s.,()\\-]"


def plain_name(column: str) -> str:
    """Spark SQL of a name without legal form, marks and case."""
    return f"nullif(regexp_replace(lower({column}), '{_NOISE}', ''), '')"


def new_mentions(spark: SparkSession, lake: Lake, feeds: Sequence[Feed], fresh: str) -> DataFrame | None:
    """Every party that fresh records (SQL over silver) name, with its party."""
    mentions: DataFrame | None = None
    for feed in feeds:
        if not feed.mentions or lake.version(feed.silver) is None:
            continue
        rows = lake.read(spark, feed.silver).where(fresh)
        for mention in feed.mentions:
            made = rows.select(F.lit(feed.name).alias("feed"), "record_key", F.lit(mention.role).alias("role"),
                               F.expr(mention.name).alias("name"), F.expr(mention.identifier).alias("identifier"), "known_at")
            mentions = made if mentions is None else mentions.unionByName(made)
    if mentions is None:
        return None
    anchor = f"coalesce(concat('id|', nullif(trim(identifier), '')), concat('name|', {plain_name('name')}))"
    named = mentions.where("coalesce(trim(name), trim(identifier), '') <> ''").withColumn("anchor", F.expr(anchor))
    return named.where("anchor IS NOT NULL").withColumn("party_id", F.expr("substr(sha2(anchor, 256), 1, 20)"))


def new_parties(spark: SparkSession, lake: Lake, mentions: DataFrame) -> DataFrame:
    """Parties of the mentions that are not held yet, under the first name seen."""
    first = mentions.groupBy("party_id").agg(F.min_by(F.struct("name", "identifier", "known_at"), F.struct("known_at", "name")).alias("row"))
    return first.select("party_id", "row.*").join(lake.read(spark, PARTY).select("party_id"), "party_id", "left_anti")
