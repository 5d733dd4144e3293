"""Step 3, check: expectations over new silver rows; a feed that cannot be trusted is held, the others go on."""

import statistics
from dataclasses import asdict
from datetime import date, timedelta

import pyarrow.compute as pc
from pyspark.sql import functions as F

from expectations.cross_feed import check_order
from expectations.suite import Checked, validate
from feeds.current import shrunk
from feeds.registry import BY_NAME, FEEDS
from jobs.context import Counts, Run
from jobs.holds import hold
from lakehouse.clock import KOREA
from lakehouse.ops import CHECK, FILE
from lakehouse.text import Text

_DAYS_BACK = 14
_DAYS_NEEDED = 5
_QUIET_DAYS = 2
_REFUSED = Text("레코드 {records_in}건 중 {quarantined}건 거부", "{quarantined} of {records_in} records refused")
_NOT_MET = Text("기대 {expectation} 미충족: 열 {column}, {rows}건 중 {unexpected}건",
                "{expectation} on {column} is not met: {unexpected} of {rows} rows")
_FLOOD = Text("하루 {records}건, 평소 {usual}건", "{records} records in a day that usually brings {usual}")
_SHRUNK = Text("목록 {listed}: {before}건에서 {now}건으로 감소", "list {listed} fell from {before} to {now} entries")


def run(run: Run) -> Counts:
    """Check the feeds that received rows, keep the results, hold what cannot be trusted, mark what is stale."""
    results: list[Checked] = []
    received = run.notes.get("feeds", {})
    delivered = _delivered(run) if run.scores else {}
    why: dict[str, Text] = {}
    for name, counts in received.items():
        reason = _refused_too_many(run, counts) or _too_many(run, counts, delivered.get(name, {})) or _list_shrank(run, name, counts)
        if not reason and counts["accepted"]:
            found = validate(run.lake.read(run.spark, BY_NAME[name].silver).where(F.col("batch_id") == run.batch_id), BY_NAME[name])
            results += found
            failed = next((result for result in found if not result.is_met), None)
            reason = _NOT_MET.render(asdict(failed) | {"column": failed.column or "*"}) if failed else None
        if reason:
            why[name] = reason
            run.say(f"feed {name} is held: {reason.en}")
    hold(run, why)
    run.notes["held"] = {name: [run.batch_id] for name in why}
    results += check_order(run.spark, run.known, [name for name, counts in received.items() if counts["accepted"] and name not in why], run.batch_id)
    run.notes["stale"] = _stale(run, delivered, why)
    if results:
        shared = {"run_id": run.run_id, "known_at": run.as_of}
        run.lake.append_rows([shared | asdict(result) for result in results], CHECK)
    return Counts(len(results), sum(result.is_met for result in results))


def _refused_too_many(run: Run, counts: dict[str, int]) -> Text | None:
    if counts["records_in"] < run.settings["quarantine.minimum_records"]:
        return None
    beyond = counts["quarantined"] > run.settings["quarantine.threshold"] * counts["records_in"]
    return _REFUSED.render(counts) if beyond else None


def _too_many(run: Run, counts: dict[str, int], days: dict[date, int]) -> Text | None:
    """Why a feed is held that sends many times what it usually sends in a day."""
    before = [records for day, records in days.items() if day < run.business_date]
    if len(before) < _DAYS_NEEDED or counts["records_in"] < run.settings["volume.minimum_records"]:
        return None
    usual = statistics.median(before)
    beyond = days.get(run.business_date, 0) > run.settings["volume.most_times"] * usual
    return _FLOOD.render({"records": days[run.business_date], "usual": round(usual)}) if beyond else None


def _list_shrank(run: Run, name: str, counts: dict[str, int]) -> Text | None:
    """Why a feed is held that sends whole lists, one of them much shorter than before."""
    if not BY_NAME[name].snapshot or not counts["records_in"]:
        return None
    lost = shrunk(run.spark, run.known, BY_NAME[name], run.batch_id, run.settings["snapshot.shrink_share"])
    return _SHRUNK.render(dict(zip(("listed", "before", "now"), lost[0], strict=True))) if lost else None


def _delivered(run: Run) -> dict[str, dict[date, int]]:
    """Records of each feed by the day they were known on, over the days before this run."""
    since = run.as_of - timedelta(days=_DAYS_BACK)
    books = run.lake.arrow(FILE, ("feed", "known_at", "records_in"))
    books = books.filter(pc.and_(pc.greater(books["known_at"], since), pc.less_equal(books["known_at"], run.as_of)))
    days: dict[str, dict[date, int]] = {}
    for feed, at, records in zip(*(books[name].to_pylist() for name in ("feed", "known_at", "records_in")), strict=True):
        day, known = at.astimezone(KOREA).date(), days.setdefault(feed, {})
        known[day] = known.get(day, 0) + records
    return days


def _stale(run: Run, delivered: dict[str, dict[date, int]], why: dict[str, Text]) -> dict[str, dict[str, str]]:
    """Feeds whose newest state is not to be had: held now, or silent though they usually send every day."""
    told = {name: {"why": "held", "detail": reason.en} for name, reason in why.items()}
    quiet = run.business_date - timedelta(days=_QUIET_DAYS)
    for feed in FEEDS:
        days = delivered.get(feed.name, {})
        if feed.name not in told and len(days) >= _DAYS_NEEDED and max(days) <= quiet:
            told[feed.name] = {"why": "absent", "detail": f"last delivery {max(days)}"}
    return told
