"""What an address takes beside the methods of its routes (RFC 9110, sections 9.3.2, 9.3.7 and 10.2.1)."""

from contextvars import ContextVar
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OF_ROUTES = ("GET", "POST", "PUT", "DELETE", "PATCH")

_shows_nothing: ContextVar[bool] = ContextVar("shows_nothing", default=False)


def shows_nothing() -> bool:
    """Return whether the request that is being answered gets no body, whatever its answer is: HEAD."""
    return _shows_nothing.get()


def allowed_at(app: Starlette, scope: Scope) -> str:
    """Return what the header Allow says of the address of a request; nothing where there is no such address."""
    # Of the whole application, also where what is mounted in it has refused the method.
    at = {**scope, "root_path": scope.get("app_root_path", scope.get("root_path", ""))}
    found = [(method, route) for method in OF_ROUTES for route in app.routes if _takes(route, {**at, "method": method})]
    # Files alone are mounted, and a mount takes any method as far as it can tell.
    taken = {method for method, route in found if method == "GET" or not isinstance(route, Mount)}
    if not taken:
        return ""
    return ", ".join(sorted(taken | {"OPTIONS"} | ({"HEAD"} if "GET" in taken else set())))


def _takes(route: BaseRoute, scope: Scope) -> bool:
    return route.matches(scope)[0] is Match.FULL


class Methods:
    """Answers HEAD as GET without its body, and OPTIONS with what the address takes."""

    def __init__(self, app: ASGIApp, *, main: Starlette) -> None:
        """Take what comes next, and the application whose routes these are."""
        self._app = app
        self._main = main

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        # Set each time: a request that waited behind another's, on its connection, begins with what that one left.
        _shows_nothing.set(scope["type"] == "http" and scope["method"] == "HEAD")
        if shows_nothing():
            await self._head(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] == "OPTIONS" and (allow := allowed_at(self._main, scope)):
            await Response(status_code=HTTPStatus.NO_CONTENT, headers={"Allow": allow})(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def bodiless(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # A copy: the server must know that no body will come.
        asked = {**scope, "method": "GET"}
        try:
            await self._app(asked, receive, bodiless)
        finally:
            if "route" in asked:  # for the figures
                scope["route"] = asked["route"]
