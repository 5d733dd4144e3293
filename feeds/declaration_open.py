"""Feed `declaration_open`: the open import declarations of the Korea Customs Service (CSV, 22 columns)."""

from functools import partial

from feeds.feed import Feed
from feeds.readers import csv_rows
from lakehouse.field import Field, fields, string
from lakehouse.text import Text

_needed = partial(string, required=True)
FRAUD_FIELDS = frozenset({"is_fraud", "critical_fraud"})
FIELDS = fields(
    _needed("declaration_id", "Declaration ID", "신고 일련번호", "Key of the row"),
    Field("declared_on", "date", Text("신고일자", "Date of declaration"), "Date", required=True),
    _needed("office_id", "Office ID", "세관", "Customs office"),
    Field("process_type", "string", Text("신고구분", "How it is processed, set by the system"), "Process Type", required=True, echo=True),
    _needed("import_type", "Import Type", "수입종류", "Kind of import"),
    _needed("import_use", "Import Use", "수입용도", "Use of the import"),
    _needed("payment_type", "Payment Type", "징수형태", "Kind of payment"),
    _needed("transport_mode", "Mode of Transport", "운송수단", "Mode of transport"),
    _needed("declarant_id", "Declarant ID", "신고인", "Declarant"),
    _needed("importer_id", "Importer ID", "수입자", "Importer"),
    string("seller_id", "Seller ID", "해외거래처", "Seller"),
    string("courier_id", "Courier ID", "특송업체", "Courier"),
    _needed("hs6", "HS6 Code", "세번부호 6단위", "HS subheading"),
    _needed("export_country", "Country of Departure", "적출국", "Country of dispatch"),
    _needed("origin_country", "Country of Origin", "원산지", "Country of origin"),
    Field("tax_rate_percent", "double", Text("세율", "Tax rate, percent"), "Tax Rate", required=True),
    _needed("tax_type", "Tax Type", "관세율구분", "Tax regime"),
    _needed("origin_marking_code", "Country of Origin Indicator", "원산지 표시", "How the origin is marked"),
    Field("net_mass_kg", "double", Text("순중량", "Net mass, kg"), "Net Mass", required=True),
    Field("item_price_krw", "double", Text("과세가격", "Assessed value, KRW"), "Item Price", required=True),
    Field("is_fraud", "boolean", Text("우범 여부", "Attempt to reduce duty"), "Fraud"),
    string("critical_fraud", "Critical Fraud", "우범 등급", "0 none, 1 fraud, 2 critical"),
)

FEED = Feed(
    name="declaration_open",
    text=Text("공개 수입신고(관세청)", "Open import declarations (KCS)"),
    sender=Text("관세청 공개자료", "KCS open data"),
    form="CSV",
    key=("declaration_id",),
    fields=FIELDS,
    read=csv_rows.reader(lambda: FIELDS),
    count=csv_rows.count,
    listed={"hs": ("hs6",)},
    parted="rows",
    issued_at="CAST(declared_on AS TIMESTAMP)",
    hidden=FRAUD_FIELDS,
)
