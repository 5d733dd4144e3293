"""Models: the page says what the registry's record and the night's outcomes say, counted here by hand."""

import json
import re
from pathlib import Path
from typing import Any

import model_lake
import pytest
import small_lake
from conftest import SignIn, Site, signed_in

from console import cards
from console.app import create_app
from console.cards import Bin
from console.store.database import Database
from jobs import cards as keeping
from jobs.manifest import Publication
from lakehouse.errors import InternalError
from lakehouse.lake import Lake
from lakehouse.settings import Settings
from models.registry import Registry


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_an_analyst_sees_what_ranks_what_waits_and_what_was_decided(embedded_site: Site, enter: Any) -> None:
    page = enter(embedded_site, "analyst")
    page.goto(f"{embedded_site.address}/models")
    strip = page.inner_text(".models-strip")
    assert "haechi-1" in strip and "1,200건 · 적발 90건" in strip and "승인 대기" in strip and "1회 실행" in strip
    waits = page.inner_text(".notice.said")
    assert "<b>second</b> officer 님이 요청" in waits and "haechi promote --approve --by NAME" in waits
    # The bars of the chart stand in its table too.
    shown = page.locator(".ch-number").all_text_contents()
    assert shown[:2] == ["48%", "60%"] and "48.0%" in page.locator("table").first.text_content()
    rows = page.locator("#promotions tbody").first.locator("tr")
    assert [row.split("\t")[2] for row in rows.all_inner_texts()] == ["승인 대기", "거부"]
    assert page.locator("[aria-labelledby=record-title] tbody tr").count() >= 6
    rows.nth(1).locator("a").click()
    page.wait_for_url("**record=**")
    assert "더 필요" in page.inner_text("[aria-labelledby=record-title]")
    assert page.locator("main b:text-is('second')").count() == 0


def test_probabilities_are_held_against_what_was_found(embedded: SignIn, lake: Lake) -> None:
    from console.serving import Shelf

    served = Shelf(lake).current()
    assert served is not None
    bins = cards.bins(served, "haechi-1")
    assert sum(one.inspected for one in bins) == model_lake.INSPECTED and cards.bins(served, "haechi-2") == []
    by = {row["selected_by"]: row for row in cards.found(served)}
    assert by["random"]["inspected"] == model_lake.INSPECTED / 6 and by["model"]["share"] > by["random"]["share"]
    page = text_of(embedded("analyst").get("/models").text)
    assert f"모델 {by['model']['inspected']} " in page
    assert cards.weights(served)[0][0].ko in page
    nights = cards.drift(served)
    assert len(nights.nights) == 6 and nights.compared["input"] == (1, 2) and nights.compared["score"] == (1, 1)
    assert [row["segment"] for row in nights.drifting] == ["all", "all", "office:030", "kind:parcel"]


def test_a_bin_is_off_where_chance_does_not_explain_it() -> None:
    assert Bin(0.2, 0.3, 100, 25, 0.25).interval == pytest.approx((0.1755, 0.3430), abs=1e-4)
    assert not Bin(0.2, 0.3, 100, 25, 0.25).is_off and Bin(0.2, 0.3, 100, 50, 0.25).is_off and not Bin(0.2, 0.3, 2, 1, 0.25).is_off


def test_a_models_first_night_is_no_comparison() -> None:
    def row(value: float, is_drifting: bool) -> dict[str, Any]:
        return {"value": value, "threshold": 0.2, "is_drifting": is_drifting, "segment": "all", "kind": "input"}

    assert cards.Drift([row(0.1, False), row(0.3, True)], []).is_compared
    assert not cards.Drift([row(0.1, False), row(0.3, False)], []).is_compared and not cards.Drift([], []).is_compared


def test_a_model_ranks_since_the_first_run_that_it_scored_unbroken() -> None:
    def of(day: int, model: str | None) -> Publication:
        return Publication(f"r{day}", "nightly", f"2026-06-{day:02d}", small_lake.night().isoformat(), "b", {}, summary={"model": model} if model else {})

    nights = [of(1, "haechi-2"), of(2, "haechi-1"), of(3, "haechi-2"), of(4, None), of(5, "haechi-2")]
    first, runs = cards.since(nights, "haechi-2")
    assert first is nights[2] and runs == 2 and cards.since(nights, "haechi-9") == (None, 0)


@pytest.mark.parametrize(("decision", "against", "stands"), [
    ("waiting", "haechi-1", "waiting"), ("waiting", "haechi-0", "new"), ("refused", "haechi-1", "refused"), ("held_back", "prior-1", "held_back"),
    ("rolled_back", "haechi-1", "new")])
def test_where_a_challenger_stands(decision: str, against: str, stands: str, lake: Lake) -> None:
    known = cards.cards(keeping.kept(lake))
    assert cards.standing(known, [{"version": "haechi-2", "decision": decision, "champion": against}])[0] == stands
    assert cards.standing(known[1:], [])[0] == "none" and cards.standing(known, [])[0] == "new"


def test_a_lake_without_cards_asks_the_registry_once_and_one_that_is_down_is_said(sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = small_lake.make(tmp_path / "lake", 3, 1)
    person = signed_in(create_app(lake, Settings({}), sqlite), "analyst")

    def down(_: Registry) -> list[dict[str, Any]]:
        raise InternalError("registry.down", "no answer", "Start it.")

    with monkeypatch.context() as patched:
        patched.setattr(Registry, "models", down)
        assert "모델 저장소를 읽을 수 없어" in person.get("/models").text and keeping.kept(lake) is None
    page = text_of(person.get("/models").text)
    assert "등록된 모델이 없습니다" in page and "비교한 밤이 아직 없습니다" in page and "검사 결과가 아직 없습니다" in page
    kept = json.loads(keeping.cards_file(lake).read_text(encoding="utf-8"))
    assert kept["models"] == [] and kept["records"] == []
    with monkeypatch.context() as patched:
        # Kept once: the registry is not asked by a page again, and one that fails later leaves what was kept.
        patched.setattr(Registry, "models", down)
        assert person.get("/models").status_code == 200 and not keeping.keep(lake, Settings({})) and keeping.kept(lake) == kept
