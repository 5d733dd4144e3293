"""Contradictions: declared rules over a described shipment, where two sources tell different things."""

from dataclasses import dataclass
from typing import Literal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from fusion.tables import CONTRADICTION
from lakehouse.text import LANGUAGES, Text

Kind = Literal["value", "weight", "origin", "goods", "packages", "seal", "route", "identity", "screening", "timing"]


@dataclass(frozen=True)
class Rule:
    """One way in which two sources may disagree: SQL over the described shipment, words, and the honest explanation.

    `where` says when it applies, `severe` when it is high rather than medium; `values` are the SQL texts put into the
    sentence, the first two being the left and the right value.
    """

    name: str
    kind: Kind
    left_feed: str
    right_feed: str
    where: str
    severe: str
    left: str
    right: str
    text: Text
    usual: Text
    difference: str = "''"


_KG = "concat(format_number({}, 1), ' kg')"
_PACKAGES = "concat(CAST(CAST({} AS BIGINT) AS STRING), ' pkg')"
_PERCENT = "concat(CASE WHEN {0} > {1} THEN '+' ELSE '' END, format_number(100 * try_divide({0} - {1}, {1}), 1), '%')"

RULES: tuple[Rule, ...] = (
    Rule("carried_in_weight", "weight", "declaration", "cargo_progress",
         # Below a kilo and a few percent scales and rounding differ.
         where="abs(carried_in_kg - split_gross_kg) > greatest(2D, 0.05 * split_gross_kg)",
         severe="abs(carried_in_kg - split_gross_kg) > 0.15 * split_gross_kg",
         left=_KG.format("split_gross_kg"), right=_KG.format("carried_in_kg"), difference=_PERCENT.format("carried_in_kg", "split_gross_kg"),
         text=Text("반입 중량 {right} — 신고 총중량 {left}, 차이 {difference}. 통상 ±5%. 출처: 화물진행정보 반입신고, 수입신고.",
                   "Weight carried in {right}, gross mass declared {left}, difference {difference}; usually within 5%. Sources: carry-in report, declaration."),
         usual=Text("팔레트·상자 무게, 용기 무게, 반올림", "Pallets or cartons, tare, rounding")),
    Rule("manifest_weight", "weight", "declaration", "cargo_progress",
         where="abs(cargo_gross_kg - split_gross_kg) > greatest(2D, 0.05 * split_gross_kg)",
         severe="abs(cargo_gross_kg - split_gross_kg) > 0.15 * split_gross_kg",
         left=_KG.format("split_gross_kg"), right=_KG.format("cargo_gross_kg"), difference=_PERCENT.format("cargo_gross_kg", "split_gross_kg"),
         text=Text("적하목록 중량 {right} — 신고 총중량 {left}, 차이 {difference}. 통상 ±5%. 출처: 화물진행정보, 수입신고.",
                   "Weight in the manifest {right}, gross mass declared {left}, difference {difference}; usually within 5%. Sources: cargo progress, declaration."),
         usual=Text("팔레트·상자 무게, 용기 무게, 반올림", "Pallets or cartons, tare, rounding")),
    Rule("packages", "packages", "declaration", "cargo_progress",
         where="cargo_packages > 0 AND split_packages > 0 AND cargo_packages <> split_packages",
         severe="abs(cargo_packages - split_packages) > greatest(2D, 0.1 * split_packages)",
         left=_PACKAGES.format("split_packages"), right=_PACKAGES.format("cargo_packages"),
         text=Text("적하목록 포장 {right} — 신고 포장 {left} 불일치. 통상 같음. 출처: 화물진행정보, 수입신고.",
                   "Packages in the manifest {right}, packages declared {left}; usually equal. Sources: cargo progress, declaration."),
         usual=Text("팔레트와 상자의 단위 차이", "Pallets counted against cartons")),
    Rule("dispatch_country", "route", "declaration", "cargo_progress",
         where="export_country <> loading_country",
         severe="origin_country <> loading_country AND regime_code LIKE 'F%'",
         left="export_country", right="loading_country",
         text=Text("신고 적출국 {left} — 화물 적재국 {right} 불일치. 통상 같음. 출처: 수입신고, 화물진행정보.",
                   "Country of dispatch declared {left}, country of loading {right}; usually the same. Sources: declaration, cargo progress."),
         usual=Text("거점항 환적, 삼국 간 거래", "Transhipment at a hub, triangular trade")),
)


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
