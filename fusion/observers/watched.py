"""Parties and vessels named by a shipment's records that may be listed ones, as screeners left it."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion.observers.observer import Observer
from fusion.observers.told import Told, columns
from fusion.records import BY, Records
from fusion.tables import WATCHLIST_HIT

_KEY = ("list", "entry_id", "feed", "record_key", "role")

TOLD = (
    Told("watch_score", "double", "우려거래자 일치도", "How alike a name is to a listed one, 0 to 1", "top.score"),
    Told("watch_list", "string", "우려거래자 목록", "Watchlist", "top.list"),
    Told("watch_entry", "string", "우려거래자 항목번호", "Number of the listed entry", "top.entry_id"),
    Told("watch_feed", "string", "이름이 나온 자료원", "Feed that named it", "top.feed"),
    Told("watch_role", "string", "이름이 나온 역할", "Role in which it was named", "top.role"),
    Told("watch_entries", "double", "일치 항목 수", "Listed entries that names may be of", "entries"),
    Told("watch_disguised", "boolean", "위장 문자 여부", "A name holds invisible or look-alike letters", "is_disguised"),
)


def observe(records: Records) -> DataFrame:
    """The open hits of each shipment, the likest one in full."""
    mine = F.broadcast(records.linked.select(*BY, "feed", "record_key"))
    hits = records.lake.read(records.spark, WATCHLIST_HIT).join(mine, ["feed", "record_key"]).where("known_at <= as_of")
    newest = hits.groupBy(*BY, *_KEY).agg(F.expr("max_by(struct(status, score, is_disguised), struct(known_at, status))").alias("row")).select(*BY, *_KEY, "row.*")
    found = newest.where("status = 'open'").groupBy(*BY).agg(
        F.expr("max_by(struct(score, list, entry_id, feed, role), struct(score, list, entry_id, feed, role))").alias("top"),
        F.countDistinct("list", "entry_id").alias("entries"), F.expr("bool_or(is_disguised)").alias("is_disguised"))
    return found.select(*BY, *columns(TOLD))


WATCHED = Observer(tuple(one.field for one in TOLD), observe, ("watchlist",))
