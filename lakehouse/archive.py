"""The class archive: what Spark loads in a small run, kept by the JVM in the form it runs, so that each start need not parse it.

    python -m lakehouse.archive

It belongs to one environment and one Java; another Java leaves it aside and starts as if there were none.
"""

import tempfile
from pathlib import Path

from pyspark import SparkContext
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F

from lakehouse.session import archive_file, compile_queries, java_options, start_session
from lakehouse.settings import load_settings

_SECONDS_TO_WRITE = 180


def make_archive() -> Path:
    """Run queries such as a night runs, and keep the classes that they loaded; the archive."""
    archive = archive_file()
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.unlink(missing_ok=True)
    options = {"spark.driver.extraJavaOptions": f"{java_options()} -XX:ArchiveClassesAtExit={archive}"}
    spark = start_session(load_settings({}).replaced(spark__options=options), "haechi-archive")
    with tempfile.TemporaryDirectory(prefix="haechi-archive-") as folder:
        _exercise(spark, folder)
    jvm = SparkContext._gateway.proc  # type: ignore[union-attr]
    spark.stop()
    # The JVM ends, and writes the archive, once nobody can ask it anything.
    jvm.stdin.close()
    jvm.wait(_SECONDS_TO_WRITE)
    return archive


def _exercise(spark: SparkSession, folder: str) -> None:
    """Reads, joins, windows, aggregates, lists, a Python worker and writes, as the steps of a night use them."""
    compile_queries(spark, False)
    rows = spark.range(200).selectExpr(
        "CAST(id AS STRING) AS key", "id % 7 AS part", "timestamp_seconds(id) AS known_at", "CAST(id AS DOUBLE) AS value",
        "array(named_struct('step', 'a', 'at', id), named_struct('step', 'b', 'at', id + 1)) AS steps")
    rows = rows.mapInArrow(lambda batches: batches, rows.schema)
    rows.write.parquet(f"{folder}/rows")
    read = spark.read.schema(rows.schema).parquet(f"{folder}/rows").where("known_at <= TIMESTAMP '2030-01-01 00:00:00+09:00'").persist()
    newest = read.groupBy("part").agg(F.max_by(F.struct("key", "value"), F.struct("known_at", "key")).alias("row"), F.count("*").alias("n"))
    turn = F.row_number().over(Window.partitionBy("part").orderBy("known_at", "key"))
    joined = (read.join(newest.select("part", "row.*", "n").withColumnRenamed("key", "last").drop("value"), "part", "left")
              .withColumn("turn", turn).join(read.where("value > 3").select("key"), "key", "left_anti").localCheckpoint())
    told = joined.unionByName(joined.where("turn = 1")).selectExpr(
        "*", "array_min(transform(filter(steps, s -> s.step = 'a'), s -> s.at)) AS first", "substr(sha2(concat('a|', key), 256), 1, 20) AS id",
        "regexp_replace(upper(key), '[^0-9]', '') AS plain", "xxhash64(key, part) AS hash", "format_number(value, 1) AS said",
        "CASE WHEN try_divide(value, n) > 1 THEN 'x' ELSE coalesce(last, '') END AS word")
    gathered = told.groupBy("id", "word").agg(F.sort_array(F.collect_list(F.struct("hash", "value"))).alias("all"),
                                              F.stddev("value").alias("spread"), F.collect_set("plain").alias("plains"))
    gathered.selectExpr("*", "inline(array(struct(1 AS g, id AS i), struct(2 AS g, word AS i)))").write.parquet(f"{folder}/told")
    told.agg(F.sum("value"), F.bit_xor("hash")).collect()
    told.select("id", "value").distinct().toArrow()


if __name__ == "__main__":
    made = make_archive()
    print(f"Classes kept: {made.stat().st_size // 1_000_000} MB" if made.exists() else "This Java keeps no classes; starts take longer")
