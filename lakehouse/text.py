"""Words people read, always in Korean and English."""

import math
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")

# A template writes both forms of a particle, the one after a final consonant first: 중량은(는), 항구으로(로).
# What stands in brackets before it is not what it follows: 9.0㎏(VGM)과, not (VGM)와.
_PARTICLE = re.compile(r"(?P<last>\S)(?P<aside>\([^()]*\))?(?P<closed>은|이|을|과|으로)\((?P<open>는|가|를|와|로)\)")
_DIGIT_ENDS_CLOSED = {"0": True, "1": True, "3": True, "6": True, "7": True, "8": True}
_LATIN_ENDS_CLOSED = frozenset("lmnrLMNR")
_RIEUL, _MIEUM = 8, 16
# Signs of units by how they are read: 킬로그램, 퍼센트, 제곱미터, 세제곱미터.
_UNITS = {"㎏": _MIEUM, "%": 0, "㎡": 0, "㎥": 0}


@dataclass(frozen=True)
class Text:
    """One phrase in both languages; a missing translation raises ValueError at import."""

    ko: str
    en: str

    def __post_init__(self) -> None:
        for language in LANGUAGES:
            if not getattr(self, language).strip():
                raise ValueError(f"Text {self!r} has no {language} wording")

    def of(self, language: Language) -> str:
        """The wording in one language."""
        return self.ko if language == "ko" else self.en

    def render(self, values: Mapping[str, Any]) -> "Text":
        """Both wordings with the values put in and the Korean particles chosen by the sound before them."""
        return Text(self.said("ko", values), self.said("en", values))

    def said(self, language: Language, values: Mapping[str, Any]) -> str:
        """The wording in one language with the values put in."""
        filled = _fill(self.of(language), values)
        return particles(filled) if language == "ko" else filled

    def names(self) -> frozenset[str]:
        """The value names that either wording asks for."""
        formatter = string.Formatter()
        return frozenset(name for wording in (self.ko, self.en) for _, name, _, _ in formatter.parse(wording) if name)


def particles(sentence: str) -> str:
    """Korean text with each 은(는), 이(가), 을(를), 과(와), 으로(로) settled by the character before it."""
    return _PARTICLE.sub(_settle, sentence)


def _settle(found: re.Match[str]) -> str:
    last, closed, open_ = found["last"], found["closed"], found["open"]
    final = _final_consonant(last)
    takes_closed = final not in (0, _RIEUL) if closed == "으로" else final != 0
    return last + (found["aside"] or "") + (closed if takes_closed else open_)


def _final_consonant(character: str) -> int:
    """The index of the final consonant of a syllable (0 none, 8 rieul); digits and letters by how they are read."""
    if "가" <= character <= "힣":
        return (ord(character) - ord("가")) % 28
    if character in _UNITS:
        return _UNITS[character]
    if character in "178":
        return _RIEUL
    if character in "lLrR":
        return _RIEUL
    return 1 if _DIGIT_ENDS_CLOSED.get(character, False) or character in _LATIN_ENDS_CLOSED else 0


def _fill(wording: str, values: Mapping[str, Any]) -> str:
    return _Lenient().vformat(wording, (), values)


class _Lenient(string.Formatter):
    """A value that is not known reads as an en dash, whatever format its place asks for."""

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key))

    def format_field(self, value: Any, format_spec: str) -> str:
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return "–"
        try:
            return str(format(value, format_spec))
        except (TypeError, ValueError):
            return str(value)
