"""The console as an application: what it stands on, its pages, and how faults are told."""

from datetime import timedelta
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.api.app import ADDRESS, create_api
from console.desk.presence import Presence
from console.guard import HEADERS, RefusedError, SignInNeededError, guard
from console.offices import Offices
from console.pages import ROUTERS
from console.rendering import environment, render
from console.serving import Shelf
from console.sessions import Limits
from console.store.database import Database
from lakehouse.errors import CallerError, HaechiError, InternalError
from lakehouse.lake import Lake
from lakehouse.settings import Settings, load_yaml

_STATIC = Path(__file__).parent / "static"


def create_app(lake: Lake, settings: Settings, database: Database) -> FastAPI:
    """The console over a lake and a decisions database that has been prepared."""
    app = FastAPI(title="Haechi", dependencies=[Depends(guard)], docs_url=None, redoc_url=None, openapi_url=None)
    state = app.state
    state.lake, state.settings, state.database, state.shelf = lake, settings, database, Shelf(lake)
    state.offices, state.presence = Offices(load_yaml("offices.yaml")), Presence()
    state.limits = Limits(timedelta(minutes=settings["console.idle_minutes"]), timedelta(hours=settings["console.session_hours"]))
    state.templates = environment(asset_version())
    app.mount(ADDRESS, create_api(state), "api")
    app.mount("/static", StaticFiles(directory=_STATIC), "static")
    app.add_api_route("/htmx.js", _htmx, name="htmx", include_in_schema=False)
    app.add_api_route("/health", _health, name="health", include_in_schema=False)
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(_WithHeaders)
    for fault, told in _TOLD.items():
        app.add_exception_handler(fault, told)
    return app


@cache
def htmx_text() -> str:
    """htmx as the installed django-htmx carries it."""
    return resources.files("django_htmx").joinpath("static/django_htmx/htmx-2.min.js").read_text(encoding="utf-8")


@cache
def asset_version() -> str:
    """Changes when a style, a script or htmx does, so that browsers may keep them."""
    parts = [path.read_bytes() for path in sorted(_STATIC.iterdir())]
    return sha256(b"".join([*parts, htmx_text().encode()])).hexdigest()[:12]


def _htmx() -> Response:
    return Response(htmx_text(), media_type="text/javascript", headers={"Cache-Control": "public, max-age=31536000, immutable"})


def _health(request: Request) -> dict[str, Any]:
    """Whether the console serves, and which run."""
    served = request.app.state.shelf.current()
    return {"status": "ok", "run_id": served.run_id if served else None}


class _WithHeaders:
    """Puts the headers on every answer, as it is sent: a middleware that builds answers anew would cost each page a millisecond."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self.app(scope, receive, sent if scope["type"] == "http" else send)


def _add_headers(headers: MutableHeaders, path: str) -> None:
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if path.startswith(f"{ADDRESS}/"):
        headers.setdefault("Cache-Control", "no-store")
    if path.startswith("/static/"):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"


def _sign_in(request: Request, fault: Exception) -> Response:
    where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = "/sign-in" if request.method != "GET" or where == "/" else f"/sign-in?next={quote(where, safe='/')}"
    if request.headers.get("hx-request"):
        return Response(status_code=204, headers={"HX-Redirect": "/sign-in"})
    return RedirectResponse(to, 303)


def _refused(request: Request, fault: Exception) -> Response:
    why = fault.why if isinstance(fault, RefusedError) else "role"
    return render(request, "fault.html", 403, kind="refused" if why == "role" else "form", detail="")


def _http(request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 500
    if not request.headers.get("accept", "").startswith("text/html"):
        return PlainTextResponse(f"{status}", status)
    return render(request, "fault.html", status, kind="missing" if status in (404, 405) else "broken", detail="")


def _haechi(request: Request, fault: Exception) -> Response:
    """A caller's mistake goes back to the page it was made on, our own is told where it stands."""
    assert isinstance(fault, HaechiError)
    back = request.headers.get("referer", "")
    if isinstance(fault, CallerError) and request.method == "POST" and back.startswith(str(request.base_url)):
        path = back[len(str(request.base_url)) - 1:].split("#")[0]
        kept, _, query = path.partition("?")
        parts = [part for part in query.split("&") if part and not part.startswith("fault=")]
        return RedirectResponse(f"{kept}?{'&'.join([*parts, f'fault={fault.code}'])}", 303)
    is_store = isinstance(fault, InternalError) and fault.code.split(".")[0] in ("decisions", "audit")
    return render(request, "fault.html", 503 if is_store else 422 if isinstance(fault, CallerError) else 500,
                  kind="store" if is_store else "broken", detail="" if is_store else fault.message)


def _broken(request: Request, fault: Exception) -> Response:
    return render(request, "fault.html", 500, kind="broken", detail="")


_TOLD: dict[type[Exception] | int, Any] = {
    SignInNeededError: _sign_in, RefusedError: _refused, HTTPException: _http, HaechiError: _haechi, Exception: _broken}
