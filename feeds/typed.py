"""Bronze fields, texts as read, to typed columns and to what is wrong with them: one expression set a feed."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from feeds.feed import Feed


def typed(bronze: DataFrame, feed: Feed) -> DataFrame:
    """The bronze rows with one typed column a declared field, and `_sent`, the same fields as texts."""
    texts = ", ".join(f"{field.name} {field.text_type}" for field in feed.fields)
    sent = bronze.withColumn("_sent", F.from_json("fields", texts))
    return sent.select("*", *(F.expr(field.cast(f"_sent.{field.name}")).alias(field.name) for field in feed.fields))


def judged(rows: DataFrame, feed: Feed) -> DataFrame:
    """Typed rows with `_code` and `_found` of the first refusal (NULL: none) and `findings`."""
    faults = [(field, fault) for field in feed.fields if (fault := field.fault(f"_sent.{field.name}", field.name))]
    refusing = [f"CASE WHEN ({fault}) IS NOT NULL THEN concat('field.', ({fault}), '\\t{field.name}') END"
                if field.required else
                f"CASE WHEN ({fault}) = 'unreadable' THEN 'field.unreadable\\t{field.name}' END"
                for field, fault in faults if field.required or field.strict]
    refusing += [f"CASE WHEN {condition} THEN '{code}\\t' END" for code, condition in feed.rules]
    noted = [f"concat('field.', ({fault}), ':{field.name}')" for field, fault in faults if not field.required]
    noted += [f"CASE WHEN {condition} THEN '{code}' END" for code, condition in feed.findings]
    first = F.expr(f"coalesce({', '.join(refusing)})") if refusing else F.lit(None).cast("string")
    findings = F.expr(f"array_compact(array({', '.join(noted)}))") if noted else F.expr("CAST(array() AS ARRAY<STRING>)")
    judged_rows = rows.withColumn("_fault", F.when(F.col("refusal").isNull(), first))
    return judged_rows.select(
        "*",
        F.coalesce("refusal", F.substring_index("_fault", "\t", 1)).alias("_code"),
        F.coalesce("detail", F.substring_index("_fault", "\t", -1)).alias("_found"),
        findings.alias("findings"),
    )
