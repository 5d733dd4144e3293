"""Which shipments are illicit: more of those who did it before, by the typologies that are possible and pay there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.cargo import TABLE
from simulation.draws import Floats, pick_rows, race, stream
from simulation.lots import Lot
from simulation.typologies import TYPOLOGIES


def cheat(lot: Lot, shipments: pd.DataFrame, items: pd.DataFrame, temptation: Floats) -> None:
    """Choose the illicit shipments of the lot's kind, the more tempted the likelier, and change their papers in place."""
    rng, scenario = stream(lot.seed, "illicit"), lot.scenario
    main = items[items["seq"] == 1]
    usable = [typology for typology in TYPOLOGIES if typology.kind == lot.kind]
    openings = np.column_stack([typology.openings(shipments, main) * scenario.weight(typology) for typology in usable])
    is_open = openings.sum(axis=1) > 0
    chosen = np.sort(race(rng, np.where(is_open, temptation, 0), round(scenario.illicit * len(shipments))))
    kind = pick_rows(rng, openings[chosen])
    shipments.loc[chosen, "typology"] = np.array([typology.name for typology in usable])[kind]
    for place, typology in enumerate(usable):
        typology.act(stream(lot.seed, f"act {typology.name}"), shipments, items, chosen[kind == place])


def tempt(agents: Agents, cargo: pd.DataFrame) -> Floats:
    """How much each cargo tempts, by who is about it and what there is to save."""
    return np.asarray(
        agents.importers["propensity"].to_numpy()[cargo["importer"]]
        * agents.brokers["propensity"].to_numpy()[cargo["broker"]]
        * agents.sellers["propensity"].to_numpy()[cargo["seller"]]
        * (0.5 + np.log1p(TABLE.duty[cargo["good"].to_numpy()]) / 3), dtype=np.float64)
