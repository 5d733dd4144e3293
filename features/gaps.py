"""Two quantities that should agree, and two codes that should be the same: their features, made alike for every pair."""

from features.feature import Feature, Theme
from lakehouse.text import Text


def gap(
    name: str, theme: Theme, left: str, right: str, words: Text, against: Text, unit: Text, usual: str, why: Text, group: str,
    prior: tuple[float, float] | None = None,
) -> tuple[Feature, Feature]:  # fmt: skip
    """How far `right` lies from `left`: its size, which only raises the risk, and signed."""
    ratio = f"round(try_divide({right} - {left}, {left}), 3)"
    reason = Text(
        f"{words.ko} {{shown:,.0f}}{unit.ko} — {against.ko} {{norm:,.0f}}{unit.ko}의 {{ratio:.1%}}, 통상 ±{usual}. 통상 사유: {why.ko}",
        f"{words.en} {{shown:,.0f}} {unit.en}: {{ratio:.1%}} of the {{norm:,.0f}} {unit.en} of the {against.en}, usually within ±{usual}. "
        f"Usual reasons: {why.en}",
    )
    size = Text(f"{against.ko} 대비 {words.ko} 차이(크기)", f"{words.en} against the {against.en}, size of the gap")
    signed = Text(f"{against.ko} 대비 {words.ko} 차이(부호)", f"{words.en} against the {against.en}, signed gap")
    return (
        Feature(f"{name}_gap_size", theme, f"abs({ratio})", size, reason, monotone=1, checkable=True, shows=right, norm=left, group=group, prior=prior),
        Feature(f"{name}_gap", theme, ratio, signed, reason, checkable=True, shows=right, norm=left, group=group),
    )


def differs(
    name: str, theme: Theme, sql: str, words: Text, usual: Text, group: str, prior: tuple[float, float] | None = None
) -> Feature:
    """A feature that is 1 where the SQL is true, two codes differing, 0 where it is not, NULL where one is not known."""
    return Feature(
        name, theme, f"CAST({sql} AS INT)",
        Text(f"{words.ko} 불일치", f"{words.en} differ"),
        Text(f"{words.ko} 불일치 여부 {{value:.0f}}(1 해당, 0 일치). 통상 사유: {usual.ko}",
             f"{words.en} differ: {{value:.0f}} (1 yes, 0 no). Usual reasons: {usual.en}"),
        monotone=1, checkable=True, group=group, prior=prior,
    )  # fmt: skip
