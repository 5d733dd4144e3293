"""What air waybills tell of a shipment: its house or master, charges in won, and the houses beside it under the master."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from feeds import exchange_rate
from fusion import keys
from fusion.observers.observer import Observer
from fusion.observers.under_bill import under_bill, with_changes
from fusion.records import BY, Records
from lakehouse.field import Field, fields
from lakehouse.text import Text

FIELDS = fields(
    Field("air_gross_kg", "double", Text("항공화물운송장 중량", "Gross weight in the air waybill, kg")),
    Field("air_pieces", "double", Text("항공화물운송장 포장개수", "Pieces in the air waybill")),
    Field("air_chargeable_kg", "double", Text("항공화물운송장 운임중량", "Chargeable weight, kg")),
    Field("air_goods", "string", Text("항공화물운송장 품명", "Goods in the air waybill")),
    Field("air_hs6", "string", Text("항공화물운송장 세번 6단위", "HS subheading in the air waybill")),
    Field("air_consignor", "string", Text("항공화물운송장 송하인", "Consignor in the air waybill")),
    Field("air_origin_airport", "string", Text("출발공항", "Airport of departure, IATA")),
    Field("air_charges_krw", "double", Text("항공운임(원)", "Charges prepaid and collect, KRW at the day's rate")),
    Field("air_is_prepaid", "boolean", Text("항공운임 선불", "Charges are prepaid")),
    Field("air_sent_at", "timestamp", Text("항공화물운송장 발행 시각", "When the air waybill was first issued")),
    Field("air_versions", "double", Text("항공화물운송장 정정 차수", "Versions of the air waybill")),
    Field("air_changed", "string", Text("항공화물운송장 정정 항목", "What updates changed: consignee, goods, weight")),
    Field("air_changed_at", "timestamp", Text("항공화물운송장 최근 정정 시각", "When the last of them did")),
    Field("air_note_count", "double", Text("세관 기재사항 수", "Customs notes in the air waybill")),
    Field("air_master_kg", "double", Text("마스터 항공운송장 중량", "Gross weight of the master air waybill, kg")),
    Field("air_houses_kg", "double", Text("항공 하우스 중량 합계", "Gross weight over all houses known of the master, kg")),
    Field("air_master_pieces", "double", Text("마스터 항공운송장 포장개수", "Pieces of the master air waybill")),
    Field("air_houses_pieces", "double", Text("항공 하우스 포장 합계", "Pieces over all houses known of the master")),
)
_IS_MASTER = "coalesce(house_awb_plain, '') = ''"
_COLUMNS = {
    "consignee": "upper(regexp_replace(consignee_name, '[^0-9A-Za-z가-힣一-龥]', ''))", "goods": "goods", "gross_kg": keys.kilograms("gross_weight", "gross_weight_unit"),
    "pieces": "pieces", "hs6": keys.hs6("get(hs_codes, 0)"), "consignor": "consignor_name", "origin": "origin", "sent_at": "sent_at",
    "chargeable_kg": f"aggregate(items, 0D, (t, i) -> t + {keys.kilograms('i.chargeable_weight', 'i.chargeable_weight_unit')})",
    "charges": "nullif(coalesce(total_prepaid, 0D) + coalesce(total_collect, 0D), 0D)", "currency": "upper(coalesce(total_prepaid_currency, total_collect_currency))",
    "is_prepaid": "is_prepaid", "notes": "size(customs_notes)", "is_master": _IS_MASTER,
    "told_master_kg": f"CASE WHEN {_IS_MASTER} THEN {keys.kilograms('gross_weight', 'gross_weight_unit')} ELSE {keys.kilograms('master_gross_weight', 'master_gross_weight_unit')} END",
    "told_master_pieces": f"CASE WHEN {_IS_MASTER} THEN pieces ELSE master_pieces END",
}


def observe(records: Records) -> DataFrame:
    """What the newest air waybills of each shipment say; its own house before the master that it lies under."""
    found = under_bill(records, "air_waybill", _COLUMNS, keys.bill("master_awb_plain"), "coalesce(get(flights, 0).departs_at, sent_at)")
    sums = found.groupBy(*BY).agg(
        *(F.expr(f"CASE WHEN count_if(NOT is_master) > 0 AND count_if(NOT is_master AND {of} IS NULL) = 0 THEN sum(IF(is_master, 0D, {of})) END").alias(name)
          for of, name in (("gross_kg", "air_houses_kg"), ("pieces", "air_houses_pieces"))),
        # The master itself before what its houses say of it.
        *(F.max_by(of, F.expr(f"CASE WHEN {of} IS NOT NULL THEN struct(is_master, first_known_at, record_key) END")).alias(name)
          for of, name in (("told_master_kg", "air_master_kg"), ("told_master_pieces", "air_master_pieces"))))
    own = with_changes(found.where("is_own"))
    kept = [name for name in own.columns if name not in (*BY, "steps")]
    one = own.groupBy(*BY).agg(F.max_by(F.struct(*kept), F.struct(F.expr("NOT is_master"), "first_known_at", "record_key")).alias("row")).select(*BY, "row.*")
    mine = _in_won(records, one).selectExpr(
        *BY, "gross_kg AS air_gross_kg", "pieces AS air_pieces", "chargeable_kg AS air_chargeable_kg", "goods AS air_goods", "nullif(hs6, '') AS air_hs6", "consignor AS air_consignor",
        "origin AS air_origin_airport", "charges * krw_per_unit AS air_charges_krw", "is_prepaid AS air_is_prepaid", "versions[0].sent_at AS air_sent_at",
        "version_count AS air_versions", "changed AS air_changed", "changed_at AS air_changed_at", "CAST(notes AS DOUBLE) AS air_note_count")
    return mine.join(sums, list(BY), "left")


def _in_won(records: Records, waybills: DataFrame) -> DataFrame:
    """The waybills with the rate of their charges' currency on the day they were issued."""
    rates = records.lake.read(records.spark, exchange_rate.FEED.silver).selectExpr("upper(currency) AS currency", "valid_from", "krw_per_unit", "known_at AS rate_known_at", "content_hash")
    asked = waybills.select(*BY, "currency", F.expr("CAST(coalesce(sent_at, as_of) AS DATE)").alias("day"))
    met = F.broadcast(asked).join(rates, "currency").where("valid_from <= day AND rate_known_at <= as_of")
    rate = met.groupBy(*BY).agg(F.max_by("krw_per_unit", F.struct("valid_from", "rate_known_at", "content_hash")).alias("rate"))
    return waybills.join(rate, list(BY), "left").withColumn("krw_per_unit", F.expr("CASE WHEN currency = 'KRW' THEN 1D ELSE rate END"))


AIR_WAYBILL = Observer(FIELDS, observe)
