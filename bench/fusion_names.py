"""How well an index of listed names knows them again: by their aliases, beside rapidfuzz, and by the names themselves altered."""

import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from anyascii import anyascii
from rapidfuzz import fuzz, process, utils

from bench.page import table
from fusion.name_index import NameIndex
from fusion.names import words

LISTS = Path(__file__).resolve().parents[2] / "shared/samples/watchlist"
_DRAWN, _SEED = 1_500, 1
_ONSETS = ("G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "c", "K", "T", "P", "H")
# Places of vowels among those of Hangul; a consonant without one takes EU.
_VOWELS = {"A": 0, "E": 5, "O": 8, "U": 13, "": 18, "I": 20}
# What Hangul lacks is written as its nearest; C is heard as S before E, I and Y, as K elsewhere.
_NEAREST = (("SH", "S"), ("CH", "c"), ("CK", "K"), ("CE", "SE"), ("CI", "SI"), ("CY", "SY"), ("C", "K"),
            ("PH", "P"), ("TH", "T"), ("F", "P"), ("V", "B"), ("L", "R"), ("Z", "J"), ("Q", "K"),
            ("X", "GS"), ("W", "U"), ("Y", "I"))
# The first letter of each sound, in the order of their codes.
_SAID = {anyascii(chr(code)).strip().lower(): chr(code) for code in range(0x9FA5, 0x4E00, -1)}
Alter = Callable[[str, random.Random], str]


def of_lists() -> str:
    """Two tables: aliases of OFAC's list against its primary names, and the primary names altered."""
    primaries = {row[0]: row[1] for row in _rows("sdn.csv")}
    aliases = [(row[0], row[3]) for row in _rows("alt.csv") if row[0] in primaries]
    drawn, index = random.Random(_SEED).sample(aliases, _DRAWN), NameIndex(list(primaries.values()))
    return "\n\n".join([
        f"### Aliases of OFAC's list against its primary names\n\n{_DRAWN:,} aliases drawn of {len(aliases):,}, {len(primaries):,} primary names, "
        f"seed {_SEED}. Asked: recall@1 ≥ 0.55 and above rapidfuzz.", _by_alias(index, list(primaries), drawn),
        "### The lists' own names, altered\n\nAsked: recall@1 ≥ 0.95. Entries of the same words are one for whoever has the name alone.",
        _by_alteration(index, list(primaries.values()))])


def _by_alias(index: NameIndex, keys: Sequence[str], drawn: Sequence[tuple[str, str]]) -> str:
    names = [name for _, name in drawn]
    found = {"Haechi": [matches[0].position if matches else -1 for matches in index.ask(names)]}
    listed = [utils.default_process(name) for name in index.names]
    for scorer in (fuzz.token_set_ratio, fuzz.token_sort_ratio):
        alike = process.cdist([utils.default_process(name) for name in names], listed, scorer=scorer)
        found[f"rapidfuzz {scorer.__name__}"] = alike.argmax(axis=1).tolist()
    return table(("by", "recall@1"), [
        (by, _share([keys[at] == key for at, (key, _) in zip(places, drawn, strict=True)])) for by, places in found.items()])


def _by_alteration(index: NameIndex, names: Sequence[str]) -> str:
    draw, rows = random.Random(_SEED), []
    for what, alter in _ALTERATIONS.items():
        asked = _altered(names, alter, draw)
        found = [matches[0].position if matches else -1 for matches in index.ask([name for _, name in asked])]
        right = [sorted(words(names[at])) == sorted(words(names[true])) for at, (true, _) in zip(found, asked, strict=True)]
        rows.append((what, f"{len(asked):,}", _share(right)))
    return table(("altered", "names", "recall@1"), [*rows])


def _altered(names: Sequence[str], alter: Alter, draw: random.Random) -> list[tuple[int, str]]:
    kept: list[tuple[int, str]] = []
    for at in draw.sample(range(len(names)), len(names)):
        name = alter(names[at], draw) if len(names[at]) > 3 else ""
        if name and name != names[at]:
            kept.append((at, name))
    return kept[:_DRAWN]


def _typo(name: str, draw: random.Random) -> str:
    at, way = draw.randrange(1, len(name) - 1), draw.randrange(3)
    middle = ("", name[at + 1] + name[at], draw.choice("AEIOURSTLN"))[way]
    return name[:at] + middle + name[at + (2 if way == 1 else 1):]


def _turned(name: str, draw: random.Random) -> str:
    parts = name.replace(",", " ").split()
    draw.shuffle(parts)
    return " ".join(parts)


def _in_hangul(name: str, draw: random.Random) -> str:
    """A name letter by letter in Hangul, its digits as they are."""
    text = "".join(letter for letter in anyascii(" ".join(words(name))).upper() if letter.isalnum() or letter == " ")
    for ours, theirs in _NEAREST:
        text = text.replace(ours, theirs)
    said, at = "", 0
    while at < len(text):
        if text[at] == " " or text[at].isdigit():
            said, at = said + text[at], at + 1
            continue
        onset = "" if text[at] in _VOWELS else text[at]
        at += len(onset)
        vowel = text[at] if at < len(text) and text[at] in _VOWELS else ""
        at += len(vowel)
        said += chr(0xAC00 + (_ONSETS.index(onset) * 21 + _VOWELS[vowel]) * 28)
    return said


def _in_chinese(name: str, draw: random.Random) -> str:
    """A name made of pinyin syllables alone in Chinese letters; empty for another."""
    parts = [_SAID.get(word.lower()) or _of_two(word.lower()) for word in words(name)]
    return "".join(parts) if parts and all(parts) else ""


def _of_two(word: str) -> str:
    return next((_SAID[word[:at]] + _SAID[word[at:]] for at in range(1, len(word)) if word[:at] in _SAID and word[at:] in _SAID), "")


_ALTERATIONS: dict[str, Alter] = {
    "a typo": _typo, "without its legal form": lambda name, draw: " ".join(words(name)), "words in another order": _turned,
    "letter by letter in Hangul": _in_hangul, "in Chinese letters, of names that are pinyin": _in_chinese,
}


def _rows(name: str) -> list[list[str]]:
    with (LISTS / name).open(encoding="utf-8", errors="replace", newline="") as file:
        return [row for row in csv.reader(file) if len(row) > 1]


def _share(right: Sequence[bool]) -> str:
    return f"{sum(right) / len(right):.3f}" if right else "–"
