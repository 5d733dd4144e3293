"""What parcels and bags declare by themselves, and what all feeds say of them, as tables to learn from: one row each, in order of filing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process, utils

from bench.evidence import earlier
from simulation.bags.made import Bags, make_bags
from simulation.bags.travellers import ROUTES, make_travellers
from simulation.draws import Bools
from simulation.images import ALARM, SUSPECT
from simulation.lots import lots_of
from simulation.parcels import wares
from simulation.parcels.couriers import weighed_kg
from simulation.parcels.limits import limit_usd
from simulation.parcels.made import Parcels, make_parcels
from simulation.parcels.traders import make_parcel_agents
from simulation.scenario import Scenario
from simulation.slots import DAY
from simulation.typologies.typology import Kind
from simulation.wire import Calendar
from simulation.world import DEFAULT_END

SHRUNK_TO, MONTH = 3, 30
_ILLICIT, _INSPECTED, _TYPOLOGY, _AT = "illicit", "is_inspected", "typology", "at"


@dataclass(frozen=True)
class Small:
    """Parcels or bags of a world in order of filing: the truth, what they declare, and all that is told of them."""

    truth: pd.DataFrame
    declared: pd.DataFrame
    evidence: pd.DataFrame

    @property
    def illicit(self) -> Bools:
        """Whether each is illicit."""
        return np.asarray(self.truth["typology"] != "")


def make_small(kind: Kind, scenario: Scenario, shipments: int, days: int, seed: int) -> Small:
    """Make all parcels or all bags of a world that has nothing else, without writing a message."""
    start = DEFAULT_END - timedelta(days=days - 1)
    calendar = Calendar.of(start, days)
    lots = [replace(lot, kind=kind) for lot in lots_of(seed, shipments, days, start, scenario)]
    if kind == "parcel":
        agents = make_parcel_agents(seed, shipments)
        parts = [_of_parcels(make_parcels(agents, lot, calendar)) for lot in lots]
    else:
        travellers = make_travellers(seed, shipments)
        parts = [_of_bags(make_bags(travellers, lot, calendar)) for lot in lots]
    table = pd.concat(parts, ignore_index=True).sort_values(_AT, kind="stable", ignore_index=True)
    table = _parcels_past(table) if kind == "parcel" else _past(table, ("traveller",))
    named = [str(name) for name in table if str(name).startswith("declared_")]
    hidden = {_INSPECTED, _TYPOLOGY, _AT, _ILLICIT, *_WHO}
    kept = [str(name) for name in table if name not in hidden]
    table[named] = table[named].astype({name: "category" for name in named if table[name].dtype == object})
    return Small(table[[_TYPOLOGY, _INSPECTED]], table[named], table[kept])


# By whom and where shipments hang together: never columns to learn from.
_WHO = ("seller", "buyer", "consignee", "home", "phone", "ware", "traveller", "ordered_day")


def _of_parcels(made: Parcels) -> pd.DataFrame:
    parcels, lines, count = made.parcels, made.lines, len(made.parcels)
    main = lines[lines["seq"] == 1].reset_index(drop=True)
    orders, ware = made.orders, main["declared_ware"].to_numpy()
    goods = np.bincount(lines["order_place"], lines["price"] * lines["ordered_quantity"], len(orders))
    paid = 1 - orders["discount"].to_numpy() / np.maximum(goods, 0.01)
    told = np.bincount(lines["ship"], lines["ordered_usd"] * lines["ordered_quantity"] * paid[lines["order_place"]], count)
    is_told = np.bincount(lines["ship"], ~orders["is_reported"].to_numpy(dtype=bool)[lines["order_place"]], count) == 0
    head, declared, title = orders["head"].to_numpy()[main["order_place"]], parcels["declared_usd"].to_numpy(), main["title"].to_numpy()
    phones = made.agents.people.phone_owners(parcels["buyer"].to_numpy())
    scale = weighed_kg(made.lot, parcels)
    is_own = (title >= wares.FIRST_TITLE[ware]) & (title < wares.FIRST_TITLE[ware] + wares.MANY_TITLES[ware])
    unknown = np.nan
    unknown, pieces = np.nan, np.bincount(lines["ship"], lines["quantity"], count)
    return pd.DataFrame({
        _TYPOLOGY: parcels["typology"], _INSPECTED: parcels["is_inspected"], _AT: parcels["t_listed"],
        **{name: parcels[name] for name in ("seller", "buyer", "consignee", "home", "phone")}, "ware": ware,
        "ordered_day": parcels["t_ordered"] // DAY,
        "declared_country": parcels["country_code"], "declared_courier": parcels["courier_code"], "declared_currency": parcels["currency"],
        "declared_hs6": [wares.WARES[one].hs10[:6] for one in ware], "declared_usd": declared, "declared_kg": parcels["kg"],
        "declared_pieces": pieces, "declared_lines": np.bincount(lines["ship"], minlength=count), "declared_is_listed": parcels["is_listed"],
        "declared_usd_per_kg": declared / parcels["kg"], "declared_of_limit": declared / limit_usd(parcels["country"].to_numpy()),
        "is_ordered": is_told, "order_gap": np.where(is_told, told / np.maximum(declared, 0.5) - 1, unknown),
        "is_other_code": np.where(is_told, parcels["order_person"].to_numpy()[head] != parcels["consignee"], unknown),
        "is_other_phone": np.where(is_told, phones[head] != parcels["phone"], unknown),
        "is_other_home": np.where(is_told, parcels["order_home"].to_numpy()[head] != parcels["home"], unknown),
        "title_names_other": np.where(is_told, ~is_own, unknown), "title_alarms": np.where(is_told, title >= wares.CONTRABAND_TITLE, unknown),
        "is_vague": parcels["words"] > 0, "scale_ratio": np.where(scale > 0, scale / parcels["kg"] - 1, unknown),
        "carried_in_ratio": parcels["true_kg"] / parcels["kg"] - 1, "is_forwarded": parcels["forwarder"] >= 0,
        "price_to_ware": np.log(main["declared_usd"].to_numpy() / wares.USD[ware]),
        "seller_age": made.agents.sellers["age_days"].to_numpy()[parcels["seller"]], **_images(made.scans, count), **_listed(made),
    })


def _of_bags(made: Bags) -> pd.DataFrame:
    bags = made.bags
    route = bags["route"].to_numpy()
    return pd.DataFrame({
        _TYPOLOGY: bags["typology"], _INSPECTED: bags["is_inspected"], _AT: bags["t_arrival"],
        "declared_flight": [ROUTES[place].flight for place in route.tolist()], "declared_kg": bags["true_kg"],
        "declared_is_declared": bags["is_declared"],
        "declared_usd": np.where(bags["is_declared"], bags["declared_usd"], 0.0), "declared_hour": bags["t_arrival"] // 3_600 % 24,
        **_images(made.scans, len(bags)), "traveller": bags["traveller"],
    })


def _images(scans: pd.DataFrame, count: int) -> dict[str, np.ndarray]:
    """The most alarming likeness of each shipment with its surety, how alarming its images are, and how often an operator suspected it."""
    ship, second = scans["ship"].to_numpy(), scans["second"].to_numpy()
    label, alarm, suspected, dogs = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count)
    order = np.argsort(scans["alarm"].to_numpy(), kind="stable")
    label[ship[order]] = second[order]
    np.maximum.at(alarm, ship, ALARM[second] * scans["second_sure"].to_numpy() * (second > 0))
    np.add.at(suspected, ship, (scans["result"] == SUSPECT).to_numpy())
    np.add.at(dogs, ship, (scans["modality"] > 0).to_numpy())
    return {"image_label": label, "image_alarm": alarm, "image_suspected": suspected, "image_dogs": dogs,
            "images": np.bincount(ship, minlength=count).astype(np.float64)}


def _listed(made: Parcels) -> dict[str, np.ndarray]:
    """How much the shop's name is like one on the list, and whether it is the very name."""
    listed = [utils.default_process(name) for name in made.agents.sellers["name"].to_numpy()[made.agents.listed].tolist()]
    names, of = np.unique(made.parcels["seller_name"].to_numpy(dtype=str), return_inverse=True)
    plain = [utils.default_process(name) for name in names.tolist()]
    whole = process.cdist(plain, listed, scorer=fuzz.ratio).max(axis=1)
    joined = process.cdist([name.replace(" ", "") for name in plain], [name.replace(" ", "") for name in listed], scorer=fuzz.ratio).max(axis=1)
    return {"listed_alike": np.maximum(whole, joined)[of], "listed_same": np.isin(plain, listed)[of]}


def _parcels_past(table: pd.DataFrame) -> pd.DataFrame:
    """Add how parcels hang together: with those before, and with those bought at once."""
    table = _past(table, ("seller", "buyer", "consignee", "home", "phone"))
    at_once = table.groupby(["seller", "home", "ordered_day"])["declared_usd"]
    month = table[_AT] // (MONTH * DAY)
    return table.assign(
        bought_at_once=at_once.transform("size"), bought_sum_of_limit=at_once.transform("sum") / table["declared_usd"] * table["declared_of_limit"],
        same_ware_to_home=table.groupby(["home", "ware", month]).cumcount(), same_ware_to_code=table.groupby(["consignee", "ware", month]).cumcount(),
        homes_of_code=_distinct(table, "consignee", "home"), phones_of_code=_distinct(table, "consignee", "phone"),
        codes_of_phone=_distinct(table, "phone", "consignee"), codes_of_home=_distinct(table, "home", "consignee"))


def _past(table: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Add how often each party's earlier shipments were illicit, and how many they are."""
    rows = table.assign(**{_ILLICIT: (table[_TYPOLOGY] != "").astype(float)})
    usual, found = rows[_ILLICIT].mean(), {}
    for name in names:
        mean, many = earlier(rows, [name], _ILLICIT)
        found[f"{name}_illicit"] = (np.nan_to_num(mean) * many + usual * SHRUNK_TO) / (many + SHRUNK_TO)
        found[f"{name}_shipments"] = many
    return table.assign(**found)


def _distinct(table: pd.DataFrame, of: str, what: str) -> np.ndarray:
    """How many different ones there were of a party so far."""
    is_new = ~table.duplicated([of, what])
    return np.asarray(is_new.astype(int).groupby(table[of]).cumsum())
