"""What is about one person or one posting is looked up, however much is stored of others."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, event

from matcher.core.domain import Kind
from matcher.stores import SqlStore

LOOKED_UP: list[Callable[[SqlStore], object]] = [
    lambda store: store.feedback.of_profile("ana"),
    lambda store: store.feedback.about("p1"),
    lambda store: store.feedback.about("p1", "ana"),
    lambda store: store.changes_of(Kind.PROFILE, "ana"),
    lambda store: store.delete(Kind.PROFILE, ["ana"]),
    lambda store: store.delete(Kind.POSTING, ["p1"]),
]


@pytest.mark.parametrize("ask", LOOKED_UP)
def test_no_table_is_read_from_end_to_end(sqlite_store: SqlStore, ask: Callable[[SqlStore], object]) -> None:
    asked = []

    def remember(_: Connection, __: object, statement: str, parameters: tuple[object, ...], *___: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.append((statement, parameters))

    event.listen(sqlite_store._database._engine, "before_cursor_execute", remember)
    ask(sqlite_store)
    event.remove(sqlite_store._database._engine, "before_cursor_execute", remember)
    assert asked
    with sqlite_store._database.reading() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            assert not [row[3] for row in plan if row[3].startswith("SCAN")], statement
