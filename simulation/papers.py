"""The papers about cargo as an honest filer writes them: declared, on the bill and measured, all true so far."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.cargo import regimes
from simulation.draws import chance, spread, stream
from simulation.traces import without_traces

# How much scales, and how much insurers, differ from what is.
SCALES, INSURERS = 0.006, 0.02


def write_papers(seed: str, cargo: pd.DataFrame, items: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the papers about cargo and items, all true so far: declared, bill (manifest) and measured values."""
    rng = stream(seed, "papers")
    count = len(cargo)
    gross = cargo["gross_kg"].to_numpy()
    rounding = np.where(chance(rng, 0.10, count), 1 + 0.02 * rng.normal(size=count), 1.0)
    _, rate = regimes(
        items["good"].to_numpy(), items["origin"].to_numpy(), cargo["is_claiming"].to_numpy(dtype=bool)[items["ship"]]
    )
    cargo = without_traces(cargo).assign(
        declared_gross_kg=np.round(gross * rounding, 1),
        bill_gross_kg=gross,
        measured_gross_kg=np.round(gross * (1 + SCALES * rng.normal(size=count)), 1),
        declared_packages=cargo["packages"],
        bill_packages=cargo["packages"],
        measured_packages=cargo["packages"],
        bill_good=cargo["good"],
        bill_words="",
        has_certificate=cargo["is_claiming"],
        certificate_country=cargo["origin"],
        certificate_overuse=np.where(chance(rng, 0.3, count), rng.uniform(0.2, 1.0, count), 1.0),
        # What the insurer was told, over what the invoice says.
        insured_factor=spread(rng, INSURERS, count),
        alias_style=0,
        # A branch abroad in whose name the seller invoices, -1 for none.
        branch_country=-1,
        is_relation_told=cargo["is_related"] & chance(rng, 0.85, count),
        typology="",
        is_look_alike=False,
        is_covered=False,
    )
    items = items.assign(
        declared_good=items["good"],
        declared_origin=items["origin"],
        declared_net_kg=items["net_kg"],
        declared_usd_per_kg=items["usd_per_kg"],
        described_good=items["good"],
        true_rate=rate,
    )
    return cargo, items
