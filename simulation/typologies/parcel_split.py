"""One purchase sent as several parcels, each under the limit."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, chance
from simulation.parcels.limits import limit_usd
from simulation.typologies.typology import Typology, clusters, items_of, places_in


def _openings(parcels: pd.DataFrame, main: pd.DataFrame) -> Floats:
    ratio = parcels["paid_usd"].to_numpy() / limit_usd(parcels["country"].to_numpy())
    return np.where((ratio > 0.3) & (ratio < 1.3), 1.0, 0.0)


def _split(rng: np.random.Generator, parcels: pd.DataFrame, lines: pd.DataFrame, rows: Ints) -> None:
    """Two to four parcels of one seller and hour to one home, half of them in a relative's name; one in seven hides behind friends."""
    members, heads = clusters(rng, rows, parcels["arrival_day"].to_numpy(), 2, 4)
    is_hidden = chance(rng, PARCEL_SPLIT.hidden, len(parcels))[heads]
    shown, head = members[~is_hidden], heads[~is_hidden]
    for name in ("seller", "country", "courier", "forwarder", "home", "order_home", "phone", "ordered_ahead", "has_order"):
        parcels.loc[shown, name] = parcels[name].to_numpy()[head]
    arrivals = parcels["arrival_day"].to_numpy()
    # Bought within the hour, whatever day it arrives.
    parcels.loc[shown, "ordered_ahead"] += arrivals[shown] - arrivals[head] + rng.uniform(0, 0.04, len(shown))
    is_relative = chance(rng, 0.5, len(shown)) & (shown != head)
    for name in ("buyer", "receiver", "order_person", "consignee"):
        parcels.loc[shown, name] = np.where(is_relative, parcels["relative"].to_numpy()[head], parcels[name].to_numpy()[head])
    parcels.loc[rows, "is_due"] = True
    places = items_of(lines, rows)
    lines.loc[places, "seller"] = parcels["seller"].to_numpy()[lines["ship"].to_numpy()[places]]
    aim = rng.uniform(0.5, 0.97, len(rows)) * limit_usd(parcels["country"].to_numpy()[rows])
    factor = (aim / parcels["paid_usd"].to_numpy()[rows])[places_in(lines, places, rows)]
    for name in ("usd", "ordered_usd", "declared_usd"):
        lines.loc[places, name] = np.round(lines[name].to_numpy()[places] * factor, 2)


PARCEL_SPLIT = Typology(
    "parcel_split", Text("분할 반입", "Splitting under the limit"), "parcel", 0.7, _openings, _split, ("undeclared", "undervaluation"),
    Text("같은 판매자·구매일·구매자 무리의 면세한도 이하 운송장 합계", "The sum of bills of one seller, purchase date and buyer cluster"),
    0.14)
