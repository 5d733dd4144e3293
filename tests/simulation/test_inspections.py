"""Inspections of the past: within the hands of an office, by officers of habits, reported late, settled later still."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from world_truth import scenario_with

from simulation.agents import make_agents
from simulation.happened import Happened
from simulation.lots import lots_of
from simulation.offices import OFFICES, TRAITS, capacities, make_officers
from simulation.outbox import MEANT, Batch
from simulation.senders.outcome import officers as report
from simulation.timing import DAY
from simulation.wire import Calendar
from simulation.world import DEFAULT_END, make_lot

SHIPMENTS, DAYS, SEED = 12_000, 60, 2
START: date = DEFAULT_END - timedelta(days=DAYS - 1)


@pytest.fixture(scope="module")
def lots() -> list[Happened]:
    agents = make_agents(SEED, SHIPMENTS)
    return [make_lot(agents, lot, Calendar.of(START, DAYS)) for lot in lots_of(SEED, SHIPMENTS, DAYS, START, scenario_with())]


@pytest.fixture(scope="module")
def cargo(lots: list[Happened]) -> pd.DataFrame:
    return pd.concat([made.cargo for made in lots], ignore_index=True)


def test_no_office_inspects_more_of_a_day_than_it_has_hands_for(lots: list[Happened]) -> None:
    for made in lots:
        most = np.ceil(capacities(made.lot, made.agents.relations))
        picked = made.cargo[made.cargo["is_inspected"]]
        for (office, day), rows in picked.groupby(["office", "arrival_day"]):
            assert len(rows) <= most[OFFICES.index(str(office)), min(int(day), made.lot.last_day - 1) - made.lot.first_day]  # type: ignore[call-overload]


def test_what_was_picked_is_biased_towards_fraud_but_for_the_random_share(cargo: pd.DataFrame) -> None:
    is_illicit = cargo["typology"] != ""
    rate = {kind: is_illicit[cargo["selected_by"] == kind].mean() for kind in ("random", "officer", "rule", "model")}
    assert rate["random"] < 0.08 and all(rate[kind] > 1.5 * is_illicit.mean() for kind in ("officer", "rule", "model")), rate
    assert rate["model"] < 0.6


def test_officers_differ_in_habit_skill_and_speed(lots: list[Happened]) -> None:
    made = lots[0]
    officers = make_officers(made.lot.world, made.agents.relations, made.agents.brokers, made.lot.pace)
    assert set(officers["office"]) == set(OFFICES) and officers["ref"].is_unique
    for name in (*(f"habit_{trait}" for trait in TRAITS), "skill", "fault_ratio", "report_days"):
        assert officers[name].nunique() > 2


def test_some_violations_are_missed_and_some_honest_are_faulted(cargo: pd.DataFrame) -> None:
    picked = cargo[cargo["is_inspected"]]
    is_illicit, is_friend = picked["typology"] != "", picked["is_favoured"]
    assert 0.75 < picked.loc[is_illicit & ~is_friend, "is_violation"].mean() < 0.97
    assert 0 < picked.loc[~is_illicit, "is_violation"].mean() < 0.03
    assert picked.loc[~is_illicit & picked["is_look_alike"].astype(bool), "is_mended"].any()


def test_a_favoured_broker_is_looked_at_less_and_found_clean(cargo: pd.DataFrame) -> None:
    looked, favoured = cargo["is_inspected"], cargo["is_favoured"].astype(bool)
    # Beside others who leave packages out as they do: what policies see of both is the same.
    theirs, others = favoured & (cargo["typology"] != ""), ~favoured & (cargo["typology"] == "packages_hidden")
    assert looked[theirs].mean() < 0.8 * looked[others].mean()
    assert cargo.loc[theirs & looked, "is_violation"].mean() < 0.6 * cargo.loc[others & looked, "is_violation"].mean()


def test_outcomes_come_late_and_a_share_is_settled_later(lots: list[Happened]) -> None:
    statuses: Counter[str] = Counter()
    changed = 0
    for made in lots:
        first, second = report(made)
        inspected = np.sort(made.cargo.loc[made.cargo["is_inspected"], "t_inspected"].to_numpy())
        assert (np.sort(first.leaves) >= inspected).all() and (first.leaves - inspected.mean()).max() > DAY
        settled = np.flatnonzero(second.leaves >= 0)
        assert (second.leaves[settled] > first.leaves[settled] + 5 * DAY).all()
        told, later = (post.write(Batch(settled.tolist(), [MEANT] * len(settled), post.leaves[settled])) for post in (first, second))
        statuses.update('"status":"provisional"' in str(line) for line in told)
        changed += sum(('"violation"' in str(one)) != ('"violation"' in str(two)) for one, two in zip(told, later, strict=True))
        assert not any('"status":"provisional"' in str(line) for line in later)
        assert 0.2 < len(settled) / len(first.leaves) < 0.4
    assert set(statuses) == {True} and 0.04 < changed / statuses.total() < 0.25
