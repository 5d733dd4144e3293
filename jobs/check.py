"""Step 3, check: Great Expectations over new silver rows; a feed over its threshold is held, the others go on."""

from dataclasses import asdict

from pyspark.sql import functions as F

from expectations.suite import Checked, validate
from feeds.registry import BY_NAME
from jobs.context import Counts, Run
from lakehouse.ops import CHECK


def run(run: Run) -> Counts:
    """Check the feeds that received rows, keep the results, hold what cannot be trusted."""
    results: list[Checked] = []
    held = {}
    for name, counts in run.notes.get("feeds", {}).items():
        if _refused_too_many(run, counts):
            held[name] = [run.batch_id]
            run.say(f"feed {name} is held: {counts['quarantined']} of {counts['records_in']} records refused")
        elif counts["accepted"]:
            feed = BY_NAME[name]
            found = validate(run.lake.read(run.spark, feed.silver).where(F.col("batch_id") == run.batch_id), feed)
            results += found
            failed = [f"{r.expectation} on {r.column}" for r in found if not r.is_met]
            if failed:
                held[name] = [run.batch_id]
                run.say(f"feed {name} is held: {failed[0]} is not met")
    run.notes["held"] = held
    if results:
        shared = {"run_id": run.run_id, "known_at": run.as_of}
        run.lake.append_rows([shared | asdict(result) for result in results], CHECK)
    return Counts(len(results), sum(result.is_met for result in results))


def _refused_too_many(run: Run, counts: dict[str, int]) -> bool:
    if counts["records_in"] < run.settings["quarantine.minimum_records"]:
        return False
    return bool(counts["quarantined"] > run.settings["quarantine.threshold"] * counts["records_in"])
