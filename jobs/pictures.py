"""Pictures of a published night, for the notebook."""

from typing import Any

from jobs.query import query
from lakehouse.lake import Lake

_LANES = {"green": "#4c9f70", "yellow": "#e3b23c", "orange": "#d9772b", "red": "#b23a48"}
_TONIGHT = "as_of = (SELECT max(as_of) FROM gold.score)"


def scores_plot(lake: Lake) -> Any:
    """Shipments of the last run by office and lane; the figure."""
    import matplotlib.pyplot as plt

    rows = query(lake, f"SELECT coalesce(office_code, '–'), lane, count(*) FROM gold.score WHERE {_TONIGHT} GROUP BY 1, 2", 1000).rows
    offices = sorted({row[0] for row in rows})
    figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
    base = dict.fromkeys(offices, 0)
    for lane, colour in _LANES.items():
        counts = {office: n for office, found, n in rows if found == lane}
        axes.bar(offices, [counts.get(o, 0) for o in offices], bottom=[base[o] for o in offices], color=colour, label=lane)
        base = {office: base[office] + counts.get(office, 0) for office in offices}
    axes.set(xlabel="office", ylabel="open shipments", title="Last night's open shipments by office and lane")
    axes.legend(title="lane", frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def leaning_plot(lake: Lake, most: int = 15) -> Any:
    """Mean absolute contribution of the weightiest features over the last run's explanations; the figure."""
    import matplotlib.pyplot as plt

    rows = query(lake, f"""
        SELECT feature, avg(abs(added)) AS weight FROM (
            SELECT unnest(features) AS feature, unnest(contributions) AS added FROM gold.explanation WHERE {_TONIGHT})
        GROUP BY feature HAVING weight > 0 ORDER BY weight DESC, feature LIMIT {most}""", most).rows
    figure, axes = plt.subplots(figsize=(8, 5), layout="constrained")
    axes.barh([row[0] for row in reversed(rows)], [row[1] for row in reversed(rows)], color="#3b6ea5")
    axes.set(xlabel="mean |contribution|, log-odds", title="What the model leans on")
    axes.spines[["top", "right"]].set_visible(False)
    return figure
