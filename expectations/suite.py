"""A feed's declared fields as a Great Expectations suite over its new silver rows."""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame

from feeds.feed import Feed
from lakehouse.errors import InternalError


@dataclass(frozen=True)
class Checked:
    """One expectation's result: how many rows it saw and how many fail it."""

    feed: str
    expectation: str
    column: str
    rows: int
    unexpected: int
    is_met: bool


def declared_expectations(feed: Feed) -> list[Any]:
    """Great Expectations derived from the feed's declaration."""
    gx = great_expectations()
    wanted: list[Any] = [
        gx.expectations.ExpectColumnValuesToNotBeNull(column="record_key"),
        gx.expectations.ExpectColumnValuesToNotBeNull(column="content_hash"),
        gx.expectations.ExpectColumnValuesToNotBeNull(column="known_at"),
        gx.expectations.ExpectTableRowCountToBeBetween(min_value=1),
    ]
    for field in feed.fields:
        if field.name in feed.hidden or field.when:
            continue
        if field.required:
            wanted.append(gx.expectations.ExpectColumnValuesToNotBeNull(column=field.name))
        if field.required and field.allowed:
            wanted.append(gx.expectations.ExpectColumnValuesToBeInSet(column=field.name, value_set=list(field.allowed)))
        if field.required and (field.low is not None or field.high is not None):
            wanted.append(gx.expectations.ExpectColumnValuesToBeBetween(column=field.name, min_value=field.low, max_value=field.high))
    return wanted


def validate(rows: DataFrame, feed: Feed) -> list[Checked]:
    """Results of a feed's declared expectations over its new rows."""
    return validated(rows, feed.name, lambda _: declared_expectations(feed))


def validated(rows: DataFrame, name: str, expectations: Callable[[Any], list[Any]]) -> list[Checked]:
    """Results over the rows; none at all, or fewer than asked, is a failure of ours, never green."""
    gx = great_expectations()
    wanted = expectations(gx)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    batch = (context.data_sources.add_spark("lake").add_dataframe_asset(name)
             .add_batch_definition_whole_dataframe("night").get_batch({"dataframe": rows}))
    outcome = batch.validate(gx.ExpectationSuite(name=name, expectations=wanted), result_format="SUMMARY")
    results = [_checked(name, result) for result in outcome.results]
    if len(results) != len(wanted):
        raise InternalError("expectations.lost", f"feed {name}: {len(results)} of {len(wanted)} expectations answered",
                            "Run the night again; report it if it stays.")
    return results


def _checked(name: str, result: Any) -> Checked:
    config, found = result.expectation_config, result.result or {}
    if result.exception_info and result.exception_info.get("raised_exception"):
        return Checked(name, config.type, config.kwargs.get("column", ""), 0, 0, False)
    rows = int(found.get("element_count", found.get("observed_value", 0)) or 0)
    unexpected = int(found.get("unexpected_count", 0) or 0)
    # An expectation that saw no row has shown nothing.
    return Checked(name, config.type, config.kwargs.get("column", ""), rows, unexpected, bool(result.success) and rows > 0)


def great_expectations() -> Any:
    """The library, its telemetry off and its notes kept out of what commands say."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    return great_expectations
