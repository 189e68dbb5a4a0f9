"""The `matcher` command, as its user runs it. Exact words alone: no model to load."""

import csv
import http.client
import json
import os
import pty
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from matcher.cli import main
from matcher.core.scoring import ASPECTS
from matcher.offline.batch import COLUMNS
from matcher.stores import open_store

HEAVY = ("numpy", "faiss", "torch", "pydantic", "sqlalchemy", "fastapi", "sklearn", "rich", "uvicorn")
PATIENCE_S = 60
PRIVATE = "zanzibar"
POSTINGS: list[dict[str, Any]] = [
    {
        "id": "p1",
        "title": "Data scientist",
        "organisation": {"id": "dinum", "name": "DINUM"},
        "skills": ["Python", "SQL", "Docker", "Git"],
        "languages": ["fr"],
        "locations": [{"region": "Île-de-France", "city": "Paris"}],
        "contracts": ["contract_agent"],
        "remote": "partial",
    },
    {"id": "p2", "title": "Juriste [marchés publics]", "description": "Rédiger des [bold]marchés[/bold]."},
    {"id": "p3", "title": "Architecte technique", "status": "closed"},
]
PROFILES: list[dict[str, Any]] = [
    {
        "id": "c1",
        "headline": "Data scientist",
        "summary": f"Travaille à {PRIVATE}.",
        "skills": ["Python", "R", "SQL", "Git"],
        "languages": ["fr"],
        "locations": [{"region": "Île-de-France", "department": "75"}],
        "contracts": ["contract_agent"],
        "experience_years": 3,
        "visible_to_recruiters": True,
    },
    {"id": "c2", "headline": "Juriste en droit public", "visible_to_recruiters": True, "hidden_from": ["dinum"]},
    {"id": "c3", "headline": "Data analyst", "visible_to_recruiters": True},
    {"id": "c4", "headline": "Data scientist"},
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Everything that a command writes is in the test's own folder, which is also the working folder."""
    for name in [name for name in os.environ if name.startswith("MATCHER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHER_MODEL", "words")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


@pytest.fixture
def forum(home: Path) -> Path:
    """A small forum, ingested."""
    path = _write(home.parent / "forum.jsonl", *POSTINGS, *PROFILES)
    assert _run("ingest", path).exit_code == 0
    return path


def _write(path: Path, *records: Any) -> Path:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
    return path


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def _python(program: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )


def _assert_error(result: Result, *words: str) -> None:
    """One line, status 1, no traceback."""
    assert isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    assert all(word in result.stderr for word in words), result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["demo", "--help"], ["nothing"], ["match"]])
def test_help_is_quick_because_it_imports_nothing_heavy(arguments: list[str]) -> None:
    program = "import sys\nfrom matcher.cli import main\ntry:\n main()\nfinally:\n print(*sys.modules)"
    done = _python(program, *arguments)
    assert not set(HEAVY) & set(done.stdout.split())


def test_help_lists_every_command() -> None:
    text = _run("-h").output
    for name in ("ingest", "match", "suggest", "candidates", "serve", "erase", "fsck", "reindex", "demo"):
        assert f"\n  {name} " in text


def test_ingest_counts_every_record(home: Path) -> None:
    file = _write(home.parent / "a.jsonl", *POSTINGS, *PROFILES, PROFILES[0], {"id": "bad"})
    result = _run("ingest", file)
    assert result.exit_code == 0
    first, second, *_ = result.output.splitlines()
    assert first == "7 accepted, 0 updated, 0 unchanged, 1 duplicate, 1 rejected"
    assert second.split(": ")[0] == "  a.jsonl line 9 bad"


def test_ingesting_again_changes_nothing(forum: Path) -> None:
    assert _run("ingest", forum).output == "0 accepted, 0 updated, 7 unchanged, 0 duplicate, 0 rejected\n"
    _write(forum, *POSTINGS, *PROFILES[:-1], PROFILES[-1] | {"headline": "Juriste"})
    assert _run("ingest", forum).output == "0 accepted, 1 updated, 6 unchanged, 0 duplicate, 0 rejected\n"


def test_every_rejection_is_written_to_the_file_and_ten_are_shown(home: Path) -> None:
    bad = [{"id": f"c{number}", "headline": "a", "situation": PRIVATE} for number in range(12)]
    file = _write(home.parent / "a.jsonl", *bad, PROFILES[0])
    result = _run("ingest", file, "--rejects", "rejects.csv")
    assert result.exit_code == 0
    assert "1 accepted, 0 updated, 0 unchanged, 0 duplicate, 12 rejected" in result.output
    assert result.output.count("situation") == 10
    assert "… and 2 more: name a file with --rejects" in result.output
    with (home.parent / "rejects.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["record_id"] for row in rows] == [f"c{number}" for number in range(12)]
    assert {(row["file"], row["field"]) for row in rows} == {("a.jsonl", "situation")}
    assert [row["position"] for row in rows] == [f"line {number}" for number in range(1, 13)]
    assert PRIVATE not in result.output + (home.parent / "rejects.csv").read_text(encoding="utf-8")


def _matches(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        table = pq.read_table(path)
        assert table.column_names == list(COLUMNS)
        found: list[dict[str, Any]] = table.to_pylist()
        return found
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            {name: value if name.endswith("_id") else float(value) for name, value in row.items()}
            for row in csv.DictReader(stream)
        ]


@pytest.mark.parametrize("side", ["postings", "profiles"])
@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_match_writes_a_row_a_match(forum: Path, side: str, ending: str) -> None:
    path = forum.parent / f"matches{ending}"
    result = _run("match", "--for", side, "--output", path)
    assert (result.exit_code, result.stdout) == (0, "")
    rows = _matches(path)
    assert result.stderr == f"{len(rows)} matches written to {path}\n"
    assert rows
    here, there = ("posting_id", "profile_id") if side == "postings" else ("profile_id", "posting_id")
    for name in {row[here] for row in rows}:
        own = [row for row in rows if row[here] == name]
        assert [row["rank"] for row in own] == list(range(1, len(own) + 1))
        assert len({row[there] for row in own}) == len(own)
        assert [row["score"] for row in own] == sorted((row["score"] for row in own), reverse=True)
    for row in rows:
        assert tuple(row) == ("posting_id", "profile_id", "rank", "score", *ASPECTS)
        assert sum(row[name] for name in ASPECTS) == pytest.approx(row["score"], abs=1e-5)
    pairs = {(row["posting_id"], row["profile_id"]) for row in rows}
    assert ("p1", "c2") not in pairs, "c2 hides from that organisation"
    assert not any(posting == "p3" for posting, _ in pairs), "p3 is closed"
    assert any(profile == "c4" for _, profile in pairs) == (side == "profiles"), "c4 is invisible to recruiters"


@pytest.mark.parametrize("output", [[], ["--output", "matches.csv"]])
def test_where_nothing_matches_it_is_said_why_that_may_be(home: Path, output: list[str]) -> None:
    unseen = [{name: value for name, value in PROFILES[0].items() if name != "visible_to_recruiters"}]
    _run("ingest", _write(home.parent / "a.jsonl", POSTINGS[0], *unseen))
    result = _run("match", "--for", "postings", *output)
    assert result.exit_code == 0
    assert result.stdout.count("\n") == (not output)
    assert "no profile says that it is visible_to_recruiters" in result.stderr
    assert "no match" not in _run("match", "--for", "profiles", *output).stderr


def test_match_writes_csv_to_standard_output_and_keeps_to_the_top(forum: Path) -> None:
    result = _run("match", "--for", "postings", "--top", "1")
    assert result.exit_code == 0
    rows = list(csv.reader(result.stdout.splitlines()))
    assert rows[0] == list(COLUMNS)
    assert [(row[0], row[1], row[2]) for row in rows[1:]] == [("p1", "c1", "1"), ("p2", "c2", "1")]


@pytest.mark.parametrize("output", [[], ["--output", "matches.jsonl"]])
def test_match_says_on_a_terminal_how_far_it_is_and_never_among_the_rows(forum: Path, output: list[str]) -> None:
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "matcher.cli", "match", "--for", "postings", *output]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, check=True, timeout=PATIENCE_S)
    os.close(theirs)
    told = os.read(terminal, 1 << 16)
    os.close(terminal)
    assert b"matching" in told
    assert b"matching" not in done.stdout
    assert done.stdout.startswith(b"posting_id,") == (not output)


def test_candidates_are_shown_with_reasons(forum: Path) -> None:
    result = _run("candidates", "p1", "--top", "5")
    assert result.exit_code == 0
    for text in ("DINUM", "Profil", "Pourquoi", "3 ans", "c1", "c3", "2 sur 2 éligibles"):
        assert text in result.output
    assert "c2" not in result.output
    assert "c4" not in result.output


def test_suggestions_are_shown_with_reasons_in_english_too(forum: Path) -> None:
    result = _run("suggest", "c2", "--language", "en")
    assert result.exit_code == 0
    for text in ("Posting", "Why", "Juriste [marchés publics]", "1 of 1 eligible"):
        assert text in result.output


def test_no_match_says_so(forum: Path) -> None:
    result = _run("candidates", "p3")
    assert result.exit_code == 0
    assert "aucun résultat" in result.output
    assert "0 sur 0 éligible\n" in result.output


def test_an_erased_profile_is_nowhere_any_more(forum: Path, home: Path) -> None:
    assert PRIVATE.encode() in (home / "matcher.db").read_bytes().lower()
    assert _run("erase", "profile", "c1").output == "1 profile erased\n"
    assert "c1" not in _run("match", "--for", "postings").output
    _assert_error(_run("erase", "profile", "c1"), "no such profile")
    files = [path for path in home.rglob("*") if path.is_file()]
    assert [path for path in files if PRIVATE.encode() in path.read_bytes().lower()] == []
    assert _run("fsck").exit_code == 0
    assert _run("erase", "posting", "p1").output == "1 posting erased\n"


def test_fsck_passes_on_what_ingest_made(forum: Path) -> None:
    result = _run("fsck")
    assert result.output == "3 postings, 4 profiles: database, full-text rows, index and snapshot agree\n"
    assert result.exit_code == 0


def test_fsck_finds_damage_and_reindex_mends_it(forum: Path, home: Path) -> None:
    with closing(sqlite3.connect(home / "matcher.db")) as database, database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE sql LIKE '%fts5%'")]
        damaged = next(name for name in tables if "profile" in name)
        database.execute(f"DELETE FROM {damaged}")  # noqa: S608 - a name from the schema
    result = _run("fsck", "--ids")
    assert result.exit_code == 1
    assert "4 profile(s) without a full-text row: c1, c2, c3, c4" in result.stderr
    assert result.stderr.splitlines()[-1] == "Error: 1 problem(s): run `matcher reindex`"
    assert _run("reindex").output == "3 postings, 4 profiles indexed\n"
    assert _run("fsck").exit_code == 0


def test_a_damaged_snapshot_is_found_and_does_not_stop_the_work(forum: Path, home: Path) -> None:
    before = _run("match", "--for", "postings").stdout
    victim = next(path for path in (home / "snapshots").rglob("*.npz"))
    victim.write_bytes(victim.read_bytes()[:-1] + b"!")
    assert _run("match", "--for", "postings").stdout == before
    result = _run("fsck")
    assert result.exit_code == 1
    assert "a file of the snapshot is damaged" in result.stderr


@pytest.mark.parametrize(
    ("variables", "arguments", "words"),
    [
        ({"FOLLOW_SECONDS": "99"}, ["fsck"], ["MATCHER_FOLLOW_SECONDS", "less than or equal to 60"]),
        ({"FOLLOW_SECONDS": "often"}, ["serve", "--port", "0"], ["MATCHER_FOLLOW_SECONDS", "number"]),
        ({"MAX_BODY_BYTES": "0"}, ["reindex"], ["MATCHER_MAX_BODY_BYTES"]),
        ({"HOME": "file.txt"}, ["fsck"], ["file.txt", "MATCHER_HOME"]),
        ({"HOME": "file.txt/below"}, ["serve", "--port", "0"], ["MATCHER_HOME"]),
        ({"HOME": "file.txt"}, ["demo"], ["file.txt"]),
        ({"DATABASE_URL": "mysql://me:hush@db/x"}, ["fsck"], ["mysql is not supported"]),
        ({"DATABASE_URL": "my sql:/me:hush@db:port/x"}, ["fsck"], ["cannot be read"]),
        ({"DATABASE_URL": "postgresql://me:hush@127.0.0.1:1/x"}, ["fsck"], ["127.0.0.1:1", "check that the server"]),
        ({"MODEL": "folder+words"}, ["fsck"], ["sentence-transformers format"]),
        ({"MODEL": "words*much"}, ["fsck"], ["the recipe 'words*much' cannot be read", "a share above 0"]),
        ({"BODY_MODEL": "+"}, ["serve", "--port", "0"], ["the recipe '+' cannot be read"]),
        ({}, ["suggest", "nobody"], ["no such profile"]),
        ({}, ["candidates", "nobody"], ["no such posting"]),
        ({}, ["erase", "posting", "nobody"], ["no such posting"]),
        ({}, ["match", "--for", "postings", "--output", "matches.txt"], [".csv, .jsonl, .parquet"]),
        ({}, ["match", "--for", "postings", "--output", "nowhere/matches.csv"], ["nowhere", "No such file"]),
        ({}, ["ingest", "file.txt", "--rejects", "nowhere/rejects.csv"], ["nowhere/rejects.csv", "No such file"]),
        ({}, ["demo", "--generate-only", "file.txt/below"], ["file.txt", "Not a directory"]),
    ],
)
def test_what_goes_wrong_is_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    arguments: list[str],
    words: list[str],
) -> None:
    (tmp_path / "file.txt").write_text("id\n", encoding="ascii")
    (tmp_path / "folder").mkdir()
    open_store(None, home=tmp_path / "home").close()
    for name, value in variables.items():
        monkeypatch.setenv(f"MATCHER_{name}", value)
    result = _run(*arguments)
    _assert_error(result, *words)
    assert "hush" not in result.output


@pytest.mark.parametrize(
    "arguments",
    [["ingest", "missing.jsonl"], ["ingest"], ["match"], ["match", "--for", "all"], ["suggest"], ["erase", "all", "x"]],
)
def test_a_wrong_call_is_explained(arguments: list[str]) -> None:
    result = _run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("Usage: ")


def test_a_model_that_is_known_nowhere_is_one_line_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("MATCHER_MODEL", "nobody/nothing")
    done = subprocess.run(
        [sys.executable, "-m", "matcher.cli", "fsck"], capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: there is no model 'nobody/nothing'")
    assert done.stderr.count("\n") == 1


def test_whoever_reads_only_the_first_lines_gets_no_traceback(forum: Path) -> None:
    matching = subprocess.Popen(
        [sys.executable, "-m", "matcher.cli", "match", "--for", "postings"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert matching.stdout is not None
    matching.stdout.close()
    _, errors = matching.communicate(timeout=PATIENCE_S)
    assert b"Traceback" not in errors


def test_the_demo_s_files_can_be_generated_alone(tmp_path: Path, home: Path) -> None:
    result = _run("demo", "--generate-only", tmp_path / "files", "--postings", "3", "--profiles", "5")
    assert result.exit_code == 0
    files = [tmp_path / "files" / name for name in ("postings.jsonl", "profiles.jsonl")]
    assert result.output.split() == [str(path) for path in files]
    assert [len(path.read_text(encoding="utf-8").splitlines()) for path in files] == [3, 5]
    assert not home.exists()


def test_the_demo_shows_two_answers_and_how_to_go_on(home: Path) -> None:
    result = _run("demo", "--postings", "12", "--profiles", "30", "--language", "en")
    assert result.exit_code == 0, result.output
    assert "42 accepted" in result.output
    assert "Posting" in result.output
    assert "Profile" in result.output
    assert f"MATCHER_HOME={home / 'demo'}" in result.output
    assert _matches(home / "demo" / "matches.csv")
    assert not (home / "matcher.db").exists(), "it touches nothing but its own folder"
    assert "42 unchanged" in _run("demo", "--postings", "12", "--profiles", "30").output


_KILLED = """
import os, signal, sys
from matcher.cli import main
from matcher.stores.sql_store import SqlStore

write, calls = SqlStore._write, []

def write_and_die(self, *arguments, **named):
    outcomes = write(self, *arguments, **named)
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return outcomes

SqlStore._write = write_and_die
main(["ingest", sys.argv[1]])
"""


def test_an_ingest_that_was_killed_can_be_run_again_and_ends_the_same(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _run("demo", "--generate-only", tmp_path, "--postings", "20", "--profiles", "300")
    file = tmp_path / "all.jsonl"
    file.write_bytes(b"".join((tmp_path / f"{name}.jsonl").read_bytes() for name in ("profiles", "postings")))
    # In the middle of the second batch's transaction: written, not committed.
    assert _python(_KILLED, file).returncode == -signal.SIGKILL
    again = _run("ingest", file)
    assert again.output == "64 accepted, 0 updated, 256 unchanged, 0 duplicate, 0 rejected\n"
    fsck = _run("fsck")
    assert (fsck.exit_code, fsck.stderr) == (0, "")
    after_a_kill = _run("match", "--for", "postings").stdout
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "uninterrupted"))
    assert _run("ingest", file).output.startswith("320 accepted")
    assert _run("match", "--for", "postings").stdout == after_a_kill
    assert after_a_kill.count("\n") > 500


@contextmanager
def _serving() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "matcher.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            assert server.poll() is None
            assert time.monotonic() < deadline
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE_S)


def _ask(port: int, method: str, path: str, body: Any = None) -> tuple[int, dict[str, str], bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)) as connection:
        connection.request(method, path, body=body, headers={"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def _ask_in_chunks(port: int, body: bytes) -> bytes:
    """Send a body that does not say its length, and return the answer's first line."""
    head = b"POST /v1/profiles HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(head + f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")
        return connection.makefile("rb").readline()


def _assert_malformed_is_a_problem(port: int) -> None:
    for sent in (
        b"zorglub\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : zorglub\r\n\r\n",
        b"\x16\x03\x01\r\n",
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
            connection.sendall(sent)
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            problem = json.loads(answer.read())
        assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])
        assert (problem["status"], problem["title"], problem["type"]) == (400, "Bad Request", "about:blank")
        assert "zorglub" not in str(problem)


def test_the_server_answers_stops_cleanly_and_leaves_its_index_on_disk(
    forum: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_MAX_BODY_BYTES", "1000")
    snapshot = (home / "snapshots" / "CURRENT").read_text(encoding="ascii")
    with _serving() as port:
        status, _, body = _ask(port, "GET", "/v1/postings/p1/candidates")
        assert (status, [match["profile_id"] for match in json.loads(body)["matches"]]) == (200, ["c1", "c3"])
        # An id that looks like an encoded path, through a real server.
        status, headers, _ = _ask(port, "POST", "/v1/profiles", json.dumps({"id": "a%2Fb", "headline": "Juriste"}))
        assert (status, headers["location"]) == (201, "/v1/profiles/a%252Fb")
        assert _ask(port, "GET", headers["location"])[0] == 200
        assert b" 413 " in _ask_in_chunks(port, b"x" * 2000)
        assert _ask(port, "GET", "/health/ready")[0] == 200
        _assert_malformed_is_a_problem(port)
        assert b'matcher_refusals_total{cause="malformed"} 4.0' in _ask(port, "GET", "/metrics")[2]
    assert (home / "snapshots" / "CURRENT").read_text(encoding="ascii") != snapshot
    assert _run("fsck").output.startswith("3 postings, 5 profiles: ")


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        (
            "DECISION_LOG",
            "file.txt/below",
            ["the decision log cannot be written to file.txt/below", "MATCHER_DECISION_LOG"],
        ),
        ("PSEUDONYM_KEY", "short", ["MATCHER_PSEUDONYM_KEY", "32"]),
        ("WEIGHTS", "nowhere.toml", ["nowhere.toml", "MATCHER_WEIGHTS"]),
        ("MAX_CONCURENT", "3", ["MATCHER_MAX_CONCURENT", "is MATCHER_MAX_CONCURRENT meant?"]),
        ("JWT_ISSUER", "https://id.example", ["MATCHER_JWKS: set it too"]),
    ],
)
def test_a_server_with_a_setting_that_makes_no_sense_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.txt").touch()
    monkeypatch.setenv(f"MATCHER_{variable}", value)
    _assert_error(_run("serve", "--port", "0"), *words)


def test_a_server_on_a_full_disk_does_not_start(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file can be made there, but nothing be written to it."""

    def full(**_: object) -> object:
        return Path("/dev/full").open("wb", buffering=0)

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    monkeypatch.setattr("api.workers.serve_alone", lambda app, shared: None)
    _assert_error(_run("serve", "--port", "0"), "decisions (No space left on device): free some space")


def test_a_server_whose_secret_is_damaged_does_not_start(home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "pseudonym.key").write_text("damaged", encoding="ascii")
    _assert_error(_run("serve", "--port", "0"), "pseudonym.key", "backup")


def test_all_wrong_settings_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_FOLLOW_SECONDS", "often")
    monkeypatch.setenv("MATCHER_MAX_CONCURRENT", "0")
    monkeypatch.setenv("MATCHER_HOEM", "elsewhere")
    result = _run("serve", "--port", "0")
    assert result.exit_code == 1
    assert [line.partition(": ")[0] for line in result.output.removeprefix("Error: ").splitlines()] == [
        "MATCHER_MAX_CONCURRENT",
        "MATCHER_FOLLOW_SECONDS",
        "MATCHER_HOEM",
    ]


def test_a_command_warns_of_a_setting_that_has_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_HOEM", "elsewhere")
    result = _run("fsck")
    assert result.exit_code == 0
    assert result.stderr.startswith("Warning: MATCHER_HOEM: there is no such setting; is MATCHER_HOME meant?")


def test_the_server_s_failure_to_start_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file.txt").touch()
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "file.txt"))
    result = _run("serve", "--port", "0")
    _assert_error(result, "MATCHER_HOME")


def test_a_port_that_is_taken_is_told_before_anything_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    with socket.create_server(("127.0.0.1", 0)) as other:
        result = _run("serve", "--port", other.getsockname()[1])
    _assert_error(result, "Address already in use")
    assert not (tmp_path / "home" / "matcher.db").exists()


def test_the_demo_stays_out_of_the_database_that_is_set(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", f"sqlite:///{home}/other.db")
    result = CliRunner().invoke(main, ["demo", "--postings", "3", "--profiles", "5"])
    assert result.exit_code == 0, result.output
    assert not (home / "other.db").exists()
    assert (home / "demo" / "matcher.db").exists()
