"""Who asks for what this process does not know: another may just have stored it, and acknowledged it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from fastapi import FastAPI

from matcher.core.errors import NotFound

T = TypeVar("T")

WAIT_S = 1.0
"""How long whoever asks waits for others' changes: what takes longer, as a snapshot may, holds up no answer."""


class Latest:
    """Brings this process up to the database's last change: at once, for all who want that at the same moment.

    One look at the change log at a time, however many ask for ids that nobody has stored: they take one connection, and
    what they find is 404.
    """

    def __init__(self, follow: Callable[[], object]) -> None:
        self._follow = follow
        self._at_it = asyncio.Lock()
        self._next: asyncio.Task[None] | None = None

    async def caught_up(self) -> None:
        """Return when all is applied here that was stored before the call, or when that takes too long.

        Raises:
            StoreUnavailable: the change log cannot be read.
        """
        if self._next is None:
            self._next = asyncio.create_task(self._look())
            self._next.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may wait any more
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._next), WAIT_S)

    async def _look(self) -> None:
        async with self._at_it:
            self._next = None  # what has been stored since may be missed by this one
            await asyncio.to_thread(self._follow)


async def or_later(app: FastAPI, ask: Callable[[], Awaitable[T]]) -> T:
    """Return what is asked for, if need be when this process has caught up with the others.

    What is there and not for this caller takes the same way as what is not, the same reads of the database included
    (`dependencies.stored`): a clock tells the two apart by no more than one row's decoding.

    Raises:
        NotFound: it is not there; or whatever else asking raises.
        StoreUnavailable: nobody knows.
    """
    try:
        return await ask()
    except NotFound:
        latest: Latest = app.state.latest
        await latest.caught_up()
        return await ask()
