"""Which shipments are illicit: more of those who did it before, by the typologies that are possible, pay and are in use there."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.cargo import TABLE
from simulation.draws import Floats, Ints, chance, pick_rows, race, spread, stream
from simulation.lots import Lot
from simulation.names import FRONT
from simulation.papers import INSURERS, SCALES
from simulation.slots import DAY
from simulation.traces import AS_LOADED, GATE_USUAL, SEAL_SAME
from simulation.typologies import TYPOLOGIES
from simulation.typologies.typology import items_of


def cheat(lot: Lot, shipments: pd.DataFrame, items: pd.DataFrame, temptation: Floats) -> Ints:
    """Choose the illicit shipments of the lot's kind, the more tempted the likelier, and change their papers in place; gives their rows."""
    rng, scenario = stream(lot.seed, "illicit"), lot.scenario
    main = items[items["seq"] == 1]
    usable = [typology for typology in TYPOLOGIES if typology.kind == lot.kind]
    times = times_of(lot, shipments)
    openings = np.column_stack([typology.openings(shipments, main) * scenario.weights(typology, times) for typology in usable])
    is_open = openings.sum(axis=1) > 0
    chosen = np.sort(race(rng, np.where(is_open, temptation, 0), round(scenario.illicit * len(shipments))))
    kind = pick_rows(rng, openings[chosen])
    shipments.loc[chosen, "typology"] = np.array([typology.name for typology in usable])[kind]
    for place, typology in enumerate(usable):
        typology.act(stream(lot.seed, f"act {typology.name}"), shipments, items, chosen[kind == place])
    return chosen


def tempt(agents: Agents, cargo: pd.DataFrame) -> Floats:
    """How much each cargo tempts, by who is about it and what there is to save."""
    return np.asarray(
        agents.importers["propensity"].to_numpy()[cargo["importer"]]
        * agents.brokers["propensity"].to_numpy()[cargo["broker"]]
        * agents.sellers["propensity"].to_numpy()[cargo["seller"]]
        * (0.8 + np.log1p(TABLE.duty[cargo["good"].to_numpy()]) / 6), dtype=np.float64)


def times_of(lot: Lot, shipments: pd.DataFrame) -> Floats:
    """When shipments arrive, as shares of the period."""
    return lot.times(shipments["arrival_day"].to_numpy() if "arrival_day" in shipments else shipments["t_arrival"].to_numpy() // DAY)


def learn(lot: Lot, agents: Agents, cargo: pd.DataFrame, items: pd.DataFrame, chosen: Ints) -> None:
    """Let offenders who had inspectors in the house take care of some of their later papers."""
    rng, learning = stream(lot.seed, "learning"), lot.scenario.learning
    caught = agents.importers["caught"].to_numpy()[cargo["importer"].to_numpy()[chosen]]
    has_learned = times_of(lot, cargo)[chosen] >= np.maximum(caught, learning.since)
    cover(rng, cargo, items, chosen[has_learned & chance(rng, learning.ratio, len(chosen))])


def cover(rng: np.random.Generator, cargo: pd.DataFrame, items: pd.DataFrame, rows: Ints) -> None:
    """Make the papers of some cheats agree with one another, and their prices less bold."""
    places = items_of(items, rows)
    items.loc[places, "described_good"] = items.loc[places, "declared_good"]
    items.loc[places, "declared_usd_per_kg"] = np.sqrt(items.loc[places, "declared_usd_per_kg"] * items.loc[places, "usd_per_kg"])
    first = places[items["seq"].to_numpy()[places] == 1]
    origin = items["declared_origin"].to_numpy()[first]
    cargo.loc[rows, "is_covered"] = True
    cargo.loc[rows, "bill_good"] = items["declared_good"].to_numpy()[first]
    for name in ("load_country", "export_country", "certificate_country"):
        cargo.loc[rows, name] = origin
    for seen, noise in (("bill", 0.0), ("measured", SCALES)):
        cargo.loc[rows, f"{seen}_gross_kg"] = cargo.loc[rows, "declared_gross_kg"] * (1 + noise * rng.normal(size=len(rows)))
        cargo.loc[rows, f"{seen}_packages"] = cargo.loc[rows, "declared_packages"]
    cargo.loc[rows, ["first_country", "empty_country"]] = AS_LOADED
    cargo.loc[rows, ["seal_trace", "gate_trace"]] = [SEAL_SAME, GATE_USUAL]
    cargo.loc[rows, ["hidden_kg", "shown_kg"]] = 0.0
    cargo.loc[rows, "image"] = ""
    cargo.loc[rows, "has_certificate"] = cargo.loc[rows, "is_claiming"]
    cargo.loc[rows, "certificate_overuse"] = np.minimum(cargo.loc[rows, "certificate_overuse"], 1.0)
    cargo.loc[rows, "insured_factor"] = spread(rng, INSURERS, len(rows))
    cargo.loc[rows, "alias_style"] = np.where(cargo.loc[rows, "alias_style"] > 0, FRONT, 0)
