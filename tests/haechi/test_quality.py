"""`haechi checks`: the newest results of each feed, and Great Expectations' pages on request."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from schemas import assert_valid

from feeds import exchange_rate
from haechi.cli import run
from jobs.walk import Walk
from lakehouse.clock import KOREA
from lakehouse.lake import Lake
from lakehouse.ops import CHECK
from lakehouse.settings import load_settings


def result(**changes: object) -> dict[str, object]:
    return {"run_id": "r1", "feed": "order", "expectation": "expect_a", "column": "x", "rows": 3, "unexpected": 0, "is_met": True,
            "known_at": datetime(2026, 6, 1, tzinfo=KOREA)} | changes


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    capsys.readouterr()
    assert run(["checks", *words, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert_valid("checks", said)
    return said


def test_only_the_newest_check_of_a_feed_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lake = Lake(str(tmp_path / "lake"))
    newer = {"run_id": "r2", "known_at": datetime(2026, 6, 2, tzinfo=KOREA)}
    lake.append_rows([result(), result(**newer, is_met=False, unexpected=2), result(feed="courier+order", expectation="parcel.ordered_before_shipped")], CHECK)
    assert [(row["feed"], row["unexpected"]) for row in told(capsys, "--lake", lake.root)["checks"]] == [("courier+order", 0), ("order", 2)]
    assert [row["feed"] for row in told(capsys, "courier", "--lake", lake.root)["checks"]] == ["courier+order"]
    assert [row["unexpected"] for row in told(capsys, "--unmet", "--lake", lake.root)["checks"]] == [2]


@pytest.mark.spark
def test_the_pages_are_written_on_request(spark: SparkSession, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    landing, lake = tmp_path / "landing", Lake(str(tmp_path / "lake"))
    (landing / "exchange_rate").mkdir(parents=True)
    (landing / "exchange_rate/rates.csv").write_text("currency,valid_from,krw_per_unit\nUSD,2026-01-01,1400\n", encoding="utf-8")
    Walk(lambda: spark, lake, load_settings({}), print).ingest(landing, (exchange_rate.FEED.name,))
    said = told(capsys, "--lake", lake.root, "--out", str(tmp_path / "pages"))
    assert said["checks"] and all(row["is_met"] for row in said["checks"])
    assert "exchange_rate" in Path(said["data_docs"]).read_text(encoding="utf-8")
