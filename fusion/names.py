"""Names in one form: scripts and disguises brought to plain Latin letters, legal forms set aside, sounds and skeletons of words."""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

# Letters of other scripts that pass for Latin ones; within a Latin word they are a disguise.
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТХУІЈЅаесорхуіјѕԁɡΑΒΕΖΗΙΚΜΝΟΡΤΥΧοⅼ",
    "ABEKMHOPCTXYIJSaecopxyijsdgABEZHIKMNOPTYXol")
_LATIN = re.compile(r"[A-Za-z]")
_WORD = re.compile(r"\w+")
_APOSTROPHES = re.compile(r"['`’ʼ‘´]")
_INITIALS = re.compile(r"\b(\w)\.(?=\w\b)")
_OTHER = re.compile(r"[^A-Z0-9]+")
_HANGUL_FORMS = re.compile(r"주식회사|유한회사|유한책임회사|\(주\)|㈜|\(유\)|有限公司|股份有限公司|有限责任公司|株式会社|集团")
_LEGAL = (
    "AB AG AO AS BV BVBA CIA CO COMPANY CORP CORPORATION CV DMCC EIRL FZC FZCO FZE GMBH INC INCORPORATED JSC KFT KG LLC LLP LP LTD LTDA LIMITED LIMITADA "
    "LIABILITY MCHJ NV OAO OJSC OOO OY PAO PJSC PLC PT PTE PTY PVT RL SA SAL SAOG SARL SAS SCS SL SPA SRL SRO TAO TOO YOSHEN YOUXIAN GONGSI ZAO JUSIGHOESA")
LEGAL_FORMS = frozenset(_LEGAL.split())
_SHARED = "AL EL BIN BEN IBN ABU ABD THE OF AND FOR DE DEL LA LOS LAS Y VAN VON MR MRS"
_PARTICLES = frozenset(_SHARED.split())
# What is written in several ways and heard as one, the longest first.
_HEARD = tuple((re.compile(pattern), heard) for pattern, heard in (
    (r"SCH|TCH|SH|CH|ZH|DZH|DJ|TZ|TS|[JZX]", "S"), (r"KH|GH|CK|QU|[QCG]", "K"), (r"PH|[FVB]", "P"), (r"TH|DH|D", "T"), (r"NG(?=[KT]|$)|NG", "N"),
    (r"R", "L"), (r"YEO|EO|YO|OU|OO|UO|WO|O", "U"), (r"EU|UI|W", "U"), (r"AE|OE|EE|EI|YE|E|Y|J", "I"), (r"H", ""), (r"(.)\1+", r"\1")))
_ARTICLE = re.compile(r"^(?:AL|EL)(?=.{4})")


def is_disguised(name: str) -> bool:
    """Whether a name holds what readers do not see or cannot tell apart: zero-width characters, foreign letters within Latin words."""
    if any(unicodedata.category(letter) == "Cf" for letter in name):
        return True
    return any(_LATIN.search(word) and word != word.translate(_LOOKALIKES) for word in _WORD.findall(name))


def is_latin(name: str) -> bool:
    """Whether a name is written in Latin letters, at least for the most part."""
    letters = [letter for letter in name if letter.isalpha()]
    return 2 * sum(letter.isascii() or "LATIN" in unicodedata.name(letter, "") for letter in letters) >= len(letters)


@lru_cache(maxsize=100_000)
def plain(name: str) -> str:
    """A name in capital Latin letters and digits, words parted by blanks, whatever script and marks it is written in."""
    text = "".join(letter for letter in unicodedata.normalize("NFKC", name) if unicodedata.category(letter) not in ("Cf", "Cc"))
    text = _HANGUL_FORMS.sub(" ", text)
    words = (word.translate(_LOOKALIKES) if _LATIN.search(word) else word for word in text.split())
    latin = anyascii(" ".join(words)).upper()
    return _OTHER.sub(" ", _INITIALS.sub(r"\1", _APOSTROPHES.sub("", latin))).strip()


def words(name: str) -> list[str]:
    """The words of a name without legal forms, all of them where nothing else is left."""
    told = plain(name).split()
    return [word for word in told if word not in LEGAL_FORMS] or told


def is_particle(word: str) -> bool:
    """Whether a word is an article or the like, which many names share."""
    return word in _PARTICLES


@lru_cache(maxsize=200_000)
def sound(word: str) -> str:
    """How a word is heard, so that spellings of one romanised word meet."""
    heard = _ARTICLE.sub("", word)
    for pattern, letter in _HEARD:
        heard = pattern.sub(letter, heard)
    return heard


def skeleton(word: str) -> str:
    """The consonants of a sound: what is left of a word that went through another script."""
    heard = sound(word)
    return re.sub(r"[AIU]", "", heard) or heard[:1]
