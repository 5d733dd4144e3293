"""The administrator's page: accounts, offices and keys, each change in the audit, and none that locks everybody out."""

import re
from typing import Any

import pytest
from conftest import SignIn, Site
from sqlalchemy import select

from console import keys
from console.store.audit import SYSTEM
from console.store.database import Change, Database
from console.store.schema import ACCOUNT, AUDIT, MEMBERSHIP, SESSION


def number_of(database: Database, name: str) -> int:
    with database.reading() as connection:
        return int(connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.name == name)).scalar_one())


def actions(database: Database) -> list[tuple[str, str]]:
    with database.reading() as connection:
        return [(row.action, row.who) for row in connection.execute(select(AUDIT.c.action, AUDIT.c.who).order_by(AUDIT.c.number))]


def test_an_account_is_made_used_changed_and_shut(sign_in: SignIn, database: Database) -> None:
    admin = sign_in("admin")
    page = admin.post("/admin/accounts", name="Night-Desk", shown_name="야간 선별", role="officer", office="030").text
    [password] = re.findall(r"<code>([^<]+)</code>", page)
    assert "야간 선별" in page and password not in admin.get("/admin").text
    fresh = sign_in("officer2")
    assert fresh.client.post("/sign-in", data={"name": "night-desk", "password": password}).status_code == 303
    number = number_of(database, "night-desk")
    assert admin.post(f"/admin/accounts/{number}", role="analyst", active="yes").status_code == 303
    with database.reading() as connection:
        assert connection.execute(select(SESSION).where(SESSION.c.account_id == number)).all() == []
        assert connection.execute(select(MEMBERSHIP).where(MEMBERSHIP.c.account_id == number)).all() == []
    assert admin.post(f"/admin/accounts/{number}", role="analyst").status_code == 303
    assert fresh.client.post("/sign-in", data={"name": "night-desk", "password": password}).status_code == 401
    assert [one for one in actions(database) if one[1] == "admin" and one[0].startswith("account.")] == [
        ("account.made", "admin"), ("account.changed", "admin"), ("account.changed", "admin")]


@pytest.mark.parametrize(("path", "form", "fault"), [
    ("/admin/accounts", {"name": "officer", "role": "officer", "office": "030"}, "account.taken"),
    ("/admin/accounts", {"name": "new", "role": "officer"}, "account.office"),
    ("/admin/accounts", {"name": "new", "role": "officer", "office": "999"}, "account.office"),
    ("/admin/accounts", {"name": "new", "role": "king"}, "account.role"),
    ("/admin/accounts", {"name": "", "role": "analyst"}, "account.name"),
    ("/admin/accounts/999", {"role": "analyst", "active": "yes"}, "account.unknown"),
    ("/admin/keys", {"name": "robot"}, "key.owner"),
    ("/admin/keys", {"name": "", "account_id": "1"}, "key.name"),
    ("/admin/keys", {"name": "robot", "handler_kind": "ship", "handler_code": "1"}, "key.owner"),
    ("/admin/keys/999/withdraw", {}, "key.unknown"),
])
def test_what_cannot_be_is_told_on_the_page(embedded: SignIn, sqlite: Database, path: str, form: dict[str, str], fault: str) -> None:
    admin, before = embedded("admin"), len(actions(sqlite))
    admin.client.headers["referer"] = "http://testserver/admin"
    answer = admin.post(path, **form)
    assert answer.status_code == 303 and answer.headers["location"].endswith(f"fault={fault}")
    assert 'role="alert"' in admin.get(answer.headers["location"]).text and len(actions(sqlite)) == before


def test_an_administrator_always_remains(embedded: SignIn, sqlite: Database) -> None:
    admin, number = embedded("admin"), number_of(sqlite, "admin")
    for form in ({"role": "analyst", "active": "yes"}, {"role": "admin"}):
        assert admin.post(f"/admin/accounts/{number}", **form).status_code == 422
    assert admin.get("/admin").status_code == 200 and "account.changed" not in dict(actions(sqlite))


def test_a_key_is_made_by_hand_used_and_withdrawn(embedded_site: Site, enter: Any) -> None:
    page = enter(embedded_site, "admin", "en")
    page.goto(f"{embedded_site.address}/admin")
    page.fill("#key-name", "terminal gate")
    page.select_option("#key-kind", "shed")
    page.fill("#key-code", "03012202")
    page.click("text=Make the key")
    key = page.inner_text(".told code")
    asked = page.request.get(f"{embedded_site.address}/api/v1/instructions", headers={"Authorization": f"Bearer {key}"})
    assert asked.ok and len(asked.json()["instructions"]) == 68
    page.goto(f"{embedded_site.address}/admin")
    assert key not in page.content() and "terminal gate" in page.inner_text("#keys-of-api")
    page.click("#keys-of-api button.link")
    page.wait_for_load_state()
    asked = page.request.get(f"{embedded_site.address}/api/v1/instructions", headers={"Authorization": f"Bearer {key}"})
    assert asked.status == 401 and "Withdrawn" in page.inner_text("#keys-of-api")
    assert [one for one in actions(embedded_site.database) if one[0].startswith("key.")] == [("key.made", "admin"), ("key.withdrawn", "admin")]


def test_keys_on_each_kind_of_database(database: Database) -> None:
    with database.change(SYSTEM) as change:
        of_account, of_partner = keys.make(change, "desk", number_in(change, "officer")), keys.make(change, "gate", handler=("shed", "03012202"))
    found = keys.caller(database, of_account)
    assert found is not None and (found.role, found.actor.who) == ("officer", "officer (API desk)")
    partner = keys.caller(database, of_partner)
    assert partner is not None and (partner.role, partner.handler) == ("partner", ("shed", "03012202"))
    with database.reading() as connection:
        assert {row["name"]: row["used_at"] is not None for row in keys.listed(connection)} == {"desk": True, "gate": True}
    with database.change(SYSTEM) as change:
        keys.withdraw(change, partner.key_id)
    assert keys.caller(database, of_partner) is None and keys.caller(database, of_account) == found


def number_in(change: Change, name: str) -> int:
    return int(change.read(select(ACCOUNT.c.id).where(ACCOUNT.c.name == name)).scalar_one())
