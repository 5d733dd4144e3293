"""Step 11, select: what each office is asked to look at, within its capacity, and why."""

from jobs.context import Counts, Run
from jobs.explain import explain_selected
from jobs.score import scored_tonight
from lakehouse.settings import load_yaml
from models.select import read_offices, select
from models.tables import SELECTION


def _offices(run: Run) -> dict[str, dict[str, float]]:
    """Capacity and shares of the offices; more is explored while the last run proposed to train anew."""
    offices = read_offices(load_yaml("offices.yaml"))
    if run.previous and run.previous.summary.get("retrain"):
        factor = float(run.settings["drift.explore_factor"])
        offices = {code: own | {"explore_share": min(own["explore_share"] * factor, 1 - own["random_share"])} for code, own in offices.items()}
    return offices


def run(run: Run) -> Counts:
    """Append the lists of this run; what is already released is not asked for."""
    waiting = scored_tonight(run).where("before_release")
    chosen = select(waiting, _offices(run), f"{run.settings['selection.seed']}|{run.as_of.isoformat()}").persist()
    rows = run.lake.append(chosen, SELECTION)
    explain_selected(run, chosen)
    chosen.unpersist()
    return Counts(waiting.count(), rows)
