"""`haechi list features` of a published lake: what of each feature is known, what the champion leans on, what drifts."""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from schemas import assert_valid

from features.catalogue import BY_NAME, FEATURES
from haechi.cli import run
from lakehouse.lake import Lake
from models.configuration import Configuration
from models.registry import Registry
from models.tables import DRIFT
from models.train import Examples, fit

sys.path.append(str(Path(__file__).resolve().parents[1] / "console"))
import small_lake

Listed = Callable[..., str]
LEANS_ON, BESIDE = "carried_in_kg_gap_size", "customs_value_log"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A night, drift of two nights, and no model yet."""
    root = tmp_path_factory.mktemp("features") / "lake"
    tonight = small_lake.night().date()
    Lake(str(root)).append_rows([
        {"business_date": tonight - timedelta(days=ago), "segment": segment, "subject": LEANS_ON, "kind": kind, "value": value, "threshold": 0.2,
         "is_drifting": value > 0.2, "text_ko": "가", "text_en": "a"}
        for ago, segment, kind, value in ((1, "all", "input", 0.1), (0, "all", "input", 0.3), (0, "kind:cargo", "input", 0.9), (0, "all", "explanation", 0.8))],
        DRIFT)
    return small_lake.make(root, 66, 2)


@pytest.fixture
def listed(lake: Lake, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Listed:
    """What the command prints."""
    for name in ("HAECHI_PROFILE", "HAECHI_LAKE"):
        monkeypatch.delenv(name, raising=False)

    def tell(*words: str) -> str:
        capsys.readouterr()
        assert run(["list", "features", *words]) == 0
        return capsys.readouterr().out

    return tell


def told(printed: str) -> dict[str, dict[str, Any]]:
    said = json.loads(printed)
    assert_valid("list-features", said)
    return {row["feature"]: row for row in said["features"]}


def train(lake: Lake) -> None:
    """A champion that leans on one of two features."""
    draw = np.random.default_rng(4)
    frame = pd.DataFrame({name: draw.normal(size=400) for name in (LEANS_ON, BESIDE)})
    illicit = (frame[LEANS_ON] > 1).astype(float).to_numpy()
    at = np.datetime64("2026-06-01") + np.arange(400).astype("timedelta64[h]")
    fitted = fit(Examples(frame, illicit, at), [BY_NAME[LEANS_ON], BY_NAME[BESIDE]], Configuration(rounds=5, patience=0), 1)
    Registry(lake.folder).register(fitted, small_lake.night().date(), {})


def test_each_feature_is_told_with_what_the_last_run_knew_of_it(lake: Lake, listed: Listed) -> None:
    rows = told(listed("--lake", lake.root, "--json"))
    assert list(rows) == [feature.name for feature in FEATURES]
    known = [row for row in rows.values() if row["coverage"]["all"] > 0]
    assert known and any(row["coverage"]["all"] == 0 for row in rows.values())
    for row in rows.values():
        text = BY_NAME[row["feature"]].text
        assert (row["ko"], row["en"]) == (text.ko, text.en)
        kinds = [share for kind, share in row["coverage"].items() if kind != "all"]
        assert kinds and min(kinds) <= row["coverage"]["all"] <= max(kinds)
    # The newest of the input itself: not of a part, not of its contribution, not of the night before.
    drift = rows[LEANS_ON]["drift"]
    assert (drift["business_date"], drift["value"], drift["is_drifting"]) == (str(small_lake.night().date()), 0.3, True)
    assert rows[BESIDE]["drift"] is None


def test_importance_is_the_share_of_the_champions_gain(lake: Lake, listed: Listed) -> None:
    assert {row["importance"] for row in told(listed("--lake", lake.root, "--json")).values()} == {None}
    train(lake)
    rows = told(listed("--lake", lake.root, "--lang", "ko", "--json"))
    gains = {name: row["importance"] for name, row in rows.items()}
    assert sum(gains.values()) == pytest.approx(1) and gains[LEANS_ON] > 0.8 > gains[BESIDE]
    assert gains["origin_country"] == 0 and rows[LEANS_ON]["text"] == BY_NAME[LEANS_ON].text.ko
    shown = listed("--lake", lake.root)
    assert "0.30 of 0.20 !" in shown and f"{gains[LEANS_ON]:.1%}" in shown


def test_the_lake_may_be_named_by_the_environment(lake: Lake, listed: Listed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAECHI_LAKE", lake.root)
    assert "coverage" in told(listed("--json"))[BESIDE]
    monkeypatch.setenv("HAECHI_LAKE", str(lake.folder / "none"))
    assert "coverage" not in told(listed("--json"))[BESIDE]
