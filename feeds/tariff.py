"""Feed `tariff`: duty rates by HS code, regime and country (CSV), sent whole; one row is one rate."""

from feeds.feed import Feed, Refusal
from feeds.readers import csv_rows
from lakehouse.field import Field, fields
from lakehouse.text import Text

FIELDS = fields(
    Field("hs10", "string", Text("세번부호", "HS code, 10 digits"), "hs10", required=True),
    Field("regime_code", "string", Text("관세율구분", "Duty regime"), "regime_code", required=True),
    Field("country", "string", Text("적용 국가", "Country it applies to; empty: all"), "country"),
    Field("valid_from", "date", Text("적용 시작일", "First day it applies"), "valid_from", required=True),
    Field("valid_to", "date", Text("적용 종료일", "Last day it applies; empty: open"), "valid_to", strict=True),
    Field("rate_percent", "double", Text("세율(%)", "Ad valorem rate, percent"), "rate_percent", strict=True, low=0, high=3_000),
    Field("specific_krw", "double", Text("종량세액(원)", "Specific duty, KRW per unit"), "specific_krw", strict=True, low=0),
    Field("specific_unit", "string", Text("종량세 단위", "Unit of the specific duty"), "specific_unit"),
)

FEED = Feed(
    name="tariff",
    text=Text("관세율표", "Tariff"),
    sender=Text("관세청", "Customs"),
    form="CSV",
    key=("hs10", "regime_code", "country", "valid_from"),
    fields=FIELDS,
    read=csv_rows.reader(lambda: FIELDS),
    count=csv_rows.count,
    listed={"hs": ("hs10",)},
    parted="rows",
    refusals=(Refusal("tariff.rate", Text("세율과 종량세액이 모두 없습니다.", "The row holds neither a rate nor a specific duty.")),),
    rules=(("tariff.rate", "rate_percent IS NULL AND specific_krw IS NULL"),),
    findings=(
        ("hs.length", "NOT hs10 RLIKE '^[0-9]{10}$'"),
        ("regime.unknown", "NOT regime_code RLIKE '^[A-Z][A-Z0-9]{0,5}$'"),
        ("regime.country", "regime_code LIKE 'F%' AND country IS NULL"),
        ("valid.order", "valid_to < valid_from"),
    ),
    snapshot="'tariff'",
)
