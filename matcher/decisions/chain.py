"""Lines that each carry the digest of the one before, so that one that is altered or taken away is found.

A line is a JSON object in ASCII whose last two members are `before`, the digest of the line before it, and `hash`, the
SHA-256 of the line up to there. One chain is what one process wrote, from its start to its end.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

GENESIS = "0" * 64
"""What the first line of a chain carries as the digest of the one before."""
OPENING, CLOSING = "opening", "closing"
"""The `call` of the first line of a chain, and of the last where the process stopped gracefully."""

_SEALED = re.compile(rb'(\{.*),"hash":"([0-9a-f]{64})"\}', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Link:
    """A place in a chain."""

    number: int = 0
    """The line's, from 1; 0 is before the first."""
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was read back, and is what was written."""

    link: Link
    before: str
    content: Mapping[str, Any]


class BrokenLine(Exception):
    """A line is not what was written; the message says how that shows."""


def seal(content: Mapping[str, Any], after: Link) -> tuple[bytes, Link]:
    """Return the line, with its end, that follows a place in the chain, and its own place.

    Args:
        content: JSON values; `n`, `before` and `hash` are added.
        after: the last line that was written.
    """
    number = after.number + 1
    body = _compact({"n": number, **content, "before": after.hash})[:-1]
    digest = hashlib.sha256(body).hexdigest()
    return b'%s,"hash":"%s"}\n' % (body, digest.encode("ascii")), Link(number, digest)


def _compact(content: Mapping[str, Any]) -> bytes:
    """Return a JSON object in ASCII; in a fifth of the time where nothing has to be escaped for that."""
    try:
        written = orjson.dumps(content)
    except TypeError:  # half a character, or a number of more than 64 bits
        written = b""
    return written if written and written.isascii() else json.dumps(content, separators=(",", ":")).encode("ascii")


def unseal(line: bytes) -> Line:
    """Return what a line, without its end, says.

    Raises:
        BrokenLine: it is not what was written.
    """
    found = _SEALED.fullmatch(line)
    if found is None:
        raise BrokenLine("is no line of this log")
    body, digest = found[1], found[2].decode("ascii")
    if hashlib.sha256(body).hexdigest() != digest:
        raise BrokenLine("was altered")
    try:
        content = json.loads(body + b"}")
        return Line(Link(content.pop("n"), digest), content.pop("before"), content)
    except (ValueError, KeyError) as error:
        raise BrokenLine("is no line of this log") from error
