"""What past inspections found about an entity: a shrunk rate and its feature, made alike for every kind of entity."""

from features.feature import Feature, History, Theme
from lakehouse.text import Text

OVERALL = History("violation_rate_all", (), "outcomes", "illicit", "mean")


def violation_rate(
    entity: str, key: tuple[str, ...], who: Text, theme: Theme, shrinkage: float, prior: tuple[float, float] | None = None
) -> tuple[tuple[History, ...], Feature]:
    """The histories and the feature `<entity>_violation_rate`: past inspections with a violation, shrunk to the overall rate."""
    name = f"{entity}_violation_rate"
    histories = (
        History(f"{entity}_past_rate", key, "outcomes", "illicit", "mean", shrinkage=shrinkage),
        History(f"{entity}_inspections", key, "outcomes", "illicit"),
    )
    feature = Feature(
        name,
        theme,
        f"{entity}_past_rate",
        Text(f"{who.ko} 과거 적발률", f"Past violation rate of the {who.en}"),
        Text(
            f"{who.ko} 과거 검사 {{peers:,.0f}}건 기준 보정 적발률 {{value:.1%}} — 전체 검사 평균 {{norm:.1%}}. 출처: 검사결과",
            f"Past violation rate of the {who.en}, adjusted over {{peers:,.0f}} inspections: {{value:.1%}}; "
            "all inspections {norm:.1%}. Source: outcomes",
        ),
        monotone=1,
        norm="violation_rate_all",
        peers=f"{entity}_inspections",
        group=f"{entity}_record",
        prior=prior,
    )
    return histories, feature
