"""Texts are the same wherever they are made."""

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from datetime import date

import pytest

from matcher.core.domain import Record
from matcher.offline.demo import forum
from matcher.reading import MOST_PROCESSES, PAYS_FROM, Reading, processes_for, read, read_all
from matcher.stages import text
from models.thesaurus import Thesaurus
from tests.fakes import FakeThesaurus

FORUM = forum(postings=6, profiles=12, today=date(2026, 11, 23))
RECORDS: list[Record] = [*FORUM.postings, *FORUM.profiles]
BATCHES = [RECORDS[start : start + 2] for start in range(0, len(RECORDS), 2)]


def plain(batches: Iterable[tuple[Sequence[Record], Sequence[Reading]]]) -> list[object]:
    """All that was made, as values that can be compared."""
    every = [one for _, made in batches for one in made]
    return [
        (one._replace(anchors=None), one.anchors and (one.anchors.spans.tolist(), one.anchors.digest)) for one in every
    ]


def test_several_processes_make_what_one_makes_in_the_same_order_also_where_they_end_and_then_are_gone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = {*multiprocessing.active_children()}
    alone = [*read_all(BATCHES, FakeThesaurus(), words=True)]
    assert [record for records, _ in alone for record in records] == RECORDS
    assert plain(alone) == plain([(RECORDS, read(RECORDS, FakeThesaurus(), words=True))])
    together = []
    for one in read_all(BATCHES, FakeThesaurus(), words=True, processes=2):
        together.append(one)
        if len(together) == 2:
            for process in {*multiprocessing.active_children()} - before:
                process.kill()
                process.join()
    assert plain(together) == plain(alone)
    assert [records for records, _ in together] == BATCHES
    assert "going on without" in caplog.text
    assert {*multiprocessing.active_children()} == before


def test_one_process_takes_a_batch_when_it_is_asked_for_one() -> None:
    every = iter(BATCHES)
    next(read_all(every, FakeThesaurus(), words=False))
    assert [*every] == BATCHES[1:]


def test_the_words_of_full_text_rows_are_made_only_where_they_are_asked_for() -> None:
    assert all(one.full_text == {} for one in read(RECORDS, FakeThesaurus(), words=False))
    assert [one.full_text for one in read(RECORDS, FakeThesaurus(), words=True)] == [*map(text.full_text, RECORDS)]


@pytest.mark.parametrize(
    ("cores", "records", "processes"),
    [(2, 0, 1), (2, PAYS_FROM, 1), (2, 2 * PAYS_FROM, 2), (2, 10**6, 2), (64, 10**6, MOST_PROCESSES), (1, 10**6, 1)],
)
def test_a_process_is_started_where_there_is_work_and_a_core_for_it(
    cores: int, records: int, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {*range(cores)})
    assert processes_for(records) == processes


def test_the_thesaurus_goes_to_another_process_as_its_files() -> None:
    before = Thesaurus(text.neutral)
    rebuild: Callable[..., Thesaurus]
    rebuild, given = before.__reduce__()
    assert rebuild(*given).fingerprint == before.fingerprint
