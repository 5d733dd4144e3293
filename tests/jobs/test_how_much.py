"""How a run goes about its work by how much there is to do."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from jobs.walk import is_large, is_small
from lakehouse.lake import Lake
from lakehouse.session import keep_together


@pytest.mark.parametrize(("size", "small", "large"), [(0, True, False), (3_900_000, True, False), (4_100_000, False, False), (20_100_000, False, True)])
def test_history_is_small_or_large_by_what_landed(tmp_path: Path, size: int, small: bool, large: bool) -> None:
    for number in range(4):
        (tmp_path / f"{number}.xml").write_bytes(b"x" * (size // 4))
    lake = Lake(str(tmp_path / "lake"))
    assert (is_small(lake, tmp_path), is_large(lake, tmp_path)) == (small, large)


@pytest.mark.spark
def test_few_rows_are_one_tasks_and_the_usual_number_comes_back(spark: SparkSession) -> None:
    def tasks() -> int:
        return spark.range(0, 4000, 1, 2).selectExpr("id % 7 AS key").groupBy("key").count().rdd.getNumPartitions()

    # A run before in the same session may have left it otherwise.
    keep_together(spark, False)
    usual = tasks()
    keep_together(spark, True)
    assert tasks() == 1 < usual
    keep_together(spark, False)
    assert tasks() == usual
