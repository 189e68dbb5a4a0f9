"""JSON bodies in which no name stands twice in one object: nobody can say which of the two was meant."""

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


class _Once(Request):
    async def json(self) -> Any:
        """Return the body's value. Raises RepeatedName, and what `json.loads` does."""
        try:
            return json.loads(await self.body(), object_pairs_hook=once)
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
