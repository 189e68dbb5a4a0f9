"""The steps in migrations/ make what tables.py says, once, whoever comes first."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text

from matcher.core.domain import Kind
from matcher.core.errors import NoDatabase, StoreUnavailable
from matcher.stores import migrations, open_store
from matcher.stores.database import LAST_STEP
from matcher.stores.tables import metadata, postgres_metadata
from tests.contracts.documents import posting

OPEN = "import sys, pathlib; from matcher.stores import open_store; "
OPEN += (
    "store = open_store(sys.argv[1] or None, home=pathlib.Path(sys.argv[2])); print(store.database_id); store.close()"
)


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that nobody has opened yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/matcher.db"
    make: Callable[[], str] = request.getfixturevalue("new_postgres_database")
    return make()


def _is_described(_: object, name: str | None, kind: str, *__: object) -> bool:
    # SQLAlchemy cannot describe FTS5 tables, nor the shadow tables beside them.
    return kind != "table" or not str(name).startswith("full_text")


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_a_fresh_database_is_what_the_tables_say(empty_url: str, tmp_path: Path) -> None:
    store = open_store(empty_url, home=tmp_path)
    described = MetaData()
    for part in [metadata] if store._database.is_sqlite else [metadata, postgres_metadata]:
        for table in part.tables.values():
            table.to_metadata(described)
    with store._database.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_object": _is_described if store._database.is_sqlite else None,
            },
        )
        assert compare_metadata(context, described) == []
    store.close()


def test_opening_again_changes_nothing(empty_url: str, tmp_path: Path) -> None:
    first = open_store(empty_url, home=tmp_path)
    second = open_store(empty_url, home=tmp_path)
    assert first.database_id == second.database_id
    first.close()
    second.close()


def test_the_last_step_is_the_last_of_the_folder() -> None:
    assert ScriptDirectory(migrations.__path__[0]).get_heads() == [LAST_STEP]


def test_a_database_that_has_all_tables_is_opened_without_the_library_that_makes_them(tmp_path: Path) -> None:
    open_store(None, home=tmp_path).close()
    program = OPEN + "; assert not [name for name in sys.modules if name.startswith('alembic')]"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", program, "", tmp_path], env=environment, check=True, timeout=60)


def test_several_processes_may_open_a_new_database_at_once(empty_url: str, tmp_path: Path) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", OPEN, empty_url, tmp_path], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    identities = {process.communicate(timeout=60)[0] for process in processes}
    assert [process.returncode for process in processes] == [0] * 3
    assert len(identities) == 1


def test_several_threads_may_open_a_new_database_at_once(empty_url: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(6) as threads:
        stores = list(threads.map(lambda _: open_store(empty_url, home=tmp_path), range(6)))
    assert len({store.database_id for store in stores}) == 1
    for store in stores:
        store.close()


def test_a_database_of_a_newer_version_is_refused(empty_url: str, tmp_path: Path) -> None:
    store = open_store(empty_url, home=tmp_path)
    with store._database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    with pytest.raises(StoreUnavailable, match=r"newer version of this program \(step 9999\): upgrade"):
        open_store(empty_url, home=tmp_path)


def test_a_step_that_fails_leaves_nothing_behind(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alembic.op.create_index", _fail)
    with pytest.raises(RuntimeError, match="power cut"):
        open_store(empty_url, home=tmp_path)
    monkeypatch.undo()
    open_store(empty_url, home=tmp_path).close()


def _fail(*_: object, **__: object) -> None:
    raise RuntimeError("power cut")


def test_opening_leaves_logging_and_standard_output_alone(
    empty_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), logging.getLogger("matcher").disabled)
    open_store(empty_url, home=tmp_path).close()
    assert (root.level, list(root.handlers), logging.getLogger("matcher").disabled) == before
    assert capfd.readouterr() == ("", "")


def test_opening_does_not_depend_on_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = nowhere\n")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", OPEN, "", tmp_path], cwd=tmp_path, env=environment, check=True, timeout=60)


def test_a_database_without_tables_is_none_where_none_is_to_be_made(empty_url: str, tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(NoDatabase, match="MATCHER_DATABASE_URL"):
            open_store(empty_url or None, home=tmp_path / "home", make=False)
    assert not (tmp_path / "home").exists()
    open_store(empty_url or None, home=tmp_path / "home").close()
    open_store(empty_url or None, home=tmp_path / "home", make=False).close()


def test_a_database_that_is_only_to_be_looked_at_is_not_written_to(empty_url: str, tmp_path: Path) -> None:
    open_store(empty_url, home=tmp_path).close()
    looking = open_store(empty_url, home=tmp_path, make=False, write=False)
    assert looking.last_sequence() == 0
    with pytest.raises(StoreUnavailable, match=r"read-?only"):
        looking.put([posting("1")])
    assert looking.count(Kind.POSTING) == 0
    looking.close()
