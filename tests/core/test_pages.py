"""A cursor names what was shown, and belongs to one question."""

import base64
from hashlib import blake2b

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.errors import InvalidRecord
from matcher.core.pages import LOT_BYTES, MOST_SEEN, NOTHING, Seen, lot, seen_by, signature

QUESTION = signature("candidates for p1")
lots = st.lists(st.binary(min_size=LOT_BYTES, max_size=LOT_BYTES), max_size=20, unique=True).map(tuple)


@given(named=lots.filter(bool), end=st.integers(1, 20))
def test_what_a_cursor_names_is_read_back(named: tuple[bytes, ...], end: int) -> None:
    shown, variants = named[:end], named[end:]
    seen = Seen(shown, variants)
    cursor = seen.cursor(QUESTION)
    assert seen_by(cursor, QUESTION) == seen
    assert seen.first == len(shown) + 1
    assert len(seen) == len([*seen]) == len(shown) + len(variants)


def test_nothing_is_seen_at_the_start() -> None:
    assert seen_by(None, QUESTION) == NOTHING
    assert NOTHING.first == 1
    assert not NOTHING


def test_one_page_follows_another() -> None:
    first = NOTHING.and_then([lot("", "ana"), lot("", "bob")], [lot("", "twin")])
    second = first.and_then([lot("", "eve")])
    assert (first.first, second.first) == (3, 4)
    assert [*second] == [lot("", name) for name in ("ana", "bob", "eve", "twin")]


def test_pages_end_where_a_cursor_would_be_too_long() -> None:
    many = tuple(lot("", str(number)) for number in range(MOST_SEEN))
    assert seen_by(Seen(many[:-1], many[-1:]).cursor(QUESTION), QUESTION).first == MOST_SEEN
    assert Seen(many, many[:1]).cursor(QUESTION) is None


def test_a_cursor_belongs_to_its_question() -> None:
    cursor = Seen((lot("", "ana"),)).cursor(QUESTION)
    with pytest.raises(InvalidRecord, match=r"is another list's: start that one without a cursor"):
        seen_by(cursor, signature("candidates for p2"))


def _coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "é",
        "\ud800",
        "A",
        "AAAA AAAA",
        _coded(QUESTION),
        _coded(QUESTION + b"x"),
        _coded(QUESTION + b"x" * (LOT_BYTES + 1)),
        _coded(QUESTION + b"x" * LOT_BYTES * (MOST_SEEN + 1)),
        _coded(QUESTION + b"x" * LOT_BYTES + b"\x00\x01"),
        _coded(QUESTION + b"x" * LOT_BYTES + b"\xff\xff"),
        _coded(QUESTION + b"\x00\x00"),
        _coded(QUESTION + b"x" * LOT_BYTES * 2),
        _coded(QUESTION + b"x" * LOT_BYTES * 2 + b"\x00\x01"),
    ],
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRecord, match="is no cursor"):
        seen_by(cursor, QUESTION)


@given(st.text(), st.text())
def test_a_lot_is_a_digest_of_both_ids(asker: str, other: str) -> None:
    text = f"{asker}\0{other}".encode("utf-8", "surrogatepass")
    assert lot(asker, other) == blake2b(text, digest_size=LOT_BYTES).digest()
