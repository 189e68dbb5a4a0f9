"""`matcher keys`, as an administrator runs it, and what `matcher serve` refuses without one."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from api.app import create_app
from matcher.cli import main
from matcher.settings import Settings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHER_MODEL", "words")
    monkeypatch.delenv("MATCHER_DATABASE_URL", raising=False)
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


def test_a_key_is_shown_once_opens_the_api_and_is_revoked(home: Path) -> None:
    made = _run("keys", "create", "--scope", "platform", "--note", "plateforme")
    assert made.exit_code == 0, made.output
    key = made.stdout.strip()
    key_id = re.search(r"key (\w+) for the platform", made.stderr)
    assert key_id is not None
    assert b"".join(path.read_bytes() for path in home.iterdir() if path.is_file()).find(key[-20:].encode()) < 0
    with TestClient(create_app(Settings())) as client:
        headers = {"Authorization": f"Bearer {key}"}
        assert client.get("/v1/profiles/nobody", headers=headers).status_code == 404
        assert client.get("/v1/profiles/nobody").status_code == 401
        listed = _run("keys", "list").stdout
        assert listed.split("\t")[:3] == [key_id[1], "platform", "-"]
        assert listed.rstrip().endswith("valid\tplateforme")
        assert key not in listed
        assert _run("keys", "revoke", key_id[1]).exit_code == 0
    assert "revoked" in _run("keys", "list").stdout
    with TestClient(create_app(Settings())) as client:
        assert client.get("/v1/profiles/nobody", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--scope", "recruiter"], "organisation: is missing"),
        (["--scope", "platform", "--organisation", "dinum"], "binds recruiters only"),
        (["--scope", "recruiter", "--organisation", ""], "organisation: is no organisation's id"),
        (["--scope", "recruiter", "--organisation", "dinum "], "organisation: is no organisation's id"),
        (["--scope", "recruiter", "--organisation", "dinum/x"], "organisation: is no organisation's id"),
        (["--scope", "recruiter", "--organisation", "d" * 201], "organisation: is no organisation's id"),
        (["--scope", "king"], "'king' is not one of"),
        (["--scope", "platform", "--expires", "never"], "write a date"),
        (["--scope", "platform", "--expires", "2020-01-01"], "expires"),
        (["--scope", "platform", "--expires", "99999999999"], "write a date"),
        (["--scope", "platform", "--note", "two\nlines"], "note"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(words: list[str], complaint: str) -> None:
    done = _run("keys", "create", *words)
    assert done.exit_code in {1, 2}
    assert complaint in done.output
    assert _run("keys", "list").stdout == ""


def test_an_unknown_key_cannot_be_revoked() -> None:
    done = _run("keys", "revoke", "0123456789ab")
    assert (done.exit_code, done.output.count("\n")) == (1, 1)


def test_a_server_that_others_can_reach_needs_a_key_or_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr("api.workers.serve_alone", lambda app, shared: started.append(shared.getsockname()[0]))
    refused = _run("serve", "--port", "0", "--host", "0.0.0.0")  # noqa: S104 - that is the point
    assert refused.exit_code == 1
    assert "matcher keys create" in refused.output
    assert started == []
    assert _run("serve", "--port", "0", "--host", "127.0.0.1").exit_code == 0
    monkeypatch.setenv("MATCHER_ACCESS", "open")
    assert _run("serve", "--port", "0", "--host", "0.0.0.0").exit_code == 0  # noqa: S104 - likewise
    monkeypatch.delenv("MATCHER_ACCESS")
    _run("keys", "create", "--scope", "platform")
    assert _run("serve", "--port", "0", "--host", "0.0.0.0").exit_code == 0  # noqa: S104 - likewise
    assert started == ["127.0.0.1", "0.0.0.0", "0.0.0.0"]  # noqa: S104 - likewise
