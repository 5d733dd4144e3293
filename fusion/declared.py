"""What a declaration says, in the columns of a described shipment."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion.described import DECLARED, DESCRIBED
from fusion.keys import kilograms

_KRW = "CASE WHEN upper({c}) = 'KRW' OR {c} IS NULL THEN {a} WHEN upper({c}) = upper(invoice_currency) THEN {a} * exchange_rate END"
_MAIN = "array_max(transform(items, (i, n) -> struct(coalesce(i.value_krw, 0D) AS value, -n AS place, i AS item))).item"
GROSS_KG = kilograms("total_gross_mass", "total_gross_mass_unit")
_NET = kilograms("i.net_mass", "i.net_mass_unit")


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
    main = declarations.withColumn("main", F.expr(_MAIN))
    columns = [F.expr(_SQL.get(f.name, f.name)).cast(f.spark_type).alias(f.name) for f in DECLARED]
    return main.select("record_key", "known_at", "issued_at", "content_hash", "file", "ordinal", *columns)


_OPEN = {
    "declaration_no": "declaration_id", "declared_at": "CAST(declared_on AS TIMESTAMP)", "issued_on": "declared_on",
    "office_code": "lpad(office_id, 3, '0')", "transaction_code": "import_type", "import_use_code": "import_use",
    "payment_code": "payment_type", "transport_mode": "transport_mode", "importer_id": "importer_id",
    "declarant_id": "declarant_id", "seller_id": "seller_id", "courier_id": "courier_id",
    "export_country": "export_country", "origin_country": "origin_country", "origin_marking_code": "origin_marking_code",
    "regime_code": "tax_type", "duty_rate_percent": "tax_rate_percent", "hs6": "lpad(hs6, 6, '0')",
    "hs4": "substr(lpad(hs6, 6, '0'), 1, 4)", "hs2": "substr(lpad(hs6, 6, '0'), 1, 2)",
    "net_mass_kg": "net_mass_kg", "customs_value_krw": "item_price_krw",
}


def open_columns(rows: DataFrame) -> DataFrame:
    """Open declarations in the columns of described shipments, each its own shipment; what they do not say is NULL."""
    columns = [F.expr(_OPEN.get(f.name, "NULL")).cast(f.spark_type).alias(f.name) for f in DESCRIBED]
    return rows.select(F.col("declaration_id").alias("shipment_id"), *columns)
