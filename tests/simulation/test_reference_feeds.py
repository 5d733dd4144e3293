"""Reference feeds: every row is taken by its reader, and says what the rest of the world goes by."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from read_back import accepted, counts, records, tally, unexpected
from world_truth import scenario_with

from simulation.agents import Agents, make_agents
from simulation.world import simulate

SHIPMENTS, DAYS, SEED = 1_500, 30, 5
FEEDS = ("party_registry", "tariff", "exchange_rate", "watchlist", "declaration_open")
START = date(2026, 6, 30) - timedelta(days=DAYS - 1)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("world")
    simulate(folder, SHIPMENTS, DAYS, SEED, scenario=scenario_with())
    return folder


@pytest.fixture(scope="module")
def agents() -> Agents:
    return make_agents(SEED, SHIPMENTS)


@pytest.mark.parametrize("feed", FEEDS)
def test_every_row_is_accepted_and_counted(out: Path, feed: str) -> None:
    found = records(out, feed)
    assert found and not unexpected(found) and not [row for row in found if row["refusal"]]
    assert tally(found) == counts(out)[feed]


def test_firms_are_known_before_or_told_of_in_the_week_of_their_change(out: Path) -> None:
    found = records(out, "party_registry")
    assert {row["folder"] for row in found if row["values"]["updated_on"] < START.isoformat()} == {"reference"}
    later = [(row["folder"], row["values"]["updated_on"]) for row in found if row["folder"] != "reference"]
    assert len(later) > 10
    assert all(0 <= (date.fromisoformat(folder) - date.fromisoformat(updated)).days < 7 for folder, updated in later)


def test_the_registry_knows_most_firms_but_not_all(out: Path, agents: Agents) -> None:
    known = {row["customs_id"] for row in accepted(out, "party_registry")}
    for codes, least in ((agents.importers["code"], 0.95), (agents.brokers["code"], 1.0), (agents.forwarders["sign"], 1.0), (agents.sellers.loc[~agents.sellers["is_newcomer"], "id"], 0.5)):
        assert least <= codes.isin(known).mean() and (least == 1.0 or codes.isin(known).mean() < 1.0)


def test_ghosts_are_young_tied_and_soon_gone_and_honest_firms_are_tied_too(out: Path, agents: Agents) -> None:
    first = {row["values"]["customs_id"]: row["values"] for row in reversed(records(out, "party_registry"))}
    last = {row["customs_id"]: row for row in accepted(out, "party_registry")}
    former = [row for row in first.values() if row["customs_id"] in set(agents.former["code"])]
    heads, addresses = {row["representative"] for row in former}, {row["address"] for row in former}
    assert former and {row["status"] for row in former} <= {"closed", "suspended"}

    def is_tied(code: str) -> bool:
        return code in first and (first[code]["representative"] in heads or first[code]["address"] in addresses)

    firms = agents.importers
    tied = firms["code"].map(is_tied)
    assert tied[firms["is_tied"]].all() and firms["is_tied"].any()
    assert (tied & ~firms["is_ghost"]).sum() >= 1
    gone = [code for code in firms.loc[firms["is_ghost"], "code"] if last.get(code, {}).get("status") == "closed"]
    assert gone and all(last[code]["status"] == "active" for code in firms.loc[~firms["is_ghost"], "code"] if code in last)


def test_declarations_go_by_the_tariff_and_the_rates(out: Path) -> None:
    tariff = {(row["hs10"], row["regime_code"], row["country"] or ""): float(row["rate_percent"]) for row in accepted(out, "tariff")}
    rates = {(row["currency"], row["valid_from"]): float(row["krw_per_unit"]) for row in accepted(out, "exchange_rate")}
    declared = accepted(out, "declaration")
    assert len(declared) > SHIPMENTS / 2
    for row in declared:
        for item in row["items"]:
            country = item["origin_country"] if item["regime_code"].startswith("F") else ""
            assert tariff[item["hs_code"], item["regime_code"], country] == pytest.approx(float(item["duty_rate_percent"]), abs=0.006)
        told = {rates.get((row["invoice_currency"], (START + timedelta(days=7 * week)).isoformat())) for week in range(DAYS // 7 + 2)}
        assert float(row["exchange_rate"]) in told


def test_the_list_names_sellers_who_trade_under_another_spelling(out: Path, agents: Agents) -> None:
    names = {row["name"] for row in accepted(out, "watchlist")}
    listed = agents.sellers[agents.sellers["is_listed"]]
    assert set(listed["name"]) < names
    traded = {row["seller_name"].upper() for row in accepted(out, "declaration")}
    assert traded & {name.upper() for name in agents.sellers["name"]}
