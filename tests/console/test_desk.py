import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from conftest import SignIn
from sqlalchemy import select, update

from console.accounts import Account, find
from console.desk import claims, decisions
from console.desk.decisions import Choice
from console.desk.live import live
from console.sessions import Session
from console.store import audit
from console.store.audit import SYSTEM
from console.store.database import Database
from console.store.schema import ACCOUNT, AUDIT, CLAIM, DECISION
from lakehouse.clock import now
from lakehouse.errors import CallerError
from lakehouse.settings import Settings

SETTINGS = Settings({})
SEEN: dict[str, Any] = {
    "shipment_id": "s1", "outside_id": "41", "office_code": "030", "action": "scan", "lane": "orange", "probability": 0.3, "score": -0.8,
    "expected_revenue_krw": 90_000.0, "run_id": "nightly-1", "business_date": "2026-06-30", "model_version": "haechi-1", "reasons": [{"code": "price"}]}


def session(database: Database, name: str = "officer") -> Session:
    with database.reading() as connection:
        number = connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.name == name)).scalar_one()
        account = find(connection, number)
    assert isinstance(account, Account)
    return Session("token", account, "030")


def choice(code: str, reason: str = "agrees", note: str = "", key: str = "k1") -> Choice:
    return Choice(code, reason, note, key)


def state_of(database: Database, decision_id: str) -> str:
    with database.reading() as connection:
        return str(connection.execute(select(DECISION.c.state).where(DECISION.c.id == decision_id)).scalar_one())


def leave_outbox(database: Database) -> None:
    with database.change(SYSTEM) as change:
        change.write(update(DECISION).values(leaves_at=now() - timedelta(seconds=1)))
        change.note("test.time", "")


def test_of_fifty_at_once_one_has_the_claim(database: Database) -> None:
    # Two officers from 25 sessions each: one officer wins, and the other's are all told who has it.
    people = [session(database, name) for name in ("officer", "officer2")] * 25
    start, won, told = threading.Barrier(50), Counter[str](), Counter[str]()

    def run(one: Session) -> None:
        start.wait()
        try:
            claims.claim(database, one, "s1", "030")
            won[one.account.name] += 1
        except claims.TakenError as fault:
            told[fault.who] += 1

    threads = [threading.Thread(target=run, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [(winner, times)] = won.items()
    assert times == 25 and told == {session(database, winner).account.shown_name: 25}
    with database.reading() as connection:
        assert audit.verify(connection).is_whole


def test_a_claim_runs_out(database: Database) -> None:
    claims.claim(database, session(database), "s1", "030")
    with pytest.raises(claims.TakenError, match="선별 1팀"):
        claims.claim(database, session(database, "officer2"), "s1", "030")
    with database.change(SYSTEM) as change:
        change.write(update(CLAIM).values(expires_at=now() - timedelta(seconds=1)))
        change.note("test.time", "")
    claims.claim(database, session(database, "officer2"), "s1", "030")


def test_a_supervisor_gives_a_claim_to_another(database: Database) -> None:
    claims.claim(database, session(database), "s1", "030")
    other = session(database, "officer2").account.id
    with database.change(session(database, "supervisor").actor) as change:
        claims.take(change, session(database, "supervisor"), "s1", "030", other)
    with database.reading() as connection:
        assert live(connection, "030")["s1"].account_id == other


def test_what_is_put_off_comes_back(database: Database) -> None:
    claims.snooze(database, session(database), "s1", "030", now() + timedelta(hours=1), "서류 대기")
    with database.reading() as connection:
        assert (live(connection, "030")["s1"].state, live(connection, "030")["s1"].reason) == ("snoozed", "서류 대기")
    for wrong in (now() - timedelta(minutes=1), now() + timedelta(days=15)):
        with pytest.raises(CallerError):
            claims.snooze(database, session(database), "s2", "030", wrong, "")


def test_a_decision_keeps_what_was_seen_and_can_be_undone_at_first(database: Database) -> None:
    kim = session(database)
    first = decisions.decide(database, kim, SEEN, choice("scan"), SETTINGS)
    assert decisions.decide(database, kim, SEEN, choice("scan"), SETTINGS) == first, "a form sent twice is one decision"
    with database.reading() as connection:
        row = connection.execute(select(DECISION).where(DECISION.c.id == first)).mappings().one()
        assert (row["direction"], row["probability"], row["reasons"], row["run_id"]) == ("as", 0.3, [{"code": "price"}], "nightly-1")
        assert live(connection, "030")["s1"].state == "decided"
    assert decisions.undo(database, kim, first) == "s1"
    assert state_of(database, first) == "undone"
    second = decisions.decide(database, kim, SEEN, choice("inspect_now", "experience", key="k2"), SETTINGS)
    leave_outbox(database)
    with pytest.raises(CallerError, match="left"):
        decisions.undo(database, kim, second)
    third = decisions.decide(database, kim, SEEN, choice("scan", key="k3"), SETTINGS)
    assert state_of(database, second) == "replaced" and state_of(database, third) == "made"
    with database.reading() as connection:
        assert connection.execute(select(DECISION.c.supersedes).where(DECISION.c.id == third)).scalar_one() == second
        actions = connection.execute(select(AUDIT.c.action).order_by(AUDIT.c.number)).scalars().all()
    assert [one for one in actions if one.startswith("decision")] == [
        "decision.made", "decision.undone", "decision.made", "decision.replaced", "decision.made"]


@pytest.mark.parametrize(("code", "reason", "note"), [
    ("open_all", "agrees", ""), ("scan", "", ""), ("scan", "known_trader", ""), ("exclude", "agrees", ""), ("exclude", "other", " "),
    ("inspect_now", "known_trader", ""), ("nonsense", "agrees", "")])
def test_decisions_that_are_refused(sqlite: Database, code: str, reason: str, note: str) -> None:
    with pytest.raises(CallerError):
        decisions.decide(sqlite, session(sqlite), SEEN, choice(code, reason, note), SETTINGS)
    with sqlite.reading() as connection:
        assert connection.execute(select(DECISION)).first() is None


def test_letting_much_go_takes_a_second_person(database: Database) -> None:
    kim, boss = session(database), session(database, "supervisor")
    one = decisions.decide(database, kim, SEEN, choice("exclude", "known_trader"), SETTINGS)
    assert state_of(database, one) == "pending"
    leave_outbox(database)
    with pytest.raises(CallerError, match="note"):
        decisions.answer(database, boss, one, False, "")
    decisions.answer(database, boss, one, True, "")
    assert state_of(database, one) == "made"
    with pytest.raises(CallerError):
        decisions.answer(database, boss, one, False, "too late")
    light = SEEN | {"shipment_id": "s2", "probability": 0.1, "expected_revenue_krw": 1.0}
    assert state_of(database, decisions.decide(database, kim, light, choice("exclude", "known_trader", key="k2"), SETTINGS)) == "made"
    rich = light | {"shipment_id": "s3", "expected_revenue_krw": 2e7}
    assert state_of(database, decisions.decide(database, kim, rich, choice("exclude", "known_trader", key="k3"), SETTINGS)) == "pending"


def test_nobody_approves_their_own_and_a_refusal_has_no_effect(database: Database) -> None:
    one = decisions.decide(database, session(database), SEEN, choice("exclude", "known_trader"), SETTINGS)
    with pytest.raises(CallerError, match="second person"):
        decisions.answer(database, session(database), one, True, "")
    decisions.answer(database, session(database, "supervisor"), one, False, "서류를 먼저")
    with database.reading() as connection:
        assert state_of(database, one) == "refused" and "s1" not in live(connection, "030")


def test_someone_elses_claim_is_not_decided_over(database: Database) -> None:
    claims.claim(database, session(database, "officer2"), "s1", "030")
    with pytest.raises(claims.TakenError):
        decisions.decide(database, session(database), SEEN, choice("scan"), SETTINGS)


def test_an_office_sees_its_own_alone(sign_in: SignIn) -> None:
    kim = sign_in("officer")
    assert kim.get("/shipments/s00001").status_code == 200
    # Beside the probability stands what it rests on, where the model that gave it says so.
    assert "유사 검사 결과가 1건뿐인 추정: 확률" in kim.get("/shipments/s00001").text and "유사 검사 결과" not in kim.get("/shipments/s00062").text
    # The small lake's last four are another office's.
    for path in ("/shipments/s00064", "/shipments/s00064/raw?feed=declaration&record=4122326100064M"):
        assert kim.get(path).status_code == 404
    assert kim.post("/shipments/s00064/claim").status_code == 404
    assert "4122326100064M" not in kim.get("/tonight?q=4122326100064M").text.split("</h1>")[1]
    assert sign_in("analyst").get("/shipments/s00064").status_code == 200
