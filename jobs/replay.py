"""Replay: open refusals read again by today's rules, or one with its text corrected; what is no longer refused comes in as a batch of its own."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from feeds.feed import Feed
from feeds.registry import BY_NAME
from feeds.replaying import READ_AGAIN, read_again
from feeds.silver import refine, with_messages
from jobs.context import Counts, Run
from jobs.ingest import SIDE_BY_SIDE
from jobs.quarantine import SETTLED, Asked, counted
from lakehouse.clock import KOREA
from lakehouse.ops import HOLD, REPLAY


@dataclass(frozen=True)
class Wanted:
    """What to read again, why and for whom; with `corrected`, pseudonymised, in place of the text that was sent."""

    asked: Asked = field(default_factory=Asked)
    reason: str = ""
    who: str = ""
    corrected: str | None = None

    @property
    def action(self) -> str:
        """How ops.replay and ops.file call it."""
        return "replayed" if self.corrected is None else "corrected"


def run(run: Run, wanted: Wanted) -> Counts:
    """Read the wanted refusals of every feed that has some."""
    waiting: Counter[str] = Counter()
    for row in counted(run.lake, wanted.asked):
        waiting[row["feed"]] += row["open"]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        told = dict(zip(waiting, pool.map(lambda name: _replay(run, BY_NAME[name], wanted), waiting), strict=True))
    for name, one in told.items():
        one["unread"] = waiting[name] - one["open"]
        one["open"] = waiting[name]
    run.notes["feeds"] = {name: one.pop("refined") for name, one in told.items() if "refined" in one}
    run.notes["replayed"] = told
    return Counts(waiting.total(), sum(one["accepted"] + one["duplicate"] for one in told.values()))


def _replay(run: Run, feed: Feed, wanted: Wanted) -> dict[str, Any]:
    refusals = open_refusals(run, feed, wanted).persist()
    told: dict[str, Any] = {"open": refusals.count(), "accepted": 0, "duplicate": 0}
    rows = read_again(refusals, feed, run.settings, run.batch_id, run.as_of, wanted.action).persist()
    try:
        if run.lake.append(rows.where("is_settled"), feed.bronze):
            told["refined"] = {name: n for name, n in asdict(refine(run.spark, run.lake, feed, run.batch_id)).items() if name != "feed"}
            acts = settled(run, feed, rows, refusals, wanted).localCheckpoint()
            run.lake.append(acts, REPLAY)
            told |= {row["outcome"]: row["n"] for row in acts.groupBy("outcome").agg(F.count("*").alias("n")).collect()}
        told["refused"] = told["open"] - told["accepted"] - told["duplicate"]
        if wanted.corrected is not None and told["refused"]:
            told["found"] = _refused_again(run, feed, rows, refusals, wanted)
        return told
    finally:
        rows.unpersist()
        refusals.unpersist()


def open_refusals(run: Run, feed: Feed, wanted: Wanted) -> DataFrame:
    """Refusals that are wanted, not settled, and kept whole, so that they can be read again."""
    settled = run.lake.read(run.spark, REPLAY).where(F.col("outcome").isin(*SETTLED)).select("refusal_id").distinct()
    dropped = run.lake.current(run.spark, HOLD).where(f"feed = '{feed.name}' AND state = 'dropped'").select("batch_id")
    mine = run.lake.read(run.spark, feed.quarantine)
    for name, value in (("code", wanted.asked.code), ("file", wanted.asked.file)):
        mine = mine.where(F.col(name) == F.lit(value)) if value else mine
    if wanted.asked.ids:
        mine = mine.where(F.col("refusal_id").isin(*wanted.asked.ids))
    found = mine.join(settled, "refusal_id", "left_anti").join(dropped, "batch_id", "left_anti").select(*READ_AGAIN, "code")
    if wanted.corrected is None:
        return found.where("envelope IS NOT NULL")
    # A text may be longer than what a plan should hold: it goes to the workers as data.
    text = run.spark.createDataFrame([(wanted.corrected,)], "raw string")
    return found.drop("raw").crossJoin(text).withColumn("envelope", F.coalesce("envelope", F.lit("")))


def settled(run: Run, feed: Feed, rows: DataFrame, refusals: DataFrame, wanted: Wanted) -> DataFrame:
    """Rows of ops.replay for the refusals that are settled: accepted where any of their records came into silver, else duplicate."""
    new = (run.lake.read(run.spark, feed.silver).where(F.col("batch_id") == run.batch_id)
           .select("file", "ordinal", "content_hash").distinct().withColumn("is_new", F.lit(True)))
    came = rows.where("is_settled").join(new, ["file", "ordinal", "content_hash"], "left").groupBy("refusal_id").agg(
        F.bool_or(F.coalesce("is_new", F.lit(False))).alias("is_new"))
    outcome = F.when(F.col("is_new"), "accepted").otherwise("duplicate")
    return _acts(run, feed, refusals.join(came, "refusal_id"), wanted, outcome, F.lit(None).cast("string"))


def _acts(run: Run, feed: Feed, refusals: DataFrame, wanted: Wanted, outcome: Any, found_code: Any) -> DataFrame:
    digest = None if wanted.corrected is None else sha256(wanted.corrected.encode(errors="surrogatepass")).hexdigest()
    return refusals.select(
        "refusal_id", F.lit(feed.name).alias("feed"), "file", "position", F.lit(wanted.action).alias("action"), "code",
        outcome.alias("outcome"), found_code.alias("found_code"), F.lit(digest).cast("string").alias("content_sha256"),
        F.lit(wanted.reason).alias("reason"), F.lit(wanted.who).alias("who"), F.lit(datetime.now(KOREA)).alias("done_at"),
        F.lit(run.as_of).alias("known_at"), F.lit(run.batch_id).alias("batch_id"))


def _refused_again(run: Run, feed: Feed, rows: DataFrame, refusals: DataFrame, wanted: Wanted) -> dict[str, Any]:
    """Why a corrected text is refused, kept in ops.replay."""
    [found] = with_messages(rows, feed).orderBy("ordinal").select("code", "message_ko", "message_en").limit(1).toArrow().to_pylist()
    run.lake.append(_acts(run, feed, refusals, wanted, F.lit("refused"), F.lit(found["code"])), REPLAY)
    return dict(found)
