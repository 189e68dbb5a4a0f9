"""On which home folder a command works: a shell that lacks the service's settings must not be told that all is done."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from matcher.cli import main
from matcher.settings import Settings

FORUM = ({"id": "p1", "title": "Data scientist"}, {"id": "c1", "headline": "Data scientist"})
USES = [
    ["erase", "profile", "c1", "--receipt"],
    ["erase-again", "receipts.jsonl"],
    ["retention", "--apply"],
    ["keys", "list"],
    ["keys", "revoke", "0123456789ab"],
    ["replay", "--all"],
    ["evaluate"],
    ["learn", "--output", "weights.toml"],
    ["match", "--for", "postings"],
    ["suggest", "c1"],
    ["candidates", "p1"],
    ["search", "data"],
    ["similar", "profile", "c1"],
]
MAKES = [["keys", "create", "--scope", "platform"], ["ingest", "forum.jsonl"], ["serve", "--port", "0"]]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHER_MODEL", "words")
    monkeypatch.delenv("MATCHER_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("api.workers.serve_alone", lambda app, shared: None)
    Path("receipts.jsonl").touch()
    Path("forum.jsonl").write_text("".join(f"{json.dumps(record)}\n" for record in FORUM), encoding="utf-8")
    return tmp_path / "home"


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


def _serve(database_url: str | None = None) -> None:
    """Have a service show a ranking, and end."""
    with TestClient(create_app(Settings(database_url=SecretStr(database_url) if database_url else None))) as client:
        assert client.post("/v1/profiles", json={"id": "c1", "headline": "Data scientist"}).is_success
        assert client.get("/v1/profiles/c1/suggestions").is_success


def _assert_refused(words: list[str], *said: str) -> None:
    done = _run(*words)
    assert (done.exit_code, done.stdout) == (1, ""), done.output
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert all(word in done.stderr for word in said), done.stderr


def test_where_there_is_no_database_none_is_made_and_nothing_is_said_to_be_done(home: Path) -> None:
    (home / "decisions").mkdir(parents=True)
    for words in USES:
        _assert_refused(words, f"there is no database in {home}/matcher.db yet", "MATCHER_DATABASE_URL")
    assert [path.name for path in home.iterdir()] == ["decisions"]


@pytest.mark.parametrize("command", ["fsck", "reindex"])
def test_nothing_is_sound_and_stays_nothing(command: str, home: Path) -> None:
    done = _run(command)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith(f"0 postings, 0 profiles: there is no database in {home}/matcher.db yet")
    assert not home.exists()


@pytest.mark.parametrize("lost", ["snapshots", "decisions"])
def test_a_home_that_another_database_belongs_to_gets_no_second_one(lost: str, home: Path) -> None:
    """As that of a service on PostgreSQL, in a shell that does not know of it."""
    _serve(f"sqlite:///{home.parent}/elsewhere.db")
    shutil.rmtree(home / lost)
    before = {*home.iterdir()}
    for words in (*USES, *MAKES, ["fsck"], ["reindex"]):
        _assert_refused(words, "are of another one", "MATCHER_DATABASE_URL")
    assert {*home.iterdir()} - {home / "decisions"} == before - {home / "decisions"}


def test_a_second_database_beside_another_s_files_is_not_taken_for_it(home: Path) -> None:
    _run("keys", "create", "--scope", "platform")
    (home / "matcher.db").rename(home.parent / "early.db")
    _serve(f"sqlite:///{home.parent}/elsewhere.db")
    (home.parent / "early.db").rename(home / "matcher.db")
    for words in (*USES, ["fsck"]):
        _assert_refused(words, "are of another database", "MATCHER_DATABASE_URL", "matcher reindex")
    assert _run("reindex").exit_code == 0
    assert _run("retention").exit_code == 0, "now the home is this one's"


def test_a_server_may_go_over_to_a_database_that_is_named(home: Path) -> None:
    _serve()
    _serve(f"sqlite:///{home.parent}/elsewhere.db")
    assert _run("keys", "list").exit_code == 1, "the home is the other one's now"
