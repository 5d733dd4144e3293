import re
from pathlib import Path
from typing import Any

import pytest
from conftest import PASSWORD, SignIn
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

import console
from console.app import create_app
from console.rendering import Reader
from console.roles import PUBLIC, ROUTES, may
from console.store.database import Database
from console.vocabulary import ACTIONS_NOTED, Role
from console.words import WORDS
from lakehouse.lake import Lake
from lakehouse.settings import Settings

TEMPLATES = sorted((Path(console.__file__).parent / "templates").glob("*.html"))
# What stands in for the parts of an address.
PARTS = {"shipment_id": "s00001", "decision_id": "none", "view_id": "1", "account_id": "999", "key_id": "999", "refusal_id": "none",
         "voyage": "none", "container_no": "none", "lookout_id": "999"}


def routes(app: Any) -> dict[str, tuple[str, str]]:
    """Each named route with its method and an address."""
    found: dict[str, tuple[str, str]] = {}
    for router in [app, *console_routers()]:
        for route in router.routes:
            if isinstance(route, APIRoute):
                found[route.name] = (next(iter(route.methods - {"HEAD"})), re.sub(r"{(\w+)(?::\w+)?}", lambda part: PARTS.get(part[1], "1"), route.path))
    return found


def console_routers() -> list[Any]:
    from console.pages import ROUTERS

    return list(ROUTERS)


@pytest.fixture
def app(lake: Lake, sqlite: Database) -> Any:
    return create_app(lake, Settings({}), sqlite)


def test_every_route_has_its_row_and_every_row_its_route(app: Any) -> None:
    assert set(routes(app)) == (set(ROUTES) | PUBLIC) - {"static"}


def test_roles_by_routes_cell_by_cell(app: Any) -> None:
    """Who may is let through (whatever the page then says), who may not gets 403, who is not signed in is sent to sign in."""
    for role in Role:
        client = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
        assert client.post("/sign-in", data={"name": role.value, "password": PASSWORD}).status_code == 303
        form = {"_form": client.get("/password").text.split('data-form-token="')[1].split('"')[0]}
        for name, (method, path) in routes(app).items():
            if name in PUBLIC or name in ("sign_out", "password_post"):
                continue
            status = client.request(method, path, data=form if method == "POST" else None).status_code
            assert (status != 403) == may(role, name), f"{role} {method} {path}: {status}"
            assert status < 500, f"{role} {method} {path}: {status}"


def test_whoever_is_not_signed_in_is_sent_to_sign_in(app: Any) -> None:
    client = TestClient(app, follow_redirects=False)
    for name, (method, path) in routes(app).items():
        if name not in PUBLIC:
            answer = client.request(method, path)
            assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in"), path


def test_words_of_templates_are_declared() -> None:
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        named = set(re.findall(r"\bt\.([a-z_]+)\b(?!\()", text)) | set(re.findall(r"\bt\(['\"]([a-z_]+)['\"]", text))
        assert not [name for name in named if name not in WORDS], template.name


def test_what_the_audit_notes_has_words() -> None:
    source = " ".join(path.read_text(encoding="utf-8") for path in Path(console.__file__).parent.rglob("*.py"))
    noted = {code for line in re.findall(r"\.note\((.*)", source) for code in re.findall(r'"([a-z]+\.[a-z_]+)"', line)}
    assert len(noted) > 15 and noted <= set(ACTIONS_NOTED)


def test_no_word_hides_behind_a_format() -> None:
    assert not [name for name in WORDS if name in dir(Reader)]


def test_every_word_is_used() -> None:
    said = " ".join(path.read_text(encoding="utf-8") for path in [*TEMPLATES, *Path(console.__file__).parent.rglob("*.py")])
    unused = [name for name in WORDS if len(re.findall(rf"\b{name}\b", said)) < 2]
    assert not unused


def test_templates_have_neither_script_nor_style_within() -> None:
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon[a-z]+=|javascript:|https?://", text), template.name
        assert "|safe" not in text, template.name


def test_roles_start_somewhere_they_may_open(embedded: SignIn) -> None:
    for role in Role:
        person = embedded(role.value)
        where = person.get("/").headers["location"]
        assert person.get(where).status_code == 200, role
