"""Counts and sizes told as they are: their features, made alike for every column."""

from typing import Literal

from features.feature import Feature, Theme, floored
from lakehouse.text import Text

_PAPERS, _SHIPMENTS = Text("특송정보, 통관목록, 주문", "courier, clearance list, order"), Text("건", "shipments")


def count_of(
    column: str, theme: Theme, text: Text, usual: Text, group: str, monotone: Literal[-1, 0, 1] = 1, prior: tuple[float, float] | None = None,
    source: Text = _PAPERS,
) -> Feature:  # fmt: skip
    """A feature that is the count in a column; its reason names the honest explanation and the sources."""
    return Feature(
        column, theme, column, text,
        Text(f"{text.ko} {{value:,.0f}} — 확인 필요. 통상 사유: {usual.ko}. 출처: {source.ko}",
             f"{text.en}: {{value:,.0f}}, to be checked. Usual reasons: {usual.en}. Sources: {source.en}"),
        monotone=monotone, checkable=True, group=group, prior=prior,
    )  # fmt: skip


def log_of(column: str, theme: Theme, text: Text, group: str, unit: Text = _SHIPMENTS) -> Feature:
    """A feature that is the log of a column in tenths, with no direction; its reason tells the column itself."""
    return Feature(
        f"{column}_log", theme, f"round(ln(1 + {floored(column)}), 1)", Text(f"{text.ko}(로그)", f"{text.en}, log"),
        Text(f"{text.ko} {{shown:,.0f}}{unit.ko} — 과거 검사결과의 경향", f"{text.en}: {{shown:,.0f}} {unit.en}, tendency of past inspections"),
        shows=column, group=group,
    )  # fmt: skip
