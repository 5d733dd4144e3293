"""What lies in a landing and is none of the senders' deliveries is never read: truth, hidden and unfinished files, at any depth."""

from datetime import datetime
from pathlib import Path

import pytest

from feeds.landing import survey
from feeds.registry import BY_NAME
from lakehouse.clock import KOREA

NOW = datetime(2026, 7, 1, tzinfo=KOREA)
RATES = "currency,valid_from,krw_per_unit\nUSD,2026-06-28,{}\n"
TOLD = ("reference/exchange_rate/a.csv", "2026-06-30/exchange_rate/a.csv", "exchange_rate/deep/in/a.csv", "2026-06-30T0930/exchange_rate/truth.csv")
UNTOLD = ("truth/exchange_rate/a.csv", "truth/2026-06-30/exchange_rate/a.csv", "truth/rates.csv", "2026-06-30/truth/exchange_rate/a.csv",
          "reference/truth/a.csv", "exchange_rate/truth/a.csv", "2026-06-30/exchange_rate/truth/deep/a.csv", "exchange_rate/.hidden/a.csv",
          "exchange_rate/.a.csv", "exchange_rate/a.csv.part", "2026-06-30/exchange_rate/a.csv.tmp")


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    for place, name in enumerate((*TOLD, *UNTOLD)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(RATES.format(1300 + place), encoding="utf-8")
    return tmp_path


def test_only_deliveries_are_read(landing: Path) -> None:
    found = survey(landing, BY_NAME, NOW, NOW, "key")
    assert {file.file for file in found.files} == set(TOLD)
    assert "truth" not in found.ignored


@pytest.mark.parametrize("name", ["P123456789012.csv", "rates_p-123456789012_20260630.csv", "01012345678/a.csv", "kim@example.com.csv"])
def test_the_code_of_a_person_in_the_name_of_a_file_is_told_by_its_stand_in(name: str, tmp_path: Path) -> None:
    path = tmp_path / "exchange_rate" / name
    path.parent.mkdir(parents=True)
    path.write_text(RATES.format(1300), encoding="utf-8")
    [file], [again] = (survey(tmp_path, BY_NAME, NOW, NOW, "key").files for _ in range(2))
    assert file.file == again.file and Path(file.path).read_text(encoding="utf-8")
    [(stand_in, personal)] = file.personal.items()
    assert stand_in in file.file and personal.value in name and personal.value not in file.file


def test_names_that_only_look_like_numbers_stay(landing: Path) -> None:
    for name in ("declarations-20260621-000p.zip", "orders_20260621123456.jsonl", "2026-06-21.csv"):
        (landing / "exchange_rate" / name).write_text(RATES.format(1300), encoding="utf-8")
    assert not any(file.personal for file in survey(landing, BY_NAME, NOW, NOW, "key").files)
