"""Work that Ctrl-C waits for."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def unbroken() -> Iterator[None]:
    """Let Ctrl-C wait until the work inside is done; who presses it again does not have to wait.

    It would otherwise come at any instruction of any library: between a transaction and what ends it, inside a
    callback that swallows it, or where compiled code expects no exception at all and the process dies of it. Keep the
    work short. Elsewhere than in the main thread, which alone is told of signals, and where Ctrl-C raises nothing,
    nothing changes.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    first: list[FrameType | None] = []

    def waits(signum: int, frame: FrameType | None) -> None:
        signal.signal(signum, before)
        first.append(frame)

    signal.signal(signal.SIGINT, waits)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if first:
            before(signal.SIGINT, first[0])
