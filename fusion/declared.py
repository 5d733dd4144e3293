"""What a declaration says, in the columns of a described shipment."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion.described import DECLARED
from fusion.keys import kilograms

_KRW = "CASE WHEN upper({c}) = 'KRW' OR {c} IS NULL THEN {a} WHEN upper({c}) = upper(invoice_currency) THEN {a} * exchange_rate END"
MAIN = "array_max(transform(items, (i, n) -> struct(coalesce(i.value_krw, 0D) AS value, -n AS place, i AS item))).item"
GROSS_KG = kilograms("total_gross_mass", "total_gross_mass_unit")
_NET = kilograms("i.net_mass", "i.net_mass_unit")


# What tells whose row it is and which version of it.
KEPT = ("shipment_id", "as_of", "record_key", "known_at", "issued_at", "content_hash", "file", "ordinal")


def _sum(expression: str) -> str:
    """The sum over the goods items; NULL where no item says it."""
    values = f"filter(transform(items, i -> CAST({expression} AS DOUBLE)), v -> v IS NOT NULL)"
    return f"CASE WHEN size({values}) > 0 THEN aggregate({values}, 0D, (t, v) -> t + v) END"


_SQL = {
    "declared_at": "known_at",
    "office_code": "substr(declaration_office_id, 1, 3)",
    "import_use_code": "import_type_code",
    "declarant_id": "substr(declaration_no, 1, 5)",
    "origin_country": "main.origin_country",
    "origin_marking_code": "main.origin_marking_code",
    "has_certificate_of_origin": "upper(certificate_of_origin) = 'Y'",
    "regime_code": "main.regime_code",
    "duty_rate_percent": "main.duty_rate_percent",
    "hs6": "nullif(substr(main.hs_code, 1, 6), '')",
    "hs4": "nullif(substr(main.hs_code, 1, 4), '')",
    "hs2": "nullif(substr(main.hs_code, 1, 2), '')",
    "goods_text": "coalesce(main.cargo_description, main.description)",
    "item_count": "CAST(size(items) AS DOUBLE)",
    "net_mass_kg": _sum(_NET),
    "gross_mass_kg": GROSS_KG,
    "package_count": "total_packages",
    "customs_value_krw": f"coalesce({_sum('i.value_krw')}, total_value_krw)",
    "freight_krw": _KRW.format(a="freight", c="freight_currency"),
    "insurance_krw": _KRW.format(a="insurance", c="insurance_currency"),
    "duty_krw": f"coalesce({_sum('i.duty_krw')}, total_duty_krw)",
    "vat_krw": f"coalesce({_sum('i.vat_krw')}, total_vat_krw)",
    "declared_arrival_on": "arrived_on",
    "declared_container_count": "CAST(size(container_nos) AS DOUBLE)",
}


def declared_columns(declarations: DataFrame) -> DataFrame:
    """silver.declaration rows with the DECLARED columns, keeping record_key, known_at and what orders versions."""
    main = declarations.withColumn("main", F.expr(MAIN))
    columns = [F.expr(_SQL.get(f.name, f.name)).cast(f.spark_type).alias(f.name) for f in DECLARED]
    return main.select(*(c for c in KEPT if c in declarations.columns), *columns)


# The list is the declared side of parcels that are released without a declaration; its price is that of the goods alone.
_LISTED = {
    "declared_at": "known_at", "issued_on": "CAST(submitted_at AS DATE)", "importer_id": "consignee_customs_id", "payer_id": "consignee_customs_id",
    "seller_id": "upper(trim(seller_name))", "courier_id": "courier_code", "hs6": "nullif(substr(hs6, 1, 6), '')", "hs4": "nullif(substr(hs6, 1, 4), '')",
    "hs2": "nullif(substr(hs6, 1, 2), '')", "goods_text": "goods", "item_count": "1D", "gross_mass_kg": "weight_kg", "net_mass_kg": "weight_kg",
    "invoice_amount": "price_usd", "invoice_currency": "'USD'",
}


def listed_columns(lines: DataFrame) -> DataFrame:
    """silver.clearance_list rows with the DECLARED columns, keeping the key columns and what orders versions."""
    columns = [F.expr(_LISTED.get(f.name, "NULL")).cast(f.spark_type).alias(f.name) for f in DECLARED if f.name not in KEPT]
    return lines.select(*(c for c in KEPT if c in lines.columns), *columns)
