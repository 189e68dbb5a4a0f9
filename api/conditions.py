"""Entity tags: who reads a record and writes it back must not undo what somebody else wrote between (RFC 9110, 13)."""

import hashlib
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from matcher.core.domain import Record
from matcher.core.storing import Guard

_TAG = re.compile(r'(W/)?("[^"]*")')


def etag_of(content: bytes) -> str:
    """Return the tag of what is answered; whoever is shown less gets another tag, and learns nothing by it."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


class Conditions:
    """A request's If-Match and If-None-Match."""

    def __init__(self, if_match: str | None, if_none_match: str | None) -> None:
        self._if_match = if_match
        self._if_none_match = if_none_match

    def unchanged(self, tag: str) -> bool:
        """Tell whether the client holds this already (weak comparison): 304, without a body."""
        return self._if_none_match is not None and _names(self._if_none_match, tag, weak=True)

    def require(self, tag: str | None) -> None:
        """Let pass what is of the version that the client asks for. Raises HTTPException: 412, it is another, or none.

        Args:
            tag: of what is stored, None where nothing is.
        """
        if self._if_match is not None and (tag is None or not _names(self._if_match, tag, weak=False)):
            raise HTTPException(HTTPStatus.PRECONDITION_FAILED)

    def guard(self, tag: Callable[[Record | None], str | None]) -> Guard | None:
        """Return what lets a change pass as `check` does, None where the client says nothing: then nothing is read.

        Args:
            tag: makes the tag of what is stored, None of nothing.
        """
        if self._if_match is None and self._if_none_match is None:
            return None
        return lambda stored: self.check(lambda: tag(stored))

    def check(self, current: Callable[[], str | None]) -> None:
        """Let a change pass if the client knows what it is changing.

        Args:
            current: makes the tag of what is stored, None where nothing is; called only where the client asks.

        Raises:
            HTTPException: 412, the record is not what the client takes it for.
        """
        if self._if_match is None and self._if_none_match is None:
            return
        tag = current()
        self.require(tag)
        if self._if_none_match is not None and tag is not None and _names(self._if_none_match, tag, weak=True):
            raise HTTPException(HTTPStatus.PRECONDITION_FAILED)


def _names(header: str, tag: str, *, weak: bool) -> bool:
    if header.strip() == "*":
        return True
    return any(found == tag and (weak or not mark) for mark, found in _TAG.findall(header))


async def _conditions(request: Request) -> Conditions:
    # A list may come in several headers. An empty one names no tag: whoever lost theirs must not overwrite anything.
    given = (request.headers.getlist(name) for name in ("if-match", "if-none-match"))
    return Conditions(*(", ".join(lines) if lines else None for lines in given))


AsKnown = Annotated[Conditions, Depends(_conditions)]
