"""What the steps in migrations/ make of feedback that an earlier version has recorded."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from matcher.core.domain import Kind, Organisation, OrganisationId, Posting, PostingId
from matcher.stores import SqlStore, database, open_store
from tests.contracts.documents import document, posting, profile

RECORD = text(
    "INSERT INTO feedback (at, asks, posting_id, profile_id, event, request_id, weights) "
    "VALUES ('2026-11-30 10:00:00', 'posting', :posting, :profile, :event, 'r1', '{}')"
)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that nobody has opened yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/matcher.db"
    make: Callable[[], str] = request.getfixturevalue("new_postgres_database")
    return make()


@contextmanager
def _before(step: str, url: str, home: Path) -> Iterator[SqlStore]:
    """A store whose tables have come as far as an earlier version's."""
    upgrade = command.upgrade
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "upgrade", lambda config, _: upgrade(config, step))
        patch.setattr(database, "LAST_STEP", step)
        store = open_store(url, home=home)
        yield store
        store.close()


def _record(store: SqlStore, *events: tuple[str, str, str]) -> None:
    with store._database.writing() as connection:
        for posting_id, profile_id, event in events:
            connection.execute(RECORD, {"posting": posting_id, "profile": profile_id, "event": event})


def test_feedback_on_who_was_erased_beside_it_goes_once_and_for_all(url: str, tmp_path: Path) -> None:
    with _before("0003", url, tmp_path) as earlier:
        earlier.put([posting("p1"), profile("ana"), profile("p2"), posting("bob")])
        _record(
            earlier, ("p1", "ana", "opened"), ("p1", "bob", "hired"), ("p2", "ana", "hired"), ("p1", "ana", "hired")
        )
        is_clear = earlier.scrub()
        assert is_clear
    store = open_store(url, home=tmp_path)
    found = [*store.feedback.scan()]
    assert [(one.posting_id, one.profile_id, one.event) for one in found] == [
        ("p1", "ana", "opened"),
        ("p1", "ana", "hired"),
    ]
    assert [store.feedback.orphans(kind) for kind in Kind] == [[], []]
    if not store._database.is_sqlite:
        before = _file(store)
        assert store.scrub()
        assert _file(store) != before, "PostgreSQL's files hold the rows until the table is written anew"
    store.close()


def test_feedback_gets_the_organisation_whose_posting_it_is(url: str, tmp_path: Path) -> None:
    with _before("0005", url, tmp_path) as earlier:
        owned = Posting(PostingId("owned"), "DSI", Organisation(OrganisationId("dinum"), "Dinum"))
        earlier.put([document(owned), posting("free"), profile("ana")])
        _record(earlier, ("owned", "ana", "opened"), ("free", "ana", "hired"), ("owned", "ana", "hired"))
    store = open_store(url, home=tmp_path)
    found = store.feedback.scan()
    assert [(one.posting_id, one.event, one.organisation, one.request_id) for one in found] == [
        ("owned", "opened", "dinum", "r1"),
        ("free", "hired", None, "r1"),
        ("owned", "hired", "dinum", "r1"),
    ]
    store.close()


def _file(store: SqlStore) -> int:
    with store._database.reading() as connection:
        return int(connection.scalar(text("SELECT pg_relation_filenode('feedback')")) or 0)
