from datetime import datetime
from functools import reduce
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from lakehouse.clock import KOREA
from lakehouse.errors import CallerError
from lakehouse.settings import load_settings, load_yaml
from models.lanes import OUTSIDE_ID, with_lane, with_rank
from models.select import read_offices, select
from models.tables import SELECTION

pytestmark = pytest.mark.spark
OFFICES = read_offices({"default": {"capacity": 4, "random_share": 0.25, "explore_share": 0.25, "revenue_share": 0},
                        "offices": {"010": {"capacity": 20, "random_share": 0.1, "explore_share": 0.1, "revenue_share": 0.25}}})


def night(spark: SparkSession, rows: int, office: str = "010", mandated: str = "false", day: str = "2026-06-30") -> DataFrame:
    """Shipments of one office; number 0 scores highest, the highest number has the highest expected revenue."""
    scores = spark.range(rows).selectExpr(
        f"concat('s', {office!r}, '-', id) AS shipment_id", f"concat('M', lpad(id, 6, '0'), {office!r}) AS outside_id",
        f"DATE '{day}' AS business_date",
        f"TIMESTAMP '{day} 23:59:59' AS as_of", f"{office!r} AS office_code", "-CAST(id AS DOUBLE) / 100 AS score",
        f"greatest(0.7 - id / {rows}D, 0.0D) AS probability", "CAST(id AS DOUBLE) AS expected_revenue_krw",
        f"({mandated}) AS is_mandated", "id")
    return with_rank(with_lane(scores, load_settings({})))


def number(row: dict[str, Any]) -> int:
    return int(row["shipment_id"].rsplit("-", 1)[1])


def chosen(frame: DataFrame, seed: str = "seed") -> list[dict[str, Any]]:
    return [row.asDict() for row in select(frame, OFFICES, seed).orderBy("office_code", "position").collect()]


def test_lanes_follow_the_cut_offs_and_ties_the_rule(spark: SparkSession) -> None:
    rows = [("010", 0.5, 1.0, 10.0, "B"), ("010", 0.25, 1.0, 10.0, "A"), ("010", 0.2499, 1.0, 99.0, "C"), ("010", 0.0999, 2.0, 0.0, "D"),
            ("020", 0.1, -5.0, None, "E")]
    schema = "office_code string, probability double, score double, expected_revenue_krw double, outside_id string"
    frame = spark.createDataFrame(rows, schema)
    ranked = with_rank(with_lane(frame.withColumn("as_of", F.lit(datetime(2026, 6, 30, tzinfo=KOREA))).repartition(3), load_settings({})))
    found = {row.outside_id: (row.lane, row["rank"]) for row in ranked.collect()}
    assert found == {"D": ("green", 1), "C": ("yellow", 2), "A": ("orange", 3), "B": ("red", 4), "E": ("yellow", 1)}


def test_the_outside_identifier_is_the_first_there_is(spark: SparkSession) -> None:
    schema = ("declaration_no string, list_no string, cargo_control_no string, house_bl string, tracking_no string, master_bl string, "
              "container_nos array<string>, order_nos array<string>, bag_tag string")
    rows = [("D", None, "C", None, None, None, [], None, None),
            (None, None, None, None, None, None, ["K"], None, "T"), (None,) * 8 + ("T",)]
    assert [row[0] for row in spark.createDataFrame(rows, schema).select(F.expr(OUTSIDE_ID)).collect()] == ["D", "K", "T"]  # type: ignore[type-var]


def test_an_office_gets_its_capacity_by_reason_with_honest_probabilities(spark: SparkSession) -> None:
    listed = chosen(night(spark, 1000))
    assert [row["position"] for row in listed] == list(range(1, 21)) and set(listed[0]) == set(SELECTION.columns)
    by_reason = {reason: [row for row in listed if row["reason"] == reason] for reason in ("model", "explore", "random")}
    assert {reason: len(rows) for reason, rows in by_reason.items()} == {"model": 16, "explore": 2, "random": 2}
    numbers = {reason: sorted(number(row) for row in rows) for reason, rows in by_reason.items()}
    assert numbers["model"] == [*range(12), *range(996, 1000)]  # Twelve by rank, four by expected revenue.
    assert all(12 <= n < 32 for n in numbers["explore"]) and all(32 <= n < 996 for n in numbers["random"])
    chances = {reason: {row["inclusion_probability"] for row in rows} for reason, rows in by_reason.items()}
    assert chances == {"model": {1.0}, "explore": {2 / 20}, "random": {2 / 964}}


def test_actions_follow_lanes_and_draws_are_looked_at(spark: SparkSession) -> None:
    listed = chosen(night(spark, 30))
    actions = {(row["reason"], row["action"]) for row in listed}
    assert ("model", "open") in actions and ("explore", "documents") not in actions
    assert all(action == "open" for reason, action in actions if reason == "random")
    by_number = {number(row): row for row in listed if row["reason"] == "model"}
    assert by_number[0]["action"] == "open" and by_number[8]["action"] == "scan" and by_number[29]["action"] == "documents"


NIGHTS: dict[str, tuple[int, str, dict[str, int]]] = {
    "three in all": (3, "false", {"model": 3}),
    "one short": (19, "false", {"model": 16, "explore": 2, "random": 1}),
    "just enough": (20, "false", {"model": 16, "explore": 2, "random": 2}),
    "some mandates": (300, "id % 20 = 19", {"mandate": 15, "random": 2, "explore": 2, "model": 1}),
    "mandates beyond": (300, "id >= 100", {"mandate": 20}),
    "mandates all but one": (300, "id >= 281", {"mandate": 19, "random": 1}),
    "default": (200, "false", {"model": 2, "explore": 1, "random": 1}),
}


def test_never_more_than_capacity_and_no_place_left_empty(spark: SparkSession) -> None:
    """Each night is one of an office of its own; the last has none of its own and takes the default."""
    frames = [night(spark, rows, office=office, mandated=mandated) for office, (rows, mandated, _) in NIGHTS.items()]
    offices = {"": OFFICES[""]} | {office: OFFICES["010"] for office in NIGHTS if office != "default"}
    every = [row.asDict() for row in select(reduce(DataFrame.unionByName, frames), offices, "seed").orderBy("position").collect()]
    for office, (_, _, expected) in NIGHTS.items():
        listed = [row for row in every if row["office_code"] == office]
        assert {reason: sum(row["reason"] == reason for row in listed) for reason in expected} == expected, office
        assert len(listed) == sum(expected.values()) == len({row["shipment_id"] for row in listed})
        assert [row["position"] for row in listed] == list(range(1, len(listed) + 1))
        if "mandate" in expected:
            assert listed[0]["reason"] == "mandate" and listed[0]["action"] == "open"


def test_no_shipment_selects_nothing(spark: SparkSession) -> None:
    assert chosen(night(spark, 0)) == []


def test_the_lot_is_the_same_again_and_other_on_another_day_or_seed(spark: SparkSession) -> None:
    def drawn(frame: DataFrame, seed: str = "seed") -> set[str]:
        return {row["shipment_id"] for row in chosen(frame, seed) if row["reason"] in ("random", "explore")}

    once = drawn(night(spark, 1000))
    assert once == drawn(night(spark, 1000).repartition(7)) and once != drawn(night(spark, 1000), "other")
    assert once != drawn(night(spark, 1000, day="2026-07-01"))


def test_every_candidate_is_drawn_as_often_as_its_probability_says(spark: SparkSession) -> None:
    days = night(spark, 40).drop("business_date").crossJoin(
        spark.range(300).selectExpr("date_add(DATE '2026-01-01', CAST(id AS INT)) AS business_date"))
    listed = select(days, OFFICES, "seed").where("reason IN ('random', 'explore')")
    often = {row.shipment_id: (row.times, row.expected) for row in listed.groupBy("shipment_id").agg(
        F.count("*").alias("times"), (300 * F.max("inclusion_probability")).alias("expected")).collect()}
    assert len(often) == 24  # Every shipment that is not the model's can be drawn.
    for times, expected in often.values():
        assert abs(times - expected) < 5 * expected**0.5


@pytest.mark.parametrize("wrong", [{"capacity": -1}, {"random_share": 0.7, "explore_share": 0.5}, {"capacity": "many"}])
def test_a_wrong_office_is_refused_and_the_shipped_file_is_right(wrong: dict[str, Any]) -> None:
    with pytest.raises(CallerError, match="010"):
        read_offices({"offices": {"010": wrong}})
    shipped = read_offices(load_yaml("offices.yaml"))
    assert shipped[""]["capacity"] == 20 and shipped["030"]["capacity"] == 30 and shipped["030"]["random_share"] == 0.1
