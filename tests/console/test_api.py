"""The JSON API: keys, roles by routes, scores on the spot, decisions, instructions for partners, and what a fuzzer finds."""

import itertools
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
import schemathesis
import small_lake
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy import select, text
from test_desk import leave_outbox

from console import accounts, keys
from console.api.app import ADDRESS, ROUTERS
from console.app import create_app
from console.roles import API_ROUTES, PARTNER
from console.store.audit import SYSTEM
from console.store.database import Database
from console.store.schema import ACCOUNT, API_KEY, AUDIT, DECISION
from console.vocabulary import Role
from features.catalogue import BY_NAME
from lakehouse.lake import Lake
from lakehouse.settings import Settings
from models import cache
from models.bundle import Bundle, sha256
from models.configuration import Configuration
from models.score import contributions, raw_score
from models.train import Examples, fit

ROUTES = {"api_shipment": ("GET", "/shipments/s00000"), "api_score": ("POST", "/shipments/s00000/score"),
          "api_decisions": ("GET", "/shipments/s00000/decisions"), "api_decide": ("POST", "/shipments/s00000/decisions"),
          "api_instructions": ("GET", "/instructions"), "api_instruction": ("GET", f"/instructions/{small_lake.name_of(0)}")}
GAP, VALUE, ORIGIN = small_lake.SCORED_BY
Call = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def model(lake: Lake) -> Bundle:
    """The model that the small lake says it was scored by, kept as the last verified one."""
    draw = np.random.default_rng(3)
    frame = pd.DataFrame({GAP: draw.normal(0, 2, 600), VALUE: draw.uniform(9, 16, 600), ORIGIN: draw.choice(["IT", "DE", "US"], 600)})
    illicit = (frame[GAP] + draw.normal(0, 1, 600) > 1.5).astype(float).to_numpy()
    when = (pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(600) // 6, unit="D")).to_numpy()
    features = [BY_NAME[name] for name in small_lake.SCORED_BY]
    found = fit(Examples(frame, illicit, when, when), features, Configuration(rounds=12, patience=0), seed=5).bundle.named("haechi-1")
    cache.keep(lake.folder / "model", found, {"model": sha256(found.text), "bundle": sha256(found.to_json())}, "")
    return found


@pytest.fixture
def app(lake: Lake, model: Bundle, sqlite: Database) -> Any:
    return create_app(lake, Settings({}), sqlite)


def key_of(database: Database, role: str, **given: Any) -> str:
    """A key of the role's account, or of a partner's."""
    with database.change(SYSTEM) as change:
        if role == PARTNER:
            return keys.make(change, "terminal", handler=given.get("handler", ("shed", small_lake.SHED)))
        account = change.read(select(ACCOUNT.c.id).where(ACCOUNT.c.name == role)).scalar_one()
        return keys.make(change, "robot", account)


@pytest.fixture
def call(app: Any, sqlite: Database) -> Callable[..., Call]:
    """Call the API as someone."""
    client = TestClient(app, raise_server_exceptions=False)

    def of(role: str, token: str = "", **given: Any) -> Call:
        key = token or key_of(sqlite, role, **given)
        return lambda method, path, **body: client.request(method, ADDRESS + path, headers={"Authorization": f"Bearer {key}"}, **body)

    return of


def test_roles_by_routes_cell_by_cell(call: Callable[..., Call]) -> None:
    assert {route.name for router in ROUTERS for route in router.routes} == set(API_ROUTES) == set(ROUTES)  # type: ignore[attr-defined]
    for role in (*(one.value for one in Role), PARTNER):
        ask = call(role)
        for name, (method, path) in ROUTES.items():
            status = ask(method, path, json={} if method == "POST" else None).status_code
            assert (status != 403) == (role in API_ROUTES[name]) and status < 500, (role, name, status)


def test_a_key_opens_until_it_is_withdrawn(call: Callable[..., Call], sqlite: Database) -> None:
    token = key_of(sqlite, "officer")
    ask = call("", token)
    with sqlite.reading() as connection:
        row = connection.execute(select(API_KEY)).mappings().one()
        assert token not in json.dumps([dict(one) for one in connection.execute(select(API_KEY)).mappings()], default=str)
        assert token not in json.dumps([dict(one) for one in connection.execute(select(AUDIT)).mappings()], default=str)
    assert ask("GET", "/shipments/s00000").status_code == 200
    with sqlite.change(SYSTEM) as change:
        keys.withdraw(change, row["id"])
    assert ask("GET", "/shipments/s00000").status_code == 401
    for wrong in ("", "hk_nothing", token[:-1], "x" * 500):
        assert call("", wrong or "-")("GET", "/shipments/s00000").status_code == 401


def test_a_key_has_the_role_its_account_has_now(call: Callable[..., Call], sqlite: Database) -> None:
    ask = call("officer")
    with sqlite.change(SYSTEM) as change:
        account = change.read(select(ACCOUNT.c.id).where(ACCOUNT.c.name == "officer")).scalar_one()
        accounts.set_role(change, account, Role.AUDITOR, ())
    assert (ask("GET", "/shipments/s00064").status_code, ask("POST", "/shipments/s00064/score", json={}).status_code) == (200, 403)
    with sqlite.change(SYSTEM) as change:
        accounts.set_role(change, account, Role.OFFICER, (small_lake.OFFICE,), is_active=False)
    assert ask("GET", "/shipments/s00000").status_code == 401


def test_a_shipment_as_published_by_any_number(call: Callable[..., Call]) -> None:
    ask = call("officer")
    found = ask("GET", f"/shipments/{small_lake.name_of(0)[:5]}-{small_lake.name_of(0)[5:]}").json()
    assert (found["shipment_id"], found["lane"], found["rank"], found["selection"]["action"]) == ("s00000", "red", 1, "open")
    # The first of the small lake rests on no outcome alike, the last on a model that keeps no range.
    assert found["uncertainty"]["is_few"] and found["uncertainty"]["low"] < found["probability"] < found["uncertainty"]["high"]
    assert ask("GET", "/shipments/s00062").json()["uncertainty"] is None
    assert found["reasons"][0]["ko"].startswith("확인된 중량") and found["contradictions"][0]["type"] == "weight"
    for unknown in ("nothing", "s00064", "%00", "a" * 300):
        answer = ask("GET", f"/shipments/{unknown}")
        assert answer.status_code == 404 and answer.json()["error"]["code"] == "shipment.unknown" and answer.json()["next_run_at"], unknown


def test_a_score_on_the_spot_is_the_models_own(call: Callable[..., Call], model: Bundle) -> None:
    ask = call("analyst")
    for number in (1, 62):  # One explained that night, one whose stored features are read.
        found = ask("POST", f"/shipments/s{number:05d}/score", json={}).json()
        values = small_lake.values_of(number)
        row = np.array([[float(values[0]), float(values[1]), np.nan]])
        assert found["score"] == raw_score(model, row)[0] and found["model_version"] == "haechi-1"
        added = {one["feature"]: one["contribution"] for one in found["contributions"]}
        assert added == {name: each for name, each in zip(model.names, contributions(model, row)[0], strict=False) if each}
        assert sum(added.values()) + found["base_value"] == pytest.approx(found["score"])


def test_a_supposed_fact_moves_the_score_and_says_so(call: Callable[..., Call], model: Bundle) -> None:
    ask = call("officer")
    low, high = (ask("POST", "/shipments/s00001/score", json={"facts": {GAP: value}}).json() for value in (-3, 4))
    assert high["score"] > low["score"] and high["facts"] == {GAP: {"known": -2.0, "supposed": 4}}
    assert any(one["ko"].startswith("가정한 사실: ") and one["en"].startswith("As supposed: ") for one in high["reasons"])
    for facts in ({"no_such": 1}, {GAP: "much"}, {VALUE: 1}):
        answer = ask("POST", "/shipments/s00001/score", json={"facts": facts})
        assert answer.status_code == 422 and GAP in answer.json()["allowed"] and VALUE not in answer.json()["allowed"], facts
    answer = ask("POST", "/shipments/s00001/score", content='{"facts": {"' + GAP + '": NaN}}')
    assert answer.status_code == 422
    unknown = ask("POST", "/shipments/none/score", json={})
    assert unknown.status_code == 404 and unknown.json()["next_run_at"]


def test_scores_asked_for_at_once_are_the_same(call: Callable[..., Call]) -> None:
    ask = call("officer")
    asked = [(number, gap) for number, gap in itertools.product(range(6), (-2, 0, 3))] * 4

    def score(one: tuple[int, int]) -> float:
        return float(ask("POST", f"/shipments/s{one[0]:05d}/score", json={"facts": {GAP: one[1]}}).json()["score"])

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(score, asked))
    assert len({(one, value) for one, value in zip(asked, found, strict=True)}) == 18


def test_a_decision_by_key_is_the_accounts(call: Callable[..., Call], sqlite: Database) -> None:
    ask = call("officer")
    wrong = {"code": "release", "reason_code": "agrees", "request_key": "request-1"}
    assert ask("POST", "/shipments/s00000/decisions", json=wrong).json()["error"]["code"] == "decision.role"
    choice = {"code": "inspect_now", "reason_code": "agrees", "request_key": "request-1"}
    first, again = (ask("POST", "/shipments/s00000/decisions", json=choice) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json()["decision_id"] == again.json()["decision_id"]
    assert [one["code"] for one in ask("GET", "/shipments/s00000/decisions").json()["decisions"]] == ["inspect_now"]
    with sqlite.reading() as connection:
        assert connection.execute(select(AUDIT.c.who).where(AUDIT.c.action == "decision.made")).scalar_one() == "officer (API robot)"
    assert call("officer2")("POST", "/shipments/s00000/decisions", json=choice | {"request_key": "request-2", "note": "\x00"}).status_code == 422


def test_a_partner_hears_what_to_do_and_nothing_of_why(call: Callable[..., Call], sqlite: Database) -> None:
    ask, number = call(PARTNER), small_lake.name_of(2)
    assert ask("GET", f"/instructions/{number}").json()["instruction"] == "hold"
    officer = call("officer")
    officer("POST", "/shipments/s00002/decisions", json={"code": "scan", "reason_code": "capacity", "request_key": "request-1"})
    assert ask("GET", f"/instructions/{number}").json()["instruction"] == "hold"
    with sqlite.housekeeping() as connection:  # As a second person approves it.
        connection.execute(text("UPDATE decision SET state = 'made'"))
    leave_outbox(sqlite)
    told = ask("GET", f"/instructions/{number}").json()
    assert set(told) == {"number", "instruction", "ko", "en", "as_of"} and told["instruction"] == "scan"
    listed = ask("GET", "/instructions").json()
    assert len(listed["instructions"]) == 68 and {one["instruction"] for one in listed["instructions"]} == {"move", "hold", "scan"}
    assert not {"lane", "score", "probability", "reason"} & set(json.dumps(listed).replace('"', " ").split())
    with sqlite.reading() as connection:
        noted = connection.execute(select(AUDIT.c.who, AUDIT.c.after).where(AUDIT.c.action == "instruction.told")).all()
        assert connection.execute(select(DECISION.c.code)).scalars().all() == ["scan"]
    assert noted[-2].who == "terminal (API)" and noted[-2].after == {number: "scan"}
    other = call(PARTNER, handler=("shed", "elsewhere"))
    assert other("GET", f"/instructions/{number}").status_code == 404 and other("GET", "/instructions").json()["instructions"] == []


def test_a_partner_is_slowed_and_refused_where_the_audit_is_down(call: Callable[..., Call], sqlite: Database) -> None:
    ask = call(PARTNER)
    statuses = [ask("GET", "/instructions/none").status_code for _ in range(61)]
    assert statuses == [404] * 60 + [429]
    fresh = call(PARTNER)
    with sqlite.housekeeping() as connection:
        connection.execute(text("DROP TABLE audit"))
    answer = fresh("GET", f"/instructions/{small_lake.name_of(0)}")
    assert answer.status_code == 503 and "instruction" not in answer.json()


def test_no_request_breaks_it(app: Any, sqlite: Database) -> None:
    """schemathesis: no server error, and every answer is as the OpenAPI says."""
    app.state.settings = Settings({"api.per_minute": 1_000_000, "api.partner_per_minute": 1_000_000})
    held = {name: key_of(sqlite, name) for name in ("officer", PARTNER)}
    seen = []
    # Its own fixtures do not go with this pytest: the cases of each operation are drawn here.
    for found in schemathesis.openapi.from_asgi(f"{ADDRESS}/openapi.json", app).get_all_operations():
        seen += fuzzed(found.ok(), held[PARTNER if "instructions" in found.ok().path else "officer"])
    assert len(seen) >= 6 * 15 and max(seen) < 500 and {200, 404, 422} <= set(seen)


def fuzzed(operation: Any, key: str) -> list[int]:
    """The statuses of what is drawn for an operation; every other request is about a shipment there is."""
    seen: list[int] = []

    @settings(max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        if case.path_parameters and len(seen) % 2:
            case.path_parameters = dict.fromkeys(case.path_parameters, "s00003")
        # Which facts can be supposed and which reason fits a decision is not in the OpenAPI: they differ by model and by shipment.
        seen.append(case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, excluded_checks=[positive_data_acceptance]).status_code)

    ask()
    return seen
