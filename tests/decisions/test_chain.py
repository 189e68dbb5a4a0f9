"""Whoever alters the log, takes a line away or puts one in is found out."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.core.errors import DecisionLogUnreadable
from matcher.decisions import segments
from matcher.decisions.chain import BrokenLine, Link, seal, unseal
from matcher.decisions.verify import Checked, verify
from tests.decisions.lines import NOW, Clock, write

values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
contents = st.dictionaries(st.text().filter(lambda name: name not in {"n", "before", "hash"}), values, max_size=5)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A log of one chain with twelve lines, the opening and the closing included."""
    write(tmp_path, 10)
    return tmp_path


def _file(folder: Path) -> Path:
    return next(folder.glob("*.jsonl"))


def _only(folder: Path) -> Checked:
    (checked,) = verify(folder)
    return checked


def _rewrite(folder: Path, change: Any) -> None:
    lines = _file(folder).read_bytes().splitlines(keepends=True)
    _file(folder).write_bytes(b"".join(change(lines)))


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
@given(content=contents)
def test_what_is_sealed_comes_back(content: dict[str, Any]) -> None:
    line, link = seal(content, Link())
    found = unseal(line[:-1])
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert (found.content, found.link, found.before) == (content, link, Link().hash)


@given(content=contents, data=st.data())
def test_no_byte_of_a_line_can_be_changed(content: dict[str, Any], data: st.DataObject) -> None:
    line = bytearray(seal(content, Link())[0][:-1])
    place = data.draw(st.integers(0, len(line) - 1))
    line[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BrokenLine):
        unseal(bytes(line))


def test_an_untouched_log_holds(folder: Path) -> None:
    checked = _only(folder)
    assert checked.broken is None
    assert checked.is_closed
    assert checked.head.number == 12


@pytest.mark.parametrize("place", range(12))
def test_an_altered_line_is_named(folder: Path, place: int) -> None:
    def alter(lines: list[bytes]) -> list[bytes]:
        lines[place] = lines[place].replace(b'"at":"2020', b'"at":"2025', 1)
        return lines

    _rewrite(folder, alter)
    assert (_only(folder).broken or "").startswith(f"line {place + 1} was altered")


@pytest.mark.parametrize("place", range(11))
def test_a_line_that_was_taken_away_is_named(folder: Path, place: int) -> None:
    _rewrite(folder, lambda lines: lines[:place] + lines[place + 1 :])
    assert (_only(folder).broken or "").startswith(f"line {place + 1} is missing")


@pytest.mark.parametrize("place", range(11))
def test_two_lines_that_changed_places_are_named(folder: Path, place: int) -> None:
    _rewrite(folder, lambda lines: [*lines[:place], lines[place + 1], lines[place], *lines[place + 2 :]])
    assert (_only(folder).broken or "").startswith(f"line {place + 1} is missing")


def test_a_line_that_was_put_in_is_named(folder: Path) -> None:
    _rewrite(folder, lambda lines: [*lines[:5], lines[4], *lines[5:]])
    assert (_only(folder).broken or "").startswith("line 6 is missing: line 5 stands in its place")


def test_a_line_that_was_sealed_anew_is_named(folder: Path) -> None:
    def forge(lines: list[bytes]) -> list[bytes]:
        content = json.loads(lines[4])
        before = Link(content.pop("n") - 1, content.pop("before"))
        lines[4] = seal({**content, "eligible": 0, "hash": None} | {"hash": 0}, before)[0]
        return lines

    _rewrite(folder, forge)
    assert (_only(folder).broken or "").startswith("line 6 does not follow")


def test_a_line_after_the_end_is_named(folder: Path) -> None:
    _rewrite(folder, lambda lines: [*lines, seal({"at": "2026"}, unseal(lines[-1][:-1]).link)[0]])
    assert (_only(folder).broken or "").startswith("line 13 comes after")


@pytest.mark.parametrize("cut", [1, 2, 40])
def test_a_log_that_ends_within_a_line_says_so(folder: Path, cut: int) -> None:
    content = _file(folder).read_bytes()
    _file(folder).write_bytes(content[:-cut])
    assert (_only(folder).broken or "").startswith("line 12 is cut off")


def test_a_crash_that_cut_a_line_off_is_told_from_a_hand_by_the_next_start(folder: Path) -> None:
    content = _file(folder).read_bytes()
    _file(folder).write_bytes(content[:-40])
    write(folder, 1, clock=Clock(NOW + timedelta(hours=1)))
    first, second = verify(folder)
    assert first.cut_off
    assert first.broken is None
    assert second.broken is None


def test_lines_that_are_cut_from_the_end_are_missed_by_the_chain_that_saw_them(folder: Path) -> None:
    first = _file(folder)
    write(folder, 1, clock=Clock(NOW + timedelta(hours=1)))
    path = next(folder.glob(f"{first.name}*"))
    part = segments.chains(folder)[first.name.partition(".")[0]][0]
    lines = [*part.lines()]
    path.unlink()
    first.write_bytes(b"".join(lines[:-3]))
    assert (verify(folder)[0].broken or "").startswith("line 10 and those after it are gone")


def test_a_whole_chain_that_is_gone_is_missed(folder: Path) -> None:
    first = _file(folder)
    write(folder, 1, clock=Clock(NOW + timedelta(hours=1)))
    next(folder.glob(f"{first.name}*")).unlink()
    assert [one.broken for one in verify(folder)] == [None, "all of its files are gone, line 12 and before"]


def test_a_file_that_is_gone_from_the_middle_is_missed(tmp_path: Path) -> None:
    write(tmp_path, 20, segment_bytes=3000)
    files = sorted(tmp_path.glob("*.jsonl*"))
    assert len(files) > 4
    files[2].unlink()
    assert "is missing" in (_only(tmp_path).broken or "")


def test_a_damaged_compressed_file_is_named(tmp_path: Path) -> None:
    write(tmp_path, 20, segment_bytes=3000)
    packed = min(tmp_path.glob("*.gz"))
    packed.write_bytes(packed.read_bytes()[:-30])
    assert "cannot be read" in (_only(tmp_path).broken or "")


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_goes_unseen(tmp_path_factory: pytest.TempPathFactory, place: int, bit: int) -> None:
    folder = tmp_path_factory.getbasetemp() / "flipped"
    if not folder.exists():
        write(folder, 3)
    whole = _file(folder).read_bytes()
    damaged = bytearray(whole)
    damaged[place % len(whole)] ^= 1 << bit
    _file(folder).write_bytes(damaged)
    try:
        assert _only(folder).broken
    finally:
        _file(folder).write_bytes(whole)


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(DecisionLogUnreadable, match="--log"):
        verify(tmp_path / "nowhere")
