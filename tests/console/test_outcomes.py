import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import SignIn
from test_desk import SEEN, choice, leave_outbox, session

from console import outcomes
from console.desk import decisions, inspections
from console.desk.inspections import Told
from console.export import export
from console.store.database import Database
from console.vocabulary import BY_CODE, DECISIONS
from feeds import outcome
from lakehouse.clock import now
from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import Settings

ROW = SEEN | {"declaration_no": "4122326100001M", "selected_by": "model", "container_nos": []}
ALLOWED = {field.name: field.allowed for field in outcome.FIELDS}


def told(finding: str = "clean", **more: Any) -> Told:
    return Told(finding, more.pop("depth", "physical"), more.pop("inspected_at", now() - timedelta(hours=1)), **more)


def sent(database: Database, code: str = "inspect_now", shipment_id: str = "s1") -> None:
    decisions.decide(database, session(database), SEEN | {"shipment_id": shipment_id}, choice(code, "experience", key=shipment_id), Settings({}))
    leave_outbox(database)


def test_decisions_that_send_someone_to_look_wait_for_a_result(database: Database) -> None:
    sent(database)
    with database.reading() as connection:
        assert [row["shipment_id"] for row in inspections.waiting(connection, ("030",))] == ["s1"]
        assert inspections.waiting(connection, ("010",)) == []
    inspections.record(database, session(database, "inspector"), ROW, told("analysis"))
    with database.reading() as connection:
        assert len(inspections.waiting(connection, ("030",))) == 1, "in the laboratory is no result"
    inspections.record(database, session(database, "inspector"), ROW, told())
    with database.reading() as connection:
        assert inspections.waiting(connection, ("030",)) == []


def test_a_result_and_its_correction_are_one_outcome_in_the_feeds_form(sqlite: Database, tmp_path: Path) -> None:
    inspector = session(sqlite, "inspector")
    (tmp_path / "landing").mkdir()
    lake, settings = Lake(str(tmp_path / "lake")), Settings({}).replaced(decisions__url=sqlite.url)
    inspections.record(sqlite, inspector, ROW, told("weapons", severity="critical", duty_krw=1e6, is_seized=True, opened=2, packages=9, found="칼 2점"))
    assert export(lake, settings, None).outcomes == 0, "without a landing folder it waits"
    assert export(lake, settings, tmp_path / "landing").outcomes == 1
    inspections.record(sqlite, inspector, ROW, told("analysis"))
    assert export(lake, settings, tmp_path / "landing").outcomes == 0, "in the laboratory is no result"
    inspections.record(sqlite, inspector, ROW, told("clean"))
    assert export(lake, settings, tmp_path / "landing").outcomes == 1
    files = sorted((tmp_path / "landing" / "outcome").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    first, last = (json.loads(path.read_text(encoding="utf-8")) for path in files)
    assert first["outcome_id"] == last["outcome_id"] and (first["result"], last["result"]) == ("violation", "clean")
    assert first["violations"] == [{"type": "prohibited", "severity": "critical", "additional_duty_krw": 1e6, "seized": True}]
    assert (first["subject"], first["packages_opened"], first["packages_total"], first["found"], first["selected_by"]) == (
        {"kind": "declaration", "ref": "4122326100001M"}, 2, 9, "칼 2점", "model")


def test_every_finding_is_told_in_the_words_of_the_feed(sqlite: Database, tmp_path: Path) -> None:
    for number, finding in enumerate(outcomes.FINDINGS):
        if finding.status != "provisional":
            inspections.record(sqlite, session(sqlite, "inspector"), ROW | {"shipment_id": f"s{number}", "declaration_no": f"41{number}"},
                               told(finding.code, severity="minor" if finding.result == "violation" else ""))
    export(Lake(str(tmp_path / "lake")), Settings({}).replaced(decisions__url=sqlite.url), tmp_path)
    [file] = (tmp_path / "outcome").iterdir()
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) == len([f for f in outcomes.FINDINGS if f.status != "provisional"])
    for line in map(json.loads, lines):
        assert line["result"] in ALLOWED["result"] and line["subject"]["kind"] in ALLOWED["subject_kind"]
        assert line["result"] != "clean" or line["status"] in ("final", "cancelled")


@pytest.mark.parametrize("wrong", [
    told("no such"), told("weapons"), told(depth="looked"), told(inspected_at=now() + timedelta(hours=1)), told(duty_krw=-1.0),
    told(opened=3, packages=2), told(confidence="sure"), told(follow_up="feast")])
def test_results_that_say_too_little(sqlite: Database, wrong: Told) -> None:
    with pytest.raises(CallerError):
        inspections.record(sqlite, session(sqlite, "inspector"), ROW, wrong)


def test_every_decision_to_look_is_one_that_there_is() -> None:
    assert set(outcomes.LOOKED_INTO) <= set(BY_CODE)
    assert {decision.code for decision in DECISIONS if decision.level == 0} & set(outcomes.LOOKED_INTO) == set()


def test_an_inspector_sees_place_and_points_but_no_score_until_the_result_is_in(sign_in: SignIn, database: Database) -> None:
    inspector = sign_in("inspector")
    assert inspector.get("/outcomes/s00001").status_code == 404, "nobody was sent to look at it"
    sent(database, shipment_id="s00001")
    page = inspector.get("/outcomes/s00001").text
    assert "확인된 중량 1,896㎏" in page and "반입 중량 1,895.6 kg" in page
    assert "59%" not in page and "물품검사</span>" not in page and "적발 확률" not in page
    for path in ("/shipments/s00001", "/tonight"):
        assert inspector.get(path).status_code == 403
    form = {"finding": "undeclared", "depth": "physical", "severity": "major", "inspected_at": f"{now() - timedelta(minutes=5):%Y-%m-%dT%H:%M}"}
    assert inspector.post("/outcomes/s00001", **form | {"duty_krw": "nan"}).status_code == 422
    assert inspector.post("/outcomes/s00001", **form | {"duty_krw": "1,200,000"}).status_code == 303
    page = inspector.get("/outcomes/s00001").text
    assert "59%" in page and "미신고 물품" in page and 'value="1200000"' in page
    assert "4122326100001M" in inspector.get("/outcomes").text


def test_an_auditor_finds_every_change_and_what_was_tampered_with(sign_in: SignIn, database: Database) -> None:
    sent(database, shipment_id="s00001")
    auditor = sign_in("auditor")
    page = auditor.get("/audit").text
    assert "decision.made" in page and "기록된 그대로" in page
    assert "decision.made" in auditor.get("/audit?text=s00001").text and "decision.made" not in auditor.get("/audit?text=s00002").text
    assert auditor.get("/audit?text=%25&before=3").status_code == 200
    with database.housekeeping() as connection:
        connection.exec_driver_sql("UPDATE audit SET who = 'nobody' WHERE action = 'decision.made'")
    assert "어긋남" in auditor.get("/audit").text
