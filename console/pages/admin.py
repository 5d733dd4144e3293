"""Admin: accounts with role and offices, what each office can inspect, and the keys of the API; every change is in the audit."""

import secrets
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection, func, select

from console import accounts, keys
from console.guard import session_of
from console.rendering import render
from console.store.database import Change
from console.store.schema import ACCOUNT, MEMBERSHIP
from console.vocabulary import OFFICE_ROLES, Role
from lakehouse.errors import CallerError

router = APIRouter()


@router.get("/admin", name="admin")
def page(request: Request, account: int = 0) -> Response:
    """Everything there is; with a number, that account to be changed."""
    return _page(request, account)


def _page(request: Request, chosen: int = 0, told: tuple[str, str, str] | None = None) -> Response:
    """The page; `told` is a secret just made, with the phrase and the name it is told under."""
    state, served = request.app.state, request.state.served
    with state.database.reading() as connection:
        people, held = _people(connection), keys.listed(connection)
    counted = "SELECT office_code, count(*) AS scored, count(position) AS listed FROM scored WHERE is_tonight GROUP BY 1"
    work = {row["office_code"]: row for row in (served.rows(counted) if served else [])}
    codes = sorted({*state.offices.declared, *work} - {""})
    at_office = Counter(code for each in people if each["is_active"] for code in each["offices"])
    return render(request, "admin.html", people=people, keys=held, told=told, codes=codes, work=work, at_office=at_office,
                  one=next((each for each in people if each["id"] == chosen), None))


def _people(connection: Connection) -> list[dict[str, Any]]:
    """Every account with its offices, those in use first."""
    offices: dict[int, list[str]] = {}
    for row in connection.execute(select(MEMBERSHIP).order_by(MEMBERSHIP.c.office_code)):
        offices.setdefault(row.account_id, []).append(row.office_code)
    columns = (ACCOUNT.c.id, ACCOUNT.c.name, ACCOUNT.c.shown_name, ACCOUNT.c.role, ACCOUNT.c.is_active)
    found = connection.execute(select(*columns).order_by(ACCOUNT.c.is_active.desc(), ACCOUNT.c.name)).mappings()
    return [dict(row) | {"offices": offices.get(row["id"], [])} for row in found]


@router.post("/admin/accounts", name="make_account")
def make_account(request: Request, name: Annotated[str, Form()] = "", shown_name: Annotated[str, Form()] = "", role: Annotated[str, Form()] = "",
                 office: Annotated[Sequence[str], Form()] = ()) -> Response:
    """A new account; its first password is shown once."""
    password = secrets.token_urlsafe(12)
    with request.app.state.database.change(session_of(request).actor) as change:
        number = accounts.make(change, name, _role(role), _offices(request, role, office), password, shown_name.strip()[:100])
    return _page(request, number, ("told_password", name.strip().lower(), password))


@router.post("/admin/accounts/{account_id}", name="change_account")
def change_account(request: Request, account_id: int, role: Annotated[str, Form()] = "", active: Annotated[str, Form()] = "",
                   office: Annotated[Sequence[str], Form()] = ()) -> Response:
    """Another role, other offices, shut or open again; every session of the account ends."""
    with request.app.state.database.change(session_of(request).actor) as change:
        _name_of(change, account_id)
        accounts.set_role(change, account_id, _role(role), _offices(request, role, office), bool(active))
        left = select(func.count()).select_from(ACCOUNT).where(ACCOUNT.c.role == Role.ADMIN.value, ACCOUNT.c.is_active)
        if not change.read(left).scalar_one():
            raise CallerError("account.last_admin", "No administrator would be left", "Make another one first.")
    return RedirectResponse(f"/admin?account={account_id}", 303)


@router.post("/admin/accounts/{account_id}/password", name="give_password")
def give_password(request: Request, account_id: int) -> Response:
    """A new password to be changed at the first sign-in, shown once; every session of the account ends."""
    password = secrets.token_urlsafe(12)
    with request.app.state.database.change(session_of(request).actor) as change:
        name = _name_of(change, account_id)
        accounts.set_password(change, account_id, password, must_change=True)
    if account_id == session_of(request).account.id:
        return RedirectResponse("/sign-in", 303)
    return _page(request, account_id, ("told_password", name, password))


@router.post("/admin/keys", name="make_key")
def make_key(request: Request, name: Annotated[str, Form()] = "", account_id: Annotated[str, Form()] = "", handler_kind: Annotated[str, Form()] = "",
             handler_code: Annotated[str, Form()] = "") -> Response:
    """A new key, shown once."""
    session = session_of(request)
    owner = int(account_id) if account_id.isdecimal() and len(account_id) < 12 else None
    with request.app.state.database.change(session.actor) as change:
        token = keys.make(change, name, owner, (handler_kind, handler_code), session.account.id)
    return _page(request, told=("told_key", name.strip(), token))


@router.post("/admin/keys/{key_id}/withdraw", name="withdraw_key")
def withdraw_key(request: Request, key_id: int) -> Response:
    """Let a key open nothing from now on."""
    with request.app.state.database.change(session_of(request).actor) as change:
        keys.withdraw(change, key_id)
    return RedirectResponse("/admin#keys-of-api", 303)


def _role(name: str) -> Role:
    if name not in set(Role):
        raise CallerError("account.role", f"'{name}' is no role", "Choose one.")
    return Role(name)


def _offices(request: Request, role: str, chosen: Sequence[str]) -> list[str]:
    """The offices an account belongs to; a role that works at an office needs one, the others have none."""
    declared = request.app.state.offices.declared
    wanted = [code for code in chosen if code in declared]
    if role not in OFFICE_ROLES:
        return []
    if not wanted:
        raise CallerError("account.office", f"The role {role} works at an office", "Choose one.")
    return wanted


def _name_of(change: Change, account_id: int) -> str:
    name = change.read(select(ACCOUNT.c.name).where(ACCOUNT.c.id == account_id)).scalar_one_or_none()
    if name is None:
        raise CallerError("account.unknown", "There is no such account", "Look at the list again.")
    return str(name)
