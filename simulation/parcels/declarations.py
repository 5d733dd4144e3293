"""Parcels that need a declaration of their own, and answers about parcels, in the columns their messages are written from."""

from __future__ import annotations

from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from simulation.cargo import AIR
from simulation.draws import Ints, Texts, chance, stream
from simulation.lots import Lot
from simulation.names import objects
from simulation.parcels.flights import LOCODE, SHEDS
from simulation.parcels.orders import VARIANTS
from simulation.parcels.people import phones
from simulation.parcels.traders import COURIERS, MARKETS, ParcelAgents
from simulation.parcels.wares import DUTY, WARES
from simulation.places import AIR_CARRIERS, AIR_ENTRY, COUNTRIES, CURRENCIES, ENTRIES
from simulation.timing import DAY
from simulation.wire import Calendar

SECTION = "31"
# Nobody asks about every parcel.
ASKED_RATIO = 0.6
FAR_OFF_DAYS = 300
# What an answer is written from.
ANSWERED = [
    "is_air", "mrn", "declaration_no", "list_no", "shed_code", "shed_name", "serial", "bill_gross_kg", "bill_packages", "measured_gross_kg",
    "measured_packages", "t_manifest", "t_arrival", "t_carried_in", "t_declared", "t_released", "t_out", "notice", "screening", "forwarder_name",
    "forwarder_sign", "broker_name", "package_unit", "voyage_no", "cargo_words", "load_port", "load_port_name", "load_code", "flag", "flag_name",
    "entry_name", "arrived_on", "volume", "progress_code", "containers", "carrier_sign", "carrier_name", "customs_name", "craft", "house_bl",
    "master_bl", "managed_flag", "cargo_control_no", "bill_type", "bill_type_name", "special_code", "forwarder_party"]
_COUNTRY_CODES = objects([one.code for one in COUNTRIES])
_WORDS = objects([escape(ware.words) for ware in WARES])
_KOREAN_WORDS = objects([escape(ware.words_ko) for ware in WARES])
_HS10 = objects([ware.hs10 for ware in WARES])
_MODELS = objects([variant.upper() for variant in VARIANTS])


def _of(table: list[str], places: pd.Series | Ints) -> Texts:
    """The text of each place in a table, fit for XML."""
    return np.asarray(objects([escape(text) for text in table])[np.asarray(places)], dtype=np.object_)


def carried_rows(lot: Lot, parcels: pd.DataFrame, lines: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Add to parcels what declarations and answers share: carrier, places, bills, weights and the times of the cargo."""
    rng, count = stream(lot.seed, "parcel rows"), len(parcels)
    airline, courier = parcels["airline"], parcels["courier"]
    main = lines["declared_ware"].to_numpy()[lines["seq"].to_numpy() == 1]
    t_manifest = parcels["t_departed"].to_numpy() - rng.integers(600, 7_200, count)
    return parcels.assign(
        mode=AIR, is_air=True, containers=objects([[]] * count), house_bl=parcels["hawb_no"], **_places(parcels),
        carrier_sign=_of([one.sign for one in AIR_CARRIERS], airline), carrier_name=_of([one.name for one in AIR_CARRIERS], airline),
        flag=_of([one.flag for one in AIR_CARRIERS], airline), flag_name=_of([one.flag_name for one in AIR_CARRIERS], airline),
        forwarder_sign=parcels["courier_code"], forwarder_name=_of([one.name for one in COURIERS], courier),
        broker_name=_of([one.broker_name for one in COURIERS], courier), cargo_words=_WORDS[main], voyage_no="", volume="", package_unit="CT",
        declared_gross_kg=parcels["kg"], bill_gross_kg=parcels["kg"], measured_gross_kg=parcels["true_kg"],
        declared_packages=parcels["pieces"], bill_packages=parcels["pieces"], measured_packages=parcels["pieces"],
        t_manifest=t_manifest, t_declared=parcels["t_listed"], **_ends(lot, parcels), arrived_on=_days(calendar, parcels["t_arrival"]),
        serial=rng.integers(0, 10**8, count), notice=rng.integers(1800, 9_000, count), screening=rng.integers(300, 3_600, count),
        managed_flag="N", bill_type="X", bill_type_name="특송화물 Sample", special_code="AEX", is_asked=chance(rng, ASKED_RATIO, count),
    )


def _places(parcels: pd.DataFrame) -> dict[str, str | list[str] | Texts]:
    """Where each parcel was loaded, comes in and is kept."""
    gate = ENTRIES[AIR_ENTRY]
    havens = [COUNTRIES[country].airs[port] for country, port in zip(parcels["country"].tolist(), parcels["port"].tolist(), strict=True)]
    return {
        "locode": LOCODE, "progress_code": gate.progress_code, "entry_name": gate.name, "customs_name": gate.customs_name,
        "shed_code": _of([code for code, _ in SHEDS], parcels["shed"]), "shed_name": _of([name for _, name in SHEDS], parcels["shed"]),
        "load_port": [haven.code for haven in havens], "load_port_name": [haven.name for haven in havens],
        "load_code": parcels["country_code"].tolist(),
    }


def declared_rows(agents: ParcelAgents, carried: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Of carried rows, those with a declaration, with the rest of what it says; persons import for themselves, without a firm's number."""
    shown = carried[carried["declaration_no"] != ""]
    sellers, seller = agents.sellers, shown["seller"].to_numpy()
    market = sellers["market"].to_numpy()[seller]
    sold_by = {"id": sellers["id"].to_numpy()[seller], "name": [escape(name) for name in shown["seller_name"].tolist()],
               "country": _COUNTRY_CODES[sellers["country"].to_numpy()[seller]]}
    return shown.assign(
        section=SECTION, currency_code=objects(list(CURRENCIES))[shown["currency"]], issued_on=_days(calendar, shown["t_declared"]), payment="11",
        certificate_flag="N", declared_arrival_on=shown["arrived_on"], carried_in_on=_days(calendar, shown["t_carried_in"]), process="A",
        export_code=shown["country_code"], terms="CIF", settlement="TT", plan="D",
        **{f"seller_{name}": values for name, values in sold_by.items()}, **{f"supplier_{name}": values for name, values in sold_by.items()},
        insurance_krw=0.0, freight_krw=np.round(shown["shipping_usd"] * shown["krw_per_usd"]),
        importer_party=shown["consignee_party"], payer_party=shown["consignee_party"], supplier_party=shown["seller_party"],
        exporter_party=shown["seller_party"], importer_code=shown["declared_code"], importer_name=shown["consignee_name"],
        payer_code=shown["declared_code"], payer_name=shown["consignee_name"], payer_business_no="", payer_postcode=shown["postcode"],
        payer_address=shown["address"], payer_mobile=phones(shown["phone"].to_numpy()), payer_phone="",
        market_code=_of([one.code for one in MARKETS], market), market_name=_of([one.name for one in MARKETS], market),
    )


def declared_items(parcels: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The lines of the declared parcels as goods items, `ship` counted among these parcels."""
    is_declared = (parcels["declaration_no"] != "").to_numpy()
    shown: pd.DataFrame = lines[is_declared[lines["ship"].to_numpy()]]
    ship, ware, quantity = shown["ship"].to_numpy(), shown["declared_ware"].to_numpy(), shown["quantity"].to_numpy()
    style = shown["style"].to_numpy()
    of_ship = {name: parcels[name].to_numpy()[ship] for name in ("krw_per_usd", "rate_krw", "shipping_usd", "declared_usd", "country_code")}
    price = np.maximum(np.round(shown["declared_usd"].to_numpy() * of_ship["krw_per_usd"] / of_ship["rate_krw"], 4), 0.0001)
    worth = shown["declared_usd"].to_numpy() * quantity
    base = np.round((worth + of_ship["shipping_usd"] * worth / of_ship["declared_usd"]) * of_ship["krw_per_usd"])
    return shown.assign(
        ship=(np.cumsum(is_declared) - 1)[ship], unit_price=price, value=np.maximum(np.round(price * quantity, 2), 0.01),
        base_krw=base, base_usd=np.round(base / of_ship["krw_per_usd"]), vat_base_krw=base + shown["duty_krw"].to_numpy(), regime="A",
        # What is exempt is rated at nothing.
        rate=np.where(shown["vat_krw"] > 0, DUTY[ware], 0.0), is_taxable=True, unit="PC", origin_code=of_ship["country_code"],
        declared_net_kg=np.maximum(np.round(shown["declared_kg"].to_numpy() * quantity, 1), 0.1), hs10=_HS10[ware],
        trade_name=np.where(style % 6 == 0, _KOREAN_WORDS[ware], _WORDS[ware]), standard_name=_WORDS[ware], model=_MODELS[style % len(_MODELS)],
    )


def _ends(lot: Lot, parcels: pd.DataFrame) -> dict[str, Ints]:
    """What never happens, put off to long after the period, where calendars still tell the day."""
    return {name: np.minimum(parcels[name].to_numpy(), (lot.days + FAR_OFF_DAYS) * DAY) for name in ("t_released", "t_out")}


def _days(calendar: Calendar, seconds: pd.Series) -> list[str]:
    return [calendar.compact(day) for day in (seconds.to_numpy() // DAY).tolist()]
