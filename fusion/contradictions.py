"""Contradictions: declared rules over a described shipment, where two sources tell different things."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion.rules import RULES
from fusion.tables import CONTRADICTION
from lakehouse.text import LANGUAGES


def contradictions(described: DataFrame) -> DataFrame:
    """Rows of gold.contradiction for described shipments, one for each rule that applies."""
    candidates = []
    for rule in RULES:
        words = {"left": rule.left, "right": rule.right, "difference": rule.difference}
        sentences = {}
        for language in LANGUAGES:
            sentence = f"'{rule.text.of(language)}'"
            for name, sql in words.items():
                sentence = f"replace({sentence}, '{{{name}}}', {sql})"
            sentences[language] = sentence
        candidates.append(
            f"CASE WHEN {rule.where} THEN struct('{rule.kind}' AS type, '{rule.name}' AS rule, "
            f"CASE WHEN {rule.severe} THEN 'high' ELSE 'medium' END AS severity, '{rule.left_feed}' AS left_feed, "
            f"{rule.left} AS left_value, '{rule.right_feed}' AS right_feed, {rule.right} AS right_value, "
            f"{sentences['ko']} AS text_ko, {sentences['en']} AS text_en, "
            f"'{rule.usual.ko}' AS usual_ko, '{rule.usual.en}' AS usual_en) END")
    found = described.withColumn("found", F.explode(F.expr(f"array_compact(array({', '.join(candidates)}))")))
    return found.select("shipment_id", F.col("as_of").alias("known_at"), "found.*")


def changed(found: DataFrame, held: DataFrame) -> DataFrame:
    """Contradictions that say something the newest ones held do not."""
    same = ["shipment_id", "rule", "left_value", "right_value"]
    return found.join(held.select(*same), same, "left_anti").select(*CONTRADICTION.columns)
