"""Explanations on a small simulated world: who is explained, what is carried, what is worked out again, and the sealed files."""

import json
import random
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pyspark.sql import SparkSession
from schemas import assert_valid

from features.catalogue import BY_NAME
from features.reasons import Reason
from features.roles import Role, told_to
from features.tables import FEATURE
from haechi.cli import run as command
from jobs.appeal_file import file_text, verified
from jobs.dossier import dossier
from jobs.explain import drawn
from jobs.explained import explanation_of, on_request
from jobs.manifest import latest, seen_by_readers
from jobs.past import feature_rows, model_of
from jobs.query import query
from jobs.rescore import again, as_decided, as_now
from jobs.walk import Walk
from lakehouse.clock import end_of
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import load_settings
from models.tables import SCORE
from simulation.world import simulate

END = date(2026, 6, 30)
NIGHT = end_of(END)
pytestmark = pytest.mark.spark


class World:
    """A lake after its history, a night by the prior, a refresh over nothing new, and a night by a model."""

    def __init__(self, spark: SparkSession, folder: Path) -> None:
        landing, self.root = folder / "landing", Lake(str(folder / "lake"))
        simulate(landing, 400, 8, 5, END)
        self.settings = load_settings({}).replaced(explain__green_share=0.1)
        self.spark = spark
        self._walk().night(END - timedelta(days=2), landing, "history")
        self._walk().night(END - timedelta(days=1), landing)
        refreshed, _ = self._walk().refresh(end_of(END - timedelta(days=1)) + timedelta(minutes=1), folder / "empty")
        self.settings = self.settings.replaced(labels__outcomes_needed=20, labels__violations_needed=2)
        self._walk().night(END, landing)
        self.lake, self.refreshed = seen_by_readers(self.root), self.root.pinned(refreshed.versions)

    def _walk(self) -> Walk:
        return Walk(lambda: self.spark, self.root, self.settings, lambda line: None)

    def rows(self, sql: str, lake: Lake | None = None) -> list[dict[str, Any]]:
        return query(lake or self.lake, sql, 10_000).dicts()

    def scores(self) -> list[dict[str, Any]]:
        return sorted(self.lake.arrow(SCORE).to_pylist(), key=lambda row: (row["as_of"], row["shipment_id"]))


@pytest.fixture(scope="module")
def world(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(spark, tmp_path_factory.mktemp("explanations"))


@pytest.fixture(scope="module")
def shown(world: World) -> str:
    """The shipment with the highest score of the last run that has a contradiction, if any has."""
    [row] = world.rows("SELECT shipment_id FROM gold.score s LEFT JOIN gold.contradiction c USING (shipment_id) WHERE as_of = (SELECT max(as_of) FROM gold.score) "
                       "ORDER BY c.rule IS NOT NULL DESC, score DESC, shipment_id LIMIT 1")
    return str(row["shipment_id"])


def test_everyone_who_will_be_looked_at_is_explained_once(world: World) -> None:
    both = world.rows("SELECT s.as_of, s.lane, e.why, e.method, s.model_version, c.reason, e.shipment_id FROM gold.score s "
                      "LEFT JOIN gold.explanation e USING (shipment_id, as_of) LEFT JOIN gold.selection c ON c.shipment_id = s.shipment_id AND c.business_date = s.business_date "
                      "WHERE hour(s.as_of) = 23 AND minute(s.as_of) = 59")
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
    newest = "as_of = (SELECT max(as_of) FROM gold.explanation)"
    kept = world.rows(f"SELECT * FROM gold.explanation WHERE {newest} AND explained_at < as_of", world.refreshed)
    made = world.rows(f"SELECT * FROM gold.explanation WHERE {newest} AND explained_at = as_of", world.refreshed)
    before = {row["shipment_id"]: row["input_hash"] for row in world.rows(f"SELECT * FROM gold.explanation WHERE NOT {newest}", world.refreshed)}
    assert kept and all(row["input_hash"] == before[row["shipment_id"]] and row["reasons"] is None and row["contributions"] is None for row in kept)
    assert not [row for row in made if row["input_hash"] == before.get(row["shipment_id"])]
    told = dossier(world.refreshed, kept[0]["shipment_id"])
    assert told["reasons"] and told["explained_at"] < told["scored_at"] and told["method"] == "prior"
    assert told["base_value"] + sum(c["contribution"] for c in told["contributions"]) == pytest.approx(told["score"], abs=1e-6)


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
    """A shipment that the prior scored and the model scores now."""
    [row] = world.rows("SELECT shipment_id FROM gold.score s JOIN gold.shipment h USING (shipment_id) WHERE model_version = 'prior-1' AND released_at IS NOT NULL "
                       "AND as_of < released_at AND shipment_id NOT IN (SELECT shipment_id FROM gold.score WHERE model_version <> 'prior-1') ORDER BY score DESC, shipment_id LIMIT 1")
    published = latest(world.root)
    assert published is not None
    told = as_now(world.lake, row["shipment_id"], world.settings, published, lambda: spark)
    assert_valid("rescore", told)
    assert told["then"]["model_version"] == "prior-1" and told["now"]["model_version"] == "haechi-1"
    difference = told["difference"]
    assert sum(difference[name] for name in ("late_facts", "changed_data", "changed_model")) == pytest.approx(difference["score"], abs=1e-9)
    for name in ("late_facts", "changed_data", "changed_model"):
        assert sum(each[name] for each in told["features"]) == pytest.approx(difference[name], abs=1e-9)
    assert difference["changed_model"] and told["features"][-1]["feature"] == "base_value"


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


@pytest.mark.parametrize("edition", ["internal", "disclosure"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_page_stands_by_itself_and_any_changed_byte_is_found(world: World, shown: str, tmp_path: Path, edition: Any, language: Any) -> None:
    text = file_text(world.lake, shown, edition, ".html", language, world.settings)
    assert "<script" not in text and "http:" not in text.replace("http://www.w3.org/2000/svg", "") and "https:" not in text and "{{" not in text
    assert "@media print" in text and "@page" in text and f'lang="{language}"' in text
    path = tmp_path / "file.html"
    path.write_text(text, encoding="utf-8", newline="")
    told = verified(path, world.lake, world.settings)
    assert told["lake"] == "same" and told["edition"] == edition
    assert_valid("verify", told)
    draw = random.Random(11)
    for at in draw.sample(range(len(text)), 80):
        path.write_text(text[:at] + ("x" if text[at] != "x" else "y") + text[at + 1 :], encoding="utf-8", newline="")
        with pytest.raises(CallerError, match=r"not as it was made|bears 0 seals|was sealed with key"):
            verified(path, world.lake, world.settings)
    for wrong, said in ((text + text, "bears 2 seals"), (text[:-9], "not as it was made"), ("<html></html>", "bears 0 seals")):
        path.write_text(wrong, encoding="utf-8", newline="")
        with pytest.raises(CallerError, match=said):
            verified(path, world.lake, world.settings)
    path.write_bytes(text.encode("utf-16"))
    with pytest.raises(CallerError):
        verified(path, world.lake, world.settings)


def test_a_file_is_known_by_its_key_and_by_the_lake(world: World, shown: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(file_text(world.lake, shown, "internal", ".json", "ko", world.settings), encoding="utf-8")
    assert verified(path, None, world.settings)["lake"] == "not_checked"
    with pytest.raises(CallerError, match="was sealed with key"):
        verified(path, world.lake, world.settings.replaced(seal__key="another"))
    first = seen_by_readers(world.root, END - timedelta(days=1))
    with pytest.raises(CallerError, match="the lake holds another explanation"):
        verified(path, first, world.settings)
    with pytest.raises(CallerError, match="cannot be read"):
        verified(tmp_path / "none.json", None, world.settings)
    with pytest.raises(CallerError, match="is no form of file"):
        file_text(world.lake, shown, "internal", ".pdf", "ko", world.settings)
    with pytest.raises(CallerError, match="has no seal key"):
        file_text(world.lake, shown, "internal", ".json", "ko", world.settings.replaced(profile="production"))


def test_disclosure_tells_facts_decision_and_ground_alone(world: World, shown: str) -> None:
    """No weight, threshold, model, profile, lane or list: neither as a key nor in a sentence."""
    for shipment in [shown, *(row["shipment_id"] for row in world.rows("SELECT DISTINCT shipment_id FROM gold.selection ORDER BY 1 LIMIT 15"))]:
        text = file_text(world.lake, shipment, "disclosure", ".json", "ko", world.settings)
        content = json.loads(text)["content"]
        assert set(content) == {"edition", "shipment_id", "scored_at", "office_code", "explanation_hash", "identifiers", "facts", "decision", "observed", "timeline",
                                "subjects", "remedy"}
        words = json.dumps({name: held for name, held in content.items() if name != "facts"}, ensure_ascii=False)
        assert not re.search("haechi-[0-9]|prior|probability|확률|통상|usual|threshold|watchlist|우려거래자|자동심사|검색기검사 대상|selected_by|무작위|모델", words)
        assert not {name for name in BY_NAME if f'"{name}"' in words} and content["subjects"]
        assert {event["feed"] for event in content["timeline"]} <= {"declaration", "cargo_progress", "manifest", "air_waybill", "clearance_list", "outcome"}
        assert not [fact for fact in content["facts"] if fact["name"].endswith("_id")]
        page = file_text(world.lake, shipment, "disclosure", ".html", "ko", world.settings)
        assert "<svg" not in page and "로그 오즈" not in page and "확률" not in page.split("</style>")[1]


def test_internal_holds_all_that_an_auditor_asks_for(world: World, shown: str) -> None:
    content = json.loads(file_text(world.lake, shown, "internal", ".json", "en", world.settings))["content"]
    assert content["model_card"]["version"] == "haechi-1" and "auc" in content["model_card"]["metrics"]
    assert FEATURE.full_name in content["input_versions"] and "silver.declaration" in content["input_versions"]
    assert content["reasons"] and content["contributions"] and content["facts"] and content["timeline"]


def test_the_commands_print_by_their_schemas(world: World, shown: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*words: str) -> dict[str, Any]:
        capsys.readouterr()
        assert command([*words, "--lake", world.root.root, "--json"]) == 0
        [line] = capsys.readouterr().out.splitlines()
        return dict(json.loads(line))

    path = str(tmp_path / "a.html")
    for name, words in (("explain", ("explain", shown)), ("explain", ("explain", shown, "--edition", "disclosure", "--out", path, "--lang", "ko")),
                        ("verify", ("verify", path)), ("rescore", ("rescore", shown))):
        assert_valid(name, said(*words))
    for words in (("explain", shown), ("rescore", shown), ("verify", path)):
        assert command([*words, "--lake", world.root.root]) == 0 and capsys.readouterr().out
    Path(path).write_text(Path(path).read_text(encoding="utf-8").replace("관세법", "관세벌"), encoding="utf-8", newline="")
    assert command(["verify", path, "--lake", world.root.root, "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "file.tampered"


def test_a_trader_is_told_subjects_and_a_partner_nothing() -> None:
    reasons = [Reason("price", "㎏당 신고가격 4,130원", "price", ("price_below_peers",)), Reason("importer_record", "과거", "past", ("importer_violation_rate",)),
               Reason("weight_gap", "중량", "weight", ("manifest_kg_gap_size",), "lowers")]
    assert [text.en for text in told_to(Role.TRADER, reasons)] == ["What was declared of the customs value"]
    assert told_to(Role.PARTNER, reasons) == [] and len(told_to(Role.OFFICER, reasons)) == 3
    assert told_to(Role.TRADER, reasons[1:]) == told_to(Role.TRADER, [])
