"""The truth about records: every record that landed stands there with its shipments and whom it names, and no record else."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession
from read_back import accepted, counts, records, refusal

from feeds.registry import BY_NAME
from simulation import lots
from simulation.ledger import CONTAINER, MASTER, ORDER, OWN
from simulation.scenario import Mess, load_scenario
from simulation.world import simulate

SHIPMENTS, DAYS, SEED = 900, 9, 31
ROUGH = load_scenario("mixed").model_copy(update={"mess": Mess(late=0.03, twice=0.03, corrected=0.03, cut=0.03)})
FEEDS = ("manifest", "air_waybill", "carrier_event", "terminal_event", "declaration", "cargo_progress", "screening", "outcome", "order", "courier",
         "clearance_list", "baggage")
NAMING = (*(feed for feed in FEEDS if BY_NAME[feed].mentions), "party_registry", "watchlist")


def table(out: Path, name: str) -> pd.DataFrame:
    """A table of the truth, whole."""
    return pd.concat([pq.read_table(path).to_pandas() for path in sorted((out / "truth" / name).glob("*.parquet"))], ignore_index=True)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A world of all kinds in which much goes wrong on the way."""
    out = tmp_path_factory.mktemp("rough")
    simulate(out, SHIPMENTS, DAYS, SEED, scenario=ROUGH)
    return out


@cache
def links(out: Path) -> pd.DataFrame:
    return table(out, "links")


@pytest.mark.parametrize("feed", FEEDS)
def test_every_record_that_landed_whole_is_linked_and_no_other(world: Path, feed: str) -> None:
    landed = Counter(row["record_key"] for row in records(world, feed) if not refusal(row))
    told = links(world)[links(world)["feed"] == feed].drop_duplicates("record_key")
    assert dict(zip(told["record_key"], told["records"], strict=True)) == landed
    assert told["records"].sum() == counts(world)[feed]["accepted"] + counts(world)[feed].get("duplicate", 0)


def test_a_link_is_told_once_and_its_shipment_is_known(world: Path) -> None:
    found = links(world)
    assert not found.duplicated(["shipment", "feed", "record_key"]).any()
    shipments = pd.concat([pd.read_csv(path)["shipment"] for path in (world / "truth").glob("*.csv")])
    assert len(shipments) == SHIPMENTS and shipments.is_unique
    assert set(found["shipment"]) <= set(shipments)
    levels = {feed: set(rows) for feed, rows in found.groupby("feed")["level"]}
    shared = {"air_waybill": {OWN, MASTER}, "carrier_event": {CONTAINER, MASTER}, "terminal_event": {CONTAINER}, "screening": {OWN, CONTAINER}, "order": {ORDER}}
    assert levels == {feed: shared.get(feed, {OWN}) for feed in FEEDS}


def test_links_agree_with_what_records_say_of_shipments(world: Path) -> None:
    truth = {name: pd.concat([pd.read_csv(path, dtype=str, keep_default_na=False) for path in sorted((world / "truth").glob(f"{name}-*.csv"))])
             for name in ("shipments", "parcels", "bags")}
    keys = {"cargo_progress": {**_by(truth["shipments"], "cargo_control_no"), **_by(truth["parcels"], "cargo_control_no")},
            "declaration": {**_by(truth["shipments"], "declaration_no"), **_by(truth["parcels"], "declaration_no")}}
    for feed, known in keys.items():
        told = links(world)[links(world)["feed"] == feed]
        assert len(told) > 100 and all(known[key] == shipment for key, shipment in zip(told["record_key"], told["shipment"], strict=True))
    tracked, tagged = _by(truth["parcels"], "tracking_no"), _by(truth["bags"], "bag_tag")
    for feed, known in (("courier", tracked), ("baggage", tagged)):
        told = links(world)[links(world)["feed"] == feed]
        assert all(known[key.partition("|")[0]] == shipment for key, shipment in zip(told["record_key"], told["shipment"], strict=True))
    ordered = {(f"{number}", row["shipment"]) for row in truth["parcels"].to_dict("records") for number in row["order_nos"].split()}
    told = links(world)[links(world)["feed"] == "order"]
    assert {(key.partition("|")[2], shipment) for key, shipment in zip(told["record_key"], told["shipment"], strict=True)} <= ordered
    assert told["record_key"].duplicated().any()


def test_what_shares_a_container_or_a_master_is_linked_to_its_records(world: Path) -> None:
    control = {row["house_bl"]: row["cargo_control_no"] for feed in ("cargo_progress",) for row in accepted(world, feed)}
    known = _by(pd.concat([pd.read_csv(path, dtype=str) for path in sorted((world / "truth").glob("shipments-*.csv"))]), "cargo_control_no")
    held: dict[str, set[str]] = {}
    for row in accepted(world, "manifest"):
        for number in row["container_nos"]:
            held.setdefault(number, set()).add(known[control[row["house_bl"]]])
    told = links(world)[(links(world)["feed"] == "terminal_event")]
    shared = 0
    for key, rows in told.groupby("record_key")["shipment"]:
        number = key.split("|")[2]
        if number in held:
            assert held[number] <= set(rows)
            shared += len(rows) > 1
    assert shared > 5
    masters = links(world)[links(world)["level"] == MASTER].groupby("record_key").size()
    assert masters.max() > 3


@pytest.mark.parametrize("feed", NAMING)
def test_every_mention_written_has_its_party(world: Path, feed: str) -> None:
    roles = {mention.role: mention.name for mention in BY_NAME[feed].mentions}
    named = {(row["key"], role) for row in accepted(world, feed) for role, name in roles.items() if _said(row, feed, role, name)}
    told = table(world, "parties")
    told = told[told["feed"] == feed]
    assert not told.duplicated(["record_key", "role"]).any() and (told["party"] != "").all()
    assert set(zip(told["record_key"], told["role"], strict=True)) == named and named


def test_one_party_is_one_across_feeds_and_spellings(world: Path) -> None:
    told = table(world, "parties").merge(_names(world), on=["feed", "record_key", "role"])
    spellings = told.groupby("party")["name"].nunique()
    feeds = told.groupby("party")["feed"].nunique()
    for kind, least in (("importer", 3), ("seller", 3), ("forwarder", 3), ("person", 3), ("shop", 3)):
        of = spellings.index.str.startswith(f"{kind}-")
        assert (spellings[of] > 1).any() and feeds[of].max() >= least
    listed = told[(told["feed"] == "watchlist") & ~told["party"].str.startswith("stranger-")]["party"]
    assert listed.str.startswith(("seller-", "shop-")).all() and (told[told["feed"] != "watchlist"]["party"].isin(set(listed))).any()


def test_a_borrowed_code_does_not_tell_who_receives(world: Path) -> None:
    told = table(world, "parties")
    codes = pd.DataFrame([{"record_key": row["key"], "code": row["consignee_customs_id"]} for row in accepted(world, "clearance_list")])
    by_code = told[(told["feed"] == "clearance_list") & (told["role"] == "consignee")].merge(codes, on="record_key").groupby("code")["party"].nunique()
    assert 0 < (by_code > 1).sum() < 0.1 * len(by_code)


@pytest.mark.spark
def test_the_truth_is_the_same_whoever_writes_it(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lots, "SHIPMENTS_A_LOT", 120)
    for name, session in (("here", None), ("there", spark)):
        simulate(tmp_path / name, 400, 8, 5, scenario=ROUGH, spark=session)
    written = {name: {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name / "truth").rglob("*.*")} for name in ("here", "there")}
    assert written["here"] == written["there"]
    assert {path.parts[1] for path in written["here"]} >= {"links", "parties", "evidence", "counts.json"}
    assert table(tmp_path / "here", "links")["shipment"].str[:4].nunique() > 6


def _by(rows: pd.DataFrame, name: str) -> dict[str, str]:
    return {value: shipment for value, shipment in zip(rows[name], rows["shipment"], strict=True) if value}


def _said(row: dict[str, Any], feed: str, role: str, name: str) -> Any:
    """What a record says in a role; most mentions are a column as it stands."""
    if feed == "watchlist":
        return row["name"] if role == "party" else None
    return row["name_ko"] or row["name_en"] if feed == "party_registry" else row.get(f"{role}_name" if feed == "air_waybill" else name)


def _names(out: Path) -> pd.DataFrame:
    return pd.DataFrame([{"feed": feed, "record_key": row["key"], "role": mention.role, "name": name} for feed in NAMING
                         for row in accepted(out, feed) for mention in BY_NAME[feed].mentions
                         if (name := _said(row, feed, mention.role, mention.name))])
