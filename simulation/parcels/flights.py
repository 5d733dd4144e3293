"""How parcels come: many a flight under one master for each courier, each under its tracking number and HAWB."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from simulation.draws import Ints, stream
from simulation.lots import Lot
from simulation.names import objects
from simulation.parcels.traders import COURIERS
from simulation.places import AIR_CARRIERS, COUNTRIES
from simulation.timing import DAY, HOUR

PARCELS_A_FLIGHT, FLIGHTS_A_DAY = 150, 700
FLIGHT_HOURS: dict[str, float] = {
    "CN": 2.5, "VN": 4.7, "US": 12.5, "JP": 2.2, "DE": 11.5, "IT": 12.0, "FR": 12.0, "ES": 12.8, "TH": 5.6, "ID": 7.0, "MY": 6.4, "TW": 2.7,
    "IN": 7.5, "AU": 10.5, "CL": 24.0, "HK": 3.7, "SG": 6.4}
OFFICE, LOCODE = "040", "KRICN"
# The customs' own express centre, and the couriers' halls.
SHEDS: tuple[tuple[str, str], ...] = (
    ("04002901", "인천공항 특송물류센터"), ("04077901", "하늘특송 자체통관장"), ("04077902", "샛별익스프레스 자체통관장"))
SHED_OF_COURIER: Ints = np.array([1, 2, 0, 0, 0, 0], dtype=np.int64)
# The cargo's flights count from 100, its masters from a million.
FIRST_FLIGHT = 500_000


def fly(lot: Lot, parcels: pd.DataFrame) -> pd.DataFrame:
    """Add flight, times of departure and arrival, bills, tracking number, cargo control number, shed and bag."""
    rng, count = stream(lot.seed, "parcel flights"), len(parcels)
    day, country = parcels["arrival_day"].to_numpy(), parcels["country"].to_numpy()
    key = day * len(COUNTRIES) + country
    _, group, many = np.unique(key, return_inverse=True, return_counts=True)
    full = np.maximum(PARCELS_A_FLIGHT, np.bincount(day) / FLIGHTS_A_DAY)[day]
    turn = rng.integers(0, 1 << 30, count) % np.ceil(many[group] / full).astype(np.int64)
    flights, first, flight = np.unique(key * FLIGHTS_A_DAY * 2 + turn, return_index=True, return_inverse=True)
    days = day[first]
    place = np.arange(len(flights)) - np.searchsorted(days, days, side="left")
    airline = (country[first] + turn[first]) % len(AIR_CARRIERS)
    landed = days * DAY + np.round(rng.uniform(0.5, 23.4, len(flights)) * HOUR).astype(np.int64)
    hours = np.array([FLIGHT_HOURS[one.code] for one in COUNTRIES])[country[first]]
    left = landed - np.round(hours * rng.uniform(0.97, 1.06, len(flights)) * HOUR).astype(np.int64)
    mrns, crafts = [], []
    for line, today, number in zip(airline.tolist(), days.tolist(), place.tolist(), strict=True):
        arrives = lot.start + timedelta(days=today)
        sign, serial = AIR_CARRIERS[line].sign, FIRST_FLIGHT + arrives.timetuple().tm_yday * 1_000 + number
        mrns.append(f"{arrives:%y}{sign}{serial:06d}I")
        crafts.append(f"{sign}{500 + number % 400}")
    ports = np.array([len(one.airs) for one in COUNTRIES])
    parcels = parcels.assign(
        airline=airline[flight], port=(turn % ports[country]), craft=objects(crafts)[flight], t_arrival=landed[flight], t_departed=left[flight],
        mrn=objects(mrns)[flight], shed=SHED_OF_COURIER[parcels["courier"].to_numpy()],
    )
    return _number(rng, lot, parcels, flight)


def _number(rng: np.random.Generator, lot: Lot, parcels: pd.DataFrame, flight: Ints) -> pd.DataFrame:
    courier = parcels["courier"].to_numpy()
    masters, first, master = np.unique(flight * len(COURIERS) + courier, return_index=True, return_inverse=True)
    of_flight = flight[first]
    msn = np.arange(len(masters)) - np.searchsorted(of_flight, of_flight, side="left") + 1
    hsn = pd.Series(master).groupby(master).cumcount().to_numpy() + 1
    low, high = lot.numbers(0, 1_000_000)
    serials = low + np.arange(len(masters)) % max(high - low, 1)
    prefixes = [AIR_CARRIERS[line].prefix for line in parcels["airline"].to_numpy()[first].tolist()]
    bills = [f"{prefix}{serial:07d}{serial % 7}" for prefix, serial in zip(prefixes, serials.tolist(), strict=True)]
    base, _ = lot.numbers(1_000_000_000, 10_000_000_000)
    numbers = (base + rng.permutation(len(parcels))).tolist()
    signs = [COURIERS[place].sign for place in courier.tolist()]
    tracking = [f"{sign}{number}" for sign, number in zip(signs, numbers, strict=True)]
    is_one = np.array([one.is_hawb_tracking for one in COURIERS])[courier]
    hawb = [number if same else f"{number[:2]}H{number[2:]}" for number, same in zip(tracking, is_one.tolist(), strict=True)]
    mrn = parcels["mrn"].tolist()
    return parcels.assign(
        master=master, tracking_no=tracking, hawb_no=hawb, master_bl=objects(bills)[master],
        cargo_control_no=[f"{number}{m:04d}{h:04d}" for number, m, h in zip(mrn, msn[master].tolist(), hsn.tolist(), strict=True)],
        bag_no=[f"BG{number[:2]}{m % 10_000:04d}{h // 40:02d}" for number, m, h in zip(tracking, master.tolist(), hsn.tolist(), strict=True)],
    )


def number_papers(lot: Lot, parcels: pd.DataFrame, years: list[str]) -> pd.DataFrame:
    """Add numbers of lists with their lines, and of declarations; `years` are those of the papers, two digits, empty text where neither."""
    is_listed, courier = parcels["is_listed"].to_numpy(dtype=bool), parcels["courier"].to_numpy()
    master = parcels["master"].to_numpy()
    line = pd.Series(is_listed.astype(np.int64)).groupby(master).cumsum().to_numpy()
    first, _ = lot.numbers(1, 100_000_000)
    serial = pd.Series((~is_listed).astype(np.int64)).groupby(courier).cumsum().to_numpy()
    filed, _ = lot.numbers(100_000, 1_000_000)
    rows = zip(is_listed.tolist(), courier.tolist(), years, master.tolist(), serial.tolist(), strict=True)
    listed, declared = [], []
    for on_list, who, year, bill, place in rows:
        listed.append(f"AE{who + 1:04d}{year}{first + bill:08d}" if on_list else "")
        declared.append("" if on_list else f"{COURIERS[who].broker}{year}{filed + place:06d}M")
    return parcels.assign(list_no=listed, list_line=np.where(is_listed, line, 0), declaration_no=declared)
