"""Categories: declared codes taken as they are, made alike for every code."""

from features.feature import Feature, Theme
from lakehouse.text import Text


def category(column: str, theme: Theme, text: Text, group: str = "") -> Feature:
    """A feature that is the code itself; its reason names the code."""
    return Feature(
        column,
        theme,
        column,
        text,
        Text(
            f"{text.ko} {{value}} — 같은 {text.ko} 신고의 과거 검사결과에 따른 경향",
            f"{text.en} {{value}}: tendency of past inspections under the same code",
        ),
        type="category",
        checkable=True,
        group=group,
    )
