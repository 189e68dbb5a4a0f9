"""Answers that nobody takes: what has been written for a connection is held in memory until its client reads.

So a connection that takes nothing for too long is broken off; and where all together hold too much, the one that has
taken nothing for the longest.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

MOST_BYTES = 64 * 1024 * 1024
"""Bytes of all answers that a process holds unsent, at most."""
LOOKS = 4
"""How often a connection is looked at in the time in which it may take nothing."""


class Connection(Protocol):
    """What is looked at here of asyncio's transports."""

    def get_write_buffer_size(self) -> int:
        """Return how many bytes wait to be taken."""
        ...

    def abort(self) -> None:
        """Break off; what waits is lost."""
        ...


@dataclass(slots=True)
class _Held:
    answers: int
    """Whose end has been written."""
    seen: tuple[int, int]
    """Bytes and answers: at the last look, or since more was written than a connection takes at once."""
    since: float
    """When they became so many."""


class Unsent:
    """What a process holds for its connections."""

    def __init__(
        self, *, patience_s: float, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = monotonic
    ) -> None:
        """Let a connection take nothing for so long, and all together hold so much."""
        self._patience_s = patience_s
        self._most_bytes = most_bytes
        self._clock = clock
        self._held: dict[Connection, _Held] = {}
        self._bytes = 0
        self._timer: asyncio.TimerHandle | None = None

    def written(self, connection: Connection) -> None:
        """Note that an answer's end has been written; most are taken at once, and out of here at the next look."""
        self._watched(connection).answers += 1

    def note_full(self, connection: Connection) -> None:
        """Note that a connection takes no more for now: it counts at once, and somebody may have to make room."""
        self._count(self._watched(connection), connection.get_write_buffer_size())
        while self._bytes > self._most_bytes:
            self._break_off(max(self._held, key=lambda one: (-self._held[one].since, self._held[one].seen)))

    def forget(self, connection: Connection) -> None:
        """Hold nothing of a connection any more. Idempotent."""
        if (held := self._held.pop(connection, None)) is not None:
            self._bytes -= held.seen[0]

    def look(self) -> None:
        """Leave out who has taken everything; break off who has taken nothing for too long."""
        for connection, held in [*self._held.items()]:
            size = connection.get_write_buffer_size()
            if not size:
                self.forget(connection)
            elif (size, held.answers) != held.seen:
                self._count(held, size)
            elif self._clock() - held.since >= self._patience_s:
                self._break_off(connection)
        self._timer = None
        if self._held:
            self._look_later()

    def _watched(self, connection: Connection) -> _Held:
        if (held := self._held.get(connection)) is None:
            held = self._held[connection] = _Held(0, (0, 0), self._clock())
            self._look_later()
        return held

    def _count(self, held: _Held, size: int) -> None:
        self._bytes += size - held.seen[0]
        held.seen, held.since = (size, held.answers), self._clock()

    def _break_off(self, connection: Connection) -> None:
        self.forget(connection)
        connection.abort()

    def _look_later(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._patience_s / LOOKS, self.look)
