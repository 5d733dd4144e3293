"""Part `models`: the shipped training on simulated worlds that it was not tuned on, beside the same model with every label and what needs none."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np

from bench import Asked
from bench.model_figures import MEASURES, Beside, Calibrated, auc_of, by_typology
from bench.model_sides import AS_MANY, DECLARED, EVERY_LABEL, SHARE, SHIPPED, SIDES, TRAINED, Sides, World, sides
from bench.model_worlds import PAGE, TITLE, WorldSize, named, rows_of
from bench.page import table
from lakehouse.settings import Settings
from models.guard import NOISY_OR
from models.prior import VERSION

__all__ = ["PAGE", "TITLE", "measured"]
_KINDS = ("cargo", "parcel", "baggage")
# Fewer violations of a kind than this say nothing of it.
_VIOLATIONS = 10


def measured(settings: Settings, asked: Asked, say: Callable[[str], None]) -> str:
    """The section of the page."""
    told, sizes = [], named(asked.worlds)
    for size in sizes:
        rows = rows_of(settings, asked.work, size, say)
        say(f"models of {size.name}")
        told.append(sides(World.of(size.name, rows), settings))
    return "\n\n".join([_head(sizes), _worlds(told), *_together(told), *_apart(told), *_calibration(told), *_kinds(told), _ways(told)])


def _head(sizes: Sequence[WorldSize]) -> str:
    worlds = ", ".join(f"`{size.scenario}` with seed {size.seed} ({size.shipments:,} shipments, {size.days} days)" for size in sizes)
    return (f"## Models on worlds that they were not tuned on\n\nRun on {date.today()}. Worlds: {worlds}; no test and no choice of the "  # noqa: DTZ011
            "training uses these seeds. Each is landed and taken by the walk in one pass; features are as of the last night before customs acted. "
            f"Training looks back on the first {TRAINED:.0%} of the shipments; the figures are of all that came later, by the truth of the "
            f"simulator, at the {SHARE:.0%} that score highest in each world. *Shipped* learns from what inspection labelled by then alone; "
            "*every label* is the same training on all shipments before with the truth for a label, *as many true labels* on a lot of them with "
            "as many violations as inspection had found; *prior-1* and *noisy_or* learn nothing. "
            "Brackets hold 95 % intervals over resampled shipments, the same for all sides.")


def _worlds(told: Sequence[Sides]) -> str:
    rows: list[tuple[str, ...]] = [
        (one.world, f"{one.outcomes:,}", str(one.violations), str(one.fitted.rounds), "yes" if one.is_held_back else "no",
         f"{len(one.illicit):,}", str(int(one.illicit.sum()))) for one in told]
    return table(("world", "outcomes learned from", "violations", "rounds", "held back by the guard", "later shipments", "of them illicit"), rows)


def _together(told: Sequence[Sides]) -> Iterator[str]:
    beside = Beside.of(told)
    yield f"### All worlds together: {beside.rows:,} later shipments, {beside.violations} illicit"
    yield table(("side", *MEASURES), [(side, *(beside.figure(side, measure) for measure in MEASURES)) for side in SIDES])
    yield table(("asked", *MEASURES), [
        ("share of every label ≥ 0.85", *_parts(beside)),
        (f"share of {AS_MANY}", *(beside.part(SHIPPED, AS_MANY, measure) for measure in MEASURES)),
        *((f"less {side}, not below 0", *(beside.less(SHIPPED, side, measure) for measure in MEASURES)) for side in (VERSION, NOISY_OR)),
        (f"less {DECLARED}", *(beside.less(SHIPPED, DECLARED, measure) for measure in MEASURES))])


def _apart(told: Sequence[Sides]) -> Iterator[str]:
    yield "### World by world\n\nAsked: AUC ≥ 0.92."
    yield table(("world", *(f"AUC {side}" for side in SIDES)), [(one.world, *(auc_of(one, side) for side in SIDES)) for one in told])
    rows = []
    for one in told:
        beside = Beside.of([one])
        rows.append((one.world, *(beside.figure(side, "precision") for side in SIDES), *_parts(beside)))
    yield table(("world", *(f"precision {side}" for side in SIDES), *(f"share of {measure}" for measure in MEASURES)), rows)


def _calibration(told: Sequence[Sides]) -> Iterator[str]:
    yield ("### Calibration\n\nAsked: slope 0.8 to 1.2, error within the band: where 95 % of calibrated models of that size stay. The model "
           "learns what inspection finds, which misses some of what is illicit and takes some honest slips for it: so both are told, all later "
           "shipments by the truth, and those inspected later by what was found.")
    sure, true, said = (np.concatenate([getattr(one, name) for one in told]) for name in ("probability", "illicit", "said"))
    seen = ~np.isnan(said)
    rows = [(one.world, f"{len(one.illicit):,}", *Calibrated.of(one.probability, one.illicit).cells) for one in told if len(told) > 1]
    yield table(("rows", "many", "slope", "error", "band", "mean probability", "illicit"), [
        *rows, ("all, by the truth", f"{len(sure):,}", *Calibrated.of(sure, true).cells),
        ("inspected later, by the truth", f"{seen.sum():,}", *Calibrated.of(sure[seen], true[seen]).cells),
        ("inspected later, by what was found", f"{seen.sum():,}", *Calibrated.of(sure[seen], said[seen]).cells)])


def _kinds(told: Sequence[Sides]) -> Iterator[str]:
    yield f"### By kind of shipment\n\nEach world's highest {SHARE:.0%} of the kind."
    rows = []
    for kind in _KINDS:
        beside = Beside.of(told, kind)
        if beside.violations < _VIOLATIONS:
            rows.append((kind, f"{beside.rows:,}", str(beside.violations), *("–",) * (len(SIDES) + 2)))
            continue
        rows.append((kind, f"{beside.rows:,}", str(beside.violations), *(beside.figure(side, "precision") for side in SIDES),
                     *_parts(beside)))
    yield table(("kind", "later", "illicit", *(f"precision {side}" for side in SIDES), *(f"share of {measure}" for measure in MEASURES)), rows)


def _parts(beside: Beside) -> tuple[str, ...]:
    return tuple(beside.part(SHIPPED, EVERY_LABEL, measure) for measure in MEASURES)


def _ways(told: Sequence[Sides]) -> str:
    return f"### Ways to cheat\n\nHow many came, and how many were among those picked.\n\n{table(('way', 'came', *SIDES), by_typology(told))}"
