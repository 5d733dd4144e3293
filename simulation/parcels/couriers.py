"""What express couriers send about parcels: each as it is registered, and what happens to it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.draws import Floats, stream
from simulation.happened import Record, records_of
from simulation.ledger import About
from simulation.lots import Lot
from simulation.names import objects
from simulation.outbox import MISTAKEN, Batch, Post
from simulation.parcels.flights import LOCODE
from simulation.parcels.orders import handed_over
from simulation.parcels.papers import words_of
from simulation.parcels.wares import WARES
from simulation.places import COUNTRIES, CURRENCIES
from simulation.timing import NEVER
from simulation.wire import Calendar

# Who takes a parcel does not always know the order; some couriers weigh it.
NO_ORDER_RATIO, WEIGHED_RATIO, SCALE_NOISE = 0.12, 0.5, 0.015
DEPARTED, DELIVERED = 1, 5
EVENTS: tuple[tuple[str, str], ...] = (
    ("PICKED_UP", "t_picked"), ("DEPARTED", "t_departed"), ("ARRIVED", "t_arrival"), ("CUSTOMS_HELD", "t_held"), ("RELEASED", "t_released"),
    ("DELIVERED", "t_delivered"), ("RETURNED", "t_returned"))
NOTES = ("", "", "", "서류 또는 현품 확인", "", "", "반송")
INLAND = ("KRSEL", "KRPUS", "KRINC", "KRTAE")
SHOWN = [
    "tracking_no", "courier_code", "hawb_no", "master_bl", "bag_no", "shipper_name", "shipper_address", "country_code", "shipper_phone",
    "consignee_name", "address", "postcode", "consignee_code", "consignee_phone", "pieces", "kg", "invoice", "currency", "order_nos"]


def courier_posts(lot: Lot, parcels: pd.DataFrame, lines: pd.DataFrame, calendar: Calendar) -> list[Post]:
    """Each parcel when it is registered, and each event within half an hour of it."""
    rng, count, weighed = stream(lot.seed, "couriers"), len(parcels), weighed_kg(lot, parcels)
    leaves = handed_over(parcels["t_created"].to_numpy() + rng.integers(60, 3_600, count), np.arange(count))
    records = records_of(parcels[SHOWN].assign(
        created_at=calendar.iso(parcels["t_created"].to_numpy()), lines=_lines(parcels, lines),
        weighed=weighed, is_order_known=rng.random(count) >= NO_ORDER_RATIO))

    def write(batch: Batch) -> list[str]:
        return [_shipment(records[row], version == MISTAKEN) for row, version in zip(batch.rows, batch.versions, strict=True)]

    about = About(parcels["tracking_no"].tolist(), np.arange(count), parties={
        role: parcels[f"{role}_party"] for role in ("shipper", "consignee")})
    return [Post("courier", "parcels", leaves, write, about=about), _events(rng, parcels, calendar)]


def weighed_kg(lot: Lot, parcels: pd.DataFrame) -> Floats:
    """What each parcel weighs on its courier's scale, 0 where nobody weighed it."""
    rng, count = stream(lot.seed, "couriers' scales"), len(parcels)
    scaled = np.maximum(np.round(parcels["true_kg"].to_numpy() * (1 + SCALE_NOISE * rng.normal(size=count)), 2), 0.05)
    return np.where(rng.random(count) < WEIGHED_RATIO, scaled, 0.0)


def _lines(parcels: pd.DataFrame, lines: pd.DataFrame) -> list[str]:
    """The lines of each parcel as JSON, values in its currency."""
    ship = lines["ship"].to_numpy()
    own = (parcels["krw_per_usd"] / parcels["rate_krw"]).to_numpy()[ship]
    value = np.maximum(np.round(lines["declared_usd"].to_numpy() * own, 2), 0.01)
    origin = parcels["country_code"].to_numpy()[ship]
    columns = (ship, lines["seq"].to_numpy(), lines["declared_ware"].to_numpy(), lines["quantity"].to_numpy(), value, origin)
    found: list[list[str]] = [[] for _ in range(len(parcels))]
    for words, (place, seq, ware, quantity, price, country) in zip(
            words_of(lines, parcels), zip(*(column.tolist() for column in columns), strict=True), strict=True):
        found[place].append(f'{{"seq":{seq},"description":{words},"hs_code":"{WARES[ware].hs10[:6]}","quantity":{quantity},'
                            f'"unit_value":{price:.2f},"origin":"{country}"}}')
    return [",".join(texts) for texts in found]


def _shipment(row: Record, is_mistaken: bool) -> str:
    """One parcel; a mistaken one counts a package too many."""
    orders = ",".join(f'"{number}"' for number in row["order_nos"]) if row["is_order_known"] else ""
    measured = f',"weight_measured_kg":{row["weighed"]:.2f}' if row["weighed"] else ""
    code = f'"customs_id":"{row["consignee_code"]}",' if row["consignee_code"] else ""
    return (
        f'{{"record_type":"shipment","tracking_no":"{row["tracking_no"]}","courier_code":"{row["courier_code"]}",'
        f'"created_at":"{row["created_at"]}+09:00","hawb_no":"{row["hawb_no"]}","mawb_no":"{row["master_bl"]}",'
        f'"shipper":{{"name":"{row["shipper_name"]}","address":"{row["shipper_address"]}","country":"{row["country_code"]}",'
        f'"phone":"{row["shipper_phone"]}"}},"consignee":{{"name":"{row["consignee_name"]}","address":"{row["address"]}",'
        f'"postcode":"{row["postcode"]}",{code}"phone":"{row["consignee_phone"]}"}},"pieces":{row["pieces"] + is_mistaken},'
        f'"weight_kg":{row["kg"]:.2f},"declared_value":{{"amount":{row["invoice"]:.2f},"currency":"{CURRENCIES[row["currency"]]}"}},'
        f'"lines":[{row["lines"]}],"order_refs":[{orders}],"bag_no":"{row["bag_no"]}"{measured}}}'
    )


def _events(rng: np.random.Generator, parcels: pd.DataFrame, calendar: Calendar) -> Post:
    """What happens to the parcels, in order of time; a mistaken event bears another note."""
    count = len(parcels)
    times = np.concatenate([parcels[name].to_numpy() for _, name in EVENTS])
    happens = np.flatnonzero(times < NEVER)
    happens = happens[np.argsort(times[happens], kind="stable")]
    times, code, ship = times[happens], happens // count, happens % count
    abroad = objects([COUNTRIES[country].code + COUNTRIES[country].airs[port].code
                      for country, port in zip(parcels["country"].tolist(), parcels["port"].tolist(), strict=True)])
    inland = objects(list(INLAND))[parcels["home"].to_numpy() % len(INLAND)]
    place = np.where(code <= DEPARTED, abroad[ship], np.where(code == DELIVERED, inland[ship], LOCODE))
    tracking = parcels["tracking_no"].to_numpy()[ship]
    rows = list(zip(tracking.tolist(), code.tolist(), calendar.iso(times), place.tolist(), strict=True))

    def write(batch: Batch) -> list[str]:
        texts = []
        for row, version in zip(batch.rows, batch.versions, strict=True):
            number, what, at, where = rows[row]
            note = "장소 확인 중" if version == MISTAKEN else NOTES[what]
            texts.append(f'{{"record_type":"event","tracking_no":"{number}","event_code":"{EVENTS[what][0]}","event_at":"{at}+09:00",'
                         f'"unlocode":"{where}","note":"{note}"}}')
        return texts

    about = About([f"{number}|{at}+09:00|{EVENTS[what][0]}" for number, what, at, _ in rows], ship)
    return Post("courier", "events", handed_over(times + rng.integers(30, 1_800, len(times)), ship), write, about=about)
