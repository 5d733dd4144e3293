"""Names of invented firms, put together from plain words so that they name nobody."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

import numpy as np

from simulation.draws import Ints, Texts

# How a name may hide: so many spellings that tell it to who looks, or a firm sent forward.
SPELLINGS, FRONT = 3, 4

_KO_HEAD = [
    "한빛",
    "새온",
    "다온",
    "가람",
    "미르",
    "누리",
    "해온",
    "늘봄",
    "푸른",
    "도담",
    "세움",
    "예솔",
    "온새",
    "라온",
    "아름",
    "한결",
    "두레",
    "마루",
    "나래",
    "이룸",
    "초롱",
    "보람",
    "슬기",
    "다솜",
    "소담",
    "여울",
    "바른",
    "큰솔",
    "은하",
    "샛별",
    "하람",
    "단비",
    "솔찬",
    "참빛",
    "새길",
    "한울",
    "물결",
    "들꽃",
    "노을",
    "윤슬",
]
_KO_MIDDLE = ("", "동", "서", "남", "대", "신", "태", "우", "성", "원", "진", "화", "명", "광", "&두레", "정")
_KO_TAIL = [
    "무역",
    "상사",
    "통상",
    "산업",
    "유통",
    "물산",
    "글로벌",
    "트레이딩",
    "푸드",
    "테크",
    "코리아",
    "인터내셔널",
    "인더스트리",
    "교역",
]
_SEA_HEAD = [
    "EASTERN",
    "SILVER",
    "NORTH",
    "GOLDEN",
    "BRIGHT",
    "BLUE",
    "GRAND",
    "PACIFIC",
    "UNITED",
    "RIVER",
    "ORIENT",
    "STAR",
    "SUMMIT",
    "LOTUS",
    "HARBOR",
    "AMBER",
]
_SEA_MIDDLE = (
    *["FIELD", "BRIDGE", "MOUNTAIN", "COAST", "VALLEY", "FOREST", "CITY", "WAVE", "GARDEN", "STONE", "CROWN", "SPRING"],
    "& SONS",
)
_SEA_TAIL = [
    "TRADING",
    "INDUSTRY",
    "EXPORT",
    "MANUFACTURING",
    "INTERNATIONAL",
    "PRODUCTS",
    "SUPPLY",
    "WORKS",
    "ENTERPRISE",
    "COMMODITIES",
]


def korean_firms(rng: np.random.Generator, count: int) -> list[str]:
    """Give `count` different Korean firm stems, such as 한빛동무역."""
    tails, middles = len(_KO_TAIL), len(_KO_MIDDLE)
    room = len(_KO_HEAD) * middles * tails
    places = rng.permutation(room)
    stems = []
    for order in range(count):
        place, lap = int(places[order % room]), order // room
        head = _KO_HEAD[place // (middles * tails)]
        stem = head + _KO_MIDDLE[place // tails % middles] + _KO_TAIL[place % tails]
        stems.append(stem if lap == 0 else f"{stem}{lap + 1}")
    return stems


def overseas_firms(rng: np.random.Generator, legal_forms: list[tuple[str, ...]]) -> list[str]:
    """Give one Latin firm name for each tuple of legal forms usual in its country."""
    heads, mids, tails, forms = (rng.integers(0, 1 << 30, len(legal_forms)) for _ in range(4))
    names = []
    for place, choices in enumerate(legal_forms):
        head = _SEA_HEAD[int(heads[place]) % len(_SEA_HEAD)]
        middle = _SEA_MIDDLE[int(mids[place]) % len(_SEA_MIDDLE)]
        tail = _SEA_TAIL[int(tails[place]) % len(_SEA_TAIL)]
        names.append(f"{head} {middle} {tail} {choices[int(forms[place]) % len(choices)]}")
    return names


def firm_codes(stems: list[str], first: int = 0) -> list[str]:
    """Give each firm its customs code: four Hangul syllables of its name and seven digits, all different from `first` on."""
    codes = []
    for place, stem in enumerate(stems, first):
        syllables = "".join(letter for letter in stem if "가" <= letter <= "힣")
        codes.append(f"{(syllables + '상사무역')[:4]}{1_000_000 + place * 7919 % 8_999_993}")
    return codes


def letters(rng: np.random.Generator, count: int, width: int) -> list[str]:
    """Give `count` codes of capital letters."""
    table = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return ["".join(row) for row in table[rng.integers(0, 26, (count, width))]]


def as_written(stem: str, style: int) -> str:
    """Write a Korean firm's name the way one filer or another does."""
    return (f"㈜{stem}", f"(주){stem}", f"주식회사 {stem}", f"{stem}(주)", f"{stem} 주식회사")[style % 5]


def loosely(name: str, style: int) -> str:
    """Write an overseas firm's name the way one filer or another does."""
    if style % 4 == 1:
        return name.replace(",", "").replace(".", "")
    if style % 4 == 2:
        return name.replace("TRADING", "TRDG").replace("INTERNATIONAL", "INTL").replace("MANUFACTURING", "MFG")
    return name.title() if style % 4 == 3 else name


def business_number(number: int) -> str:
    """A firm's business registration number, ten digits."""
    return f"{number % 900 + 100}86{number % 100_000:05d}"


def respelled(name: str, style: int) -> str:
    """An overseas firm's name as one writes it who would rather not be found under it."""
    first, second, *rest = name.replace(",", " ").replace("& ", "").split()
    if style % 3 == 0:  # sound for sound
        heard = [word.replace("EA", "EE").replace("IDGE", "IJ").replace("CK", "K").replace("Y", "I") for word in (first, second)]
        return " ".join([heard[0], heard[1] + heard[1][-1], *rest])
    if style % 3 == 1:  # run together, another legal form
        return " ".join([first + second, *rest[:1], "IMP. EXP."])
    return " ".join([second, first, *rest])  # turned round


def escaped(texts: list[str]) -> Texts:
    """Texts as XML takes them."""
    return objects([escape(text) for text in texts])


def objects(values: Sequence[object]) -> Texts:
    """Put texts or lists into an array that indexes like the others, without a fixed width."""
    array = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        array[place] = value
    return array


def spaced_serials(rng: np.random.Generator, count: int, low: int, high: int) -> Ints:
    """Give `count` different numbers between two bounds, in random order."""
    return np.asarray(low + rng.choice(high - low, count, replace=False), dtype=np.int64)
