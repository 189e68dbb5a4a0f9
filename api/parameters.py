"""A query parameter that a route does not know is refused: misspelt, it would have no effect."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute


def refuse_unknown(request: Request) -> None:
    """Let a request pass whose parameters its route knows. An answer names those; what was sent it does not repeat.

    Raises:
        RequestValidationError: there is another one.
    """
    if not request.scope["query_string"]:
        return
    route: APIRoute = request.scope["route"]
    known = frozenset(_names(route.dependant))
    if not known.issuperset(request.query_params):
        told = f"it knows: {', '.join(sorted(known))}" if known else "it takes none"
        reason = f"holds a parameter that this call does not know; {told}"
        raise RequestValidationError([{"type": "unknown_parameter", "loc": ("query",), "msg": reason}])


async def known_alone(request: Request) -> None:
    """Do the same for routes that are for everyone: elsewhere `authorised` does, for a dependency costs 8 µs."""
    refuse_unknown(request)


def _names(dependant: Dependant) -> Iterator[str]:
    """Yield the names of a route's query parameters, its dependencies' included."""
    yield from (field.alias for field in dependant.query_params)
    for part in dependant.dependencies:
        yield from _names(part)
