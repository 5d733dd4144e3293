"""Whether the words of the declaration, of the transport papers and of orders speak for the tariff lines declared."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion import keys
from fusion.declared import MAIN
from fusion.goods.lines import lines
from fusion.goods.words import WEEK
from fusion.observers.observer import Observer
from fusion.observers.told import Told, columns
from fusion.records import BY, Records

# A line that words speak for so surely is told, unless it is the declared one; not where that one's heading is hardly ever declared.
SURE, SEEN_ITEMS = 0.9, 5
_HEADINGS = "array_distinct(transform(declared, d -> substr(d, 1, 4)))"
# What names goods, by its feed: words, the tariff lines declared for them, and which of several declared sides counts.
_NAMED = {
    "declaration": (("items",), f"coalesce({MAIN}.cargo_description, {MAIN}.description)", f"array({keys.hs6(f'{MAIN}.hs_code')})", 3),
    "clearance_list": (("goods", "hs6"), "goods", f"array({keys.hs6('hs6')})", 2),
    "courier": (("record_type", "lines"), "array_join(transform(lines, l -> l.description), ' ')",
                f"transform(lines, l -> {keys.hs6('l.hs_code')})", 1),
    "manifest": (("goods",), "goods", "", 0), "air_waybill": (("goods",), "goods", "", 0), "cargo_progress": (("goods",), "goods", "", 0),
    "order": (("lines",), "array_join(transform(lines, l -> l.title), ' ')", "", 0),
}
# Words of the declared side, of the transport papers, and of the orders, the first that is told of each.
_SIDES = {"declared": ("declaration", "clearance_list", "courier"), "papers": ("manifest", "air_waybill", "cargo_progress"), "ordered": ("order",)}


def _side(name: str, ko: str, en: str) -> tuple[Told, ...]:
    return (
        Told(f"{name}_heading_share", "double", f"{ko}이 신고 세번(4단위)을 뜻할 확률", f"Probability that the {en} mean the declared HS headings", f"max(heading_share) FILTER (WHERE side = '{name}')"),
        Told(f"{name}_line_share", "double", f"{ko}이 신고 세번(6단위)을 뜻할 확률", f"Probability that the {en} mean the declared HS subheadings", f"max(line_share) FILTER (WHERE side = '{name}')"),
        Told(f"{name}_points_to", "string", f"{ko}이 뜻하는 다른 세번(6단위)", f"HS subheading that the {en} mean, where surely another than declared", f"max(points_to) FILTER (WHERE side = '{name}')"),
    )


TOLD = (*_side("declared", "신고 품명", "words declared"), *_side("papers", "운송서류 품명", "words of the transport papers"), *_side("ordered", "주문 상품명", "titles ordered"))


def observe(records: Records) -> DataFrame:
    """The probability of the declared lines by what each side says, and the line that it speaks for instead."""
    asked = _asked(records).localCheckpoint()
    known = lines(records.spark, records.lake, asked)
    told = asked.join(F.broadcast(known), ["week_on", "text"]).withColumn("headings", F.expr(_HEADINGS)).withColumn("best", F.expr("array_max(transform(lines, l -> struct(l.share, l.hs6)))")).withColumns({
        "heading_share": F.expr("round(aggregate(filter(lines, l -> array_contains(headings, substr(l.hs6, 1, 4))), 0D, (t, l) -> t + l.share), 4)"),
        "line_share": F.expr("round(aggregate(filter(lines, l -> array_contains(declared, l.hs6)), 0D, (t, l) -> t + l.share), 4)"),
        "seen": F.expr("aggregate(headings, 0L, (t, h) -> t + coalesce(sizes[h], 0L))")})
    pointed = told.withColumn("points_to", F.expr(f"CASE WHEN best.share >= {SURE} AND NOT array_contains(declared, best.hs6) AND seen >= {SEEN_ITEMS} THEN best.hs6 END"))
    return pointed.groupBy(*BY).agg(*columns(TOLD))


def _asked(records: Records) -> DataFrame:
    """Each side's words of each shipment beside the tariff lines declared: shipment_id, as_of, week_on, side, text, declared."""
    read = [_named(records, feed, *how) for feed, how in _NAMED.items()]
    whole = read[0]
    for further in read[1:]:
        whole = whole.unionByName(further)
    one = whole.groupBy(*BY, "feed").agg(F.max_by(F.struct("text", "declared", "rank"), F.struct("first_known_at", "record_key")).alias("row")).select(*BY, "feed", "row.*")
    told = one.groupBy(*BY).agg(F.expr("max_by(declared, rank) FILTER (WHERE rank > 0 AND size(declared) > 0)").alias("declared"), F.map_from_entries(F.collect_list(F.struct("feed", "text"))).alias("texts"))
    sides = ", ".join(f"struct('{side}' AS side, coalesce({', '.join(f'''texts['{feed}']''' for feed in feeds)}) AS text)" for side, feeds in _SIDES.items())
    return told.where("declared IS NOT NULL").selectExpr(*BY, f"{WEEK.format('as_of')} AS week_on", "declared", f"inline(array({sides}))").where("text IS NOT NULL")


def _named(records: Records, feed: str, read: tuple[str, ...], text: str, declared: str, rank: int) -> DataFrame:
    rows = records.newest(feed, read)
    kept = rows.where("record_type = 'shipment'") if "record_type" in read else rows
    lines_sql = f"array_distinct(filter({declared}, h -> length(h) = 6))" if declared else "CAST(NULL AS ARRAY<STRING>)"
    return kept.selectExpr(*BY, f"'{feed}' AS feed", f"nullif(trim({text}), '') AS text", f"{lines_sql} AS declared", f"{rank} AS rank", "first_known_at", "record_key")


GOODS = Observer(tuple(one.field for one in TOLD), observe, tuple(_NAMED))
