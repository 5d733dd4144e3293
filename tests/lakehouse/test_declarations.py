"""Texts, fields, tables and settings: what is declared wrongly cannot be imported, what derives is right."""

from datetime import UTC, datetime

import pytest

from lakehouse.clock import end_of, parse_date, parse_instant
from lakehouse.errors import CallerError
from lakehouse.field import Field
from lakehouse.settings import SETTINGS, load_settings
from lakehouse.table import Table
from lakehouse.text import Text, particles


def test_a_text_needs_both_languages() -> None:
    with pytest.raises(ValueError, match="no ko wording"):
        Text("", "only English")


@pytest.mark.parametrize(("written", "read"), [
    ("중량은(는)", "중량은"), ("단가은(는)", "단가는"), ("항구으로(로)", "항구로"), ("부산항으로(로)", "부산항으로"), ("서울으로(로)", "서울로"),
    ("3이(가)", "3이"), ("2이(가)", "2가"), ("BL을(를)", "BL을"), ("kg과(와)", "kg와"),
    ("9.0㎏과(와)", "9.0㎏과"), ("5%으로(로)", "5%로"), ("9.0㎏(VGM)과(와)", "9.0㎏(VGM)과"), ("인천(IC)으로(로)", "인천(IC)으로"), ("단가(원)은(는)", "단가(원)는"),
])
def test_korean_particles_follow_the_sound_before_them(written: str, read: str) -> None:
    assert particles(written) == read


def test_a_sentence_without_its_numbers_reads_as_dashes() -> None:
    said = Text("값 {value:,.1f}㎏", "value {value:,.1f} kg").render({"value": None})
    assert (said.ko, said.en) == ("값 –㎏", "value – kg")


def test_a_table_refuses_unknown_keys() -> None:
    with pytest.raises(ValueError, match="unknown or repeated"):
        Table("gold", "t", Text("가", "t"), (Field("a", "string", Text("가", "a")),), key=("b",))


def test_a_field_refuses_unknown_types() -> None:
    with pytest.raises(ValueError, match="type"):
        Field("a", "varchar", Text("가", "a"))


def test_every_setting_is_overridden_by_its_variable() -> None:
    given = {s.variable: str(s.default) for s in SETTINGS if not isinstance(s.default, dict)} | {"HAECHI_TRAIN_EVERY_DAYS": "3"}
    assert load_settings(given)["train.every_days"] == 3


def test_a_setting_of_the_wrong_kind_is_the_callers_mistake() -> None:
    with pytest.raises(CallerError, match=r"train\.every_days"):
        load_settings({"HAECHI_TRAIN_EVERY_DAYS": "often"})


def test_a_date_means_its_end_in_korea() -> None:
    assert end_of(parse_date("2026-06-30")).astimezone(UTC) == datetime(2026, 6, 30, 14, 59, 59, tzinfo=UTC)
    assert parse_instant("2026-06-30T09:00").utcoffset() is not None
    with pytest.raises(CallerError):
        parse_date("30.06.2026")
