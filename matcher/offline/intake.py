"""From files to the store: read, write in batches, and account for every record.

Each batch is one transaction, so that an intake that was cut off can be run again: what was stored then comes back
as unchanged, and the end is the same.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from matcher.core.domain import Kind, Outcome, Record, Rejection, kind_of
from matcher.engine import Matcher
from matcher.offline.unbroken import unbroken
from matcher.records import serialise
from matcher.stages import ingest, text
from matcher.stages.embed import digest

BATCH_RECORDS = 256
REJECT_COLUMNS = ("file", "position", "record_id", "field", "reason", "others")
"""Of a file of rejections, a row each; `others` has what else is wrong with the record."""


@dataclass(slots=True)
class Report:
    """What became of every record."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    rejections: list[Rejection] = field(default_factory=list)
    """The first of them; all of them go to the rejects file."""
    unread: int = 0
    """Files that could not be read, or not to their end."""

    @property
    def records(self) -> int:
        """How many records there were, rejected ones included."""
        return self.outcomes.total()


KEPT_REJECTIONS = 100


class Intake:
    """One run over some files: counts outcomes, and knows again what the same run has already stored."""

    def __init__(self, matcher: Matcher, *, rejects: TextIO | None = None) -> None:
        self.report = Report()
        self._matcher = matcher
        self._batch: list[Record] = []
        # Sixteen bytes a record: a million records take some 150 MB less than the records would.
        self._seen: dict[tuple[Kind, str], bytes] = {}
        self._seen_in_file: set[tuple[Kind, str]] | None = None
        self._rejects = csv.writer(rejects) if rejects else None
        if self._rejects:
            self._rejects.writerow(REJECT_COLUMNS)

    def read(self, path: Path, *, on_bytes: Callable[[int], None] | None = None) -> None:
        """Store what a file holds; `flush` has to follow the last one.

        Args:
            path: a file of any known format.
            on_bytes: told how many bytes have been read, now and then.
        """
        # An export repeats a posting, now and then with less about it: the first stands. A native file is a log of
        # what somebody wrote: the last stands, as it does between files.
        self._seen_in_file = set() if ingest.is_export(path) else None
        self.take(ingest.read(path, clean=text.clean, clean_title=text.clean_title, on_bytes=on_bytes))
        self._seen_in_file = None

    def take(self, records: Iterable[Record | Rejection]) -> None:
        """Store records as they come, in batches."""
        for record in records:
            if isinstance(record, Rejection):
                self._reject(record)
                continue
            if self._repeats(record):
                self.report.outcomes[Outcome.DUPLICATE] += 1
                continue
            self._batch.append(record)
            if len(self._batch) >= BATCH_RECORDS:
                self.flush()

    def flush(self) -> None:
        """Store what is still waiting."""
        if self._batch:
            with unbroken():
                self.report.outcomes.update(self._matcher.put(self._batch))
            self._batch = []

    def _repeats(self, record: Record) -> bool:
        """Tell whether this run has had the same record, or this export another version of it."""
        key, content = (kind_of(record), record.id), digest(serialise(record).decode())
        if self._seen_in_file is not None:
            if key in self._seen_in_file:
                return True
            self._seen_in_file.add(key)
        if self._seen.get(key) == content:
            return True
        self._seen[key] = content
        return False

    def _reject(self, rejection: Rejection) -> None:
        self.report.outcomes[Outcome.REJECTED] += 1
        self.report.unread += rejection.is_of_file
        if len(self.report.rejections) < KEPT_REJECTIONS:
            self.report.rejections.append(rejection)
        if self._rejects:
            self._rejects.writerow(cells(rejection))


def cells(rejection: Rejection) -> tuple[str, ...]:
    """Return a rejection as a row of REJECT_COLUMNS."""
    others = " | ".join(f"{field}: {reason}" for field, reason in rejection.others)
    told = (rejection.file, rejection.position, rejection.record_id, rejection.field, rejection.reason, others)
    return tuple(inert(each or "") for each in told)


def inert(text: str) -> str:
    """Return a text that a spreadsheet shows: whoever wrote the record has chosen its id, and it may be a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def ingest_files(
    matcher: Matcher,
    paths: Sequence[Path],
    *,
    rejects: Path | None = None,
    on_bytes: Callable[[int], None] | None = None,
) -> Report:
    """Store what files hold and return what became of every record; then write the index to disk.

    Args:
        matcher: where to.
        paths: files of any known format.
        rejects: a CSV file to write every rejection to.
        on_bytes: told how many bytes have been read, now and then.

    Raises:
        OSError: the rejects cannot be written; their file is named.
    """
    if rejects is None:
        return _run(Intake(matcher), matcher, paths, on_bytes)
    # A file's name may be no UTF-8; what cannot be written as it is must not end the intake.
    try:
        with rejects.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            return _run(Intake(matcher, rejects=file), matcher, paths, on_bytes)
    except OSError as error:
        error.filename = error.filename or str(rejects)  # a write that fails names no file; whatever else does
        raise


def _run(intake: Intake, matcher: Matcher, paths: Sequence[Path], on_bytes: Callable[[int], None] | None) -> Report:
    try:
        for path in paths:
            intake.read(path, on_bytes=on_bytes)
    except KeyboardInterrupt:
        # Of who does not wait for the end of a batch a transaction may be open, which no other could get past.
        raise
    except BaseException:
        intake.flush()
        raise
    intake.flush()
    matcher.snapshot_if_behind()
    return intake.report
