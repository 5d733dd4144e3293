"""Contradictions: declared rules over a described shipment, where two sources tell different things."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion.rules import RULES
from fusion.rules.rule import IN_KOREAN, Rule
from fusion.tables import CONTRADICTION
from lakehouse.text import LANGUAGES, Language


def contradictions(described: DataFrame, rules: Sequence[Rule] = RULES) -> DataFrame:
    """Rows of gold.contradiction for described shipments, one for each rule that applies."""
    candidates = []
    for rule in rules:
        ko, en = (_sentence(rule, language) for language in LANGUAGES)
        candidates.append(
            f"CASE WHEN {rule.where} THEN struct('{rule.kind}' AS type, '{rule.name}' AS rule, {rule.severity} AS severity, "
            f"'{rule.left_feed}' AS left_feed, {rule.left} AS left_value, '{rule.right_feed}' AS right_feed, {rule.right} AS right_value, "
            f"{ko} AS text_ko, {en} AS text_en, {_quoted(rule.usual.ko)} AS usual_ko, {_quoted(rule.usual.en)} AS usual_en) END")
    found = described.withColumn("found", F.explode(F.expr(f"array_compact(array({', '.join(candidates)}))")))
    return found.select("shipment_id", F.col("as_of").alias("known_at"), "found.*")


def _sentence(rule: Rule, language: Language) -> str:
    """Spark SQL of the rule's sentence with the shipment's own values in it."""
    template, is_ko = rule.text.of(language), language == "ko"
    said = {"left": (is_ko and rule.left_ko) or rule.left, "right": (is_ko and rule.right_ko) or rule.right, "difference": rule.difference}
    sentence = _quoted(template)
    for name, sql in said.items():
        if f"{{{name}}}" in template:
            sentence = f"replace({sentence}, '{{{name}}}', {_with_korean_units(sql) if is_ko else sql})"
    return sentence


def _with_korean_units(sql: str) -> str:
    for unit, ko in IN_KOREAN:
        sql = f"regexp_replace({sql}, '(?<=[0-9]){unit}', '{ko}')"
    return sql


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def changed(found: DataFrame, held: DataFrame) -> DataFrame:
    """Contradictions that say something the newest ones held do not."""
    same = ["shipment_id", "rule", "left_value", "right_value"]
    return found.join(held.select(*same), same, "left_anti").select(*CONTRADICTION.columns)
