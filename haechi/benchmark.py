"""The command `haechi evaluate`: the open declarations benchmark."""

from pathlib import Path
from typing import Annotated, Any

import typer

from haechi import running
from haechi.output import Json, emit, grid, out, say


def evaluate(
    train: Annotated[Path, typer.Option("--train", help="CSV to train on.")],
    valid: Annotated[Path, typer.Option("--valid", help="CSV to tune on.")],
    test: Annotated[Path, typer.Option("--test", help="CSV to report on.")],
    as_json: Json = False,
) -> None:
    """Benchmark on open declarations: trains on the first, tunes on the second, reports on the third."""
    from jobs.evaluate import evaluate as measure

    settings = running.checked_settings()
    told = measure(running.spark_of(settings), {"train": train, "valid": valid, "test": test}, settings, say)
    if not emit(told, as_json):
        show(told)


def show(told: dict[str, Any]) -> None:
    """The figures as a table."""
    rows = []
    for name, parts in told["configurations"].items():
        for part, m in parts.items():
            low, high = m["interval_95"]["auc"]
            rows.append((name, part, m["n"], f"{m['base_rate']:.3f}", f"{m['auc']:.3f} [{low:.3f}, {high:.3f}]",
                         *(_percent(m, k) for k in ("1", "2", "5", "10")), f"{m['recall_at']['10']:.3f}", f"{m['revenue_recall_at']['10']:.3f}"))
    grid("", ("configuration", "rows", "n", "base rate", "AUC", "P@1%", "P@2%", "P@5%", "P@10%", "R@10%", "revenue R@10%"), rows)
    out.print(f"Default: {told['default']}. Twin-free rows share no mass, price and HS6 pair with train or valid: the honest figure.")


def _percent(m: dict[str, Any], k: str) -> str:
    interval = m["interval_95"]["precision_at"].get(k)
    return f"{m['precision_at'][k]:.3f}" + (f" [{interval[0]:.3f}, {interval[1]:.3f}]" if interval else "")
