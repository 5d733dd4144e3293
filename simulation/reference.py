"""Reference feeds: what customs knows before everything, and what it learns of firms and rates as the weeks go by."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.draws import stream
from simulation.goods import GOODS
from simulation.ledger import mentions_of, party_ids, write_table
from simulation.lots import Lot
from simulation.money import exchange_rates
from simulation.names import overseas_firms
from simulation.open_data import COLUMNS as COLUMNS_OPENED
from simulation.places import COUNTRIES, CURRENCIES
from simulation.register import COLUMNS, registry

BEFORE = "reference"
WEEK = 7
# Above this percent a rate is one of those bound for farm goods.
BOUND_PERCENT = 100
LEAST_DEVELOPED = "KH"
REASONS = ("상표권 침해 전력", "원산지 허위표시 전력", "수출통제 품목", "마약류 적발 전력")
# Entries of the list that trade nowhere here, for each that does.
STRANGERS = 1.5
Row = Sequence[object]
# An entry of customs' own list, after who it is.
Listed = tuple[str, Row]


def write_reference(out: Path, agents: Agents, lot: Lot, listed: Sequence[Listed], opened: Iterable[Row]) -> dict[str, dict[str, int]]:
    """Write the reference feeds of the world a lot belongs to, with more entries for its list and open data; the records of each feed.

    Whom registry and list name is written with the truth.
    """
    firms, entries = registry(agents, lot), [*watchlist_entries(agents, lot), *listed]
    named = pd.concat([
        mentions_of("party_registry", "party", firms["customs_id"], firms["party"]).drop_duplicates(),
        mentions_of("watchlist", "party", [f"LOCAL|{row[0]}|entry|" for _, row in entries], [party for party, _ in entries])], ignore_index=True)
    write_table(out / "truth/parties" / f"{BEFORE}.parquet", named)
    told = {
        "party_registry": _write_registry(out, firms, lot),
        "tariff": _write(out / BEFORE / "tariff/tariff.csv", TARIFF, tariff_rows(lot.start)),
        "exchange_rate": _write_rates(out, lot),
        "watchlist": _write(out / BEFORE / "watchlist/local.csv", WATCHLIST, [row for _, row in entries]),
        "declaration_open": _write(out / BEFORE / "declaration_open/open.csv", COLUMNS_OPENED, opened),
    }
    return {feed: {"records": many, "accepted": many} for feed, many in told.items()}


def _write(path: Path, heads: Sequence[str], rows: Iterable[Row]) -> int:
    """Write a CSV with its heading; gives the rows. No file for none."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    many = 0
    for row in rows:
        writer.writerow(row)
        many += 1
    if many:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.getvalue(), encoding="utf-8", newline="\n")
    return many


def _day(lot: Lot, day: int) -> date:
    return lot.start + timedelta(days=day)


def _write_registry(out: Path, entries: pd.DataFrame, lot: Lot) -> int:
    """What was known before, whole, then the changes of each week on its last day."""
    shown = entries.assign(
        established_on=[_day(lot, day).isoformat() for day in entries["established"].tolist()],
        updated_on=[_day(lot, day).isoformat() for day in entries["day"].tolist()],
    )[list(COLUMNS)]
    day = entries["day"].to_numpy()
    many = _write(out / BEFORE / "party_registry/registry.csv", COLUMNS, shown[day < 0].itertuples(index=False))
    for first in range(0, lot.days, WEEK):
        last = min(first + WEEK, lot.days) - 1
        folder = out / _day(lot, last).isoformat() / "party_registry"
        rows = shown[(day >= first) & (day <= last)]
        many += _write(folder / f"changes-{_day(lot, last):%Y%m%d}.csv", COLUMNS, rows.itertuples(index=False))
    return many


def _write_rates(out: Path, lot: Lot) -> int:
    """The first week's rates before everything, each later week's on the day before it begins."""
    many = 0
    for week, rates in enumerate(exchange_rates(lot).tolist()):
        eve, first = week * WEEK - 1, _day(lot, week * WEEK)
        if eve >= lot.days:
            break
        folder = out / (BEFORE if eve < 0 else _day(lot, eve).isoformat()) / "exchange_rate"
        rows = [(currency, first.isoformat(), f"{rate:.4f}") for currency, rate in zip(CURRENCIES, rates, strict=True)]
        many += _write(folder / f"rates-{first:%Y%m%d}.csv", ("currency", "valid_from", "krw_per_unit"), rows)
    return many


TARIFF = ("hs10", "regime_code", "country", "valid_from", "valid_to", "rate_percent", "specific_krw", "specific_unit")


def tariff_rows(start: date) -> list[Row]:
    """Basic, bound and preferential rates of every good: those that declarations name, and those they pass over."""
    since = date(start.year - 1, 1, 1).isoformat()
    rows: list[Row] = []
    for good in GOODS:
        duty, least = good.duty_percent, good.preference_percent
        # A bound rate lies above the basic one, but for farm goods, where it is the one applied.
        basic, bound = (duty, duty * 1.3) if duty <= BOUND_PERCENT else (duty * 1.2, duty)
        rates = [("A", "", basic), ("C", "", bound)]
        if least < duty:
            rates.append(("U", LEAST_DEVELOPED, least))
            rates.extend((country.agreement, country.code, least) for country in COUNTRIES if country.agreement)
        rows.extend((good.hs10, regime, country, since, "", f"{rate:.2f}", "", "") for regime, country, rate in rates)
    return rows


WATCHLIST = ("entry_id", "kind", "name", "aliases", "country", "reason", "valid_from", "valid_to")


def watchlist_entries(agents: Agents, lot: Lot) -> list[Listed]:
    """Customs' own list: the sellers it looks for under the spelling it knows, and others that never come; each with who it is."""
    rng = stream(lot.world, "watchlist")
    listed = agents.sellers[agents.sellers["is_listed"]]
    countries = [COUNTRIES[place] for place in rng.integers(0, len(COUNTRIES), int(len(listed) * STRANGERS))]
    strangers = zip(party_ids("stranger", np.arange(len(countries))), overseas_firms(rng, [country.legal_forms for country in countries]), countries,
                    strict=True)
    known = zip(party_ids("seller", listed.index), listed["name"].tolist(), (COUNTRIES[place] for place in listed["country"].tolist()), strict=True)
    entries = [*known, *strangers]
    return [(party, (f"LW-{place + 1:05d}", "entity", name, "", country.code, REASONS[place % len(REASONS)],
                     _day(lot, -30 - place * 37 % 900).isoformat(), ""))
            for place, (party, name, country) in enumerate(entries[order] for order in rng.permutation(len(entries)).tolist())]
