"""Who is erased leaves no trace: a random word in every text field is looked for in every file of the service."""

import gzip
import io
import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from matcher.cli import main
from matcher.core.domain import Kind
from matcher.core.terms import WEIGHT_BITS
from matcher.decisions.pseudonyms import open_pseudonyms
from matcher.records import ProfileRecord
from matcher.settings import Settings
from matcher.stages.text import neutral
from matcher.stores import SqlStore, open_store
from matcher.stores.tables import FACETS
from matcher.stores.words import fold
from models.terms import bucket_of, stems
from tests.api.conftest import open_on

PATIENCE_S = 60
PERSON = "kvjq-zwpx-7731"
LETTERS = "bcdfghjklmnpqrstvwxz"
KEPT_OF_A_WORD = 9
"""An index of sorted words may keep only the end of one that begins like its neighbour."""
STAYS = "Ingénieure réseau"
"""Of somebody else, and to be found all the same: the search itself works."""

_chance = random.Random(20261124)  # noqa: S311 - repeatable, no secret


def _word() -> str:
    return "".join(_chance.choices(LETTERS, k=16))


WORDS = {
    name: _word()
    for name in (
        "headline",
        "summary",
        "skills",
        "experience title",
        "experience organisation",
        "experience summary",
        "education title",
        "languages",
        "region",
        "department",
        "hidden_from",
    )
}
"""A random word a text field."""
PROSE = ("summary", "experience summary")
"""The fields whose stems are in the index, as numbers."""
PLANTED: Mapping[str, Any] = {
    "id": PERSON,
    "headline": f"Développeuse data {WORDS['headline']}é",
    "summary": f"Du Python et du {WORDS['summary'].title()}. " * 40,
    "skills": ["Python", f"{WORDS['skills']}·euse"],
    "experiences": [
        {
            "title": f"Data scientist {WORDS['experience title'].upper()}",
            "organisation": WORDS["experience organisation"],
            "summary": f"{WORDS['experience summary']} en production",
        }
    ],
    "education": [{"title": f"Master {WORDS['education title']}", "level": 7}],
    "languages": [WORDS["languages"]],
    "locations": [{"region": WORDS["region"], "department": WORDS["department"]}],
    "hidden_from": [WORDS["hidden_from"]],
    "consented_at": "2026-01-01",
    "visible_to_recruiters": True,
}
POSTING = {"id": "p1", "title": "Data scientist", "organisation": {"id": "dinum"}, "skills": ["Python"]}
OTHER = {"id": "other", "headline": STAYS, "summary": "Du Python aussi.", "visible_to_recruiters": True}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHER_MODEL", "words")
    monkeypatch.setenv("MATCHER_BODY_MODEL", "words+terms")
    return tmp_path / "home"


def _contents(home: Path) -> Iterator[tuple[str, bytes]]:
    for path in home.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield path.relative_to(home).as_posix(), gzip.decompress(data) if path.suffix == ".gz" else data


def _traces(home: Path, *, also: tuple[str, ...] = ()) -> set[tuple[str, str]]:
    """Which planted field stands in which file, whatever its form: case, accents, gender, encoding."""
    found = set()
    looked_for = {name: {word, neutral(word), fold(word), word[-KEPT_OF_A_WORD:]} for name, word in WORDS.items()}
    for name, data in _contents(home):
        folded = data.lower()
        for field, forms in {**looked_for, **{text: {text} for text in also}}.items():
            if any(
                form.lower().encode(coding) in folded
                for form in forms
                for coding in ("utf-8", "utf-16-le", "utf-32-le")
            ):
                found.add((field, name))
        if name.endswith("terms.npy"):
            buckets = np.load(io.BytesIO(data)) >> WEIGHT_BITS
            found |= {(field, name) for field in PROSE if bucket_of(stems(WORDS[field])[0]) in buckets}
    return found


def _pages(data: Path) -> set[tuple[str, str]]:
    """Which planted field, or the id, stands in which of the server's files: in UTF-8, whatever its case."""
    ends = {name: word[-KEPT_OF_A_WORD:] for name, word in WORDS.items()} | {"id": PERSON}
    return {
        (field, name)
        for name, content in _contents(data)
        for folded in [content.lower()]
        for field, end in ends.items()
        if end.encode() in folded
    }


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        # A snapshot that is written meanwhile is renamed, and the old one goes: look again.
        with suppress(FileNotFoundError):
            if true():
                return
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def _tables_naming(home: Path, text: str) -> set[str]:
    """The tables of the database that hold a text in any column."""
    with closing(sqlite3.connect(home / "matcher.db")) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table for table in tables for row in connection.execute(f"SELECT * FROM {table}") if text in row}  # noqa: S608 - names of its own


def _use(client: TestClient) -> None:
    """Whatever may copy a person somewhere: store, change, rank, search, explain, record feedback."""
    assert client.post("/v1/postings", json=POSTING).status_code == 201
    assert client.post("/v1/profiles", json=OTHER).status_code == 201
    assert client.post("/v1/profiles", json={**PLANTED, "headline": f"Ancienne {WORDS['headline']}"}).status_code == 201
    assert client.put(f"/v1/profiles/{PERSON}", json=PLANTED).status_code == 200
    shown = client.get("/v1/postings/p1/candidates").json()["matches"]
    assert PERSON in {match["profile_id"] for match in shown}
    assert client.get(f"/v1/profiles/{PERSON}/suggestions").json()["matches"]
    found = client.post("/v1/profiles/search", json={"text": f"data {WORDS['summary']}"}).json()["matches"]
    assert PERSON in {match["id"] for match in found}
    assert client.get(f"/v1/profiles/{PERSON}/similar").status_code == 200
    assert client.get(f"/v1/postings/p1/candidates/{PERSON}").json()["match"]
    opened = {"posting_id": "p1", "profile_id": PERSON, "event": "opened"}
    assert client.post("/v1/feedback", json={"asks": "posting", "events": [opened]}).status_code < 300


def test_every_text_field_of_a_profile_is_planted() -> None:
    texts = {
        name
        for name, field in ProfileRecord.model_fields.items()
        if any(word in str(PLANTED.get(name)).lower() for word in WORDS.values())
    }
    others = {"id", "remote", "contracts", "experience_years", "situation", "available_from", "salary_eur_year_min"}
    others |= {"visible_to_recruiters", "consented_at"}
    assert texts | others == set(ProfileRecord.model_fields)


def test_a_running_server_forgets_who_is_erased_from_all_its_files_in_time(home: Path) -> None:
    settings = Settings(home=home, model="words", erasure_seconds=0.5, follow_seconds=0.05)
    app = create_app(settings)
    with TestClient(app) as client:
        _use(client)
        app.state.matcher.snapshot()
        planted = {field for field, _ in _traces(home)}
        assert planted == {*WORDS}, "each is in some file"
        assert any("snapshots/" in name for _, name in _traces(home, also=(PERSON,)))
        assert {field for field, name in _traces(home) if name.endswith("terms.npy")} == {*PROSE}
        receipt = client.delete(f"/v1/profiles/{PERSON}")
        assert receipt.is_success
        assert client.get(f"/v1/profiles/{PERSON}").status_code == 404
        assert [m["profile_id"] for m in client.get("/v1/postings/p1/candidates").json()["matches"]] == ["other"]
        assert PERSON not in receipt.text
        assert not {name for _, name in _traces(home) if name.startswith("matcher.db")}
        _until(lambda: not _traces(home, also=(PERSON,)))
        assert any(fold(STAYS).encode() in fold(d.decode("utf-8", "replace")).encode() for _, d in _contents(home))
    assert _traces(home) == set(), "nor when it has stopped"
    _assert_nothing_names(home, PERSON)


def test_a_running_server_forgets_who_is_erased_from_all_files_of_postgresql_in_time(
    home: Path, stoppable_postgres: Any
) -> None:
    url, data = stoppable_postgres.get_uri(), Path(stoppable_postgres.pgdata)
    open_store(url, home=home).close()
    with psycopg.connect(url, autocommit=True) as connection:
        # As docs/operations.md asks: a file of the write-ahead log is thrown away, not used again.
        connection.execute("ALTER SYSTEM SET wal_recycle = off")
        connection.execute("SELECT pg_reload_conf()")
        # Nothing is compressed, so that everything can be looked for.
        for table, column in (("document", "body"), *(("full_text_profile", name) for name in (*FACETS, "words"))):
            connection.execute(f"ALTER TABLE {table} ALTER {column} SET STORAGE EXTERNAL")
    settings = Settings(home=home, database_url=SecretStr(url), model="words", erasure_seconds=0.5, follow_seconds=0.05)
    with TestClient(create_app(settings)) as client:
        _use(client)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("ANALYZE")
            connection.execute("CHECKPOINT")
            statistics = connection.execute("SELECT pg_relation_filepath('pg_statistic')").fetchone()
        planted = _pages(data)
        assert {field for field, _ in planted} == {*WORDS, "id"}, "each is in some file"
        assert {"base", "pg_wal"} <= {name.split("/")[0] for _, name in planted}
        assert statistics
        assert statistics[0] in {name for _, name in planted}, "in what the planner knows, too"
        assert client.delete(f"/v1/profiles/{PERSON}").is_success
        _until(lambda: not _pages(data))
        assert any(STAYS.encode() in content for _, content in _contents(data))
        assert client.get("/v1/postings/p1/candidates").json()["matches"], "others are found as before"
    assert _pages(data) == set(), "nor when it has stopped"
    assert _traces(home, also=(PERSON,)) == set()


def test_the_command_forgets_at_once(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "forum.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in (POSTING, PLANTED, OTHER)), encoding="utf-8")
    run = CliRunner().invoke
    assert run(main, ["ingest", str(path)]).exit_code == 0
    assert run(main, ["candidates", "p1"]).exit_code == 0
    assert run(main, ["reindex"]).exit_code == 0
    assert {field for field, _ in _traces(home)} == {*WORDS}
    done = run(main, ["erase", "profile", PERSON, "--receipt"])
    assert done.exit_code == 0, done.output
    assert _traces(home) == set()
    _assert_nothing_names(home, PERSON)
    assert done.stderr == "1 profile erased\n"
    receipt = json.loads(done.stdout)
    assert receipt["profile"] == open_pseudonyms(home).of_profile(PERSON)
    assert PERSON not in done.stdout
    assert run(main, ["fsck"]).exit_code == 0


def test_an_erasure_whose_receipt_was_lost_is_done_again_by_one_that_was_made_later(home: Path, tmp_path: Path) -> None:
    path, receipts = tmp_path / "forum.jsonl", tmp_path / "receipts.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in (POSTING, PLANTED, OTHER)), encoding="utf-8")
    run = CliRunner().invoke
    assert run(main, ["ingest", str(path)]).exit_code == 0
    kept = (home / "matcher.db").read_bytes()
    assert run(main, ["erase", "profile", PERSON]).exit_code == 0
    assert run(main, ["erase", "profile", PERSON]).exit_code == 1, "who asks for no receipt is told"
    late = run(main, ["erase", "profile", PERSON, "--receipt"])
    assert (late.exit_code, late.stderr) == (0, "0 profiles erased: there is none of that id\n")
    assert json.loads(late.stdout)["profile"] == open_pseudonyms(home).of_profile(PERSON)
    receipts.write_text(late.stdout, encoding="utf-8")
    (home / "matcher.db").write_bytes(kept)
    again = run(main, ["erase-again", str(receipts)])
    assert again.output.splitlines()[-1] == "1 erased again, 0 not here, 0 stored since and kept"
    assert run(main, ["erase", "profile", PERSON]).exit_code == 1


def test_a_receipt_for_who_is_not_there_is_true_of_what_was_recorded_about_them(home: Path, tmp_path: Path) -> None:
    """An earlier version could record feedback beside an erasure: it outlived the person."""
    path = tmp_path / "forum.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in (POSTING, OTHER)), encoding="utf-8")
    run = CliRunner().invoke
    assert run(main, ["ingest", str(path)]).exit_code == 0
    with closing(sqlite3.connect(home / "matcher.db")) as database, database:
        columns = "at, asks, posting_id, profile_id, event, request_id, weights"
        row = ("2026-11-30 10:00:00", "posting", "p1", PERSON, "hired", "", "{}")
        database.execute(f"INSERT INTO feedback ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608
    done = run(main, ["fsck", "--ids"])
    assert (done.exit_code, f"1 profile(s) with feedback but no record: {PERSON}" in done.stderr) == (1, True)
    assert PERSON not in run(main, ["fsck"]).output
    assert run(main, ["erase", "profile", PERSON, "--receipt"]).exit_code == 0
    _assert_nothing_names(home, PERSON)
    assert run(main, ["fsck"]).exit_code == 0


def test_the_decision_log_keeps_the_rankings_and_not_the_person(home: Path) -> None:
    settings = Settings(home=home, model="words")
    with TestClient(create_app(settings)) as client:
        _use(client)
        client.delete(f"/v1/profiles/{PERSON}")
    lines = b"".join(data for name, data in _contents(home) if name.startswith("decisions/"))
    assert open_pseudonyms(home).of_profile(PERSON).encode() in lines
    assert PERSON.encode() not in lines
    assert not {name for _, name in _traces(home) if name.startswith("decisions/")}


def test_another_process_forgets_whom_the_log_names_no_more(home: Path) -> None:
    """The log's ids go with the snapshot; who comes to the rows later compares what they hold with what exists."""
    one, other = open_on(home), open_on(home)
    people = [ProfileRecord(**{**OTHER, "id": id_}).to_domain() for id_ in ("ana", "bob", "cam")]
    one.put(people)
    other.follow()
    one.erase(Kind.PROFILE, "ana")
    one.delete(Kind.PROFILE, "bob")
    one.put([people[1]])
    one.snapshot()
    assert [change.id for change in one.changes(0)] == ["", "bob", "cam", "", "bob", "bob"]
    other.follow()
    assert other.ids(Kind.PROFILE) == one.ids(Kind.PROFILE) == ["bob", "cam"]
    assert other.fsck() == one.fsck() == []
    other.close()
    one.close()


def test_a_reader_that_stands_in_the_way_only_delays_it(home: Path) -> None:
    matcher = open_on(home)
    matcher.put([ProfileRecord(**PLANTED).to_domain()])
    matcher.snapshot()
    with closing(sqlite3.connect(home / "matcher.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM document").fetchone()
        matcher.delete(Kind.PROFILE, PERSON)
        assert matcher.sweep(within_s=0)
        assert {name for _, name in _traces(home, also=(PERSON,))} & {"matcher.db", "matcher.db-wal"}
        reader.execute("COMMIT")
    assert not matcher.sweep(within_s=60)
    assert _traces(home, also=(PERSON,)) == set()
    matcher.close()


def test_a_process_that_was_killed_leaves_no_debt_behind(home: Path) -> None:
    killed = open_on(home)
    killed.put([ProfileRecord(**PLANTED).to_domain()])
    killed.snapshot()
    killed.delete(Kind.PROFILE, PERSON)
    assert not killed.sweep(within_s=60), "not due yet"
    killed.close()
    assert _traces(home, also=(PERSON,))
    started = open_on(home)
    assert started.sweep(within_s=60), "due at once"
    assert _traces(home, also=(PERSON,)) == set()
    assert not started.sweep(within_s=0)
    started.close()


def test_a_process_that_starts_leaves_the_database_until_it_is_time(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[float]()

    def scrub(_: SqlStore, *, within_s: float) -> bool:
        asked.append(within_s)
        return within_s == 0

    monkeypatch.setattr(SqlStore, "scrub", scrub)
    matcher = open_on(home)
    for within_s in (60, 60, 0, 60):
        matcher.sweep(within_s=within_s)
    assert asked == [60, 60, 0], "until it is done"
    matcher.close()


def _assert_nothing_names(home: Path, id_: str) -> None:
    assert {name for name, data in _contents(home) if id_.encode() in data.lower()} == set()
    assert _tables_naming(home, id_) == set()
