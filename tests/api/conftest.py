"""A matcher on a real SQLite database, and the application around it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from matcher.core.ports import Encoder, Encoders
from matcher.core.storing import Store
from matcher.engine import Matcher
from matcher.settings import Settings
from matcher.stores import open_store
from matcher.stores.snapshots import Snapshots
from tests.fakes import FakeEncoder, FakeThesaurus

Start = Callable[..., TestClient]


def open_on(home: Path, *, store: Store | None = None, encoder: Encoder | None = None) -> Matcher:
    """An open matcher whose files are in `home`, as another process's would be."""
    home.mkdir(exist_ok=True)
    matcher = Matcher(
        store=store or open_store(None, home=home),
        encoders=Encoders.alike(encoder or FakeEncoder()),
        thesaurus=FakeThesaurus(
            {"haskell": "skill:haskell", "ocaml": "skill:ocaml"}, near={"skill:haskell": {"skill:ocaml": 0.6}}
        ),
        snapshots=Snapshots(home / "snapshots"),
    )
    matcher.open()
    return matcher


def application(home: Path, matcher: Matcher, **settings: float) -> TestClient:
    """A client of the application, not entered yet; what the server raises becomes an answer, as it does for real."""
    chosen = Settings(home=home, **settings)  # type: ignore[arg-type] # numbers all
    return TestClient(create_app(chosen, matcher=matcher), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One running application for all tests of a module that leave nothing behind which another would mind."""
    home = tmp_path_factory.mktemp("home")
    with application(home, open_on(home)) as client:
        yield client


@pytest.fixture
def matcher(tmp_path: Path) -> Matcher:
    """An engine on an empty database; the application closes it."""
    return open_on(tmp_path)


@pytest.fixture
def client(tmp_path: Path, matcher: Matcher) -> Iterator[TestClient]:
    """A running application on an empty database."""
    with application(tmp_path, matcher) as entered:
        yield entered
