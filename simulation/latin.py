"""Names of Korean firms in Latin letters, as carriers abroad write them, and what else their documents say of the parties."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulation.agents import Agents
from simulation.cargo import FCL
from simulation.draws import Texts, chance, stream
from simulation.names import loosely, objects
from simulation.places import COUNTRIES, DELIVERY_PLACES, ENTRIES

# The sounds of a syllable by the Revised Romanization, without what neighbours do to each other.
_FIRST = ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"]
_MIDDLE = ["a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i"]
_LAST = ["", "k", "k", "k", "n", "n", "n", "t", "l", "l", "l", "l", "l", "l", "l", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t"]
_TRADES = {
    "무역": "TRADING", "상사": "CORPORATION", "통상": "INTERNATIONAL", "산업": "INDUSTRIAL", "유통": "DISTRIBUTION", "물산": "PRODUCTS",
    "글로벌": "GLOBAL", "트레이딩": "TRADING", "푸드": "FOOD", "테크": "TECH", "코리아": "KOREA", "인터내셔널": "INTERNATIONAL",
    "인더스트리": "INDUSTRY", "교역": "COMMERCE", "로지스": "LOGIS",
}
_FORMS = ("CO., LTD.", "CO.,LTD", "CO LTD", "INC.", "CORP.")
_SYLLABLES, _VOWELS, _ENDS = 0xAC00, 21, 28


def romanised(text: str) -> str:
    """Hangul syllables in capital Latin letters; whatever else stays."""
    letters = []
    for letter in text:
        place = ord(letter) - _SYLLABLES
        if 0 <= place < 19 * _VOWELS * _ENDS:
            first, rest = divmod(place, _VOWELS * _ENDS)
            letters.append((_FIRST[first] + _MIDDLE[rest // _ENDS] + _LAST[rest % _ENDS]).upper())
        else:
            letters.append(letter)
    return "".join(letters)


def latin_firm(stem: str, style: int) -> str:
    """A Korean firm's name as a document in Latin letters has it: the stem by its sound, trades by their meaning."""
    bare = stem.rstrip("0123456789")
    number, trades = stem[len(bare):], []
    while trade := next((word for word in _TRADES if bare.endswith(word)), ""):
        trades.append(_TRADES[trade])
        bare = bare.removesuffix(trade)
    return " ".join(word for word in (romanised(bare), *reversed(trades), number, _FORMS[style % len(_FORMS)]) if word)


def latin_texts(seed: str, agents: Agents, cargo: pd.DataFrame) -> dict[str, Texts]:
    """Parties and place of delivery of each shipment as manifests and waybills tell them, nothing escaped."""
    rng, count = stream(seed, "latin"), len(cargo)
    importer, seller = cargo["importer"].to_numpy(), cargo["seller"].to_numpy()
    firms, sellers = agents.importers, agents.sellers
    stems, names, country = firms["stem"].tolist(), sellers["name"].tolist(), sellers["country"].tolist()
    style = np.where(chance(rng, 0.9, count), importer % 5, rng.integers(0, 5, count)).tolist()
    loose = np.where(chance(rng, 0.85, count), 0, rng.integers(0, 4, count)).tolist()
    forwarders = [latin_firm(name.removesuffix("(주)"), place) for place, name in enumerate(agents.forwarders["name"].tolist())]
    business = [f"{number % 900 + 100}86{number % 100_000:05d}" for number in firms["business_no"].tolist()]
    is_home = (importer % 4 == 0) | (cargo["mode"] != FCL).to_numpy()
    home = objects([entry.locode for entry in ENTRIES])[cargo["entry"]]
    return {
        "importer_latin": objects([latin_firm(stems[who], how) for who, how in zip(importer.tolist(), style, strict=True)]),
        "importer_business_no": objects(business)[importer],
        "importer_postcode": firms["postcode"].astype(str).to_numpy(dtype=object)[importer],
        "importer_phone": objects([f"02-555-{number}" for number in firms["phone"].tolist()])[importer],
        "seller_latin": objects([loosely(names[who], how).upper() for who, how in zip(seller.tolist(), loose, strict=True)]),
        "seller_city": objects([COUNTRIES[country[who]].seas[0].name.upper() for who in seller.tolist()]),
        "forwarder_latin": objects(forwarders)[cargo["forwarder"]],
        "delivery_place": np.where(is_home, home, objects(list(DELIVERY_PLACES))[importer % len(DELIVERY_PLACES)]),
    }
