"""Limits of list clearance as they held from day to day: up to what value a parcel needs no declaration, and which goods always do."""

from dataclasses import dataclass
from datetime import date

from lakehouse.text import Text


@dataclass(frozen=True)
class Limit:
    """Up to how many US dollars parcels dispatched from a country (empty: from any other) may go on a list, from a day on."""

    since: date
    country: str
    usd: float


# By the country of dispatch, not of origin; the base is the price of the goods without international freight.
LIMITS: tuple[Limit, ...] = (
    Limit(date(2015, 12, 1), "", 150), Limit(date(2012, 3, 15), "US", 200),
)
# Same day of arrival alone is no splitting since then.
ARRIVAL_DAY_COUNTS_UNTIL = date(2022, 11, 17)
# A little below the limit, where prices are cut to fit.
NEAR_RATIO = 0.9


@dataclass(frozen=True)
class Excluded:
    """Goods that are declared whatever they cost: prefixes of their HS codes, and words for them (a regular expression, lower case)."""

    text: Text
    hs: tuple[str, ...]
    words: str


EXCLUDED: tuple[Excluded, ...] = (
    Excluded(Text("의약품", "medicine"), ("3003", "3004"),
             r"의약품|진통제|소화제|수면제|medicine|melatonin|멜라토닌|pain relief|eye drops|painkiller|antibiotic|minoxidil|ibuprofen|acetaminophen"),
    Excluded(Text("건강기능식품", "health food"), ("210690", "2936"),
             r"건강기능식품|영양제|비타민|유산균|오메가 ?3|supplement|multivitamin|vitamin (d|b|c|e)[0-9]* .*(tablet|iu|complex)|softgel|capsules|probiotic|diet pill"),
    Excluded(Text("검역대상 식품·동식물", "food, plants and animals under quarantine"),
             ("0201", "0202", "0203", "0204", "0207", "0208", "0210", "0407", "06", "0701", "0702", "0803", "0810", "1209", "1601", "1602", "2309"),
             r"육포|소시지|햄 ?세트|순대|종자|씨앗|jerky|sausage|salami|prosciutto|bacon|seeds for planting|live plant|pet food|사료"),
    Excluded(Text("기능성화장품", "functional cosmetics"), (), r"기능성 ?화장품|미백 ?크림|주름 ?개선|whitening (spot )?cream|functional cosmetics"),
)


def limit_usd(country: str, on: str) -> str:
    """Spark SQL of the limit in US dollars for a country of dispatch on a day; NULL where the country is not known."""
    ordered = sorted(LIMITS, key=lambda limit: (limit.country == "", -limit.since.toordinal()))
    whens = " ".join(f"WHEN {f'{country} = {limit.country!r} AND ' if limit.country else ''}{on} >= DATE '{limit.since}' THEN {limit.usd}D" for limit in ordered)
    return f"CASE WHEN {country} IS NOT NULL AND {on} IS NOT NULL THEN CASE {whens} END END"


def excluded_by_code(hs: str) -> str:
    """Spark SQL: whether an HS code is of goods that no list may hold; NULL without a code."""
    return f"{hs} RLIKE '^({'|'.join(prefix for one in EXCLUDED for prefix in one.hs)})'"


def excluded_by_words(words: str) -> str:
    """Spark SQL: whether words are of such goods; NULL without words."""
    return f"lower({words}) RLIKE '{'|'.join(one.words for one in EXCLUDED)}'"
