"""What happens in the course of a period shows in the truth: each key of a scenario does what it says."""

import json
from pathlib import Path

import pandas as pd
import pytest
from world_truth import scenario_with, truth_with

from simulation.scenario import load_scenario
from simulation.world import simulate


@pytest.fixture(scope="module")
def calm() -> pd.DataFrame:
    return truth_with()


def test_a_scheme_has_its_weight_within_its_time_only() -> None:
    truth = truth_with(typologies={"weight_hidden": 0}, schemes=[{"typology": "weight_hidden", "since": 0.4, "until": 0.7, "weight": 20}])
    cheats = truth[truth["illicit"] == 1]
    of = cheats["typology"] == "weight_hidden"
    within = (cheats["time"] >= 0.4) & (cheats["time"] < 0.7)
    assert of[within].mean() > 0.7 and of[~within].sum() == 0


def test_a_season_moves_the_trade_to_its_months(calm: pd.DataFrame) -> None:
    june = [(rows["due_on"].str[:7] == "2026-06").mean() for rows in (calm, truth_with(seasons={6: 3}))]
    assert june[0] < 0.55 and june[1] > 0.7


def test_what_is_due_during_a_strike_comes_after_it(calm: pd.DataFrame) -> None:
    struck = truth_with(strikes=[{"port": "KRPUS", "since": 0.5, "days": 6}])
    due = (struck["port"] == "KRPUS") & struck["day"].between(30, 35)
    assert due.sum() > 50 and (struck.loc[due, "wait"] >= 1).all()
    assert not ((struck["port"] == "KRPUS") & struck["arrived_on"].between("2026-06-01", "2026-06-06")).any()
    assert (struck.loc[~due, "wait"] == 0).all() and (calm["wait"] == 0).all()


def test_a_marketplace_brings_sellers_nobody_knows(calm: pd.DataFrame) -> None:
    opened = truth_with(marketplaces=[{"code": "D12600077", "name": "새온마켓", "since": 0.6, "share": 0.2}])
    of = opened["market_code"] == "D12600077"
    late = opened["time"] >= 0.6
    assert not of[~late].any() and 0.15 < of[late].mean() < 0.25
    assert set(opened.loc[of, "seller_id"]).isdisjoint(calm["seller_id"]) and (calm["market_code"] == "").all()


def test_offenders_who_learned_leave_less_to_see(calm: pd.DataFrame) -> None:
    truth = truth_with(learning={"since": 0.3, "ratio": 1})
    cheats = truth[truth["illicit"] == 1]
    covered = cheats["covered"] == 1
    assert covered.sum() > 20 and (cheats.loc[covered, "time"] >= 0.3).all() and not calm["covered"].any()
    seen = cheats["signs"] != ""
    assert seen[covered].mean() < 0.45 and seen[~covered].mean() > 0.85


def test_shares_of_illicit_and_inspected_are_as_asked() -> None:
    truth = truth_with(illicit=0.08, inspected=0.25)
    filed = truth["declaration_no"] != ""
    assert truth["illicit"].mean() == pytest.approx(0.08, abs=0.004) and truth.loc[filed, "inspected"].mean() == pytest.approx(0.25, abs=0.03)


def test_dirty_feeds_are_dirtier(tmp_path: Path) -> None:
    shares = []
    for name in ("calm", "dirty_feeds"):
        simulate(tmp_path / name, 300, 10, 3, scenario=load_scenario(name))
        counts = json.loads((tmp_path / name / "truth/counts.json").read_text(encoding="utf-8"))
        shares.append(sum(tally.get("quarantined", 0) + tally.get("duplicate", 0) for tally in counts.values()) / sum(tally["records"] for tally in counts.values()))
    assert shares[1] > 3 * shares[0] > 0


def test_a_scenario_of_another_size_is_another_world() -> None:
    assert (load_scenario("tiny").shipments, load_scenario("tiny").days) == (300, 10)
    assert scenario_with().shipments == 20_000
