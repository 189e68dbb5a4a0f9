"""A limit for what waits for a server: a test that gets no answer fails and says so."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest


@contextmanager
def time_limit(seconds: float, *, waits_for: str) -> Iterator[None]:
    """Fail the test where what is inside takes longer; what ignores that once is interrupted again and again.

    For the main thread, where tests run: it is interrupted in an event loop and while it waits for a lock, too.
    """

    def fail(_: int, __: FrameType | None) -> None:
        pytest.fail(f"{waits_for}: not within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, seconds, max(seconds / 10, 0.1))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
