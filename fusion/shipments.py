"""Shipments as they stand: one row for each whose facts changed, appended."""

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from feeds import cargo_progress, declaration
from feeds.cargo_progress import CARRY_OUT_STEP, RELEASE_STEPS
from fusion import keys
from fusion.observed import cargo_state
from fusion.tables import LINK, SHIPMENT
from lakehouse.clock import sql_instant
from lakehouse.lake import Lake

# Steps by which customs holds or picks a cargo: they end what a training row may know.
_HOLD = "s.step RLIKE '보류|보완|검사'"
_RELEASE = ", ".join(repr(step) for step in RELEASE_STEPS)


def touched(links: DataFrame, new_records: DataFrame, fresh: DataFrame) -> DataFrame:
    """Shipments that a new record or a new link concerns."""
    by_record = links.join(new_records, ["feed", "record_key"], "left_semi").select("shipment_id")
    return by_record.unionByName(fresh.select("shipment_id")).distinct()


def shipment_states(spark: SparkSession, lake: Lake, shipments: DataFrame, as_of: object) -> DataFrame:
    """The row of gold.shipment of each given shipment from all that is linked to it."""
    # Few beside all that was ever sent: they go to the records.
    links = F.broadcast(lake.read(spark, LINK).join(F.broadcast(shipments), "shipment_id", "left_semi").localCheckpoint())
    papers = _papers(links, lake.read(spark, declaration.FEED.silver))
    cargoes = _cargoes(links, lake.read(spark, cargo_progress.FEED.silver))
    outcomes = links.where("feed = 'outcome'").groupBy("shipment_id").agg(F.max("known_at").alias("outcome_known_at"))
    joined = (shipments.join(papers, "shipment_id", "left").join(cargoes, "shipment_id", "left")
              .join(_siblings(lake.read(spark, LINK), links), "shipment_id", "left").join(outcomes, "shipment_id", "left"))
    return _columns(_released(joined), as_of)


def _papers(links: DataFrame, declarations: DataFrame) -> DataFrame:
    rows = links.where("feed = 'declaration'").select("shipment_id", "record_key").join(declarations, "record_key")
    columns = ("declaration_no", "declaration_office_id", "house_bl", "master_bl", "cargo_control_no", "container_nos", "order_nos", "unloading_port")
    return rows.groupBy("shipment_id").agg(
        F.max_by(F.struct(*columns), F.struct("issued_at", "known_at", "content_hash")).alias("paper"),
        F.min("known_at").alias("paper_first"), F.max("known_at").alias("paper_last"))


def _cargoes(links: DataFrame, answers: DataFrame) -> DataFrame:
    rows = links.where("feed = 'cargo_progress'").select("shipment_id", "record_key").join(answers, "record_key")
    known = rows.groupBy("shipment_id").agg(F.max("known_at").alias("cargo_last"))
    state = cargo_state(rows, ["shipment_id"])
    # The release became known with the first answer that told such a step, whichever declaration it is of.
    told = rows.where(f"exists(steps, s -> s.step IN ({_RELEASE}, '{CARRY_OUT_STEP}'))").groupBy("shipment_id").agg(
        F.min("known_at").alias("release_told_at"))
    cargo = F.struct("cargo_control_no", "house_bl", "master_bl", "container_no", "arrived_on", "cargo_type", "steps")
    return (state.select("shipment_id", cargo.alias("cargo"), F.col("first_known_at").alias("cargo_first"))
            .join(known, "shipment_id").join(told, "shipment_id", "left"))


def _siblings(all_links: DataFrame, links: DataFrame) -> DataFrame:
    """Declaration numbers of the shipment's cargo, sorted."""
    cargo = links.where("feed = 'cargo_progress'").select("shipment_id", F.col("record_key").alias("cargo"))
    members = all_links.where("feed = 'cargo_progress'").select(F.col("shipment_id").alias("sibling"), F.col("record_key").alias("cargo"))
    papers = all_links.where("feed = 'declaration'").select(F.col("shipment_id").alias("sibling"), F.col("record_key").alias("paper"))
    return (cargo.join(members, "cargo").join(papers, "sibling").groupBy("shipment_id")
            .agg(F.sort_array(F.collect_set("paper")).alias("declaration_nos")))


def _released(rows: DataFrame) -> DataFrame:
    """Steps of release: of this declaration where the step names one, of the cargo where there is no declaration."""
    mine = "(paper IS NULL OR {no} IS NULL OR {no} = paper.declaration_no OR NOT array_contains(coalesce(declaration_nos, array()), {no}))"
    accepted = f"s.step IN ({_RELEASE}) AND {mine.format(no='s.document_no')}"
    carried = f"s.step = '{CARRY_OUT_STEP}' AND {mine.format(no='s.basis_no')}"
    times = {
        "decided_at": f"array_min(transform(filter(cargo.steps, s -> {accepted}), s -> s.processed_at))",
        "carried_out_at": f"array_min(transform(filter(cargo.steps, s -> {carried}), s -> s.processed_at))",
        "held_at": f"array_min(transform(filter(cargo.steps, s -> {_HOLD}), s -> s.processed_at))",
        "berthed_at": "array_min(transform(filter(cargo.steps, s -> s.step = '입항보고 수리'), s -> s.processed_at))",
        "shed_office": "array_max(transform(filter(cargo.steps, s -> s.shed_code IS NOT NULL), s -> struct(s.processed_at, substr(s.shed_code, 1, 3) AS office))).office",
    }
    return rows.withColumns({name: F.expr(sql) for name, sql in times.items()})


def _columns(rows: DataFrame, as_of: object) -> DataFrame:
    at = sql_instant(as_of)  # type: ignore[arg-type]
    made = {
        "kind": "'cargo'",
        "released_at": "coalesce(decided_at, carried_out_at)",
        "stage": "CASE WHEN coalesce(decided_at, carried_out_at) IS NOT NULL THEN 'released' WHEN paper IS NOT NULL THEN 'declared' ELSE 'manifest' END",
        "office_code": "coalesce(substr(paper.declaration_office_id, 1, 3), shed_office)",
        "declaration_no": "paper.declaration_no",
        "declaration_nos": "coalesce(declaration_nos, CASE WHEN paper IS NOT NULL THEN array(paper.declaration_no) END)",
        "cargo_control_no": f"coalesce(cargo.cargo_control_no, {keys.cargo('paper.cargo_control_no')})",
        "master_bl": f"coalesce({keys.bill('paper.master_bl')}, {keys.bill('cargo.master_bl')})",
        "house_bl": f"coalesce({keys.bill('paper.house_bl')}, {keys.bill('cargo.house_bl')})",
        "container_nos": "array_sort(array_distinct(array_compact(concat(coalesce(paper.container_nos, array()), array(nullif(cargo.container_no, ''))))))",
        "order_nos": "paper.order_nos",
        "first_known_at": "least(paper_first, cargo_first)",
        "arrived_at": "coalesce(berthed_at, CAST(cargo.arrived_on AS TIMESTAMP))",
        "release_known_at": "CASE WHEN coalesce(decided_at, carried_out_at) IS NOT NULL THEN release_told_at END",
        "last_fact_at": "greatest(paper_last, cargo_last, outcome_known_at)",
        "is_bound_for_korea": "coalesce(cargo.cargo_type, '') NOT RLIKE '환적|수출|통과' AND coalesce(paper.unloading_port, 'KR') LIKE 'KR%'",
        "known_at": at,
    }
    return rows.select("shipment_id", *(F.expr(made.get(f.name, f.name if f.name in rows.columns else "NULL")).cast(f.spark_type).alias(f.name)
                                        for f in SHIPMENT.fields if f.name != "shipment_id"))
