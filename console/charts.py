"""Charts of the models as SVG made on the server: they read without script, print, and have a table beside them."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from console.cards import Bin, Card, Drift
from console.rendering import Reader
from models.metrics import PERCENTS

_WIDTH, _TOP, _LEFT, _FOOT = 560, 16, 44, 34
_LIFT_HEIGHT, _SQUARE, _STRIP, _MARGIN = 216, 300, 84, 74


def lift(sides: Sequence[tuple[str, Card]], reader: Reader) -> Markup:
    """Of what is looked at first, how much holds a violation: a pair of bars for each share, beside a draw by lot."""
    values = [[card.at("precision", percent) for _, card in sides] for percent in PERCENTS]
    base = max((card.measured.get("base_rate", 0.0) for _, card in sides), default=0.0)
    top = _round_up(max([base, *(value for group in values for value in group if value is not None)]))
    height, room = _LIFT_HEIGHT - _TOP - _FOOT, (_WIDTH - _LEFT - _MARGIN) / len(PERCENTS)
    bar = min(46.0, (room - 36) / max(len(sides), 1))

    def y(value: float) -> float:
        return _TOP + height * (1 - value / top)

    parts = [_open(_WIDTH, _LIFT_HEIGHT, reader.lift_title), *_scale(top, y, _LEFT, _WIDTH - _MARGIN, reader)]
    for place, group in enumerate(values):
        left = _LEFT + room * place + (room - bar * len(sides)) / 2
        for side, value in enumerate(group):
            if value is not None:
                at = left + bar * side
                parts.append(Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2" class="ch-bar ch-{}"/>').format(
                    at + 2, y(value), bar - 4, max(0.5, y(0) - y(value)), side))
                parts.append(_text(at + bar / 2, y(value) - 4, reader.percent(value), "ch-number", "middle"))
        parts.append(_text(_LEFT + room * (place + 0.5), _LIFT_HEIGHT - _FOOT + 18, reader("first_share", n=PERCENTS[place]), "ch-label", "middle"))
    parts.append(Markup('<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}" class="ch-base"/>').format(_LEFT, _WIDTH, y(base), y(base)))
    parts.append(_text(_WIDTH, y(base) - 4, f"{reader.drawn_by_lot} {reader.percent(base)}", "ch-label", "end"))
    return _closed(parts)


def reliability(bins: Sequence[Bin], reader: Reader) -> Markup:
    """What was expected against what was found, a dot for each span with its 95 % interval; on the line is right."""
    top = _round_up(max([0.1, *(max(one.expected, one.interval[1]) for one in bins)]))
    edge = _SQUARE - _FOOT

    def x(value: float) -> float:
        return _LEFT + (_WIDTH - 160 - _LEFT) * value / top

    def y(value: float) -> float:
        return _TOP + (edge - _TOP) * (1 - value / top)

    right = x(top)
    parts = [_open(int(right) + 20, _SQUARE + 6, reader.reliability_title), *_scale(top, y, _LEFT, right, reader)]
    parts += [_text(x(top * step / 4), edge + 15, reader.percent(top * step / 4), "ch-label", "middle") for step in range(1, 5)]
    parts.append(_text((_LEFT + right) / 2, _SQUARE, reader.expected_share, "ch-label", "middle"))
    parts.append(Markup('<line x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}" class="ch-base"/>').format(x(0), right, y(0), y(top)))
    for one in bins:
        low, high = one.interval
        at = x(one.expected)
        parts.append(Markup('<line x1="{0:.1f}" x2="{0:.1f}" y1="{1:.1f}" y2="{2:.1f}" class="ch-span"/>').format(at, y(low), y(high)))
        parts.append(Markup('<circle cx="{:.1f}" cy="{:.1f}" r="5" class="ch-dot{}"/>').format(at, y(one.found), " ch-off" if one.is_off else ""))
    return _closed(parts)


def by_night(drift: Drift, reader: Reader) -> Markup:
    """Night by night: how many inputs drift, and how far the scores lie from where they were, with its limit."""
    nights = drift.nights[-30:]
    most = max([1, *(night["drifting"] for night in nights)])
    widest = max([0.25, *(max(night["score"] or 0, night["score_limit"] or 0) for night in nights)]) * 1.1
    room = (_WIDTH - _LEFT) / max(len(nights), 1)
    second = _TOP + _STRIP + 44
    parts = [_open(_WIDTH, second + _STRIP + 24, reader.drift_by_night), _text(0, _TOP - 4, reader.drifting_inputs, "ch-label", "start"),
             _text(0, second - 6, reader.score_shift, "ch-label", "start")]
    for top, told in ((_TOP, f"{most}"), (second, f"{widest:.2f}")):
        parts.append(Markup('<line x1="{0}" x2="{1}" y1="{2}" y2="{2}" class="ch-axis"/>').format(_LEFT, _WIDTH, top + _STRIP))
        parts.append(_text(_LEFT - 6, top + 12, told, "ch-label", "end"))
    points, limits = [], []
    for place, night in enumerate(nights):
        left, high = _LEFT + room * place, _STRIP * night["drifting"] / most
        parts.append(Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="ch-bar ch-0"/>').format(
            left + room * 0.15, _TOP + _STRIP - high, room * 0.7, high))
        if night["score"] is not None:
            points.append((left + room / 2, second + _STRIP * (1 - night["score"] / widest)))
            limits.append((left + room / 2, second + _STRIP * (1 - night["score_limit"] / widest)))
        if place in (0, len(nights) - 1) and (place or len(nights) == 1):
            parts.append(_text(_WIDTH, second + _STRIP + 18, reader.day(night["business_date"]), "ch-label", "end"))
        elif not place:
            parts.append(_text(_LEFT, second + _STRIP + 18, reader.day(night["business_date"]), "ch-label", "start"))
    parts += [_line(limits, "ch-limit"), _line(points, "ch-line")]
    parts += [Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2.5" class="ch-dot"/>').format(*point) for point in points]
    return _closed(parts)


def _open(width: int, height: int, name: str) -> Markup:
    return Markup('<svg class="chart" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" aria-label="{2}">').format(width, height, name)


def _closed(parts: list[Any]) -> Markup:
    return Markup("").join([*parts, Markup("</svg>")])


def _scale(top: float, y: Any, left: float, right: float, reader: Reader) -> list[Markup]:
    """Four lines across, each with its share."""
    parts = []
    for step in range(5):
        at = y(top * step / 4)
        parts.append(Markup('<line x1="{:.1f}" x2="{:.1f}" y1="{:.1f}" y2="{:.1f}" class="ch-axis"/>').format(left, right, at, at))
        parts.append(_text(left - 6, at + 4, reader.percent(top * step / 4), "ch-label", "end"))
    return parts


def _text(x: float, y: float, told: str, kind: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" class="{}" text-anchor="{}">{}</text>').format(x, y, kind, anchor, told)


def _line(points: Sequence[tuple[float, float]], kind: str) -> Markup:
    return Markup('<polyline points="{}" class="{}"/>').format(" ".join(f"{x:.1f},{y:.1f}" for x, y in points), kind) if points else Markup("")


def _round_up(value: float) -> float:
    """The next share that four even lines divide well."""
    return next((step for step in (0.04, 0.08, 0.2, 0.4, 0.6, 0.8) if value <= step), 1.0)
