"""Every error as problem+json (RFC 9457), without a word of the input: a body may be a person's CV.

In English, or in French where the request prefers it.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from api.bodies import NotUtf8, RepeatedName
from api.languages import told
from api.methods import allowed_at
from api.tokens import ProviderAway
from matcher.core import errors
from matcher.core.complaints import REPEATED, reason
from matcher.records import MAX_COMPLAINTS

MEDIA_TYPE = "application/problem+json"
NAME_LENGTH = 80
"""A field's name comes from the client too: it is cut to this."""
BUSY = "the service is busy: try again in a moment"
INVALID_REQUEST = "the request breaks the contract: correct the fields named in `invalid`"
NOT_UTF8 = "the body is not UTF-8 text: send it in UTF-8"
FAILED = "the service failed: its log says why"
AWAY = "the database is away or overloaded: try again in a moment; the service's log says why"
FULL = "nothing can be stored, for the database's disk is full: try again when it has space; the log says where"
BEHIND = str(errors.Behind())
RETRY_AFTER_S = 1
TOLD_EVERY_S = 1.0
"""How often the log says that the database is away: every request finds that out."""


class Cause(StrEnum):
    """Why a request is refused that might be answered another time, or for another caller: the figures count them."""

    RATE = "rate"
    """The caller asks too often."""
    BUSY = "busy"
    """Too many requests wait."""
    WRITES = "writes"
    """Too many writes wait for their turn."""
    LATE = "late"
    """It took longer than a request may."""
    DATABASE = "database"
    DECISION_LOG = "decision_log"
    MODEL = "model"
    IDENTITY_PROVIDER = "identity_provider"
    """Each of these is away."""
    CREDENTIAL = "credential"
    """It is missing or opens nothing."""
    ROLE = "role"
    """The caller's may not do this."""
    ORIGIN = "origin"
    """A form comes from another site's page."""
    BODY = "body"
    """It is too large."""
    MALFORMED = "malformed"
    """It is no HTTP, or its head is too long."""
    SLOW = "slow"
    """Its head or its body did not arrive in time."""


REFUSED_FOR = "refused_for"
"""Where a request's state has the cause."""
SHOWN_AS = "shown_as"
"""Where it has what makes another answer of a problem, for a person: a function of the problem and the scope."""

STATUS: Mapping[type[errors.MatcherError], HTTPStatus] = {
    errors.InvalidRecord: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.UnknownKey: HTTPStatus.NOT_FOUND,
    errors.AlreadyExists: HTTPStatus.CONFLICT,
    errors.StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.DecisionLogUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.DecisionLogUnreadable: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.ModelUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""What each error of the engine is in HTTP, and each of its kind; any other is a 500 that says nothing."""

AWAY_IS: Mapping[type[errors.MatcherError], Cause] = {
    errors.StoreUnavailable: Cause.DATABASE,
    errors.DecisionLogUnavailable: Cause.DECISION_LOG,
    errors.DecisionLogUnreadable: Cause.DECISION_LOG,
    errors.ModelUnavailable: Cause.MODEL,
    ProviderAway: Cause.IDENTITY_PROVIDER,
}
"""What is away where one of these, or of their kind, is raised."""

DETAIL: Mapping[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "the body cannot be read: send one JSON object in UTF-8, nested no deeper than a record",
    HTTPStatus.FORBIDDEN: "your credential's role may not do this: /docs and docs/access.md say who may",
    HTTPStatus.REQUEST_TIMEOUT: "the body has not come whole in the time that a request may take: send it at once",
    HTTPStatus.PRECONDITION_FAILED: "the record is not what you take it for: read it again, then decide",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "the body is not in a form that is read here: send it uncompressed, in UTF-8; many records one a line, as "
        "application/x-ndjson"
    ),
    HTTPStatus.NOT_FOUND: "there is no such address: /docs lists them all",
    HTTPStatus.SERVICE_UNAVAILABLE: BUSY,
    HTTPStatus.METHOD_NOT_ALLOWED: "this address does not take that method: the header Allow names those that it takes",
}
"""What the framework's own errors say here."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class Refused(HTTPException):
    """Too much waits already for a request to be let in: 503, and when to come again."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": str(RETRY_AFTER_S)})
        self.cause = cause


class Problem(JSONResponse):
    """An error's answer; the request's state tells the figures why it was refused."""

    media_type = MEDIA_TYPE
    cause: Cause | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        state = scope.setdefault("state", {})
        if self.cause is not None:
            state[REFUSED_FOR] = self.cause
        shown = state.get(SHOWN_AS)
        if shown is not None:
            await shown(self, scope)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def problem(
    status: HTTPStatus,
    detail: str,
    *,
    invalid: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    cause: Cause | None = None,
    members: Mapping[str, Any] | None = None,
) -> Problem:
    """Return a problem+json answer.

    Args:
        status: of the answer.
        detail: what is wrong and how to correct it.
        invalid: the fields that are wrong: `field` and `reason` of each.
        headers: to send along.
        cause: what the figures count it as, where it is a refusal.
        members: further ones of the answer (RFC 9457, section 3.2), by name.
    """
    text, language = told(detail)
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": told(status.phrase)[0],
        "status": status.value,
        "detail": text,
        **(members or {}),
    }
    if invalid:
        content["invalid"] = [{"field": one["field"], "reason": told(one["reason"])[0]} for one in invalid]
    sent = {"Content-Language": language, "Vary": "Accept-Language", **(headers or {})}
    answer = Problem(content, status_code=status, headers=sent)
    answer.cause = cause
    return answer


def install(app: FastAPI) -> None:
    """Make an application answer every error so."""

    async def on_validation(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - for the type checker: called for no other
        complaints = error.errors()
        return problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            INVALID_REQUEST,
            invalid=[
                {"field": _field(_location(complaint)), "reason": _reason(complaint)}
                for complaint in complaints[:MAX_COMPLAINTS]
            ],
        )

    async def on_matcher_error(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, errors.MatcherError)  # noqa: S101 - likewise
        return answer_to(error)

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101 - likewise
        status = HTTPStatus(error.status_code)
        if isinstance(error, NotUtf8):
            return problem(status, NOT_UTF8)
        if isinstance(error, RepeatedName):
            invalid = [{"field": field_name(error.field), "reason": REPEATED}]
            return problem(status, INVALID_REQUEST, invalid=invalid)
        cause = error.cause if isinstance(error, Refused) else Cause.ROLE if status is HTTPStatus.FORBIDDEN else None
        headers = {**(error.headers or {})}
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = allowed_at(app, request.scope)  # of all its routes, where the framework names one's
        return problem(status, DETAIL.get(status, status.description), headers=headers, cause=cause)

    async def on_anything(_: Request, __: Exception) -> JSONResponse:
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, FAILED)

    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(errors.MatcherError, on_matcher_error)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(Exception, on_anything)


def answer_to(error: errors.MatcherError) -> JSONResponse:
    """Return the answer where the engine refuses or fails."""
    status = in_table(STATUS, error)
    if isinstance(error, errors.InvalidRecord):
        invalid = [{"field": field_name(error.field), "reason": error.reason}]
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the record breaks the contract", invalid=invalid)
    if status is None:
        log.error("%s", type(error).__name__, exc_info=error)
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, FAILED)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return unavailable(error)
    return problem(status, str(error))


def in_table(table: Mapping[type[errors.MatcherError], T], error: errors.MatcherError) -> T | None:
    """Return what a table has for an error's class, or for the nearest one above it; None where it has neither."""
    return next((table[kind] for kind in type(error).__mro__ if kind in table), None)


OF_THE_STORE: Mapping[type[errors.MatcherError], str | None] = {
    errors.StoreUnavailable: AWAY,
    errors.StoreFull: FULL,
    errors.WentBack: None,
    errors.Behind: None,
    ProviderAway: None,
}
"""What a caller is told instead of the store's own words; None where those name no place and are for the caller."""
_told_at = -TOLD_EVERY_S


def unavailable(error: errors.MatcherError) -> JSONResponse:
    """Return the answer where something that the service needs is away: 503, and when to come again.

    Where that is the store, its address and its own words are for the log alone.
    """
    global _told_at  # noqa: PLW0603 - of the process, as its log is
    detail = str(error)
    if told_instead := in_table(OF_THE_STORE, error):
        if time.monotonic() - _told_at >= TOLD_EVERY_S:
            _told_at = time.monotonic()
            log.warning("%s", error)
        detail = told_instead
    retry = {"Retry-After": str(RETRY_AFTER_S)}
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers=retry, cause=in_table(AWAY_IS, error))


def _location(complaint: Mapping[str, Any]) -> list[Any]:
    """Return the path of the field that a complaint is about."""
    if complaint["type"] == "json_invalid":
        return []  # the path would be the place in the text
    # A check that sees the whole record says itself which field is wrong (matcher.records).
    named = complaint.get("ctx", {}).get("field")
    return [*complaint["loc"], *([named] if named else [])]


def _field(location: Sequence[Any]) -> str:
    parts = [str(part) for part in location if part != "body"]
    return field_name(".".join(parts) or "body")


def field_name(name: str) -> str:
    """Return a field's name as an answer may hold it."""
    # A name may hold what JSON cannot carry back (a lone surrogate) or what a log should not (a line break).
    return "".join(c if c.isprintable() else "?" for c in name)[:NAME_LENGTH]


def _reason(complaint: Mapping[str, Any]) -> str:
    if complaint["type"] == "model_attributes_type" and isinstance(complaint["input"], bytes):
        return "is not sent as JSON: give it the header `Content-Type: application/json`"
    return reason(complaint)
