"""What is told to show of a shipment is what its records, read back, say against each other; honest ones show it too, and some fraud shows nothing."""

from functools import cache
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pyarrow.parquet as pq
import pytest
from read_back import accepted

from simulation.places import CURRENCIES, KRW_PER_UNIT
from simulation.scenario import Mess, load_scenario
from simulation.shown import COLUMNS, PARCEL_KG, PARCEL_RATIO, VALUE_RATIO, VALUE_USD, WEIGHT_KG, WEIGHT_RATIO, Type
from simulation.world import simulate

SHIPMENTS, DAYS, SEED = 2_400, 20, 41
TIDY = load_scenario("mixed").model_copy(update={"mess": Mess(**dict.fromkeys(Mess.model_fields, 0.0)), "illicit": 0.08,
                                              "typologies": {"container_diverted": 1.5, "parcel_undervalued": 15.0}})
Pairs = dict[str, tuple[Any, Any]]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of all kinds in which every record lands as it is meant."""
    out = tmp_path_factory.mktemp("tidy")
    simulate(out, SHIPMENTS, DAYS, SEED, scenario=TIDY)
    return out


@cache
def shown(out: Path) -> pd.DataFrame:
    return pd.concat([pq.read_table(path).to_pandas() for path in sorted((out / "truth/evidence").glob("*.parquet"))], ignore_index=True)


@cache
def truth(out: Path) -> pd.DataFrame:
    parts = [pd.read_csv(path, keep_default_na=False).assign(kind=path.name.partition("-")[0]) for path in sorted((out / "truth").glob("*.csv"))]
    return pd.concat(parts, ignore_index=True)


@cache
def linked(out: Path, feed: str) -> dict[str, str]:
    rows = pd.concat([pq.read_table(path).to_pandas() for path in sorted((out / "truth/links").glob("*.parquet"))])
    rows = rows[rows["feed"] == feed]
    return dict(zip(rows["record_key"], rows["shipment"], strict=True))


def told(out: Path, rule: str, **where: str) -> pd.DataFrame:
    found = shown(out)[shown(out)["rule"] == rule]
    for column, value in where.items():
        found = found[found[column] == value]
    return found.set_index("shipment")


def of(out: Path, feed: str) -> dict[str, dict[str, Any]]:
    """The records of a feed by the shipment they are of."""
    return {linked(out, feed)[row["key"]]: row for row in accepted(out, feed)}


@pytest.mark.parametrize(("rule", "declared", "step", "name", "ratio"), [
    ("bill_weight", "total_gross_mass", "", "gross_mass", WEIGHT_RATIO), ("carried_in_weight", "total_gross_mass", "반입신고", "weight", WEIGHT_RATIO),
    ("bill_packages", "total_packages", "", "packages", 0), ("carried_in_packages", "total_packages", "반입신고", "packages", 0)])
def test_declared_weights_and_packages_differ_from_the_cargo_services_as_told(
        world: Path, rule: str, declared: str, step: str, name: str, ratio: float) -> None:
    declarations = of(world, "declaration")
    found: Pairs = {}
    for shipment, answer in of(world, "cargo_progress").items():
        said = answer if not step else next((one for one in answer["steps"] if one["step"] == step), None)
        if shipment.startswith("C") and shipment in declarations and said:
            left, right = float(declarations[shipment][declared]), float(said[name])
            if abs(right - left) > (max(ratio * left, WEIGHT_KG) if ratio else 0):
                found[shipment] = (left, right)
    rows = told(world, rule, left_feed="declaration", right_feed="cargo_progress")
    assert {shipment: (row["left_number"], row["right_number"]) for shipment, row in rows.iterrows()} == found
    assert len(found) > 5


def test_seals_differ_as_told(world: Path) -> None:
    filed = {number["container_no"]: {seal["seal_no"] for seal in number["seals"] or ()} for row in accepted(world, "manifest") for number in row["containers"]}
    odd = {}
    for row in accepted(world, "terminal_event"):
        if row["event_kind"] == "discharge" and filed.get(row["container_no"]) and row["seals"]:
            other = {seal["seal_no"] for seal in row["seals"]} - filed[row["container_no"]]
            if other:
                odd[linked(world, "terminal_event")[row["key"]]] = other
    rows = told(world, "seal")
    assert set(rows.index) == set(odd) and len(odd) > 5
    assert all(row["right_value"] in odd[shipment] for shipment, row in rows.iterrows())


def test_orders_come_to_more_than_couriers_declare_as_told(world: Path) -> None:
    orders = {row["order_no"]: row for row in accepted(world, "order")}
    numbers = {row["shipment"]: row["order_nos"].split() for row in truth(world).to_dict("records") if row["kind"] == "parcels"}
    single = {shipment: found[0] for shipment, found in numbers.items() if len(found) == 1 and sum(found[0] in other for other in numbers.values()) == 1}
    rows, checked = told(world, "order"), 0
    for shipment, parcel in parcels_of(world).items():
        order = orders.get(single.get(shipment, ""))
        if not order:
            continue
        paid = sum(float(line["unit_price"]) * float(line["quantity"]) for line in order["lines"]) - float(order["discount"])
        paid, declared = paid * in_usd(order["currency"]), float(parcel["declared_value_amount"]) * in_usd(parcel["declared_value_currency"])
        gap = paid - declared - max(VALUE_RATIO * paid, VALUE_USD)
        # Rates move by the week.
        if abs(gap) > 0.5 + 0.05 * paid:
            assert (gap > 0) == (shipment in rows.index), (shipment, paid, declared)
            checked += gap > 0
    assert checked > 10


def test_couriers_scales_show_what_is_told(world: Path) -> None:
    found = {shipment: (float(row["weight_kg"]), float(row["weight_measured_kg"])) for shipment, row in parcels_of(world).items() if row["weight_measured_kg"]}
    odd = {shipment: pair for shipment, pair in found.items() if abs(pair[1] - pair[0]) > max(PARCEL_RATIO * pair[0], PARCEL_KG)}
    rows = told(world, "scale")
    assert {shipment: (row["left_number"], row["right_number"]) for shipment, row in rows.iterrows()} == odd
    assert len(odd) > 3


def test_buyers_codes_differ_from_consignees_as_told(world: Path) -> None:
    orders = {row["order_no"]: row for row in accepted(world, "order")}
    rows, odd = told(world, "customs_id"), set()
    for shipment, row in of(world, "clearance_list").items():
        numbers = next(one["order_nos"].split() for one in truth(world).to_dict("records") if one["shipment"] == shipment)
        if len(numbers) == 1 and numbers[0] in orders and orders[numbers[0]]["buyer_customs_id"] != row["consignee_customs_id"]:
            odd.add(shipment)
    listed = set(of(world, "clearance_list"))
    assert odd <= set(rows.index) and len(odd) > 20
    assert len(set(rows.index) & listed - odd) < 0.2 * len(odd)


def test_every_type_shows_and_only_of_shipments_of_this_world(world: Path) -> None:
    found = shown(world)
    assert tuple(found.columns) == COLUMNS
    assert set(found["type"]) == set(get_args(Type))
    assert set(found["shipment"]) <= set(truth(world)["shipment"])
    assert not found.duplicated(["shipment", "rule", "left_feed", "right_feed"]).any()
    assert (found["left_value"] != "").all() and (found["right_value"] != "").all()
    assert (found["left_number"].notna() == found["right_number"].notna())[found["type"].isin(["weight", "packages", "value"])].all()


def test_fraud_shows_more_often_than_not_and_honest_accidents_show_the_same(world: Path) -> None:
    rows = truth(world).assign(shows=lambda told: told["shipment"].isin(shown(world)["shipment"]))
    alike = rows[(rows["illicit"] == 0) & (rows["look_alike"] == 1)].groupby("kind")["shows"].mean()
    plain = rows[(rows["illicit"] == 0) & (rows["look_alike"] == 0)].groupby("kind")["shows"].mean()
    illicit = rows[rows["illicit"] == 1].groupby("kind")["shows"].mean()
    assert (plain < 0.12).all() and (alike > 0.3).all()
    assert (illicit > 0.3).all() and (illicit < 0.95).all()


def in_usd(currency: str) -> float:
    return KRW_PER_UNIT[CURRENCIES.index(currency)] / KRW_PER_UNIT[0]


def parcels_of(out: Path) -> dict[str, dict[str, Any]]:
    return {linked(out, "courier")[row["key"]]: row for row in accepted(out, "courier") if row["record_type"] == "shipment"}
