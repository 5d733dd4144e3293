"""Later weeks: the labelled shipments that two models can be compared on, and what each office could look at in that time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyspark.sql import functions as F

from features.catalogue import FEATURES
from fusion.tables import SHIPMENT
from jobs.context import Run
from jobs.train import labelled_rows
from lakehouse.clock import sql_instant
from lakehouse.settings import load_yaml
from models.bundle import Bundle
from models.capacity import Floats, Labelled, places_share
from models.cells import trader_sizes
from models.gate import Later
from models.lanes import OUTSIDE_ID
from models.prior import prior_bundle
from models.score import raw_score
from models.select import Reason, read_offices
from models.tables import SCORE
from models.weights import stands_for

DRAWN = (Reason.RANDOM.value, Reason.EXPLORE.value)
# The band that exploration draws from is ten times its places: its rows count in full, and one of the random rows, each
# of which stands for hundreds, counts no more than they. In full, a handful of rows would decide.
WEIGHT_CAP = 10.0
_KNOWN_SHARE = 0.9
_SIZE = "importer_declarations"


@dataclass(frozen=True)
class Weeks:
    """Labelled rows of a time, oldest first, with office, kind and how they were drawn; and each office's capacity in it."""

    rows: pa.Table
    nights: int
    capacity: Mapping[str, Mapping[str, Any]]

    def column(self, name: str) -> npt.NDArray[Any]:
        """A column as numpy holds it."""
        return np.asarray(self.rows[name].to_numpy(zero_copy_only=False))

    @property
    def is_random(self) -> npt.NDArray[np.bool_]:
        """Which rows were inspected by lot from all."""
        return np.asarray(self.column("selected_by") == Reason.RANDOM.value)


def weeks(run: Run, since: datetime, until: datetime | None = None) -> Weeks:
    """What was inspected of shipments scored from `since` on, up to `until` where given, whose outcome was known after `since`.

    No model of then has learned from it.
    """
    at, last = sql_instant(since), sql_instant(until or run.as_of)
    shipments = run.known.current(run.spark, SHIPMENT).selectExpr("shipment_id", "coalesce(office_code, '') AS office", "coalesce(kind, '') AS kind",
                                                                  f"{OUTSIDE_ID} AS outside_id")
    rows = labelled_rows(run).where(f"as_of >= {at} AND as_of <= {last} AND label_known_at > {at}").join(shipments, "shipment_id")
    table = rows.orderBy("as_of", "outside_id", "shipment_id").toArrow()
    scores = run.known.read(run.spark, SCORE).where(f"as_of >= {at} AND as_of <= {last}")
    nights = scores.select("business_date").distinct().count()
    counted = scores.groupBy(F.coalesce("office_code", F.lit("")).alias("office")).agg(F.countDistinct("shipment_id").alias("shipments")).collect()
    return Weeks(table, nights, _capacity(table, {row["office"]: row["shipments"] for row in counted}, nights))


def compared(found: Weeks, champion: Bundle, challenger: Bundle) -> tuple[Later, bool]:
    """The rows as the gate takes them, scored by both; whether they are weighted by their inclusion probabilities."""
    weight, is_weighted = weights(found)
    strata = {"office": found.column("office"), "kind": found.column("kind"), "trader": trader_sizes(found.column(_SIZE).astype(np.float64))}
    one, other = (raw_score(bundle, bundle.encoding.matrix(found.rows)) for bundle in (champion, challenger))
    prior = prior_bundle(FEATURES) if champion.text else None
    unlearned = raw_score(prior, prior.encoding.matrix(found.rows)) if prior else None
    rows, of_all = labelled(found, weight, is_weighted), shares(found)
    return Later(rows, one, other, found.is_random, of_all, strata, unlearned, random_weights(found)), is_weighted


def shares(found: Weeks) -> Floats:
    """By row the part of all its shipments that its office could look at."""
    return np.array([found.capacity[each]["share"] for each in found.column("office")], dtype=np.float64)


def labelled(found: Weeks, weight: Floats, is_weighted: bool) -> Labelled:
    """Labels, offices and shares of capacity of the rows.

    Weighted rows stand for the shipments around them and share the office's places among them. Others were as many as
    there were places: of those the office takes the part that it could take of all its shipments.
    """
    office = found.column("office")
    places = {name: each["places_a_night"] * max(found.nights, 1) for name, each in found.capacity.items()}
    share = places_share(office, weight, places) if is_weighted else shares(found)
    return Labelled(found.column("illicit").astype(np.float64), np.nan_to_num(found.column("revenue_krw").astype(np.float64)), office, share, weight)


def weights(found: Weeks) -> tuple[Floats, bool]:
    """What each row stands for: 1 over its stored inclusion probability, at most `WEIGHT_CAP`; 1 for what was not drawn.

    Where the probability of too many drawn rows is not stored, every row counts 1: half a weighting is none.
    """
    chance = found.column("inclusion_probability").astype(np.float64)
    is_drawn = np.isin(found.column("selected_by").astype(str), DRAWN)
    known = is_drawn & ~np.isnan(chance)
    if not is_drawn.any() or known.sum() < _KNOWN_SHARE * is_drawn.sum():
        return np.ones(len(chance)), False
    usual = float(np.median(chance[known]))
    return np.where(is_drawn, stands_for(np.where(known, chance, usual), WEIGHT_CAP), 1.0), True


def random_weights(found: Weeks) -> Floats:
    """What each row of the random stratum stands for beside its others: the stored probability of the middle one over its own.

    Offices and nights draw with different probabilities: a row of an office that draws one in a hundred stands for ten times those
    of one that draws one in ten. At most `WEIGHT_CAP` middle ones, so that no handful of rows decides; 1 where nothing is weighted.
    """
    chance = np.where(found.is_random, found.column("inclusion_probability").astype(np.float64), np.nan)
    known = chance > 0
    if not known.any() or not weights(found)[1]:
        return np.ones(len(chance))
    usual = float(np.median(chance[known]))
    return stands_for(np.where(known, chance, usual) / usual, WEIGHT_CAP)


def _capacity(table: pa.Table, shipments: Mapping[str, int], nights: int) -> dict[str, dict[str, Any]]:
    """By office its places a night, the shipments met in that time, and the share of them that it can look at."""
    offices = read_offices(load_yaml("offices.yaml"))
    labels = {each["values"]: each["counts"] for each in table["office"].value_counts().to_pylist()}
    told = {}
    for office in sorted(labels):
        places = int(offices.get(office, offices[""])["capacity"])
        met = max(shipments.get(office, 0), labels[office])
        told[office] = {"places_a_night": places, "shipments": met, "share": min(1.0, places * max(nights, 1) / met)}
    return told
