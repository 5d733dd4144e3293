"""What the quality checks said of the feeds' newest rows, and Great Expectations' own pages of them."""

from pathlib import Path
from typing import Annotated, Any

import typer

from haechi import running
from haechi.output import Json, LakeOption, emit, grid, out
from lakehouse.clock import KOREA
from lakehouse.lake import Lake


def checks(
    feeds: Annotated[list[str] | None, typer.Argument(help="Feeds to tell of; none means all.")] = None,
    unmet: Annotated[bool, typer.Option("--unmet", help="Only what is not met.")] = False,
    docs: Annotated[Path | None, typer.Option("--out", help="Also validate the newest rows again and write Great Expectations' pages here.")] = None,
    lake: LakeOption = "./lake",
    as_json: Json = False,
) -> None:
    """The newest results of the quality checks: each expectation, how many rows it saw and how many fail it."""
    from feeds.registry import feed_named

    names = tuple(feed_named(name).name for name in feeds or ())
    seen = running.readable_lake(lake)
    rows = [row for row in newest_checks(seen) if (not names or set(row["feed"].split("+")) & set(names)) and not (unmet and row["is_met"])]
    page = str(_pages(seen, names, docs)) if docs else None
    if emit({"checks": rows, "data_docs": page}, as_json):
        return
    heads = ("feed", "expectation", "column", "rows", "unexpected", "is_met", "known_at")
    grid("", heads, [[row[head] for head in heads] for row in rows])
    if not rows:
        out.print("Nothing was checked yet." if not unmet else "Everything is met.")
    if page:
        out.print(f"Pages: {page}", markup=False)


def newest_checks(lake: Lake) -> list[dict[str, Any]]:
    """The results of each feed's newest check, feed by feed."""
    from lakehouse.ops import CHECK

    results = lake.arrow(CHECK).to_pylist()
    newest: dict[str, Any] = {}
    for row in results:
        newest[row["feed"]] = max(newest.get(row["feed"], ("", "")), (row["known_at"].isoformat(), row["run_id"]))
    kept = (row for row in results if newest[row["feed"]] == (row["known_at"].isoformat(), row["run_id"]))
    told = [{name: row[name] for name in ("feed", "expectation", "column", "rows", "unexpected", "is_met")}
            | {"known_at": row["known_at"].astimezone(KOREA).isoformat()} for row in kept]
    return sorted(told, key=lambda row: (row["feed"], row["expectation"], row["column"]))


def _pages(lake: Lake, names: tuple[str, ...], folder: Path) -> Path:
    """Validate the newest batch of each feed and write the pages; the first of them."""
    from pyspark.sql import functions as F

    from expectations.data_docs import write_data_docs
    from feeds.registry import FEEDS
    from lakehouse.errors import CallerError

    chosen = [feed for feed in FEEDS if (not names or feed.name in names) and lake.version(feed.silver) is not None]
    if not chosen:
        raise CallerError("checks.nothing", "No feed holds rows to check", "Run haechi ingest first.")
    spark = running.spark_of(running.checked_settings())()
    rows = {}
    for feed in chosen:
        silver = lake.read(spark, feed.silver)
        newest = silver.agg(F.max("batch_id").alias("batch_id"))
        rows[feed.name] = silver.join(F.broadcast(newest), "batch_id")
    page, _ = write_data_docs(rows, folder)
    return page
