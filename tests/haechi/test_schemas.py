"""Every command's --json has a schema, and what the commands print is as it says; no Spark is started here."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import jsonschema
import numpy as np
import pandas as pd
import pytest
from schemas import FOLDER, NIGHT, assert_valid, commands, faults, names, order, parts, publication, published_lake, row_of, schema, without_json

from features.catalogue import FEATURES
from features.feature import Theme
from fusion.rules.rule import Kind as Contradiction
from fusion.tables import SHIPMENT
from haechi.cli import run
from haechi.listing import LISTINGS
from haechi.works import spoken
from jobs.context import Kind
from jobs.evaluate import CONFIGURATIONS, DEFAULT, measure
from jobs.lease import lease
from jobs.walk import STAGES, Status
from lakehouse.clock import end_of
from lakehouse.lake import Lake
from models.configuration import Configuration
from models.lanes import Lane
from models.registry import CHALLENGER, CHAMPION
from models.select import Action, Reason
from models.train import Examples, fit
from models.weights import weighted

Told = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Told:
    """A command's exit code and the one object it prints, from a folder with nothing in it."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in ("HAECHI_PROFILE", "HAECHI_LAKE", "HAECHI_VAULT_KEY", "HAECHI_VAULT_URL", "HAECHI_PSEUDONYM_KEY"):
        monkeypatch.delenv(name, raising=False)

    def tell(*words: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = run([*words, "--json"])
        [line] = capsys.readouterr().out.splitlines()
        return code, json.loads(line)

    return tell


@pytest.fixture
def lake(tmp_path: Path) -> str:
    return published_lake(tmp_path / "lake")


def test_every_command_has_a_schema_and_every_schema_a_command() -> None:
    assert sorted([name for needed in commands().values() for name in needed] + ["error"]) == names()


def test_every_command_takes_json() -> None:
    assert without_json() == []


@pytest.mark.parametrize("name", names())
def test_schemas_are_valid_and_written_alike(name: str) -> None:
    found = schema(name)
    assert found["$schema"] == jsonschema.Draft202012Validator.META_SCHEMA["$id"]
    jsonschema.Draft202012Validator.check_schema(found)
    assert list(found)[:3] == ["$schema", "title", "description"]
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == json.dumps(found, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("name", names())
def test_objects_are_closed_and_described_in_both_languages(name: str) -> None:
    for part in parts(schema(name)):
        if part.get("type") == "object":
            assert "additionalProperties" in part, part
            assert set(part.get("required", ())) <= set(part.get("properties", {}))
        if "description" in part:
            ko, en = part["description"].split(" / ")
            assert re.search("[가-힣]|B/L", ko) and en and not re.search("[가-힣]", en)


def test_what_several_schemas_define_is_the_same_in_each() -> None:
    seen: dict[str, Any] = {}
    for name in names():
        for key, definition in schema(name).get("$defs", {}).items():
            assert seen.setdefault(key, definition) == definition, f"{name}: {key}"


def test_words_are_those_of_the_declarations() -> None:
    explained, scored, selected = schema("explain")["properties"], row_of("score"), row_of("select")
    night, refresh = schema("nightly")["$defs"], schema("refresh")["properties"]
    assert list(explained["shipment"]["properties"]) == [name for name in SHIPMENT.columns if name != "shipment_id"]
    assert explained["lane"]["enum"] == scored["lane"]["enum"] == [lane.value for lane in Lane]
    assert explained["contradictions"]["items"]["properties"]["type"]["enum"] == list(get_args(Contradiction))
    assert selected["action"]["enum"] == [action.value for action in Action]
    assert selected["reason"]["enum"] == [reason.value for reason in Reason]
    assert night["night"]["properties"]["status"]["enum"] == list(get_args(Status))
    assert night["stage"]["properties"]["name"]["enum"] == order(night["night"]["properties"]) == list(STAGES)
    assert order(refresh) == [name for name in STAGES if name != "train"]
    assert schema("list-features")["properties"]["features"]["items"]["properties"]["theme"]["enum"] == list(get_args(Theme))
    assert set(schema("list-runs")["properties"]["runs"]["items"]["properties"]["kind"]["enum"]) == set(get_args(Kind)) - {"ingest", "replay", "relink"}
    assert schema("train")["properties"]["alias"]["enum"] == [CHAMPION, CHALLENGER]
    assert schema("evaluate")["properties"]["default"]["const"] == DEFAULT
    assert list(schema("evaluate")["properties"]["configurations"]["properties"]) == list(CONFIGURATIONS)


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_both_pages_name_every_schema(name: str) -> None:
    page = (FOLDER / name).read_text(encoding="utf-8")
    assert not [known for known in names() if f"]({known}.json)" not in page]


def test_doctor(told: Told) -> None:
    code, said = told("doctor", "--lake", "lake")
    assert_valid("doctor", said)
    assert code == (0 if said["ok"] else 2)


@pytest.mark.parametrize("what", sorted(LISTINGS))
def test_lists_of_a_lake_without_rows(told: Told, lake: str, what: str) -> None:
    code, said = told("list", what, "--lang", "ko", "--lake", lake)
    assert code == 0 and bool(said[what]) == (what != "models")
    assert_valid(f"list-{what}", said)


@pytest.mark.parametrize("what", ["feeds", "tables", "features"])
def test_lists_before_there_is_a_lake(told: Told, what: str) -> None:
    code, said = told("list", what, "--lake", "none")
    assert code == 0 and said[what]
    assert_valid(f"list-{what}", said)


def test_simulate(told: Told, tmp_path: Path) -> None:
    code, said = told("simulate", "--out", str(tmp_path / "world"), "--shipments", "5", "--days", "2")
    assert code == 0 and sum(said["records"].values()) > 0
    assert_valid("simulate", said)


@pytest.mark.parametrize("words", [("--date", str(NIGHT)), ("--from", str(NIGHT - timedelta(days=1)), "--to", str(NIGHT))])
def test_published_nights_again(told: Told, lake: str, words: tuple[str, ...]) -> None:
    code, said = told("nightly", *words, "--lake", lake)
    assert code == 0 and {night["status"] for night in said.get("nights", [said])} == {"already_done"}
    assert_valid("nightly", said)


def test_a_refresh_and_a_demo_as_their_parts_are_told() -> None:
    refreshed = spoken(publication(NIGHT, "refresh"), "done")
    assert_valid("refresh", refreshed)
    assert faults("refresh", refreshed | {"status": "already_done"})
    nights = [spoken(publication(NIGHT), "done")]
    assert_valid("demo", {"lake": "./lake", "landing": "lake/_haechi/landing", "records": {"outcome": 4}, "seconds": 1.5, "nights": nights,
                          "scored_before_release": nights[-1]["scored_before_release"]})


def test_a_night_cannot_skip_turn_or_repeat_stages() -> None:
    night = spoken(publication(NIGHT), "done")
    for wrong in (night["stages"][1:], night["stages"][::-1], [*night["stages"], night["stages"][-1]]):
        assert faults("nightly", night | {"stages": wrong})


@pytest.mark.parametrize(("name", "words"), [("score", ("score",)), ("select", ("select", "--date", str(NIGHT))), ("sql", (
    "sql", "SELECT 1 AS one, 'a', NULL, [1.5], {'k': 1}, TIMESTAMPTZ '2026-06-30 12:00:00+09:00', true, count(*) FROM gold.score"))])
def test_queries_of_a_lake_without_rows(told: Told, lake: str, name: str, words: tuple[str, ...]) -> None:
    code, said = told(*words, "--lake", lake)
    assert code == 0
    assert_valid(name, said)


def test_evaluate_also_where_figures_are_undefined() -> None:
    chance = np.random.default_rng(3)
    illicit = (chance.random(60) < 0.3).astype(float)
    rows = pd.DataFrame({"illicit": illicit, "customs_value_krw": 1e6, "duty_rate_percent": 8.0})
    every, none = np.ones(60, dtype=bool), np.zeros(60, dtype=bool)
    part = {"all": measure(chance.random(60), rows, every), "twin_free": measure(chance.random(60), rows, none)}
    assert_valid("evaluate", {"default": DEFAULT, "configurations": dict.fromkeys(CONFIGURATIONS, part)})


@pytest.mark.parametrize("rows", [12, 400])
def test_train_with_and_without_rows_held_out(rows: int) -> None:
    chance = np.random.default_rng(5)
    features = [feature for feature in FEATURES if feature.type == "double"][:2]
    frame = pd.DataFrame({feature.name: chance.random(rows) for feature in features})
    illicit = (np.arange(rows) % 5 == 0).astype(float)
    at = np.datetime64("2026-06-01") + np.arange(rows).astype("timedelta64[D]")
    weighting = weighted(np.where(np.arange(rows) % 3, np.nan, 0.2), 10.0)
    fitted = fit(Examples(frame, illicit, at, revenue=illicit * 1e6, weighting=weighting), features, Configuration(rounds=5, patience=0), 1)
    assert_valid("train", {"model_version": "haechi-2", "alias": CHALLENGER, "rows": fitted.rows, "violations": fitted.violations,
                           "rounds": fitted.rounds, "weighting": fitted.weighting, "metrics": fitted.metrics})


@pytest.mark.parametrize("words", [
    ("ingest", "no_such_feed"), ("ingest", "--landing", "nowhere"), ("nightly",), ("nightly", "--date", "tomorrow"), ("no-such-command",),
    ("sql", "SELECT 1", "--lake", "nowhere"), ("explain", "X", "--lake", "nowhere"), ("list", "models", "--lake", "nowhere"),
    ("list", "nothing"), ("simulate", "--no-such-option"), ("simulate", "--out", ".", "--days", "0"), ("score", "--office", "1"),
    ("evaluate", "--train", "a.csv", "--valid", "b.csv", "--test", "c.csv"), ("train", "--lake", "nowhere"), ("select", "--date", "x"),
    ("sql", "SELEC", "--lake", "LAKE"), ("sql", "SELECT\nnothing\nFROM gold.score", "--lake", "LAKE"), ("sql", "DROP VIEW x", "--lake", "LAKE"),
    ("sql", "FROM gold.nowhere", "--lake", "LAKE"), ("sql", "SELECT 1", "--as-of", "2020-01-01", "--lake", "LAKE"), ("explain", "X", "--lake", "LAKE"), ("rescore", "X", "--lake", "LAKE"),
    ("verify", "no-such-file.json", "--lake", "LAKE"), ("verify", "LAKE"),
])
def test_mistakes(told: Told, lake: str, words: tuple[str, ...]) -> None:
    code, said = told(*(lake if word == "LAKE" else word for word in words))
    assert code == 2
    assert_valid("error", said)


def test_a_held_lease_is_exit_3(told: Told, lake: str) -> None:
    with lease(Lake(lake).folder, "another run"):
        code, said = told("refresh", "--lake", lake, "--landing", ".")
    assert code == 3 and said["error"]["code"] == "lease.held"
    assert_valid("error", said)


def test_a_failure_of_ours_is_exit_1(told: Told, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object) -> list[dict[str, Any]]:
        raise RuntimeError("planted\non two lines")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setitem(LISTINGS, "features", fail)
    code, said = told("list", "features")
    assert code == 1 and said["error"]["code"] == "internal"
    assert_valid("error", said)


def test_what_is_wrong_is_seen() -> None:
    right = {"error": {"code": "a.b", "message": "m", "hint": "h"}}
    assert not faults("error", right)
    for wrong in ({}, right | {"more": 1}, {"error": right["error"] | {"hint": "two\nlines"}}, {"error": right["error"] | {"code": "A"}}):
        assert faults("error", wrong)
        with pytest.raises(AssertionError, match=r"^error\.json"):
            assert_valid("error", wrong)
    run_told = {"run_id": "r", "kind": "nightly", "date": str(NIGHT), "as_of": end_of(NIGHT).isoformat(), "model": None, "seconds": 1}
    assert not faults("list-runs", {"runs": [run_told]})
    for key, value in (("as_of", "2026-06-30T23:59:59"), ("as_of", "2026-06-30"), ("as_of", "2026-13-30T23:59:59+09:00"), ("date", "2026-02-30")):
        assert faults("list-runs", {"runs": [run_told | {key: value}]})
    with pytest.raises(ValueError, match="JSON compliant"):
        faults("list-runs", {"runs": [run_told | {"seconds": float("nan")}]})
