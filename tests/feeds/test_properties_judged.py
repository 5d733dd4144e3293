"""Check digits, masses and identifiers as Spark says them, beside other ways of working them out."""

from decimal import Decimal
from random import Random

import pytest
from pyspark.sql import SparkSession
from test_properties import horner

from feeds import air_waybill
from feeds.expressions import wrong_check_digit, wrong_imo_digit
from feeds.readers.edifact_values import MASS_UNITS
from fusion.keys import bill, cargo, container, kilograms

_RNG = Random(20260105)
_KILOGRAMS = {"KG": "1", "G": "0.001", "T": "1000", "LB": "0.45359237"} | dict.fromkeys(("KGM", "KGS"), "1") | {"GRM": "0.001", "TNE": "1000", "TON": "1000", "LBR": "0.45359237", "LBS": "0.45359237"}


def digits(many: int) -> str:
    return "".join(_RNG.choice("0123456789") for _ in range(many))


def said(spark: SparkSession, sql: str, *values: tuple[str | None, ...]) -> list[object]:
    """What Spark says of each row of texts a, b."""
    rows = [(place, *value, *[None] * (2 - len(value))) for place, value in enumerate(values)]
    frame = spark.createDataFrame(rows, "place int, a string, b string").selectExpr("place", f"{sql} AS said").orderBy("place")
    return [row["said"] for row in frame.collect()]


@pytest.mark.spark
def test_container_numbers_by_two_ways(spark: SparkSession) -> None:
    numbers = ["".join(_RNG.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for _ in range(4)) + digits(7) for _ in range(300)]
    assert said(spark, wrong_check_digit("a"), *((number,) for number in numbers)) == [horner(number[:10]) != int(number[10]) for number in numbers]


@pytest.mark.spark
def test_imo_numbers_by_two_ways(spark: SparkSession) -> None:
    numbers = ["9074729", "9074728", *(digits(7) for _ in range(300))]

    def is_wrong(number: str) -> bool:
        # Sums of ever longer beginnings weigh the first digit most; each is then told once more.
        sums = [sum(map(int, number[:length])) for length in range(1, 7)]
        return (sum(sums) + sums[-1]) % 10 != int(number[6])

    assert said(spark, wrong_imo_digit("a"), *((number,) for number in numbers)) == [is_wrong(number) for number in numbers]


@pytest.mark.spark
def test_waybill_numbers_by_two_ways(spark: SparkSession) -> None:
    numbers = ["18012345675", "18012345674", *(digits(11) for _ in range(300))]

    def is_wrong(number: str) -> bool:
        remainder = 0
        for digit in number[3:10]:
            remainder = (remainder * 10 + int(digit)) % 7
        return remainder != int(number[10])

    sql = dict(air_waybill.FEED.findings)["waybill.check_digit"].replace("master_awb_plain", "a")
    assert said(spark, sql, *((number,) for number in numbers)) == [is_wrong(number) for number in numbers]


@pytest.mark.spark
def test_masses_are_kilograms_whatever_their_unit(spark: SparkSession) -> None:
    given = [(str(Decimal(_RNG.randrange(1, 10**9)) / 1000), unit) for unit in (*_KILOGRAMS, "kg", " lbr ", "", None) for _ in range(10)]
    told = said(spark, kilograms("CAST(a AS DOUBLE)", "b"), *given)
    expected = [Decimal(amount) * Decimal(_KILOGRAMS[(unit or "").strip().upper() or "KG"]) for amount, unit in given]
    assert [float(wanted) for wanted in expected] == pytest.approx(told, rel=1e-12)
    assert said(spark, kilograms("CAST(a AS DOUBLE)", "b"), ("1", "STN"), ("1", "PIECES"), (None, "KG")) == [None, None, None]
    assert set(_KILOGRAMS) >= set(MASS_UNITS)


@pytest.mark.spark
def test_identifiers_are_one_however_they_are_written(spark: SparkSession) -> None:
    plain = ["HLCUSHA2601ABCD", "18012345675", "CSQU3054383", "26HSLI0133I10010001"]
    ways = [lambda text: text, str.lower, lambda text: f" {text[:4]}-{text[4:]} ", " ".join, lambda text: "\t".join((text[:5], text[5:]))]
    for of, numbers in ((bill, plain[:2]), (container, plain[2:3]), (cargo, plain[3:])):
        for number in numbers:
            assert set(said(spark, of("a"), *((way(number),) for way in ways))) == {number}
            assert said(spark, of("a"), (number,)) == said(spark, of(of("a")), (number,))
