"""Contradictions of cargo on a small simulated world: what truly shows is found, whether it is fraud or an honest accident."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from pyspark.sql import SparkSession
from shown_evidence import evidence, matched, recall

from fusion.contradictions import contradictions
from fusion.describe import describe
from fusion.records import Records
from fusion.tables import SHIPMENT
from jobs.walk import STEPS, Walk
from lakehouse.clock import end_of, sql_instant
from lakehouse.lake import Lake
from lakehouse.settings import load_settings
from simulation.scenario import Kinds, load_scenario
from simulation.world import simulate

END, SHIPMENTS, DAYS, SEED = date(2026, 6, 30), 380, 14, 22
# Much fraud, and more of the kinds that containers show, so that a small world holds some of everything.
CROOKED = load_scenario("calm").model_copy(update={"kinds": Kinds(), "illicit": 0.35, "typologies": {"container_diverted": 1.5}})
# What words say of a tariff line takes more declared goods to learn from than so small a world has, a scan another family of rules.
NOT_BY_THESE_RULES = ("words", "bill_words", "scan")
LEAST_RECALL = 0.95


@pytest.fixture(scope="module")
def told(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The evidence of the world and whether it was found, after one pass over its history."""
    out = tmp_path_factory.mktemp("crooked")
    simulate(out / "landing", SHIPMENTS, DAYS, SEED, END, scenario=CROOKED)
    lake = Lake(str(out / "lake"))
    before = STEPS["history"]
    STEPS["history"] = tuple(step for step in before if step[0] in ("ingest", "refine", "check", "assemble"))
    try:
        Walk(lambda: spark, lake, load_settings({}), lambda said: None).night(END, out / "landing", "history")
    finally:
        STEPS["history"] = before
    return found_in(spark, lake, out / "landing/truth")


def found_in(spark: SparkSession, lake: Lake, truth: Path) -> pd.DataFrame:
    current = lake.current(spark, SHIPMENT).select("shipment_id", "declaration_no", "cargo_control_no").localCheckpoint()
    spine = current.selectExpr("shipment_id", f"{sql_instant(end_of(END))} AS as_of")
    found = contradictions(describe(Records.of(spark, lake, spine)).localCheckpoint())
    return matched(evidence(truth), current.toPandas(), found.select("shipment_id", "type", "rule", "severity", "left_feed", "right_feed").toPandas())


@pytest.mark.spark
def test_what_shows_is_found(told: pd.DataFrame) -> None:
    mine = told[~told["rule"].isin(NOT_BY_THESE_RULES)]
    by_type = recall(mine, "type")
    assert set(by_type.index) >= {"weight", "packages", "origin", "route", "seal", "timing", "identity", "value"}
    assert (by_type["mean"] >= LEAST_RECALL).all(), recall(mine, "rule").to_string()
