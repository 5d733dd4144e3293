"""Whom the offices of the past picked among cargo, by whose choice, who went to look, and how deep."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.cargo import TABLE
from simulation.draws import Floats, Ints, chance, pick, race, stream
from simulation.lots import Lot
from simulation.names import objects
from simulation.offices import OFFICES, TRAITS, capacities, make_officers
from simulation.places import COUNTRIES, COUNTRY
from simulation.selection import SHARES, found, looked_at, managed

# A friend among the officers is drawn in so often, and finds so little; colleagues are led elsewhere.
DRAWN_IN, FOUND_BY_FRIEND, LED_ELSEWHERE = 0.8, 0.08, 0.4
OFFENDER, VISITED_BEFORE, VISIT = 4.0, 0.05, 8.0
# Of honest slips that an inspection meets, how many are mended on the spot and recorded so.
MENDED = 0.35


def choose_cargo(lot: Lot, agents: Agents, cargo: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Add who is inspected, by whose choice, by which officer and how deep, what is found and the duty claimed for it."""
    rng = stream(lot.seed, "selection")
    count = len(cargo)
    officers = make_officers(lot.world, agents.relations, agents.brokers, lot.pace)
    office = np.searchsorted(np.sort(OFFICES), cargo["office"].to_numpy(dtype=str))
    cargo = cargo.assign(office_place=np.argsort(OFFICES)[office])
    selected_by = _picked(rng, lot, agents, officers, cargo, items)
    officer, is_friend = _officers_of(rng, officers, cargo)
    is_inspected = selected_by != ""
    depth, ratio = looked_at(rng, count)
    ratio = np.where(is_friend, FOUND_BY_FRIEND, ratio * officers["skill"].to_numpy()[officer])
    cargo = found(rng, cargo, is_inspected, ratio, officers["fault_ratio"].to_numpy()[officer])
    is_slip = cargo["is_look_alike"].to_numpy(dtype=bool) & (cargo["typology"] == "").to_numpy() & chance(rng, MENDED, count)
    return cargo.assign(
        selected_by=selected_by,
        depth=depth,
        officer_ref=objects(officers["ref"].tolist())[officer],
        report_days=officers["report_days"].to_numpy()[officer],
        is_inspected=is_inspected,
        is_mended=is_slip & ~cargo["is_violation"].to_numpy() & is_inspected,
        is_managed=managed(rng, selected_by),
    )


def _picked(rng: np.random.Generator, lot: Lot, agents: Agents, officers: pd.DataFrame, cargo: pd.DataFrame,
            items: pd.DataFrame) -> np.ndarray:
    """Who picked each shipment, empty for none: each office takes as many of a day's arrivals as it has hands for."""
    weights, traits = _weights(rng, lot, agents, cargo, items)
    selected_by = objects([""] * len(cargo))
    capacity = capacities(lot, agents.relations)
    slots = np.floor(capacity + rng.random(capacity.shape)).astype(np.int64)
    day = np.clip(cargo["arrival_day"].to_numpy() - lot.first_day, 0, len(lot.arrivals) - 1)
    place = cargo["office_place"].to_numpy() * len(lot.arrivals) + day
    order = np.argsort(place, kind="stable")
    edges = np.searchsorted(place[order], np.arange(capacity.size + 1))
    habits = officers[[f"habit_{name}" for name in TRAITS]].to_numpy()
    teams = [np.flatnonzero(officers["office"] == office) for office in OFFICES]
    noise = rng.normal(size=len(cargo))
    for group, many in enumerate(slots.ravel().tolist()):
        rows = order[edges[group] : edges[group + 1]]
        lead = teams[group // len(lot.arrivals)]
        lead_habits = habits[lead[rng.integers(0, len(lead))]]
        wanted = np.bincount(pick(rng, [share for _, share in SHARES], many), minlength=len(SHARES))
        for (kind, _), part in zip(SHARES, wanted.tolist(), strict=True):
            eager = np.exp(traits[rows] @ lead_habits + 0.5 * noise[rows]) if kind == "officer" else 1.0
            free = selected_by[rows] == ""
            selected_by[rows[race(rng, np.where(free, weights[kind][rows] * eager, 0.0), part)]] = kind
    return selected_by


def _officers_of(rng: np.random.Generator, officers: pd.DataFrame, cargo: pd.DataFrame) -> tuple[Ints, np.ndarray]:
    """The officer who inspects each shipment, drawn by lot from the team, and whether it is the declarant's friend."""
    office, broker = cargo["office_place"].to_numpy(), cargo["broker"].to_numpy()
    begins = np.array([int((officers["office"] == name).to_numpy().argmax()) for name in OFFICES])
    teams = np.array([int((officers["office"] == name).sum()) for name in OFFICES])
    friend_of = officers["friend_of"].to_numpy()
    # Of a team the first is the one who may have a friend.
    is_friend = (friend_of[begins[office]] == broker) & chance(rng, DRAWN_IN, len(cargo))
    drawn = begins[office] + rng.integers(0, 1 << 30, len(cargo)) % teams[office]
    officer = np.where(is_friend, begins[office], drawn)
    return officer, friend_of[officer] == broker


def _weights(rng: np.random.Generator, lot: Lot, agents: Agents, cargo: pd.DataFrame, items: pd.DataFrame) -> tuple[dict[str, Floats], Floats]:
    """Weigh every shipment for each way of choosing, all but the random one biased and noisy; and its traits for officers' habits."""
    count = len(cargo)
    main = items[items["seq"] == 1]
    good = main["declared_good"].to_numpy()
    level = np.array([country.price_level for country in COUNTRIES])[main["declared_origin"]]
    cheap = -np.log(main["declared_usd_per_kg"].to_numpy() / TABLE.price[good] / level) / (TABLE.sigma[good] + 0.15)
    is_heavy = cargo["bill_gross_kg"].to_numpy() > 1.04 * cargo["declared_gross_kg"].to_numpy()
    is_more = (cargo["bill_packages"] != cargo["declared_packages"]).to_numpy()
    is_bare = (cargo["is_claiming"].astype(bool) & ~cargo["has_certificate"].astype(bool)).to_numpy()
    is_detour = cargo["load_country"].to_numpy() != main["declared_origin"].to_numpy()
    is_china = (cargo["load_country"] == COUNTRY["CN"]).to_numpy()
    is_small = agents.importers["is_small"].to_numpy()[cargo["importer"]]
    propensity = agents.importers["propensity"].to_numpy()[cargo["importer"]]
    past = np.log(propensity) * chance(rng, 0.7, count)
    broker = np.log(agents.brokers["propensity"].to_numpy()[cargo["broker"]])
    broker = np.where(cargo["is_favoured"], 0.0, broker)  # nobody speaks of that one
    noise = rng.normal(size=(count, 2))
    rule = (
        0.5 * np.log1p(TABLE.duty[good]) / 3 + 0.4 * is_china + 0.4 * is_small + 1.1 * is_heavy + 0.7 * is_bare + 0.7 * past
        + 0.3 * noise[:, 0]
    )
    model = 0.6 * cheap + 1.4 * is_heavy + 0.9 * is_more + 1.2 * is_detour + 1.0 * is_bare + 0.9 * past + 0.5 * broker
    led = np.where(cargo["is_favoured"], LED_ELSEWHERE, 1.0)
    caught = agents.importers["caught"].to_numpy()[cargo["importer"]] - lot.times(cargo["arrival_day"].to_numpy())
    led = led * np.where((propensity > OFFENDER) & (caught > 0) & (caught < VISITED_BEFORE), VISIT, 1.0)
    weights = {
        "random": np.ones(count),
        "mandate": np.where(TABLE.chapter[good] <= 22, 1.0, 0.001),
        "officer": led,
        "rule": led * np.exp(1.4 * rule),
        "model": led * np.exp(1.5 * model + 0.4 * noise[:, 1]),
    }
    return weights, np.column_stack([is_china, is_small, cheap, broker, past]).astype(np.float64)
