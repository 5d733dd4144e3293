"""Which shipments are illicit: more of those who did it before, by the typologies that are possible and pay there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.cargo import TABLE
from simulation.draws import pick_rows, race, stream
from simulation.lots import Lot
from simulation.typologies import TYPOLOGIES


def cheat(lot: Lot, agents: Agents, cargo: pd.DataFrame, items: pd.DataFrame) -> None:
    """Choose the illicit shipments and change their papers in place."""
    rng, scenario = stream(lot.seed, "illicit"), lot.scenario
    main = items[items["seq"] == 1]
    usable = [typology for typology in TYPOLOGIES if typology.kind == "cargo"]
    openings = np.column_stack([typology.openings(cargo, main) * scenario.weight(typology) for typology in usable])
    weight = (
        agents.importers["propensity"].to_numpy()[cargo["importer"]]
        * agents.brokers["propensity"].to_numpy()[cargo["broker"]]
        * agents.sellers["propensity"].to_numpy()[cargo["seller"]]
        * (0.5 + np.log1p(TABLE.duty[cargo["good"].to_numpy()]) / 3)
    )
    is_open = openings.sum(axis=1) > 0
    chosen = np.sort(race(rng, np.where(is_open, weight, 0), round(scenario.illicit * len(cargo))))
    kind = pick_rows(rng, openings[chosen])
    cargo.loc[chosen, "typology"] = np.array([typology.name for typology in usable])[kind]
    for place, typology in enumerate(usable):
        typology.act(stream(lot.seed, f"act {typology.name}"), cargo, items, chosen[kind == place])
