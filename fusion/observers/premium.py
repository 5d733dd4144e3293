"""What insuring cargo usually costs: the premium over the invoice, in the middle of all declarations known by then."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion.observers.observer import Observer
from fusion.records import Records
from fusion.tables import DECLARATION_FACT
from lakehouse.field import Field, fields
from lakehouse.text import Text

FIELDS = fields(
    Field("usual_premium_ratio", "double", Text("통상 보험료율", "Usual premium over the invoice amount")),
    Field("premium_spread", "double", Text("보험료율 산포", "Half the width, in logs, of the middle two thirds of premiums")),
    Field("premium_count", "double", Text("보험료율 비교 건수", "Declarations it was taken from")),
)
WINDOW_DAYS, LEAST = 365, 30
_INVOICE_KRW = "invoice_amount * CASE WHEN upper(invoice_currency) = 'KRW' THEN 1D ELSE exchange_rate END"
_LOG = f"ln(try_divide(insurance_krw, {_INVOICE_KRW}))"


def observe(records: Records) -> DataFrame:
    """The usual premium as of each instant that is asked for."""
    facts = records.lake.read(records.spark, DECLARATION_FACT).where("insurance_krw > 0 AND invoice_amount > 0").selectExpr("known_at", f"{_LOG} AS log").where("log IS NOT NULL")
    asked = F.broadcast(records.spine.select("as_of").distinct())
    met = facts.join(asked, F.expr(f"known_at <= as_of AND known_at > as_of - INTERVAL {WINDOW_DAYS} DAYS"))
    middle = met.groupBy("as_of").agg(F.expr("percentile_approx(log, array(0.16, 0.5, 0.84), 1000)").alias("p"), F.count("*").cast("double").alias("premium_count"))
    usual = middle.where(f"premium_count >= {LEAST}").selectExpr("as_of", "exp(p[1]) AS usual_premium_ratio", "(p[2] - p[0]) / 2 AS premium_spread", "premium_count")
    return records.spine.join(F.broadcast(usual), "as_of")


PREMIUM = Observer(FIELDS, observe)
