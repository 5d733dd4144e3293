"""Explanations on a small lake made by hand: who is explained, what is carried, what is worked out again, and the sealed files."""

import json
import random
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from explained_world import NIGHT, OPEN, World, shipment_row
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from schemas import assert_valid

from features.catalogue import BY_NAME
from feeds.declaration import FEED as DECLARATION
from fusion.tables import DECLARATION_FACT, LABEL, SHIPMENT
from haechi.cli import run as command
from jobs import past
from jobs.dossier import dossier
from jobs.explain import drawn
from jobs.explained import explanation_of, on_request
from jobs.hindsight import Hindsight
from jobs.maintain import maintain
from jobs.manifest import latest, seen_by_readers
from jobs.past import feature_rows, model_of
from jobs.rescore import again, as_decided, as_now
from lakehouse.errors import CallerError
from lakehouse.lake import Lake

pytestmark = pytest.mark.spark


def test_everyone_who_will_be_looked_at_is_explained_once(world: World) -> None:
    both = world.rows("SELECT s.as_of, s.lane, e.why, e.method, s.model_version, c.reason, e.shipment_id FROM gold.score s "
                      "LEFT JOIN gold.explanation e USING (shipment_id, as_of) LEFT JOIN gold.selection c ON c.shipment_id = s.shipment_id AND c.business_date = s.business_date "
                      f"WHERE s.as_of <= TIMESTAMPTZ '{NIGHT.isoformat()}'")
    assert {row["model_version"] for row in both} == {"prior-1", "haechi-1"}
    for row in both:
        assert (row["why"] == "lane") == (row["lane"] != "green")
        assert row["lane"] == "green" or row["why"]
        assert row["reason"] is None or row["why"]
        assert row["why"] != "selected" or row["reason"]
        assert row["method"] in (None, "prior" if row["model_version"] == "prior-1" else "pred_contrib")
    whys = {row["why"] for row in both}
    assert whys == {"lane", "selected", "sample", None}
    assert world.rows("SELECT shipment_id FROM gold.explanation GROUP BY shipment_id, as_of HAVING count(*) > 1") == []


def test_contributions_add_up_to_the_score_and_reasons_are_three_to_five(world: World) -> None:
    made = world.rows("SELECT e.score AS told, s.score, base_value, list_sum(contributions) AS added, len(reasons) AS n, len(features) AS f, len(feature_values) AS v, "
                      "len(directions) AS d, len(percentiles) AS p FROM gold.explanation e JOIN gold.score s USING (shipment_id, as_of) WHERE explained_at = e.as_of")
    assert len(made) > 50
    assert all(abs(row["base_value"] + row["added"] - row["score"]) < 1e-6 and row["told"] == row["score"] for row in made)
    assert {row["n"] for row in made} <= {3, 4, 5} and all(row["n"] == row["d"] == row["p"] and row["f"] == row["v"] for row in made)


def test_what_did_not_change_is_carried_and_read_where_it_was_made(world: World) -> None:
    newest = "as_of = (SELECT max(as_of) FROM gold.score)"
    kept = world.rows(f"SELECT * FROM gold.explanation WHERE {newest} AND explained_at < as_of")
    made = world.rows(f"SELECT * FROM gold.explanation WHERE {newest} AND explained_at = as_of")
    before = {row["shipment_id"]: row["input_hash"] for row in world.rows(f"SELECT * FROM gold.explanation WHERE NOT {newest} ORDER BY as_of")}
    assert len(kept) > 10 and len(made) > 10
    # Every other shipment stayed as it was; one that had no explanation yet is explained.
    assert all(int(row["shipment_id"][1:]) % 2 == 0 for row in kept)
    assert all(row["input_hash"] == before[row["shipment_id"]] and row["reasons"] is None and row["contributions"] is None for row in kept)
    assert not [row for row in made if row["input_hash"] == before.get(row["shipment_id"])]
    told = dossier(world.lake, kept[0]["shipment_id"])
    assert told["reasons"] and told["explained_at"] < told["scored_at"] and told["method"] == "pred_contrib"
    assert told["base_value"] + sum(c["contribution"] for c in told["contributions"]) == pytest.approx(told["score"], abs=1e-6)


def test_a_score_says_on_how_many_outcomes_alike_it_rests_and_the_prior_says_nothing(world: World, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    scores = world.scores()
    of_model = [row for row in scores if row["model_version"] == "haechi-1"]
    assert all(0 <= row["probability_low"] <= row["probability"] <= row["probability_high"] <= 1 and row["similar_outcomes"] >= 0 for row in of_model)
    assert len({(row["probability_low"], row["similar_outcomes"]) for row in of_model}) > 3
    assert all(row["probability_low"] is row["similar_outcomes"] is None for row in scores if row["model_version"] == "prior-1")
    told, [row] = dossier(world.lake, shown)["uncertainty"], [row for row in of_model if row["shipment_id"] == shown][-1:]
    assert (told["low"], told["high"], told["similar_outcomes"]) == (row["probability_low"], row["probability_high"], row["similar_outcomes"])
    for language in ("ko", "en"):
        capsys.readouterr()
        assert command(["explain", shown, "--lang", language, "--lake", world.root.root]) == 0
        assert told[language] in " ".join(capsys.readouterr().out.split())


def test_another_green_shipment_is_explained_on_request_from_what_is_stored(world: World) -> None:
    [row] = world.rows("SELECT s.shipment_id FROM gold.score s LEFT JOIN gold.explanation e USING (shipment_id, as_of) WHERE s.lane = 'green' AND e.why IS NULL "
                       "AND s.as_of = (SELECT max(as_of) FROM gold.score) ORDER BY 1 LIMIT 1")
    told = dossier(world.lake, row["shipment_id"])
    assert_valid("explain", told)
    assert told["method"] == "on_request" and told["explained_for"] is None and 3 <= len(told["reasons"]) <= 5
    assert told["base_value"] + sum(c["contribution"] for c in told["contributions"]) == pytest.approx(told["score"], abs=1e-6)


def test_on_request_gives_what_was_frozen(world: World) -> None:
    for score in world.scores():
        kept = explanation_of(world.lake, score)
        if kept["method"] == "on_request" or kept["explained_at"] != score["as_of"]:
            continue
        found = on_request(world.lake, score)
        assert np.abs(np.array(found["contributions"]) - kept["contributions"]).max() < 1e-9
        assert [r["ko"] for r in found["reasons"]] == [r["ko"] for r in kept["reasons"]]
        assert [None if v is None else BY_NAME[n].type == "double" and float(v) for n, v in zip(found["features"], found["feature_values"], strict=True)] == [
            None if v is None else BY_NAME[n].type == "double" and float(v) for n, v in zip(kept["features"], kept["feature_values"], strict=True)]
        break


def test_the_sample_cannot_be_foretold_and_keeps_its_share(spark: SparkSession) -> None:
    outside = spark.range(4000).selectExpr("CAST(id AS STRING) AS outside_id")

    def chosen(seed: str, share: float, at: datetime = NIGHT) -> set[str]:
        run = SimpleNamespace(settings={"selection.seed": seed, "explain.green_share": share}, as_of=at)
        return {row[0] for row in outside.where(drawn(run, "outside_id")).collect()}  # type: ignore[arg-type]

    one = chosen("a", 0.05)
    assert one == chosen("a", 0.05) and 140 < len(one) < 260
    assert len(one & chosen("b", 0.05)) < 40 and len(one & chosen("a", 0.05, NIGHT + timedelta(days=1))) < 40
    assert chosen("a", 0.0) == set() and len(chosen("a", 1.0)) == 4000 and one <= chosen("a", 0.2)


def test_fifty_past_decisions_come_out_again_to_the_byte(world: World) -> None:
    chosen = random.Random(3).sample(world.scores(), 50)
    found = again(world.lake, chosen)
    assert len(found) == 50 and {each.stored["model_version"] for each in found} == {"prior-1", "haechi-1"}
    assert all(each.is_score_same for each in found)
    assert {each.is_explanation_same for each in found} == {True, None}


def test_past_decisions_come_out_again_after_upkeep(world: World, shown: str, tmp_path: Path) -> None:
    shutil.copytree(world.root.root, tmp_path / "lake")
    lake, before = Lake(str(tmp_path / "lake")), as_decided(world.lake, shown)
    done = maintain(lake, world.settings.replaced(maintain__most_files=1, retention__unneeded_hours=0), False)
    assert {"gold.feature", "gold.score", "gold.explanation"} <= {table["table"] for table in done["tables"] if table["merged_files"]}
    seen = seen_by_readers(lake)
    assert as_decided(seen, shown) == before and dossier(seen, shown) == dossier(world.lake, shown)
    assert all(each.is_score_same and each.is_explanation_same is not False for each in again(seen, world.scores()[::8]))


def test_what_a_changed_byte_does_to_a_rescore(world: World) -> None:
    score = next(row for row in world.scores() if row["model_version"] == "haechi-1")
    [true] = again(world.lake, [score])
    [other] = again(world.lake, [score | {"score": np.nextafter(score["score"], 10)}])
    assert true.is_score_same and not other.is_score_same


def test_as_decided_is_told_by_its_schema(world: World, shown: str) -> None:
    told = as_decided(world.lake, shown)
    assert_valid("rescore", told)
    assert told["reproduced"] and told["stored"]["score"] == told["again"]["score"]


def test_as_of_now_parts_the_difference_feature_by_feature(world: World, spark: SparkSession) -> None:
    """A shipment that the prior scored before it was decided, and the model scores now by other facts."""
    [row] = world.rows("SELECT shipment_id FROM gold.score WHERE model_version = 'prior-1' ORDER BY score DESC, shipment_id LIMIT 1")
    decided = world.root
    state = shipment_row(int(row["shipment_id"][1:]), decided_at=NIGHT - timedelta(hours=5), known_at=NIGHT - timedelta(hours=4))
    decided.append_rows([state], SHIPMENT)
    published = latest(world.root)
    assert published is not None
    seen = world.root.pinned(published.versions | {SHIPMENT.full_name: decided.version(SHIPMENT) or 0})
    told = as_now(seen, row["shipment_id"], world.settings, published, lambda: spark)
    assert_valid("rescore", told)
    assert told["then"]["model_version"] == "prior-1" and told["now"]["model_version"] == "haechi-1"
    difference = told["difference"]
    assert sum(difference[name] for name in ("late_facts", "changed_data", "changed_model")) == pytest.approx(difference["score"], abs=1e-9)
    for name in ("late_facts", "changed_data", "changed_model"):
        assert sum(each[name] for each in told["features"]) == pytest.approx(difference[name], abs=1e-9)
    assert difference["changed_model"] and told["features"][-1]["feature"] == "base_value"
    assert as_decided(seen, row["shipment_id"])["decided_at"] is not None


def test_a_late_fact_counts_as_known_then_and_a_later_one_does_not(spark: SparkSession, tmp_path: Path) -> None:
    lake, then, now = Lake(str(tmp_path / "lake")), NIGHT - timedelta(days=5), NIGHT
    issued = {"early": then - timedelta(days=2), "late": then - timedelta(days=1), "later": then + timedelta(days=1)}
    known = {"early": then - timedelta(days=2), "late": then + timedelta(days=2), "later": then + timedelta(days=2)}
    lake.append_rows([{"shipment_id": name, "known_at": known[name], "issued_on": issued[name].date()} for name in issued], DECLARATION_FACT)
    lake.append_rows([{"shipment_id": name, "known_at": known[name], "inspected_at": issued[name], "outcome_id": name} for name in issued], LABEL)
    lake.append_rows([{"record_key": name, "known_at": known[name], "issued_at": issued[name]} for name in issued], DECLARATION.silver)
    seen = Hindsight(lake, then, now)
    for table, key in ((DECLARATION_FACT, "shipment_id"), (LABEL, "shipment_id"), (DECLARATION.silver, "record_key")):
        rows = {row[key]: row["known_at"] for row in seen.read(spark, table).select(key, F.expr("unix_seconds(known_at)").alias("known_at")).collect()}
        assert rows == {"early": int(known["early"].timestamp()), "late": int(then.timestamp()), "later": int(known["later"].timestamp())}, table.full_name
    assert Hindsight(lake, then, then + timedelta(days=1)).read(spark, LABEL).count() == 1


def test_what_is_missing_is_said_and_not_approximated(world: World, shown: str) -> None:
    score = world.scores()[-1]
    versions = json.loads(score["input_versions"])
    bundle = model_of(world.lake, score["model_version"], score["as_of"])
    with pytest.raises(CallerError, match=r"Version 999 of gold\.feature"):
        again(world.lake, [score | {"input_versions": json.dumps(versions | {"gold.feature": 999})}])
    with pytest.raises(CallerError, match="Version None"):
        feature_rows(world.lake, None, score["as_of"], [shown], bundle)
    with pytest.raises(CallerError, match="are not in version"):
        feature_rows(world.lake, versions["gold.feature"], score["as_of"], ["nobody"], bundle)
    with pytest.raises(CallerError, match="haechi-99 is no registered model"):
        again(world.lake, [score | {"model_version": "haechi-99"}])
    with pytest.raises(CallerError, match="never scored"):
        as_decided(world.lake, "nobody")


def test_bad_input_is_told_by_the_commands_in_one_line_each(world: World, shown: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A shipment never scored, a version whose files are gone, a model of other features: exit 2, what is missing and what to do, nothing approximated."""
    lake = Lake(shutil.copytree(world.root.root, tmp_path / "lake").as_posix())

    def refused(*words: str) -> str:
        capsys.readouterr()
        assert command([*words, "--lake", lake.root, "--json"]) == 2, words
        said = capsys.readouterr()
        [line] = [line for line in said.err.splitlines() if line.startswith("haechi: ")]
        error = json.loads(said.out)["error"]
        assert error["message"] in line and error["hint"] and "Traceback" not in said.err
        return str(error["code"])

    # Inspected and released before the first scored night.
    never = f"s{OPEN + 3:04}"
    for words in (("explain", never), ("explain", never, "--out", str(tmp_path / "a.html")), ("rescore", never), ("rescore", never, "--as-of", "now")):
        assert refused(*words) == "shipment.unscored"
    # A model that asks for a feature which is declared no more, and the prior likewise.
    [asked] = world.rows("SELECT shipment_id FROM gold.score s LEFT JOIN gold.explanation e USING (shipment_id, as_of) WHERE e.why IS NULL "
                         "AND s.as_of = (SELECT max(as_of) FROM gold.score) ORDER BY 1 LIMIT 1")
    gone = next(name for name in model_of(world.lake, "haechi-1", NIGHT).names if BY_NAME[name].prior)
    with monkeypatch.context() as patch:
        patch.setattr(past, "_NAMES", [name for name in past._NAMES if name != gone])
        past._model_of.cache_clear()
        for words in (("rescore", shown), ("explain", asked["shipment_id"]), ("explain", "--global"), ("explain", "--global", "--model", "prior-1")):
            assert refused(*words) == "rescore.features"
    past._model_of.cache_clear()
    # The files of a version that the score names were removed, then the table's log, which leaves a table without rows.
    files = [path for path in (tmp_path / "lake/gold/feature").rglob("*.parquet") if "_delta_log" not in path.parts]
    for path in files:
        path.unlink()
    assert refused("rescore", shown) == refused("explain", asked["shipment_id"]) == "rescore.version"
    for path in (tmp_path / "lake/gold/feature/_delta_log").iterdir():
        path.unlink()
    assert refused("rescore", shown) == "rescore.row"
    # What was frozen rests on none of them.
    assert command(["explain", shown, "--lake", lake.root]) == 0
