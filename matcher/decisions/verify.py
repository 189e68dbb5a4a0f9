"""Proves that the log is what was written: no line altered, none taken away, none put in."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from matcher.core.errors import DecisionLogUnreadable
from matcher.decisions import segments
from matcher.decisions.chain import CLOSING, OPENING, BrokenLine, Line, Link, unseal
from matcher.decisions.segments import Segment

Noted = Mapping[str, Mapping[int, str]]
"""What other chains saw of one when they began: digests by line, by chain."""


_TRIES = 5


@dataclass(frozen=True, slots=True)
class Checked:
    """One chain, as far as it holds."""

    chain: str
    head: Link
    """Its last good line. Whoever keeps it elsewhere can tell later that nothing before was rewritten."""
    first_at: str | None
    """Of its first line that has not been deleted."""
    last_at: str | None
    is_closed: bool
    """Whether the process stopped gracefully. If not, it still runs, or it was killed."""
    broken: str | None = None
    """The first broken line, and how that shows."""
    cut_off: bool = False
    """It ends within a line, as a crash leaves it, and whoever began next noted that."""


def verify(folder: Path) -> list[Checked]:
    """Return every chain of a log, checked line by line.

    Raises:
        DecisionLogUnreadable: there is no such folder, its anchors are damaged, or its files go while they are read.
    """
    for _ in range(_TRIES):
        with suppress(FileNotFoundError):  # expired since the folder was read, and deleted by who writes it
            return _verified(folder)
    raise DecisionLogUnreadable(f"files of {folder} were deleted while they were read: try again")


def _verified(folder: Path) -> list[Checked]:
    found, known = segments.chains(folder), segments.anchors(folder)
    noted = _noted(found)
    checked = [_check(parts, known.get(chain), noted.get(chain, {})) for chain, parts in found.items()]
    for chain in sorted(noted.keys() - found.keys()):
        last = max(noted[chain])
        if chain not in known or known[chain].number < last:
            broken = f"all of its files are gone, line {last} and before"
            checked.append(Checked(chain, known.get(chain, Link()), None, None, is_closed=False, broken=broken))
    return checked


def _check(parts: Sequence[Segment], anchor: Link | None, noted: Mapping[int, str]) -> Checked:
    link = Link() if anchor is None else anchor
    first_at = last_at = None
    is_closed = False
    broken, torn = None, False
    left = {number for number in noted if number > link.number}
    try:
        for line in _lines(parts):
            if anchor is not None and line.link.number < anchor.number:
                continue  # a crash kept its file from being deleted
            if line.link == anchor:
                continue
            _follows(line, link, noted)
            if is_closed:
                raise BrokenLine("comes after the chain's end")  # noqa: TRY301 - all of a line's faults end here
            link = line.link
            left.discard(link.number)
            last_at = str(line.content.get("at"))
            first_at = first_at or last_at
            is_closed = line.content.get("call") == CLOSING
    except _TornLine as error:
        # A crash, if whoever began next saw the line before as the last; otherwise it may have been anybody.
        torn = noted.get(link.number) == link.hash
        broken = None if torn else f"line {link.number + 1} {error}"
    except BrokenLine as error:
        broken = f"line {link.number + 1} {error}"
    except DecisionLogUnreadable as error:
        broken = f"line {link.number + 1} cannot be read: {error}"
    if broken is None and left:
        broken = f"line {link.number + 1} and those after it are gone: another chain saw line {max(left)}"
    return Checked(parts[0].chain, link, first_at, last_at, is_closed=is_closed, broken=broken, cut_off=torn)


def _follows(line: Line, link: Link, noted: Mapping[int, str]) -> None:
    if line.link.number != link.number + 1:
        raise BrokenLine(f"is missing: line {line.link.number} stands in its place")
    if line.before != link.hash:
        raise BrokenLine("does not follow the line before it: one of the two was replaced")
    if noted.get(line.link.number, line.link.hash) != line.link.hash:
        raise BrokenLine("is not the line that another chain saw: the chain was rewritten")


class _TornLine(BrokenLine):
    """The last line of a chain has no end."""


def _lines(parts: Sequence[Segment]) -> Iterator[Line]:
    for segment in parts:
        for line in segment.lines():
            if not line.endswith(b"\n"):
                if segments.is_being_written(segment.path):
                    return  # its end is on its way
                raise (
                    _TornLine(f"is cut off ({segment.path.name})") if segment is parts[-1] else BrokenLine("is cut off")
                )
            try:
                yield unseal(line[:-1])
            except BrokenLine as error:
                raise BrokenLine(f"{error} ({segment.path.name})") from error


def _noted(found: Mapping[str, Sequence[Segment]]) -> Noted:
    noted: dict[str, dict[int, str]] = defaultdict(dict)
    for parts in found.values():
        try:
            opening = next(_lines(parts[:1]), None)
        except (BrokenLine, DecisionLogUnreadable):
            continue  # its own check says so
        if opening is not None and opening.content.get("call") == OPENING:
            for chain, (number, digest) in opening.content["others"].items():
                noted[chain][number] = digest
    return noted
