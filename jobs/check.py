"""Step 3, check: Great Expectations over new silver rows; a feed over its threshold is held, the others go on."""

from dataclasses import asdict

from pyspark.sql import functions as F

from expectations.suite import Checked, validate
from feeds.registry import BY_NAME
from jobs.context import Counts, Run
from jobs.holds import hold
from lakehouse.ops import CHECK
from lakehouse.text import Text

_TOO_MANY = Text("레코드 {records_in}건 중 {quarantined}건 거부", "{quarantined} of {records_in} records refused")
_NOT_MET = Text("기대 {expectation} 미충족: 열 {column}, {rows}건 중 {unexpected}건",
                "{expectation} on {column} is not met: {unexpected} of {rows} rows")


def run(run: Run) -> Counts:
    """Check the feeds that received rows, keep the results, hold what cannot be trusted."""
    results: list[Checked] = []
    reasons: dict[str, Text] = {}
    for name, counts in run.notes.get("feeds", {}).items():
        if _refused_too_many(run, counts):
            reasons[name] = _TOO_MANY.render(counts)
        elif counts["accepted"]:
            feed = BY_NAME[name]
            found = validate(run.lake.read(run.spark, feed.silver).where(F.col("batch_id") == run.batch_id), feed)
            results += found
            failed = next((result for result in found if not result.is_met), None)
            if failed:
                reasons[name] = _NOT_MET.render(asdict(failed) | {"column": failed.column or "*"})
    for name, why in reasons.items():
        run.say(f"feed {name} is held: {why.en}")
    hold(run, reasons)
    run.notes["held"] = {name: [run.batch_id] for name in reasons}
    if results:
        shared = {"run_id": run.run_id, "known_at": run.as_of}
        run.lake.append_rows([shared | asdict(result) for result in results], CHECK)
    return Counts(len(results), sum(result.is_met for result in results))


def _refused_too_many(run: Run, counts: dict[str, int]) -> bool:
    if counts["records_in"] < run.settings["quarantine.minimum_records"]:
        return False
    return bool(counts["quarantined"] > run.settings["quarantine.threshold"] * counts["records_in"])
