"""Finds lines of the log again: by request, by place, by person.

The last line of a chain that a crash cut off, or that is being written just now, is passed over: `verify` says whether
it was a crash. Any other line that cannot be read is an error.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from matcher.core.errors import DecisionLogUnreadable
from matcher.decisions import segments
from matcher.decisions.chain import BrokenLine, Line, unseal
from matcher.decisions.segments import Segment

_PLACE = re.compile(r"(?P<chain>\d{8}T\d{6}Z-\d+-[0-9a-f]{6}):(?P<number>\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line, with the chain that it stands in."""

    chain: str
    line: Line

    @property
    def place(self) -> str:
        """What `at` finds it by."""
        return f"{self.chain}:{self.line.link.number}"


def of_request(folder: Path, request_id: str) -> list[Entry]:
    """Return what was shown for a request, the oldest first: more than one where a client repeats ids."""
    mark = f'"request":"{request_id}"'.encode("ascii", "replace")
    return [*_found(folder, lambda line: mark in line, lambda entry: entry.line.content.get("request") == request_id)]


def showing(folder: Path, pseudonym: str) -> list[Entry]:
    """Return where a person was shown, in a ranking or alone, and rankings that they were shown; the oldest first."""
    mark = f'"{pseudonym}"'.encode("ascii", "replace")
    return [*_found(folder, lambda line: mark in line, lambda _: True)]


def rankings(folder: Path) -> Iterator[Entry]:
    """Yield every ranking there is, chain by chain, the oldest first; not what was read outside of them."""
    return _found(folder, lambda line: b'"shown":' in line, lambda entry: "shown" in entry.line.content)


def one(folder: Path, name: str) -> Entry:
    """Return the ranking of a request's id, or of a line's place as `decisions show` prints it.

    Raises:
        DecisionLogUnreadable: there is none, or more than one.
    """
    if match := _PLACE.fullmatch(name):
        mark = f'{{"n":{int(match["number"])},'.encode("ascii")
        found = [*_found(folder, lambda line: line.startswith(mark), lambda entry: entry.chain == match["chain"])]
    else:
        found = of_request(folder, name)
    rankings = [entry for entry in found if "shown" in entry.line.content]
    if not rankings:
        raise DecisionLogUnreadable(
            "no such ranking is in the decision log: check the id, --log, or for how long it is kept"
        )
    if len(rankings) > 1:
        places = ", ".join(entry.place for entry in rankings)
        raise DecisionLogUnreadable(f"{len(rankings)} rankings have this request id: name one by its place, {places}")
    return rankings[0]


def last_database(folder: Path) -> str | None:
    """Return the id of the database that the rankings written last are of; None where none can be found."""
    with suppress(DecisionLogUnreadable, OSError):
        parts = [segment for chain in segments.chains(folder).values() for segment in chain]
        for segment in sorted(parts, key=lambda segment: segment.path.stat().st_mtime, reverse=True):
            lines = [line for line in segment.lines() if b'"database":' in line and line.endswith(b"\n")]
            with suppress(BrokenLine, LookupError, TypeError):
                return str(unseal(lines[-1].rstrip(b"\n")).content["made_by"]["database"])
    return None


def _left_of(segment: Segment) -> Iterator[bytes]:
    with suppress(FileNotFoundError):  # expired since the folder was read, and deleted by who writes it
        yield from segment.lines()


def _found(folder: Path, may_be: Callable[[bytes], bool], is_it: Callable[[Entry], bool]) -> Iterator[Entry]:
    for chain, parts in segments.chains(folder).items():
        for segment in parts:
            for line in _left_of(segment):
                if not may_be(line):
                    continue
                try:
                    entry = Entry(chain, unseal(line.rstrip(b"\n")))
                except BrokenLine as error:
                    if segment is parts[-1] and not line.endswith(b"\n"):
                        continue
                    raise DecisionLogUnreadable(
                        f"a line in {segment.path.name} {error}: `matcher decisions verify` says which"
                    ) from error
                if is_it(entry):
                    yield entry
