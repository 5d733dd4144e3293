"""Honest shipments whose papers show the same traces as fraud, and filers' plain mistakes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.cargo import FCL
from simulation.draws import Ints, chance, spread, stream
from simulation.honest import Some, honest_in
from simulation.places import COUNTRY, HUBS
from simulation.traces import GATE_BONDED, SEAL_INSPECTED, SEAL_PREFIX_DROPPED
from simulation.typologies.typology import NEIGHBOUR

VAGUE = ("GENERAL CARGO", "SPARE PARTS", "CONSUMER GOODS", "MIXED GOODS", "SAMPLES AND GOODS")
CHEAP, HEAVY, PALLETS, VAGUE_WORDS, TRIANGLE, SLIP = 0.024, 0.012, 0.010, 0.012, 0.004, 0.008
NO_CERTIFICATE, BACK_TO_BACK, GROSS_FOR_NET, WELL_INSURED = 0.010, 0.005, 0.005, 0.010
# Of full containers: a terminal drops the seal's prefix, a seal is replaced where it was inspected on its way, a container
# goes to another shed under bond, heavy dunnage is weighed, an empty one comes from a neighbouring country.
SEAL_PREFIX, SEAL_INSPECTION, BONDED, DUNNAGE, EMPTY_ELSEWHERE = 0.015, 0.006, 0.010, 0.012, 0.008


def look_alike(seed: str, cargo: pd.DataFrame, items: pd.DataFrame) -> None:
    """Give honest shipments the traces of fraud at set rates; changes the papers in place."""
    rng = stream(seed, "look-alikes")
    some = honest_in(rng, cargo)
    _cheap(rng, items, some(CHEAP))
    rows = some(HEAVY)  # pallets, wet goods, a typing error in the bill
    factor = 1 + np.clip(0.09 * spread(rng, 0.6, len(rows)), 0.02, 0.5)
    cargo.loc[rows, "bill_gross_kg"] *= np.where(chance(rng, 0.7, len(rows)), factor, 1.0)
    cargo.loc[rows, "measured_gross_kg"] *= factor
    rows = some(PALLETS)  # the manifest counts cartons, the declaration pallets; or one package is late
    counted = np.where(cargo["package_unit"] == "GT", cargo["cartons"], cargo["packages"] + 1)[rows]
    cargo.loc[rows, "bill_packages"] = counted
    cargo.loc[rows, "measured_packages"] = counted
    rows = some(VAGUE_WORDS)
    cargo.loc[rows, "bill_words"] = np.array(VAGUE)[rng.integers(0, len(VAGUE), len(rows))]
    rows = some(TRIANGLE)  # loaded where it was stored, not where it was made
    china = COUNTRY["CN"]
    cargo.loc[rows, "load_country"] = np.where(cargo.loc[rows, "origin"] == china, HUBS[0], china)
    cargo.loc[some(NO_CERTIFICATE), "has_certificate"] = False  # a certificate to follow, or an exempt value
    cargo.loc[some(BACK_TO_BACK), "certificate_country"] = HUBS[1]
    rows = some(GROSS_FOR_NET)  # the certificate counts net weight, the declaration gross
    cargo.loc[rows, "certificate_overuse"] = rng.uniform(1.01, 1.2, len(rows))
    cargo.loc[some(WELL_INSURED), "insured_factor"] *= 1.1  # the usual tenth for expected profit
    _slip(items, some(SLIP))
    _on_the_way(rng, cargo, some)


def _on_the_way(rng: np.random.Generator, cargo: pd.DataFrame, some: Some) -> None:
    """What happens to full containers: nothing that any paper is false about."""
    is_full = (cargo["mode"] == FCL).to_numpy()
    cargo.loc[some(SEAL_PREFIX, is_full), "seal_trace"] = SEAL_PREFIX_DROPPED
    cargo.loc[some(SEAL_INSPECTION, is_full), "seal_trace"] = SEAL_INSPECTED
    cargo.loc[some(BONDED, is_full), "gate_trace"] = GATE_BONDED
    rows = some(DUNNAGE, is_full)
    heavy = cargo.loc[rows, "bill_gross_kg"].to_numpy() * rng.uniform(0.015, 0.06, len(rows))
    cargo.loc[rows, "hidden_kg"] = heavy
    cargo.loc[rows, "shown_kg"] = heavy
    rows = some(EMPTY_ELSEWHERE, is_full)
    china = COUNTRY["CN"]
    cargo.loc[rows, "empty_country"] = np.where(cargo.loc[rows, "load_country"] == china, HUBS[0], china)


def _cheap(rng: np.random.Generator, items: pd.DataFrame, rows: Ints) -> None:
    """Second grade and stock lots: the price is low and true."""
    places = np.flatnonzero(np.isin(items["ship"].to_numpy(), rows))
    factor = np.minimum(0.64 * spread(rng, 0.25, len(places)), 1.0)
    items.loc[places, "usd_per_kg"] *= factor
    items.loc[places, "declared_usd_per_kg"] *= factor


def _slip(items: pd.DataFrame, rows: Ints) -> None:
    """A clerk's words name the neighbouring goods although the tariff line is right."""
    first = np.isin(items["ship"].to_numpy(), rows) & (items["seq"] == 1).to_numpy()
    places = np.flatnonzero(first & (NEIGHBOUR[items["good"].to_numpy()] >= 0))
    items.loc[places, "described_good"] = NEIGHBOUR[items["good"].to_numpy()[places]]
