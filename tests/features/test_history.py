"""History columns against a brute force that looks at every fact for every row."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pyspark.sql import DataFrame, SparkSession

from features.feature import History
from features.history import with_history

START = datetime(2026, 1, 1, tzinfo=UTC)
HISTORIES = (
    History("n", ("importer_id",), "declarations"),
    History("n_30", ("importer_id",), "declarations", window_days=30),
    History("n_7", ("importer_id",), "declarations", window_days=7),
    History("first", ("importer_id",), "declarations", aggregate="days_since_first"),
    History("price_mean", ("hs6", "origin_country"), "declarations", "ln(price)", "mean", 30, minimum=2),
    History("price_std", ("hs6", "origin_country"), "declarations", "ln(price)", "std", 30),
    History("price_sum", ("hs6",), "declarations", "price", "sum"),
    History("rate", ("importer_id",), "outcomes", "illicit", "mean", shrinkage=5.0),
    History("rate_30", ("hs6",), "outcomes", "illicit", "mean", 30, shrinkage=2.0),
    History("rate_all", (), "outcomes", "illicit", "mean"),
    History("declared_all", (), "declarations", window_days=7),
)


def world(seed: int, rows: int = 60) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Random declarations, outcomes of some of them, and rows to describe; many instants fall together."""
    rng = np.random.default_rng(seed)
    days = [START + timedelta(days=int(day)) for day in rng.integers(0, 60, rows)]
    declarations = pd.DataFrame(
        {
            "shipment_id": [f"s{number}" for number in range(rows)],
            "known_at": days,
            "importer_id": rng.choice(["가", "나", "다", None], rows),  # type: ignore[arg-type]
            "hs6": rng.choice(["070310", "851830"], rows),
            "origin_country": rng.choice(["CN", "US", None], rows),  # type: ignore[arg-type]
            "price": np.where(rng.random(rows) < 0.2, np.nan, np.round(np.exp(rng.normal(3, 1, rows)), 2)),
        }
    )
    declarations["price"] = pd.Series([None if np.isnan(price) else price for price in declarations["price"]], dtype=object)
    outcomes = declarations.sample(rows // 2, random_state=seed).assign(
        known_at=lambda frame: frame["known_at"] + timedelta(days=5), illicit=lambda frame: rng.random(len(frame)) < 0.4
    )
    spine = declarations.drop(columns=["known_at", "price"]).sample(rows // 2, random_state=seed + 1)
    spine = pd.concat(
        [
            spine.assign(as_of=[START + timedelta(days=int(day)) for day in rng.integers(0, 70, len(spine))]),
            spine.assign(as_of=START + timedelta(days=70, hours=5)),
            # A corrected declaration: described under another importer than its first version was known under.
            spine.assign(as_of=START + timedelta(days=71), importer_id="가"),
        ]
    )
    return spine, declarations, outcomes


def brute(history: History, row: Any, facts: pd.DataFrame) -> float | None:
    """The value of one history for one row by looking at every fact."""
    window = timedelta(days=history.window_days or 10_000)
    known = facts[
        (facts["known_at"] <= row["as_of"]) & (facts["known_at"] > row["as_of"] - window) & (facts["shipment_id"] != row["shipment_id"])
    ]
    if any(pd.isna(row[part]) for part in history.key):
        return None
    mine = known
    for part in history.key:
        mine = mine[mine[part] == row[part]]
    if history.aggregate == "days_since_first":
        # The shipment's own fact may be the first of several.
        own = facts[(facts["shipment_id"] == row["shipment_id"]) & (facts["known_at"] <= row["as_of"]) & (facts[history.key[0]] == row[history.key[0]])]
        return (row["as_of"] - pd.concat([mine, own])["known_at"].min()).total_seconds() / 86_400 if len(mine) else None
    values, everyone = measured(history, mine), measured(history, known)
    if history.aggregate in ("count", "sum"):
        return float(len(values)) if history.aggregate == "count" else float(values.sum())
    if history.aggregate == "std":
        return float(values.std(ddof=1)) if len(values) >= max(2, history.minimum) else None
    if history.shrinkage:
        prior = everyone.mean() if len(everyone) else np.nan
        value = (values.sum() + history.shrinkage * prior) / (len(values) + history.shrinkage)
        return None if np.isnan(value) else float(value)
    return float(values.mean()) if len(values) >= max(1, history.minimum) else None


def measured(history: History, facts: pd.DataFrame) -> "pd.Series[float]":
    if history.measure == "1":
        return pd.Series(np.ones(len(facts)))
    numbers = facts[{"ln(price)": "price"}.get(history.measure, history.measure)].astype(float).dropna()
    return numbers.map(np.log) if history.measure == "ln(price)" else numbers


def frames(spark: SparkSession, seed: int) -> tuple[DataFrame, DataFrame, DataFrame]:
    spine, declarations, outcomes = world(seed)
    entities = "shipment_id string, importer_id string, hs6 string, origin_country string"
    columns = ["shipment_id", "importer_id", "hs6", "origin_country"]
    return (
        spark.createDataFrame(spine[[*columns, "as_of"]], f"{entities}, as_of timestamp"),
        spark.createDataFrame(declarations[[*columns, "known_at", "price"]], f"{entities}, known_at timestamp, price double"),
        spark.createDataFrame(outcomes[[*columns, "known_at", "illicit"]], f"{entities}, known_at timestamp, illicit boolean"),
    )


@pytest.mark.spark
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_history_equals_brute_force(spark: SparkSession, seed: int) -> None:
    spine, declarations, outcomes = world(seed)
    rows = with_history(*frames(spark, seed), HISTORIES).collect()
    got = {(row["shipment_id"], row["as_of"].timestamp()): row for row in rows}
    assert len(rows) == len(spine) == len(got)
    for _, row in spine.iterrows():
        found = got[row["shipment_id"], row["as_of"].timestamp()]
        for history in HISTORIES:
            wanted = brute(history, row, declarations if history.source == "declarations" else outcomes)
            assert (found[history.name] is None) == (wanted is None), (history.name, dict(row), found, wanted)
            assert wanted is None or found[history.name] == pytest.approx(wanted, abs=3e-4), (history.name, dict(row))
