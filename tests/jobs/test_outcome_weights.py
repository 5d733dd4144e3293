"""Outcomes weighed in training by what the lake's selection stored, and what run and card say of it."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from explained_world import NIGHT
from later_world import DAYS, Trained, eight_days_on
from pyspark.sql import SparkSession

from fusion.tables import LABEL
from jobs.appeal import model_card
from jobs.appeal_page import card_rows
from jobs.context import Run
from jobs.train import registry_of, train, training_table
from models.tables import SELECTION

pytestmark = pytest.mark.spark


def test_outcomes_weigh_by_the_probability_their_selection_stored_and_the_run_says_so(spark: SparkSession, tmp_path: Path) -> None:
    world = Trained(spark, tmp_path / "made")
    lake = eight_days_on(world, tmp_path / "lake")
    at, drawn = NIGHT + timedelta(days=DAYS + 1), {5000: "officer", 5005: "random", 5010: "random"}
    # One that an officer says he found by himself, one listed anew after it was inspected, one listed again before.
    label = {row["shipment_id"]: row for row in lake.arrow(LABEL).to_pylist()}
    lake.append_rows([label["s5000"] | {"selected_by": "officer", "known_at": at - timedelta(hours=1)}], LABEL)
    again = {"office_code": "030", "reason": "random", "inclusion_probability": 0.125}
    lake.append_rows([again | {"shipment_id": f"s{n}", "business_date": (label[f"s{n}"]["inspected_at"] + timedelta(days=days)).date()}
                      for n, days in ((5005, 1), (5010, 0))], SELECTION)
    night = Run(spark, lake, world.settings, "nightly", at.date(), at, None, "night", "1", None)
    table = training_table(night)
    chance = dict(zip(table["shipment_id"].to_pylist(), table["inclusion_probability"].to_pylist(), strict=True))
    selected = dict(zip(table["shipment_id"].to_pylist(), table["selected_by"].to_pylist(), strict=True))
    assert (chance["s5000"], chance["s5005"], chance["s5010"]) == (None, 0.25, 0.125) and table.num_rows == len(label) == len(chance)
    listed = {name for name in chance if name >= "s5000"}
    assert all(chance[name] == {"random": 0.25, "model": 1.0}[selected[name]] for name in listed if int(name[1:]) not in drawn)
    assert {chance[name] for name in chance.keys() - listed} == {None}
    registry = registry_of(lake, world.settings)
    fitted = train(night, registry, table)
    weight = np.array([1 / (value or 1.0) for value in table["inclusion_probability"].to_pylist()])
    told = {"cap": 10.0, "known_share": (len(listed) - 1) / len(label), "effective": pytest.approx(weight.sum() ** 2 / (weight**2).sum())}
    assert fitted.weighting == told == registry.models()[0]["weighting"] and registry.models()[-1]["weighting"] == {}
    card = model_card(lake, night.notes["trained"])
    [words] = [value for label, value in card_rows(card, "ko") if label == "학습 표본"]
    assert f"{told['known_share']:.0%}" in words and card["weighting"] == told
    assert "학습 표본" not in dict(card_rows(model_card(lake, "haechi-1"), "ko"))
