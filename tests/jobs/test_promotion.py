"""Promotion on a lake with two models and later weeks: refused, asked for, approved by another, scored by, and taken back."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from explained_world import END, NIGHT, World
from later_world import A_DAY, DAYS, TRUE, Trained, eight_days_on, truth
from pyspark.sql import SparkSession
from schemas import assert_valid

from features.catalogue import BY_NAME
from haechi import running
from haechi.cli import run as command
from jobs import cards, score
from jobs.backtest import POLICIES
from jobs.context import Run
from jobs.promotion import Who, approve, promote
from jobs.train import registry_of, train, training_table
from lakehouse.clock import KOREA
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from models.configuration import Configuration
from models.registry import CHALLENGER, CHAMPION, FORMER
from models.train import Examples, fit

pytestmark = pytest.mark.spark
FIRST, SECOND = Who("first officer", "desk"), Who("second officer", "desk")
Said = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="module")
def world(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> World:
    return Trained(spark, tmp_path_factory.mktemp("trained"))


@pytest.fixture(scope="module")
def later_lake(world: World, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The hand-made lake, eight days on, with a challenger that knows what later outcomes turn on."""
    return eight_days_on(world, tmp_path_factory.mktemp("later") / "lake")


@pytest.fixture
def lake(later_lake: Lake, tmp_path: Path) -> Lake:
    return Lake(shutil.copytree(later_lake.root, tmp_path / "lake").as_posix())


@pytest.fixture
def tell(spark: SparkSession, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[str, Lake], Said]:
    """A command on a lake, on the session of the tests: with some words its exit code and its object, valid by its schema."""
    monkeypatch.setattr(running, "spark_of", lambda settings: lambda: spark)

    def of(name: str, lake: Lake) -> Said:
        def words_to(*words: str) -> tuple[int, dict[str, Any]]:
            capsys.readouterr()
            code = command([name, *words, "--lake", lake.root, "--json"])
            told = json.loads(capsys.readouterr().out)
            assert_valid("error" if code else name, told)
            return code, told

        return words_to

    return of


@pytest.fixture
def said(tell: Callable[[str, Lake], Said], lake: Lake) -> Said:
    """`haechi promote` on a lake of its own."""
    return tell("promote", lake)


@pytest.fixture
def backtested(tell: Callable[[str, Lake], Said], later_lake: Lake) -> Said:
    """`haechi backtest`, which only reads."""
    return tell("backtest", later_lake)


def test_a_better_challenger_takes_over_scores_the_next_night_and_is_taken_back(said: Said, world: World, lake: Lake, spark: SparkSession,
                                                                              capsys: pytest.CaptureFixture[str]) -> None:
    registry = registry_of(lake, world.settings)
    code, dry = said("--dry-run")
    assert code == 0 and dry["is_dry_run"] and dry["decision"] == "promoted" and registry.holder(CHAMPION) == "haechi-1" and registry.records() == []
    code, told = said("--by", "first officer", "--reason", "weekly")
    assert {**told, "at": "", "by": "", "why": "", "is_dry_run": True} == {**dry, "at": "", "by": "", "why": ""}
    # Of shipments that were scored that night or later, with an outcome known later: none of those that either model learned from.
    assert told["rows"] == DAYS * A_DAY and told["since"] == NIGHT.isoformat() and told["nights"] == DAYS and told["is_weighted"]
    assert told["capacity"]["020"] == {"places_a_night": 25, "shipments": 960, "share": pytest.approx(25 * DAYS / 960)}
    assert told["random"]["rows"] == DAYS * A_DAY / 5 and told["random"]["lacking"] == 0
    assert told["all"]["challenger"]["precision"]["value"] > told["all"]["champion"]["precision"]["value"] + 0.15
    assert (registry.holder(CHAMPION), registry.holder(FORMER), registry.holder(CHALLENGER)) == ("haechi-2", "haechi-1", None)
    night = NIGHT + timedelta(days=DAYS + 2)
    next_night = Run(spark, Lake(lake.root), world.settings, "nightly", night.date(), night, None, "next", "2", None)
    assert score.model(next_night).version == "haechi-2"
    assert said("--rollback")[1]["error"]["code"] == "promote.reason"
    code, back = said("--rollback", "--by", "first officer", "--reason", "complaints of office 030")
    assert code == 0 and back["champion"] == "haechi-1" and score.model(next_night).version == "haechi-1"
    assert said("--rollback", "--reason", "again")[1]["error"]["code"] == "promote.no_former"
    code, kept = said("--show")
    assert [(r["version"], r["decision"], r["by"], r["why"]) for r in kept["records"]] == [
        ("haechi-2", "promoted", "first officer", "weekly"), ("haechi-2", "rolled_back", "first officer", "complaints of office 030")]
    assert kept["records"][0] == {**told, "version": "haechi-2"}
    assert command(["promote", "--show", "--lake", lake.root]) == 0 and "Rolled back" in capsys.readouterr().out


def test_a_second_person_approves_where_the_setting_asks_for_it(lake: Lake, world: World, spark: SparkSession) -> None:
    settings = world.settings.replaced(promote__second_person=True)
    registry = registry_of(lake, settings)
    with pytest.raises(CallerError, match="No promotion waits"):
        approve(lake, settings, SECOND)
    asked = promote(lake, settings, lambda _: lambda: spark, print, FIRST)
    assert asked["decision"] == "waiting" and registry.holder(CHAMPION) == "haechi-1"
    for same in (FIRST, Who(" First Officer", "other"), Who("desk", "desk")):
        with pytest.raises(CallerError, match="cannot approve"):
            approve(lake, settings, same)
    record = approve(lake, settings, SECOND)
    assert_valid("promote", record)
    assert (record["by"], record["asked"]["by"], record["decision"]) == ("second officer", "first officer", "promoted")
    assert registry.holder(CHAMPION) == "haechi-2"
    told = cards.kept(lake)
    assert told is not None and [one["decision"] for one in told["records"]] == ["waiting", "promoted"]
    assert [(one["version"], one["aliases"]) for one in told["models"]] == [("haechi-2", ["champion"]), ("haechi-1", ["former"])]
    assert all(one["rows"] > one["violations"] > 0 for one in told["models"])
    with pytest.raises(CallerError, match="No promotion waits"):
        approve(lake, settings, SECOND, "haechi-2")


def test_a_worse_one_and_one_without_later_outcomes_are_refused_and_kept_on_record(said: Said, world: World, lake: Lake) -> None:
    registry = registry_of(lake, world.settings)
    registry.promote("haechi-2")
    code, worse = said("--model", "haechi-1")
    assert code == 0 and worse["decision"] == "refused" and "lower" in {reason["code"] for reason in worse["reasons"]}
    assert registry.holder(CHAMPION) == "haechi-2" and registry.records()[0]["decision"] == "refused"
    assert said()[1]["error"]["code"] == "promote.none" and said("--model", "haechi-2")[1]["error"]["code"] == "promote.champion"
    columns, illicit = truth(np.random.default_rng(9), 300)
    at = np.datetime64("2026-06-20") + np.arange(300).astype("timedelta64[h]")
    fresh = fit(Examples(pd.DataFrame(columns), illicit.astype(float), at), [BY_NAME[name] for name in TRUE], Configuration(rounds=5, patience=0, features=TRUE), 2)
    registry.register(fresh, END, {}, (NIGHT + timedelta(days=DAYS - 1)).astimezone(KOREA))
    code, few = said()
    assert code == 0 and few["decision"] == "refused" and few["challenger"] == "haechi-3" and few["all"] is None
    assert few["rows"] == A_DAY and few["lacking"]["outcomes"] == 200 - A_DAY and registry.holder(CHALLENGER) == "haechi-3"


def test_a_first_model_that_the_prior_beats_waits_and_the_record_says_so(world: World, spark: SparkSession, tmp_path: Path) -> None:
    lake = Lake(shutil.copytree(world.root.root, tmp_path / "lake", ignore=shutil.ignore_patterns("_haechi")).as_posix())
    registry, said = registry_of(lake, world.settings), list[str]()
    night = Run(spark, lake, world.settings, "nightly", END, NIGHT, None, "night", "1", None, said.append)
    # What its outcomes turn on is the declared prior itself; a model of 240 rows comes not near it.
    train(night, registry, training_table(night))
    assert (registry.holder(CHAMPION), registry.holder(CHALLENGER)) == (None, "haechi-1") and score.model(night).version == "prior-1"
    [record] = registry.records()
    assert_valid("promote", {"records": [record]})
    assert record["decision"] == "held_back" and record["champion"] == "prior-1" and "AUC" in record["reasons"][0]["en"]
    assert "held back" in said[-1]


def test_past_nights_are_seen_again_by_every_policy_at_any_capacity(backtested: Said, tmp_path: Path) -> None:
    first, last = str(NIGHT.date()), str(NIGHT.date() + timedelta(days=DAYS))
    code, told = backtested("--from", first, "--to", last, "--capacity", "0.25", "--out", str(tmp_path / "out"))
    assert code == 0, told
    assert told["rows"] == DAYS * A_DAY and told["random_rows"] == DAYS * A_DAY / 5
    found = {one["policy"]: one for one in told["policies"]}
    assert list(found) == [name for name in POLICIES if name not in {one["policy"] for one in told["left_out"]}] and {"champion", "challenger", "prior", "random", "oracle"} <= set(found)
    value = {name: one["all"]["recall"]["value"] for name, one in found.items()}
    # Who knows the outcome finds all there is as long as there are places, who draws by lot the part that is looked at.
    assert value["oracle"] == pytest.approx(1.0) and value["oracle"] > value["challenger"] > value["random"] + 0.1 and value["champion"] < value["challenger"]
    tenth = {row["policy"]: row["precision"] for row in told["curve"] if row["share"] == 0.1}
    assert tenth["oracle"] == pytest.approx(1.0) and tenth["random"] == pytest.approx(0.25, abs=0.15) and tenth["challenger"] > 0.7
    assert all(one["random"]["recall"]["value"] is not None for one in told["policies"])
    everything = [row for row in told["curve"] if row["share"] == 1.0]
    assert all(row["recall"] == pytest.approx(1.0) for row in everything) and len(everything) == len(found)
    assert {Path(path).name for path in told["files"]} == {"policies.csv", "curve.csv", "backtest.ko.html", "backtest.en.html"}
    page = (tmp_path / "out/backtest.ko.html").read_text(encoding="utf-8")
    assert "운영 모델" in page and "<svg" in page and "<script" not in page
    # Half the nights, half the rows; a number a night instead of a share; what never was is the caller's mistake.
    code, half = backtested("--from", first, "--to", str(NIGHT.date() + timedelta(days=DAYS // 2 - 1)), "--capacity", "5")
    assert code == 0 and half["rows"] == DAYS * A_DAY // 2 and half["nights"] == DAYS // 2 and {each["places_a_night"] for each in half["capacity"].values()} == {5}
    assert backtested("--from", str(NIGHT.date() + timedelta(days=1)), "--to", last)[1]["rows"] == (DAYS - 1) * A_DAY
    assert backtested("--from", last, "--to", first)[1]["error"]["code"] == "backtest.dates"
    assert backtested("--from", "2020-01-01", "--to", "2020-01-02")[1]["error"]["code"] == "backtest.none"
    assert backtested("--from", first, "--to", last, "--capacity", "0")[1]["error"]["code"] == "backtest.capacity"
