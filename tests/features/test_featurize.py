"""Featurize on frames that hold nothing, nothing but NULL, and random values; nothing from the future."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from features.catalogue import BY_NAME, FEATURES, names_in
from features.featurize import featurize
from features.leak import columns_from_future
from features.tables import FEATURE
from fusion.describe import DESCRIBED
from fusion.described import DECLARED
from lakehouse.field import Field

START = datetime(2026, 1, 1, tzinfo=UTC)
NOON = START + timedelta(days=30)
_CODES = {"hs6": ["070310", "851830"], "hs4": ["0703", "8518"], "hs2": ["07", "85"], "origin_country": ["CN", "US"],
          "regime_code": ["A", "FCN1", "FEU1"], "terms_code": ["FOB", "CIF"], "goods_text": ["PARTS OF RADIO", "마늘", "..."],
          "cargo_goods_text": ["radio sets", "GARLIC", ""]}  # fmt: skip


def _value(field: Field, rng: np.random.Generator) -> Any:
    if rng.random() < 0.15:
        return None
    made = {
        "double": lambda: float(rng.choice([0.0, -1.0, 1.0, 37.5, 1e6, 1e308, float("nan"), float(np.exp(rng.normal(5, 2)))])),
        "boolean": lambda: bool(rng.random() < 0.5),
        "timestamp": lambda: START + timedelta(hours=int(rng.integers(0, 700))),
        "date": lambda: date(2026, 1, int(rng.integers(1, 31))),
        "array<string>": lambda: [str(code) for code in rng.choice(["A", "B", "KR 1"], rng.integers(0, 3))],
        "string": lambda: str(rng.choice(_CODES.get(field.name, ["A", "B"]))),
    }
    return made[field.type]()


def frames(spark: SparkSession, rows: int) -> tuple[DataFrame, DataFrame, DataFrame]:
    """Random described shipments as of two instants, with the facts of all of them, some known after both."""
    rng = np.random.default_rng(7)
    described = ", ".join(f"{f.name} {f.spark_type}" for f in DESCRIBED)
    data = [(f"s{n}", START + timedelta(days=int(rng.integers(0, 60))), *(_value(f, rng) for f in DESCRIBED)) for n in range(rows)]
    everything = spark.createDataFrame(data, f"shipment_id string, known_at timestamp, {described}")
    declared = everything.select("shipment_id", "known_at", *(f.name for f in DECLARED))
    outcomes = declared.selectExpr(
        "*",
        "known_at AS inspected_at",
        "hash(shipment_id) % 3 = 0 AS illicit",
        "'minor' AS severity",
        "1e6D AS revenue_krw",
        "'random' AS selected_by",
    )
    instants = F.explode(F.array(F.lit(NOON), F.lit(NOON + timedelta(days=9)))).alias("as_of")
    spine = everything.select("shipment_id", instants, *(f.name for f in DESCRIBED))
    return spine, declared, outcomes


@pytest.mark.spark
def test_features_on_empty_null_and_random_frames(spark: SparkSession) -> None:
    spine, declared, outcomes = frames(spark, 40)
    nothing = spine.limit(1).select(
        F.lit("null").alias("shipment_id"), "as_of", *(F.lit(None).cast(f.spark_type).alias(f.name) for f in DESCRIBED)
    )
    features = featurize(spine.unionByName(nothing), declared, outcomes)
    assert dict(features.dtypes) == {f.name: f.spark_type for f in FEATURE.fields}
    rows = features.collect()
    assert len(rows) == 81
    bare = next(row for row in rows if row["shipment_id"] == "null")
    # Of nothing no contradiction is known, which is a count; nothing else is.
    known = {name for name in BY_NAME if bare[name] is not None}
    assert {BY_NAME[name].theme for name in known} == {"contradiction"} and not any(bare[name] for name in known)
    # Rates of all, norms that are the same for everybody, and counts: of contradictions, of what was compared.
    same = {key for f in FEATURES for key, sql in f.numbers.items() if not names_in(sql)}
    assert set(bare["norms"]) <= {f"{entity}_violation_rate" for entity in _rated()} | same | {"evidence_prior.shown", "buyer_differences"}
    for row in rows:
        assert all(np.isfinite(row[f.name]) for f in FEATURES if f.type == "double" and row[f.name] is not None)
        assert all(np.isfinite(number) for number in row["norms"].values())
    assert featurize(spine.limit(0), declared.limit(0), outcomes.limit(0)).count() == 0


def _rated() -> list[str]:
    return [name.removesuffix("_violation_rate") for name in BY_NAME if name.endswith("_violation_rate")]


@pytest.mark.spark
def test_nothing_from_the_future(spark: SparkSession) -> None:
    spine, declared, outcomes = given = frames(spark, 40)
    for frame in given:
        frame.cache()
    assert columns_from_future(featurize, spine, declared, outcomes, NOON) == []

    def leaking(spine: DataFrame, declarations: DataFrame, outcomes: DataFrame) -> DataFrame:
        later = outcomes.groupBy("importer_id").agg(F.avg(F.col("illicit").cast("int")).alias("rate"))
        return spine.join(later, on="importer_id", how="left").select("shipment_id", "as_of", "rate", "hs6")

    assert columns_from_future(leaking, spine, declared, outcomes, NOON) == ["rate"]
    for frame in given:
        frame.unpersist()
