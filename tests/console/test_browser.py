"""An officer's morning, a supervisor's approval, and what attacks a page, in Debian's Chromium."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
import small_lake
from axe_playwright_python.sync_playwright import Axe
from conftest import PASSWORD, Site
from sqlalchemy import select
from test_desk import leave_outbox, session
from test_outcomes import sent

from console.desk import lookouts
from console.store.schema import AUDIT, DECISION

Enter = Callable[..., Any]


def text_of(page: Any) -> str:
    return str(page.inner_text("main"))


def test_an_officers_morning(site: Site, enter: Enter) -> None:
    page = enter(site, "officer")
    assert "오늘 목록" in page.inner_text("h1")
    # Filter by keyboard: tab to the chip of the red lane and press it.
    chip = page.locator(".chip", has_text="물품검사")
    chip.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**lane=red**")
    assert page.locator("tr.item").count() == 5
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "4122326100001M"
    # Claim the next, by key.
    page.keyboard.press("n")
    page.wait_for_url("**/shipments/s00000")
    assert "선별 1팀" in page.inner_text(".strip")
    assert "확인된 중량 1,896㎏ — 신고 합계 1,579㎏와 차이, 확인 필요" in text_of(page)
    # Read in English.
    page.click(".account summary")
    page.click("button[lang=en]")
    page.wait_for_load_state()
    assert "Weight seen 1,896 kg against 1,579 kg declared in all" in text_of(page) and page.get_attribute("html", "lang") == "en"
    # The timeline, and the source text behind its first fact.
    assert page.locator(".timeline tbody tr").count() == 4
    page.click(".timeline .raw-link >> nth=0")
    page.wait_for_selector("#raw-slot pre")
    assert "26HAEC0000I00010001" in page.inner_text("#raw-slot")
    # Decide by key, undo by key, decide again.
    page.keyboard.press("Escape")
    page.locator("main").focus()
    page.keyboard.press("3")
    assert page.input_value("#reason_code") == "agrees"
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".outbox")
    assert "Inspect at once" in page.inner_text(".outbox")
    page.keyboard.press("u")
    page.wait_for_selector(".outbox", state="detached")
    page.keyboard.press("3")
    page.fill("#note", "<b>as seen</b>")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".outbox")
    with site.database.reading() as connection:
        rows = connection.execute(select(DECISION.c.code, DECISION.c.state, DECISION.c.note).order_by(DECISION.c.made_at)).all()
    assert [tuple(row) for row in rows] == [("inspect_now", "undone", ""), ("inspect_now", "made", "<b>as seen</b>")]
    page.keyboard.press("b")
    page.wait_for_url("**/tonight")
    assert page.locator("tr.item").first.get_attribute("data-id") == "s00001"
    record_an_outcome(site, enter)


def record_an_outcome(site: Site, enter: Enter) -> None:
    """The inspector goes where the decision sends, and records what was found; then the auditor looks."""
    leave_outbox(site.database)
    page = enter(site, "inspector")
    page.click("tr.item a.go >> nth=0")
    page.wait_for_url("**/outcomes/s00000")
    assert "확인된 중량 1,896㎏" in text_of(page) and "62%" not in text_of(page)
    page.select_option("#finding", "undeclared")
    page.select_option("#severity", "major")
    page.fill("#duty_krw", "1,250,000")
    page.click("main button.primary")
    page.wait_for_selector(".notice.said")
    assert "미신고 물품" in page.inner_text(".notice.said") and "62%" in text_of(page)
    auditor = enter(site, "auditor")
    assert "기록된 그대로" in text_of(auditor)
    auditor.fill("main input[type=search]", "s00000")
    auditor.keyboard.press("Enter")
    auditor.wait_for_url("**text=s00000**")
    done = auditor.locator(".audit tbody tr td:nth-child(4) .mono").all_inner_texts()
    # A claim is kept again while its page is looked at: how often is the clock's.
    assert [change for change in done if change != "claim.made"] == ["outcome.recorded", "decision.made", "decision.undone", "decision.made"]
    assert done[-1] == "claim.made"


def test_a_supervisor_approves_what_goes_below(site: Site, enter: Enter) -> None:
    page = enter(site, "officer")
    page.goto(f"{site.address}/shipments/s00000")
    page.keyboard.press("1")
    assert page.is_visible(".decide-note.second")
    assert page.locator("#reason_code option[value=experience]").is_disabled()
    page.select_option("#reason_code", "known_trader")
    page.click("#decide button.primary")
    page.wait_for_selector(".outbox")
    assert "과장 승인" in page.inner_text(".outbox")
    # It leaves the outbox before anyone is asked.
    page.wait_for_selector(".outbox form", state="detached", timeout=20_000)
    boss = enter(site, "supervisor")
    boss.goto(f"{site.address}/approvals")
    boss.click("button[value=approve]")
    boss.wait_for_load_state()
    assert "승인을 기다리는 결정이 없습니다" in text_of(boss)
    with site.database.reading() as connection:
        assert connection.execute(select(DECISION.c.state)).scalar_one() == "made"
        assert "approval.approved" in connection.execute(select(AUDIT.c.action)).scalars().all()


def test_two_officers_see_each_other(embedded_site: Site, enter: Enter) -> None:
    kim, lee = enter(embedded_site, "officer"), enter(embedded_site, "officer2")
    kim.goto(f"{embedded_site.address}/tonight")
    kim.keyboard.press("n")
    kim.wait_for_url("**/shipments/s00000")
    lee.goto(f"{embedded_site.address}/shipments/s00000")
    assert "선별 1팀 님이 확인 중" in lee.inner_text(".desk") and lee.locator("#decide").count() == 0
    kim.reload()
    assert "선별 2팀" in kim.inner_text(".strip")


def test_shortcuts_can_be_switched_off(embedded_site: Site, enter: Enter) -> None:
    page = enter(embedded_site, "officer")
    page.click(".account summary")
    page.click("button[name=shortcuts][value=off]")
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    assert page.url.endswith("/tonight")


def test_texts_of_senders_run_nowhere(embedded_site: Site, enter: Enter) -> None:
    page = enter(embedded_site, "officer")
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    for path in ("/tonight", "/shipments/s00001", "/shipments/s00002", "/shipments/s00001/raw?feed=cargo_progress&record=26HAEC0001I00010001"):
        page.goto(embedded_site.address + path)
        assert page.title() != "hit" and page.locator("main img, main script").count() == 0
    page.goto(f"{embedded_site.address}/shipments/s00001")
    page.click(".timeline .raw-link >> nth=0")
    page.wait_for_selector("#raw-slot pre")
    assert page.title() != "hit" and not said


def test_pages_say_nothing_to_the_browsers_console(embedded_site: Site, enter: Enter) -> None:
    page = enter(embedded_site, "officer")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda fault: said.append(str(fault)))
    for path in ("/tonight", "/tonight?scope=all", "/shipments/s00000", "/password"):
        page.goto(embedded_site.address + path)
    assert not said


PAGES = {
    "officer": ("/tonight", "/tonight?scope=all&lane=red", "/tonight?state=decided", "/tonight?q=4122326100", "/tonight?q=nothing", "/shipments/s00000",
                "/shipments/s00001/raw?feed=cargo_progress&record=26HAEC0001I00010001", "/shipments/none", "/approvals", "/password"),
    "reviewer": ("/shipments/s00000",), "supervisor": ("/tonight", "/approvals"),
    "analyst": ("/tonight", "/shipments/s00064", "/models", f"/voyages/{small_lake.VOYAGE}?by=importer", f"/containers/{small_lake.BOX}",
                "/tonight?q=haeon", "/lookouts", "/tonight?office=030&scope=all&state=watched"),
    "inspector": ("/outcomes", "/outcomes/s00001"), "auditor": ("/audit", "/shipments/s00001"),
    "admin": ("/admin", "/admin?account=1"), "operator": ("/runs", "/quarantine?all=1", f"/quarantine/R{small_lake.night():%Y%m%d}")}


@pytest.mark.parametrize(("language", "theme"), list(itertools.product(("ko", "en"), ("light", "dark"))))
def test_nobody_is_kept_out(embedded_site: Site, enter: Enter, language: str, theme: str) -> None:
    """axe finds nothing on any page, in both languages and themes; and nothing is too large."""
    axe, found = Axe(), []
    pending = enter(embedded_site, "officer2", language, theme)
    pending.goto(f"{embedded_site.address}/shipments/s00003")
    pending.keyboard.press("1")
    pending.select_option("#reason_code", "known_trader")
    pending.keyboard.press("Control+Enter")
    pending.wait_for_selector(".outbox")
    sent(embedded_site.database, shipment_id="s00001")
    for kind, value in (("hs", "0901"), ("identifier", "nothing")):
        lookouts.make(embedded_site.database, session(embedded_site.database, "analyst"), lookouts.Wanted(kind, value, "heed", "확인", 9), "a key")
    for name, paths in PAGES.items():
        page = enter(embedded_site, name, language, theme)
        for path in paths:
            answer = page.goto(embedded_site.address + path)
            assert len(answer.body()) < 300_000, path
            if path == "/shipments/s00000":
                page.click(".timeline .raw-link >> nth=0")
                page.wait_for_selector("#raw-slot pre")
                page.evaluate("document.querySelectorAll('main details:not(.drop)').forEach((one) => { one.open = true; })")
            found += [(name, path, one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in axe.run(page).response["violations"]]
    door = enter(embedded_site, "officer", language, theme)
    door.context.clear_cookies()
    door.goto(f"{embedded_site.address}/sign-in")
    found += [("nobody", "/sign-in", one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in axe.run(door).response["violations"]]
    assert not found, "\n".join(map(str, found))


def test_the_print_view_leaves_the_tools_out(embedded_site: Site, enter: Enter) -> None:
    page = enter(embedded_site, "officer")
    page.goto(f"{embedded_site.address}/shipments/s00000")
    page.emulate_media(media="print")
    assert not page.is_visible(".desk") and not page.is_visible(".menu") and page.is_visible(".advice")
    page.goto(f"{embedded_site.address}/voyages/{small_lake.VOYAGE}")
    assert not page.is_visible(".pick >> nth=0") and not page.is_visible(".tabs") and page.is_visible("tr.item >> nth=0")


def test_a_first_password_has_to_be_changed(embedded_site: Site, enter: Enter) -> None:
    page = enter(embedded_site, "auditor")
    page.goto(f"{embedded_site.address}/password")
    page.fill("#current", PASSWORD)
    page.fill("#fresh", "another-password")
    page.click("main button.primary")
    page.wait_for_load_state()
    assert not page.url.endswith("/sign-in")
    page.context.clear_cookies()
    page.goto(f"{embedded_site.address}/sign-in")
    page.fill("#name", "auditor")
    page.fill("#password", PASSWORD)
    page.click("button.primary")
    assert "맞지 않습니다" in text_of(page)
