"""How a name is read for linkage: words in one script, spelling and order, and what of it survives typos and transliteration."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from fusion.names import skeleton, words
from fusion.trade_words import ENDINGS, HAN, SPELLED

# The sounds of a syllable by the Revised Romanization, without what neighbours do to each other.
_FIRST = "g kk n d tt r m b pp s ss - j jj ch k t p h".replace("-", "").split(" ")
_MIDDLE = ["a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i"]
_LAST = ["", *["k", "k", "k", "n", "n", "n", "t", "l", "l", "l", "l", "l", "l", "l", "l", "m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t"]]
_SYLLABLES, _LETTERS = 0xAC00, 21 * 28
_HANGUL, _DIGITS = re.compile(r"[가-힣]+"), re.compile(r"\d+")
_FORMS = re.compile(r"주식회사|유한회사|유한책임회사|\(주\)|㈜|\(유\)|\(株\)|株式会社|有限责任公司|有限公司|股份有限公司")
_BY_LENGTH = tuple(sorted(ENDINGS, key=lambda ending: (-len(ending), ending)))
_HAN = re.compile("|".join(sorted(HAN, key=lambda word: (-len(word), word))))
# Written where a form wanted a name and nobody was to be named.
NOBODY = re.compile(
    r"TO (THE )?ORDER( OF.*)?|ORDER|SAME( AS.*)?|AS PER .*|N A|NA|NONE|NIL|NULL|UNKNOWN|NOT (AVAILABLE|APPLICABLE|KNOWN)|TBA|TBD|X+|0+|TEST|NO NAME|VARIOUS|BEARER"
    r"|MISANG|HAEDANGEOPS?EUM|EOPEUM|EOPSEUM|BULMYEONG|TT?O OTEO|JISISIG|JISISIK|JISIIN")


@dataclass(frozen=True)
class Reading:
    """A name as it is compared: sorted words, the same run together in their order, skeletons of the words, consonants of all, digits."""

    words: str
    compact: str
    bones: str
    letters: str
    digits: str


def romanised(text: str) -> str:
    """Hangul syllables in Latin letters; whatever else stays."""
    return "".join(_syllable(letter) if "가" <= letter <= "힣" else letter for letter in text)


@lru_cache(maxsize=200_000)
def reading(name: str) -> Reading | None:
    """The reading of a name; None where it names nobody."""
    told = [SPELLED.get(word, word) for word in words(_in_latin(name))]
    whole = " ".join(told)
    if not whole or NOBODY.fullmatch(whole):
        return None
    compact = "".join(told)
    return Reading(" ".join(sorted(told)), compact, " ".join(sorted(map(skeleton, told))), "".join(sorted(skeleton(compact))), "".join(_DIGITS.findall(whole)))


def _in_latin(name: str) -> str:
    """A name with its Hangul romanised and the trades of Korean and Chinese firms translated."""
    text = "".join(letter for letter in unicodedata.normalize("NFKC", name) if unicodedata.category(letter) not in ("Cf", "Cc"))
    text = _HAN.sub(lambda found: HAN[found[0]], _FORMS.sub(" ", text))
    return _HANGUL.sub(lambda found: _korean(found[0]), text)


def _korean(word: str) -> str:
    trades: list[str] = []
    while ending := next((one for one in _BY_LENGTH if word.endswith(one) and len(word) > len(one)), ""):
        trades.insert(0, ENDINGS[ending])
        word = word.removesuffix(ending)
    return " ".join(filter(None, (romanised(word), *trades))) + " "


def _syllable(letter: str) -> str:
    first, rest = divmod(ord(letter) - _SYLLABLES, _LETTERS)
    return (_FIRST[first] + _MIDDLE[rest // 28] + _LAST[rest % 28]).upper()
