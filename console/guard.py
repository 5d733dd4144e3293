"""What every request passes: a session, a role that may open the route, and a form that came from our own page."""

from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from console.roles import PUBLIC, UNATTENDED, may
from console.sessions import COOKIE, FORM_FIELD, FORM_HEADER, Session, resume

_SAFE = ("GET", "HEAD", "OPTIONS")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
                               "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin", "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class SignInNeededError(Exception):
    """Whoever asks is not signed in, or no longer."""


class RefusedError(Exception):
    """Whoever asks may not: for their role, or as the form came from elsewhere."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def guard(request: Request) -> None:
    """Refuse what may not be; leave the session and the publication that the whole request reads with the request."""
    route = getattr(request.scope.get("route"), "name", "")
    request.state.session = request.state.served = None
    if request.method not in _SAFE:
        _require_same_site(request)
    if route in PUBLIC:
        return
    token = request.cookies.get(COOKIE, "")
    state = request.app.state
    session = await run_in_threadpool(resume, state.database, token, state.limits, route not in UNATTENDED) if token else None
    if session is None:
        raise SignInNeededError
    request.state.session = session
    if not may(session.account.role, route):
        raise RefusedError("role")
    if request.method not in _SAFE:
        given = request.headers.get(FORM_HEADER) or _field(await request.form(), FORM_FIELD)
        if not session.matches(given):
            raise RefusedError("form")
    request.state.served = await run_in_threadpool(state.shelf.current)


def _require_same_site(request: Request) -> None:
    """Browsers say where a form comes from; what comes from elsewhere is refused whatever it knows."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise RefusedError("form")
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise RefusedError("form")


def _field(form: FormData, name: str) -> str:
    value: Any = form.get(name)
    return value if isinstance(value, str) else ""


def session_of(request: Request) -> Session:
    """The session of a request that the guard let through."""
    session: Session = request.state.session
    return session
