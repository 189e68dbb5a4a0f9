"""Pages of a ranking: what the pages before one have shown, and the text that names it.

A cursor names by digest all that was shown, not the place where a page ended: scores move whenever somebody writes, and
a page that began behind a score would show again what the page before has shown, or never show it.
"""

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b

from matcher.core.errors import InvalidRecord

LOT_BYTES = 8
SIGNATURE_BYTES = 9
COUNT_BYTES = 2
MOST_SEEN = 1_000
"""Documents on all pages of a ranking, variants included: who has read as many should ask for less."""

_LOT = blake2b(digest_size=LOT_BYTES)


def lot(asker: str, other: str) -> bytes:
    """Return a digest of both ids, of LOT_BYTES, which orders pairs of the same score.

    With nobody as asker it names the other document in a cursor.
    """
    # A copy of an empty digest: to make one by name takes as long again.
    drawn = _LOT.copy()
    drawn.update(f"{asker}\0{other}".encode("utf-8", "surrogatepass"))
    return drawn.digest()


@dataclass(frozen=True, slots=True)
class Seen:
    """The documents that earlier pages have shown, each by its digest: its `lot` with nobody as asker."""

    shown: tuple[bytes, ...] = ()
    """Each at a place of its own."""
    variants: tuple[bytes, ...] = ()
    """With one of those: postings that say the same."""

    def __len__(self) -> int:
        return len(self.shown) + len(self.variants)

    def __iter__(self) -> Iterator[bytes]:
        yield from self.shown
        yield from self.variants

    @property
    def first(self) -> int:
        """The rank, from 1, at which the next page begins."""
        return len(self.shown) + 1

    def and_then(self, shown: Iterable[bytes], variants: Iterable[bytes] = ()) -> "Seen":
        """Return what has been seen after one more page."""
        return Seen((*self.shown, *shown), (*self.variants, *variants))

    def cursor(self, question: bytes) -> str | None:
        """Return where the next page of a question begins, as `seen_by` reads it; None past the last that there is.

        Args:
            question: from `signature`.
        """
        if len(self) > MOST_SEEN:
            return None
        count = len(self.variants).to_bytes(COUNT_BYTES, "big") if self.variants else b""
        return written_cursor(question + b"".join(self) + count)


NOTHING = Seen()


def signature(question: str) -> bytes:
    """Return what binds a cursor to a question: a digest of all that decides which documents are ranked how.

    Not a secret: a caller can write a cursor of their own, which says that other pages were shown before.
    """
    return blake2b(question.encode("utf-8", "surrogatepass"), digest_size=SIGNATURE_BYTES).digest()


def seen_by(cursor: str | None, question: bytes) -> Seen:
    """Return what the pages before have shown; nothing at the start.

    Args:
        cursor: what the page before gave.
        question: from `signature`.

    Raises:
        InvalidRecord: the cursor is no cursor, names one document twice, or is another question's.
    """
    if cursor is None:
        return NOTHING
    content = read_cursor(cursor)
    lots, variants = content[SIGNATURE_BYTES:], 0
    if len(lots) % LOT_BYTES == COUNT_BYTES:
        lots, variants = lots[:-COUNT_BYTES], int.from_bytes(lots[-COUNT_BYTES:], "big")
    seen = [lots[at : at + LOT_BYTES] for at in range(0, len(lots), LOT_BYTES)]
    names_twice = len({*seen}) < len(seen)
    if not seen or len(lots) % LOT_BYTES or len(seen) > MOST_SEEN or variants >= len(seen) or names_twice:
        raise no_cursor()
    if content[:SIGNATURE_BYTES] != question:
        raise other_list()
    shown = len(seen) - variants
    return Seen((*seen[:shown],), (*seen[shown:],))


def written_cursor(content: bytes) -> str:
    """Return what `read_cursor` reads: signs that an address may hold as they are (base64url, RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def read_cursor(cursor: str) -> bytes:
    """Return what a cursor holds. Raises InvalidRecord: it is none."""
    try:
        return base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", validate=True)
    except ValueError as error:
        raise no_cursor() from error


def no_cursor() -> InvalidRecord:
    """Return the complaint about what is no cursor."""
    return InvalidRecord(field="cursor", reason="is no cursor: send the one that the page before gave")


def other_list() -> InvalidRecord:
    """Return the complaint about a cursor of another list."""
    return InvalidRecord(field="cursor", reason="is another list's: start that one without a cursor")
