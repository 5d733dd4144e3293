import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from labelled_world import SMALL, examples

from features.feature import Feature
from lakehouse.errors import CallerError, InternalError
from models import cache
from models.registry import CHALLENGER, CHAMPION, FORMER, Registry
from models.score import raw_score
from models.train import Fitted, fit

NIGHT = date(2026, 6, 30)
Rows = Callable[..., pd.DataFrame]


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, fitted: Fitted) -> Path:
    """A lake's folder with one registered model, copied by each test that changes it."""
    folder = tmp_path_factory.mktemp("lake") / "_haechi"
    assert Registry(folder).register(fitted, NIGHT, {"gold.label": 4}).version == "haechi-1"
    return folder


@pytest.fixture
def registry(stored: Path, tmp_path: Path) -> Registry:
    shutil.copytree(stored, tmp_path / "moved")
    return Registry(tmp_path / "moved")


def names(fitted: Fitted) -> tuple[str, ...]:
    return fitted.bundle.names


def test_before_the_first_training_there_is_no_champion(tmp_path: Path) -> None:
    empty = Registry(tmp_path / "none")
    assert empty.load_champion(("a",)) is None and empty.models() == [] and empty.holder(CHALLENGER) is None
    assert not (tmp_path / "none").exists()


def test_the_first_model_is_champion_and_comes_back_as_it_was(registry: Registry, fitted: Fitted) -> None:
    found = registry.load_champion(names(fitted))
    assert found is not None and found.warning is None and found.bundle == fitted.bundle.named("haechi-1")
    assert np.array_equal(raw_score(found.bundle, fitted.sample), raw_score(fitted.bundle, fitted.sample))


def test_the_run_keeps_parameters_data_features_signature_and_picture(registry: Registry, fitted: Fitted) -> None:
    (listed,) = registry.models()
    assert listed["version"] == "haechi-1" and listed["aliases"] == ["champion"] and listed["input_versions"] == {"gold.label": 4}
    assert listed["metrics"]["auc"] == pytest.approx(fitted.metrics["auc"]) and "precision_at.5" in listed["metrics"]
    files = {path.name: path for path in registry.artifacts.rglob("*") if path.is_file()}
    assert {"shap_summary.png", "overview.json", "overview.png", "model.txt", "bundle.json", "features.json", "MLmodel"} <= set(files)
    assert json.loads(files["features.json"].read_text()) == list(names(fitted))
    assert "gap_ratio" in files["MLmodel"].read_text().split("signature:")[1]
    assert not [name for name in files if name.endswith((".pkl", ".pickle", ".cloudpickle"))]


def test_a_second_model_waits_as_challenger_until_it_is_promoted(registry: Registry, fitted: Fitted, features: tuple[Feature, ...],
                                                                rows: Rows) -> None:
    second = fit(examples(rows(800)), features, SMALL, seed=3)
    assert registry.register(second, NIGHT, {}).version == "haechi-2" == registry.holder(CHALLENGER)
    champion = registry.load_champion(names(fitted))
    assert champion is not None and champion.bundle.version == "haechi-1"
    assert registry.load("haechi-2", names(fitted)) == second.bundle.named("haechi-2")
    registry.record("haechi-2", {"promoted": False})
    registry.record("haechi-2", {"promoted": True, "precision_gain": 0.02})
    assert registry.promote("haechi-2") == "haechi-1" and registry.holder(CHALLENGER) is None and registry.holder(FORMER) == "haechi-1"
    champion = registry.load_champion(names(fitted))
    assert champion is not None and champion.bundle.version == "haechi-2"
    assert registry.models()[0]["gate"] == {"promoted": True, "precision_gain": 0.02}
    assert registry.records() == [{"version": "haechi-2", "promoted": False}, {"version": "haechi-2", "promoted": True, "precision_gain": 0.02}]
    assert len(list(registry.artifacts.rglob("gate/*.json"))) == 2
    assert registry.roll_back() == ("haechi-2", "haechi-1") and registry.holder(FORMER) is None
    champion = registry.load_champion(names(fitted))
    assert champion is not None and champion.bundle.version == "haechi-1"
    with pytest.raises(CallerError, match="no former champion"):
        registry.roll_back()
    with pytest.raises(CallerError, match="haechi-9"):
        registry.promote("haechi-9")


def test_a_first_model_of_useless_features_is_held_back_and_the_prior_goes_on_ranking(tmp_path: Path, features: tuple[Feature, ...], rows: Rows) -> None:
    frame, draw = rows(1500), np.random.default_rng(5)
    frame["gap_ratio"] = 2.0 * frame.illicit + draw.normal(0, 0.5, 1500)
    useless = fit(examples(frame), features, replace(SMALL, features=("noise", "age_days")), seed=3)
    beside = useless.metrics["beside_prior"]
    assert set(beside) == {"prior-1"} and beside["prior-1"]["auc"]["interval_95"][1] < -0.2
    assert "AUC" in useless.worse_than_prior[0].en and "prior-1" in useless.worse_than_prior[0].ko
    registry = Registry(tmp_path / "lake")
    assert registry.register(useless, NIGHT, {}).version == "haechi-1"
    assert registry.holder(CHAMPION) is None and registry.holder(CHALLENGER) == "haechi-1"
    assert registry.load_champion(names(useless)) is None
    useful = fit(examples(frame), features, SMALL, seed=3)
    assert useful.worse_than_prior == [] and registry.register(useful, NIGHT, {}).version == "haechi-2" == registry.holder(CHAMPION)


def test_a_night_whose_alias_has_not_moved_reads_plain_files_without_mlflow(registry: Registry, fitted: Fitted) -> None:
    code = ("import sys; from pathlib import Path; from models.registry import CHALLENGER, FORMER, Registry; "
            f"c = Registry(Path({str(registry.folder)!r})).load_champion({names(fitted)!r}); "
            "print(c.bundle.version, c.warning, 'mlflow' in sys.modules)")
    registry.load_champion(names(fitted))
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert told == ["haechi-1", "None", "False"]


def model_files(registry: Registry, name: str = "model.txt") -> Path:
    return next(path for path in registry.artifacts.rglob(name) if path.parent.name == "bundle")


@pytest.mark.parametrize("file", ["model.txt", "bundle.json"])
def test_a_tampered_artifact_is_refused(registry: Registry, fitted: Fitted, file: str) -> None:
    path = model_files(registry, file)
    path.write_text(path.read_text().replace("1", "2", 1))
    with pytest.raises(InternalError, match="not the one that was registered") as refused:
        registry.load_champion(names(fitted))
    assert refused.value.code == "model.tampered"
    assert cache.read_pointer(registry.folder / "model") is None


def test_a_tampered_cache_is_passed_over_for_the_registry(registry: Registry, fitted: Fitted) -> None:
    registry.load_champion(names(fitted))
    kept = registry.folder / "model" / "haechi-1" / "model.txt"
    text = kept.read_text()
    kept.write_text(text.replace("split_feature=0", "split_feature=9", 1))
    found = registry.load_champion(names(fitted))
    assert found is not None and found.warning is None and found.bundle.text == text == kept.read_text()


def test_a_registry_that_is_down_leaves_the_last_verified_model_and_says_so(registry: Registry, fitted: Fitted) -> None:
    registry.load_champion(names(fitted))
    registry.database.write_bytes(b"no database at all" * 100)
    for broken in (registry, replace(registry, address="http://127.0.0.1:9")):
        found = broken.load_champion(names(fitted))
        assert found is not None and found.bundle == fitted.bundle.named("haechi-1")
        assert found.warning is not None and "haechi-1" in found.warning.ko and "cannot be reached" in found.warning.en
    registry.database.unlink()
    gone = registry.load_champion(names(fitted))
    assert gone is not None and gone.warning is not None
    shutil.rmtree(registry.folder / "model")
    with pytest.raises(InternalError, match="no verified local model"):
        replace(registry, address="http://127.0.0.1:9").load_champion(names(fitted))


def test_a_tampered_cache_is_not_used_when_the_registry_is_down(registry: Registry, fitted: Fitted) -> None:
    registry.load_champion(names(fitted))
    registry.database.unlink()
    kept = registry.folder / "model" / "haechi-1" / "model.txt"
    kept.write_text(kept.read_text() + " ")
    with pytest.raises(InternalError, match="no verified local model"):
        registry.load_champion(names(fitted))


def test_features_that_are_gone_are_told(registry: Registry, fitted: Fitted) -> None:
    registry.load_champion(names(fitted))
    with pytest.raises(InternalError, match="country") as refused:
        registry.load_champion(names(fitted)[:-1])
    assert refused.value.code == "model.features"


def test_a_pickle_in_its_place_is_never_opened(registry: Registry, fitted: Fitted, tmp_path: Path) -> None:
    import pickle

    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    for path in registry.artifacts.rglob("*"):
        if path.suffix in (".lgb", ".txt", ".json"):
            path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(InternalError):
        registry.load_champion(names(fitted))
    assert not (tmp_path / "sprung").exists()
