"""Whatever the `matcher` command is given, it says in one line what is wrong, and keeps what it had accepted."""

import gzip
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from matcher.cli import main
from matcher.engine import Matcher
from matcher.offline.intake import BATCH_RECORDS
from matcher.stores import open_store

PATIENCE_S = 120
HALF = "\udcff"
"""What Python makes of an argument's byte that is no UTF-8."""
PRIVATE = "zanzibar"
GOOD = b'{"id":"c1","headline":"Data","visible_to_recruiters":true}\n'
_chance = random.Random(20261129)  # noqa: S311 - repeatable, no secret

FILES = {
    "binary": _chance.randbytes(5_000),
    "empty": b"",
    "NUL": b"\0" * 3_000,
    "UTF-16": '{"id":"a","headline":"zanzibar"}\n'.encode("utf-16"),
    "damaged gzip": gzip.compress(GOOD * 5_000)[:60],
    "damaged PDF": b"%PDF-1.4\n" + _chance.randbytes(2_000),
    "damaged DOCX": b"PK\x03\x04" + _chance.randbytes(2_000),
    "one huge line": b"z" * 5_000_000,
}
"""Of which nothing can be read."""
RECORDS = {
    "Latin-1": '{"id":"bad","headline":"zanzibar é"}'.encode("latin-1"),
    "huge": b'{"id":"bad","headline":"x","summary":"' + PRIVATE.encode() * 600_000 + b'"}',
    "half a character": b'{"id":"bad","headline":"zanzibar \\ud800"}',
    "NaN": b'{"id":"bad","headline":"zanzibar","experience_years":NaN}',
    "infinite": b'{"id":"bad","headline":"zanzibar","experience_years":1e999}',
    "deep": b'{"id":"bad","headline":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "long number": b'{"id":"bad","headline":"zanzibar","experience_years":' + b"9" * 5_000 + b"}",
}
"""Each alone is bad, between two that are not."""
FIELDS = {"half a character": "headline", "NaN": "experience_years", "infinite": "experience_years"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("MATCHER_")]:
        monkeypatch.delenv(name)
    for name, value in (("HOME", str(tmp_path / "home")), ("MODEL", "words"), ("BODY_MODEL", "words")):
        monkeypatch.setenv(f"MATCHER_{name}", value)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def _assert_told(result: Result, *, status: int = 1) -> str:
    """One error, no traceback, nothing of what the file holds; return its line."""
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.exit_code == status, result.output
    assert PRIVATE not in result.output
    *usage, line = result.stderr.splitlines()
    assert line.startswith("Error: ")
    assert all(text.startswith(("Usage: ", "Try ", "")) for text in usage) if status == 2 else not usage
    return line


def test_a_file_of_which_nothing_can_be_read_is_named_and_the_others_are_stored(tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / f"{name}.dat").write_bytes(content)
    (tmp_path / "good.jsonl").write_bytes(GOOD)
    result = _run("ingest", *(f"{name}.dat" for name in FILES), "good.jsonl", "--rejects", "rejects.csv")
    told = f"{len(FILES)} of {len(FILES) + 1} file(s) could not be read, or not to the end"
    assert _assert_told(result) == f"Error: {told}"
    first, *lines = result.stdout.splitlines()
    assert first == f"1 accepted, 0 updated, 0 unchanged, 0 duplicate, {len(FILES)} rejected"
    assert [line.split(".dat file: ")[0].strip() for line in lines] == [*FILES], "a line each"
    rejects = (tmp_path / "rejects.csv").read_text(encoding="utf-8")
    assert all(f"{name}.dat,file," in rejects for name in FILES)


def test_a_file_that_was_cut_off_is_noticed_and_what_stands_before_is_stored(tmp_path: Path) -> None:
    for name, content in {"lines": GOOD + GOOD[:-9].replace(b"Data", PRIVATE.encode()), "whole": GOOD}.items():
        (tmp_path / f"{name}.jsonl").write_bytes(content)
    result = _run("ingest", "lines.jsonl", "whole.jsonl")
    assert _assert_told(result) == "Error: 1 of 2 file(s) could not be read, or not to the end"
    first, told = result.stdout.splitlines()
    assert first == "1 accepted, 0 updated, 0 unchanged, 1 duplicate, 1 rejected"
    assert "lines.jsonl file c1: record: seems to be cut off in line 2" in " ".join(told.split())


def test_a_record_that_cannot_be_read_is_named_with_its_field_and_the_others_are_stored(tmp_path: Path) -> None:
    for number, (name, record) in enumerate(RECORDS.items()):
        after = json.dumps({"id": f"after-{number}", "headline": "x"}).encode()
        (tmp_path / f"{name}.jsonl").write_bytes(GOOD + record + b"\n" + after + b"\n")
    result = _run("ingest", *(f"{name}.jsonl" for name in RECORDS), "--rejects", "rejects.csv")
    assert result.exit_code == 0, result.output
    assert f"{len(RECORDS) + 1} accepted" in result.output
    assert f"{len(RECORDS)} rejected" in result.output
    assert PRIVATE not in result.output
    rejects = (tmp_path / "rejects.csv").read_text(encoding="utf-8")
    for name in RECORDS:
        assert f"{name}.jsonl,line 2,{'' if name == 'huge' else 'bad'}," in rejects
        assert f",{FIELDS.get(name, '')}," in rejects


READ_WHOLE = {
    "judgements": ["evaluate", "--judgements"],
    "weights": ["evaluate", "--weights"],
    "judgements to learn from": ["learn", "--output", "weights.toml", "--judgements"],
    "receipts": ["erase-again"],
    "requests": ["replay", "--all", "--requests"],
}


@pytest.mark.parametrize("content", ["binary", "NUL", "UTF-16"])
@pytest.mark.parametrize("command", READ_WHOLE.values(), ids=READ_WHOLE)
def test_a_file_that_another_command_cannot_read_is_one_line(tmp_path: Path, command: list[str], content: str) -> None:
    (tmp_path / "file.dat").write_bytes(FILES[content])
    open_store(None, home=tmp_path / "home").close()
    assert "file.dat" in _assert_told(_run(*command, "file.dat"))


@pytest.mark.parametrize(
    "arguments",
    [["ingest"], *READ_WHOLE.values(), ["replay", "x.000001:1", "--profile"], ["evaluate", "--replay", "--weights"]],
    ids=" ".join,
)
@pytest.mark.parametrize("file", ["missing", "."])
def test_a_missing_file_and_a_folder_are_a_wrong_call(arguments: list[str], file: str) -> None:
    assert f"'{file}'" in _assert_told(_run(*arguments, file), status=2)


@pytest.mark.parametrize(
    "arguments",
    [
        ["suggest", HALF],
        ["candidates", HALF],
        ["similar", "profile", HALF],
        ["erase", "posting", HALF],
        ["keys", "create", "--scope", "organiser", "--note", HALF],
        ["keys", "create", "--scope", "recruiter", "--organisation", HALF],
        ["keys", "revoke", HALF],
        ["decisions", "show", "--profile", HALF],
        ["decisions", "show", "--request", HALF],
        ["replay", HALF],
        ["replay", f"20261129T000000Z-1-abcdef:{'9' * 5_000}"],
        ["match", "--for", "postings", "--output", f"{HALF}.txt"],
        ["match", "--for", "postings", "--output", "folder/matches.csv"],
        ["learn", "--output", "weights.toml"],
        ["decisions", "verify", "--log", "missing"],
        ["demo", "--seed", "-1"],
        ["learn", "--output", "weights.toml", "--seed", "-1"],
        ["keys", "create", "--scope", "organiser", "--expires", "9" * 5_000],
    ],
    ids=lambda arguments: " ".join(arguments).replace(HALF, "half")[:60],
)
def test_what_makes_no_sense_is_one_line(arguments: list[str]) -> None:
    result = _run(*arguments)
    _assert_told(result, status=result.exit_code or 1)
    assert result.exit_code in {1, 2}


@pytest.mark.parametrize(
    "arguments", [["search", HALF], ["search", "\0"], ["search", ""]], ids=["half", "NUL", "empty"]
)
def test_a_text_without_a_word_finds_nothing_or_is_one_line(arguments: list[str]) -> None:
    result = _run(*arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert result.stderr.count("\n") <= 1


def test_a_file_that_is_to_be_read_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "good.jsonl").write_bytes(GOOD)
    (tmp_path / "link.csv").symlink_to("good.jsonl")
    for rejects in ("good.jsonl", "link.csv"):
        assert "is a file to read" in _assert_told(_run("ingest", "good.jsonl", "--rejects", rejects), status=2)
    assert "is a file to read" in _assert_told(
        _run("learn", "--judgements", "good.jsonl", "--output", "good.jsonl"), status=2
    )
    assert (tmp_path / "good.jsonl").read_bytes() == GOOD


def test_a_file_whose_name_is_no_utf_8_is_read_and_named(tmp_path: Path) -> None:
    path = tmp_path / f"caf{HALF}.jsonl"
    path.write_bytes(GOOD + b"bad\n")
    result = _run("ingest", path, "--rejects", "rejects.csv")
    assert result.exit_code == 0, repr(result.exception)
    assert ".jsonl line 2" in result.output
    assert ".jsonl,line 2," in (tmp_path / "rejects.csv").read_text(encoding="utf-8")


def _started(*arguments: str, **streams: Any) -> "subprocess.Popen[bytes]":
    # Tests may run where Ctrl-C is ignored, in the background.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "matcher.cli", *arguments]
    return subprocess.Popen(command, stderr=subprocess.PIPE, **streams)


def _run_apart(folder: Path, before: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in a process of its own, after some lines of Python."""
    # A shell has Ctrl-C ignored of what it runs in the background.
    script = f"""
import os, signal, sys, time
import click
from matcher.cli import main
{before}
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = {["matcher", *arguments]!r}
main()
"""
    (folder / "works.py").write_text(script, encoding="utf-8")
    return subprocess.run(
        [sys.executable, "works.py"], cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )


@pytest.fixture
def forum(tmp_path: Path) -> Path:
    assert _run("demo", "--generate-only", tmp_path, "--postings", "40", "--profiles", "60").exit_code == 0
    assert _run("ingest", "profiles.jsonl", "postings.jsonl").exit_code == 0
    return tmp_path


def test_whoever_reads_only_the_first_line_gets_it_and_no_traceback(forum: Path) -> None:
    with _started("match", "--for", "postings", stdout=subprocess.PIPE) as matching:
        assert matching.stdout
        assert matching.stdout.readline().startswith(b"posting_id,")
        matching.stdout.close()
        assert matching.stderr
        assert matching.stderr.read() == b""
        assert matching.wait(PATIENCE_S) in {0, 1}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full here")
def test_a_full_disk_behind_standard_output_is_one_line(forum: Path) -> None:
    with Path("/dev/full").open("wb") as full, _started("match", "--for", "postings", stdout=full) as matching:
        assert matching.stderr
        errors = matching.stderr.read().decode()
        assert matching.wait(PATIENCE_S) == 1
    assert errors.startswith("Error: ")
    assert "No space left on device" in errors
    assert errors.count("\n") == 1


def test_without_a_standard_output_the_work_is_done_all_the_same(tmp_path: Path, home: Path) -> None:
    (tmp_path / "good.jsonl").write_bytes(GOOD)
    command = f"exec {sys.executable} -m matcher.cli ingest good.jsonl >&-"
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False, timeout=PATIENCE_S)
    assert (done.returncode, done.stderr) == (0, "")
    assert _run("fsck").output.startswith("0 postings, 1 profiles")


def test_without_a_standard_error_the_work_is_done_all_the_same(tmp_path: Path, home: Path) -> None:
    (tmp_path / "good.jsonl").write_bytes(GOOD)
    command = f"exec {sys.executable} -m matcher.cli ingest good.jsonl 2>&-"
    done = subprocess.run(["sh", "-c", command], stdout=subprocess.PIPE, text=True, check=False, timeout=PATIENCE_S)
    assert (done.returncode, done.stdout[:10]) == (0, "1 accepted")


def test_ctrl_c_keeps_what_was_stored_and_ends_in_one_line(tmp_path: Path, home: Path) -> None:
    people = [json.dumps({"id": f"c{number}", "headline": f"Data {number}"}) for number in range(30_000)]
    (tmp_path / "people.jsonl").write_text("\n".join(people), encoding="utf-8")
    with _started("ingest", "people.jsonl", stdout=subprocess.DEVNULL) as ingesting:
        deadline = time.monotonic() + PATIENCE_S
        while not (stored := _stored(home)):
            assert time.monotonic() < deadline, "nothing is stored"
            assert ingesting.poll() is None
            time.sleep(0.02)
        ingesting.send_signal(signal.SIGINT)
        errors = ingesting.communicate(timeout=PATIENCE_S)[1].decode()
    assert (errors.strip(), ingesting.returncode) == ("Aborted!", 1)
    assert stored <= _stored(home) < len(people)
    assert _run("fsck").exit_code == 0


@pytest.mark.parametrize(
    "body",
    [
        """
class Half:
    def __init__(self):
        os.kill(os.getpid(), signal.SIGINT)
        self.handle = "what the interruption kept from being made"
    def __del__(self):
        del self.handle

work = Half
""",
        """
class Deaf:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)  # what it raises ends here

def work():
    Deaf()
    time.sleep(60)
    print("nobody stopped it")
""",
        """
from matcher.offline.unbroken import unbroken

def work():
    with unbroken():
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        print("the second waits, too")
""",
    ],
    ids=["in the middle of making an object", "where an object is unmade", "twice, in what the first waits for"],
)
def test_ctrl_c_ends_a_command_in_one_line_wherever_it_comes(tmp_path: Path, body: str) -> None:
    done = _run_apart(tmp_path, f"{body}\nmain.add_command(click.Command('work', callback=work))", "work")
    assert (done.stdout, done.stderr.strip(), done.returncode) == ("", "Aborted!", 1)


def test_ctrl_c_waits_for_the_end_of_a_batch(tmp_path: Path, home: Path) -> None:
    people = [json.dumps({"id": f"c{number}", "headline": "Data"}) for number in range(2 * BATCH_RECORDS)]
    (tmp_path / "people.jsonl").write_text("\n".join(people), encoding="utf-8")
    interrupting = """
from matcher.engine import Matcher

put = Matcher.put

def interrupted(self, batch):
    os.kill(os.getpid(), signal.SIGINT)
    return put(self, batch)

Matcher.put = interrupted
"""
    done = _run_apart(tmp_path, interrupting, "ingest", "people.jsonl")
    assert (done.stdout, done.stderr.strip(), done.returncode) == ("", "Aborted!", 1)
    assert _stored(home) == BATCH_RECORDS


def test_ctrl_c_in_the_middle_of_a_batch_begins_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Where somebody did not wait for its end, its transaction may be open still: the other would wait for its lock.
    people = [json.dumps({"id": f"c{number}", "headline": "Data"}) for number in range(2 * BATCH_RECORDS)]
    (tmp_path / "people.jsonl").write_text("\n".join(people), encoding="utf-8")
    batches: list[object] = []

    def interrupted(_: Matcher, batch: object) -> None:
        batches.append(batch)
        raise KeyboardInterrupt

    monkeypatch.setattr(Matcher, "put", interrupted)
    result = _run("ingest", "people.jsonl")
    assert (result.exit_code, result.stderr.strip()) == (1, "Aborted!")
    assert len(batches) == 1


def _stored(home: Path) -> int:
    """How many documents the database has; 0 while there is none."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{home}/matcher.db?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM document").fetchone()[0])
    return 0
