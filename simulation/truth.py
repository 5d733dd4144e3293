"""What really was of each shipment, beside what was declared: for evaluation and for looking at, never for the pipeline."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.goods import GOODS
from simulation.lots import Lot
from simulation.names import objects
from simulation.places import COUNTRIES, ENTRIES
from simulation.signs import names_of, signs
from simulation.timing import DAY


def truth_of(agents: Agents, lot: Lot, cargo: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """One row a shipment: who it was, what it was, what papers said of it, when, and what there is to see of it."""
    main = items[items["seq"] == 1]
    is_filed = (cargo["t_declared"] < lot.days * DAY).to_numpy()
    return pd.DataFrame(
        {
            "declaration_no": np.where(is_filed, cargo["declaration_no"], ""),
            "cargo_control_no": cargo["cargo_control_no"],
            "typology": cargo["typology"],
            "illicit": (cargo["typology"] != "").astype(int),
            "look_alike": cargo["is_look_alike"].astype(int),
            "inspected": (cargo["t_inspected"] < lot.days * DAY).astype(int),
            "true_hs10": [GOODS[good].hs10 for good in main["good"].tolist()],
            "true_origin": [COUNTRIES[place].code for place in main["origin"].tolist()],
            "true_value_usd": cargo["true_usd"].round(2),
            "declared_value_usd": cargo["invoice_usd"].round(2),
            "true_gross_kg": cargo["gross_kg"],
            "declared_gross_kg": cargo["declared_gross_kg"],
            "true_packages": cargo["packages"],
            "declared_packages": cargo["declared_packages"],
            "evaded_krw": cargo["evaded_krw"].astype(int),
            "importer_code": cargo["importer_code"],
            "seller_id": agents.sellers["id"].to_numpy()[cargo["seller"]],
            "market_code": cargo["market_code"],
            "port": objects([entry.locode for entry in ENTRIES])[cargo["entry"]],
            "due_on": _dates(lot, cargo["t_due"]),
            "arrived_on": _dates(lot, cargo["t_arrival"]),
            # Offenders who learned took care of the papers.
            "covered": cargo["is_covered"].astype(int),
            "signs": names_of(signs(agents, cargo, items)),
            "shipment": lot.ids,
        }
    )


def _dates(lot: Lot, seconds: pd.Series) -> list[str]:
    return [(lot.start + timedelta(days=day)).isoformat() for day in (seconds // DAY).tolist()]
