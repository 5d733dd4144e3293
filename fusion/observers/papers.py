"""What the declaration says beyond its main columns, beside what the tariff, the exchange rates and the registry of firms know of it."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from feeds import exchange_rate, tariff
from fusion.observers.observer import Observer
from fusion.observers.standing import STANDING, with_standing
from fusion.records import BY, VERSION, Records
from lakehouse.field import Field, fields
from lakehouse.text import Text

CLAIMED = fields(
    Field("relation_code", "string", Text("거래관계 부호", "Relation of buyer and seller told, code")),
    Field("seller_name", "string", Text("해외거래처 상호", "Overseas seller as declared")),
    Field("main_value_krw", "double", Text("주 란 과세가격", "Customs value of the main item, KRW")),
    Field("unit_price", "double", Text("단가", "Unit price of the main item, in the invoice currency")),
    Field("preference_items", "double", Text("협정관세 적용 란 수", "Items under an agreement")),
    Field("certificate_country", "string", Text("원산지증명서 발행국(원산지와 다른 란)", "Where a certificate was issued, of an item whose origin is another; else of the first")),
    Field("certified_origin", "string", Text("그 란의 원산지", "Origin of that item")),
    Field("certificate_used_kg", "double", Text("원산지증명서 사용중량", "Mass used of the certificate that is used the furthest, kg")),
    Field("certificate_total_kg", "double", Text("원산지증명서 전체중량", "Mass that certificate covers, kg")),
    Field("items_text", "string", Text("전체 란 품명", "Descriptions of all items")),
    Field("item_headings", "array<string>", Text("전체 란 세번 4단위", "HS headings of all items")),
    Field("items_invoiced", "double", Text("규격별 금액 합계", "Amounts over all model lines, in the invoice currency")),
)
TAXED = fields(
    Field("tariff_rate_percent", "double", Text("세율표 세율", "Rate of the tariff for the declared line, regime and origin, percent")),
    Field("general_rate_percent", "double", Text("세율표 일반세율", "Lowest general rate of the declared line, percent")),
    Field("heading_rate_percent", "double", Text("같은 호의 최고 일반세율", "Highest general rate of another line of the heading, percent")),
    Field("heading_line", "string", Text("그 세번", "That line")),
    Field("chapter_rate_percent", "double", Text("같은 류의 최고 일반세율", "Highest general rate of another line of the chapter, percent")),
    Field("rate_of_day", "double", Text("과세환율", "Exchange rate of the day for the invoice currency")),
)
_COLUMNS = ("declaration_no", "issued_on", "importer_id", "payer_id", "seller_id", "seller_name", "invoice_currency", "relation_code", "items")
_PREFERRED = "filter(coalesce(items, array()), i -> i.regime_code LIKE 'F%')"
_CERTIFIED = f"filter({_PREFERRED}, i -> i.certificate_country IS NOT NULL AND i.origin_country IS NOT NULL)"
# The item that stands out, else the first of those that can be compared.
_ODD = f"coalesce(get(filter({_CERTIFIED}, i -> i.certificate_country <> i.origin_country), 0), get({_CERTIFIED}, 0))"
_USED = (f"array_max(transform(filter({_PREFERRED}, i -> i.certificate_used_kg > 0 AND i.certificate_total_kg > 0), i -> "
         "struct(i.certificate_used_kg / i.certificate_total_kg AS share, i.certificate_used_kg AS used, i.certificate_total_kg AS total)))")
_MADE = {
    "main": "array_max(transform(items, (i, n) -> struct(coalesce(i.value_krw, 0D) AS value, -n AS place, i AS item))).item",
    "items_text": "concat_ws(' ', flatten(transform(coalesce(items, array()), i -> array(i.cargo_description, i.description, i.brand))))",
    "item_headings": "array_distinct(array_compact(transform(coalesce(items, array()), i -> nullif(substr(i.hs_code, 1, 4), ''))))",
    "odd": _ODD, "used": _USED, "preference_items": f"CAST(size({_PREFERRED}) AS DOUBLE)",
    "items_invoiced": "aggregate(flatten(transform(coalesce(items, array()), i -> coalesce(i.details, array()))), 0D, (t, d) -> t + d.amount)",
}


_IS_GENERAL = "regime_code IN ('A', 'C')"
_ASKED = ("as_of", "issued_on", "hs10", "regime", "origin")


def observe(records: Records) -> DataFrame:
    """The newest declaration of each shipment, its claims held against the tariff and its parties against the registry."""
    newest = F.max_by(F.struct(*_COLUMNS), F.struct(*VERSION)).alias("row")
    papers = records.newest("declaration", _COLUMNS).groupBy(*BY).agg(newest).select(*BY, "row.*").withColumns({name: F.expr(sql) for name, sql in _MADE.items()})
    # Read by each of the joins below.
    papers = papers.selectExpr(
        *BY, "issued_on", "importer_id", "payer_id", "seller_id", "upper(invoice_currency) AS currency", "main.hs_code AS hs10", "main.regime_code AS regime", "main.origin_country AS origin",
        "relation_code", "seller_name", "main.value_krw AS main_value_krw", "get(main.details, 0).unit_price AS unit_price", "preference_items", "odd.certificate_country AS certificate_country",
        "odd.origin_country AS certified_origin", "used.used AS certificate_used_kg", "used.total AS certificate_total_kg", "nullif(items_invoiced, 0D) AS items_invoiced", "items_text", "item_headings").localCheckpoint()
    joined = papers.join(_rates(records, papers), list(BY), "left").join(_of_the_day(records, papers), list(BY), "left").join(with_standing(records, papers), list(BY), "left")
    return joined.select(*BY, *(field.name for field in (*CLAIMED, *TAXED, *STANDING)))


def _rates(records: Records, papers: DataFrame) -> DataFrame:
    """Rates in force on the day of the declaration: of the line as declared, in general, and of its neighbours."""
    asked = papers.where("hs10 IS NOT NULL").select("as_of", "issued_on", "hs10", "regime", "origin").distinct().withColumn("chapter", F.expr("substr(hs10, 1, 2)"))
    lines = records.lake.read(records.spark, tariff.FEED.silver).selectExpr(
        "record_key", "hs10 AS line", "regime_code", "nullif(country, '') AS country", "valid_from", "valid_to", "rate_percent", "known_at", "content_hash", "substr(hs10, 1, 2) AS chapter")
    # Of the neighbours only the general rates count.
    met = lines.join(F.broadcast(asked), "chapter").where(
        f"known_at <= as_of AND valid_from <= issued_on AND ({_IS_GENERAL} OR (line = hs10 AND regime_code = regime AND coalesce(country, origin) <=> origin))")
    newest = met.groupBy(*_ASKED, "record_key").agg(F.max_by(F.struct("line", "regime_code", "country", "valid_from", "valid_to", "rate_percent"), F.struct("known_at", "content_hash")).alias("row"))
    valid = newest.select(*_ASKED, "row.*").where("coalesce(valid_to, issued_on) >= issued_on AND rate_percent IS NOT NULL")
    by_line = valid.groupBy(*_ASKED, "line").agg(
        F.expr(f"min(CASE WHEN {_IS_GENERAL} THEN rate_percent END)").alias("general"),
        F.max_by("rate_percent", F.expr("CASE WHEN line = hs10 AND regime_code = regime THEN struct(country IS NOT NULL, valid_from) END")).alias("declared"))
    is_other, in_heading = "line <> hs10", "line <> hs10 AND substr(line, 1, 4) = substr(hs10, 1, 4)"
    rates = by_line.groupBy(*_ASKED).agg(
        F.max("declared").alias("tariff_rate_percent"), F.max(F.expr("CASE WHEN line = hs10 THEN general END")).alias("general_rate_percent"),
        F.max(F.expr(f"CASE WHEN {in_heading} THEN general END")).alias("heading_rate_percent"),
        F.max_by("line", F.expr(f"CASE WHEN {in_heading} THEN struct(general, line) END")).alias("heading_line"),
        F.max(F.expr(f"CASE WHEN {is_other} THEN general END")).alias("chapter_rate_percent"))
    same = [F.col(f"papers.{name}").eqNullSafe(F.col(f"rates.{name}")) for name in _ASKED]
    return papers.alias("papers").join(F.broadcast(rates.alias("rates")), same).select("papers.shipment_id", "papers.as_of", *(f"rates.{field.name}" for field in TAXED if field.name in rates.columns))


def _of_the_day(records: Records, papers: DataFrame) -> DataFrame:
    rates = records.lake.read(records.spark, exchange_rate.FEED.silver).selectExpr("upper(currency) AS currency", "valid_from", "krw_per_unit", "known_at AS rate_known_at", "content_hash")
    met = F.broadcast(papers.select(*BY, "currency", "issued_on")).join(rates, "currency").where("valid_from <= issued_on AND rate_known_at <= as_of")
    return met.groupBy(*BY).agg(F.max_by("krw_per_unit", F.struct("valid_from", "rate_known_at", "content_hash")).alias("rate_of_day"))


PAPERS = Observer((*CLAIMED, *TAXED, *STANDING), observe)
