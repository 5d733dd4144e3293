"""Scenarios are checked key by key: a wrong one is refused with the key and what is allowed."""

from pathlib import Path

import pytest
import yaml

from lakehouse.errors import CallerError
from simulation.scenario import FOLDER, Scenario, load_scenario, scenarios
from simulation.typologies import BY_NAME
from simulation.world import simulate

NONE = dict.fromkeys(BY_NAME, 0)
CALM = yaml.safe_load((FOLDER / "calm.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", scenarios())
def test_every_shipped_scenario_is_sound_and_bears_its_name(name: str) -> None:
    assert load_scenario(name).name == name


@pytest.mark.parametrize(("wrong", "key", "allowed"), [
    ({"illicit": 1.5}, "illicit", "less than or equal to 1"), ({"mess": {"cut": -0.1}}, "mess.cut", "greater than or equal to 0"),
    ({"typologies": {"alchemy": 1}}, "typologies", "undervalued"), ({"kinds": {"cargo": 0}}, "kinds", "above 0"),
    ({"weather": "wet"}, "weather", "not permitted"), ({"text": {"ko": "해"}}, "text.en", "required"), ({"days": 0}, "days", "greater than or equal to 1"),
    ({"schemes": [{"typology": "alchemy", "weight": 1}]}, "schemes.0.typology", "undervalued"),
    ({"schemes": [{"typology": "undervalued", "weight": 1, "since": 0.7, "until": 0.3}]}, "schemes.0.until", "not after since, 0.7"),
    ({"schemes": [{"typology": "undervalued", "weight": 1, "since": 1.2}]}, "schemes.0.since", "less than or equal to 1"),
    ({"seasons": {13: 1}}, "seasons.13", "less than or equal to 12"), ({"seasons": {6: 0}}, "seasons.6", "greater than 0"),
    ({"strikes": [{"port": "KRXXX", "since": 0.5, "days": 3}]}, "strikes.0.port", "KRPUS"),
    ({"strikes": [{"port": "KRPUS", "since": 0.5, "days": 0}]}, "strikes.0.days", "greater than or equal to 1"),
    ({"marketplaces": [{"code": "77", "name": "장터", "share": 0.1}]}, "marketplaces.0.code", "D"),
    ({"marketplaces": [{"code": "D12600077", "name": "장터", "share": 1.2}]}, "marketplaces.0.share", "less than or equal to 1"),
    ({"learning": {"ratio": 2}}, "learning.ratio", "less than or equal to 1"), ({"learning": {"since": -0.1}}, "learning.since", "greater than or equal to 0"),
    ({"typologies": NONE}, "typologies", "every way to cheat with cargo weighs 0 while illicit is 0.04; give one of undervalued"),
    ({"typologies": {name: 0 for name in BY_NAME if name.startswith("bag_")}}, "typologies", "bag_valuables, bag_currency, bag_narcotics a weight above 0"),
    ({"typologies": NONE, "schemes": [{"typology": "undervalued", "weight": 0}]}, "typologies", "set illicit to 0"),
    ({"typologies": {"undervalued": -1}}, "typologies.undervalued", "greater than or equal to 0"), ({"typologies": {"undervalued": 1e9}}, "typologies.undervalued", "1000"),
    ({"kinds": {"cargo": -1}}, "kinds.cargo", "greater than or equal to 0"), ({"kinds": {"rail": 1}}, "kinds.rail", "not permitted"),
    ({"kinds": {"cargo": 0, "parcel": 0, "baggage": 0}}, "kinds", "above 0"), ({"kinds": None}, "kinds", "dictionary"), ({"kinds": []}, "kinds", "dictionary"),
    ({"inspected": float("nan")}, "inspected", "less than or equal to 1"), ({"inspected": float("inf")}, "inspected", "less than or equal to 1"),
    ({"illicit": True}, "illicit", "valid number"), ({"illicit": "0.04"}, "illicit", "valid number"), ({"illicit": None}, "illicit", "valid number"),
    ({"shipments": 0}, "shipments", "greater than or equal to 1"), ({"shipments": 10.5}, "shipments", "valid integer"), ({"shipments": 10**12}, "shipments", "less than or equal to"),
    ({"days": 10**7}, "days", "less than or equal to 3650"), ({"half_hours": -1}, "half_hours", "greater than or equal to 0"),
    ({"mess": {"late": 0.6, "cut": 0.6}}, "mess", "late + twice + corrected + cut is 1.215, together they may be 1 at most"),
    ({"mess": {"nothing_found": 0.7, "key_refused": 0.7}}, "mess", "together they may be 1 at most"), ({"mess": {"lost": 0.1}}, "mess.lost", "not permitted"),
    ({"schemes": [{"typology": "undervalued", "weight": -1}]}, "schemes.0.weight", "greater than or equal to 0"), ({"schemes": [{"weight": 1}]}, "schemes.0.typology", "required"),
    ({"marketplaces": [{"code": "D12600077", "name": "장터", "share": 0.1, "since": 0.5, "until": 0.5}]}, "marketplaces.0.until", "not after since, 0.5"),
    ({"marketplaces": [{"code": "D12600077", "name": "장터", "share": 0.1}] * 2}, "marketplaces", "D12600077 stands there twice"),
    ({"strikes": [{"port": "KRPUS", "since": 0.5, "days": 61}]}, "strikes.0.days", "less than or equal to 60"),
    ({"seasons": {0: 1}}, "seasons.0", "greater than or equal to 1"), ({"seasons": {"may": 1}}, "seasons.may", "valid integer"), ({"name": ""}, "name", "at least 1 character"),
    ({"text": {"ko": "", "en": "x"}}, "text.ko", "at least 1 character"),
])
def test_an_impossible_scenario_names_its_wrong_key(tmp_path: Path, wrong: dict, key: str, allowed: str) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(yaml.safe_dump(CALM | wrong), encoding="utf-8")
    with pytest.raises(CallerError) as told:
        load_scenario(str(path))
    assert told.value.message.startswith(f"{key}: ") and allowed in told.value.message and key in told.value.hint


@pytest.mark.parametrize("content", [None, "a: [", "just words"])
def test_what_is_no_scenario_is_the_callers_mistake(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "odd.yaml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CallerError):
        load_scenario(str(path))


def test_what_is_no_text_is_the_callers_mistake(tmp_path: Path) -> None:
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(CallerError):
        load_scenario(str(tmp_path / "odd.yaml"))


@pytest.mark.parametrize("fine", [
    {"typologies": NONE, "illicit": 0}, {"typologies": NONE | {"undervalued": 0.1}, "kinds": {"cargo": 1}},
    {"typologies": NONE, "kinds": {"cargo": 1}, "schemes": [{"typology": "undervalued", "weight": 1, "since": 0.5}]}, {"illicit": 1, "inspected": 1}])
def test_what_is_odd_but_possible_is_taken(fine: dict) -> None:
    assert Scenario.model_validate(CALM | fine)


def test_a_scenario_makes_its_world(tmp_path: Path) -> None:
    honest = Scenario.model_validate(CALM | {"illicit": 0, "mess": {"late": 0, "twice": 0, "corrected": 0, "cut": 0, "nothing_found": 0, "key_refused": 0}})
    simulate(tmp_path, 300, 6, 1, scenario=honest)
    [truth] = tmp_path.glob("truth/shipments-*.csv")
    assert all(line.split(",")[3] == "0" for line in truth.read_text(encoding="utf-8").splitlines()[1:])
    assert '"quarantined"' not in (tmp_path / "truth/counts.json").read_text(encoding="utf-8")
