"""Erasures that a restored backup has undone, done again: by the receipts, which hold no id of a person."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matcher.core.domain import Kind
from matcher.core.errors import NotFound, UnreadableFile
from matcher.decisions.pseudonyms import Pseudonyms
from matcher.engine import Matcher
from matcher.offline.unwritten import Unwritten, WrittenSince

_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a document was erased."""

    kind: Kind
    name: str
    """A profile's pseudonym, a posting's id."""
    erased_at: datetime
    """In UTC."""


@dataclass(frozen=True, slots=True)
class Again:
    """What became of receipts."""

    erased: int
    absent: int
    """What they name is not here (or they were made under another secret of the pseudonyms)."""
    written_since: int
    """Kept: it was stored after it had been erased, and so has come back on purpose."""


def read_receipts(paths: Sequence[Path]) -> list[Receipt]:
    """Return the receipts of files: JSON objects as `DELETE` answers and `matcher erase --receipt` prints them.

    A line holds one, or several: an answer ends in no line's end.

    Raises:
        UnreadableFile: a line holds something else.
    """
    return [receipt for path in paths for receipt in _of_file(path)]


def erase_again(matcher: Matcher, receipts: Iterable[Receipt], pseudonyms: Pseudonyms) -> Again:
    """Erase what receipts say was erased and is here all the same, then replace the snapshot.

    What was written after its erasure stays, and so does what somebody writes while this runs.

    Raises:
        StoreUnavailable: not all could be deleted, or the snapshot could not be replaced; what was deleted is.
    """
    wanted = {(receipt.kind, receipt.name): receipt.erased_at for receipt in sorted(receipts, key=_at)}
    unwritten = Unwritten(matcher, sequence=matcher.sequence)
    erased = written_since = 0
    try:
        for kind in Kind:
            for id_, written_at in matcher.last_written(kind).items():
                name = (kind, pseudonyms.of_profile(id_) if kind is Kind.PROFILE else id_)
                if name not in wanted:
                    continue
                if written_at > wanted[name]:
                    written_since += 1
                    continue
                try:
                    unwritten.delete(kind, id_)
                    erased += 1
                except WrittenSince:
                    written_since += 1
                except NotFound:  # somebody else was quicker
                    pass
    finally:
        if erased:
            matcher.sweep(within_s=0)
    return Again(erased, absent=len(wanted) - erased - written_since, written_since=written_since)


def _at(receipt: Receipt) -> datetime:
    return receipt.erased_at


def _of_file(path: Path) -> Iterator[Receipt]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise UnreadableFile(f"{path.name} cannot be read: name a file of receipts, one JSON object a line") from error
    for number, line in enumerate(lines, start=1):
        try:
            yield from _on_line(line)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise UnreadableFile(
                f"{path.name}, line {number}: this is no receipt: each has `erased_at` and one of `pseudonym`, "
                "`profile` and `posting`; nothing was erased"
            ) from error


def _on_line(line: str) -> Iterator[Receipt]:
    line = line.strip()
    end = 0
    while end < len(line):
        content, end = _DECODER.raw_decode(line, end)
        yield _receipt(content)
        while line[end : end + 1].isspace():
            end += 1


def _receipt(content: Any) -> Receipt:
    at = datetime.fromisoformat(content["erased_at"])
    if at.tzinfo is None:
        raise ValueError("when, exactly?")
    kind = Kind.POSTING if "posting" in content else Kind.PROFILE
    name = content["posting"] if kind is Kind.POSTING else content.get("pseudonym") or content["profile"]
    if not isinstance(name, str):
        raise TypeError("a name is a text")
    return Receipt(kind, name, at.astimezone(UTC))
