"""The current state of a feed: of each record the version that counts, without what was cancelled or is no longer listed."""

from pyspark.sql import DataFrame, SparkSession

from feeds.feed import Feed
from lakehouse.lake import Lake

# The newer issue time wins where the form has one, then the later arrival, then the greater hash.
NEWEST = "issued_at DESC NULLS LAST, known_at DESC, content_hash DESC"


def current_sql(feed: Feed, silver: str, bronze: str) -> str:
    """SQL, as Spark and DuckDB both read it, of the current rows of a feed over its silver and bronze relations."""
    columns = ", ".join(f"{name}" for name in feed.silver.columns)
    if not feed.snapshot:
        versions = f"SELECT *, row_number() OVER (PARTITION BY record_key ORDER BY {NEWEST}) AS turn FROM {silver}"
        return f"SELECT {columns} FROM ({versions}) AS versions WHERE turn = 1 AND NOT coalesce({feed.cancels}, false)"
    # Of a list that is sent whole counts what its newest file holds, as that file tells it: even what an older one told before.
    sent = f"SELECT record_key, content_hash, file, sha256, known_at, issued_at, {feed.snapshot} AS list FROM {bronze} WHERE record_key IS NOT NULL"
    files = ("SELECT list, file, sha256, row_number() OVER (PARTITION BY list ORDER BY max(issued_at) DESC NULLS LAST, max(known_at) DESC, file DESC, sha256 DESC) "
             "AS place FROM sent GROUP BY list, file, sha256")
    told = ("SELECT sent.record_key, max(sent.content_hash) AS told_hash FROM sent JOIN files "
            "ON sent.list = files.list AND sent.file = files.file AND sent.sha256 = files.sha256 WHERE files.place = 1 GROUP BY sent.record_key")
    versions = (f"SELECT s.*, row_number() OVER (PARTITION BY s.record_key ORDER BY CASE WHEN s.content_hash = t.told_hash THEN 0 ELSE 1 END, {_of('s')}) AS turn "
                f"FROM {silver} AS s JOIN told AS t ON s.record_key = t.record_key")
    return (f"WITH sent AS ({sent}), files AS ({files}), told AS ({told}), versions AS ({versions}) "
            f"SELECT {columns} FROM versions WHERE turn = 1")


def _of(alias: str) -> str:
    return ", ".join(f"{alias}.{part}" for part in NEWEST.split(", "))


def current(spark: SparkSession, lake: Lake, feed: Feed) -> DataFrame:
    """The current rows of a feed as the lake knows it, in the columns of its silver table."""
    return spark.sql(current_sql(feed, "{silver}", "{bronze}"), silver=lake.read(spark, feed.silver), bronze=lake.read(spark, feed.bronze))


def shrunk(spark: SparkSession, lake: Lake, feed: Feed, batch_id: str, share: float) -> list[tuple[str, int, int]]:
    """Lists of a batch that lost more than a share of what their newest file before it held: list, entries before, entries now."""
    sent = lake.read(spark, feed.bronze)
    rows = spark.sql(f"""
        WITH files AS (SELECT {feed.snapshot} AS list, file, sha256, batch_id, max(known_at) AS known_at, max(issued_at) AS issued_at,
                              count(DISTINCT record_key) AS entries
                       FROM {{sent}} WHERE record_key IS NOT NULL GROUP BY 1, 2, 3, 4),
             placed AS (SELECT *, batch_id = '{batch_id}' AS is_new, row_number() OVER (
                            PARTITION BY list, batch_id = '{batch_id}' ORDER BY issued_at DESC NULLS LAST, known_at DESC, file DESC) AS place FROM files)
        SELECT fresh.list, old.entries AS before, fresh.entries AS now FROM placed AS fresh JOIN placed AS old
        ON fresh.list = old.list WHERE fresh.is_new AND NOT old.is_new AND fresh.place = 1 AND old.place = 1
           AND fresh.entries < old.entries * (1 - {share})""", sent=sent).collect()
    return [(row["list"], row["before"], row["now"]) for row in rows]
