"""What docs/operations.md says to type is what works: its commands are run as they stand there."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import make_url
from starlette.testclient import TestClient

from api.app import create_app
from matcher.cli import main
from matcher.decisions.verify import verify
from matcher.settings import Settings

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy" / "forum-matcher.service").read_text(encoding="utf-8")
NGINX = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def _run(title: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the page's block of that title as its reader would: in a shell, with the installation's commands."""
    (block,) = [block for block in BLOCKS if block.startswith(f"# {title}\n")]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    others = {name: value for name, value in os.environ.items() if not name.startswith("MATCHER_")}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        env={**others, "PATH": path, "MATCHER_MODEL": "words", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _person(id_: str) -> dict[str, object]:
    return {"id": id_, "headline": f"Data scientist {id_}", "skills": ["Python"], "visible_to_recruiters": True}


def test_what_is_backed_up_beside_a_running_service_is_there_again_after_a_restore(tmp_path: Path) -> None:
    home, backup, new = tmp_path / "home", tmp_path / "backup", tmp_path / "new"
    with TestClient(create_app(Settings(home=home, model="words"))) as client:
        client.post("/v1/postings", json={"id": "p1", "title": "Data scientist", "skills": ["Python"]})
        for number in range(5):
            client.post("/v1/profiles", json=_person(f"c{number}"))
        before = client.get("/v1/postings/p1/candidates").json()
        done = _run("back up", MATCHER_HOME=str(home), BACKUP=str(backup))
        assert done.returncode == 0, done.stderr
        client.post("/v1/profiles", json=_person("late"))
    assert {path.name for path in backup.iterdir()} == {"matcher.db", "pseudonym.key", "decisions"}
    assert all(not path.stat().st_mode & 0o077 for path in [backup, *backup.iterdir()]), "nobody else reads it"
    done = _run("restore", MATCHER_HOME=str(new), BACKUP=str(backup))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 postings, 5 profiles: ")
    assert [one.broken for one in verify(new / "decisions")] == [None]
    with TestClient(create_app(Settings(home=new, model="words"))) as client:
        assert client.get("/v1/postings/p1/candidates").json() == before
        assert client.post("/v1/profiles", json=_person("late")).status_code == 201
        assert len(client.get("/v1/profiles/c0/export").json()["shown"]) == 2, "whom it shows has the old pseudonym"


def test_a_snapshot_of_what_came_after_the_backup_is_not_believed(tmp_path: Path) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    with TestClient(create_app(Settings(home=home, model="words"))) as client:
        client.post("/v1/profiles", json=_person("c0"))
        assert _run("back up", MATCHER_HOME=str(home), BACKUP=str(backup)).returncode == 0
        client.post("/v1/profiles", json=_person("late"))
    assert (home / "snapshots" / "CURRENT").exists()
    for path in home.glob("matcher.db*"):
        path.unlink()
    done = _run("restore", MATCHER_HOME=str(home), BACKUP=str(backup))
    assert done.stdout.startswith("0 postings, 1 profiles: "), done.stderr


def test_a_backup_is_never_overwritten(tmp_path: Path) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    with TestClient(create_app(Settings(home=home, model="words"))):
        pass
    assert _run("back up", MATCHER_HOME=str(home), BACKUP=str(backup)).returncode == 0
    assert _run("back up", MATCHER_HOME=str(home), BACKUP=str(backup)).returncode != 0


@pytest.fixture
def dump_tools(stoppable_postgres: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a server whose own pg_dump and pg_restore are found first."""
    folder = Path(stoppable_postgres.bin_path)
    if not all((folder / name).exists() for name in ("pg_dump", "pg_restore")):
        pytest.skip(f"there is no pg_dump of the server's version in {folder}")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return str(stoppable_postgres.get_uri())


def test_postgresql_is_backed_up_beside_a_running_service_and_restored_over_what_came_after(
    dump_tools: str, tmp_path: Path
) -> None:
    home, backup = tmp_path / "home", tmp_path / "backup"
    settings = Settings(home=home, model="words", database_url=dump_tools)
    variables = {"MATCHER_HOME": str(home), "BACKUP": str(backup), "DATABASE_URL": dump_tools}
    variables["MATCHER_DATABASE_URL"] = dump_tools
    receipts = tmp_path / "receipts.jsonl"
    with TestClient(create_app(settings)) as client:
        client.post("/v1/postings", json={"id": "p1", "title": "Data scientist", "skills": ["Python"]})
        for number in range(5):
            client.post("/v1/profiles", json=_person(f"c{number}"))
        before = client.get("/v1/postings/p1/candidates").json()
        done = _run("back up with PostgreSQL", **variables)
        assert done.returncode == 0, done.stderr
        client.post("/v1/profiles", json=_person("late"))
        receipts.write_text(client.delete("/v1/profiles/c0").text + "\n" + client.delete("/v1/profiles/c1").text)
        client.post("/v1/profiles", json=_person("c1"))  # has come back
    assert {path.name for path in backup.iterdir()} == {"matcher.dump", "pseudonym.key", "decisions"}
    assert all(not path.stat().st_mode & 0o077 for path in [backup, *backup.iterdir()]), "nobody else reads it"
    assert (home / "snapshots" / "CURRENT").exists(), "of what came after"
    logged = sorted(path.name for path in (home / "decisions").iterdir())

    done = _run("restore with PostgreSQL", **variables)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 postings, 5 profiles: ")
    assert "belongs to another database" in done.stderr, "the snapshot of what came after is not believed"
    assert sorted(path.name for path in (home / "decisions").iterdir()) == logged, "what is newer stays"
    assert {one.broken for one in verify(home / "decisions")} == {None}
    with TestClient(create_app(settings)) as client:
        assert client.get("/v1/postings/p1/candidates").json() == before, "who was erased is back"
        client.put("/v1/profiles/c1", json={**_person("c1"), "summary": "Écrit après la restauration."})

    again = CliRunner().invoke(main, ["erase-again", str(receipts)], env={**variables, "MATCHER_MODEL": "words"})
    assert again.output.splitlines()[-1] == "1 erased again, 0 not here, 1 stored since and kept"
    with TestClient(create_app(settings)) as client:
        assert client.get("/v1/profiles/c0").status_code == 404
        assert client.get("/v1/profiles/c1").status_code == 200
        assert client.post("/v1/profiles", json=_person("late")).status_code == 201
    files = list((home / "snapshots").rglob("ids.json"))
    assert files
    assert not any('"c0"' in path.read_text(encoding="utf-8") for path in files)


def test_postgresql_is_restored_on_a_new_machine(dump_tools: str, tmp_path: Path) -> None:
    home, backup, new = tmp_path / "home", tmp_path / "backup", tmp_path / "new"
    with psycopg.connect(dump_tools, autocommit=True) as connection:
        connection.execute("CREATE DATABASE elsewhere")
    elsewhere = make_url(dump_tools).set(database="elsewhere").render_as_string(hide_password=False)
    with TestClient(create_app(Settings(home=home, model="words", database_url=dump_tools))) as client:
        client.post("/v1/postings", json={"id": "p1", "title": "Data scientist", "skills": ["Python"]})
        client.post("/v1/profiles", json=_person("c0"))
        before = client.get("/v1/postings/p1/candidates").json()
        done = _run("back up with PostgreSQL", MATCHER_HOME=str(home), BACKUP=str(backup), DATABASE_URL=dump_tools)
        assert done.returncode == 0, done.stderr
    done = _run(
        "restore with PostgreSQL",
        MATCHER_HOME=str(new),
        BACKUP=str(backup),
        DATABASE_URL=elsewhere,
        MATCHER_DATABASE_URL=elsewhere,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 postings, 1 profiles: ")
    with TestClient(create_app(Settings(home=new, model="words", database_url=elsewhere))) as client:
        assert client.get("/v1/postings/p1/candidates").json() == before
        assert len(client.get("/v1/profiles/c0/export").json()["shown"]) == 2, "whom it shows has the old pseudonym"


def _commands() -> set[str]:
    typed = [line for block in BLOCKS for line in block.splitlines() if line.startswith("matcher ")]
    return {line.partition("#")[0].strip() for line in typed} | set(re.findall(r"`(matcher [^`]*)`", PAGE))


@pytest.mark.parametrize("command", sorted(_commands()))
def test_every_command_of_the_page_exists(command: str) -> None:
    words = shlex.split(command)[1:]
    names = []
    group: click.Command = main
    while isinstance(group, click.Group) and words:
        names.append(words.pop(0))
        group = group.commands[names[-1]]
    shown = CliRunner().invoke(main, [*names, "--help"])
    assert shown.exit_code == 0
    assert all(word in shown.output for word in words if word.startswith("--"))


@pytest.mark.parametrize("text", [PAGE, UNIT, NGINX], ids=["page", "unit", "nginx"])
def test_every_setting_that_is_named_exists(text: str) -> None:
    named = set(re.findall(r"MATCHER_([A-Z_]+)", text))
    assert named
    assert {name.lower() for name in named} <= set(Settings.model_fields)


def test_the_unit_starts_the_command_as_it_is() -> None:
    (line,) = re.findall(r"^ExecStart=\S+/bin/(matcher .*)$", UNIT, re.MULTILINE)
    options = main.commands["serve"].make_context("serve", shlex.split(line)[2:]).params
    assert options["host"] == "127.0.0.1"
    assert f"--port {options['port']}" in PAGE, "the page's template replaces it"


def test_nginx_lets_through_what_the_service_reads_and_waits_for_longer_than_it() -> None:
    settings = Settings()
    (body,) = re.findall(r"^    client_max_body_size (\d+);", NGINX, re.MULTILINE)
    (read_s,) = re.findall(r"proxy_read_timeout (\d+)s;", NGINX)
    assert int(body) == settings.max_body_bytes
    assert int(read_s) > settings.request_seconds
    (logged,) = re.findall(r"^log_format (.*);$", NGINX, re.MULTILINE)
    assert re.findall(r"uri|\$request\b|\$args", logged) == [], "a profile's id stands in it"


def test_every_figure_of_the_page_is_served(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(home=tmp_path, model="words"))) as client:
        client.get("/health/live")
        served = client.get("/metrics").text
    named = set(re.findall(r"`((?:matcher|process)_[a-z_]+)", PAGE))
    assert named
    assert [name for name in named if f"\n{name}" not in served] == []
