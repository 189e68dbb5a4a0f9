"""Every error as problem+json (RFC 9457), without a word of the input: a body may be a person's CV."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from matcher.core import errors

MEDIA_TYPE = "application/problem+json"
NAME_LENGTH = 80
"""A field's name comes from the client too: it is cut to this."""

STATUS: Mapping[type[errors.MatcherError], HTTPStatus] = {
    errors.InvalidRecord: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.AlreadyExists: HTTPStatus.CONFLICT,
    errors.StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ModelUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What each error of the engine is in HTTP; any other is a 500 that says nothing."""


def problem(
    status: HTTPStatus,
    detail: str,
    *,
    invalid: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return a problem+json answer.

    Args:
        status: of the answer.
        detail: what is wrong and how to mend it.
        invalid: the fields that are wrong: `field` and `reason` of each.
        headers: to send along.
    """
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    if invalid:
        content["invalid"] = list(invalid)
    return JSONResponse(content, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def install(app: FastAPI) -> None:
    """Make an application answer every error so."""

    async def on_validation(_: Request, error: Exception) -> JSONResponse:
        complaints = error.errors() if isinstance(error, RequestValidationError) else []
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "the request breaks the contract: mend the fields named in `invalid`",
            invalid=[{"field": _field(complaint["loc"]), "reason": _reason(complaint)} for complaint in complaints],
        )

    async def on_matcher_error(_: Request, error: Exception) -> JSONResponse:
        status = STATUS.get(type(error)) if isinstance(error, errors.MatcherError) else None
        if isinstance(error, errors.InvalidRecord):
            invalid = [{"field": _field([error.field]), "reason": error.reason}]
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the record breaks the contract", invalid=invalid)
        if status is None:
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the service failed: its log says why")
        return problem(status, str(error))

    async def on_http(_: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, HTTPException):
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the service failed: its log says why")
        status = HTTPStatus(error.status_code)
        return problem(status, status.description or status.phrase, headers=error.headers)

    async def on_anything(_: Request, __: Exception) -> JSONResponse:
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the service failed: its log says why")

    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(errors.MatcherError, on_matcher_error)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_anything)


def _field(location: Sequence[Any]) -> str:
    parts = [str(part) for part in location if part != "body"]
    name = ".".join(parts) or "body"
    # A name may hold what JSON cannot carry back (a lone surrogate) or what a log should not (a line break).
    return "".join(c if c.isprintable() else "?" for c in name)[:NAME_LENGTH]


def _reason(complaint: Mapping[str, Any]) -> str:
    if complaint["type"] == "extra_forbidden":
        return "is not a known field: remove it or check its name"
    if complaint["type"] == "json_invalid":
        return "is not valid JSON"
    return str(complaint["msg"])
