"""The registry of firms as customs keeps it: who was known before the period, and every change within it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.draws import Bools, Ints, chance, stream
from simulation.ledger import party_ids
from simulation.lots import Lot
from simulation.names import as_written, business_number, objects
from simulation.places import COUNTRIES, ENTRIES
from simulation.standing import established_days

COLUMNS = ("customs_id", "kind", "name_ko", "name_en", "business_no", "aeo_grade", "established_on", "address", "representative",
           "status", "updated_on")
CITIES = ("서울특별시", "부산광역시", "인천광역시", "경기도", "대구광역시", "경상남도")
ROADS = ("가온로", "누리로", "미르대로", "한빛길", "새봄로", "해온길", "다솜로")
# Of absent firms, how many register within the period; of all firms, how many change head, address or grade within it.
LATE, CHANGED = 0.5, 0.03
# Days after which customs notes that a ghost is gone.
GONE = (15, 50)


def registry(agents: Agents, lot: Lot) -> pd.DataFrame:
    """All entries of the registry by `day` made, counted from the start of the period: the columns of the feed, and `party`, who it truly is."""
    rng = stream(lot.world, "registry")
    importers = _importers(rng, agents, lot.days)
    former = _former(agents.former)
    known = pd.concat([importers, former, _agents_of_trade(rng, agents), _sellers(rng, agents), _warehouses()], ignore_index=True)
    known = known.drop_duplicates("customs_id", ignore_index=True)
    entries = pd.concat([known, _gone(rng, agents, importers, lot.days), _changed(rng, known, lot.days)], ignore_index=True)
    entries = entries[entries["day"] < lot.days].sort_values(["day", "customs_id"], kind="stable", ignore_index=True)
    return entries.drop_duplicates(["customs_id", "day"], keep="last", ignore_index=True)


def _heads(heads: Ints) -> list[str]:
    return [f"대표자{head:06d}" for head in heads.tolist()]


def _addresses(places: Ints) -> list[str]:
    return [f"{CITIES[place % len(CITIES)]} {ROADS[place // len(CITIES) % len(ROADS)]} {place // 42 + 1}" for place in places.tolist()]


def _businesses(numbers: Ints) -> list[str]:
    return [business_number(number) for number in numbers.tolist()]


def _importers(rng: np.random.Generator, agents: Agents, days: int) -> pd.DataFrame:
    firms = agents.importers
    count = len(firms)
    made = established_days(firms, days)
    is_late = ~firms["is_registered"].to_numpy() & chance(rng, LATE, count)
    noted = np.where(made < 0, np.minimum(made + rng.integers(1, 2500, count), -1), made)
    day = np.where(is_late, np.maximum(made, rng.integers(0, max(days, 1), count)), noted)
    table = pd.DataFrame({
        "customs_id": firms["code"], "kind": "importer",
        "name_ko": [as_written(stem, place) for place, stem in enumerate(firms["stem"].tolist())], "name_en": "",
        "business_no": _businesses(firms["business_no"].to_numpy()), "aeo_grade": firms["aeo"], "established": made,
        "address": _addresses(firms["address"].to_numpy()), "representative": _heads(firms["head"].to_numpy()), "status": "active",
        "day": day, "firm": np.arange(count), "party": party_ids("importer", np.arange(count)),
    })
    return table[firms["is_registered"].to_numpy() | is_late]


def _former(former: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        "customs_id": former["code"], "kind": "importer", "name_ko": [as_written(stem, 1) for stem in former["stem"].tolist()], "name_en": "",
        "business_no": _businesses(former["business_no"].to_numpy()), "aeo_grade": "", "established": -former["age_days"],
        "address": _addresses(former["address"].to_numpy()), "representative": _heads(former["head"].to_numpy()), "status": former["status"],
        "day": -former["penalised_days"], "firm": -1, "party": party_ids("former", np.arange(len(former))),
    })


def _agents_of_trade(rng: np.random.Generator, agents: Agents) -> pd.DataFrame:
    """Brokers and forwarders."""
    parts, first = [], 10_000_000
    for kind, firms, code in (("broker", agents.brokers, "code"), ("forwarder", agents.forwarders, "sign")):
        count = len(firms)
        age = firms["age_days"].to_numpy() if "age_days" in firms else rng.integers(700, 9000, count)
        own = first + np.arange(count)
        first += count
        parts.append(pd.DataFrame({
            "customs_id": firms[code], "kind": kind, "name_ko": firms["name"], "name_en": "", "business_no": _businesses(own),
            "aeo_grade": firms.get("aeo", ""), "established": -age, "address": _addresses(own), "representative": _heads(own),
            "status": "active", "day": -rng.integers(1, 700, count), "firm": -1, "party": party_ids(kind, np.arange(count)),
        }))
    return pd.concat(parts, ignore_index=True)


def _sellers(rng: np.random.Generator, agents: Agents) -> pd.DataFrame:
    """Sellers known to customs; one that belongs to an importer is headed by the same person where customs knows of it."""
    sellers = agents.sellers
    count, related = len(sellers), sellers["related"].to_numpy()
    is_told = (related >= 0) & sellers["is_tie_known"].to_numpy()
    heads = np.where(is_told, agents.importers["head"].to_numpy()[related], 20_000_000 + np.arange(count))
    country = [COUNTRIES[place] for place in sellers["country"].tolist()]
    table = pd.DataFrame({
        "customs_id": sellers["id"], "kind": "seller", "name_ko": "", "name_en": sellers["name"], "business_no": "", "aeo_grade": "",
        "established": -sellers["age_days"],
        "address": [f"{1 + place % 97} {nation.seas[0].name}, {nation.code}" for place, nation in enumerate(country)],
        "representative": _heads(heads), "status": "active", "day": -rng.integers(1, 900, count), "firm": -1,
        "party": party_ids("seller", np.arange(count)),
    })
    is_known: Bools = sellers["is_registered"].to_numpy() & ~sellers["is_newcomer"].to_numpy()
    return table[is_known]


def _warehouses() -> pd.DataFrame:
    sheds = [shed for entry in ENTRIES for shed in entry.sheds]
    own = 30_000_000 + np.arange(len(sheds))
    return pd.DataFrame({
        "customs_id": [code for code, _ in sheds], "kind": "warehouse", "name_ko": [name for _, name in sheds], "name_en": "",
        "business_no": _businesses(own), "aeo_grade": "", "established": -4000 - np.arange(len(sheds)), "address": _addresses(own),
        "representative": _heads(own), "status": "active", "day": -100 - np.arange(len(sheds)), "firm": -1,
        "party": party_ids("warehouse", np.arange(len(sheds))),
    })


def _gone(rng: np.random.Generator, agents: Agents, importers: pd.DataFrame, days: int) -> pd.DataFrame:
    """Weeks after its day a ghost is found closed."""
    ghosts = importers[agents.importers["is_ghost"].to_numpy()[importers["firm"]]]
    last = (agents.importers["ghost_day"].to_numpy()[ghosts["firm"]] * days).astype(np.int64)
    day = np.maximum(last + rng.integers(*GONE, len(ghosts)), ghosts["day"].to_numpy() + 1)
    return ghosts.assign(status="closed", day=day)


def _changed(rng: np.random.Generator, known: pd.DataFrame, days: int) -> pd.DataFrame:
    """New heads, new addresses and new grades, as the years bring them."""
    rows = np.flatnonzero((known["status"] == "active").to_numpy() & (known["day"] < 0).to_numpy() & chance(rng, CHANGED, len(known)))
    changed, way = known.iloc[rows], rng.integers(0, 3, len(rows))
    new = 40_000_000 + np.arange(len(rows))
    grade = np.where((changed["kind"] == "importer").to_numpy() & (changed["established"] < -2000).to_numpy(), "A", changed["aeo_grade"])
    return changed.assign(
        representative=np.where(way == 0, objects(_heads(new)), changed["representative"]),
        address=np.where(way == 1, objects(_addresses(new)), changed["address"]),
        aeo_grade=np.where(way == 2, grade, changed["aeo_grade"]),
        day=rng.integers(0, max(days, 1), len(rows)),
    )
