"""What parcels are worth, who may go on a list, and what is due, by the papers and in truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.draws import Floats, Ints, chance, stream
from simulation.lots import Lot
from simulation.money import VAT, exchange_rates
from simulation.parcels import wares
from simulation.parcels.limits import EXEMPT_USD, limit_usd
from simulation.parcels.shopping import worth_of
from simulation.parcels.traders import MARKETS, ParcelAgents

# Papers of some parcels tell the price in the marketplace's currency rather than in dollars.
OWN_CURRENCY_RATIO = 0.25
SHIPPING_USD_PER_KG = 6.5


def value(lot: Lot, agents: ParcelAgents, parcels: pd.DataFrame, lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add declared and true values, who goes on a list and who is declared, and the taxes, declared and true, in KRW."""
    rng, count = stream(lot.seed, "parcel value"), len(parcels)
    ship, country = lines["ship"].to_numpy(), parcels["country"].to_numpy()
    discount = parcels["discount"].to_numpy()
    net = np.where(parcels["is_net"], 1 - discount, 1.0)
    lines = lines.assign(declared_usd=np.maximum(np.round(lines["declared_usd"].to_numpy() * net[ship], 2), 0.5))
    declared, true = worth_of(lines, count, price="declared_usd"), worth_of(lines, count) * (1 - discount)
    is_excluded = np.bincount(ship, wares.IS_EXCLUDED[lines["declared_ware"]], count) > 0
    is_listed = (declared <= limit_usd(country)) & ~is_excluded
    true_kg, kg = (np.maximum(np.round(worth_of(lines, count, price=name) * 1.08 + 0.08, 2), 0.05) for name in ("kg", "declared_kg"))
    market = np.array([one.currency for one in MARKETS])[agents.sellers["market"].to_numpy()[parcels["seller"]]]
    currency = np.where(chance(rng, OWN_CURRENCY_RATIO, count), market, 0)
    rates = exchange_rates(lot)
    week = np.clip(parcels["arrival_day"].to_numpy() // 7, 0, len(rates) - 1)
    krw_per_usd = rates[week, 0]
    shipping = np.round(np.where(declared > 60, 0.4, 1.0) * (3 + SHIPPING_USD_PER_KG * kg), 2)
    is_exempt = is_listed | (declared <= EXEMPT_USD)
    is_due = parcels["is_due"].to_numpy(dtype=bool) | (true > limit_usd(country))
    duty, vat = _taxes(lines["declared_ware"].to_numpy(), lines, "declared_usd", shipping, declared, krw_per_usd)
    true_duty, true_vat = _taxes(lines["ware"].to_numpy(), lines, "usd", shipping, np.maximum(true, 0.01), krw_per_usd)
    duty, vat = np.where(is_exempt[ship], 0, duty), np.where(is_exempt[ship], 0, vat)
    owed = np.where(is_due, np.bincount(ship, true_duty + true_vat, count), 0)
    evaded = np.maximum(owed - np.bincount(ship, duty + vat, count), 0)
    is_illicit = (parcels["typology"] != "").to_numpy()
    return parcels.assign(
        declared_usd=np.round(declared, 2), true_usd=np.round(true, 2), is_listed=is_listed, kg=kg, true_kg=true_kg,
        pieces=1 + (true_kg > 18), currency=currency, market_currency=market, rate_krw=rates[week, currency], krw_per_usd=krw_per_usd,
        shipping_usd=shipping, invoice=np.round(declared * krw_per_usd / rates[week, currency], 2),
        evaded_krw=np.where(is_illicit, evaded, 0).round(),
    ), lines.assign(duty_krw=duty, vat_krw=vat)


def _taxes(ware: Ints, lines: pd.DataFrame, price: str, shipping: Floats, total: Floats, krw: Floats) -> tuple[Floats, Floats]:
    """Duty and value added tax of each line, on its value with its share of the shipping, whole tens of KRW."""
    ship = lines["ship"].to_numpy()
    worth = lines["quantity"].to_numpy() * lines[price].to_numpy()
    base = (worth + shipping[ship] * worth / total[ship]) * krw[ship]
    duty = np.floor(base * wares.DUTY[ware] / 1000) * 10
    return duty, np.floor((base + duty) * VAT / 10) * 10
