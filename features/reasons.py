"""Reasons: what moved a score, said in Korean and English with the shipment's own numbers and its peers'."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from features.feature import Feature
from lakehouse.text import Text

Value = float | str | None
Contribution = tuple[Feature, Value, float, float | None]
# Beyond it a number is written with an exponent: thirty digits say nothing to an officer.
_LONG = 1e15
_NOTHING: Mapping[str, float] = {}


@dataclass(frozen=True)
class Reason:
    """One reason: the code of its group of features, both wordings, the features in it, the largest first."""

    code: str
    ko: str
    en: str
    features: tuple[str, ...]


def sentence(feature: Feature, value: Value, norm: float | None = None, columns: Mapping[str, float] = _NOTHING) -> Text:
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


def reasons_for(contributions: Iterable[Contribution], most: int = 5, columns: Mapping[str, float] = _NOTHING) -> list[Reason]:
    """At most `most` reasons: what raised the score, the largest first, then at most one that lowered it.

    `contributions` are (feature, value, contribution, norm); features of one group speak through the largest of them.
    """
    groups: dict[str, list[Contribution]] = {}
    for each in contributions:
        if each[2] and not math.isnan(each[2]):
            groups.setdefault(each[0].code, []).append(each)
    sums = {code: sum(each[2] for each in members) for code, members in groups.items()}
    raising = sorted((code for code in sums if sums[code] > 0), key=lambda code: (-sums[code], code))
    lowering = sorted((code for code in sums if sums[code] < 0), key=lambda code: (sums[code], code))
    has_room = bool(lowering) and most > 1
    chosen = raising[: most - 1 if has_room else most]
    reasons = [_reason(code, groups[code], 1, columns) for code in chosen]
    return reasons + [_reason(code, groups[code], -1, columns) for code in lowering[:1] if has_room]


def _reason(code: str, members: list[Contribution], sign: int, columns: Mapping[str, float]) -> Reason:
    """The reason of a group, said by the member that moved the score most in the group's direction."""
    ordered = sorted(members, key=lambda each: (-sign * each[2], each[0].name))
    feature, value, _, norm = ordered[0]
    said = sentence(feature, value, norm, columns)
    ko, en = (said.ko, said.en) if sign > 0 else (f"위험 낮춤: {said.ko}", f"Lowers the risk: {said.en}")
    return Reason(code, ko, en, tuple(each[0].name for each in ordered if each[2] * sign > 0))


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
