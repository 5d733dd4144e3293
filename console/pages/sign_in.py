"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from console import sessions
from console.accounts import check_password
from console.guard import session_of
from console.rendering import render
from console.roles import home_of
from console.sessions import COOKIE
from lakehouse.errors import CallerError

router = APIRouter()


@router.get("/", name="home")
def home(request: Request) -> Response:
    """To where one's work begins."""
    return RedirectResponse(str(request.url_for(home_of(session_of(request).account.role)).path), 303)


@router.get("/sign-in", name="sign_in")
def page(request: Request, next: str = "/") -> Response:
    """The form; the interface language follows the browser until an account says otherwise."""
    return render(request, "sign_in.html", next=_inside(next), failed="")


@router.post("/sign-in", name="sign_in_post")
def enter(request: Request, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "", next: Annotated[str, Form()] = "/") -> Response:
    """A session where name and password are right."""
    state, address = request.app.state, request.client.host if request.client else ""
    try:
        account_id = check_password(state.database, name, password, address)
    except CallerError:
        return render(request, "sign_in.html", 429, next=_inside(next), failed="limited")
    if account_id is None:
        return render(request, "sign_in.html", 401, next=_inside(next), failed="wrong")
    response = RedirectResponse(_inside(next), 303)
    token = sessions.begin(state.database, account_id, address)
    response.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=request.url.scheme == "https", path="/")
    return response


@router.post("/sign-out", name="sign_out")
def leave(request: Request) -> Response:
    """The session ends here and in the database."""
    sessions.end(request.app.state.database, session_of(request))
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, path="/")
    return response


def _inside(address: str) -> str:
    """An address within the console, whatever was asked for."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"
