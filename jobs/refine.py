"""Step 2, refine: bronze to silver and quarantine, every record accounted for."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

from feeds.registry import BY_NAME
from feeds.silver import refine
from jobs.context import Counts, Run
from jobs.ingest import SIDE_BY_SIDE


def run(run: Run) -> Counts:
    """Refine the feeds that received files."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        done = list(pool.map(lambda name: refine(run.spark, run.lake, BY_NAME[name], run.batch_id), run.notes.get("taken", [])))
    run.notes["feeds"] = {refined.feed: {k: v for k, v in asdict(refined).items() if k != "feed"} for refined in done}
    return Counts(sum(r.records_in for r in done), sum(r.accepted for r in done))
