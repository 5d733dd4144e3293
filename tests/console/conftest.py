"""What the console's tests share: a small lake, both kinds of database, a served console, a real browser."""

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import carried_lake
import httpx
import model_lake
import pytest
import small_lake
import uvicorn
from databases import PASSWORD, TOOLS, free_port, postgresql, postgresql_template, server, sqlite, sqlite_template
from fastapi.testclient import TestClient

from console.app import create_app
from console.serving import Served, Shelf
from console.store.database import Database
from lakehouse.lake import Lake
from lakehouse.settings import Settings

# What lands are the good messages of the feeds' tests, what commands say is held to the schemas of theirs.
sys.path += [str(Path(__file__).resolve().parents[1] / folder) for folder in ("feeds", "haechi")]


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A small published lake, with models that have been at work for a while."""
    root = tmp_path_factory.mktemp("console") / "lake"
    model_lake.learned(Lake(str(root)), small_lake.night())
    carried_lake.carried(Lake(str(root)), small_lake.night())
    return small_lake.make(root)


@pytest.fixture(scope="session")
def served(lake: Lake) -> Served:
    """Its night, as pages ask it."""
    found = Shelf(lake).current()
    assert found is not None
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Each kind of database."""
    found: Database = request.getfixturevalue(request.param)
    return found


@dataclass
class Person:
    """Someone at the console, by plain requests."""

    client: httpx.Client

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, **options)

    def post(self, path: str, **form: Any) -> httpx.Response:
        return self.client.post(path, data={"_form": self.token, **form})

    @property
    def token(self) -> str:
        page = self.client.get("/password").text
        return page.split('data-form-token="')[1].split('"')[0]


__all__ = ["PASSWORD", "postgresql", "postgresql_template", "server", "sqlite", "sqlite_template"]
SignIn = Callable[[str], Person]


@pytest.fixture
def sign_in(lake: Lake, database: Database) -> SignIn:
    """Sign someone in at a console on each kind of database."""
    app = create_app(lake, Settings({}), database)
    return lambda name: signed_in(app, name)


@pytest.fixture
def embedded(lake: Lake, sqlite: Database) -> SignIn:
    """The same on the embedded database alone."""
    app = create_app(lake, Settings({}), sqlite)
    return lambda name: signed_in(app, name)


def signed_in(app: Any, name: str) -> Person:
    client = TestClient(app, base_url="http://testserver", follow_redirects=False)
    assert client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
    return Person(client)


@dataclass(frozen=True)
class Site:
    """A console that listens."""

    address: str
    database: Database


def listening(lake: Lake, database: Database) -> Iterator[Site]:
    """A console on a free port, in a thread of this process."""
    port = free_port()
    running = uvicorn.Server(uvicorn.Config(create_app(lake, Settings({}), database), port=port, log_level="warning"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield Site(f"http://127.0.0.1:{port}", database)
    running.should_exit = True
    thread.join(10)


@pytest.fixture
def site(lake: Lake, database: Database) -> Iterator[Site]:
    """A console on each kind of database."""
    yield from listening(lake, database)


@pytest.fixture
def embedded_site(lake: Lake, sqlite: Database) -> Iterator[Site]:
    """A console on the embedded database alone."""
    yield from listening(lake, sqlite)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip(f"Chromium is not installed; run {TOOLS}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=path, args=[
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync"])
        yield browser
        browser.close()


@pytest.fixture
def enter(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open a page of a site as someone, in a browser of their own."""
    contexts = []

    def open_(site: Site, name: str, language: str = "ko", theme: str = "auto") -> Any:
        context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="ko-KR")
        # A busy machine is slow and not wrong.
        context.set_default_timeout(90_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{site.address}/sign-in")
        page.fill("#name", name)
        page.fill("#password", PASSWORD)
        page.click("button.primary")
        page.wait_for_load_state()
        if (language, theme) != ("ko", "auto"):
            form = {"_form": page.get_attribute("body", "data-form-token"), "language": language, "theme": theme}
            page.request.post(f"{site.address}/preferences", form=form, headers={"origin": site.address})
        return page

    yield open_
    for context in contexts:
        context.close()
