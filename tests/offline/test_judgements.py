"""Judgements from files and from feedback."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from matcher.core.domain import Kind, PostingId, ProfileId
from matcher.core.errors import UnreadableFile
from matcher.core.feedback import RELEVANCE, Event, Feedback
from matcher.offline.judgements import of_feedback, read_judgements


def _read(folder: Path, text: str, *, encoding: str = "utf-8") -> dict[str, dict[str, int]]:
    path = folder / "judged.tsv"
    path.write_bytes(text.encode(encoding))
    return {asks: dict(row) for asks, row in read_judgements(path).items()}


@pytest.mark.parametrize(
    "text",
    [
        "p1\tana\t2\np1\tbob\t0\np2\tana\n",
        "p1 0 ana 2\np1 0 bob 0\np2 0 ana 1\n",
        "# a comment\n\np1\tana\t2\np1\tana\t1\np1\tbob\t-1\np2\tana\t1",
        "\ufeffp1\tana\t2\r\np1\tbob\t0\r\np2\tana\r\n",
    ],
)
def test_both_forms_are_read_and_the_best_of_several_grades_counts(tmp_path: Path, text: str) -> None:
    assert _read(tmp_path, text) == {"p1": {"ana": 2, "bob": 0}, "p2": {"ana": 1}}


def test_an_id_may_hold_blanks_between_tabs(tmp_path: Path) -> None:
    assert _read(tmp_path, "p 1\ta na\t1") == {"p 1": {"a na": 1}}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("p1\tana\tgood", "line 1: the relevance is no whole number"),
        ("p1\tana\nzzz", "line 2: has 1 field"),
        ("posting_id\tprofile_id\trelevance", "line 1: .*put a # before a line that names the columns"),
        ("p1\t\t1", "line 1: an id is empty"),
        ("p1\tana\t1001", "line 1: the relevance is above 1000"),
        ("p1\tana\t1\t2\t3", "line 1: has 5 field"),
        ("", "holds no judgement"),
        ("# nothing\n", "holds no judgement"),
    ],
)
def test_a_line_that_is_none_is_named_without_its_content(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(UnreadableFile, match=complaint) as caught:
        _read(tmp_path, text)
    assert "zzz" not in str(caught.value)


def test_a_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="UTF-8"):
        _read(tmp_path, "p1\tané\t1", encoding="latin-1")


def event(what: Event, asks: Kind, profile: str = "ana") -> Feedback:
    return Feedback(datetime.now(UTC), asks, PostingId("p1"), ProfileId(profile), what, 1, "", {})


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ([Event.INTERVIEWED, Event.DISMISSED, Event.OPENED], Event.INTERVIEWED),
        ([Event.HIRED, Event.INTERVIEWED, Event.OPENED], Event.INTERVIEWED),
        ([Event.DISMISSED, Event.HIRED, Event.SHOWN], Event.HIRED),
        ([Event.HIRED, Event.APPLIED], Event.APPLIED),
        ([Event.HIRED, Event.DISMISSED], Event.DISMISSED),
        ([Event.DISMISSED, Event.HIRED, Event.DISMISSED], Event.DISMISSED),
        ([Event.INTERVIEWED, Event.HIRED, Event.DISMISSED, Event.OPENED], Event.INTERVIEWED),
        ([Event.DISMISSED, Event.HIRED, Event.DISMISSED, Event.HIRED], Event.HIRED),
        ([Event.OPENED, Event.SHOWN], Event.OPENED),
        ([Event.OPENED, Event.DISMISSED], Event.DISMISSED),
    ],
)
def test_the_last_step_of_a_pair_counts_so_that_a_mistake_can_be_taken_back(said: list[Event], counts: Event) -> None:
    events = [event(what, Kind.POSTING) for what in said]
    assert of_feedback(events, Kind.POSTING) == {"p1": {"ana": RELEVANCE[counts]}}


def test_feedback_counts_for_the_side_that_asked() -> None:
    events = [
        event(Event.HIRED, Kind.POSTING),
        event(Event.SHOWN, Kind.POSTING),
        event(Event.DISMISSED, Kind.POSTING, "bob"),
        event(Event.OPENED, Kind.PROFILE),
    ]
    assert of_feedback(events, Kind.POSTING) == {"p1": {"ana": RELEVANCE[Event.HIRED], "bob": 0}}
    assert of_feedback(events, Kind.PROFILE) == {"ana": {"p1": RELEVANCE[Event.OPENED]}}
