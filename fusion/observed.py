"""What the cargo's progress shows, in the columns of a described shipment."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from feeds.cargo_progress import CARRY_IN_STEP, RELEASE_STEPS
from fusion.described import OBSERVED
from fusion.keys import kilograms


def _step(condition: str, value: str, pick: str = "array_min") -> str:
    return f"{pick}(transform(filter(steps, s -> {condition}), s -> {value}))"


_CARRIED_IN = f"s.step = '{CARRY_IN_STEP}'"
_ARRIVED = "s.step = '입항보고 수리'"
_COUNTRY_BY_PORT = "CASE WHEN length(loading_port) = 5 THEN substr(loading_port, 1, 2) END"
_SQL = {
    "cargo_control_no": "cargo_control_no",
    "cargo_gross_kg": kilograms("gross_mass", "gross_mass_unit"),
    "cargo_packages": "packages",
    "carried_in_kg": _step(_CARRIED_IN, kilograms("s.weight", "s.weight_unit"), "array_max"),
    "carried_in_packages": _step(_CARRIED_IN, "s.packages", "array_max"),
    "loading_country": f"coalesce(loading_country, {_COUNTRY_BY_PORT})",
    "loading_port": "loading_port",
    "discharge_port": "discharge_port",
    "vessel_country": "vessel_country",
    "cargo_container_count": "container_count",
    "cargo_goods_text": "goods",
    "entry_office_code": _step("s.shed_code IS NOT NULL", "struct(s.processed_at, substr(s.shed_code, 1, 3) AS office)") + ".office",
    "manifest_at": _step("s.step LIKE '%적하목록 제출'", "s.processed_at"),
    "arrived_at": f"coalesce({_step(_ARRIVED, 's.processed_at')}, CAST(arrived_on AS TIMESTAMP))",
    "carried_in_at": _step(_CARRIED_IN, "coalesce(s.happened_at, s.processed_at)"),
    "release_step_at": _step(f"s.step IN ({', '.join(map(repr, RELEASE_STEPS))})", "s.processed_at"),
    "cargo_step_count": "CAST(size(steps) AS DOUBLE)",
    "cargo_known_at": "first_known_at",
}
# Filled from other declarations of the cargo and from versions, not from the cargo's own answers.
FROM_ELSEWHERE = frozenset({"kind", "split_gross_kg", "split_packages", "declaration_versions"})
OWN = tuple(field for field in OBSERVED if field.name not in FROM_ELSEWHERE)


def observed_columns(cargoes: DataFrame) -> DataFrame:
    """Cargo states (newest header, all steps known) as the OBSERVED columns; other columns are kept."""
    made = [F.expr(_SQL[field.name]).cast(field.spark_type).alias(f"o_{field.name}") for field in OWN]
    kept = [name for name in cargoes.columns if name in ("shipment_id", "as_of")]
    return cargoes.select(*kept, *made).select(*kept, *(F.col(f"o_{field.name}").alias(field.name) for field in OWN))


def cargo_state(answers: DataFrame, by: list[str]) -> DataFrame:
    """Answers on a cargo merged by the given columns: the newest header, and every step any answer told."""
    header = [name for name in answers.columns if name not in ("steps", *by)]
    newest = F.max_by(F.struct(*header), F.struct("issued_at", "known_at", "content_hash"))
    merged = answers.groupBy(*by).agg(newest.alias("header"), F.array_distinct(F.flatten(F.collect_list("steps"))).alias("steps"),
                                      F.min("known_at").alias("first_known_at"))
    return merged.select(*by, "header.*", "steps", "first_known_at")
