"""What is invoiced, dutiable and due, by the papers and in truth. Amounts of tax in KRW, prices in USD."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.cargo import AIR, TABLE, regimes
from simulation.draws import Floats, Ints, pick, pick_rows, spread, stream
from simulation.goods import GOODS
from simulation.lots import Lot
from simulation.names import objects
from simulation.places import COUNTRIES, CURRENCIES, KRW_PER_UNIT
from simulation.timing import DAY
from simulation.typologies import TYPOLOGIES

TERMS = ("FOB", "CIF", "CFR", "EXW", "FCA")
TERM_WEIGHTS = (0.40, 0.26, 0.12, 0.10, 0.12)
VAT = 0.10
# What is due on goods that are on no paper: a usual duty and value added tax.
HIDDEN_TAX = 0.19
PREMIUM = 0.0012


def price(lot: Lot, cargo: pd.DataFrame, items: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add terms, currency, exchange rate, invoice, freight, bases and taxes, declared and true."""
    cargo = _invoice_terms(lot, cargo)
    items = _declared_values(cargo, items)
    count, ship = len(cargo), items["ship"].to_numpy()
    invoice = np.bincount(ship, items["value"], count)
    usd = np.bincount(ship, items["value_usd"], count)
    freight = _freight_usd(lot.seed, cargo)
    insurance = np.round(usd * cargo["insured_factor"].to_numpy() * PREMIUM, 2)
    is_freight_in = np.isin(cargo["terms"], ("CIF", "CFR"))
    is_insured = (cargo["terms"] == "CIF").to_numpy()
    added = np.where(is_freight_in, 0, freight) + np.where(is_insured, 0, insurance)
    krw_per_usd = cargo["krw_per_usd"].to_numpy()
    freight_krw = np.round(np.where(is_freight_in, 0, freight) * krw_per_usd)
    insurance_krw = np.round(np.where(is_insured, 0, insurance) * krw_per_usd)
    share = items["value_usd"].to_numpy() / usd[ship]
    base = np.round((items["value_usd"].to_numpy() + added[ship] * share) * krw_per_usd[ship])
    items = items.assign(base_krw=base, base_usd=np.round(base / krw_per_usd[ship]))
    duty, vat = _taxes(items["declared_good"].to_numpy(), base, items["rate"].to_numpy())
    true_usd = items["net_kg"].to_numpy() * items["usd_per_kg"].to_numpy()
    true_base = (true_usd + added[ship] * share) * krw_per_usd[ship]
    is_void = cargo["typology"].isin([typology.name for typology in TYPOLOGIES if typology.voids_preference]).to_numpy()[ship]
    true_rate = np.where(is_void, TABLE.duty[items["good"].to_numpy()], items["true_rate"].to_numpy())
    true_duty, true_vat = _taxes(items["good"].to_numpy(), true_base, true_rate)
    items = items.assign(duty_krw=duty, vat_krw=vat, vat_base_krw=base + duty)
    evaded = np.bincount(ship, true_duty + true_vat - duty - vat, count)
    hidden = cargo["hidden_usd"].to_numpy() * krw_per_usd * HIDDEN_TAX
    is_illicit = (cargo["typology"] != "").to_numpy()
    cargo = cargo.assign(
        invoice=np.round(invoice, 2),
        invoice_usd=usd,
        freight_usd=freight,
        true_usd=np.bincount(ship, true_usd, count),
        freight_krw=freight_krw,
        insurance_krw=insurance_krw,
        evaded_krw=np.where(is_illicit, np.maximum(evaded, 0) + hidden, 0).round(),
    )
    return cargo, items


def exchange_rates(lot: Lot) -> Floats:
    """KRW a unit of each currency in each week of the world's period and after, one row a week."""
    walk = np.exp(np.cumsum(0.006 * stream(lot.world, "exchange").normal(size=(lot.days // 7 + 8, len(CURRENCIES))), axis=0))
    return np.asarray(np.round(np.array(KRW_PER_UNIT) * walk, 4), dtype=np.float64)


def _invoice_terms(lot: Lot, cargo: pd.DataFrame) -> pd.DataFrame:
    rng = stream(lot.seed, "terms")
    count = len(cargo)
    rates = exchange_rates(lot)
    week = np.minimum(cargo["t_declared"].to_numpy() // DAY // 7, len(rates) - 1)
    own = np.array([CURRENCIES.index(country.currency) for country in COUNTRIES])[
        np.where(cargo["branch_country"] >= 0, cargo["branch_country"], cargo["origin"])
    ]
    # The currency belongs to the relation; most of the world invoices in dollars.
    is_own = cargo["carrier_draw"].to_numpy() // 64 % 10 < np.where(np.isin(own, (2, 3)), 7, 2)
    currency = np.where(is_own, own, 0)
    habit = np.array(TERM_WEIGHTS)[
        (np.arange(len(TERMS))[None, :] + cargo["seller"].to_numpy()[:, None] % 2) % len(TERMS)
    ]
    return cargo.assign(
        currency=currency,
        rate_krw=rates[week, currency],
        krw_per_usd=rates[week, 0],
        terms=objects([TERMS[place] for place in pick_rows(rng, habit)]),
        settlement=objects([("TT", "LS", "DA")[place] for place in pick(rng, (0.7, 0.2, 0.1), count)]),
    )


def _declared_values(cargo: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Add quantity, unit price and value in the invoice's currency, as on the invoice."""
    ship, good = items["ship"].to_numpy(), items["declared_good"].to_numpy()
    net = np.round(np.maximum(items["declared_net_kg"].to_numpy(), 0.1), 1)
    is_weight = np.array([item.unit == "KG" for item in GOODS])[good]
    quantity = np.where(is_weight, net, np.maximum(np.round(net / TABLE.unit_kg[good]), 1))
    to_invoice = cargo["krw_per_usd"].to_numpy()[ship] / cargo["rate_krw"].to_numpy()[ship]
    exact = net * items["declared_usd_per_kg"].to_numpy() * to_invoice
    unit_price = np.maximum(np.round(exact / quantity, 4), 0.0001)
    value = np.maximum(np.round(unit_price * quantity, 2), 0.01)
    is_claiming = cargo["is_claiming"].to_numpy(dtype=bool)[ship]
    regime, rate = regimes(good, items["declared_origin"].to_numpy(), is_claiming)
    return items.assign(
        declared_net_kg=net,
        quantity=quantity,
        unit_price=unit_price,
        value=value,
        value_usd=value / to_invoice,
        regime=objects(regime),
        rate=rate,
    )


def _freight_usd(seed: str, cargo: pd.DataFrame) -> Floats:
    """Freight by weight and distance; by air some ten times dearer, in small lots dearer still."""
    rate = np.array([country.freight_usd_per_kg for country in COUNTRIES])[cargo["load_country"]]
    by_air = np.where(cargo["mode"] == AIR, 14.0, 1.0)
    freight = 40 + cargo["gross_kg"].to_numpy() * rate * by_air * spread(stream(seed, "freight"), 0.2, len(cargo))
    return np.asarray(np.round(freight, 2), dtype=np.float64)


def _taxes(good: Ints, base: Floats, rate: Floats) -> tuple[Floats, Floats]:
    """Give duty and value added tax, whole tens of KRW."""
    duty = np.floor(base * rate / 1000) * 10
    return duty, np.floor((base + duty) * VAT * TABLE.taxable[good] / 10) * 10
