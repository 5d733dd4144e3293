"""What words say of tariff lines: learned from what was declared in whole weeks before, and from nothing later."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from pyspark.sql import SparkSession
from tiny_lake import Row, assemble, day, observed, shipment_of, silver

from fusion.goods.words import new_words
from fusion.observers.goods import GOODS
from fusion.records import BY
from fusion.tables import GOODS_WORD
from lakehouse.lake import Lake

# Monday the 4th and those after it, counted from START, Friday the 1st.
MONDAYS = (3.0, 10.0, 17.0)
LEATHER, TEXTILE, BEEF = "4202211010", "4202221000", "0202300000"
TAUGHT = ((LEATHER, "LEATHER HANDBAG"), (LEATHER, "가죽 핸드백"), (TEXTILE, "TEXTILE HANDBAG"), (BEEF, "FROZEN BONELESS BEEF"), (BEEF, "냉동쇠고기"))


def declared(number: int, known: float, hs: str, text: str, **fields: str) -> tuple[str, float, Row]:
    items = [{"hs_code": hs, "cargo_description": text, "value_krw": 1000.0}]
    return f"D{number:05d}", known, {"declaration_no": f"D{number:05d}", "items": items, "arrived_on": day(known).date(), **fields}


@pytest.fixture(scope="module")
def lake(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """Three weeks of goods declared as they are, and cargoes whose papers speak of other goods."""
    lake = Lake(str(tmp_path_factory.mktemp("goods")))
    taught = [declared(number, number % 3 * 7 - 0.5, *TAUGHT[number % len(TAUGHT)]) for number in range(150)]
    told = [declared(901, 18.0, BEEF, "BEEF FROZEN", cargo_control_no="26TEST0000I00010001"), declared(902, 18.0, BEEF, "LADIES LEATHER HANDBAGS", cargo_control_no="26TEST0000I00010002"),
            declared(903, 18.0, BEEF, "FROZEN BEEF", cargo_control_no="26TEST0000I00010003"), declared(904, 18.0, "9999990000", "LEATHER HANDBAG", cargo_control_no="26TEST0000I00010004")]
    silver(lake, "declaration", [*taught, *told])
    silver(lake, "manifest", [(f"26TEST0000I0001000{number}", 18.0, {"cargo_control_no": f"26TEST0000I0001000{number}", "goods": goods, "arrived_at": day(18)})
                              for number, goods in ((1, "BONELESS BEEF"), (2, None), (3, "LEATHER HANDBAG"), (4, None))])
    assemble(spark, lake)
    for monday in MONDAYS:
        if (counted := new_words(spark, lake.known(day(monday + 0.5)), day(monday + 0.5))) is not None:
            lake.append(counted, GOODS_WORD)
    return lake


def seen(spark: SparkSession, lake: Lake, asked: Mapping[int, float]) -> Mapping[int, Row]:
    """What the words tell of each of the declarations as of a day."""
    at = {(shipment_of(lake, "manifest", f"26TEST0000I000100{number - 900:02d}"), day(known)): number for number, known in asked.items()}
    found = observed(spark, lake, GOODS, list(at))
    return {at[key]: {name: value for name, value in row.items() if name not in BY} for key, row in found.items()}


@pytest.mark.spark
def test_each_week_is_counted_once_when_it_has_ended(spark: SparkSession, lake: Lake) -> None:
    rows = lake.arrow(GOODS_WORD).to_pylist()
    assert {row["week_on"].isoformat() for row in rows} == {"2026-04-27", "2026-05-04", "2026-05-11"}
    assert sum(row["items"] for row in rows if not row["word"]) == 150
    assert all(row["known_at"] >= datetime.combine(row["week_on"], datetime.min.time(), UTC) for row in rows)
    assert new_words(spark, lake, day(18)) is None


@pytest.mark.spark
def test_words_speak_for_the_line_they_were_declared_under(spark: SparkSession, lake: Lake) -> None:
    told = seen(spark, lake, dict.fromkeys((901, 902, 903, 904), 18.5))
    right, wrong, shipped = told[901], told[902], told[903]
    assert right["declared_heading_share"] > 0.95 and right["papers_heading_share"] > 0.95 and right["declared_points_to"] is None
    assert wrong["declared_heading_share"] < 0.02 and wrong["declared_points_to"] == "420221"
    assert shipped["declared_points_to"] is None and shipped["papers_points_to"] == "420221"
    # A heading hardly ever declared is not held against its words.
    assert told[904]["declared_points_to"] is None


@pytest.mark.spark
def test_only_weeks_before_count(spark: SparkSession, lake: Lake) -> None:
    before = seen(spark, lake, {902: 18.5})
    # What is declared later, in that very week and after it, changes nothing of what was told; the next week it counts.
    silver(lake, "declaration", [declared(1000 + number, 18.6, BEEF, "LADIES LEATHER HANDBAGS") for number in range(60)])
    counted = new_words(spark, lake, day(24.5))
    assert counted is not None
    lake.append(counted, GOODS_WORD)
    assert seen(spark, lake, {902: 18.5}) == before
    assert seen(spark, lake, {902: 24.5})[902]["declared_points_to"] is None
