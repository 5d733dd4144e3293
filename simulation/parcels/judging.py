"""Who is tempted to cheat with parcels, and how officers of the past chose parcels to open."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.draws import Floats, chance
from simulation.parcels import wares
from simulation.parcels.limits import limit_usd
from simulation.parcels.shopping import worth_of
from simulation.parcels.traders import MONTH, ParcelAgents
from simulation.places import COUNTRY


def tempt(agents: ParcelAgents, parcels: pd.DataFrame) -> Floats:
    """How much each parcel tempts, by who buys and who sells."""
    return np.asarray(agents.people.propensity[parcels["buyer"]] * agents.sellers["propensity"].to_numpy()[parcels["seller"]], dtype=np.float64)


def weigh_parcels(agents: ParcelAgents, parcels: pd.DataFrame, lines: pd.DataFrame, alarm: Floats, rng: np.random.Generator) -> dict[str, Floats]:
    """Weigh every parcel for each way of choosing; `alarm` is how alarming its images are. All but the random one are biased, all are noisy."""
    count = len(parcels)
    sellers, seller = agents.sellers, parcels["seller"].to_numpy()
    share = parcels["declared_usd"].to_numpy() / limit_usd(parcels["country"].to_numpy())
    is_near = (share > 0.85) & (share <= 1)
    is_other = (parcels["order_person"] != parcels["consignee"]).to_numpy()
    is_new = sellers["age_days"].to_numpy()[seller] < 3 * MONTH
    is_china = (parcels["country"] == COUNTRY["CN"]).to_numpy()
    ordered = worth_of(lines, count, "ordered_quantity", "ordered_usd")
    gap = np.where(parcels["has_order"], np.clip(1 - parcels["declared_usd"].to_numpy() / np.maximum(ordered, 1), 0, 1), 0)
    past = np.log(agents.people.propensity[parcels["buyer"]]) * chance(rng, 0.5, count)
    trade = np.log(sellers["propensity"].to_numpy()[seller])
    is_copied = np.bincount(lines["ship"], wares.IS_BRANDED[lines["declared_ware"]], count) > 0
    noise = rng.normal(size=(count, 3))
    rule = 0.6 * is_near + 0.5 * is_new + 0.5 * is_other + 0.4 * is_china + 0.5 * trade + 1.2 * alarm + 0.3 * noise[:, 0]
    officer = 2.6 * alarm + 0.3 * is_china + 0.4 * is_copied + 0.5 * past + 0.5 * noise[:, 1]
    model = 2.2 * alarm + 1.8 * gap + 0.9 * is_other + 0.6 * trade + 0.5 * past + 0.4 * is_near
    is_barred = np.bincount(lines["ship"], wares.IS_EXCLUDED[lines["declared_ware"]], count) > 0
    return {
        "random": np.ones(count), "mandate": np.where(is_barred, 1.0, 0.001), "officer": np.exp(1.3 * officer), "rule": np.exp(1.4 * rule),
        "model": np.exp(1.5 * model + 0.4 * noise[:, 2]),
    }
