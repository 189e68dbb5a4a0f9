"""`matcher fsck`, as an administrator or a timer runs it: what it says, and that it mends and hides nothing."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from matcher.cli import main
from matcher.core.domain import Kind
from matcher.decisions.pseudonyms import open_pseudonyms
from matcher.derive import Deriver

PEOPLE = [f"ana.{number}@example.org" for number in range(7)]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small forum, ingested."""
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHER_MODEL", "words")
    monkeypatch.delenv("MATCHER_DATABASE_URL", raising=False)
    records = [{"id": "p1", "title": "Data scientist", "description": "Python."}]
    records += [{"id": id_, "headline": f"Juriste {id_[4]}"} for id_ in PEOPLE]
    path = tmp_path / "forum.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    assert _run("ingest", str(path)).exit_code == 0
    return tmp_path / "home"


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


def _change(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "matcher.db")) as database, database:
        assert database.execute(statement).rowcount


def _content(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "matcher.db")) as database:
        return [*database.iterdump()]


@pytest.mark.parametrize("snapshot", ["there", "lost", "damaged", "of another model"])
def test_it_mends_and_hides_nothing(snapshot: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _change(home, "DELETE FROM vector")
    if snapshot == "lost":
        shutil.rmtree(home / "snapshots")
    if snapshot == "damaged":
        next(home.glob("snapshots/*/manifest.json")).write_text("{}")
    if snapshot == "of another model":
        monkeypatch.setenv("MATCHER_SKILLS_MODEL", "words+words")
        _change(home, "UPDATE full_text_profile SET title = 'autre'")
    before = _content(home)
    for _ in range(2):
        done = _run("fsck")
        assert done.exit_code == 1
        assert "7 profile(s) with a vector that is missing or damaged in the database" in done.stderr
        assert ("7 profile(s) with another full-text row" in done.stderr) is (snapshot == "of another model")
        assert _content(home) == before
    assert _run("reindex").exit_code == 0
    assert _run("fsck").exit_code == 0


def test_it_leaves_tables_of_an_earlier_version_as_they_are(home: Path) -> None:
    _change(home, "UPDATE alembic_version SET version_num = '0002'")
    done = _run("fsck")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "start the service of this version" in done.stderr
    assert "'0002'" in "".join(_content(home))


def test_no_id_of_a_person_stands_in_what_it_says_unless_somebody_asks(home: Path) -> None:
    _change(home, "DELETE FROM full_text_profile")
    _change(home, "DELETE FROM full_text_posting")
    done = _run("fsck")
    assert done.exit_code == 1
    assert "@" not in done.output
    assert f"7 profile(s) without a full-text row: {open_pseudonyms(home).of_profile(PEOPLE[0])}, " in done.stderr
    assert "1 posting(s) without a full-text row: p1\n" in done.stderr
    assert f"7 profile(s) without a full-text row: {', '.join(PEOPLE[:5])} and 2 more\n" in _run("fsck", "--ids").stderr


def test_after_an_upgrade_the_index_is_made_anew_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.following.LAYOUT", "another")
    monkeypatch.setenv("MATCHER_SKILLS_MODEL", "words+words")
    times, made = 0, Deriver.all_made

    def counted(*arguments: Any, **options: Any) -> Any:
        nonlocal times
        times += 1
        return made(*arguments, **options)

    monkeypatch.setattr(Deriver, "all_made", counted)
    assert _run("reindex").stdout == "1 postings, 7 profiles indexed\n"
    assert times == len(Kind)
    assert _run("fsck").exit_code == 0


def test_a_snapshot_that_was_not_used_is_not_said_to_agree(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    agree = "1 postings, 7 profiles: database, full-text rows, index and snapshot agree\n"
    assert _run("fsck").stdout == agree
    with closing(sqlite3.connect(home / "matcher.db")) as database, database:
        database.execute("UPDATE change_log SET token = 'another history'")
    done = _run("fsck")
    assert done.exit_code == 0
    assert "index agree; the snapshot belongs to another database: the service makes one" in done.stdout
    shutil.rmtree(home / "snapshots")
    assert "index agree; there is no snapshot yet: the service" in _run("fsck").stdout
    assert _run("reindex").exit_code == 0
    assert _run("fsck").stdout == agree
    monkeypatch.setattr("matcher.following.LAYOUT", "another")
    assert "index agree; the snapshot was made by another model or version: the service" in _run("fsck").stdout
