"""The tariff line that words speak for: a naive Bayes over the words of a year's declared items, as of the week a shipment is looked at.

Only whole weeks before count, so that what is told of a text does not depend on what came later. Of a line and a word,
what they share is held against what chance would give (Dirichlet smoothing towards how often the word comes at all).
"""

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from fusion.goods.words import EVERY, in_words
from fusion.tables import GOODS_WORD
from lakehouse.lake import Lake

WEEKS = 52
# A word of fewer items tells nothing, and a line counts as if it had so many items more, whose words are everybody's.
LEAST_ITEMS, SMOOTHED_BY = 3, 5
# Pairs of words and of syllables tell again what the words told.
_TOLD_AGAIN = 0.5
_ASKED = ("week_on", "text")


def lines(spark: SparkSession, lake: Lake, asked: DataFrame) -> DataFrame:
    """For texts `week_on, text` (the Monday before which to count): `lines` (hs6, share: the probability of each), and `sizes`, the items of each HS heading.

    Texts without a word that is known are left out.
    """
    words = in_words(asked.select(*_ASKED).distinct()).select(*_ASKED, F.explode("words").alias("word")).localCheckpoint()
    held = _held(spark, lake, asked, words).localCheckpoint()
    sizes = held.where(F.col("word") == EVERY).select("week_on", "hs6", F.col("items").alias("size")).withColumn("all_items", F.sum("size").over(Window.partitionBy("week_on")))
    of_word = held.where(F.col("word") != EVERY).withColumn("all_of_word", F.sum("items").over(Window.partitionBy("week_on", "word"))).where(f"all_of_word >= {LEAST_ITEMS}")
    met = words.join(F.broadcast(of_word), ["week_on", "word"]).withColumn("known", F.size(F.collect_set("word").over(Window.partitionBy(*_ASKED))))
    gained = met.join(F.broadcast(sizes), ["week_on", "hs6"]).groupBy(*_ASKED, "hs6", "size", "known").agg(
        F.expr(f"sum(ln(1 + items * all_items / ({SMOOTHED_BY}D * all_of_word)))").alias("gain"))
    scored = gained.selectExpr(*_ASKED, "hs6", f"round({_TOLD_AGAIN} * (gain + known * ln({SMOOTHED_BY}D / (size + {SMOOTHED_BY}D))) + ln(size), 6) AS score")
    each = scored.groupBy(*_ASKED).agg(F.array_sort(F.collect_list(F.struct("hs6", "score"))).alias("scored"))
    weighed = each.withColumn("best", F.expr("array_max(transform(scored, s -> s.score))")).withColumn("whole", F.expr("aggregate(scored, 0D, (t, s) -> t + exp(s.score - best))"))
    shares = weighed.selectExpr(*_ASKED, "filter(transform(scored, s -> struct(s.hs6, round(exp(s.score - best) / whole, 4) AS share)), s -> s.share > 0) AS lines")
    headings = sizes.groupBy("week_on", F.expr("substr(hs6, 1, 4)").alias("hs4")).agg(F.sum("size").alias("size"))
    return shares.join(F.broadcast(headings.groupBy("week_on").agg(F.map_from_entries(F.collect_list(F.struct("hs4", "size"))).alias("sizes"))), "week_on")


def _held(spark: SparkSession, lake: Lake, asked: DataFrame, words: DataFrame) -> DataFrame:
    """Items of each of the words by tariff line, over the weeks before each week asked for."""
    wanted = words.select("week_on", "word").unionByName(asked.select("week_on", F.lit(EVERY).alias("word"))).distinct()
    counted = lake.read(spark, GOODS_WORD).select("word", "hs6", "items", F.col("week_on").alias("counted_on"))
    met = counted.join(F.broadcast(wanted), "word").where(f"counted_on < week_on AND counted_on >= date_sub(week_on, {7 * WEEKS})")
    return met.groupBy("week_on", "word", "hs6").agg(F.sum("items").alias("items"))
