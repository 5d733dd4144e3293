"""How one reads: language, brightness, keys, office, password."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import update

from console import accounts, sessions
from console.guard import session_of
from console.rendering import render
from console.sessions import COOKIE
from console.store.schema import ACCOUNT
from lakehouse.errors import CallerError

router = APIRouter()
_THEMES = ("auto", "light", "dark")


@router.post("/preferences", name="preferences")
def change(request: Request, language: Annotated[str, Form()] = "", theme: Annotated[str, Form()] = "", shortcuts: Annotated[str, Form()] = "",
           back: Annotated[str, Form()] = "/") -> Response:
    """Keep what was chosen, and return to the page it was chosen on."""
    session = session_of(request)
    wanted = {"language": language if language in ("ko", "en") else session.account.language,
              "theme": theme if theme in _THEMES else session.account.theme,
              "has_shortcuts": {"on": True, "off": False}.get(shortcuts, session.account.has_shortcuts)}
    before = {name: getattr(session.account, name) for name in wanted}
    if wanted != before:
        with request.app.state.database.change(session.actor) as change_:
            change_.write(update(ACCOUNT).where(ACCOUNT.c.id == session.account.id).values(**wanted))
            change_.note("account.preferences", session.account.name, before, wanted)
    return RedirectResponse(back if back.startswith("/") and not back.startswith(("//", "/\\")) else "/", 303)


@router.post("/office", name="switch_office")
def office(request: Request, office_code: Annotated[str, Form()]) -> Response:
    """Work for another of one's offices."""
    sessions.switch_office(request.app.state.database, session_of(request), office_code)
    return RedirectResponse("/tonight", 303)


@router.get("/password", name="password")
def password_page(request: Request) -> Response:
    """The form for a new password."""
    return render(request, "password.html")


@router.post("/password", name="password_post")
def password(request: Request, current: Annotated[str, Form()] = "", fresh: Annotated[str, Form()] = "") -> Response:
    """A new password; every session of the account ends, this one begins anew."""
    session, state = session_of(request), request.app.state
    address = request.client.host if request.client else ""
    if accounts.check_password(state.database, session.account.name, current, address) != session.account.id:
        raise CallerError("password.wrong", "The current password is not right", "Try again.")
    with state.database.change(session.actor) as change_:
        accounts.set_password(change_, session.account.id, fresh)
    response = RedirectResponse("/", 303)
    response.set_cookie(COOKIE, sessions.begin(state.database, session.account.id, address), httponly=True, samesite="lax",
                        secure=request.url.scheme == "https", path="/")
    return response
