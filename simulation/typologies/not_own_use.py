"""Goods for sale brought in piece by piece as if for own use."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lakehouse.text import Text
from simulation.draws import Floats, Ints, chance
from simulation.parcels import wares
from simulation.parcels.limits import limit_usd
from simulation.typologies.typology import Typology, clusters, items_of


def _openings(parcels: pd.DataFrame, main: pd.DataFrame) -> Floats:
    is_small = parcels["paid_usd"].to_numpy() < limit_usd(parcels["country"].to_numpy())
    return np.where(is_small & ~wares.IS_EXCLUDED[main["ware"].to_numpy()], 1.0, 0.0)


def _deal(rng: np.random.Generator, parcels: pd.DataFrame, lines: pd.DataFrame, rows: Ints) -> None:
    """Five to twelve parcels of one ware to one address, a third under other people's codes; a quarter goes elsewhere each time."""
    members, heads = clusters(rng, rows, parcels["arrival_day"].to_numpy(), 5, 12)
    is_hidden = chance(rng, NOT_OWN_USE.hidden, len(parcels))[heads]
    shown, head = members[~is_hidden], heads[~is_hidden]
    for name in ("buyer", "receiver", "order_person", "home", "order_home", "phone"):
        parcels.loc[shown, name] = parcels[name].to_numpy()[head]
    others = np.where(chance(rng, 0.5, len(shown)), parcels["relative"].to_numpy()[head], parcels["exposed"].to_numpy()[shown])
    parcels.loc[shown, "consignee"] = np.where(chance(rng, 0.35, len(shown)), others, parcels["consignee"].to_numpy()[head])
    parcels.loc[rows, "is_due"] = True
    whole = dict(zip(members.tolist(), heads.tolist(), strict=True))
    places = items_of(lines, rows)
    first = np.searchsorted(lines["ship"].to_numpy(), np.arange(len(parcels)))
    origin = first[[whole[ship] for ship in lines["ship"].to_numpy()[places].tolist()]]
    limit = limit_usd(parcels["country"].to_numpy()[lines["ship"].to_numpy()[places]])
    lines_in = np.bincount(lines["ship"].to_numpy(), minlength=len(parcels))[lines["ship"].to_numpy()[places]]
    price = lines["usd"].to_numpy()[origin]
    # As many as stay under the limit, several of a kind.
    pieces = np.clip(0.95 * limit / lines_in // price, 1, rng.integers(2, 8, len(places))).astype(np.int64)
    for name in ("ware", "declared_ware", "title", "kg", "declared_kg", "usd", "ordered_usd", "declared_usd"):
        lines.loc[places, name] = lines[name].to_numpy()[origin]
    lines.loc[places, "quantity"] = pieces
    lines.loc[places, "ordered_quantity"] = pieces


NOT_OWN_USE = Typology(
    "not_own_use", Text("상용물품 자가사용 위장", "Not for own use"), "parcel", 0.4, _openings, _deal, ("undeclared", "other"),
    Text("한 부호·주소로 30일 내 같은 품목 반복 반입", "Parcels of one line to one code or address within 30 days"), 0.25)
