"""JSON bodies in UTF-8, in which no name stands twice in one object: nobody can say which of the two was meant."""

import json
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from matcher.core.complaints import Repeated, once


class RepeatedName(HTTPException):
    """A name stands twice in an object of the body: 422."""

    def __init__(self, field: str) -> None:
        super().__init__(HTTPStatus.UNPROCESSABLE_ENTITY)
        self.field = field


class NotUtf8(HTTPException):
    """The body is text of another encoding: 415."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def is_wide(body: bytes) -> bool:
    """Tell whether JSON is UTF-16 or UTF-32: it begins with a mark that UTF-8 has not, or with NULs among letters."""
    return body.startswith((b"\xff\xfe", b"\xfe\xff")) or 0 < body[:4].count(0) < 4


class _Once(Request):
    async def json(self) -> Any:
        """Return the body's value. Raises RepeatedName, NotUtf8, and what `json.loads` does."""
        body = await self.body()
        if is_wide(body):
            raise NotUtf8
        try:
            return json.loads(body.decode(), object_pairs_hook=once)
        except UnicodeDecodeError:
            raise NotUtf8 from None
        except Repeated as repeated:
            raise RepeatedName(repeated.field) from None


class ReadOnce(APIRoute):
    """A route that reads its body so."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        handle = super().get_route_handler()

        async def handle_once(request: Request) -> Response:
            return await handle(_Once(request.scope, request.receive))

        return handle_once
