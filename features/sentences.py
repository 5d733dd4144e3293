"""Sentences: what one feature says of one shipment, with both numbers, their unit, the peers, the source and what is usual."""

import math
from collections.abc import Mapping, Sequence

from features.feature import Feature
from features.sources import sources_of, usual_of
from lakehouse.text import Text

Value = float | str | None
# Beyond it a number is written with an exponent: thirty digits say nothing to an officer.
_LONG = 1e15
NOTHING: Mapping[str, float] = {}
# Percent of the shipments learned from at which a model keeps the values of its features, and how far a tail reaches.
SHARES, TAIL = (1, 2, 5, 10, 25, 50, 75, 90, 95, 98, 99), 10


def sentence(feature: Feature, value: Value, norm: float | None = None, columns: Mapping[str, float] = NOTHING) -> Text:
    """The feature's reason for one value; `columns` is the row's `norms`, from which the norm is read where not given."""
    number = _number(value) if feature.type == "double" else (value or None)
    if number is None:
        return Text(f"{feature.text.ko} 자료 없음 — 확인 필요", f"{feature.text.en}: no data yet, to be checked")
    name = feature.name
    usual = _number(norm if norm is not None else columns.get(name))
    shown = _number(columns.get(f"{name}.shown")) if feature.shows else number
    peers = _number(columns.get(f"{name}.peers"))
    values = {
        "value": number,
        "shown": shown,
        "norm": usual,
        "peers": peers if peers is not None or not feature.peers else 0.0,
        "ratio": _ratio(shown, usual),
        **{used: _number(columns.get(f"{name}.{used}")) for used in feature.uses},
    }
    if usual is None and feature.norm:
        return _without_norm(feature, shown if shown is not None else number)
    return feature.reason.render({key: _readable(given) for key, given in values.items()})


def explained(feature: Feature, said: Text, raises: bool, tail: float | None) -> Text:
    """The sentence with its place among the shipments learned from, what is usual and its source, each where it lacks it."""
    ko, en = [_bare(said.ko)], [_bare(said.en)]
    if tail is not None:
        ko.append(f"학습한 화물 중 {'상위' if tail > 50 else '하위'} {min(tail, 100 - tail):.0f}%")
        en.append(f"{'Top' if tail > 50 else 'Bottom'} {min(tail, 100 - tail):.0f}% of the shipments learned from")
    usual, source = usual_of(feature), sources_of(feature)
    if raises and "통상 사유" not in said.ko:
        ko.append(f"통상 사유: {usual.ko}")
    if raises and "Usual reason" not in said.en:
        en.append(f"Usual reasons: {usual.en}")
    if source and "출처" not in said.ko:
        ko.append(f"출처: {source.ko}")
    if source and "Source" not in said.en:
        en.append(f"Source: {source.en}")
    return Text(". ".join(ko), ". ".join(en))


def percentile(feature: Feature, value: Value, points: Sequence[float], columns: Mapping[str, float] = NOTHING) -> float | None:
    """The percent of the shipments learned from that lie below the quantity people read, where it is in a tail; else None.

    `points` are the feature's values at SHARES. Where a score rises as the quantity falls, the tail is the other one.
    """
    number = _number(value) if feature.type == "double" else None
    if number is None or len(points) != len(SHARES):
        return None
    above = max((share for share, point in zip(SHARES, points, strict=True) if number > point), default=0)
    below = min((share for share, point in zip(SHARES, points, strict=True) if number < point), default=100)
    found = above if above >= 100 - TAIL else below if below <= TAIL else None
    shown, usual = _number(columns.get(f"{feature.name}.shown")), _number(columns.get(feature.name))
    is_turned = shown is not None and usual is not None and number * (shown - usual) < 0
    return None if found is None else float(100 - found if is_turned else found)


def _bare(sentence: str) -> str:
    return sentence.rstrip().removesuffix(".")


def _without_norm(feature: Feature, number: float | str) -> Text:
    said = f"{_readable(number):,.4g}" if isinstance(_readable(number), float) else str(_readable(number))
    return Text(
        f"{feature.text.ko} {said} — 비교 대상 부족, 확인 필요",
        f"{feature.text.en} {said}: too few to compare with, to be checked",
    )


def _number(value: Value) -> float | None:
    """A finite number, or None."""
    if value is None or isinstance(value, str):
        return None
    return float(value) if math.isfinite(value) else None


def _ratio(shown: float | str | None, usual: float | None) -> float | None:
    return shown / usual if isinstance(shown, float) and usual else None


def _readable(value: float | str | None) -> float | str | None:
    return f"{value:.1e}" if isinstance(value, float) and abs(value) >= _LONG else value
