"""The waterfall of one score as SVG: from the base value, step by step, to the score; for print, in both languages."""

from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

from markupsafe import Markup, escape

from features.catalogue import BY_NAME
from lakehouse.text import Language, Text

_WIDTH, _ROW, _LEFT, _RIGHT = 740, 24, 320, 70
_LABEL = 50  # Latin letters of a label; a Korean one is as wide as two.
_RISE, _FALL, _END = "#b23a48", "#2f6f8f", "#444444"
_BASE, _REST, _SCORE = Text("기준값", "Base value"), Text("그 밖의 특징", "All other features"), Text("점수(로그 오즈)", "Score, log-odds")


def waterfall(base: float, contributions: Sequence[dict[str, Any]], language: Language, most: int = 10) -> Markup:
    """The SVG; `contributions` are the dossier's, the largest first."""
    named = [(_label(each["feature"], language), each["contribution"]) for each in contributions[:most]]
    rest = sum(each["contribution"] for each in contributions[most:])
    steps = [*named, (_REST.of(language), rest)] if len(contributions) > most else named
    points = [base]
    for _, added in steps:
        points.append(points[-1] + added)
    low, high = min(points), max(points)
    scale = (_WIDTH - _LEFT - _RIGHT) / ((high - low) or 1.0)
    rows = [_row(0, _BASE.of(language), base, base, f"{base:+.2f}", _END, low, scale)]
    for i, (name, added) in enumerate(steps):
        rows.append(_row(i + 1, name, points[i], points[i + 1], f"{added:+.2f}", _RISE if added > 0 else _FALL, low, scale))
    rows.append(_row(len(steps) + 1, _SCORE.of(language), points[-1], points[-1], f"{points[-1]:+.2f}", _END, low, scale))
    height = (len(steps) + 2) * _ROW + 8
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}" xmlns="http://www.w3.org/2000/svg">{}</svg>').format(
        _WIDTH, height, _SCORE.of(language), Markup("").join(rows))


def _row(number: int, name: str, start: float, end: float, said: str, colour: str, low: float, scale: float) -> Markup:
    left, right = sorted((_LEFT + (start - low) * scale, _LEFT + (end - low) * scale))
    y = number * _ROW + 4
    return Markup('<text x="{}" y="{}" text-anchor="end">{}</text><rect x="{:.1f}" y="{}" width="{:.1f}" height="{}" fill="{}" rx="1.5"/>'
                  '<text x="{:.1f}" y="{}" class="n">{}</text>').format(
        _LEFT - 8, y + 15, escape(name), left, y + 3, max(right - left, 2.0), _ROW - 9, colour, max(right, left + 2) + 5, y + 15, said)


def _label(feature: str, language: Language) -> str:
    text = BY_NAME[feature].text.of(language) if feature in BY_NAME else feature
    while sum(1 + (east_asian_width(letter) in "WF") for letter in text) > _LABEL:
        text = text.removesuffix("…")[:-1] + "…"
    return text
