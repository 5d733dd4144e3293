"""What shows of parcels: the order beside courier and list, scales and X-ray beside what was declared."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from simulation.draws import Bools, Ints, Texts
from simulation.images import SHADOWS, SUSPECT
from simulation.ledger import party_ids
from simulation.names import objects
from simulation.parcels import wares
from simulation.parcels.couriers import weighed_kg
from simulation.parcels.limits import limit_usd
from simulation.parcels.made import Parcels
from simulation.parcels.people import postcodes
from simulation.shown import PARCEL_KG, PARCEL_RATIO, VALUE_RATIO, VALUE_USD, Shown, Side, apart
from simulation.slots import DAY

_ORDER, _COURIER, _LIST = ("order", "orders"), ("courier", "parcels"), ("clearance_list", "lists")


def shown_by_parcels(made: Parcels) -> Iterator[Shown]:
    """Everything that shows of a lot's parcels."""
    main = made.lines[made.lines["seq"] == 1]
    words = objects([wares.WARES[ware].words for ware in main["declared_ware"].tolist()])
    is_reported = made.orders["is_reported"].to_numpy(dtype=bool)
    is_ordered = np.bincount(made.lines["ship"], ~is_reported[made.lines["order_place"]], len(made.parcels)) == 0
    yield from _values(made, is_ordered)
    yield from _persons(made, main, is_ordered)
    title = main["title"].to_numpy()
    rows = np.flatnonzero(is_ordered & (title >= wares.CONTRABAND_TITLE))
    yield Shown("goods", "title", rows, Side(*_ORDER, objects(list(wares.TITLES))[title[rows]]), Side(*_COURIER, words[rows]))
    yield from _weights(made)
    yield scanned(made.scans, "parcel", words, _COURIER)


def _values(made: Parcels, is_ordered: Bools) -> Iterator[Shown]:
    """What the orders of a parcel come to less discount, above what is declared; what was bought at once in parcels under the limit, above it."""
    parcels, lines, count = made.parcels, made.lines, len(made.parcels)
    orders = made.orders
    goods = np.bincount(lines["order_place"], lines["price"] * lines["ordered_quantity"], len(orders))
    paid = 1 - orders["discount"].to_numpy() / np.maximum(goods, 0.01)
    told = np.bincount(lines["ship"], lines["ordered_usd"] * lines["ordered_quantity"] * paid[lines["order_place"]], count).round(2)
    declared = parcels["declared_usd"].to_numpy()
    rows = np.flatnonzero(is_ordered & (told > declared) & apart(told, declared, VALUE_RATIO, VALUE_USD))
    yield Shown("value", "order", rows, Side(*_ORDER, told[rows]), Side(*_COURIER, declared[rows]))
    limit = limit_usd(parcels["country"].to_numpy())
    group = parcels.groupby([parcels["seller"], parcels["home"], parcels["t_ordered"] // DAY])["declared_usd"]
    whole = group.transform("sum").to_numpy().round(2)
    is_split = (group.transform("size") > 1).to_numpy() & (whole > limit) & (declared <= limit) & parcels["is_listed"].to_numpy(dtype=bool)
    rows = np.flatnonzero(is_split & is_ordered)
    yield Shown("value", "split", rows, Side(*_ORDER, whole[rows]), Side(*_LIST, limit[rows]))


def _persons(made: Parcels, main: pd.DataFrame, is_ordered: Bools) -> Iterator[Shown]:
    """The buyer of the order beside the consignee: whose code, whose phone, where."""
    parcels, people = made.parcels, made.agents.people
    head = made.orders["head"].to_numpy()[main["order_place"]]
    for rule, bought, sent in (
            ("customs_id", parcels["order_person"].to_numpy()[head], parcels["consignee"].to_numpy()),
            ("phone", people.phone_owners(parcels["buyer"].to_numpy())[head], parcels["phone"].to_numpy())):
        rows = np.flatnonzero(is_ordered & (bought != sent))
        yield Shown("identity", rule, rows, Side(*_ORDER, party_ids("person", bought[rows])), Side(*_COURIER, party_ids("person", sent[rows])))
    ordered, home = (objects(postcodes(homes)) for homes in (parcels["order_home"].to_numpy()[head], parcels["home"].to_numpy()))
    rows = np.flatnonzero(is_ordered & (ordered != home))
    yield Shown("identity", "postcode", rows, Side(*_ORDER, ordered[rows]), Side(*_COURIER, home[rows]))


def _weights(made: Parcels) -> Iterator[Shown]:
    """The courier's scale, and the weight carried in, beside the weight told."""
    parcels, told = made.parcels, made.parcels["kg"].to_numpy()
    is_in = (parcels["t_carried_in"] < made.lot.days * DAY).to_numpy()
    for rule, (feed, post), seen, among in (
            ("scale", _COURIER, weighed_kg(made.lot, parcels), np.ones(len(parcels), dtype=np.bool_)),
            ("carried_in_weight", ("cargo_progress", "progress"), parcels["true_kg"].to_numpy(), is_in)):
        rows = np.flatnonzero((seen > 0) & among & apart(told, seen, PARCEL_RATIO, PARCEL_KG))
        yield Shown("weight", rule, rows, Side(*_COURIER, told[rows]), Side(feed, post, seen[rows]))


def scanned(scans: pd.DataFrame, kind: str, told: Texts, papers: tuple[str, str]) -> Shown:
    """What an image shows beyond the usual, or an operator suspects, the surest of each shipment; `told` is what its papers say."""
    is_odd = (scans["second"] > 0) | (scans["result"] == SUSPECT)
    odd = scans[is_odd & ((scans["second"] > 0) | (scans["first"] > 0))]
    is_second = (odd["second"] > 0).to_numpy()
    found = pd.DataFrame({"ship": odd["ship"], "label": np.where(is_second, odd["second"], odd["first"]),
                          "sure": np.where(is_second, odd["second_sure"], odd["first_sure"])})
    found = found.sort_values(["ship", "sure"], ascending=[True, False], kind="stable").drop_duplicates("ship")
    rows: Ints = found["ship"].to_numpy(dtype=np.int64)
    labels = objects(list(SHADOWS))[found["label"].to_numpy()]
    return Shown("screening", "image", rows, Side("screening", f"{kind}-images", labels, found["sure"].to_numpy()), Side(*papers, told[rows]))
