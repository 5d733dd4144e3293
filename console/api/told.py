"""How the API tells faults: one shape for all of them, and what its OpenAPI says of each status."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from console.api.entry import ApiError
from console.api.shapes import Refusal
from console.scoring import UnknownFactError
from lakehouse.errors import CallerError, HaechiError

Told = dict[int | str, dict[str, Any]]
ALWAYS: Told = {400: {"model": Refusal, "description": "Not to be read as a request"},
                401: {"model": Refusal, "description": "No key, or one that opens nothing"},
                403: {"model": Refusal, "description": "Not for this role"},
                422: {"model": Refusal, "description": "The request does not fit"}, 429: {"model": Refusal, "description": "Too many in a minute"},
                503: {"model": Refusal, "description": "Nothing is published, or the audit cannot be written"}}
MISSING: Told = {404: {"model": Refusal, "description": "Not known in this publication; next_run_at says when to ask again"}}
CONFLICT: Told = {409: {"model": Refusal, "description": "The number names several shipments, or someone else has it"}}
UNFIT: Told = {422: {"model": Refusal, "description": "The request does not fit; allowed names what does"}}
BROKEN: Told = {503: {"model": Refusal, "description": "The audit cannot be written: nothing was done"}}


def refusal(status: int, code: str, message: str, hint: str, headers: dict[str, str] | None = None, **beside: Any) -> JSONResponse:
    """A fault as JSON."""
    shown = Refusal.model_validate({"error": {"code": code, "message": message, "hint": hint}} | beside)
    return JSONResponse(shown.model_dump(mode="json", exclude_none=True), status, {"Cache-Control": "no-store", **(headers or {})})


def tell_faults(api: FastAPI) -> None:
    """Every fault of the API in its own shape."""
    for fault, how in _HOW.items():
        api.add_exception_handler(fault, how)


def _haechi(request: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, HaechiError)
    if isinstance(fault, ApiError):
        return refusal(fault.status, fault.code, fault.message, fault.hint, fault.headers, **fault.beside)
    if isinstance(fault, UnknownFactError):
        return refusal(422, fault.code, fault.message, fault.hint, allowed=fault.allowed)
    if isinstance(fault, CallerError):
        return refusal(409 if fault.code in ("claim.taken", "rescore.model", "rescore.row", "rescore.version") else 422, fault.code, fault.message,
                       fault.hint)
    is_store = fault.code.split(".")[0] in ("decisions", "audit")
    return refusal(503 if is_store else 500, fault.code, fault.message if not is_store else "The decisions database cannot be used",
                   "Nothing was changed. Ask again, and tell the operator if it goes on.")


def _unfit(request: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, RequestValidationError)
    where = "; ".join(f"{'.'.join(map(str, one['loc']))[:80]}: {one['msg'][:120]}" for one in fault.errors()[:5])
    where = where.encode("ascii", "backslashreplace").decode()
    return refusal(422, "request.unfit", where, "See /api/v1/openapi.json.")


def _http(request: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, HTTPException)
    return refusal(fault.status_code, "request.http", str(fault.detail), "See /api/v1/openapi.json.", dict(fault.headers or {}))


def _broken(request: Request, fault: Exception) -> JSONResponse:
    return refusal(500, "internal", "That did not work", "Tell the operator.")


_HOW: dict[type[Exception] | int, Any] = {HaechiError: _haechi, RequestValidationError: _unfit, HTTPException: _http, Exception: _broken}
