"""Runs, data quality and the quarantine: what a run did, what a feed sent, and a refused record's text, which runs nowhere."""

import json
from pathlib import Path
from typing import Any

import small_lake
from conftest import SignIn, Site, signed_in

from console import runs
from console.app import create_app
from console.store.database import Database
from jobs.manifest import Publication
from lakehouse.lake import Lake
from lakehouse.settings import Settings

REFUSAL = f"R{small_lake.night():%Y%m%d}"


def test_an_operator_goes_from_the_run_to_the_refused_record(embedded_site: Site, enter: Any) -> None:
    page = enter(embedded_site, "operator")
    assert page.url.endswith("/runs") and "야간 실행" in page.inner_text("#run-title") and "nightly-" in page.inner_text("#run-title")
    row = page.locator("tr", has_text="cargo_progress")
    assert row.locator("td").all_inner_texts()[:5] == ["1", "65", "64", "1", "0"]
    row.locator("a").click()
    page.wait_for_url("**/quarantine?feed=cargo_progress**")
    assert "화물관리번호 없음" in page.inner_text("main table")
    page.click("main a.go")
    page.wait_for_url(f"**/quarantine/{REFUSAL}")
    assert "<script>document.title='hit'</script>" in page.inner_text("pre") and page.title() != "hit"
    assert page.locator("main img, main script").count() == 0


def test_who_does_not_mend_records_does_not_read_them(embedded: SignIn) -> None:
    for role, status in (("operator", 200), ("analyst", 200), ("supervisor", 403), ("auditor", 403), ("admin", 403)):
        person = embedded(role)
        assert person.get(f"/quarantine/{REFUSAL}").status_code == status
        listed = person.get("/quarantine").text
        assert "화물관리번호 없음" in listed and "document.title" not in listed and (f"/quarantine/{REFUSAL}" in listed) == (status == 200)
    assert embedded("operator").get("/quarantine/none").status_code == 404


def test_filters_of_the_quarantine(embedded: SignIn) -> None:
    person = embedded("operator")
    assert "field.missing" in person.get("/quarantine?feed=cargo_progress&code=field.missing").text
    assert "조건에 맞는 격리 레코드가 없습니다" in person.get("/quarantine?code=nothing").text
    assert person.get("/quarantine?feed='; DROP TABLE x").status_code == 200


def test_a_run_that_did_not_finish_says_where_and_why(lake: Lake, sqlite: Database, tmp_path: Path) -> None:
    fresh = Lake(str(tmp_path / "lake"))
    fresh.folder.mkdir(parents=True)
    person = signed_in(create_app(fresh, Settings({}), sqlite), "operator")
    assert "haechi demo" in person.get("/runs").text
    entry = {"kind": "nightly", "business_date": "2026-06-30", "stages": [{"name": "check", "status": "failed", "message": "<b>disk</b> full"}],
             "under_way": None}
    (fresh.folder / "run.json").write_text(json.dumps(entry), encoding="utf-8")
    page = person.get("/runs").text
    assert "품질 검사 단계에서 멈춤" in page and "&lt;b&gt;disk&lt;/b&gt; full" in page and "haechi nightly --date 2026-06-30" in page
    (fresh.folder / "run.json").write_text(json.dumps(entry | {"under_way": {"name": "score"}}), encoding="utf-8")
    assert "채점 단계 진행 중" in person.get("/runs").text
    (fresh.folder / "run.json").write_text("{", encoding="utf-8")
    assert person.get("/runs").status_code == 200


def test_feeds_that_are_held_silent_or_do_not_add_up(lake: Lake) -> None:
    summary = {"feeds": {"manifest": {"files": 1, "records_in": 10, "accepted": 8, "quarantined": 1, "duplicate": 0}},
               "stale": {"order": {"why": "absent", "detail": "last delivery 2026-06-29"}}}
    publication = Publication("r", "nightly", "2026-06-30", small_lake.night().isoformat(), "b", {}, held={"courier": ["b"]}, summary=summary)
    rows = {row.name: row for row in runs.feed_rows(lake, publication)}
    assert (rows["manifest"].state, rows["manifest"].is_balanced, rows["manifest"].refused_share) == ("fine", False, 0.1)
    assert (rows["order"].state, rows["courier"].state, rows["screening"].state) == ("stale", "held", "silent")
    assert runs.findings(publication) == ["feed_held", "feed_stale"]
