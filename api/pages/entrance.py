"""What is different for a page before the API begins: who asks is in a cookie, and errors are for people.

A page's key becomes the `Authorization` header that a program would have sent, and everything behind it (who is asking,
limits, roles) is the API's own. The API itself knows no cookie: for no other address is one read.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.languages import ENGLISH, FRENCH, preferred, speak
from api.pages.addresses import BY_COOKIE, KEY_COOKIE, LANGUAGE_COOKIE, is_page
from api.pages.rendering import shown_as_page
from api.pages.typed import kept
from api.problems import SHOWN_AS, Cause, Problem, problem

CREDENTIAL = re.compile(r"[A-Za-z0-9._~+/-]{1,3500}=*")
"""A key or a token (RFC 6750, `b64token`), no longer than a cookie may be."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FOREIGN = "this form was not sent from a page of this service: open the page again, and send it from there"

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: under that a browser says of a form's own origin `null`, as of a foreign one.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""What every answer to a page's address carries unless it says something else itself."""


class Entrance:
    """Lets requests for pages in; passes on everything else as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http" or not is_page(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        cookies = cookie_parser(headers.get("cookie", ""))
        chosen = cookies.get(LANGUAGE_COOKIE)
        known = chosen in {FRENCH, ENGLISH}
        speak(chosen if chosen and known else preferred(headers.get("accept-language", ""), tie=FRENCH))
        state = scope.setdefault("state", {})
        state[SHOWN_AS] = _shown
        key = cookies.get(KEY_COOKIE, "")
        if "authorization" not in headers and CREDENTIAL.fullmatch(key):
            state[BY_COOKIE] = True
            scope["headers"] = [*scope["headers"], (b"authorization", f"Bearer {key}".encode())]

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(raw=[*message.get("headers", ())])
                for name, value in HEADERS.items():
                    sent.setdefault(name, value)
                message["headers"] = sent.raw
            await send(message)

        if scope["method"] in SAFE or _is_ours(headers):
            await self._app(scope, receive, marked)
        else:
            await problem(HTTPStatus.FORBIDDEN, FOREIGN, cause=Cause.ORIGIN)(scope, receive, marked)


def _shown(problem: Problem, scope: Scope) -> ASGIApp:
    """Return the page that says what a problem says; of a search with a key that has ended, it keeps the search."""
    if problem.status_code != HTTPStatus.UNAUTHORIZED or BY_COOKIE not in scope["state"]:
        return shown_as_page(problem, scope)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        page = shown_as_page(problem, scope, kept=await kept(Request(scope, receive)))
        await page(scope, receive, send)

    return answer


def _is_ours(headers: Headers) -> bool:
    """Tell whether a page of this service has sent a form, as the browser says.

    Over plain HTTP, and before 2023, browsers send no Sec-Fetch-Site; then the page's origin must be the address that
    was asked.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin", "").partition("://")[2]
    return bool(origin) and origin == headers.get("host")
