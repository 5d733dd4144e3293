"""The truth of a small world, made without writing a message of it."""

from datetime import timedelta
from typing import Any

import pandas as pd
import yaml

from simulation.agents import make_agents
from simulation.lots import lots_of
from simulation.scenario import FOLDER, Scenario
from simulation.truth import truth_of
from simulation.wire import Calendar
from simulation.world import DEFAULT_END, make_lot

CALM = yaml.safe_load((FOLDER / "calm.yaml").read_text(encoding="utf-8")) | {"kinds": {"cargo": 1.0}}


def scenario_with(**keys: Any) -> Scenario:
    """A calm year of cargo alone in which some keys are others."""
    return Scenario.model_validate(CALM | keys)


def truth_with(shipments: int = 3_000, days: int = 60, seed: int = 7, **keys: Any) -> pd.DataFrame:
    """The truth of a calm world in which some keys are others; `time` is the day a shipment was due as a share of the period."""
    start = DEFAULT_END - timedelta(days=days - 1)
    agents, parts = make_agents(seed, shipments), []
    for lot in lots_of(seed, shipments, days, start, scenario_with(**keys)):
        made = make_lot(agents, lot, Calendar.of(lot.start, days))
        parts.append(truth_of(agents, lot, made.cargo, made.items))
    truth = pd.concat(parts, ignore_index=True)
    due, arrived = (pd.to_datetime(truth[name]) for name in ("due_on", "arrived_on"))
    return truth.assign(day=(due - pd.Timestamp(start)).dt.days, wait=(arrived - due).dt.days).assign(time=lambda rows: rows["day"] / days)
