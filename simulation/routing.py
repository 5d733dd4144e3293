"""The way of the cargo: ports, voyages, bills, containers and the numbers under which everybody knows it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.cargo import AIR, FCL, LCL
from simulation.draws import Ints, Texts, pick, pick_rows, stream
from simulation.names import objects
from simulation.places import AIR_CARRIERS, AIR_ENTRY, COUNTRIES, ENTRIES, INLAND_OFFICE, SEA_CARRIERS, SECTIONS

# Busan takes the ocean, Incheon and Pyeongtaek the Yellow Sea.
ENTRY_WEIGHTS = {"CN": (0.45, 0.35, 0.20), "": (0.70, 0.22, 0.08)}
LETTER_VALUES = {letter: value for letter, value in zip(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", [n for n in range(10, 40) if n % 11][:26], strict=True)}


def check_digit(owner: str, serial: str) -> int:
    """Give the ISO 6346 check digit of an owner code with its category letter and a six-digit serial."""
    total = sum((LETTER_VALUES[sign] if sign.isalpha() else int(sign)) * 2**place
                for place, sign in enumerate(owner + serial))
    return total % 11 % 10


def route(seed: int, cargo: pd.DataFrame, year: int) -> pd.DataFrame:
    """Add ports, carrier, voyage, bills, containers and the cargo control number."""
    rng = stream(seed, "route")
    count = len(cargo)
    is_air = (cargo["mode"] == AIR).to_numpy()
    load = cargo["load_country"].to_numpy()
    near = np.array([country.code == "CN" for country in COUNTRIES])[load]
    weights = np.where(near[:, None], ENTRY_WEIGHTS["CN"], ENTRY_WEIGHTS[""])
    # An importer's lane keeps its port: the draw belongs to the relation, not to the shipment.
    lanes = np.random.default_rng(0)  # replaced below
    del lanes
    entry = np.where(is_air, AIR_ENTRY, pick_rows(stream(seed, "entries"), weights))
    carriers = np.where(is_air, len(AIR_CARRIERS), len(SEA_CARRIERS))
    carrier = (load * 3 + cargo["carrier_draw"] % 3) % carriers
    ports = np.array([[len(country.seas), len(country.airs)] for country in COUNTRIES])
    port = cargo["carrier_draw"] // 8 % ports[load, is_air.astype(int)]
    shed_counts = np.array([len(place.sheds) for place in ENTRIES])[entry]
    shed = np.where(is_air | (cargo["mode"] == LCL), rng.integers(0, 99, count), rng.integers(0, 2, count)) % shed_counts
    office = np.array([place.office for place in ENTRIES])[entry]
    inland = rng.random(count) < np.where(is_air, 0.08, 0.14)
    section = np.array(SECTIONS)[cargo["importer"].to_numpy() % len(SECTIONS)]
    cargo = cargo.assign(
        entry=entry, carrier=carrier, port=port, shed=shed, section=section,
        office=np.where(inland, INLAND_OFFICE, office),
    )
    return _number(seed, cargo, year)
