"""Invented rankings, and a log to write them to."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from matcher.core.domain import Kind, Profile
from matcher.core.scoring import Circumstances, Weights
from matcher.decisions.entry import Asker, Call, Decision, Shown
from matcher.decisions.log import DecisionLog
from matcher.decisions.pseudonyms import Pseudonyms

NOW = datetime(2020, 11, 24, 9, 30, tzinfo=UTC)
"""Long ago, so that a file's own time is later."""
KEY = Pseudonyms(b"k" * 32)
YEAR = timedelta(days=365)


def decision(number: int = 1, *, question: str | Profile = "p1", shown: tuple[str, ...] = ("ana", "bob")) -> Decision:
    """Candidates for a posting."""
    return Decision(
        call=Call.CANDIDATES,
        asker=Asker(at=NOW, request_id=f"request-{number}", role="recruiter", organisation="dinum"),
        question=question,
        asks=Kind.POSTING,
        shows=Kind.PROFILE,
        shown=[Shown(name, 1.0 / rank) for rank, name in enumerate(shown, start=1)],
        eligible=len(shown),
        under=Circumstances(sequence=number, today=NOW.date(), weights=Weights()),
        k=10,
    )


class Clock:
    """Stands still until it is told to move."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self._lock = threading.Lock()

    def __call__(self) -> datetime:
        with self._lock:
            return self.now


def open_log(folder: Path, *, clock: Clock | None = None, segment_bytes: int = 1_000_000) -> DecisionLog:
    """A log that writes."""
    opened = DecisionLog(
        folder, KEY, made_by={"version": "1"}, keep=YEAR, segment_bytes=segment_bytes, now=clock or Clock()
    )
    opened.start()
    return opened


def write(folder: Path, count: int, *, segment_bytes: int = 1_000_000, clock: Clock | None = None) -> None:
    """A process's whole life: start, `count` rankings, stop. One at a time, so that files fill one by one."""
    opened = open_log(folder, clock=clock, segment_bytes=segment_bytes)
    for number in range(1, count + 1):
        opened.record(decision(number))
        while opened._waiting or opened._link.number < number + 1:
            threading.Event().wait(0.001)
    opened.stop()
