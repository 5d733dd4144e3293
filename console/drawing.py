"""Charts as SVG made on the server: they read without script, print, and have a table beside them."""

from typing import Any

from markupsafe import Markup

from console.detail import Detail
from console.rendering import Reader, plain

_LABEL, _CHART, _ROW, _TOP = 236, 300, 26, 8


def waterfall(found: Detail, reader: Reader) -> Markup:
    """The score as steps from the base value; each says its name, value and effect."""
    score = float(found.row["score"])
    steps: list[tuple[str, str, float, float, str]] = [(reader.base_value, "", 0.0, found.base_value, "base")]
    steps += [(reader.say(bar.text), bar.value, bar.start, bar.start + bar.added, "up" if bar.added > 0 else "down") for bar in found.bars]
    steps.append((reader.final_score, "", 0.0, score, "base"))
    ends = [end for _, _, start, end, kind in steps for end in ((start, end) if kind != "base" else (end,))]
    low, high = min(ends), max(ends)
    pad = (high - low or 1) * 0.08
    low, high = low - pad, high + pad

    def x(value: float) -> float:
        return _LABEL + (value - low) / (high - low) * _CHART

    width, height = _LABEL + _CHART + 74, _TOP + _ROW * len(steps) + 8
    parts: list[Any] = [Markup('<svg class="waterfall" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(width, height, reader.waterfall)]
    for place, (name, value, start, end, kind) in enumerate(steps):
        top = _TOP + place * _ROW
        parts.append(Markup('<text x="{}" y="{}" class="wf-name" text-anchor="end">{}</text>').format(_LABEL - 10, top + 14, _cut(name, value)))
        if kind == "base":
            parts.append(Markup('<line x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}" class="wf-total"/>').format(x(end), top + 2, top + 18))
            parts.append(Markup('<circle cx="{:.1f}" cy="{}" r="4" class="wf-dot"/>').format(x(end), top + 10))
        else:
            left, right = sorted((x(start), x(end)))
            parts.append(Markup('<rect x="{:.1f}" y="{}" width="{:.1f}" height="16" rx="2" class="wf-{}"/>').format(
                left, top + 2, max(1.5, right - left), kind))
        if place + 1 < len(steps):
            parts.append(Markup('<line x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}" class="wf-link"/>').format(x(end), top + 18, top + _ROW + 2))
        told = f"{end:+.2f}" if kind == "base" else f"{end - start:+.2f}"
        at = x(end) + 9 if kind == "base" else max(x(start), x(end)) + 7
        parts.append(Markup('<text x="{:.1f}" y="{}" class="wf-number">{}</text>').format(at, top + 14, told))
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


def _cut(name: str, value: str) -> str:
    told = plain(f"{name} {value}".strip())
    width = 0.0
    for place, character in enumerate(told):
        width += 1 if ord(character) > 0x1100 else 0.55
        if width > 17.5:
            return told[:place].rstrip() + "…"
    return told
