"""Clearance lists: what couriers declare of parcels released without a declaration."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.happened import Record, records_of
from simulation.ledger import About
from simulation.names import objects
from simulation.outbox import MISTAKEN, Batch, Post
from simulation.parcels.orders import handed_over
from simulation.parcels.papers import words_of
from simulation.parcels.traders import MARKETS, ParcelAgents
from simulation.parcels.wares import WARES
from simulation.wire import Calendar

SHOWN = [
    "list_no", "list_line", "courier_code", "hawb_no", "master_bl", "seller_name", "country_code", "declared_usd", "kg", "declared_code",
    "consignee_name", "consignee_phone", "postcode", "address"]


def list_posts(agents: ParcelAgents, parcels: pd.DataFrame, lines: pd.DataFrame, calendar: Calendar) -> list[Post]:
    """Each line of the lists when it is submitted; it bears the words and HS code of the parcel's first line."""
    main = lines[lines["seq"].to_numpy() == 1]
    market = agents.sellers["market"].to_numpy()[parcels["seller"]]
    whole = parcels[SHOWN].assign(
        submitted_at=calendar.iso(parcels["t_listed"].to_numpy()), words=words_of(main, parcels),
        hs6=objects([ware.hs10[:6] for ware in WARES])[main["declared_ware"]],
        pieces=np.bincount(lines["ship"], lines["quantity"], len(parcels)).astype(np.int64),
        page=[f"{MARKETS[one].host}/shop/{seller}" for one, seller in zip(market.tolist(), parcels["seller"].tolist(), strict=True)])
    listed = np.flatnonzero(parcels["is_listed"])
    records = records_of(whole.iloc[listed])

    def write(batch: Batch) -> list[str]:
        return [_listed(records[row], version == MISTAKEN) for row, version in zip(batch.rows, batch.versions, strict=True)]

    about = About([f"{row['list_no']}|{row['list_line']}" for row in records], listed, parties={
        role: parcels[f"{role}_party"].to_numpy()[listed] for role in ("seller", "consignee")})
    return [Post("clearance_list", "lists", handed_over(parcels["t_listed"].to_numpy()[listed], listed), write, about=about)]


def _listed(row: Record, is_mistaken: bool) -> str:
    """One line of a list; a mistaken one counts a piece too many."""
    return (
        f'{{"list_no":"{row["list_no"]}","line":{row["list_line"]},"submitted_at":"{row["submitted_at"]}+09:00",'
        f'"courier_code":"{row["courier_code"]}","hawb_no":"{row["hawb_no"]}","mawb_no":"{row["master_bl"]}",'
        f'"seller_name":"{row["seller_name"]}","seller_country":"{row["country_code"]}","purchase_url":"https://{row["page"]}",'
        f'"goods":{row["words"]},"hs6":"{row["hs6"]}","quantity":{row["pieces"] + is_mistaken},"price_usd":{row["declared_usd"]:.2f},'
        f'"weight_kg":{row["kg"]:.2f},"consignee":{{"customs_id":"{row["declared_code"]}","name":"{row["consignee_name"]}",'
        f'"phone":"{row["consignee_phone"]}","postcode":"{row["postcode"]}","address":"{row["address"]}"}}}}'
    )
