"""Runs as the operator reads them: published ones from the manifest, the one that has not finished from its journal, feeds from their counts."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from feeds.registry import FEEDS
from jobs.holds import holds
from jobs.journal import Journal
from jobs.manifest import Publication
from lakehouse.lake import Lake

_COUNTS = ("files", "records_in", "accepted", "quarantined", "duplicate")


@dataclass(frozen=True)
class Unfinished:
    """A run that is not published yet: whether a step is under way, at which one, and what the last one said when it failed."""

    kind: str
    day: str
    stage: str
    message: str
    is_under_way: bool


def unfinished(lake: Lake) -> Unfinished | None:
    """The run that the journal tells of; None where the last one was published."""
    try:
        entry = Journal(lake).entry
    except (OSError, json.JSONDecodeError):
        return None
    if not entry:
        return None
    last = (entry.get("stages") or [{}])[-1]
    under_way = entry.get("under_way")
    at = under_way or last
    return Unfinished(entry.get("kind", ""), entry.get("business_date", ""), at.get("name", ""), "" if under_way else last.get("message", ""),
                      bool(under_way))


@dataclass(frozen=True)
class FeedRow:
    """What one feed sent to one run, and its state: fine, silent, stale or held, with why."""

    name: str
    counts: Mapping[str, int]
    state: str
    why_ko: str
    why_en: str

    @property
    def is_balanced(self) -> bool:
        """Whether every record received is accounted for."""
        return self.counts["records_in"] == self.counts["accepted"] + self.counts["quarantined"] + self.counts["duplicate"]

    @property
    def refused_share(self) -> float | None:
        """Refused of received."""
        return self.counts["quarantined"] / self.counts["records_in"] if self.counts["records_in"] else None


def feed_rows(lake: Lake, publication: Publication) -> list[FeedRow]:
    """Every feed, in the order of the registry, as it was in one run."""
    sent, stale = publication.summary.get("feeds", {}), publication.summary.get("stale", {})
    reasons = {(row["feed"], row["batch_id"]): row for row in holds(lake)}
    rows = []
    for feed in FEEDS:
        counts = {name: int(sent.get(feed.name, {}).get(name, 0)) for name in _COUNTS}
        batches = publication.held.get(feed.name, [])
        why = reasons.get((feed.name, batches[-1])) if batches else None
        if batches:
            told = ("held", str(why["reason_ko"]) if why else "", str(why["reason_en"]) if why else "")
        elif feed.name in stale:
            told = ("stale", stale[feed.name]["detail"], stale[feed.name]["detail"])
        else:
            told = ("fine" if counts["records_in"] else "silent", "", "")
        rows.append(FeedRow(feed.name, counts, *told))
    return rows


def findings(publication: Publication) -> list[str]:
    """What of a run is to be looked at: held and stale feeds, and a model that stood in for the champion."""
    return [name for name, is_so in (("feed_held", bool(publication.held)), ("feed_stale", bool(publication.summary.get("stale"))),
                                     ("fallback_tag", bool(publication.summary.get("warning")))) if is_so]


def seconds(publication: Publication) -> float:
    """How long its stages took."""
    return sum(float(stage["seconds"]) for stage in publication.stages)
