"""Pictures of every page of the console, both languages and themes, into docs/console: `python -m bench.console_pictures --lake LAKE`.

The console runs on a copy of the decisions database in a folder of its own, with sample accounts; the lake is read alone.
"""

import argparse
import secrets
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from lakehouse.errors import CallerError
from lakehouse.lake import Lake
from lakehouse.settings import load_settings

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "console"
# Page, who opens it, and where; `{first}` is the first shipment of the list, its office has the voyage and the container.
PAGES: tuple[tuple[str, str, str], ...] = (
    ("tonight", "officer", "/tonight"), ("shipment", "officer", "/shipments/{first}"),
    ("voyage", "officer", "/voyages/{voyage}"), ("container", "officer", "/containers/{container}"), ("lookouts", "officer", "/lookouts"),
    ("approvals", "supervisor", "/approvals"),
    ("outcomes", "inspector", "/outcomes"), ("models", "analyst", "/models"), ("runs", "operator", "/runs"),
    ("quarantine", "operator", "/quarantine?all=1"), ("audit", "auditor", "/audit"), ("admin", "admin", "/admin"))
_LISTED = """SELECT s.*, run_id, business_date FROM scored s CROSS JOIN (SELECT run_id, business_date FROM publication)
    WHERE is_tonight AND is_open AND position IS NOT NULL ORDER BY severe DESC, probability DESC"""
# Of the office's own the voyage with most to look at, and the container with most houses of those that were weighed.
_PLACES = {
    "voyage": "SELECT voyage FROM aboard WHERE office_code = $office GROUP BY 1 ORDER BY count(*) FILTER (gravity < 3) DESC, 1 LIMIT 1",
    "container": """SELECT container_no FROM boxed JOIN (SELECT DISTINCT container_no FROM box_told WHERE weight_kg IS NOT NULL) USING (container_no)
        WHERE office_code = $office GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"""}
_SHOWN = (("ko", "light"), ("en", "dark"))
_EVERY = tuple((language, theme) for language in ("ko", "en") for theme in ("light", "dark"))
_SIZE = {"width": 1366, "height": 900}


def main() -> None:
    """Take them all, or those of some pages."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lake", default="./lake")
    asked.add_argument("--to", type=Path, default=FOLDER)
    asked.add_argument("--page", action="append", help="Only these pages")
    asked.add_argument("--every", action="store_true", help="Every language with every theme, to be looked at")
    given = asked.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    with served(Lake(given.lake)) as (address, password, places), browser() as chromium:
        for name, who, path in PAGES:
            if not given.page or name in given.page:
                for language, theme in _EVERY if given.every else _SHOWN:
                    shot = picture(chromium, address, (who, password), path.format(**places), (language, theme))
                    (given.to / f"{name}.{language}.{theme}.webp").write_bytes(shot)
                    print(f"{name} {language} {theme}: {len(shot) // 1000} kB")


@contextmanager
def served(lake: Lake) -> Iterator[tuple[str, str, dict[str, str]]]:
    """A console on a free port: its address, the password of its sample accounts, and what stands in the places of addresses."""
    import uvicorn

    from console.app import create_app
    from console.samples import make_samples
    from console.store.database import Database

    folder = Path(tempfile.mkdtemp(prefix="haechi-pictures-"))
    database, password = Database(f"sqlite:///{folder / 'decisions.db'}"), secrets.token_urlsafe(12)
    database.prepare()
    make_samples(database, password)
    app = create_app(lake, load_settings(), database)
    held = app.state.shelf.current()
    if held is None:
        raise CallerError("lake.unpublished", f"Nothing is published in {lake.root}", "Run haechi demo first.")
    listed = held.rows(f"SELECT * FROM ({_LISTED}) WHERE office_code = (SELECT office_code FROM ({_LISTED}) LIMIT 1) LIMIT 3")
    _work(database, listed, app.state.settings)
    places = {"first": listed[0]["shipment_id"] if listed else ""} | {
        name: next(iter((held.first(sql, {"office": listed[0]["office_code"]} if listed else {"office": ""}) or {}).values()), "")
        for name, sql in _PLACES.items()}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}", password, places
    finally:
        server.should_exit = True
        thread.join(10)
        database.close()
        shutil.rmtree(folder, ignore_errors=True)


def _work(database: Any, listed: list[dict[str, Any]], settings: Any) -> None:
    """Decisions as an officer takes them: one that waits for a second person, one that sends somebody to look; keys and lookouts."""
    from sqlalchemy import select, update

    from console import keys
    from console.accounts import find
    from console.desk import alerts, decisions, lookouts
    from console.sessions import Session
    from console.sightings import Sighting
    from console.store.audit import SYSTEM
    from console.store.schema import ACCOUNT, DECISION
    from console.vocabulary import BY_CODE, direction
    from lakehouse.clock import now

    with database.reading() as connection:
        account = find(connection, connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.name == "officer")).scalar_one())
    assert account is not None
    for row, code, why in zip(listed[1:], ("inspect_now", "exclude"), ("intelligence", "known_trader"), strict=False):
        # What is just recommended takes no other reason.
        reason = "agrees" if direction(BY_CODE[code], row["action"], row["lane"]) == "as" else why
        always = settings.replaced(decisions__second_person_probability=0)
        chosen = decisions.Choice(code, reason, "정보 분석 결과 확인 필요" if code == "inspect_now" else "", secrets.token_urlsafe(12))
        decisions.decide(database, Session("", account, row["office_code"]), row | {"reasons": []}, chosen, always)
    for wanted in (lookouts.Wanted("hs", (listed[0]["hs6"] or "")[:4], "heed", "집중 확인 품목", 30),
                   lookouts.Wanted("identifier", listed[0]["outside_id"] or "", "urgent", "정보 분석 요청", 14)) if listed else ():
        if wanted.value:
            made = lookouts.make(database, Session("", account, listed[0]["office_code"]), wanted, secrets.token_urlsafe(12))
            # As if a record of it had just landed.
            if wanted.kind == "identifier":
                alerts.keep(database, "cargo_progress", [Sighting(made, wanted.value, "cargo_progress/progress.xml", "1")])
    with database.housekeeping() as connection:
        connection.execute(update(DECISION).values(leaves_at=now()))
    with database.change(SYSTEM) as change:
        keys.make(change, "terminal gate", handler=("shed", "03012202"))
        keys.make(change, "review desk", account.id)


@contextmanager
def browser() -> Iterator[Any]:
    """The system's Chromium."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    if path is None:
        raise CallerError("pictures.browser", "Chromium is not installed", "Run bin/tools as root.")
    with sync_playwright() as tools:
        found = tools.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


def picture(chromium: Any, address: str, who: tuple[str, str], path: str, look: tuple[str, str]) -> bytes:
    """One page as its reader sees it, as WebP."""
    from PIL import Image

    language, theme = look
    context = chromium.new_context(viewport=_SIZE, locale="ko-KR")
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#name", who[0])
    page.fill("#password", who[1])
    page.click("button.primary")
    page.wait_for_load_state()
    form = {"_form": page.get_attribute("body", "data-form-token"), "language": language, "theme": theme}
    page.request.post(f"{address}/preferences", form=form, headers={"origin": address})
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    shot, made = page.screenshot(), BytesIO()
    context.close()
    Image.open(BytesIO(shot)).convert("RGB").save(made, "WEBP", quality=82, method=6)
    return made.getvalue()


if __name__ == "__main__":
    main()
