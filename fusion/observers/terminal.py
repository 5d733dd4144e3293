"""What terminals tell of a shipment's containers: masses by how they came about, seals, times, and where trucks take them."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fusion import keys
from fusion.observers.observer import Observer
from fusion.records import BY, Records
from lakehouse.field import Field, fields
from lakehouse.text import Text

FIELDS = fields(
    Field("box_count", "double", Text("터미널 확인 컨테이너 수", "Containers that terminals told of")),
    Field("box_tare_kg", "double", Text("컨테이너 자중 합계", "Tare over all containers, kg")),
    Field("box_verified_net_kg", "double", Text("검증 총중량 − 자중", "Verified gross mass less tare over all containers, kg: the shipper's figure")),
    Field("box_weighed_net_kg", "double", Text("계근 중량 − 자중", "Weighbridge mass less tare over all containers, kg")),
    Field("box_loaded_seals", "array<string>", Text("적재 봉인(터미널)", "Seals at loading by the terminal: container and number")),
    Field("box_landed_seals", "array<string>", Text("양하 봉인(터미널)", "Seals at discharge: container and number")),
    Field("box_is_resealed", "boolean", Text("봉인 교체 기재", "A terminal or customs seal told of a replaced seal")),
    Field("box_discharged_at", "timestamp", Text("양하 시각", "When the first container was discharged")),
    Field("box_loaded_at", "timestamp", Text("적재 시각", "When the first container was loaded")),
    Field("gate_out_at", "timestamp", Text("게이트 반출 시각", "When the first container left for the importer, none to a bonded shed")),
    Field("gate_places", "array<string>", Text("게이트 반출 목적지", "Where trucks took containers, none to a bonded shed")),
    Field("gate_sheds", "array<string>", Text("게이트 반출 보세구역", "Bonded sheds that trucks took containers to")),
    Field("box_last_port", "string", Text("직전 적재항", "Port of loading told at discharge")),
    Field("box_temperature_c", "double", Text("설정온도", "Lowest temperature set, °C")),
)
_COLUMNS = ("event_kind", "event_at", "event_port", "container_no", "measures", "gross_mass", "gross_mass_unit", "gross_kind", "tare_mass", "tare_mass_unit",
            "seals", "remark", "places", "destination", "loading_port", "temperature", "temperature_unit", "full_empty_code")
# What a terminal calls gross was weighed at its gate, or where it says so; an estimate and what a shipper verified never were.
_WEIGHED_KINDS = "'G', 'AAD', 'AAB', 'WT'"
_IS_WEIGHED = "(event_kind IN ('gate_out', 'gate_in') OR coalesce(remark, '') RLIKE '(?i)WEIGHBRIDGE|WEIGHED|계근')"
_WEIGHED = f"CASE WHEN {_IS_WEIGHED} THEN {keys.kilograms(f'get(filter(measures, m -> m.kind IN ({_WEIGHED_KINDS})), 0).value', f'get(filter(measures, m -> m.kind IN ({_WEIGHED_KINDS})), 0).unit')} END"
_IN_KOREA = "coalesce(event_port, 'KR') LIKE 'KR%'"
_MADE = {
    "box": keys.container("container_no"),
    "tare_kg": keys.kilograms("tare_mass", "tare_mass_unit"),
    "verified_kg": f"CASE WHEN gross_kind = 'VGM' AND event_kind IN ('discharge', 'load') THEN {keys.kilograms('gross_mass', 'gross_mass_unit')} END",
    "weighed_kg": _WEIGHED,
    "numbers": f"array_compact(transform(coalesce(seals, array()), s -> {keys.seal('s.seal_no')}))",
    "says_resealed": "exists(seals, s -> s.source_code = 'CU') OR coalesce(remark, '') RLIKE '(?i)SEAL (REPLACED|CHANGED)|봉인 ?교체'",
    "shed": "get(filter(places, p -> p.qualifier IN ('8', '7', '83') AND p.terminal_code IS NOT NULL), 0).terminal_code",
    "celsius": "CASE WHEN upper(coalesce(temperature_unit, 'CEL')) = 'FAH' THEN (temperature - 32) * 5 / 9 ELSE temperature END",
    "is_out": f"event_kind = 'gate_out' AND coalesce(full_empty_code, '5') = '5' AND {_IN_KOREA}",
}
_ORDER = "struct(event_kind = 'discharge', event_at, record_key)"


def observe(records: Records) -> DataFrame:
    """What terminals told of the containers, each event as its newest version has it."""
    events = records.newest("terminal_event", _COLUMNS).withColumns({name: F.expr(sql) for name, sql in _MADE.items()}).where("box IS NOT NULL")
    boxes = events.groupBy(*BY, "box").agg(
        _newest("tare_kg"), _newest("verified_kg"), F.max_by("weighed_kg", F.when(F.col("weighed_kg").isNotNull(), F.struct(F.expr("event_kind = 'gate_out'"), "event_at"))).alias("weighed_kg"),
        _seals("load", "loaded"), _seals("discharge", "landed"), F.max(F.expr("event_kind IN ('load', 'discharge') AND says_resealed")).alias("is_resealed"),
        F.min(F.expr("CASE WHEN event_kind = 'discharge' THEN event_at END")).alias("discharged_at"), F.min(F.expr("CASE WHEN event_kind = 'load' THEN event_at END")).alias("loaded_at"),
        F.min_by(F.struct("event_at", "destination", "shed"), F.expr("CASE WHEN is_out THEN event_at END")).alias("out"),
        F.max_by("loading_port", F.expr("CASE WHEN event_kind = 'discharge' THEN event_at END")).alias("last_port"), F.min("celsius").alias("celsius"))
    return boxes.groupBy(*BY).agg(
        F.count("*").cast("double").alias("box_count"), _all("tare_kg", "box_tare_kg"), _all("verified_kg - tare_kg", "box_verified_net_kg"), _all("weighed_kg - tare_kg", "box_weighed_net_kg"),
        F.flatten(F.collect_list("loaded")).alias("box_loaded_seals"), F.flatten(F.collect_list("landed")).alias("box_landed_seals"), F.max("is_resealed").alias("box_is_resealed"),
        F.min("discharged_at").alias("box_discharged_at"), F.min("loaded_at").alias("box_loaded_at"), F.min(F.expr("CASE WHEN out.shed IS NULL THEN out.event_at END")).alias("gate_out_at"),
        F.array_sort(F.collect_set(F.expr("CASE WHEN out.shed IS NULL THEN upper(out.destination) END"))).alias("gate_places"), F.array_sort(F.collect_set("out.shed")).alias("gate_sheds"),
        F.min("last_port").alias("box_last_port"), F.min("celsius").alias("box_temperature_c"))


def _newest(mass: str) -> Column:
    """The last told of a mass, at discharge before elsewhere."""
    return F.max_by(mass, F.expr(f"CASE WHEN {mass} IS NOT NULL THEN {_ORDER} END")).alias(mass)


def _seals(kind: str, name: str) -> Column:
    """Seals told at the last work of a kind, each after its container."""
    return F.max_by(F.expr("transform(numbers, number -> concat(box, ' ', number))"), F.expr(f"CASE WHEN event_kind = '{kind}' THEN struct(event_at, record_key) END")).alias(name)


def _all(sql: str, name: str) -> Column:
    """The sum over containers; NULL where it is not known of one of them."""
    return F.expr(f"CASE WHEN count({sql}) = count(*) THEN sum({sql}) END").alias(name)


TERMINAL = Observer(FIELDS, observe)
