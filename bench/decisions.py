"""Part `decisions`: of the lake in HAECHI_LAKE, decisions again, cost of explanations, counterfactuals verified, planted evidence named."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

import numpy as np

from bench import Asked
from bench.explanations import PAGE, TITLE
from bench.page import table
from bench.reasons import named
from bench.sides import WALL, Spread, seconds
from haechi import running
from jobs.explained import frozen, row_of
from jobs.manifest import publications, seen_by_readers
from jobs.past import model_of
from jobs.rescore import Again, again
from lakehouse.lake import Lake
from lakehouse.settings import Settings
from models.counterfactual import changed, flip
from models.lanes import Lane, lane_of
from models.score import Method, contributions
from models.tables import SCORE

__all__ = ["PAGE", "TITLE", "measured"]
_DECISIONS = 1_000


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section of the page."""
    folder = os.environ.get("HAECHI_LAKE", "")
    lake = seen_by_readers(running.readable_lake(folder or "./lake"))
    head = f"## Decisions of a lake\n\nRun on {date.today()}, other work beside it."  # noqa: DTZ011
    return "\n\n".join([head, *_of_lake(folder or "./lake", lake, settings, say)])


def _of_lake(folder: str, lake: Lake, settings: Settings, say: Callable[[str], None]) -> Iterator[str]:
    yield _again(lake, say)
    yield _nights(Lake(folder))
    yield _flips(lake, settings, say)
    yield from _named(folder)


def _named(folder: str) -> Iterator[str]:
    """The decoy test, and of what misses why it misses."""
    found = named(folder)
    share = f"{found.named / found.detected:.0%}" if found.detected else "–"
    yield (f"### Planted evidence named\n\nDetected (not green, or selected) illicit shipments that show what their typology plants: "
           f"{found.detected:,}. Among\nthe first three reasons that raise the score it is named for {found.named:,} ({share}; asked for: 80 %). "
           f"What shows by chance, such as a country of\nloading that is not the origin of goods with too little weight, counts for nothing.")
    yield table(("typology", "shipments", "named", "missed, no rule found it", "missed, found and told later", "reasons told instead"), [
        (name, str(seen), str(hit), str(found.unseen[name]), str(found.misses[name] - found.unseen[name]),
         ", ".join(f"{code} {many}" for code, many in found.rivals.get(name, Counter()).most_common(4)))
        for name, (seen, hit) in sorted(found.by_typology.items())])
    yield table(("what shows", "shipments", "named"), [(sign, str(seen), str(hit)) for sign, (seen, hit) in sorted(found.by_sign.items())])


def _again(lake: Lake, say: Callable[[str], None]) -> str:
    scores = sorted(lake.arrow(SCORE).to_pylist(), key=lambda row: (row["as_of"], row["shipment_id"]))
    chosen = random.Random(1).sample(scores, min(_DECISIONS, len(scores)))
    say(f"{len(chosen):,} past decisions again")
    made: list[Again] = []
    took = seconds(lambda: made.extend(again(lake, chosen)), WALL)
    same, told = sum(each.is_score_same for each in made), [each.is_explanation_same for each in made]
    return (f"### Re-scored decisions\n\nOf {len(chosen):,} past decisions drawn from {len(scores):,}, {same:,} came out again to the byte; of their "
            f"frozen explanations {told.count(True):,} of {len(told) - told.count(None):,}; {took:.1f} s of wall clock.")


def _nights(lake: Lake) -> str:
    rows = []
    for published in publications(lake):
        took = {stage["name"]: stage["seconds"] for stage in published.stages}
        if "explain" in took:
            rows.append((took["explain"] + took["select"], took["featurize"] + took["score"]))
    ratio = Spread.of([ours / theirs for ours, theirs in rows]) if rows else None
    return (f"### Cost in a night\n\nSeconds of the steps explain and select as a share of featurize and score over {len(rows)} runs, least / middle "
            f"/ greatest: {ratio} (asked for: 1 at most).")


def _flips(lake: Lake, settings: Settings, say: Callable[[str], None]) -> str:
    """Counterfactuals of the last run, each verified by the other way of scoring: the sum of its contributions."""
    scores = lake.arrow(SCORE).to_pylist()
    last = max(row["as_of"] for row in scores)
    wanted = sorted((row for row in scores if row["as_of"] == last and row["lane"] != "green"), key=lambda row: row["shipment_id"])
    say(f"{len(wanted):,} counterfactuals")
    many, right = [], 0
    for score, told in zip(wanted, frozen(lake, wanted), strict=True):
        assert told is not None  # What is not green is always explained.
        bundle = model_of(lake, score["model_version"], last)
        row = row_of(bundle, told)
        found = flip(bundle, settings, row, np.array(told["contributions"]), told["norms"])
        many.append(len(found.facts))
        added = contributions(bundle, changed(bundle, row, found.facts)[None, :], 1, Method.PRED_CONTRIB if bundle.text else Method.PRIOR).sum(axis=1)
        reached = lane_of(settings, float(bundle.calibration.probability(added)[0]))
        right += bool(found.facts) and reached == found.lane and list(Lane).index(reached) < list(Lane).index(Lane(score["lane"]))
    return (f"### Counterfactuals\n\nOf {len(wanted):,} shipments of the last run that are not green, {many.count(1):,} change to a milder lane "
            f"by one fact, {many.count(2):,} by two, {many.count(0):,} by none; {right:,} of {len(many) - many.count(0):,} are verified by scoring.")
