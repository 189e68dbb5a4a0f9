"""Lists, a page at a time: a cursor names the last place that was shown, and what is written meanwhile moves nothing.

A search's pages are the engine's matter (matcher/search.py): its scores move.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from api.schemas.base import MAX_CURSOR, MAX_TOP
from matcher.core.errors import InvalidRecord

T = TypeVar("T")

OnAPage = Annotated[int, Query(ge=1, le=MAX_TOP, description="how many at most on a page")]
Cursor = Annotated[
    str | None,
    Query(min_length=1, max_length=MAX_CURSOR, description="where the page begins: what the page before gave"),
]


def page(
    items: Sequence[T], *, place: Callable[[T], str], top: int, cursor: str | None
) -> tuple[Sequence[T], str | None]:
    """Return one page of a list, and where the next one begins; None after the last.

    Args:
        items: all of them, in the order of their places.
        place: where one stands in that order; each has its own.
        top: how many at most.
        cursor: where the page begins, None at the start.

    Raises:
        InvalidRecord: the cursor is no cursor.
    """
    after = None if cursor is None else _place(cursor)
    left = [one for one in items if after is None or place(one) > after]
    return left[:top], _cursor(place(left[top - 1])) if len(left) > top else None


def _cursor(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(cursor: str) -> str:
    try:
        return base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except (UnicodeError, binascii.Error) as error:
        raise InvalidRecord(field="cursor", reason="is no cursor: send the one that the page before gave") from error
