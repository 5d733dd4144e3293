"""What a model leans on, over its published nights: sizes, what was found, shift, officers' words, and the page of it."""

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explained_world import INSPECTED, NIGHT, OPEN, World
from schemas import assert_valid

from feeds.outcome import FEED as OUTCOME
from haechi.cli import run as command
from jobs.appeal import model_card
from jobs.decision import append_feedback
from jobs.explain_model import explained_model
from jobs.model_page import page
from jobs.past import model_of
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from models.influence import groups_of

pytestmark = pytest.mark.spark
_LATE = NIGHT + timedelta(hours=9)


@pytest.fixture(scope="module")
def after(world: World, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The lake a day later: what was found of some violations is told; officers have said something of reasons."""
    lake = Lake(shutil.copytree(world.root.root, tmp_path_factory.mktemp("after") / "lake").as_posix())
    shown = world.rows("SELECT shipment_id, as_of, reasons[1].code AS code FROM gold.explanation e WHERE model_version = 'haechi-1' AND reasons IS NOT NULL "
                       "AND why = 'lane' ORDER BY as_of, score DESC, 1 LIMIT 6")
    illicit = [OPEN + n for n in np.flatnonzero(world.illicit)[:10]]
    lake.append_rows([{"record_key": f"I{n}", "outcome_id": f"I{n}", "issued_at": _LATE, "known_at": _LATE, "inspected_at": _LATE,
                       "violations": [{"type": "undervaluation", "severity": "major"}]} for n in illicit], OUTCOME.silver)
    said = [(0, "useful", "7", 0), (0, "wrong", "8", 0), (1, "useful", "7", 0), (1, "wrong", "7", 1)]
    append_feedback(lake, [{"feedback_id": f"{n}", "shipment_id": shown[i]["shipment_id"], "reason_code": "price", "verdict": verdict, "said_by": who,
                            "known_at": _LATE + timedelta(minutes=later), "seen_as_of": NIGHT} for n, (i, verdict, who, later) in enumerate(said)])
    return lake


@pytest.fixture(scope="module")
def told(world: World, after: Lake) -> dict[str, Any]:
    return explained_model(after, world.settings, None)


def test_green_ones_count_as_many_as_there_were(world: World, told: dict[str, Any]) -> None:
    scores = [row for row in world.scores() if row["model_version"] == "haechi-1"]
    assert told["model_version"] == "haechi-1" and told["nights"] == 2 and told["scored"] == len(scores) > told["explained"]
    # By hand, from all frozen explanations, of the heaviest group.
    made = {(row["shipment_id"], row["as_of"]): row for row in world.rows("SELECT * FROM gold.explanation WHERE model_version = 'haechi-1'")}
    names = model_of(world.lake, "haechi-1", NIGHT).names
    heaviest, lanes = told["groups"][0], {}
    for row in world.rows("SELECT e.shipment_id, e.explained_at, s.lane FROM gold.explanation e JOIN gold.score s USING (shipment_id, as_of) "
                          "WHERE e.model_version = 'haechi-1' AND why <> 'selected'"):
        added = np.array(made[row["shipment_id"], row["explained_at"]]["contributions"])
        lanes.setdefault(row["lane"], []).append(abs(added[groups_of(names)[heaviest["code"]]].sum()))
    share = {lane: sum(row["lane"] == lane for row in scores) / len(scores) for lane in lanes}
    assert heaviest["size"] == pytest.approx(sum(share[lane] * np.mean(found) for lane, found in lanes.items()))
    assert {lane: value for lane, value in heaviest["lanes"].items() if value is not None} == pytest.approx({lane: np.mean(found) for lane, found in lanes.items()})
    assert heaviest["kinds"]["cargo"] == pytest.approx(heaviest["size"]) and heaviest["kinds"]["parcel"] is None


def test_what_was_found_shifted_and_said_is_told(world: World, told: dict[str, Any], after: Lake) -> None:
    found = {each["found"]: each for each in told["found"]}
    assert {name: each["shipments"] for name, each in found.items()} == {"clean": INSPECTED - world.illicit.sum(), "undervaluation": 10, "other": world.illicit.sum() - 10}
    for each in found.values():
        assert all(group["mean"] > 0 for group in each["groups"]) and all(0 < reason["share"] <= 1 for reason in each["reasons"])
    assert found["other"]["groups"][0]["mean"] > max((group["mean"] for group in found["clean"]["groups"]), default=0.0) + 0.05
    assert told["shift"] and {row["code"] for row in told["shift"]} <= {row["code"] for row in told["groups"]} | {row["code"] for row in told["shift"]}
    assert told["interactions"] and set(told["dependence"]) == {row["feature"] for row in told["features"]}
    # Of one officer the last word on a shipment counts.
    [row] = told["feedback"]
    assert (row["code"], row["useful"], row["wrong"]) == ("price", 1, 2)
    assert model_card(after, "haechi-1")["feedback"] == [{"code": "price", "useful": 1, "wrong": 2}]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_stands_by_itself_and_each_chart_has_its_table(told: dict[str, Any], language: Any) -> None:
    text = page(told, language)
    assert "<script" not in text and "http:" not in text.replace("http://www.w3.org", "") and "{{" not in text and f'lang="{language}"' in text
    assert text.count("<svg") >= 7 and text.count("<table") >= text.count("<svg") - 2  # Kinds and lanes share the table of the groups.
    assert all(row[language].replace("&", "&amp;") in text for row in told["groups"][:3])


def test_the_command_writes_both_languages_and_says_what_is_wrong(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*words: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = command(["explain", *words, "--lake", world.root.root, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, given = said("--global", "--model", "prior-1", "--out", str(tmp_path / "pages"))
    assert code == 0
    assert_valid("explain-global", given)
    assert sorted(Path(path).name for path in given["files"]) == ["prior-1.en.html", "prior-1.ko.html"] and given["shift"] == [] == given["interactions"]
    for wrong, why in ((("--global", "--model", "haechi-9"), "explain.unscored"), ((), "explain.what"), (("s0001", "--global"), "explain.what"),
                       (("s0001", "--model", "haechi-1"), "explain.what"), (("--global", "--out", str(tmp_path / "a.html")), "explain.folder")):
        assert said(*wrong)[0] == 2 and said(*wrong)[1]["error"]["code"] == why
    assert command(["explain", "--global", "--lake", world.root.root]) == 0 and "haechi-1" in capsys.readouterr().out


def test_a_model_of_whose_nights_nothing_is_frozen_is_told(world: World) -> None:
    bare = world.root.pinned({name: version for name, version in world.lake.versions.items() if name != "gold.explanation"} if world.lake.versions else {})
    with pytest.raises(CallerError, match="No explanation of haechi-1 is frozen"):
        explained_model(bare, world.settings, None)
