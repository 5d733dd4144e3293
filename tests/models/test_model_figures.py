"""Figures of the benchmark on models: parts of what another side finds, calibration against its band, rows with a feed silenced."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from labelled_world import SMALL, examples, feature, world

from bench.feed_worth import silenced, swapped
from bench.model_figures import Beside, Calibrated, by_typology
from bench.model_sides import EVERY_LABEL, SHARE, SHIPPED, SIDES, Sides, World
from features.catalogue import BY_NAME, FEATURES
from features.sources import feeds_of, is_rule, reads, told_by
from fusion.derived import FIELDS
from fusion.describe import COLUMNS
from lakehouse.clock import now
from models.metrics import sigmoid
from models.train import fit


def told(name: str, seed: int) -> Sides:
    """A world in which the side with every label sees all of the risk, the others half of it."""
    draw = np.random.default_rng(seed)
    risk, other = draw.normal(-3.5, 2, 2000), draw.normal(0, 2, 2000)
    illicit = (draw.random(2000) < sigmoid(risk)).astype(float)
    scores = dict.fromkeys(SIDES, 0.5 * risk + other) | {EVERY_LABEL: risk}
    kind, typology = np.where(np.arange(2000) % 4, "cargo", "parcel"), np.where(illicit > 0, "hidden", "")
    return Sides(name, illicit, illicit, illicit * 1e6, kind, typology, scores, sigmoid(risk), fit(examples(world(300)), [feature("gap_ratio")], SMALL, 1), 300, 45)


def test_each_world_picks_its_own_share_and_parts_are_of_the_same_draws() -> None:
    both = [told("one", 1), told("two", 2)]
    both[1].scores[SHIPPED][:] += 100
    beside = Beside.of(both)
    part, (low, high) = beside.parts(SHIPPED, EVERY_LABEL, "precision")
    assert beside.parts(EVERY_LABEL, EVERY_LABEL, "precision") == (1.0, [1.0, 1.0])
    assert low is not None and high is not None and low < part < high < 1
    # A score raised over one world alone would take all the places, were they not each world's own.
    alone = [Beside.of([one]).found[SHIPPED].value["precision"][0] for one in both]
    assert beside.found[SHIPPED].value["precision"][0] == pytest.approx(np.mean(alone))
    [(way, came, shipped, every, *_)] = by_typology(both)
    assert way == "hidden" and int(came) == beside.violations and int(shipped) < int(every) <= 2 * int(2000 * SHARE)
    assert Beside.of(both, "parcel").rows == 1000


def test_a_calibrated_model_lies_within_its_band_and_a_sure_one_outside() -> None:
    one = told("one", 3)
    right, sure = Calibrated.of(one.probability, one.illicit), Calibrated.of(np.clip(one.probability * 2, 0, 1), one.illicit)
    assert right.error <= right.band and 0.8 < right.slope < 1.2
    assert sure.error > sure.band and sure.mean > sure.rate


def test_a_world_is_cut_in_time_and_learns_from_what_was_known_by_then() -> None:
    times = [now() + timedelta(days=day) for day in range(100)]
    known = [at + timedelta(days=30) if day % 2 else None for day, at in enumerate(times)]
    made = World.of("one", pa.table({
        "as_of": pa.array(times, pa.timestamp("us", "UTC")), "label_known_at": pa.array(known, pa.timestamp("us", "UTC")), "illicit": [day % 2 == 1 for day in range(100)],
        "revenue_krw": [1.0] * 100, "is_illicit": [True] * 100, "evaded_krw": [2.0] * 100}))
    assert (made.before.num_rows, made.later.num_rows) == (66, 34)
    assert made.labelled.num_rows == 18 and max(made.labelled["as_of"].to_pylist()) <= times[35]
    assert made.every_label["illicit"].to_pylist() == [True] * 66 and made.every_label["revenue_krw"].to_pylist() == [2.0] * 66


def test_what_a_silent_feed_takes_away_is_its_own_and_nothing_derived() -> None:
    columns = [name for feed in silenced() for name in told_by(feed)]
    assert len(columns) == len(set(columns)) and set(columns) <= set(COLUMNS) - {field.name for field in FIELDS}
    assert all(reads(one, feed) for one in FEATURES for feed in feeds_of(one) if not is_rule(one))
    # Only where the manifest is silent does the air waybill stand for it.
    assert reads(BY_NAME["contradiction_bill_words_by_air"], "manifest")
    assert "carried_in_kg" in told_by("cargo_progress") and "watch_score" in told_by("watchlist") and not told_by("outcome")


def test_rows_are_given_the_features_of_the_same_shipments() -> None:
    values = {one.name: [1.0, 2.0] if one.type == "double" else ["a", "b"] for one in FEATURES}
    others = {one.name: [20.0, 10.0] if one.type == "double" else ["d", "c"] for one in FEATURES[:50]}
    taken = swapped(pa.table({"shipment_id": ["x", "y"], "is_illicit": [True, False], **values}), pa.table({"shipment_id": ["y", "x"], **others}))
    assert taken["is_illicit"].to_pylist() == [True, False]
    assert {tuple(taken[one.name].to_pylist()) for one in FEATURES[:50]} == {(10.0, 20.0), ("c", "d")}
    assert {tuple(taken[one.name].to_pylist()) for one in FEATURES[50:]} == {(1.0, 2.0), ("a", "b")}
