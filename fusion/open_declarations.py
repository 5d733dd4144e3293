"""Open declarations in the columns of described shipments."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion.describe import DESCRIBED

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
