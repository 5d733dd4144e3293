import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import small_lake
from databases import PASSWORD
from sqlalchemy import insert, select, update
from test_desk import SEEN, choice, leave_outbox, session

from console.desk import decisions
from console.export import export, heads_file, write_outcomes
from console.store import audit
from console.store.database import Database
from console.store.schema import DECISION, FEEDBACK
from feeds import outcome
from haechi.running import bring_in_decisions
from jobs.decision import DECISION as EXPORTED
from jobs.decision import FEEDBACK as SAID
from jobs.decision import append_decisions
from jobs.journal import Journal
from jobs.manifest import Publication, publish
from jobs.query import query
from lakehouse.clock import now
from lakehouse.lake import Lake
from lakehouse.settings import Settings

SETTINGS = Settings({})


@pytest.fixture
def home(tmp_path: Path, sqlite: Database) -> tuple[Lake, Settings, Path]:
    """A lake whose decisions lie in the given database, and a landing folder."""
    (tmp_path / "landing").mkdir()
    return Lake(str(tmp_path / "lake")), SETTINGS.replaced(decisions__url=sqlite.url), tmp_path / "landing"


def exported(lake: Lake) -> list[dict[str, Any]]:
    lake.reread()
    return query(lake, "SELECT * FROM gold.decision ORDER BY decided_at, code", 100).dicts()


def test_the_table_is_there_to_ask_before_anything_is_decided(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    answer = query(lake, "SELECT * FROM gold.decision", 10)
    assert answer.rows == [] and answer.columns == list(EXPORTED.columns)


def test_what_left_the_outbox_leaves_once(home: tuple[Lake, Settings, Path], sqlite: Database) -> None:
    lake, settings, landing = home
    kim = session(sqlite)
    decisions.decide(sqlite, kim, SEEN, choice("scan", note="김 아무개"), SETTINGS)
    assert export(lake, settings, landing).decisions == 0 and exported(lake) == []
    leave_outbox(sqlite)
    decisions.decide(sqlite, kim, SEEN | {"shipment_id": "s2"}, choice("exclude", "known_trader", key="k2"), SETTINGS)
    leave_outbox(sqlite)
    assert export(lake, settings, landing).decisions == 1
    assert export(lake, settings, landing).decisions == 0
    [row] = exported(lake)
    assert (row["shipment_id"], row["code"], row["direction"], row["lane"], row["probability"]) == ("s1", "scan", "as", "orange", 0.3)
    assert json.loads(row["reasons"]) == [{"code": "price"}] and "김 아무개" not in str(row)
    # Approved later, it leaves with the second person's number and the time of the answer.
    with sqlite.reading() as connection:
        pending = connection.execute(select(DECISION.c.id).where(DECISION.c.state == "pending")).scalar_one()
    decisions.answer(sqlite, session(sqlite, "supervisor"), pending, True, "")
    assert export(lake, settings, landing).decisions == 1
    [late] = [row for row in exported(lake) if row["shipment_id"] == "s2"]
    assert late["approved_by"] == str(session(sqlite, "supervisor").account.id)


def test_a_decision_countermanded_after_it_left_leaves_too(home: tuple[Lake, Settings, Path], sqlite: Database) -> None:
    lake, settings, landing = home
    first = decisions.decide(sqlite, session(sqlite), SEEN, choice("scan"), SETTINGS)
    leave_outbox(sqlite)
    decisions.decide(sqlite, session(sqlite), SEEN, choice("inspect_now", "experience", key="k2"), SETTINGS)
    leave_outbox(sqlite)
    assert export(lake, settings, landing).decisions == 2
    assert {row["code"]: row["supersedes"] for row in exported(lake)} == {"scan": None, "inspect_now": first}


def test_an_export_cut_off_before_it_was_noted_doubles_nothing(home: tuple[Lake, Settings, Path], sqlite: Database) -> None:
    lake, settings, landing = home
    decisions.decide(sqlite, session(sqlite), SEEN, choice("scan"), SETTINGS)
    leave_outbox(sqlite)
    export(lake, settings, landing)
    with sqlite.housekeeping() as connection:
        connection.execute(update(DECISION).values(exported_at=None))
    lake.reread()
    export(lake, settings, landing)
    lake.reread()
    assert lake.arrow(EXPORTED).num_rows == 1


def test_words_on_reasons_leave_once_with_the_run_that_was_seen(home: tuple[Lake, Settings, Path], sqlite: Database) -> None:
    lake, settings, landing = home
    kim, publish_at = session(sqlite), Publication("run-1", "nightly", "2026-06-30", "2026-06-30T23:59:59+09:00", "1", {})
    lake.folder.mkdir(parents=True)
    publish(lake, publish_at)
    with sqlite.change(kim.actor) as change:
        for code, verdict, run in (("price", "yes", publish_at.run_id), ("weight_gap", "no", "gone")):
            change.write(insert(FEEDBACK).values(shipment_id="s1", reason_code=code, account_id=kim.account.id, verdict=verdict, made_at=now(), run_id=run))
            change.note("reason.feedback", "s1", None, {"reason": code, "verdict": verdict})
    for _ in range(2):
        export(lake, settings, landing)
        lake.reread()
    rows = lake.arrow(SAID).sort_by("reason_code").to_pylist()
    assert [(row["reason_code"], row["verdict"], row["said_by"]) for row in rows] == [("price", "useful", str(kim.account.id)), ("weight_gap", "wrong", str(kim.account.id))]
    assert [row["seen_as_of"] for row in rows] == [publish_at.at, None]


def test_an_abandoned_run_does_not_take_decisions_back(tmp_path: Path) -> None:
    lake = small_lake.make(tmp_path / "lake", 2, 1)
    journal = Journal(lake)
    journal.entry = {"run_id": "r", "kind": "nightly", "as_of": "x", "started": journal.versions(), "stages": [], "before": None}
    append_decisions(lake, [{"decision_id": "d1", "known_at": now(), "decided_at": now()}])
    journal.abandon()
    assert lake.arrow(EXPORTED).num_rows == 1


def test_where_there_is_no_console_nothing_is_made(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    bring_in_decisions(lake, SETTINGS, None)
    assert not (tmp_path / "lake").exists()


def test_the_audits_head_is_kept_with_the_first_export_of_a_day(home: tuple[Lake, Settings, Path], sqlite: Database) -> None:
    lake, settings, landing = home
    export(lake, settings, landing)
    export(lake, settings, landing)
    [head] = audit.noted_heads(heads_file(lake, settings))
    with sqlite.reading() as connection:
        assert audit.verify(connection, [head["hash"]]).is_whole
    assert PASSWORD not in heads_file(lake, settings).read_text()


def test_files_are_named_by_what_they_hold(tmp_path: Path) -> None:
    told = {"outcome_id": "HC1", "subject": {"kind": "declaration", "ref": "41"}, "inspected_at": (now() - timedelta(hours=1)).isoformat()}
    first = write_outcomes(tmp_path, [{"id": "a", "told": told}])
    assert write_outcomes(tmp_path, [{"id": "a", "told": told}]) == first
    assert [path.name for path in (tmp_path / outcome.FEED.name).iterdir()] == [first.name]
    assert json.loads(first.read_text()) == told
