"""Watchlists: which names of the records may be those of listed parties and vessels; a name is asked once for each listed one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds import watchlist
from feeds.current import current
from fusion.name_index import Match, NameIndex
from fusion.names import is_disguised, is_latin
from fusion.tables import PARTY_MENTION, WATCHLIST_CLEARANCE, WATCHLIST_HIT, WATCHLIST_NAME
from lakehouse.casting import arrow_type
from lakehouse.lake import Lake, newest_rows

# So many matches of a name are kept; what a screener cannot decide among three is not decided by a fourth.
_KEPT = 3
# Beyond so many names Spark's workers share the asking, each with an index of its own.
_FEW = 20_000
_HASHED = "sha2(name, 256)"
_ASKED = tuple(field for field in WATCHLIST_NAME.fields if field.name != "known_at")
_SCHEMA = pa.schema([(field.name, arrow_type(field)) for field in _ASKED])
# What listed rows are told apart by: a change of any of it is a change of the entry.
_LISTED = ("list", "entry_id", "listed_name", "part", "is_vessel", "imo_no", "entry_hash")


@dataclass(frozen=True)
class Least:
    """How alike a name has to be to a listed one: in all, and in words of the same letters; in all where the letters are others."""

    score: float
    words: float
    score_across: float

    def is_met(self, name: str, match: Match) -> bool:
        """Whether a match says enough. Two firms of one trade share most of their letters: what is left of either's words decides."""
        if not is_latin(name):
            return match.score >= self.score_across
        return match.score >= self.score and min(match.found, match.covered) >= self.words


@dataclass(frozen=True)
class Screening:
    """Listed names and how alike a name has to be; plain values, so that it travels."""

    listed: tuple[dict[str, Any], ...]
    least: "Least"

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Batches of (name, name_hash, is_vessel) in, matches out: the function of `mapInArrow`."""
        indices = {kind: self._index(kind) for kind in (False, True)}
        for batch in batches:
            rows = batch.to_pylist()
            found = [row for kind, (index, entries) in indices.items() for row in self._matches(
                index, entries, [(row["name"], row["name_hash"]) for row in rows if row["is_vessel"] is kind], kind)]
            yield pa.RecordBatch.from_pylist(found, _SCHEMA)

    def _index(self, kind: bool) -> tuple[NameIndex | None, list[dict[str, Any]]]:
        entries = [entry for entry in self.listed if entry["is_vessel"] is kind]
        return (NameIndex([entry["listed_name"] for entry in entries]) if entries else None), entries

    def _matches(self, index: NameIndex | None, entries: Sequence[dict[str, Any]], names: list[tuple[str, str]], kind: bool) -> Iterator[dict[str, Any]]:
        """The listed entries each name may be; one row without an entry where there is none, for it was asked."""
        answers = index.ask([name for name, _ in names], min(self.least.score, self.least.score_across)) if index else [[] for _ in names]
        for (name, name_hash), matches in zip(names, answers, strict=True):
            shared = {"name_hash": name_hash, "is_vessel": kind, "is_disguised": is_disguised(name)}
            kept: dict[tuple[str, str], dict[str, Any]] = {}
            for match in matches:
                entry = entries[match.position]
                if self.least.is_met(name, match) and len(kept) < _KEPT:
                    told = {key: entry[key] for key in ("list", "entry_id", "entry_hash")}
                    kept.setdefault((entry["list"], entry["entry_id"]), shared | told | {
                        "score": match.score, "letters": match.letters, "found": match.found, "covered": match.covered})
            yield from kept.values() or (shared,)


def listed_names(spark: SparkSession, lake: Lake) -> DataFrame:
    """Every name under which an entry is listed now, aliases too."""
    rows = current(spark, lake, watchlist.FEED).where("part <> 'add' AND coalesce(valid_to, known_at) >= known_at")
    own = rows.selectExpr("list_name AS list", "entry_id", "name AS listed_name", "part", "coalesce(kind = 'vessel', false) AS is_vessel", "imo_no", "content_hash AS entry_hash")
    aliases = rows.selectExpr("list_name AS list", "entry_id", "explode(aliases.name) AS listed_name", "'alias' AS part",
                              "coalesce(kind = 'vessel', false) AS is_vessel", "imo_no", "content_hash AS entry_hash")
    # An alias sent as a row of its own does not say what kind its entry is.
    kinds = own.where("part = 'entry'").selectExpr("list", "entry_id", "is_vessel AS entry_is_vessel")
    names = own.unionByName(aliases).where("trim(coalesce(listed_name, '')) <> ''").join(kinds, ["list", "entry_id"], "left")
    return names.withColumn("is_vessel", F.expr("coalesce(entry_is_vessel, is_vessel)")).select(*_LISTED).distinct()


def new_names(spark: SparkSession, lake: Lake, least: Least, known_at: str) -> DataFrame | None:
    """Matches of names not asked yet against every listed one, and of asked names against what was listed since."""
    if lake.version(watchlist.FEED.silver) is None:
        return None
    listed = listed_names(spark, lake).persist()
    asked = lake.read(spark, WATCHLIST_NAME)
    last = asked.agg(F.max("known_at")).first()
    since = last[0] if last else None
    known = asked.select("name_hash", "is_vessel").distinct()
    told = lake.read(spark, PARTY_MENTION).where("feed <> 'watchlist' AND trim(coalesce(name, '')) <> ''")
    # What was linked before names were last asked was asked then.
    fresh = _names(told if since is None else told.where(F.col("linked_at") > F.lit(since))).join(known, ["name_hash", "is_vessel"], "left_anti")
    made = _asked(fresh, listed, least)
    changed = listed.join(_entries_before(spark, lake, since), "entry_hash", "left_anti")
    if since is not None and not changed.isEmpty():
        again = _asked(_names(told).join(known, ["name_hash", "is_vessel"], "left_semi"), changed, least)
        made = made.unionByName(again.where("list IS NOT NULL"))
    made = made.withColumn("known_at", F.expr(known_at)).localCheckpoint()
    listed.unpersist()
    return made


def _names(mentions: DataFrame) -> DataFrame:
    return mentions.select("name", F.expr("role = 'vessel'").alias("is_vessel")).distinct().withColumn("name_hash", F.expr(_HASHED))


def _entries_before(spark: SparkSession, lake: Lake, moment: Any) -> DataFrame:
    rows = lake.read(spark, watchlist.FEED.silver)
    return rows.where(F.lit(moment is not None) & (F.col("known_at") <= F.lit(moment))).selectExpr("content_hash AS entry_hash").distinct()


def _asked(names: DataFrame, listed: DataFrame, least: Least) -> DataFrame:
    entries = listed.orderBy(*_LISTED).toArrow().to_pylist()
    screening = Screening(tuple(entries), least)
    ddl = ", ".join(f"`{field.name}` {field.spark_type}" for field in _ASKED)
    names = names.select("name", "name_hash", "is_vessel").localCheckpoint()
    few = names.count() <= _FEW
    # A few names are asked of one index: to make it takes longer than to ask it.
    return (names.coalesce(1) if few else names).mapInArrow(screening, ddl)


def hits(spark: SparkSession, lake: Lake, known_at: str, in_hindsight: bool = False) -> DataFrame:
    """Hits of mentions that are new, or whose standing changed: cleared, or open again.

    They are known at `known_at`; in hindsight, of history taken in one pass, since both record and entry were there: a
    night of that day would have found them.
    """
    names = lake.read(spark, WATCHLIST_NAME).where("list IS NOT NULL")
    listed, at = listed_names(spark, lake).select("list", "entry_id", "entry_hash").distinct(), known_at
    if in_hindsight:
        since = lake.read(spark, watchlist.FEED.silver).groupBy(F.col("content_hash").alias("entry_hash")).agg(F.min("known_at").alias("listed_at"))
        listed, at = listed.join(F.broadcast(since), "entry_hash"), "greatest(named_at, listed_at)"
    mentions = _mentions_of(lake.read(spark, PARTY_MENTION).where("feed <> 'watchlist'"), names).selectExpr(
        "feed", "record_key", "role", "party_id", "known_at AS named_at", f"{_HASHED} AS name_hash", "role = 'vessel' AS is_vessel")
    cleared = lake.current(spark, WATCHLIST_CLEARANCE).where(f"NOT is_withdrawn AND (until IS NULL OR until >= to_date({known_at}))").select(
        "list", "entry_id", "party_id", "entry_hash", F.lit(True).alias("is_cleared"))
    best = names.join(listed, ["list", "entry_id", "entry_hash"])
    rows = (mentions.join(best.drop("known_at"), ["name_hash", "is_vessel"])
            .join(cleared, ["list", "entry_id", "party_id", "entry_hash"], "left")
            .withColumn("status", F.expr("IF(is_cleared, 'cleared', 'open')")).withColumn("known_at", F.expr(at)))
    key = ["list", "entry_id", "feed", "record_key", "role"]
    one = rows.groupBy(*key).agg(F.max_by(F.struct(*(c for c in WATCHLIST_HIT.columns if c not in key)), F.struct("score", "entry_hash")).alias("row"))
    held = lake.current(spark, WATCHLIST_HIT).select(*key, "status", "entry_hash", "party_id")
    return one.select(*key, "row.*").join(held, [*key, "status", "entry_hash", "party_id"], "left_anti").select(*WATCHLIST_HIT.columns)


def _mentions_of(told: DataFrame, names: DataFrame) -> DataFrame:
    """The newest row of each mention that ever bore one of the names: few beside all that was ever said."""
    key = list(PARTY_MENTION.key)
    found = F.broadcast(names.select("name_hash", "is_vessel").distinct())
    keys = told.selectExpr(*key, f"{_HASHED} AS name_hash", "role = 'vessel' AS is_vessel").join(found, ["name_hash", "is_vessel"], "left_semi").select(*key).distinct()
    return newest_rows(told.join(F.broadcast(keys), key, "left_semi"), PARTY_MENTION)
