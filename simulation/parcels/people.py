"""The people who buy abroad: obviously made-up persons with customs codes, phones and homes, put into words only where they are needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulation.draws import Bools, Floats, Ints, chance, pick, spread, stream

STEMS = ("한빛", "새온", "다온", "가람", "미르", "누리", "해온", "늘봄", "도담", "세움", "예솔", "라온", "아름", "두레", "마루", "나래")
LATIN = ("HANBIT", "SAEON", "DAON", "GARAM", "MIREU", "NURI", "HAEON", "NEULBOM", "DODAM", "SEUM", "YESOL", "RAON", "AREUM", "DURE", "MARU", "NARAE")
# Region, its share, first two digits of its postcodes.
REGIONS = (("서울특별시", 0.27, "03"), ("경기도", 0.29, "14"), ("인천광역시", 0.08, "22"), ("부산광역시", 0.08, "47"), ("대구광역시", 0.06, "42"),
           ("대전광역시", 0.05, "35"), ("광주광역시", 0.05, "61"), ("경상남도", 0.07, "51"), ("제주특별자치도", 0.05, "63"))
A_HOME = 2.2
CODES, CODE_STEP = 899_999_999_989, 286_499_817_463
PHONES, PHONE_STEP = 9_999_991, 3_141_593


@dataclass(frozen=True)
class People:
    """Persons and their homes by position; those of one home stand together.

    `weight` is how much a person buys, `propensity` multiplies the chance of cheating. `exposed` are persons whose customs
    code went astray, `offices` homes that are places of work, where many have parcels sent.
    """

    home: Ints
    weight: Floats
    propensity: Floats
    has_home_phone: Bools
    homes: int
    exposed: Ints
    offices: Ints

    def relatives(self, persons: Ints, draws: Ints) -> Ints:
        """Another person of the same home for each, the person itself where it lives alone."""
        home = self.home[persons]
        first, end = np.searchsorted(self.home, home, side="left"), np.searchsorted(self.home, home, side="right")
        many = end - first
        return np.asarray(first + (persons - first + 1 + draws % np.maximum(many - 1, 1)) % many, dtype=np.int64)

    def phone_owners(self, persons: Ints) -> Ints:
        """Whose phone each gives: one's own, or that of the first of the home."""
        return np.where(self.has_home_phone[persons], np.searchsorted(self.home, self.home[persons], side="left"), persons)


def make_people(seed: int, parcels: int) -> People:
    """Make the persons for a world of so many parcels."""
    rng = stream(seed, "people")
    count = max(200, int(parcels * 0.4))
    homes = max(90, int(count / A_HOME))
    weight = spread(rng, 1.1, count)
    return People(
        home=np.sort(rng.integers(0, homes, count)),
        weight=weight / weight.sum(),
        propensity=np.where(chance(rng, 0.04, count), 8.0, 1.0) * spread(rng, 0.4, count),
        has_home_phone=chance(rng, 0.10, count),
        homes=homes,
        exposed=np.flatnonzero(chance(rng, 0.004, count) | (np.arange(count) < 3)),
        offices=rng.choice(homes, max(3, homes // 60), replace=False),
    )


def customs_ids(persons: Ints) -> list[str]:
    """The customs code of each person: P and 12 digits, no two alike."""
    # Python's whole numbers: the product is beyond 64 bits.
    return [f"P{100_000_000_000 + person * CODE_STEP % CODES}" for person in persons.tolist()]


def phones(persons: Ints) -> list[str]:
    """The phone of each person, in a range of mobile numbers that nobody is given."""
    numbers = (persons * PHONE_STEP % PHONES).tolist()
    return [f"010-0{number // 10_000:03d}-{number % 10_000:04d}" for number in numbers]


def names(persons: Ints, is_latin: Bools) -> list[str]:
    """What each person is called: a word for made-up, a stem and a number; in a large world many are called the same."""
    numbers = (persons * 7_919 % 997).tolist()
    return [f"GASANG {LATIN[person % 16]} {number:03d}" if latin else f"가상{STEMS[person % 16]}{number:03d}"
            for person, number, latin in zip(persons.tolist(), numbers, is_latin.tolist(), strict=True)]


_REGION_OF = pick(stream("people", "regions"), [share for _, share, _ in REGIONS], 4096).tolist()


def addresses(homes: Ints, styles: Ints) -> list[str]:
    """Where each home lies, in streets that exist nowhere; now and then written shorter."""
    texts = []
    for home, style in zip(homes.tolist(), styles.tolist(), strict=True):
        house, door = home % 97 + 101, f"{home // 97 % 20 + 1:02d}{home % 6 + 1:02d}"
        street = f"{REGIONS[_REGION_OF[home % 4096]][0]} 가상구 {STEMS[home // 7 % 16]}로 {home % 389 + 1}"
        texts.append(f"{street}, {house}동 {door}호" if style % 12 else f"{street} {house}-{door}")
    return texts


def postcodes(homes: Ints) -> list[str]:
    """The postcode of each home."""
    return [f"{REGIONS[_REGION_OF[home % 4096]][2]}{home * 7919 % 997:03d}" for home in homes.tolist()]
