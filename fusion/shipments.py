"""Shipments as they stand: one row for each whose facts changed, appended."""

from collections.abc import Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from feeds.cargo_progress import CARRY_OUT_STEP, RELEASE_STEPS
from feeds.courier import HELD_CODE, RELEASING_CODES
from fusion import keys
from fusion.belonging import Links
from fusion.naming import Owner
from fusion.observed import cargo_state
from fusion.records import BY, Records, kinds
from fusion.tables import SHIPMENT

# Steps by which customs holds or picks a cargo: they end what a training row may know.
_HOLD = "s.step RLIKE '보류|보완|검사'"
_RELEASE = ", ".join(repr(step) for step in RELEASE_STEPS)
_FREED = ", ".join(repr(code) for code in RELEASING_CODES)
_PROGRESS = ("cargo_control_no", "house_bl", "master_bl", "container_no", "arrived_on", "cargo_type", "discharge_port", "steps")
_KOREA = "'^KR|^(ICN|GMP|PUS|CJU|TAE|CJJ|MWX)$'"


def shipment_states(records: Records, links: Links, ports: Mapping[str, str], offices: Mapping[str, str]) -> DataFrame:
    """The row of gold.shipment of each shipment of the records from all that belongs to it.

    `ports` names the office of a port or airport, for what no document names an office of; `offices` that of a kind of
    shipment of which no port is known yet.
    """
    joined = records.spine
    for part in (_papers(records), _cargoes(records), _manifests(records), _waybills(records), _parcels(records), _lists(records), _bags(records),
                 _boxes(records), _scans(records), kinds(records), _known(records), _going(records, links), _superseded(records, links)):
        joined = joined.join(part, list(BY), "left")
    return _columns(_released(joined), ports, offices)


def _newest(rows: DataFrame, columns: tuple[str, ...], name: str, order: tuple[str, ...] = ("issued_at", "known_at", "content_hash")) -> DataFrame:
    return rows.groupBy(*BY).agg(F.max_by(F.struct(*columns), F.struct(*order)).alias(name))


def _papers(records: Records) -> DataFrame:
    columns = ("declaration_no", "declaration_office_id", "house_bl", "master_bl", "cargo_control_no", "container_nos", "order_nos", "unloading_port", "courier_id")
    return _newest(records.newest("declaration", columns), columns, "paper")


def _cargoes(records: Records) -> DataFrame:
    rows = records.versions("cargo_progress", _PROGRESS)
    told = rows.where(f"exists(steps, s -> s.step IN ({_RELEASE}, '{CARRY_OUT_STEP}'))").groupBy(*BY).agg(F.min("known_at").alias("release_told_at"))
    return cargo_state(rows, list(BY)).select(*BY, F.struct(*_PROGRESS).alias("cargo")).join(told, list(BY), "left")


def _manifests(records: Records) -> DataFrame:
    columns = ("house_bl", "master_bl", "cargo_control_no", "container_nos", "discharge_port", "arrived_at", "arrival_estimated_at")
    return _newest(records.newest("manifest", columns), columns, "manifest")


def _waybills(records: Records) -> DataFrame:
    columns = ("master_awb_plain", "house_awb_plain", "destination", "master_destination")
    return _newest(records.newest("air_waybill", columns), columns, "waybill", ("house_awb_plain", "issued_at", "known_at"))


def _parcels(records: Records) -> DataFrame:
    rows = records.newest("courier", ("tracking_no", "record_type", "event_code", "event_at", "unlocode", "hawb_no", "mawb_no", "order_refs", "created_at"))
    released = F.expr(f"record_type = 'event' AND event_code IN ({_FREED})")
    arrived = F.expr("record_type = 'event' AND event_code = 'ARRIVED' AND unlocode LIKE 'KR%'")
    return rows.groupBy(*BY).agg(
        F.min("tracking_no").alias("tracking_no"), F.max_by(F.struct("hawb_no", "mawb_no", "order_refs"), "created_at").alias("parcel"),
        F.min(F.when(released, F.col("event_at"))).alias("parcel_released_at"), F.min(F.when(released, F.col("first_known_at"))).alias("parcel_release_told_at"),
        F.min(F.when(F.expr(f"event_code = '{HELD_CODE}'"), F.col("event_at"))).alias("parcel_held_at"), F.min(F.when(arrived, F.col("event_at"))).alias("parcel_arrived_at"), F.max(F.when(arrived, F.col("unlocode"))).alias("parcel_port"))


def _lists(records: Records) -> DataFrame:
    columns = ("list_no", "line", "hawb_no", "mawb_no")
    return _newest(records.newest("clearance_list", columns), columns, "listed")


def _bags(records: Records) -> DataFrame:
    columns = ("bag_tag", "arrived_at", "declared")
    return _newest(records.newest("baggage", columns), columns, "bag")


def _boxes(records: Records) -> DataFrame:
    """Containers that terminals and carriers tell of, when they came off the ship, and the ports they are told of."""
    terminal = records.newest("terminal_event", ("container_no", "event_kind", "event_at", "event_port", "discharge_port", "bill_of_lading")).where("owner_kind IN ('cargo', 'container')")
    carrier = records.newest("carrier_event", ("equipment_reference", "event_code", "classifier", "event_at", "unlocode", "master_bl"))
    both = terminal.select(*BY, "container_no", F.expr(f"CASE WHEN event_kind = 'discharge' AND event_port RLIKE {_KOREA} THEN event_at END").alias("off_at"),
                           F.coalesce("discharge_port", "event_port").alias("port"), F.col("bill_of_lading").alias("box_bill")).unionByName(
        carrier.select(*BY, F.col("equipment_reference").alias("container_no"),
                       F.expr(f"CASE WHEN event_code IN ('DISC', 'ARRI') AND classifier = 'ACT' AND unlocode RLIKE {_KOREA} THEN event_at END").alias("off_at"),
                       F.col("unlocode").alias("port"), F.col("master_bl").alias("box_bill")))
    return both.groupBy(*BY).agg(
        F.collect_set(F.expr(keys.container("container_no"))).alias("boxes"), F.min("off_at").alias("off_at"), F.max("box_bill").alias("box_bill"),
        F.max(F.expr(f"CASE WHEN port RLIKE {_KOREA} THEN port END")).alias("box_port"), F.count("*").alias("box_facts"))


def _scans(records: Records) -> DataFrame:
    rows = records.newest("screening", ("office", "captured_at"))
    return rows.groupBy(*BY).agg(F.min_by("office", "captured_at").alias("scan_office"))


def _known(records: Records) -> DataFrame:
    return records.linked.groupBy(*BY).agg(F.min("linked_at").alias("first_linked_at"), F.max("linked_at").alias("last_linked_at"))


def _going(records: Records, links: Links) -> DataFrame:
    """Declarations of the same cargo, and orders, as relations tell them."""
    mine = links.relations.join(F.broadcast(records.spine.withColumnRenamed("shipment_id", "holder_id")), "holder_id").where("known_at <= as_of")
    orders = mine.where(f"owner_kind = '{Owner.ORDER}'").groupBy(F.col("holder_id").alias("shipment_id"), "as_of").agg(F.sort_array(F.collect_set("owner_id")).alias("order_numbers"))
    spine = records.spine.withColumn("cargo_id", F.col("shipment_id"))
    further = mine.where(f"owner_kind = '{Owner.CARGO}'").select(F.col("holder_id").alias("shipment_id"), "as_of", F.col("owner_id").alias("cargo_id"))
    cargo = F.broadcast(spine.unionByName(further))
    members = links.relations.where(f"owner_kind = '{Owner.CARGO}'").select(F.col("owner_id").alias("cargo_id"), F.col("holder_id").alias("member"))
    siblings = cargo.join(members.join(cargo.select("cargo_id"), "cargo_id", "left_semi"), "cargo_id").unionByName(cargo.withColumn("member", F.col("cargo_id")))
    papers = links.relations.where(f"owner_kind = '{Owner.DECLARATION}'").select(F.col("holder_id").alias("member"), "owner_id", F.col("known_at").alias("at"))
    numbers = papers.join(F.broadcast(siblings), "member").where(F.col("at") <= F.col("as_of")).groupBy(*BY).agg(
        F.sort_array(F.collect_set("owner_id")).alias("declaration_nos"))
    return numbers.join(orders, list(BY), "full")


def _superseded(records: Records, links: Links) -> DataFrame:
    """Shipments merged into others, masters whose houses are known, and containers whose bill is."""
    spine = F.broadcast(records.spine)
    merged = links.redirects.join(spine, "shipment_id").where("known_at <= as_of").select(*BY, F.lit("merged").alias("by"))
    going = links.relations.join(spine.withColumnRenamed("shipment_id", "holder_id"), "holder_id").where("known_at <= as_of")
    mine = F.broadcast(going.where(f"owner_kind IN ('{Owner.MASTER}', '{Owner.CONTAINER}') AND NOT is_house").select(
        F.col("holder_id").alias("shipment_id"), "as_of", "owner_kind", "owner_id", F.col("seen_on").alias("on")))
    others = links.relations.join(mine, ["owner_kind", "owner_id"]).where("known_at <= as_of AND holder_id <> shipment_id")
    near = f"abs(datediff(seen_on, on)) <= CASE owner_kind WHEN '{Owner.MASTER}' THEN {keys.ARRIVAL_WINDOW_DAYS} ELSE {keys.TRIP_WINDOW_DAYS} END"
    by_house = others.where(f"owner_kind = '{Owner.MASTER}' AND is_house").where(near).select(*BY, F.lit("houses").alias("by"))
    by_bill = others.where(f"owner_kind = '{Owner.CONTAINER}' AND bill IS NOT NULL").where(near).select(*BY, F.lit("bills").alias("by"))
    return merged.unionByName(by_house).unionByName(by_bill).groupBy(*BY).agg(F.collect_set("by").alias("superseding"))


def _released(rows: DataFrame) -> DataFrame:
    """Steps of release: of this declaration where the step names one, of the cargo where there is no declaration."""
    mine = "(paper IS NULL OR {no} IS NULL OR {no} = paper.declaration_no OR NOT array_contains(coalesce(declaration_nos, array()), {no}))"
    accepted = f"s.step IN ({_RELEASE}) AND {mine.format(no='s.document_no')}"
    carried = f"s.step = '{CARRY_OUT_STEP}' AND {mine.format(no='s.basis_no')}"
    times = {
        "decided_at": f"array_min(transform(filter(cargo.steps, s -> {accepted}), s -> s.processed_at))",
        "carried_out_at": f"array_min(transform(filter(cargo.steps, s -> {carried}), s -> s.processed_at))",
        "held_at": f"least(parcel_held_at, array_min(transform(filter(cargo.steps, s -> {_HOLD}), s -> s.processed_at)))",
        "berthed_at": "array_min(transform(filter(cargo.steps, s -> s.step = '입항보고 수리'), s -> s.processed_at))",
        "shed_office": "array_max(transform(filter(cargo.steps, s -> s.shed_code IS NOT NULL), s -> struct(s.processed_at, substr(s.shed_code, 1, 3) AS office))).office",
    }
    return rows.withColumns({name: F.expr(sql) for name, sql in times.items()})


def _columns(rows: DataFrame, ports: Mapping[str, str], offices: Mapping[str, str]) -> DataFrame:
    is_bag, is_box = "bag IS NOT NULL", "kind = 'container'"
    freed = "coalesce(decided_at, carried_out_at, parcel_released_at, bag.arrived_at + INTERVAL 1 DAY)"
    told = f"CASE WHEN {is_bag} THEN bag.arrived_at + INTERVAL 1 DAY WHEN {freed} IS NOT NULL THEN coalesce(release_told_at, parcel_release_told_at) END"
    port = "coalesce(paper.unloading_port, manifest.discharge_port, cargo.discharge_port, parcel_port, waybill.destination, waybill.master_destination, box_port)"
    made = {
        "decided_at": "coalesce(decided_at, parcel_released_at)",
        "released_at": freed,
        "stage": f"CASE WHEN {freed} <= as_of THEN 'released' WHEN paper IS NOT NULL OR bag.declared THEN 'declared' WHEN listed IS NOT NULL THEN 'listed' "
                 f"WHEN cargo IS NOT NULL OR manifest IS NOT NULL OR waybill IS NOT NULL OR parcel_arrived_at IS NOT NULL OR {is_bag} THEN 'manifest' ELSE 'ordered' END",
        "office_code": f"coalesce(substr(paper.declaration_office_id, 1, 3), shed_office, scan_office, {_one_of(port, ports)}, {_one_of('kind', offices)})",
        "declaration_no": "paper.declaration_no",
        "declaration_nos": "coalesce(declaration_nos, CASE WHEN paper IS NOT NULL THEN array(paper.declaration_no) END)",
        "list_no": "listed.list_no",
        "cargo_control_no": f"coalesce(cargo.cargo_control_no, manifest.cargo_control_no, {keys.cargo('paper.cargo_control_no')})",
        "master_bl": "coalesce(" + ", ".join(keys.bill(f"{c}") for c in (
            "paper.master_bl", "cargo.master_bl", "manifest.master_bl", "waybill.master_awb_plain", "parcel.mawb_no", "listed.mawb_no", "box_bill")) + ")",
        "house_bl": "coalesce(" + ", ".join(keys.bill(f"{c}") for c in (
            "paper.house_bl", "cargo.house_bl", "manifest.house_bl", "waybill.house_awb_plain", "parcel.hawb_no", "listed.hawb_no")) + ")",
        "container_nos": "array_sort(array_distinct(array_compact(concat("
                         f"{keys.containers('coalesce(paper.container_nos, array())')}, {keys.containers('coalesce(manifest.container_nos, array())')}, "
                         f"array({keys.container('cargo.container_no')}), CASE WHEN {is_box} THEN coalesce(boxes, array()) ELSE array() END))))",
        "order_nos": "coalesce(order_numbers, paper.order_nos)",
        "bag_tag": "bag.bag_tag",
        "first_known_at": "first_linked_at",
        "arrived_at": "coalesce(bag.arrived_at, berthed_at, parcel_arrived_at, off_at, manifest.arrived_at, CAST(cargo.arrived_on AS TIMESTAMP))",
        "release_known_at": told,
        "last_fact_at": "last_linked_at",
        "is_bound_for_korea": f"coalesce(cargo.cargo_type, '') NOT RLIKE '환적|수출|통과' AND coalesce({port}, CASE WHEN {is_box} OR box_facts > 0 THEN '' ELSE 'KR' END) RLIKE {_KOREA}",
        "is_superseded": "coalesce(paper IS NULL AND bag IS NULL AND (array_contains(superseding, 'merged') OR (array_contains(superseding, 'houses') "
                         f"AND cargo IS NULL) OR (array_contains(superseding, 'bills') AND {is_box})), false)",
        "known_at": "as_of",
    }
    return rows.select("shipment_id", *(F.expr(made.get(f.name, f.name if f.name in rows.columns else "NULL")).cast(f.spark_type).alias(f.name)
                                        for f in SHIPMENT.fields if f.name != "shipment_id"))


def _one_of(column: str, named: Mapping[str, str]) -> str:
    """Spark SQL of what a value is declared to stand for."""
    whens = " ".join(f"WHEN '{value}' THEN '{meant}'" for value, meant in named.items())
    return f"CASE {column} {whens} END" if named else "CAST(NULL AS STRING)"
