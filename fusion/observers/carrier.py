"""What carriers tell of a shipment's containers: where they come from, where they change ships, their seals, plan and fact."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from fusion import keys
from fusion.observers.observer import Observer
from fusion.records import BY, Records
from lakehouse.field import Field, fields
from lakehouse.text import Text

FIELDS = fields(
    Field("pick_up_port", "string", Text("공컨테이너 인수지", "Where the first empty container was picked up")),
    Field("pick_up_countries", "array<string>", Text("공컨테이너 인수국", "Countries where empty containers were picked up")),
    Field("first_load_port", "string", Text("최초 적재항(선사)", "Where the first container was first loaded")),
    Field("first_load_countries", "array<string>", Text("최초 적재국(선사)", "Countries where containers were first loaded")),
    Field("first_loaded_at", "timestamp", Text("최초 적재 시각(선사)", "When the first container was first loaded")),
    Field("hub_ports", "array<string>", Text("환적항(선사)", "Ports where containers changed ships")),
    Field("carrier_last_port", "string", Text("한국 직전 항(선사)", "Last port of loading before Korea")),
    Field("carrier_seals", "array<string>", Text("적재 봉인(선사)", "Seals at loading by the carrier: container and number")),
    Field("carrier_is_resealed", "boolean", Text("운송 중 봉인 교체(선사)", "The carrier told of a new seal on the way")),
    Field("carrier_expected_at", "timestamp", Text("입항 예정(선사)", "Arrival the carrier last expected")),
    Field("carrier_arrived_at", "timestamp", Text("입항(선사)", "Arrival the carrier told")),
)
_COLUMNS = ("event_code", "classifier", "event_at", "unlocode", "equipment_reference", "empty_indicator_code", "seals", "is_retracted", "is_customs_step")
_HAPPENED = "coalesce(classifier, 'ACT') = 'ACT'"
_ABROAD = "unlocode NOT LIKE 'KR%'"
# DCSA: GTOT of an empty one is its pick-up, LOAD and DISC are what cranes do, RSEA is a new seal.
_IS = {
    "is_pick_up": f"event_code IN ('GTOT', 'PICK') AND empty_indicator_code = 'EMPTY' AND {_HAPPENED} AND {_ABROAD}",
    "is_load": f"event_code = 'LOAD' AND {_HAPPENED} AND {_ABROAD}",
    "is_hub": f"event_code = 'DISC' AND {_HAPPENED} AND {_ABROAD}",
    "is_reseal": f"event_code = 'RSEA' AND {_HAPPENED}",
    "is_due": "event_code = 'ARRI' AND classifier IN ('EST', 'PLN') AND unlocode LIKE 'KR%'",
    "is_arrival": f"event_code = 'ARRI' AND {_HAPPENED} AND unlocode LIKE 'KR%'",
}
_SEALS = f"array_compact(transform(coalesce(seals, array()), s -> concat(box, ' ', {keys.seal('s.number')})))"


def observe(records: Records) -> DataFrame:
    """What carriers told, without what they took back and what customs did."""
    events = records.newest("carrier_event", _COLUMNS).where("NOT coalesce(is_retracted, false) AND NOT coalesce(is_customs_step, false)").withColumns(
        {"box": F.expr(keys.container("equipment_reference")), "unlocode": F.expr("upper(unlocode)"), **{name: F.expr(f"coalesce({sql}, false)") for name, sql in _IS.items()}})
    boxes = events.groupBy(*BY, "box").agg(
        _first("unlocode", "is_pick_up", "pick_up"), _first("unlocode", "is_load", "load"), F.min(F.expr("CASE WHEN is_load THEN event_at END")).alias("loaded_at"),
        F.collect_set(F.expr("CASE WHEN is_hub THEN unlocode END")).alias("hubs"), F.max_by("unlocode", F.expr("CASE WHEN is_load THEN event_at END")).alias("last"),
        _first(_SEALS, "is_load AND size(seals) > 0", "sealed"), F.max("is_reseal").alias("is_resealed"),
        F.max_by("event_at", F.expr("CASE WHEN is_due THEN struct(issued_at, known_at) END")).alias("due_at"), F.max(F.expr("CASE WHEN is_arrival THEN event_at END")).alias("here_at"))
    return boxes.groupBy(*BY).agg(
        F.min_by("pick_up", F.expr("CASE WHEN pick_up IS NOT NULL THEN box END")).alias("pick_up_port"), _countries("pick_up", "pick_up_countries"),
        F.min_by("load", "loaded_at").alias("first_load_port"), _countries("load", "first_load_countries"), F.min("loaded_at").alias("first_loaded_at"),
        F.array_sort(F.array_distinct(F.flatten(F.collect_list("hubs")))).alias("hub_ports"), F.max_by("last", "loaded_at").alias("carrier_last_port"),
        F.flatten(F.collect_list("sealed")).alias("carrier_seals"), F.max("is_resealed").alias("carrier_is_resealed"),
        F.max("due_at").alias("carrier_expected_at"), F.max("here_at").alias("carrier_arrived_at"))


def _first(sql: str, when: str, name: str) -> Column:
    return F.min_by(F.expr(sql), F.expr(f"CASE WHEN {when} THEN struct(event_at, record_key) END")).alias(name)


def _countries(port: str, name: str) -> Column:
    return F.array_sort(F.collect_set(F.expr(f"substr({port}, 1, 2)"))).alias(name)


CARRIER = Observer(FIELDS, observe)
