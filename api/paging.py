"""Lists, a page at a time: a cursor names the last place that was shown (keyset pagination).

What is written meanwhile moves nothing that keeps its place; what gets another one may come twice, or on no page.
A ranking's pages are the engine's matter (matcher/core/pages.py): its scores move.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query

from api.schemas.base import MAX_CURSOR, MAX_TOP
from matcher.core.pages import no_cursor, other_list, read_cursor, written_cursor

T = TypeVar("T")

OnAPage = Annotated[int, Query(ge=1, le=MAX_TOP, description="how many at most on a page")]
Cursor = Annotated[
    str | None,
    Query(min_length=1, max_length=MAX_CURSOR, description="where the page begins: what the page before gave"),
]


def page(
    items: Sequence[T], *, place: Callable[[T], str], top: int, cursor: str | None, of: str
) -> tuple[Sequence[T], str | None]:
    """Return one page of a list, and where the next one begins; None after the last.

    Args:
        items: all of them, in the order of their places.
        place: where one stands in that order; each has its own.
        top: how many at most.
        cursor: where the page begins, None at the start.
        of: what this list's cursors begin with, and no other list's.

    Raises:
        InvalidRecord: the cursor is no cursor, or another list's.
    """
    after = None if cursor is None else _place(cursor)
    if after is not None and not after.startswith(of):
        raise other_list()
    left = [one for one in items if after is None or place(one) > after.removeprefix(of)]
    return left[:top], written_cursor(f"{of}{place(left[top - 1])}".encode()) if len(left) > top else None


def _place(cursor: str) -> str:
    try:
        return read_cursor(cursor).decode()
    except UnicodeError as error:
        raise no_cursor() from error
