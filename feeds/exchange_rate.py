"""Feed `exchange_rate`: won per unit of a currency from a day on (CSV), sent as changes."""

from feeds.feed import Feed
from feeds.readers import csv_rows
from lakehouse.field import Field, fields
from lakehouse.text import Text

FIELDS = fields(
    Field("currency", "string", Text("통화", "Currency, ISO 4217"), "currency", required=True),
    Field("valid_from", "date", Text("적용 시작일", "First day it applies"), "valid_from", required=True),
    Field("krw_per_unit", "double", Text("환율(원)", "KRW per unit of the currency"), "krw_per_unit", required=True, low=0.0001, high=100_000_000),
)

FEED = Feed(
    name="exchange_rate",
    text=Text("과세환율", "Exchange rate for customs"),
    sender=Text("관세청", "Customs"),
    form="CSV",
    key=("currency", "valid_from"),
    fields=FIELDS,
    read=csv_rows.reader(lambda: FIELDS),
    count=csv_rows.count,
    parted="rows",
    issued_at="CAST(valid_from AS TIMESTAMP)",
    findings=(("currency.unknown", "NOT currency RLIKE '^[A-Z]{3}$'"),),
)
