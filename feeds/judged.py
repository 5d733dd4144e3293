"""Bronze rows to what is wrong with them: what parsing found of single values, and the feed's own rules, as one expression set."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from feeds.feed import UNLISTED, Feed


def judged(bronze: DataFrame, feed: Feed) -> DataFrame:
    """Bronze rows with `_code` and `_found` of the first refusal (NULL: none) and `findings`."""
    conditions = {field.name: field.when or "true" for field in feed.fields if field.required}
    # A needed field refuses whatever is wrong with it, a strict one what cannot be read.
    needed = " OR ".join(f"(f.field = '{name}' AND {condition})" for name, condition in conditions.items() if condition != "true")
    always = ", ".join(repr(name) for name, condition in conditions.items() if condition == "true") or "''"
    strict = ", ".join(repr(field.name) for field in feed.fields if field.strict) or "''"
    refused = f"f.field IN ({always})" + (f" OR {needed}" if needed else "") + f" OR (f.code = 'field.unreadable' AND f.field IN ({strict}))"
    refuses = f"(f.code <> '{UNLISTED}' AND ({refused}))"
    rules = "".join(f", CASE WHEN {condition} THEN named_struct('code', '{code}', 'field', '') END" for code, condition in feed.rules)
    found = F.expr(f"coalesce(get(filter(faults, f -> {refuses}), 0){rules})")
    # What a field of another shape of record lacks is no finding.
    noted = f"transform(filter(faults, f -> NOT {refuses} AND f.code <> 'field.missing'), f -> concat(f.code, ':', f.field))"
    own = ", ".join(f"CASE WHEN {condition} THEN '{code}' END" for code, condition in feed.findings)
    findings = f"concat({noted}, array_compact(array({own})))" if own else noted
    rows = bronze.withColumn("_fault", F.when(F.col("refusal").isNull(), found))
    return rows.select("*", F.coalesce("refusal", "_fault.code").alias("_code"), F.coalesce("detail", "_fault.field").alias("_found"),
                       _or_empty(F.expr(findings)).alias("findings"))


def _or_empty(texts: Column) -> Column:
    return F.coalesce(texts, F.expr("CAST(array() AS ARRAY<STRING>)"))
