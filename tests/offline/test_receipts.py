"""Erasures are done again by their receipts: whoever was erased goes, whoever has come back since stays."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from matcher.core.domain import Kind, Posting, PostingId, Profile, ProfileId
from matcher.core.errors import NotFound, StoreUnavailable, UnreadableFile
from matcher.decisions.pseudonyms import Pseudonyms
from matcher.engine import Matcher
from matcher.offline import receipts
from matcher.offline.receipts import Again, Receipt, erase_again, read_receipts
from tests.api.conftest import open_on

PSEUDONYMS = Pseudonyms(b"k" * 32)


@pytest.fixture
def matcher(tmp_path: Path) -> Iterator[Matcher]:
    opened = open_on(tmp_path / "home")
    opened.put([Profile(ProfileId(name), "Data scientist") for name in ("ana", "bob")])
    opened.put([Posting(PostingId("p1"), "Data scientist")])
    yield opened
    opened.close()


def _receipt(kind: Kind, id_: str, *, minutes: float) -> Receipt:
    name = PSEUDONYMS.of_profile(id_) if kind is Kind.PROFILE else id_
    return Receipt(kind, name, datetime.now(UTC) + timedelta(minutes=minutes))


def test_who_was_erased_goes_again_and_nobody_else(matcher: Matcher) -> None:
    receipts = [
        _receipt(Kind.PROFILE, "ana", minutes=1),
        _receipt(Kind.POSTING, "p1", minutes=1),
        _receipt(Kind.PROFILE, "somebody", minutes=1),
        _receipt(Kind.POSTING, "bob", minutes=1),
    ]
    assert erase_again(matcher, receipts, PSEUDONYMS) == Again(erased=2, absent=2, written_since=0)
    assert (matcher.ids(Kind.PROFILE), matcher.ids(Kind.POSTING)) == (["bob"], [])
    assert erase_again(matcher, receipts, PSEUDONYMS) == Again(erased=0, absent=4, written_since=0)
    assert matcher.fsck() == []


def test_who_came_back_within_the_second_of_the_erasure_stays(matcher: Matcher) -> None:
    erased = matcher.delete(Kind.PROFILE, "ana")
    matcher.put([Profile(ProfileId("ana"), "Data scientist")])
    receipt = Receipt(Kind.PROFILE, PSEUDONYMS.of_profile("ana"), erased.at)
    assert erase_again(matcher, [receipt], PSEUDONYMS) == Again(erased=0, absent=0, written_since=1)


def test_who_was_stored_after_the_last_erasure_stays(matcher: Matcher) -> None:
    early, late = (_receipt(Kind.PROFILE, "ana", minutes=minutes) for minutes in (-2, -1))
    assert erase_again(matcher, [late, early], PSEUDONYMS) == Again(erased=0, absent=0, written_since=1)
    assert matcher.get_profile("ana").id == "ana"
    afterwards = _receipt(Kind.PROFILE, "ana", minutes=1)
    assert erase_again(matcher, [afterwards, early], PSEUDONYMS).erased == 1
    with pytest.raises(NotFound):
        matcher.get_profile("ana")


class _Meanwhile:
    """A matcher beside which somebody writes right after it has looked up the profiles."""

    def __init__(self, matcher: Matcher, write: Callable[[], object]) -> None:
        self._matcher = matcher
        self._write = write

    def last_written(self, kind: Kind) -> Mapping[str, datetime]:
        found = self._matcher.last_written(kind)
        if kind is Kind.PROFILE:
            self._write()
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._matcher, name)


def _beside(matcher: Matcher, write: Callable[[], object]) -> Matcher:
    return cast("Matcher", _Meanwhile(matcher, write))


def test_whom_the_service_deletes_meanwhile_stops_nobody_elses_erasure(matcher: Matcher) -> None:
    both = [_receipt(Kind.PROFILE, name, minutes=1) for name in ("ana", "bob")]
    beside = _beside(matcher, lambda: matcher.delete(Kind.PROFILE, "ana"))
    assert erase_again(beside, both, PSEUDONYMS) == Again(erased=1, absent=1, written_since=0)
    assert matcher.ids(Kind.PROFILE) == []


def test_who_is_stored_anew_while_receipts_are_gone_through_stays(matcher: Matcher) -> None:
    anew = Profile(ProfileId("ana"), "Data engineer")
    beside = _beside(matcher, lambda: matcher.put([anew]))
    receipt = _receipt(Kind.PROFILE, "ana", minutes=1)
    assert erase_again(beside, [receipt], PSEUDONYMS) == Again(erased=0, absent=0, written_since=1)
    assert matcher.get_profile("ana") == anew


def test_a_posting_of_the_same_id_that_is_written_meanwhile_keeps_nobody(matcher: Matcher) -> None:
    beside = _beside(matcher, lambda: matcher.put([Posting(PostingId("ana"), "Juriste")]))
    receipt = _receipt(Kind.PROFILE, "ana", minutes=1)
    assert erase_again(beside, [receipt], PSEUDONYMS) == Again(erased=1, absent=0, written_since=0)


def test_an_erasure_that_breaks_off_leaves_nothing_of_who_went_in_the_snapshot(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    matcher.snapshot()
    delete, names = matcher.delete, list[str]()

    def break_off(kind: Kind, id_: str, **how: Any) -> object:
        names.append(id_)
        if len(names) > 1:
            raise StoreUnavailable("the database is away")
        return delete(kind, id_, **how)

    monkeypatch.setattr(matcher, "delete", break_off)
    both = [_receipt(Kind.PROFILE, name, minutes=1) for name in ("ana", "bob")]
    with pytest.raises(StoreUnavailable):
        erase_again(matcher, both, PSEUDONYMS)
    assert len(matcher.ids(Kind.PROFILE)) == 1
    assert matcher.sweep(within_s=0) is False  # it was swept


def test_receipts_of_the_api_and_of_the_command_are_read(tmp_path: Path) -> None:
    at = "2026-11-24T10:00:00+01:00"
    lines = [
        {"pseudonym": "abc", "erased_at": at, "change": 7, "files_clear_by": at},
        {"profile": "def", "erased_at": "2026-11-24T09:00:00Z", "change": 8, "files_clear_by": at},
        {"posting": "p1", "erased_at": at, "change": 9, "files_clear_by": at},
    ]
    file = tmp_path / "receipts.jsonl"
    file.write_text("\n\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    when = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert read_receipts([file]) == [
        Receipt(Kind.PROFILE, "abc", when),
        Receipt(Kind.PROFILE, "def", when),
        Receipt(Kind.POSTING, "p1", when),
    ]


def test_receipts_that_stand_on_one_line_as_answers_do_without_a_line_s_end_are_read(tmp_path: Path) -> None:
    one, other = ({"pseudonym": name, "erased_at": "2026-11-24T09:00:00Z"} for name in ("abc", "def"))
    file = tmp_path / "receipts.jsonl"
    file.write_text(f"{json.dumps(one)}{json.dumps(other)} {json.dumps(one)}\n", encoding="utf-8")
    assert [receipt.name for receipt in read_receipts([file])] == ["abc", "def", "abc"]


def test_a_line_of_many_receipts_is_read_from_where_the_one_before_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starts: list[tuple[int, int]] = []

    class Noted(json.JSONDecoder):
        def raw_decode(self, s: str, idx: int = 0) -> tuple[Any, int]:
            starts.append((len(s), idx))
            return super().raw_decode(s, idx)

    monkeypatch.setattr(receipts, "_DECODER", Noted())
    one = json.dumps({"pseudonym": "abc", "erased_at": "2026-11-24T09:00:00Z"})
    file = tmp_path / "receipts.jsonl"
    file.write_text(f" {one} {one}{one}\t ", encoding="utf-8")
    assert len(read_receipts([file])) == 3
    assert starts == [(len(one) * 3 + 1, at) for at in (0, len(one) + 1, len(one) * 2 + 1)], "a line is copied once"


@pytest.mark.parametrize(
    "line",
    [
        "ana",
        pytest.param("[" * 100_000, id="deep"),
        '{"profile": "abc", "erased_at": "2026-11-24T10:00:00Z"}, {}',
        '{"profile": "abc", "erased_at": "2026-11-24T10:00:00Z"}{"profile": "abc"',
        "[]",
        "{}",
        '{"profile": "abc"}',
        '{"profile": "abc", "erased_at": "yesterday"}',
        '{"profile": "abc", "erased_at": "2026-11-24T10:00:00"}',
        '{"profile": 7, "erased_at": "2026-11-24T10:00:00Z"}',
        '{"erased_at": "2026-11-24T10:00:00Z"}',
        '{"profile": "abc", "erased_at": "0001-01-01T00:00:00+14:00"}',
    ],
)
def test_a_line_that_is_no_receipt_is_named_and_nothing_is_read(tmp_path: Path, line: str) -> None:
    file = tmp_path / "receipts.jsonl"
    file.write_text(f'{{"profile": "abc", "erased_at": "2026-11-24T10:00:00Z"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"receipts.jsonl, line 2: .*nothing was erased"):
        read_receipts([file])


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "receipts").write_bytes(b"\xff\xfe")
    with pytest.raises(UnreadableFile, match="one JSON object a line"):
        read_receipts([tmp_path / "receipts"])
