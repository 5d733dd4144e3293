"""The world as the senders put it: codes, escaped texts and dates, ready for the message forms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.cargo import AIR, LCL
from simulation.draws import Ints, Texts, chance, stream
from simulation.goods import GOODS
from simulation.latin import latin_texts
from simulation.lots import Lot
from simulation.names import escaped, objects
from simulation.party_texts import party_texts
from simulation.places import AIR_CARRIERS, COUNTRIES, CURRENCIES, ENTRIES, SEA_CARRIERS

DAY = 86_400
# What a broker writes where seller and buyer are related, code 257 of the form.
RELATED = "A"
GRADES = ("STANDARD", "A GRADE", "PREMIUM", "TYPE II", "SERIES 5", "NEW", "EXPORT QUALITY", "SIZE M", "SIZE L", "B-12")


@dataclass(frozen=True)
class Calendar:
    """Turns seconds since the start of the period into the texts of dates and times, Korea time."""

    start: date
    days: tuple[str, ...]
    before: int

    @classmethod
    def of(cls, start: date, days: int) -> Calendar:
        """Make the calendar of a period with room for what precedes and follows it."""
        before, after = 400, days + 400
        texts = tuple(f"{start + timedelta(days=day):%Y%m%d}" for day in range(-before, after))
        return cls(start, texts, before)

    def compact(self, day: int) -> str:
        """Give a day as yyyyMMdd."""
        return self.days[day + self.before]

    def stamp(self, second: int) -> str:
        """Give a time as yyyyMMddHHmmss."""
        day, rest = divmod(second, DAY)
        return f"{self.days[day + self.before]}{rest // 3600:02d}{rest // 60 % 60:02d}{rest % 60:02d}"

    def spoken(self, second: int) -> str:
        """Give a time as yyyy-MM-dd HH:mm:ss."""
        text = self.stamp(second)
        return f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:]}"

    def iso(self, seconds: Ints) -> list[str]:
        """Give times as yyyy-MM-ddTHH:mm:ss, all at once."""
        times = np.datetime64(self.start, "s") + np.asarray(seconds, dtype=np.int64)
        return [str(text) for text in np.datetime_as_string(times).tolist()]

    def minutes(self, seconds: Ints) -> list[str]:
        """Give times as yyyyMMddHHmm, all at once."""
        return [f"{text[:4]}{text[5:7]}{text[8:10]}{text[11:13]}{text[14:16]}" for text in self.iso(seconds)]


def number_declarations(agents: Agents, cargo: pd.DataFrame, lot: Lot, calendar: Calendar) -> pd.DataFrame:
    """Number each broker's declarations in the order of filing: broker 5, year 2, serial 6, type letter."""
    order = np.argsort(cargo["t_declared"].to_numpy(), kind="stable")
    broker = cargo["broker"].to_numpy()
    serial = np.empty(len(cargo), dtype=np.int64)
    serial[order] = pd.Series(broker[order]).groupby(broker[order]).cumcount().to_numpy()
    codes, (first, _) = agents.brokers["code"].tolist(), lot.numbers(100_000, 1_000_000)
    filed = (cargo["t_declared"].to_numpy() // DAY).tolist()
    numbers = [
        f"{codes[who]}{calendar.compact(day)[2:4]}{first + place:06d}M"
        for who, day, place in zip(broker.tolist(), filed, serial.tolist(), strict=True)
    ]
    return cargo.assign(declaration_no=numbers)


def _dates(calendar: Calendar, seconds: pd.Series) -> list[str]:
    return [calendar.compact(day) for day in (seconds.to_numpy() // DAY).tolist()]


def shipment_rows(seed: str, agents: Agents, cargo: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Add to each shipment every text its messages need; names vary a little from filing to filing."""
    rng = stream(seed, "wire")
    count = len(cargo)
    t_arrival = cargo["t_arrival"]
    is_claimed = cargo["is_claiming"].to_numpy(dtype=bool) & cargo["has_certificate"].to_numpy(dtype=bool)
    country = objects([place.code for place in COUNTRIES])
    return cargo.assign(
        **party_texts(rng, agents, cargo),
        **_place_texts(cargo),
        **latin_texts(seed, agents, cargo),
        is_air=cargo["mode"] == AIR,
        currency_code=objects(list(CURRENCIES))[cargo["currency"]],
        issued_on=_dates(calendar, cargo["t_declared"]),
        arrived_on=_dates(calendar, t_arrival),
        **_declared_dates(rng, cargo, calendar),
        certified_on=_dates(calendar, t_arrival - DAY * rng.integers(3, 40, count)),
        certificate_no=[f"CO{number:09d}" for number in rng.integers(0, 10**9, count).tolist()],
        certificate_flag=np.where(is_claimed, "Y", "N"),
        certificate_code=country[cargo["certificate_country"]],
        export_code=country[cargo["export_country"]],
        load_code=country[cargo["load_country"]],
        market_name=escaped(cargo["market_name"].tolist()),
        relation_code=np.where(cargo["is_relation_told"], RELATED, ""),
        process=np.where(chance(rng, 0.12, count), "B", "A"),
        managed_flag=np.where(cargo["is_managed"], "Y", "N"),
        cargo_words=_bill_words(rng, cargo),
        bill_hs6=[GOODS[good].hs10[:6] for good in cargo["bill_good"].tolist()],
        voyage_no=np.where(cargo["mode"] == AIR, "", objects([f"{place % 900 + 100}E" for place in cargo["voyage"]])),
        volume=np.where(cargo["mode"] == LCL, np.round(cargo["gross_kg"] / 320, 2).astype(str), ""),
        serial=rng.integers(0, 10**8, count),
        notice=rng.integers(1800, 14_000, count),
        screening=rng.integers(300, 5_400, count),
        declared_gross_kg=np.maximum(cargo["declared_gross_kg"].round(1), 0.1),
        bill_gross_kg=np.maximum(cargo["bill_gross_kg"].round(1), 0.1),
        measured_gross_kg=np.maximum(cargo["measured_gross_kg"].round(1), 0.1),
    )


def _declared_dates(rng: np.random.Generator, cargo: pd.DataFrame, calendar: Calendar) -> dict[str, list[str]]:
    """Before the ship is in, the broker writes the days expected, now and then a day off."""
    is_late = chance(rng, 0.25, len(cargo))
    is_afloat = (cargo["t_declared"] < cargo["t_arrival"]).to_numpy()
    is_coming = (cargo["t_declared"] < cargo["t_carried_in"]).to_numpy()
    expected = cargo["t_arrival"] + np.where(is_late & is_afloat, DAY, 0)
    carried_in = np.where(is_coming, expected, cargo["t_carried_in"])
    return {
        "declared_arrival_on": _dates(calendar, expected),
        "carried_in_on": _dates(calendar, pd.Series(carried_in)),
    }


def _place_texts(cargo: pd.DataFrame) -> dict[str, list[str]]:
    columns = ["mode", "carrier", "entry", "shed", "load_country", "port"]
    texts: dict[str, list[str]] = {
        name: []
        for name in (
            "carrier_sign",
            "carrier_name",
            "flag",
            "flag_name",
            "locode",
            "progress_code",
            "entry_name",
            "customs_name",
            "shed_code",
            "shed_name",
            "load_port",
            "load_port_name",
        )
    }
    for mode, carrier, entry, shed, load, port in cargo[columns].to_numpy(dtype=np.int64).tolist():
        line = (AIR_CARRIERS if mode == AIR else SEA_CARRIERS)[carrier]
        gate, country = ENTRIES[entry], COUNTRIES[load]
        haven = (country.airs if mode == AIR else country.seas)[port]
        row = (
            line.sign,
            line.name,
            line.flag,
            line.flag_name,
            gate.locode,
            gate.progress_code,
            gate.name,
            gate.customs_name,
            *gate.sheds[shed],
            haven.code,
            haven.name,
        )
        for column, text in zip(texts.values(), row, strict=True):
            column.append(text)
    return texts


def _bill_words(rng: np.random.Generator, cargo: pd.DataFrame) -> Texts:
    draws = rng.integers(0, 1 << 20, len(cargo)).tolist()
    names = [
        vague or GOODS[good].trade_names[draw % len(GOODS[good].trade_names)]
        for vague, good, draw in zip(cargo["bill_words"].tolist(), cargo["bill_good"].tolist(), draws, strict=True)
    ]
    return escaped(names)


def item_rows(cargo: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Add to each item its code, words, unit and origin as declared."""
    declared = items["declared_good"].tolist()
    brands = cargo["brand"].to_numpy()[items["ship"]].tolist()
    rows = zip(items["described_good"].tolist(), items["trade_name"].tolist(), strict=True)
    words = []
    for good, draw in rows:
        described = GOODS[good]
        # One filer in five writes the trade name in Korean.
        words.append(described.name_ko if draw % 5 == 0 else described.trade_names[draw % len(described.trade_names)])
    styles = items["style"].tolist()
    return items.assign(
        hs10=[GOODS[good].hs10 for good in declared],
        unit=[GOODS[good].unit for good in declared],
        standard_name=escaped([GOODS[good].trade_names[0] for good in declared]),
        trade_name=escaped(words),
        model=[
            f"{brand}-{style % 40 + 10} {GRADES[style % len(GRADES)]}"
            for brand, style in zip(brands, styles, strict=True)
        ],
        is_taxable=[not GOODS[good].is_raw_food for good in declared],
        origin_code=[COUNTRIES[place].code for place in items["declared_origin"].tolist()],
    )


def positions(items: pd.DataFrame, shipments: int) -> Ints:
    """Give where each shipment's items begin, with the end of the last."""
    return np.searchsorted(items["ship"].to_numpy(), np.arange(shipments + 1)).astype(np.int64)
