"""Lookouts: kept for an office under audit, found in the night, marked where officers look, and over when they end."""

from datetime import timedelta
from typing import Any

import pytest
import small_lake
from conftest import SignIn, Site
from sqlalchemy import select, update
from test_desk import session

from console import lookouts
from console.desk import lookouts as desk
from console.desk.lookouts import Wanted, make, standing, withdraw
from console.serving import Served
from console.store.database import Database
from console.store.schema import AUDIT, LOOKOUT
from lakehouse.clock import now
from lakehouse.errors import CallerError

KEY = "a key of the tests"


def wanted(kind: str = "identifier", value: str = "4122326100003M", grade: str = "heed", reason: str = "정보 분석", days: int = 30) -> Wanted:
    return Wanted(kind, value, grade, reason, days)


def values(database: Database, name: str) -> list[str]:
    with database.reading() as connection:
        return [row["value"] for row in standing(connection, session(database, name))]


def test_a_lookout_stands_for_its_office_until_it_ends_and_the_audit_tells(database: Database) -> None:
    officer, analyst = session(database, "officer"), session(database, "analyst")
    first, second = make(database, officer, wanted(), KEY), make(database, officer, wanted(value="4122326100004M", grade="urgent"), KEY)
    everywhere = make(database, analyst, wanted("goods", "커피"), KEY)
    assert values(database, "officer") == ["4122326100004M", "커피", "4122326100003M"] == values(database, "analyst")
    with database.housekeeping() as connection:
        connection.execute(update(LOOKOUT).where(LOOKOUT.c.id == first).values(office_code=small_lake.OTHER))
        connection.execute(update(LOOKOUT).where(LOOKOUT.c.id == second).values(expires_at=now() - timedelta(minutes=1)))
    assert values(database, "officer") == ["커피"] and set(values(database, "analyst")) == {"커피", "4122326100003M"}
    withdraw(database, analyst, everywhere)
    assert values(database, "officer") == []
    with database.reading() as connection:
        assert [row["value"] for row in desk.ended(connection, officer, 9)] == ["커피", "4122326100004M"]
        noted = connection.execute(select(AUDIT.c.action, AUDIT.c.why).where(AUDIT.c.action.like("lookout.%")).order_by(AUDIT.c.number)).all()
    assert [tuple(row) for row in noted] == [("lookout.made", "정보 분석")] * 3 + [("lookout.withdrawn", "")]


def test_only_its_owner_or_the_supervisor_of_its_office_withdraws_it(database: Database) -> None:
    number = make(database, session(database, "officer"), wanted(), KEY)
    with pytest.raises(CallerError, match="Its owner"):
        withdraw(database, session(database, "officer2"), number)
    withdraw(database, session(database, "supervisor"), number)
    with pytest.raises(CallerError, match="stands"):
        withdraw(database, session(database, "officer"), number)


@pytest.mark.parametrize(("given", "code"), [
    (wanted("phone"), "lookout.kind"), (wanted(grade="red"), "lookout.kind"), (wanted(value="41-2"), "lookout.value"), (wanted("hs", "09a"), "lookout.value"),
    (wanted("hs", "0901211"), "lookout.value"), (wanted(reason=" "), "lookout.reason"), (wanted(days=0), "lookout.until"), (wanted(days=366), "lookout.until")])
def test_what_is_no_lookout_is_refused(sqlite: Database, given: Wanted, code: str) -> None:
    with pytest.raises(CallerError) as refused:
        make(sqlite, session(sqlite, "officer"), given, KEY)
    assert refused.value.code == code and values(sqlite, "officer") == []


def test_codes_and_phones_of_persons_are_kept_as_stand_ins(sqlite: Database) -> None:
    make(sqlite, session(sqlite, "officer"), wanted("party", "P123456789012", reason="전화 010-1234-5678 확인"), KEY)
    with sqlite.reading() as connection:
        [row] = connection.execute(select(LOOKOUT)).mappings().all()
        told = str(connection.execute(select(AUDIT.c.subject, AUDIT.c.why, AUDIT.c.after)).all())
    for said in (str(dict(row)), told):
        assert "P123456789012" not in said and "1234-5678" not in said
    assert row["value"].startswith("~")


def test_a_text_that_no_database_holds_is_kept_without_it(database: Database) -> None:
    make(database, session(database), wanted("goods", "HO\0NEY", reason="확\0인"), KEY)
    assert values(database, "officer") == ["HONEY"]


@pytest.mark.parametrize(("kind", "value", "expected"), [
    ("identifier", "41223-26100003m", {"s00003"}), ("identifier", small_lake.BOX, {f"s{number:05d}" for number in small_lake.TOGETHER}),
    ("party", "해온무역0000007", {"s00007"}), ("voyage", "haeon  pioneer 101e", {f"s{number:05d}" for number in small_lake.TOGETHER}),
    ("goods", "볶은 커피", None), ("hs", "0901", None), ("goods", "%", set()), ("identifier", "' OR 1=1 --", set())])
def test_what_each_kind_finds(served: Served, kind: str, value: str, expected: set[str] | None) -> None:
    one = {"id": 1, "kind": kind, "folded": lookouts.folded(kind, value)}
    [found] = lookouts.found(served, [one])
    assert set(found) == expected if expected is not None else len(found) > 20
    # Asked again together with others it says the same.
    assert lookouts.found(served, [{"kind": "goods", "folded": "NOTHING"}, one]) == [(), found]


def test_too_wide_a_value_is_cut(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookouts, "MOST", 3)
    assert [len(ids) for ids in lookouts.found(served, [{"kind": "hs", "folded": "09"}])] == [3]


def test_an_officer_watches_a_party_and_meets_it_in_the_list_and_on_the_page(embedded_site: Site, enter: Any) -> None:
    page = enter(embedded_site, "officer")
    page.goto(f"{embedded_site.address}/shipments/s00003")
    page.locator(".party .watch-link").first.click()
    page.wait_for_url("**/lookouts?kind=party**")
    assert page.input_value("#kind") == "party" and page.input_value("#value") == "해온무역0000003"
    page.select_option("#grade", "urgent")
    page.fill("#reason", "<b>동일 수입자</b> 확인 필요")
    page.click("main button.primary")
    page.wait_for_selector("[aria-labelledby=standing-title] tbody tr")
    row = page.inner_text("[aria-labelledby=standing-title] tbody tr")
    assert "긴급" in row and "<b>동일 수입자</b>" in row and "1건(남은 1건)" in row and "4122326100003M" in row
    page.goto(f"{embedded_site.address}/tonight")
    assert "주시 · 긴급" in page.inner_text("tr[data-id=s00003] .marks") and page.locator(".tag.watch").count() == 1
    page.click(".tabs a:has-text('주시 대상')")
    page.wait_for_url("**state=watched**")
    assert [one.get_attribute("data-id") for one in page.locator("tr.item").all()] == ["s00003"]
    page.locator("tr.item a.go").click()
    page.wait_for_url("**/shipments/s00003")
    assert "동일 수입자" in page.inner_text(".watched")
    page.goto(f"{embedded_site.address}/lookouts")
    page.click("[aria-labelledby=standing-title] tbody button")
    page.wait_for_selector(".empty")
    page.goto(f"{embedded_site.address}/tonight")
    assert page.locator(".tag.watch").count() == 0


def test_another_offices_finds_are_not_shown(embedded: SignIn) -> None:
    analyst, officer = embedded("analyst"), embedded("officer")
    assert analyst.post("/lookouts", kind="identifier", value=small_lake.BOX, grade="note", reason="봉인 확인", days="7").status_code == 303
    mine = len(small_lake.TOGETHER)
    assert f"{mine}건(남은 {mine}건)" in analyst.get("/lookouts").text and f"{mine - 1}건(남은 {mine - 1}건)" in officer.get("/lookouts").text
    assert "주시 · 참고" in officer.get(f"/containers/{small_lake.BOX}").text
    assert officer.post("/lookouts", kind="hs", value="x", grade="note", reason="확인", days="7").status_code == 422
    assert embedded("auditor").get("/lookouts").status_code == 200
