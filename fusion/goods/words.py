"""Words of declared goods, counted by the week and tariff line they were declared under: all that the classifier learns, in one table."""

from datetime import date, datetime, time, timedelta

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds import clearance_list, declaration
from fusion import keys
from fusion.tables import GOODS_WORD
from lakehouse.clock import KOREA, sql_instant
from lakehouse.lake import Lake

# Every item has it: what is counted under it are the items themselves.
EVERY = ""
_WEEK = timedelta(days=7)
WEEK = "CAST(date_trunc('week', {}) AS DATE)"
_PLAIN = "trim(lower(regexp_replace({}, '[^\\\\p{{L}}\\\\p{{N}}]+', ' ')))"
# Numbers and single letters are of models and sizes.
_WORDS = f"filter(split({_PLAIN}, ' '), w -> length(w) > 1 AND NOT w RLIKE '^[0-9]+$')"
# Hangul and Han write compounds without blanks.
_SYLLABLES = ("flatten(transform(filter(told, w -> length(w) > 2 AND w RLIKE '[가-힣一-龥]'), "
              "w -> transform(sequence(1, length(w) - 1), i -> substr(w, i, 2))))")
_PAIRS = "zip_with(slice(told, 1, greatest(size(told) - 1, 0)), slice(told, 2, greatest(size(told) - 1, 0)), (a, b) -> concat(a, ' ', b))"


def in_words(texts: DataFrame, text: str = "text") -> DataFrame:
    """The rows with `words`: of a description its words, pairs of words, and pairs of syllables within long ones; each once."""
    return texts.withColumn("told", F.expr(_WORDS.format(text))).withColumn("words", F.expr(f"array_distinct(concat(told, {_PAIRS}, {_SYLLABLES}))")).drop("told")


def new_words(spark: SparkSession, lake: Lake, as_of: datetime) -> DataFrame | None:
    """Rows of GOODS_WORD for the weeks that ended since the last one it holds; None where it holds the last that ended."""
    monday = week_of(as_of)
    if lake.arrow(GOODS_WORD, ("week_on",), [("week_on", ">=", monday - _WEEK)]).num_rows:
        return None
    held = lake.read(spark, GOODS_WORD).agg(F.max("week_on")).first()
    told = _items(spark, lake).where(f"known_at < {sql_instant(_starts(monday))}")
    if held and held[0]:
        told = told.where(f"known_at >= {sql_instant(_starts(held[0] + _WEEK))}")
    items = told.selectExpr(f"{WEEK.format('known_at')} AS week_on", "record_key", "hs6", "text").distinct()
    counted = in_words(items).select("week_on", "hs6", F.explode(F.array_union("words", F.array(F.lit(EVERY)))).alias("word"))
    return counted.groupBy("week_on", "word", "hs6").agg(F.count("*").alias("items")).withColumn(
        "known_at", F.expr("CAST(date_add(week_on, 7) AS TIMESTAMP)")).select(*GOODS_WORD.columns)


def week_of(at: datetime) -> date:
    """The Monday of the Korean week that an instant lies in."""
    day = at.astimezone(KOREA).date()
    return day - timedelta(days=day.weekday())


def _starts(day: date) -> datetime:
    return datetime.combine(day, time(), KOREA)


def _items(spark: SparkSession, lake: Lake) -> DataFrame:
    declared = lake.read(spark, declaration.FEED.silver).selectExpr(
        "known_at", "record_key", "inline(transform(items, i -> struct(i.hs_code AS hs, coalesce(i.cargo_description, i.description) AS text)))")
    listed = lake.read(spark, clearance_list.FEED.silver).selectExpr("known_at", "record_key", "hs6 AS hs", "goods AS text")
    told = declared.unionByName(listed).withColumn("hs6", F.expr(keys.hs6("hs")))
    return told.where("length(hs6) = 6 AND text IS NOT NULL").drop("hs")
