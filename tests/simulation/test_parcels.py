"""Ways to cheat with parcels and bags leave the traces they declare, some none, and honest ones show the same."""

from collections.abc import Callable
from datetime import date
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from simulation.bags.made import Bags, make_bags
from simulation.bags.travellers import make_travellers
from simulation.images import SHADOW_OF
from simulation.lots import Lot, lots_of
from simulation.parcels import wares
from simulation.parcels.limits import limit_usd
from simulation.parcels.made import Parcels, make_parcels
from simulation.parcels.orders import order_numbers
from simulation.parcels.papers import spelled
from simulation.parcels.people import customs_ids, names, phones
from simulation.parcels.shopping import worth_of
from simulation.parcels.traders import disguised, make_parcel_agents, watchlist_rows
from simulation.scenario import Kinds, Scenario, load_scenario
from simulation.typologies import BY_NAME, TYPOLOGIES
from simulation.wire import Calendar

SOME, FEW = 0.12, 0.06
MANY, DAYS, START = 3_000, 20, date(2026, 6, 1)
CALM = load_scenario("calm")


def lot_of(kind: str, typology: str) -> Lot:
    """A lot of one kind in which one way to cheat alone is known."""
    illicit = FEW if typology == "parcel_undervalued" else SOME
    weights = {one.name: float(one.name == typology) for one in TYPOLOGIES}
    scenario = Scenario(name="one", text=CALM.text, kinds=Kinds(**({"cargo": 0.0} | {kind: 1.0})), illicit=illicit, typologies=weights)
    return lots_of(5, MANY, DAYS, START, scenario)[0].of_kind(kind)  # type: ignore[arg-type]


@cache
def parcels_with(typology: str) -> Parcels:
    lot = lot_of("parcel", typology)
    return make_parcels(make_parcel_agents(5, MANY), lot, Calendar.of(lot.start, lot.days))


@cache
def bags_with(typology: str) -> Bags:
    lot = lot_of("baggage", typology)
    return make_bags(make_travellers(5, MANY), lot, Calendar.of(lot.start, lot.days))


def below_order(made: Parcels) -> np.ndarray:
    """Whether the orders of a parcel, less discount, tell of a tenth more than is declared."""
    told = np.bincount(made.lines["ship"], made.lines["ordered_usd"] * made.lines["ordered_quantity"], len(made.parcels))
    told = told * (1 - made.parcels["discount"])
    return (made.parcels["has_order"].astype(bool) & (told > 1.1 * made.parcels["declared_usd"])).to_numpy()


def split(made: Parcels) -> np.ndarray:
    """Whether parcels of one seller to one home were ordered within the hour and come to more than each may."""
    keys = [made.parcels["seller"], made.parcels["home"], made.parcels["t_ordered"] // 7_200]
    group = made.parcels.groupby(keys)["declared_usd"]
    limit = limit_usd(made.parcels["country"].to_numpy())
    return ((group.transform("size") > 1) & (group.transform("sum") > limit) & (made.parcels["declared_usd"] <= limit)).to_numpy()


def borrowed(made: Parcels) -> np.ndarray:
    """Whether the buyer's code is not the consignee's, or the consignee's goes to many homes."""
    homes = made.parcels.groupby("consignee")["home"].transform("nunique")
    return ((made.parcels["order_person"] != made.parcels["consignee"]) | (homes > 3)).to_numpy()


def seen_or_titled(made: Parcels) -> np.ndarray:
    main = made.lines[made.lines["seq"] == 1]
    return ((made.parcels["hidden"].to_numpy() > 0) | (main["title"].to_numpy() >= wares.CONTRABAND_TITLE))


def listed(made: Parcels) -> np.ndarray:
    return np.isin(made.parcels["seller"], made.agents.listed)


def heaped(made: Parcels) -> np.ndarray:
    """Whether five or more parcels with the same first ware go to one home."""
    main = made.lines[made.lines["seq"] == 1]
    return (made.parcels.assign(ware=main["ware"].to_numpy()).groupby(["home", "ware"])["seller"].transform("size") >= 4).to_numpy()


TRACES: dict[str, tuple[Callable[[Parcels], np.ndarray], float]] = {
    "parcel_undervalued": (below_order, 0.01), "parcel_split": (split, 0.0), "borrowed_identity": (borrowed, 0.02),
    "parcel_contraband": (seen_or_titled, 0.01), "parcel_counterfeit": (seen_or_titled, 0.01), "disguised_seller": (listed, 0.0),
    "not_own_use": (heaped, 0.0)}


@pytest.mark.parametrize("typology", TRACES)
def test_a_way_to_cheat_leaves_its_trace_and_sometimes_none(typology: str) -> None:
    made, (trace, honest) = parcels_with(typology), TRACES[typology]
    is_illicit = (made.parcels["typology"] == typology).to_numpy()
    assert is_illicit.sum() == MANY * (FEW if typology == "parcel_undervalued" else SOME)
    shown, share = trace(made), 1 - BY_NAME[typology].hidden
    assert abs(shown[is_illicit].mean() - share) < 0.12
    assert honest <= shown[~is_illicit].mean() < 0.15


def test_every_way_to_cheat_with_parcels_is_tested() -> None:
    assert set(TRACES) == {typology.name for typology in TYPOLOGIES if typology.kind == "parcel"}


@pytest.mark.parametrize("typology", [one.name for one in TYPOLOGIES if one.kind == "baggage"])
def test_bags_show_what_they_hide_and_sometimes_nothing(typology: str) -> None:
    bags = bags_with(typology).bags
    is_illicit = (bags["typology"] == typology).to_numpy()
    assert is_illicit.sum() == SOME * MANY
    is_seen = (bags["hidden"] > 0).to_numpy()
    assert abs(is_seen[is_illicit].mean() - (1 - BY_NAME[typology].hidden)) < 0.09
    assert 0.03 < is_seen[~is_illicit].mean() < 0.15 and bags["is_look_alike"][~is_illicit].mean() > 0.05
    assert (bags["declared_usd"].where(bags["is_declared"], 0)[is_illicit] < 0.6 * bags["true_usd"][is_illicit]).mean() > 0.5


def test_cheats_pay_less_than_is_due_and_only_they() -> None:
    parcels = parcels_with("parcel_undervalued").parcels
    is_illicit = parcels["typology"] != ""
    assert (parcels["evaded_krw"][is_illicit] > 0).mean() > 0.8 and (parcels["evaded_krw"][~is_illicit] == 0).all()
    assert (parcels["true_usd"] > 1.05 * parcels["declared_usd"])[is_illicit].all()


def test_a_list_holds_only_what_may_be_listed() -> None:
    made = parcels_with("parcel_undervalued")
    is_excluded = np.bincount(made.lines["ship"], wares.IS_EXCLUDED[made.lines["declared_ware"]], MANY) > 0
    may = (made.parcels["declared_usd"] <= limit_usd(made.parcels["country"].to_numpy())) & ~is_excluded
    assert (made.parcels["is_listed"] == may).all() and 0.6 < may.mean() < 0.9
    assert ((made.parcels["list_no"] != "") == may).all() and ((made.parcels["declaration_no"] == "") == may).all()
    lines = made.parcels[may].groupby("list_no")["list_line"]
    assert (lines.max() == lines.size()).all() and not made.parcels[may].duplicated(["list_no", "list_line"]).any()


def test_lines_come_to_what_is_declared() -> None:
    made = parcels_with("disguised_seller")
    assert np.allclose(worth_of(made.lines, MANY, price="declared_usd"), made.parcels["declared_usd"], atol=0.01)
    goods = np.bincount(made.lines["order_place"], made.lines["price"] * made.lines["ordered_quantity"], len(made.orders))
    assert np.allclose(goods + made.orders["shipping"] - made.orders["discount"], made.orders["total"], atol=0.01)


def test_events_follow_one_another() -> None:
    parcels = parcels_with("parcel_contraband").parcels
    steps = ["t_ordered", "t_created", "t_picked", "t_departed", "t_arrival", "t_carried_in", "t_scanned"]
    assert all((parcels[early] < parcels[late]).all() for early, late in pairwise(steps))
    released = parcels[parcels["t_released"] < 1 << 50]
    assert (released["t_released"] > released[["t_scanned", "t_listed"]].max(axis=1)).all()
    seized = parcels[(parcels["typology"] != "") & parcels["is_violation"]]
    assert len(seized) > 10 and (seized["t_delivered"] > 1 << 50).all()


def test_parcels_share_flights_and_masters() -> None:
    parcels = parcels_with("parcel_split").parcels
    assert len(parcels) / parcels["mrn"].nunique() > 5 and parcels["master_bl"].nunique() > parcels["mrn"].nunique()
    assert not parcels["cargo_control_no"].duplicated().any() and set(parcels["cargo_control_no"].str.len()) == {19}
    assert parcels.groupby("mrn")["t_arrival"].nunique().max() == 1


def test_one_order_may_fill_two_parcels_and_one_parcel_two_orders() -> None:
    made = parcels_with("parcel_split")
    found = order_numbers(made.orders, made.lines, MANY)
    in_parcels = pd.Series([number for numbers in found for number in numbers]).value_counts()
    assert (in_parcels == 2).sum() > 10 and max(map(len, found)) == 2
    assert all(numbers for numbers in found)


def test_a_listed_seller_is_spelled_otherwise_on_papers_and_right_on_the_list() -> None:
    made = parcels_with("disguised_seller")
    rows = [row[2] for row in watchlist_rows(made.agents, START)]
    assert rows == made.agents.sellers["name"].iloc[made.agents.listed].tolist()
    shown = made.parcels[listed(made)]
    assert len(shown) > 90 and (shown["typology"] == "disguised_seller").all()
    assert not set(shown["seller_name"]) & set(rows)
    plain = spelled(made.agents, shown["seller"].to_numpy(), np.zeros(len(shown), dtype=np.int64), np.zeros(len(shown), dtype=np.int64))
    assert set(plain) <= set(rows)


@pytest.mark.parametrize("style", range(12))
def test_a_disguise_changes_a_name_a_little(style: int) -> None:
    other = disguised("GOLDEN FIELD TRADING CO., LTD", style)
    assert other != "GOLDEN FIELD TRADING CO., LTD" and abs(len(other) - 29) < 4 and "TRADING" in other


def test_persons_are_many_and_made_up() -> None:
    everybody = np.arange(300_000)
    assert len(set(customs_ids(everybody))) == len(set(phones(everybody))) == len(everybody)
    assert all(name.startswith(("가상", "GASANG")) for name in names(everybody[:100], everybody[:100] % 2 == 0))
    assert all(phone.startswith("010-0") for phone in phones(everybody[:1_000]))
    people = make_parcel_agents(1, 5_000).people
    relatives = people.relatives(everybody[:1_000], everybody[:1_000])
    assert (people.home[relatives] == people.home[:1_000]).all() and (relatives != everybody[:1_000]).mean() > 0.5


def test_wares_are_well_declared() -> None:
    assert len(wares.WARE) == len(wares.WARES)
    for ware in wares.WARES:
        assert ware.hs10.isdigit() and len(ware.hs10) == 10 and ware.usd > 0 and ware.kg > 0 and ware.titles and ware.shadow in SHADOW_OF
    for goods in wares.CONTRABAND:
        assert goods.shadow in SHADOW_OF and len(goods.claimed) == 2 and all(line in wares.WARE for line in goods.claimed)
        assert all(wares.WARES[wares.WARE[line]].hs10[:6] != goods.hs6 for line in goods.claimed)
