"""What records say of parties, as their feeds declare it: mentions with identifiers, places and phones each in one form."""

from collections.abc import Collection, Mapping, Sequence

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds.feed import Feed, Mention
from fusion.keys import FILLERS
from lakehouse.lake import Lake

VESSEL = "vessel"
_SAME_AS = r"upper(trim({name})) RLIKE '^SAME( AS\\b.*)?$'"
_PLAIN = r"nullif(upper(regexp_replace({}, '[\\s\\-./]', '')), '')"
_OF_PERSON, _OF_FIRM, _BUSINESS, _IMO = "~[PRT].+", "[가-힣]{4}[0-9]{7}", "[0-9]{10}", "[0-9]{7}"
# What a text is: all a record says of a party. Texts alike in all of it are one.
TEXT = ("kind", "meant", "customs_id", "business_no", "code", "phone", "place", "postcode", "country")
_MENTION = ("feed", "record_key", "role", "name", "identifier", "address", "postcode", "phone", "country", "issued_at", "known_at")


def mentions(spark: SparkSession, lake: Lake, feeds: Sequence[Feed], fresh: str, again: Mapping[str, Collection[str]]) -> DataFrame | None:
    """Every party that fresh records (SQL over silver) name, and those of records to be looked at again, by feed.

    Columns of gold.party_mention as sent, and `told_`, those of a text.
    """
    found: DataFrame | None = None
    for feed in feeds:
        if not feed.mentions or lake.version(feed.silver) is None:
            continue
        rows = lake.read(spark, feed.silver)
        keys = list(again.get(feed.name, ()))
        rows = rows.where(F.expr(fresh) | F.col("record_key").isin(keys) if keys else F.expr(fresh))
        by_role = {mention.role: mention for mention in feed.mentions}
        for mention in feed.mentions:
            made = _told(rows, feed.name, mention, by_role.get(mention.same_as))
            found = made if found is None else found.unionByName(made)
    if found is None:
        return None
    return found.where("coalesce(trim(name), trim(identifier), '') <> ''").withColumn("text_id", F.expr(_hash()))


def _told(rows: DataFrame, feed: str, mention: Mention, meant: Mention | None) -> DataFrame:
    """The mentions of one role, as sent and in the columns of a text."""
    def said(part: str) -> str:
        own = str(getattr(mention, part))
        return f"CASE WHEN {_SAME_AS.format(name=mention.name)} THEN {getattr(meant, part)} ELSE {own} END" if meant else own

    sent = {part: F.expr(getattr(mention, part)) for part in ("name", "identifier", "address", "postcode", "phone", "country")}
    given = {part: F.expr(said(part)).alias(f"_{part}") for part in ("name", "identifier", "also", "address", "postcode", "phone", "country")}
    kind = VESSEL if mention.role == VESSEL else "party"
    columns = rows.select(F.lit(feed).alias("feed"), "record_key", F.lit(mention.role).alias("role"), "issued_at", "known_at",
                          *(column.alias(part) for part, column in sent.items()), *given.values())
    return columns.select(*_MENTION, *(F.expr(sql).alias(f"told_{name}") for name, sql in _text(kind).items()))


def _text(kind: str) -> dict[str, str]:
    """Spark SQL of each column of a text over the given ones."""
    first, second = _PLAIN.format("_identifier"), _PLAIN.format("_also")
    strong = _IMO if kind == VESSEL else f"({_OF_PERSON}|{_OF_FIRM})"
    fillers = ", ".join(repr(filler) for filler in FILLERS)

    def one_of(pattern: str) -> str:
        return f"CASE WHEN {first} RLIKE '^{pattern}$' THEN {first} WHEN {second} RLIKE '^{pattern}$' THEN {second} END"

    def other(value: str) -> str:
        return f"CASE WHEN length({value}) >= 3 AND {value} NOT RLIKE '^(~.*|{strong}|{_BUSINESS}|0+|9+)$' AND {value} NOT IN ({fillers}) THEN {value} END"

    return {
        "kind": f"'{kind}'",
        "meant": "nullif(trim(_name), '')",
        "customs_id": one_of(strong),
        "business_no": "CAST(NULL AS STRING)" if kind == VESSEL else one_of(_BUSINESS),
        # What it is known by elsewhere says more than what one sender numbers it by.
        "code": f"coalesce({other(second)}, {other(first)})",
        "phone": r"CASE WHEN _phone LIKE '~%' THEN trim(_phone) WHEN length(regexp_replace(_phone, '[^0-9]', '')) >= 7 THEN right(regexp_replace(_phone, '[^0-9]', ''), 11) END",
        "place": r"CASE WHEN length(trim(_address)) >= 6 THEN trim(upper(regexp_replace(_address, '[^0-9A-Za-z\\uac00-\\ud7a3\\u4e00-\\u9fff]+', ' '))) END",
        "postcode": rf"CASE WHEN length({_PLAIN.format('_postcode')}) >= 3 AND NOT {_PLAIN.format('_postcode')} RLIKE '^0+$' THEN {_PLAIN.format('_postcode')} END",
        "country": "CASE WHEN upper(trim(_country)) RLIKE '^[A-Z]{2}$' THEN upper(trim(_country)) END",
    }


def _hash() -> str:
    parts = ", ".join(f"coalesce(told_{name}, '')" for name in TEXT)
    return rf"xxhash64(concat_ws('\u001f', {parts}))"
