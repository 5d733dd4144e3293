"""What every request of the API passes: a key, its pace, a role that may open the route; then one publication for all of it."""

from collections import OrderedDict, deque
from threading import Lock
from time import monotonic
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from console import keys
from console.keys import Caller
from console.roles import API_ROUTES
from lakehouse.errors import CallerError

_MINUTE, _MOST_KEYS = 60.0, 10_000
_BEARER = HTTPBearer(auto_error=False, description="The key, as it was told when it was made: hk_…")


class ApiError(CallerError):
    """A request that is not served, with its HTTP status and headers, and what is told beside the fault."""

    def __init__(self, status: int, code: str, message: str, hint: str, headers: dict[str, str] | None = None, **beside: Any) -> None:
        super().__init__(code, message, hint)
        self.status, self.headers, self.beside = status, headers or {}, beside


class Pace:
    """How many requests each key made in the last minute, in this process."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._seen: OrderedDict[int, deque[float]] = OrderedDict()

    def wait(self, key_id: int, most: int) -> float:
        """Count a request; how many seconds to wait before the next where there were `most` in a minute, else 0."""
        moment = monotonic()
        with self._turn:
            seen = self._seen.setdefault(key_id, deque())
            self._seen.move_to_end(key_id)
            while len(self._seen) > _MOST_KEYS:
                self._seen.popitem(last=False)
            while seen and moment - seen[0] >= _MINUTE:
                seen.popleft()
            if len(seen) >= most:
                return _MINUTE - (moment - seen[0])
            seen.append(moment)
        return 0.0


def entered(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> Caller:
    """Whose key it is, where it may open the route and is not over its pace."""
    state = request.app.state
    found = keys.caller(state.database, given.credentials) if given else None
    if found is None:
        raise ApiError(401, "key.unknown", "No key was given, or one that opens nothing", "Send Authorization: Bearer hk_….",
                       {"WWW-Authenticate": "Bearer"})
    per_minute = state.settings["api.per_minute" if found.account else "api.partner_per_minute"]
    if wait := state.pace.wait(found.key_id, per_minute):
        raise ApiError(429, "key.pace", f"This key may ask {per_minute} times a minute", "Wait, then go on.", {"Retry-After": str(int(wait) + 1)})
    route = getattr(request.scope.get("route"), "name", "")
    if found.role not in API_ROUTES.get(route, frozenset()):
        raise ApiError(403, "key.role", f"The role {found.role} may not ask this", "Use a key of another role.")
    request.state.served = state.shelf.current()
    if request.state.served is None:
        raise ApiError(503, "lake.unpublished", "No night is published yet", "Ask again after the first night.")
    return found


Entered = Annotated[Caller, Depends(entered)]
