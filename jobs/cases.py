"""The index of past cases: what inspections found, by the branches that the model takes each shipment down."""

from typing import Any

from pyspark.sql import functions as F

from features.tables import FEATURE
from fusion.labels import training_spine
from fusion.tables import SHIPMENT
from jobs.context import Run
from jobs.query import plain
from jobs.score import model
from lakehouse.lake import Lake
from models.bundle import Bundle
from models.encoding import Floats
from models.similar import CASE_OFFICE, index_batches, leaves, most_alike
from models.tables import PAST_CASE

_KEY = ["shipment_id", "as_of", "known_at", "model_version"]


def index_cases(run: Run) -> int:
    """Index the outcomes known by now that the model's index lacks; a prior has no branches and no index."""
    bundle = model(run)
    if not bundle.text:
        return 0
    spine = training_spine(run.spark, run.known, run.as_of).select(
        "shipment_id", "as_of", "known_at", "inspected_at", "illicit", "severity", "revenue_krw").withColumn("model_version", F.lit(bundle.version))
    lacking = spine.join(run.lake.read(run.spark, PAST_CASE).select(*_KEY), _KEY, "left_anti")
    # A feature may bear the name office_code too.
    offices = run.known.current(run.spark, SHIPMENT).select("shipment_id", F.col("office_code").alias(CASE_OFFICE))
    features = run.lake.read(run.spark, FEATURE).select("shipment_id", "as_of", *bundle.names)
    rows = lacking.join(offices, "shipment_id", "left").join(features, ["shipment_id", "as_of"])
    return run.lake.append(rows.mapInArrow(index_batches(bundle), PAST_CASE.ddl), PAST_CASE)


def similar_cases(lake: Lake, score: dict[str, Any], bundle: Bundle, row: Floats) -> list[dict[str, Any]]:
    """The past cases most alike to a scored shipment, of outcomes known when it was scored; `row` are the values it was explained by."""
    cases = lake.arrow(PAST_CASE, None, [("model_version", "=", score["model_version"]), ("known_at", "<=", score["as_of"])])
    if not cases.num_rows:
        return []
    mine = leaves(bundle, row[None, :])[0]
    found = most_alike(cases, mine, score["as_of"], score["shipment_id"], score["office_code"])
    ours = [each["shipment_id"] for each in found if each["shipment_id"]]
    states = lake.arrow(SHIPMENT, ("shipment_id", "declaration_no"), [("shipment_id", "in", ours)]).to_pylist() if ours else []
    numbers = {row["shipment_id"]: row["declaration_no"] for row in states}
    return [dict(plain(each | {"declaration_no": numbers.get(each["shipment_id"])})) for each in found]
