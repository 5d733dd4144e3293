"""Part `feed_worth`: what the shipped model finds when a feed is silent, as it is and trained anew without it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench import Asked
from bench.model_figures import MEASURES, RESAMPLES, said
from bench.model_sides import SHARE, World, numbers, score_of, trained
from bench.model_worlds import PAGE, TITLE, WORLDS, rows_of, without
from bench.page import table
from features.catalogue import FEATURES
from features.sources import reads, told_by
from feeds.registry import FEEDS
from lakehouse.settings import Settings
from models.capacity import Floats, Found, Labelled, found, interval
from models.metrics import auc

__all__ = ["PAGE", "TITLE", "measured"]
# Without it there is no declaration to score; what it alone is worth stands in the part `models`.
_ALWAYS = "declaration"


def silenced() -> list[str]:
    """The feeds that a described shipment has something of, the declaration left out."""
    return [feed.name for feed in FEEDS if feed.name != _ALWAYS and told_by(feed.name)]


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section of the page."""
    size = WORLDS[0]
    world = World.of(size.name, rows_of(settings, asked.work, size, say))
    shipped = trained(world.labelled, settings)
    whole = Judged.of(world.later, score_of(shipped.bundle, world.later))
    rows: list[tuple[str, ...]] = [("none", "–", whole.area, *(whole.figure(measure) for measure in MEASURES), "–", "–")]
    for feed in silenced():
        say(f"without {feed}")
        other = without(settings, asked.work, size, feed, say)
        later, count = swapped(world.later, other), sum(reads(feature, feed) for feature in FEATURES)
        silent = Judged.of(later, score_of(shipped.bundle, later))
        anew = Judged.of(later, score_of(trained(swapped(world.labelled, other), settings).bundle, later))
        rows.append((feed, str(count), silent.area, *(silent.less(whole, measure) for measure in MEASURES),
                     *(anew.less(whole, measure) for measure in MEASURES)))
    heads = ("silent feed", "features that read it", "AUC as it is", *(f"{measure}, as it is" for measure in MEASURES),
             *(f"{measure}, trained anew" for measure in MEASURES))
    return "\n\n".join([
        f"## What each feed is worth\n\nRun on {date.today()}. World `{size.scenario}` with seed {size.seed}, {world.later.num_rows:,} later "  # noqa: DTZ011
        f"shipments, {int(whole.labelled.illicit.sum())} of them illicit. A feed is silent all the time: what it alone tells is not known, and every "
        "feature and contradiction that derives from it is worked out again; what several feeds tell together, as of contacts, stays. The walk over "
        "history screens no names: of the watchlist there is nothing here to lose. *As it is*: "
        "the shipped model, which learned with the feed; *trained anew*: on the same outcomes without it. Figures at the "
        f"{SHARE:.0%} that score highest, less those with every feed in the first row.", table(heads, rows)])


@dataclass(frozen=True)
class Judged:
    """What a score finds among later shipments."""

    labelled: Labelled
    score: Floats
    found: Found

    @classmethod
    def of(cls, rows: pa.Table, score: Floats) -> "Judged":
        """By the truth of the rows."""
        every = np.ones(rows.num_rows)
        labelled = Labelled(numbers(rows, "is_illicit"), np.nan_to_num(numbers(rows, "evaded_krw")), np.full(len(every), ""), SHARE * every, every)
        return cls(labelled, score, found(labelled, score, [every > 0], RESAMPLES, 0))

    @property
    def area(self) -> str:
        """The area under the curve."""
        return f"{auc(self.score, self.labelled.illicit) or float('nan'):.3f}"

    def figure(self, measure: str) -> str:
        """A measure with its interval."""
        return said(float(self.found.value[measure][0]), interval(self.found.draws[measure][:, 0]))

    def less(self, other: "Judged", measure: str) -> str:
        """A measure less that of another score of the same shipments."""
        one, two = self.found, other.found
        return said(float(one.value[measure][0] - two.value[measure][0]), interval(one.draws[measure][:, 0] - two.draws[measure][:, 0]), "+.3f")


def swapped(rows: pa.Table, other: pa.Table) -> pa.Table:
    """The rows with those features that another table has of the same shipments."""
    taken = other.take(pc.index_in(rows["shipment_id"], value_set=other["shipment_id"].combine_chunks()))
    for name in (feature.name for feature in FEATURES if feature.name in other.column_names):
        rows = rows.set_column(rows.schema.get_field_index(name), name, taken[name])
    return rows
