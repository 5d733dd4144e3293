from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import small_lake
from conftest import PASSWORD, SignIn, signed_in
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from console import accounts
from console.app import create_app
from console.sessions import COOKIE
from console.store.audit import SYSTEM
from console.store.database import Database
from console.store.schema import ACCOUNT, AUDIT, CLAIM, DECISION, SESSION
from console.vocabulary import Role
from lakehouse.clock import now
from lakehouse.lake import Lake
from lakehouse.settings import Settings


def claims(database: Database) -> int:
    with database.reading() as connection:
        return len(connection.execute(select(CLAIM)).all())


@pytest.fixture
def app(lake: Lake, sqlite: Database) -> Any:
    return create_app(lake, Settings({}), sqlite)


@pytest.mark.parametrize("headers", [
    {"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "null"}])
def test_a_form_from_elsewhere_is_refused_whatever_it_knows(app: Any, sqlite: Database, headers: dict[str, str]) -> None:
    kim = signed_in(app, "officer")
    answer = kim.client.post("/shipments/s00001/claim", data={"_form": kim.token}, headers=headers)
    assert answer.status_code == 403 and claims(sqlite) == 0
    assert kim.client.post("/sign-in", data={"name": "officer", "password": PASSWORD}, headers=headers).status_code == 403


@pytest.mark.parametrize("token", ["", "0" * 64, "키"])
def test_a_form_without_its_token_is_refused(app: Any, sqlite: Database, token: str) -> None:
    kim = signed_in(app, "officer")
    assert kim.client.post("/shipments/s00001/claim", data={"_form": token} if token else {}).status_code == 403
    assert kim.client.post("/shipments/s00001/claim", data={"_form": signed_in(app, "officer2").token}).status_code == 403
    assert claims(sqlite) == 0
    assert kim.post("/shipments/s00001/claim").status_code == 303 and claims(sqlite) == 1


def test_sessions_end_unused_and_at_the_latest(app: Any, sqlite: Database) -> None:
    for values in ({"seen_at": now() - timedelta(minutes=31)}, {"made_at": now() - timedelta(hours=11)}):
        kim = signed_in(app, "officer")
        assert kim.get("/tonight").status_code == 200
        with sqlite.housekeeping() as connection:
            connection.execute(update(SESSION).values(**values))
        assert kim.get("/tonight").headers["location"].startswith("/sign-in")


def test_another_role_or_password_ends_every_session(app: Any, sqlite: Database) -> None:
    with sqlite.reading() as connection:
        number = connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.name == "officer")).scalar_one()
    kim = signed_in(app, "officer")
    with sqlite.change(SYSTEM) as change:
        accounts.set_role(change, number, Role.INSPECTOR, ("030",))
    assert kim.get("/tonight").status_code == 303
    kim = signed_in(app, "officer")
    assert kim.get("/tonight").status_code == 403
    with sqlite.change(SYSTEM) as change:
        accounts.set_role(change, number, Role.OFFICER, ("030",), is_active=False)
    assert kim.get("/").status_code == 303
    assert TestClient(app).post("/sign-in", data={"name": "officer", "password": PASSWORD}).status_code == 401


def test_signing_out_ends_the_session_in_the_database(app: Any) -> None:
    kim = signed_in(app, "officer")
    cookie = kim.client.cookies[COOKIE]
    assert kim.post("/sign-out").status_code == 303
    kim.client.cookies.set(COOKIE, cookie)
    assert kim.get("/tonight").status_code == 303


def test_guessing_passwords_is_slowed(app: Any) -> None:
    client = TestClient(app, follow_redirects=False)
    tried = [client.post("/sign-in", data={"name": "Officer ", "password": f"guess {n}"}).status_code for n in range(6)]
    assert tried == [401] * 5 + [429]
    assert client.post("/sign-in", data={"name": "officer", "password": PASSWORD}).status_code == 429
    assert client.post("/sign-in", data={"name": "officer2", "password": PASSWORD}).status_code == 303


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_signing_in_leads_nowhere_else(app: Any, where: str) -> None:
    answer = TestClient(app, follow_redirects=False).post("/sign-in", data={"name": "officer", "password": PASSWORD, "next": where})
    assert answer.headers["location"] == "/"


def test_the_database_holds_neither_passwords_nor_sessions(app: Any, sqlite: Database) -> None:
    kim = signed_in(app, "officer")
    sqlite.close()
    file = Path(sqlite.url.removeprefix("sqlite:///"))
    kept = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert PASSWORD.encode() not in kept and kim.client.cookies[COOKIE].encode() not in kept
    assert b"$argon2id$" in kept


def test_headers_keep_scripts_out(embedded: SignIn) -> None:
    answer = embedded("officer").get("/tonight")
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert answer.headers["cache-control"] == "no-store" and answer.headers["x-content-type-options"] == "nosniff"
    cookie = TestClient(embedded("officer").client.app, follow_redirects=False).post(  # type: ignore[attr-defined]
        "/sign-in", data={"name": "officer", "password": PASSWORD}).headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie


def test_texts_of_senders_stay_texts(embedded: SignIn) -> None:
    kim = embedded("officer")
    control = "26HAEC0001I00010001"
    for path in ("/tonight", "/shipments/s00001", f"/shipments/s00001/raw?feed=cargo_progress&record={control}", "/tonight?q=" + small_lake.SCRIPT,
                 f"/shipments/s00002?fault={small_lake.SCRIPT}", f"/tonight?lane={small_lake.SCRIPT}&after={small_lake.SCRIPT}"):
        text = kim.get(path).text
        assert "<script>document" not in text and "<img" not in text, path
    assert "&lt;script&gt;document" in kim.get("/shipments/s00001").text
    assert "\u202e" not in kim.get("/shipments/s00002").text


@pytest.mark.parametrize("text", ["' OR 1=1 --", "'; DROP TABLE account; --", "%", "_" * 10, "\x00", "' UNION SELECT password_hash FROM account --", "\\"])
def test_sql_in_what_is_asked_is_text(embedded: SignIn, sqlite: Database, text: str) -> None:
    kim = embedded("officer")
    answer = kim.get("/tonight", params={"q": text})
    assert answer.status_code == 200 and "<tr" not in answer.text
    for name in ("lane", "by", "stage", "scope", "state", "sort", "after"):
        assert kim.get("/tonight", params={name: text}).status_code == 200
    assert kim.post("/views", name=text, query=f"?lane={text}").status_code == 303
    with sqlite.reading() as connection:
        assert len(connection.execute(select(ACCOUNT)).all()) == 9


def test_no_page_holds_a_persons_name_until_it_is_asked_for_with_a_reason(embedded: SignIn, sqlite: Database, lake: Lake) -> None:
    kim = embedded("officer")
    for path in ("/tonight", "/tonight?scope=all", "/shipments/s00005", f"/tonight?q={small_lake.name_of(5)}"):
        assert small_lake.PERSON not in kim.get(path, follow_redirects=True).text
    [file] = (lake.folder / "serving").glob("*.duckdb")
    assert small_lake.PERSON.encode() not in file.read_bytes()
    assert kim.post("/shipments/s00005/unmask", reason=" ").status_code == 422
    assert small_lake.PERSON in kim.post("/shipments/s00005/unmask", reason="사건 2026-11").text
    with sqlite.reading() as connection:
        row = connection.execute(select(AUDIT).where(AUDIT.c.action == "person.unmasked")).mappings().one()
    assert (row["who"], row["subject"], row["why"]) == ("officer", "s00005", "사건 2026-11")


def test_where_the_audit_is_down_decisions_are_refused_and_it_is_said(embedded: SignIn, sqlite: Database) -> None:
    kim = embedded("officer")
    form = {"request_key": "k", "code": "inspect_now", "reason_code": "agrees", "_form": kim.token}
    with sqlite.housekeeping() as connection:
        connection.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    answer = kim.client.post("/shipments/s00000/decide", data=form)
    assert answer.status_code == 503 and "감사 기록" in answer.text
    with sqlite.reading() as connection:
        assert connection.execute(select(DECISION)).first() is None


def test_a_lake_without_a_published_night_says_what_to_run(tmp_path: Path, sqlite: Database) -> None:
    (tmp_path / "lake").mkdir()
    kim = signed_in(create_app(Lake(str(tmp_path / "lake")), Settings({}), sqlite), "officer")
    for path in ("/tonight", "/shipments/s1"):
        assert "haechi demo" in kim.get(path).text
    assert kim.post("/next").status_code == 303
