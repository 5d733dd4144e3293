"""Orders: lines bought together of one seller, as the marketplace reports them."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from simulation.draws import Floats, Ints, chance, stream
from simulation.happened import Record, records_of
from simulation.ledger import ORDER, About, party_ids
from simulation.lots import Lot
from simulation.money import exchange_rates
from simulation.names import objects
from simulation.outbox import MISTAKEN, Batch, Post
from simulation.parcels.papers import registered, spelled
from simulation.parcels.traders import FORWARDERS, MARKETS, ParcelAgents
from simulation.parcels.wares import TITLES, WARES
from simulation.places import COUNTRIES, CURRENCIES
from simulation.timing import DAY, HOUR
from simulation.wire import Calendar

# The quotes that open a title are closed behind its variant.
OPENED_TITLES = tuple(json.dumps(title)[:-1] for title in TITLES)
VARIANTS = ("Black", "White", "Beige", "Size S", "Size M", "Size L", "Navy", "Set of 2", "New Season", "Type A")
PATHS = tuple(json.dumps(ware.category, ensure_ascii=False, separators=(",", ":")) for ware in WARES)
# A marketplace does not always tell what it paid back.
REFUND_TOLD_RATIO = 0.6
SHOWN = [
    "order_no", "market", "currency", "total", "shipping", "discount", "seller_id", "seller_name", "seller_country", "registered_on", "forwarder",
    "page", "status"]
OF_BUYER = ["buyer_code", "buyer_name", "buyer_phone", "buyer_address", "buyer_postcode", "country_code"]


def order_up(lot: Lot, agents: ParcelAgents, parcels: pd.DataFrame, lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The orders of a lot, one row each with its number, parties, times and sums, and the lines with the position of their order."""
    rng, count = stream(lot.seed, "orders"), len(parcels)
    keys, first, place = np.unique(lines["order"].to_numpy(), return_index=True, return_inverse=True)
    # Beyond the parcels' own orders stand those of other sellers put into the same parcel.
    is_second = keys >= count
    head = np.where(is_second, keys - count, keys)
    seller = lines["seller"].to_numpy()[first]
    market = agents.sellers["market"].to_numpy()[seller]
    currency = np.array([one.currency for one in MARKETS])[market]
    own = parcels["krw_per_usd"].to_numpy()[head] / _krw_per_unit(lot, parcels["arrival_day"].to_numpy()[head], currency)
    lines = lines.assign(order_place=place, price=np.maximum(np.round(lines["ordered_usd"].to_numpy() * own[place], 2), 0.01))
    goods = np.bincount(place, lines["price"].to_numpy() * lines["ordered_quantity"].to_numpy(), len(keys))
    discount = np.round(np.where(is_second, 0, parcels["discount"].to_numpy()[head]) * goods, 2)
    shipping = np.round(parcels["shipping_usd"].to_numpy()[head] * own, 2)
    is_less = np.bincount(place, lines["ordered_quantity"].to_numpy() > lines["quantity"].to_numpy(), len(keys)) > 0
    t_ordered = parcels["t_ordered"].to_numpy()[head] - np.where(is_second, rng.integers(2 * HOUR, 2 * DAY, len(keys)), 0)
    base, _ = lot.numbers(1_000_000_000, 10_000_000_000)
    signs, serials = [one.code[-2:] for one in MARKETS], base + rng.permutation(len(keys))
    spelling = np.where(is_second, 0, parcels["spelling"].to_numpy()[head])
    return pd.DataFrame({
        "order_no": [f"{signs[who]}-{serial}" for who, serial in zip(market.tolist(), serials.tolist(), strict=True)],
        "head": head, "market": market, "currency": currency, "discount": discount, "shipping": shipping,
        "total": np.round(goods + shipping - discount, 2), "seller": seller, "t_ordered": t_ordered,
        "t_paid": t_ordered + rng.integers(20, 1_500, len(keys)),
        "seller_id": agents.sellers["id"].to_numpy()[seller], "seller_name": spelled(agents, seller, spelling, np.zeros_like(seller)),
        "seller_country": objects([one.code for one in COUNTRIES])[agents.sellers["country"].to_numpy()[seller]],
        "registered_on": objects(registered(lot, agents))[seller], "forwarder": parcels["forwarder"].to_numpy()[head],
        "is_reported": parcels["has_order"].to_numpy(dtype=bool)[head], "page": rng.integers(0, 1 << 30, len(keys)),
        "status": np.where(is_less & chance(rng, REFUND_TOLD_RATIO, len(keys)), "partially_refunded", "shipped"),
    }), lines


def _krw_per_unit(lot: Lot, day: Ints, currency: Ints) -> Floats:
    rates = exchange_rates(lot)
    return np.asarray(rates[np.clip(day // 7, 0, len(rates) - 1), currency], dtype=np.float64)


def order_numbers(orders: pd.DataFrame, lines: pd.DataFrame, parcels: int) -> list[list[str]]:
    """The numbers of the orders of which something lies in each parcel."""
    pairs = np.unique(np.column_stack([lines["ship"], lines["order_place"]]), axis=0)
    numbers = orders["order_no"].tolist()
    found: list[list[str]] = [[] for _ in range(parcels)]
    for ship, place in pairs.tolist():
        found[ship].append(numbers[place])
    return found


def market_posts(parcels: pd.DataFrame, orders: pd.DataFrame, lines: pd.DataFrame, calendar: Calendar) -> list[Post]:
    """Each reported order, sent to customs when its parcel is handed over."""
    texts = objects(_line_texts(orders, lines))
    told = np.flatnonzero(orders["is_reported"])
    shown = orders.iloc[told].reset_index(drop=True)
    head = shown["head"].to_numpy()
    leaves = handed_over(parcels["t_created"].to_numpy()[head], head)
    records = records_of(shown[SHOWN].assign(
        ordered_at=calendar.iso(shown["t_ordered"].to_numpy()), paid_at=calendar.iso(shown["t_paid"].to_numpy()), lines=texts[told],
        **{name: parcels[name].to_numpy()[head] for name in OF_BUYER}))

    def write(batch: Batch) -> list[str]:
        return [_order(records[row], version == MISTAKEN) for row, version in zip(batch.rows, batch.versions, strict=True)]

    of, shipment = _parcels_of(lines, len(orders), told)
    about = About([f"{MARKETS[row['market']].code}|{row['order_no']}" for row in records], shipment, of, ORDER, parties={
        "seller": party_ids("shop", shown["seller"]), "buyer": parcels["buyer_party"].to_numpy()[head]})
    return [Post("order", "orders", leaves, write, about=about)]


def _parcels_of(lines: pd.DataFrame, orders: int, told: Ints) -> tuple[Ints, Ints]:
    """The reported orders, by their place among these, and the parcels in which something of them lies."""
    pairs = np.unique(np.column_stack([lines["order_place"], lines["ship"]]), axis=0)
    place = np.full(orders, -1, dtype=np.int64)
    place[told] = np.arange(len(told))
    pairs = pairs[place[pairs[:, 0]] >= 0]
    return place[pairs[:, 0]], pairs[:, 1]


def handed_over(seconds: Ints, draws: Ints) -> Ints:
    """When papers leave: as they are made, or in the first hours where that was before the period."""
    return np.where(seconds < 0, draws * 7_919 % (3 * HOUR), seconds)


def _line_texts(orders: pd.DataFrame, lines: pd.DataFrame) -> list[str]:
    """The lines of each order as JSON."""
    found: list[list[str]] = [[] for _ in range(len(orders))]
    columns = ("order_place", "ware", "title", "style", "ordered_quantity", "price", "seller")
    for place, ware, title, style, quantity, price, seller in zip(*(lines[name].tolist() for name in columns), strict=True):
        texts = found[place]
        texts.append(f'{{"seq":{len(texts) + 1},"sku":"{seller % 9_000 + 1_000}-{title:03d}-{style % 97:02d}",'
                     f'"title":{OPENED_TITLES[title]} {VARIANTS[style % 10]}","category_path":{PATHS[ware]},'
                     f'"quantity":{quantity},"unit_price":{price:.2f}}}')
    return [",".join(texts) for texts in found]


def _order(row: Record, is_mistaken: bool) -> str:
    """One order; a mistaken one forgets the shipping fee."""
    market = MARKETS[row["market"]]
    total, fee = (row["total"] - row["shipping"], 0.0) if is_mistaken else (row["total"], row["shipping"])
    forwarder = f',"forwarder_code":"{FORWARDERS[row["forwarder"]].code}"' if row["forwarder"] >= 0 else ""
    return (
        f'{{"order_no":"{row["order_no"]}","market_code":"{market.code}","market_name":"{market.name}","ordered_at":"{row["ordered_at"]}+09:00",'
        f'"paid_at":"{row["paid_at"]}+09:00","currency":"{CURRENCIES[row["currency"]]}","total_paid":{total:.2f},"shipping_fee":{fee:.2f},'
        f'"discount":{row["discount"]:.2f},"seller":{{"id":"{row["seller_id"]}","name":"{row["seller_name"]}","country":"{row["seller_country"]}",'
        f'"registered_on":"{row["registered_on"]}"}},"buyer":{{"customs_id":"{row["buyer_code"]}","name":"{row["buyer_name"]}",'
        f'"phone":"{row["buyer_phone"]}","address":"{row["buyer_address"]}","postcode":"{row["buyer_postcode"]}"}},"lines":[{row["lines"]}],'
        f'"ship_from":"{row["country_code"]}","status":"{row["status"]}","purchase_url":"https://{market.host}/item/{row["page"]}"{forwarder}}}'
    )
