"""Templates to pages: every text is escaped, whatever it holds, and every page knows its reader's language."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import cookie_parser
from starlette.types import Scope

from api import request_ids
from api.languages import asked
from api.pages import addresses
from api.pages.addresses import BY_COOKIE, HOME, KEY_COOKIE, NOTICE_COOKIE, SIGN_OUT
from api.pages.words import Words
from api.problems import Cause, Problem
from matcher.core.access import Principal, Role

MEDIA_TYPE = "text/html; charset=utf-8"
_OWN = frozenset({"content-length", "content-type", "content-language", "vary"})
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_TEMPLATES.globals["at"] = addresses


async def page(request: Request, template: str, *, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> Response:
    """Return a page for a request, made by a thread: a list takes milliseconds, for which the loop would answer nobody.

    Args:
        request: its caller is known, unless the page is for everyone.
        template: its file's name, without the ending.
        status: of the answer.
        context: what the template takes beside the words and the caller.
    """
    return await run_in_threadpool(_page, request.scope, template, status, context)


def shown_as_page(problem: Problem, scope: Scope, *, kept: str = "") -> Response:
    """Return the page that says what a problem says: to a stranger, the one where they can sign in.

    Args:
        problem: to say.
        scope: of its request.
        kept: what is taken along to the page after that, sealed.
    """
    told = json.loads(bytes(problem.body))
    status = HTTPStatus(problem.status_code)
    if status is HTTPStatus.UNAUTHORIZED:
        by_cookie = BY_COOKIE in scope.get("state", {})
        given = any(name == b"authorization" for name, _ in scope["headers"])
        error = "error.session" if by_cookie else "error.token" if given else ""
        context: dict[str, Any] = {
            "error": error,
            "next": _wanted(scope),
            "is_asked": True,
            "is_lost": not kept and scope["method"] not in {"GET", "HEAD"},
            "kept": kept,
            "takes_keys": by_cookie or not given,
        }
        answer = _page(scope, "sign_in", status, context)
        if by_cookie:
            answer.delete_cookie(KEY_COOKIE, path=HOME)
    else:
        cause = problem.cause
        shown = {"status": status, "why": _reason(status, cause, scope), "detail": told["detail"]}
        wrong = [one["reason"] for one in told.get("invalid", ())]
        is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        context = {**shown, "invalid": wrong, "request_id": request_ids.current() if is_ours else ""}
        answer = _page(scope, "error", status, context)
    for name, value in problem.headers.items():
        if name not in _OWN:
            answer.headers[name] = value
    return answer


def _wanted(scope: Scope) -> str:
    """Return the address to come back to after signing in."""
    if scope["path"] == SIGN_OUT:
        return HOME
    query = scope["query_string"].decode("ascii", "ignore") if scope["path"] == HOME else ""
    return f"{HOME}?{query}" if query else quote(scope["path"])


def _reason(status: HTTPStatus, cause: Cause | None, scope: Scope) -> str:
    """Return which of our sentences says best what is wrong."""
    principal: Principal | None = scope.get("state", {}).get("principal")
    if cause is Cause.ROLE and principal is not None and principal.role is Role.PLATFORM:
        return "error.platform"
    return f"error.{cause}" if cause in {Cause.ROLE, Cause.ORIGIN} else f"error.{status.value}"


def _page(scope: Scope, template: str, status: HTTPStatus, context: dict[str, Any]) -> Response:
    language = asked()
    principal: Principal | None = scope.get("state", {}).get("principal")
    notice = ""
    if status is HTTPStatus.OK:
        cookies = cookie_parser(next((v.decode("latin-1") for n, v in scope["headers"] if n == b"cookie"), ""))
        notice = cookies.get(NOTICE_COOKIE, "")
    state = scope.get("state", {})
    context = {
        "by_cookie": BY_COOKIE in state,
        "is_logged": getattr(scope["app"].state, "decisions", None) is not None,
        **context,
    }
    words = Words(language)
    text = _TEMPLATES.get_template(f"{template}.html").render(
        t=words, caller=principal, notice=notice if words.knows(f"notice.{notice}") else "", **context
    )
    headers = {"Content-Language": language, "Vary": "Accept-Language, Cookie"}
    answer = Response(text.encode("utf-8", "replace"), status_code=status, headers=headers, media_type=MEDIA_TYPE)
    if notice:
        answer.delete_cookie(NOTICE_COOKIE, path=HOME)
    return answer


def said(answer: Response, notice: str) -> Response:
    """Have the next page say something: the name of a sentence, no word of anybody's."""
    answer.set_cookie(NOTICE_COOKIE, notice, max_age=60, path=HOME, httponly=True, samesite="strict")
    return answer
