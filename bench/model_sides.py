"""Sides of a world: what models of the shipped training give its later shipments, and what needs no learning gives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.catalogue import FEATURES
from features.feature import Feature
from jobs.backtest import of_declarations
from jobs.train import configuration, examples
from lakehouse.settings import Settings
from models.bundle import Bundle
from models.capacity import Floats, Labelled
from models.encoding import Frame
from models.guard import NOISY_OR, prior_scores
from models.prior import VERSION
from models.score import raw_score
from models.train import Fitted, fit

SHIPPED, EVERY_LABEL, AS_MANY, DECLARED = "shipped", "every label", "as many true labels", "declared fields alone"
SIDES = (SHIPPED, EVERY_LABEL, AS_MANY, VERSION, NOISY_OR, DECLARED)
# Of a world's shipments so many are what training looks back on; the rest come later.
TRAINED, SHARE = 0.65, 0.05


@dataclass(frozen=True)
class World:
    """A world cut in time: what was labelled by the cut, all that was there by then, and the shipments scored later."""

    name: str
    labelled: pa.Table
    before: pa.Table
    later: pa.Table

    @classmethod
    def of(cls, name: str, rows: pa.Table) -> "World":
        """Cut at the instant by which the share to look back on was scored."""
        times, known = np.asarray(rows["as_of"]), np.asarray(rows["label_known_at"])
        cut = np.sort(times)[int(len(times) * TRAINED)]
        is_labelled = (times <= cut) & ~np.isnat(known) & (known <= cut)
        return cls(name, rows.filter(pa.array(is_labelled)), rows.filter(pa.array(times <= cut)), rows.filter(pa.array(times > cut)))

    @property
    def every_label(self) -> pa.Table:
        """All shipments before the cut with the truth for a label, known at once."""
        truth = {"illicit": self.before["is_illicit"], "revenue_krw": self.before["evaded_krw"], "label_known_at": self.before["as_of"]}
        table = self.before
        for name, column in truth.items():
            table = table.set_column(table.schema.get_field_index(name), name, column)
        return table

    def by_lot(self, violations: int, seed: int) -> pa.Table:
        """So many illicit shipments before the cut, drawn by lot, and of the others the same part, all with the truth for a label."""
        whole = self.every_label
        illicit, draw = numbers(whole, "illicit") > 0, np.random.default_rng(seed)
        part = min(1.0, violations / illicit.sum())
        kept = [draw.choice(np.flatnonzero(mine), round(part * mine.sum()), replace=False) for mine in (illicit, ~illicit)]
        return whole.take(pa.array(np.sort(np.concatenate(kept))))


@dataclass(frozen=True)
class Sides:
    """The later shipments of a world: truth, what inspection said of some (`said`, NaN of the others), kind, typology, what each side gives them."""

    world: str
    illicit: Floats
    said: Floats
    revenue: Floats
    kind: npt.NDArray[Any]
    typology: npt.NDArray[Any]
    scores: Mapping[str, Floats]
    probability: Floats
    fitted: Fitted
    outcomes: int
    violations: int

    @property
    def is_held_back(self) -> bool:
        """Whether the training held the model back, so that the prior goes on ranking."""
        return bool(self.fitted.worse_than_prior)


def sides(world: World, settings: Settings) -> Sides:
    """Train as shipped on what inspection labelled and on every label, and score what came later."""
    shipped = trained(world.labelled, settings)
    labels = world.labelled["illicit"].to_numpy(zero_copy_only=False)
    models = {SHIPPED: shipped, EVERY_LABEL: trained(world.every_label, settings),
              AS_MANY: trained(world.by_lot(int(labels.sum()), settings["train.seed"]), settings),
              DECLARED: trained(world.labelled, settings, of_declarations())}
    scores = {name: score_of(fitted.bundle, world.later) for name, fitted in models.items()} | prior_scores(world.later, FEATURES)
    return Sides(world.name, numbers(world.later, "is_illicit"), numbers(world.later, "illicit"), np.nan_to_num(numbers(world.later, "evaded_krw")),
                 np.asarray(world.later["shipment_kind"]), np.asarray(world.later["typology"]), scores,
                 shipped.bundle.calibration.probability(scores[SHIPPED]), shipped, len(labels), int(labels.sum()))


def trained(table: pa.Table, settings: Settings, features: Sequence[Feature] = FEATURES) -> Fitted:
    """The default model as the step train makes it."""
    return fit(examples(table, settings["train.weight_cap"]), features, configuration("default"), settings["train.seed"])


def score_of(bundle: Bundle, rows: Frame) -> Floats:
    """The log-odds score of rows."""
    return raw_score(bundle, bundle.encoding.matrix(rows), 0)


def numbers(table: pa.Table, name: str) -> Floats:
    """A column as floats."""
    return np.asarray(table[name].to_numpy(zero_copy_only=False), dtype=np.float64)


def together(told: Sequence[Sides], kind: str = "") -> tuple[Labelled, dict[str, Floats]]:
    """The later shipments of worlds, each world picking its own share, with the scores by side; of one kind where it is named."""
    mine = [one.kind == kind if kind else np.ones(len(one.kind), dtype=bool) for one in told]
    parts = list(zip(told, mine, strict=True))
    office = np.concatenate([np.full(int(rows.sum()), one.world) for one, rows in parts])
    whole = np.ones(len(office))
    labelled = Labelled(np.concatenate([one.illicit[rows] for one, rows in parts]), np.concatenate([one.revenue[rows] for one, rows in parts]),
                        office, SHARE * whole, whole)
    return labelled, {name: np.concatenate([one.scores[name][rows] for one, rows in parts]) for name in SIDES}
