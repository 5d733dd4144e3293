"""Step 10, explain: exact contributions and reasons of every scored shipment, frozen as they were."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pyarrow as pa
from pyspark.sql import functions as F

from features.catalogue import FEATURES
from features.feature import Feature
from features.reasons import reasons_for
from features.tables import FEATURE
from jobs.context import Counts, Run
from jobs.score import model, scored_tonight
from lakehouse.clock import sql_instant
from models.score import values_sql
from models.tables import EXPLANATION

_REASON = pa.struct([("code", pa.string()), ("ko", pa.string()), ("en", pa.string()), ("features", pa.list_(pa.string()))])
_KEPT = pa.schema([("shipment_id", pa.string()), ("reasons", pa.list_(_REASON))])
_KEPT_DDL = "shipment_id string, reasons array<struct<code:string,ko:string,en:string,features:array<string>>>"


def run(run: Run) -> Counts:
    """Append the explanation of each score."""
    bundle = model(run)
    by_name = {feature.name: feature for feature in FEATURES}
    declared = [by_name[name] for name in bundle.names]
    values = run.lake.read(run.spark, FEATURE).where(f"as_of = {sql_instant(run.as_of)}").select(
        "shipment_id", F.expr(values_sql(bundle.names)).alias("feature_values"), F.to_json("norms").alias("norms"))
    scored = scored_tonight(run).select("shipment_id", "as_of", "model_version", "base_value", "contributions")
    rows = scored.join(values, "shipment_id").persist()
    reasons = rows.select("shipment_id", "feature_values", "contributions", "norms").mapInArrow(with_reasons(declared), _KEPT_DDL)
    made = rows.join(reasons, "shipment_id").withColumns({
        "features": F.array(*(F.lit(name) for name in bundle.names)), "method": F.lit("shap" if bundle.text else "prior")})
    explained = run.lake.append(made, EXPLANATION)
    rows.unpersist()
    return Counts(explained, explained)


def with_reasons(declared: Sequence[Feature]) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The function of `mapInArrow` that puts contributions into words."""
    def explain(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield pa.RecordBatch.from_pylist([_reasons(row, declared) for row in batch.to_pylist()], _KEPT)

    return explain


def _reasons(row: dict[str, Any], declared: Sequence[Feature]) -> dict[str, Any]:
    norms = json.loads(row["norms"] or "{}")
    told = [(feature, _typed(feature, value), added, norms.get(feature.name))
            for feature, value, added in zip(declared, row["feature_values"], row["contributions"], strict=True)]
    return {"shipment_id": row["shipment_id"], "reasons": [
        {"code": r.code, "ko": r.ko, "en": r.en, "features": list(r.features)} for r in reasons_for(told, columns=norms)]}


def _typed(feature: Feature, value: str | None) -> float | str | None:
    return float(value) if value is not None and feature.type == "double" else value
