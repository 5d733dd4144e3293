"""What a declaration says by itself, and what all feeds say together, as tables to learn from: one row a shipment, in order of filing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from html import unescape

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process, utils

from simulation.agents import Agents, make_agents
from simulation.cargo import FCL, TABLE
from simulation.lots import lots_of
from simulation.money import PREMIUM
from simulation.scenario import Scenario
from simulation.signs import INSURED_RATIO, LAST_RATIO, SPREADS_BELOW, WEIGHT_RATIO, YOUNG_DAYS
from simulation.standing import established_days
from simulation.timing import DAY
from simulation.wire import Calendar
from simulation.world import DEFAULT_END, make_lot

SHRUNK_TO = 5
# The verified gross mass is the shipper's figure, and names of three common words are alike by chance.
VERIFIED_RATIO, ALIKE = 0.03, 90
CATEGORIES = ("hs10", "origin_code", "export_code", "office", "terms", "regime", "plan", "package_unit", "payment", "mode",
              "seller_country", "supplier_country")


@dataclass(frozen=True)
class World:
    """A world as frames: its firms, all its shipments in order of filing, their items and their containers."""

    agents: Agents
    days: int
    cargo: pd.DataFrame
    items: pd.DataFrame
    boxes: pd.DataFrame

    @property
    def illicit(self) -> np.ndarray:
        """Whether each shipment is illicit."""
        return (self.cargo["typology"] != "").to_numpy()


def make_world(scenario: Scenario, shipments: int, days: int, seed: int) -> World:
    """Make all lots of a world, without writing a message."""
    start = DEFAULT_END - timedelta(days=days - 1)
    agents = make_agents(seed, shipments)
    cargos, items, boxes, many = [], [], [], 0
    for lot in lots_of(seed, shipments, days, start, scenario):
        made = make_lot(agents, lot, Calendar.of(start, days))
        cargos.append(made.cargo)
        items.append(made.items.assign(ship=made.items["ship"] + many))
        boxes.append(made.boxes.assign(ship=made.boxes["ship"] + many))
        many += len(made.cargo)
    cargo, goods = pd.concat(cargos, ignore_index=True), pd.concat(items, ignore_index=True)
    order = np.argsort(cargo["t_declared"].to_numpy(), kind="stable")
    place = np.empty(many, dtype=np.int64)
    place[order] = np.arange(many)
    goods = goods.assign(ship=place[goods["ship"]]).sort_values(["ship", "seq"], ignore_index=True)
    held = pd.concat(boxes, ignore_index=True)
    return World(agents, days, cargo.iloc[order].reset_index(drop=True), goods, held.assign(ship=place[held["ship"]]))


def declared_fields(world: World) -> pd.DataFrame:
    """What a declaration says by itself, and no name: goods, places, amounts, terms."""
    cargo, main = world.cargo, world.items[world.items["seq"] == 1].reset_index(drop=True)
    by_ship = world.items.groupby("ship")
    table = pd.DataFrame({
        **{name: main[name] for name in ("hs10", "origin_code", "regime", "rate", "declared_net_kg", "unit_price", "value")},
        **{name: cargo[name] for name in (
            "export_code", "office", "terms", "plan", "package_unit", "payment", "mode", "currency", "seller_country", "supplier_country",
            "invoice_usd", "freight_krw", "insurance_krw", "declared_gross_kg", "declared_packages")},
        "has_certificate": cargo["certificate_flag"] == "Y",
        "is_relation_told": cargo["is_relation_told"].astype(bool),
        "items": by_ship.size().to_numpy(),
        "net_kg": by_ship["declared_net_kg"].sum().to_numpy(),
        "base_krw": by_ship["base_krw"].sum().to_numpy(),
        "duty_krw": by_ship["duty_krw"].sum().to_numpy(),
        "containers": cargo["containers"].map(len),
    })
    return table.astype(dict.fromkeys(CATEGORIES, "category"))


def evidence(world: World) -> pd.DataFrame:
    """The declared fields with what other feeds say beside them, and with the past of goods and parties, every label known."""
    cargo, main = world.cargo, world.items[world.items["seq"] == 1].reset_index(drop=True)
    good, origin = main["declared_good"].to_numpy(), main["declared_origin"].to_numpy()
    told = {
        f"{seen}_{what}": cargo[f"{seen}_{what}"] / cargo[f"declared_{what}"] - 1
        for seen in ("bill", "measured") for what in ("gross_kg", "packages")
    }
    claiming, certified = cargo["is_claiming"].to_numpy(dtype=bool), cargo["has_certificate"].to_numpy(dtype=bool)
    true_duty = TABLE.duty[cargo["bill_good"].to_numpy()], TABLE.duty[main["described_good"].to_numpy()]
    insured = cargo["insurance_krw"] / (PREMIUM * cargo["invoice_usd"] * cargo["krw_per_usd"])
    table = declared_fields(world).assign(
        **told,
        **_registry(world),
        **_past(world, main),
        **_containers(world),
        insured_ratio=insured.where(cargo["insurance_krw"] > 0),
        bill_names_other=cargo["bill_good"].to_numpy() != good,
        bill_duty_gap=true_duty[0] - TABLE.duty[good],
        bill_is_vague=cargo["bill_words"] != "",
        words_name_other=main["described_good"].to_numpy() != good,
        words_duty_gap=true_duty[1] - TABLE.duty[good],
        loaded_elsewhere=cargo["load_country"].to_numpy() != origin,
        loaded_in=cargo["load_code"].astype("category"),
        dispatched_elsewhere=cargo["export_country"].to_numpy() != origin,
        lacks_certificate=claiming & ~certified,
        strange_certificate=claiming & certified & (cargo["certificate_country"].to_numpy() != origin),
        certificate_used=np.where(claiming & certified, cargo["certificate_overuse"], np.nan),
    )
    return table.assign(contradictions=_contradictions(table))


def _contradictions(seen: pd.DataFrame) -> pd.Series:
    """How many of the things that feeds say contradict the declaration beyond what rounding or the usual spread explain."""
    found = (
        *(seen[f"{who}_gross_kg"].abs() > WEIGHT_RATIO for who in ("bill", "measured")),
        *(seen[f"{who}_packages"].abs() > 0 for who in ("bill", "measured")),
        seen["bill_names_other"] | seen["bill_is_vague"], seen["words_name_other"], seen["loaded_elsewhere"], seen["dispatched_elsewhere"],
        seen["lacks_certificate"] | seen["strange_certificate"] | (seen["certificate_used"] > LAST_RATIO),
        seen["price_spreads"] < -SPREADS_BELOW, seen["insured_ratio"] > INSURED_RATIO,
        (seen["seal_is_other"] > 0) & (seen["seal_is_inspected"] == 0) & (seen["seal_is_cut"] == 0),
        ((seen["gate_hours"] > 0) & (seen["gate_is_bonded"] == 0)) | (seen["gate_is_elsewhere"] > 0),
        seen["verified_over_ratio"] > VERIFIED_RATIO, (seen["picked_up_elsewhere"] > 0) | (seen["loaded_first_elsewhere"] > 0),
        (seen["firm_age_days"] < YOUNG_DAYS) & (seen["shares_head"] | seen["shares_address"]), seen["is_relation_hidden"],
        (seen["listed_alike"] > ALIKE) & ~seen["listed_same"])
    return sum((one.astype(np.int64) for one in found), pd.Series(0, seen.index))


def _registry(world: World) -> dict[str, np.ndarray]:
    """What registry and watchlist say of the parties."""
    agents, cargo = world.agents, world.cargo
    firms, former = agents.importers, len(agents.former)
    importer, seller = cargo["importer"].to_numpy(), cargo["seller"].to_numpy()
    made = np.where(firms["is_registered"], established_days(firms, world.days), np.nan)
    tie = agents.sellers["is_tie_known"].to_numpy() & agents.sellers["is_registered"].to_numpy()
    alike, same = _listed(agents, cargo)
    return {
        "firm_age_days": cargo["t_declared"].to_numpy() // DAY - made[importer],
        "shares_head": (firms["head"] < former).to_numpy()[importer],
        "shares_address": (firms["address"] < former).to_numpy()[importer],
        "has_grade": (firms["aeo"] != "").to_numpy()[importer],
        "is_related": cargo["is_related"].to_numpy(dtype=bool) & tie[seller],
        "is_relation_hidden": cargo["is_related"].to_numpy(dtype=bool) & tie[seller] & ~cargo["is_relation_told"].to_numpy(dtype=bool),
        "listed_alike": alike,
        "listed_same": same,
    }


def _listed(agents: Agents, cargo: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """How much a seller's name is like one on the list, in any order of words or run together, and whether it is the very name."""
    listed = [_plain(name) for name in agents.sellers.loc[agents.sellers["is_listed"], "name"].tolist()]
    names, of = np.unique(cargo["seller_name"].to_numpy(dtype=str), return_inverse=True)
    plain = [_plain(unescape(name)) for name in names.tolist()]
    sorted_alike = process.cdist(plain, listed, scorer=fuzz.token_sort_ratio).max(axis=1)
    joined_alike = process.cdist([name.replace(" ", "") for name in plain], [name.replace(" ", "") for name in listed], scorer=fuzz.ratio).max(axis=1)
    same = np.array([name in set(listed) for name in plain], dtype=bool)
    return np.maximum(sorted_alike, joined_alike)[of], same[of]


def _plain(name: str) -> str:
    """The first three words of a firm's name: what follows is its legal form."""
    return " ".join(utils.default_process(name).split()[:3])


def _containers(world: World) -> dict[str, np.ndarray]:
    """What carriers and terminals say of the containers that a shipment fills alone."""
    cargo, boxes = world.cargo, world.boxes
    count = len(cargo)
    own = boxes[(cargo["mode"] == FCL).to_numpy()[boxes["ship"]]]
    of = own.groupby("ship")
    load = cargo["load_code"].to_numpy()[own["ship"]]
    gates = cargo["delivery_place"].to_numpy()[own["ship"]]
    told = pd.DataFrame({
        "ship": own["ship"],
        "verified_over_kg": own["vgm_kg"] - own["tare_kg"] - own["bill_kg"],
        "weighed_over_kg": (own["weighed_kg"] - own["tare_kg"] - own["bill_kg"]).where(own["is_weighed"]),
        "seal_is_other": (own["seal_loaded"] != own["seal_landed"]) & own["is_seal_read"],
        "seal_is_inspected": own["seal_setter"] == "CU",
        "seal_is_cut": [loaded.endswith(landed) for loaded, landed in zip(own["seal_loaded"], own["seal_landed"], strict=True)],
        "picked_up_elsewhere": own["pick_up_port"].str[:2].to_numpy() != load,
        "loaded_first_elsewhere": own["origin_port"].str[:2].to_numpy() != load,
        "gate_hours": (cargo["t_released"].to_numpy()[own["ship"]] - own["t_gate_out"]) / 3600,
        "gate_is_bonded": own["gate_shed"] != "",
        "gate_is_elsewhere": own["gate_place"].to_numpy() != gates,
    }).groupby("ship").max()
    told["verified_over_ratio"] = told["verified_over_kg"] / of["bill_kg"].sum()
    told["weighed_over_ratio"] = told["weighed_over_kg"] / of["bill_kg"].sum()
    return {str(name): told[name].astype(np.float64).reindex(range(count)).to_numpy() for name in told}


def _past(world: World, main: pd.DataFrame) -> dict[str, np.ndarray]:
    """Prices against those declared before for the same goods, and how often each party's earlier shipments were illicit."""
    cargo = world.cargo
    price = np.log(main["declared_usd_per_kg"].to_numpy())
    rows = pd.DataFrame({"good": main["declared_good"], "origin": main["declared_origin"], "price": price, "illicit": world.illicit.astype(float),
                         **{name: cargo[name] for name in ("importer", "seller", "broker", "forwarder")}})
    table: dict[str, np.ndarray] = {}
    for name, keys in (("peers", ["good", "origin"]), ("own", ["importer", "seller", "good"])):
        before, many = earlier(rows, keys, "price")
        table[f"price_to_{name}"], table[f"price_{name}"] = price - before, many
    table["price_spreads"] = table["price_to_peers"] / (TABLE.sigma[rows["good"]] + 0.1)
    for party in ("importer", "seller", "broker", "forwarder"):
        before, many = earlier(rows, [party], "illicit")
        usual = rows["illicit"].mean()
        table[f"{party}_illicit"] = (np.nan_to_num(before) * many + usual * SHRUNK_TO) / (many + SHRUNK_TO)
        table[f"{party}_shipments"] = many
    return table


def earlier(rows: pd.DataFrame, keys: list[str], column: str) -> tuple[np.ndarray, np.ndarray]:
    """The mean of a column over earlier rows of the same keys, and how many these are."""
    groups = rows.groupby(keys)[column]
    many = groups.cumcount().to_numpy()
    total = (groups.cumsum() - rows[column]).to_numpy()
    return np.divide(total, many, out=np.full(len(rows), np.nan), where=many > 0), many
