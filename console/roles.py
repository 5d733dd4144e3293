"""Who may open what: every route with the roles that may, in one place; what is not named here is closed to all."""

from console.vocabulary import Role

_OFFICER, _REVIEWER, _INSPECTOR, _ANALYST = Role.OFFICER, Role.REVIEWER, Role.INSPECTOR, Role.ANALYST
_SUPERVISOR, _OPERATOR, _AUDITOR, _ADMIN = Role.SUPERVISOR, Role.OPERATOR, Role.AUDITOR, Role.ADMIN
EVERYONE = frozenset(Role)
_DECIDE = frozenset({_OFFICER, _REVIEWER})
_WORK = _DECIDE | {_SUPERVISOR}
_READ = _WORK | {_ANALYST}
_LOOK = _READ | {_AUDITOR}
_WORKS = frozenset({_OPERATOR, _ANALYST, _SUPERVISOR, _AUDITOR, _ADMIN})

# Open to whoever is not signed in.
PUBLIC = frozenset({"sign_in", "sign_in_post", "static", "health", "htmx"})
ROUTES: dict[str, frozenset[Role]] = {
    "home": EVERYONE, "sign_out": EVERYONE, "preferences": EVERYONE, "password": EVERYONE, "password_post": EVERYONE,
    "switch_office": EVERYONE,
    "tonight": _READ, "claim_next": _DECIDE, "claim": _DECIDE, "let_go": _DECIDE, "snooze": _DECIDE,
    "batch": _WORK, "save_view": _READ, "drop_view": _READ,
    "shipment": _LOOK, "raw": _LOOK, "voyage": _LOOK, "container": _LOOK, "decide": _DECIDE, "undo": _DECIDE, "feedback": _WORK, "unmask": _WORK,
    "outcomes": frozenset({_INSPECTOR}), "outcome": frozenset({_INSPECTOR}), "record_outcome": frozenset({_INSPECTOR}),
    "audit": frozenset({_AUDITOR}),
    "runs": _WORKS, "quarantine": _WORKS, "refusal": frozenset({_OPERATOR, _ANALYST}),
    "lookouts": _LOOK, "make_lookout": _READ, "withdraw_lookout": _READ, "alerts": _LOOK, "see_alerts": _READ,
    "models": frozenset({_ANALYST, _SUPERVISOR, _AUDITOR, _OPERATOR}),
    **dict.fromkeys(("admin", "make_account", "change_account", "give_password", "make_key", "withdraw_key"), frozenset({_ADMIN})),
    "approvals": frozenset({_SUPERVISOR}), "answer": frozenset({_SUPERVISOR}),
}

# Asked by pages themselves every few seconds: no sign that someone is there, so they keep no session open.
UNATTENDED = frozenset({"alerts"})

# Routes of the JSON API, by the role of a key's account; a partner has no account and sees instructions for its own cargo alone.
PARTNER = "partner"
API_ROUTES: dict[str, frozenset[str]] = {
    "api_shipment": _LOOK, "api_score": _READ, "api_decisions": _LOOK, "api_decide": _DECIDE,
    "api_instructions": frozenset({PARTNER}), "api_instruction": frozenset({PARTNER}),
}


def may(role: Role, route: str) -> bool:
    """Whether a role may open a route."""
    return role in ROUTES.get(route, frozenset())


def home_of(role: Role) -> str:
    """The route a role starts at."""
    starts = ("tonight", "outcomes", "audit", "admin", "runs", "password")
    return next(route for route in starts if may(role, route))
