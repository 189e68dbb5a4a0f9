"""The change log forgets the ids of what is not there any more, and says when something was last written."""

from datetime import UTC, datetime, timedelta

import pytest

from matcher.core.domain import Kind
from matcher.core.storing import Operation, Store
from tests.contracts.documents import posting, profile


def test_the_log_forgets_the_ids_of_what_is_deleted_and_keeps_its_rows(store: Store) -> None:
    store.put([profile("ana"), profile("bob"), posting("ana")])
    store.delete(Kind.PROFILE, ["ana"])
    before = store.changes(0)
    last = before[-1].sequence
    store.forget_deleted(up_to=last - 1)
    assert [change.id for change in store.changes(0)] == ["", "bob", "ana", "ana"], "up to there, and of its own kind"
    store.forget_deleted(up_to=last)
    after = store.changes(0)
    assert [change.id for change in after] == ["", "bob", "ana", ""]
    assert [(c.sequence, c.kind, c.operation, c.token) for c in after] == [
        (c.sequence, c.kind, c.operation, c.token) for c in before
    ]
    store.forget_deleted(up_to=last)
    assert store.changes(0) == after
    assert store.last_sequence() == last


def test_who_came_back_is_not_forgotten(store: Store) -> None:
    store.put([profile("ana")])
    store.delete(Kind.PROFILE, ["ana"])
    store.put([profile("ana")])
    store.forget_deleted(up_to=store.last_sequence())
    assert [(change.id, change.operation) for change in store.changes(0)] == [
        ("ana", Operation.PUT),
        ("ana", Operation.DELETE),
        ("ana", Operation.PUT),
    ]


def test_the_log_says_when_one_document_was_written(store: Store) -> None:
    store.put([profile("ana"), posting("ana"), profile("bob")])
    store.delete(Kind.PROFILE, ["ana"])
    store.put([profile("ana", "Juriste")])
    found = store.changes_of(Kind.PROFILE, "ana")
    assert [(one.sequence, one.operation) for one in found] == [
        (1, Operation.PUT),
        (4, Operation.DELETE),
        (5, Operation.PUT),
    ]
    assert found[-1].at == store.last_written(Kind.PROFILE)["ana"]
    assert [one.sequence for one in store.changes_of(Kind.POSTING, "ana")] == [2]
    assert store.changes_of(Kind.PROFILE, "half\ud800") == store.changes_of(Kind.PROFILE, "nobody") == []


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_more_ids_than_one_query_can_name_are_forgotten(store: Store) -> None:
    ids = [f"{number:04}" for number in range(1100)]
    store.put([profile(id_) for id_ in ids])
    store.delete(Kind.PROFILE, ids[:-1])
    store.forget_deleted(up_to=store.last_sequence())
    assert {change.id for change in store.changes(0)} == {"", ids[-1]}


def test_each_document_says_when_it_was_last_written(store: Store) -> None:
    assert ([*store.history(up_to=store.last_sequence())], dict(store.last_written(Kind.PROFILE))) == ([], {})
    soon = timedelta(minutes=1)  # the database's clock may be another's
    store.put([profile("ana"), posting("1"), profile("bob")])
    store.delete(Kind.PROFILE, ["bob"])
    last = store.last_sequence()
    written, history = store.last_written(Kind.PROFILE), [*store.history(up_to=last)]
    assert [*store.history(up_to=last - 1)] == history[:-1]
    assert written.keys() == {"ana"}
    assert store.last_written(Kind.POSTING).keys() == {"1"}
    logged = [(Kind.PROFILE, "ana"), (Kind.POSTING, "1"), (Kind.PROFILE, "bob"), (Kind.PROFILE, "bob")]
    assert [(row.kind, row.id) for row in history] == logged
    now = datetime.now(UTC)
    assert all(abs(now - at) < soon for at in (written["ana"], *(row.at for row in history), store.clock() or now))
