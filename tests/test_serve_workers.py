"""`matcher serve` as it is run, most of it with `--workers 2`: real processes, written to, killed and stopped."""

import http.client
import json
import os
import re
import resource
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from api.workers import _listen, bound, listening
from matcher.cli import main
from matcher.decisions.verify import verify
from tests.servers import HOST, ask, connected, environment

PATIENCE_S = 120.0
WITHIN_S = 1.0
WORKERS = 2


@dataclass(frozen=True)
class Team:
    """A running command."""

    port: int
    main: "subprocess.Popen[bytes]"
    log: Path

    def own_ports(self) -> list[int]:
        return [self.port + number for number in range(1, WORKERS + 1)]

    def pid(self, number: int) -> int:
        """The process that was started last in a place."""
        return int(re.findall(rf"worker-{number} .*Started server process \[(\d+)\]", self.log.read_text())[-1])


def _free_ports() -> int:
    """A port that is free, as the next two are: none of those that systems give to whoever connects meanwhile."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with suppress(OSError):
            for number in range(WORKERS + 1):
                socket.create_server((HOST, port + number)).close()
            return port


@contextmanager
def _team(home: Path, url: str, port: int | None = None, *, workers: int = WORKERS, **settings: str) -> Iterator[Team]:
    home.mkdir(exist_ok=True)
    port = port or _free_ports()
    command = [sys.executable, "-m", "matcher.cli", "serve", "--port", str(port), "--workers", str(workers)]
    log = home / "server.log"
    with log.open("ab") as file:
        process = subprocess.Popen(
            command,
            env=environment(HOME=str(home), MODEL="words", DATABASE_URL=url, ERASURE_SECONDS="1", **settings),
            stdout=file,
            stderr=file,
        )
        try:
            yield Team(port, process, log)
        finally:
            process.kill()
            process.wait()


def _until(true: Callable[[], bool]) -> float:
    """Wait until it is so; return how long that took."""
    started = time.perf_counter()
    while not true():
        assert time.perf_counter() - started < PATIENCE_S, "it never came"
        time.sleep(0.02)
    return time.perf_counter() - started


def _is_ready(port: int) -> bool:
    with suppress(OSError, http.client.HTTPException), connected(port) as connection:
        return ask(connection, "GET", "/health/ready")[0] == 200
    return False


def _all_ready(team: Team) -> None:
    _until(lambda: team.main.poll() is not None or all(map(_is_ready, team.own_ports())))
    assert team.main.poll() is None, team.log.read_text()


def _profiles(port: int) -> int:
    with connected(port) as connection:
        return int(ask(connection, "GET", "/health/ready")[1]["profiles"])


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def _store(port: int, name: str) -> None:
    with connected(port) as connection:
        record = {"id": name, "headline": "Data", "visible_to_recruiters": True}
        assert ask(connection, "PUT", f"/v1/profiles/{name}", record)[0] == 201


def _snapshot_names(name: str, home: Path) -> bool:
    """Whether a file of the snapshot holds this profile's id."""
    with suppress(FileNotFoundError):  # a newer one has taken its place
        return any(f'"{name}"' in path.read_text() for path in home.glob("snapshots/*/profile/ids.json"))
    return False


class Reader(threading.Thread):
    """Asks for candidates on the shared address without end, each time on a connection of its own."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self._port = port
        self.stopping = threading.Event()
        self.answers: Counter[str] = Counter()

    def run(self) -> None:
        while not self.stopping.is_set():
            try:
                with connected(self._port) as connection:
                    self.answers[str(ask(connection, "GET", "/v1/postings/p1/candidates")[0])] += 1
            except (OSError, http.client.HTTPException):
                self.answers["none"] += 1


def test_workers_serve_together_survive_a_kill_and_stop_as_one(postgres_url: str, tmp_path: Path) -> None:
    with _team(tmp_path, postgres_url) as team:
        _all_ready(team)
        pids = [team.pid(number) for number in (1, 2)]
        with connected(team.port) as connection:
            assert ask(connection, "PUT", "/v1/postings/p1", {"id": "p1", "title": "Data"})[0] == 201

        # A write through any address shows in every worker.
        waits = []
        for count, port in enumerate([team.port, *team.own_ports(), team.port], start=1):
            _store(port, f"c{count}")
            waits.append(_until(lambda count=count: all(_profiles(one) == count for one in team.own_ports())))  # type: ignore[misc]
        assert statistics.median(waits) < WITHIN_S  # one may have waited for other tests

        # One that is killed is started again, and the other goes on answering.
        reader = Reader(team.port)
        reader.start()
        os.kill(pids[1], signal.SIGKILL)
        _store(team.own_ports()[0], "c5")
        _until(lambda: not _is_ready(team.own_ports()[1]) or team.pid(2) != pids[1])
        _until(lambda: team.pid(2) != pids[1] and _is_ready(team.own_ports()[1]))
        reader.stopping.set()
        reader.join()
        assert all(_profiles(port) == 5 for port in team.own_ports())
        assert reader.answers["200"] > 0
        assert set(reader.answers) <= {"200", "none"}
        assert reader.answers["none"] <= 1, "only what the killed one was answering is lost"
        assert team.pid(1) == pids[0], "nobody else was touched"

        # What is deleted leaves the files that all share, whoever writes them.
        with connected(team.port) as connection:
            assert ask(connection, "DELETE", "/v1/profiles/c5")[0] == 200
        _until(lambda: _snapshot_names("c4", tmp_path) and not _snapshot_names("c5", tmp_path))

        last = [team.pid(number) for number in (1, 2)]
        team.main.terminate()
        assert team.main.wait(timeout=PATIENCE_S) == 0
    assert all(map(_is_gone, [*pids, *last]))
    log = team.log.read_text()
    assert "Traceback" not in log
    assert "worker-2 ended (by signal 9)" in log
    checked = subprocess.run(
        [sys.executable, "-m", "matcher.cli", "fsck"],
        env=environment(HOME=str(tmp_path), MODEL="words", DATABASE_URL=postgres_url),
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.stdout.startswith("1 postings, 4 profiles"), checked.stderr
    assert len([path for path in (tmp_path / "snapshots").iterdir() if path.is_dir()]) == 1
    chains = verify(tmp_path / "decisions")
    assert len(chains) == 3, "one of each process"
    assert [chain.broken for chain in chains] == [None] * 3


def test_a_worker_that_finds_no_database_is_tried_again_until_there_is_one(
    stoppable_postgres: Any, tmp_path: Path
) -> None:
    with _team(tmp_path, stoppable_postgres.get_uri()) as team:
        _all_ready(team)
        pids = [team.pid(number) for number in (1, 2)]
        os.kill(stoppable_postgres.get_pid(), signal.SIGINT)
        stoppable_postgres.get_postmaster_info().process.wait(PATIENCE_S)
        os.kill(pids[1], signal.SIGKILL)
        _until(lambda: "worker-2 ended (with status 1)" in team.log.read_text())
        with connected(team.port) as connection:
            assert ask(connection, "GET", "/health/live")[0] == 200, "the other one lives"
            assert ask(connection, "GET", "/health/ready")[0] == 503
        stoppable_postgres.ensure_postgres_running()
        _all_ready(team)
        assert team.pid(1) == pids[0]
        team.main.send_signal(signal.SIGINT)
        assert team.main.wait(timeout=PATIENCE_S) == 0
    assert "check that the server runs" in team.log.read_text()


def test_workers_do_not_outlive_the_command_that_started_them_and_every_line_of_theirs_is_json_if_asked(
    postgres_url: str, tmp_path: Path
) -> None:
    with _team(tmp_path, postgres_url, LOG_FORMAT="json", LOG_REQUESTS="true") as team:
        _all_ready(team)
        lines = [*map(json.loads, team.log.read_text().splitlines())]
        assert {line["process"] for line in lines} == {"MainProcess", "worker-1", "worker-2"}
        assert {line["process"] for line in lines if line["logger"] == "uvicorn.error"} == {"worker-1", "worker-2"}
        asked = {(line["route"], line["status"]) for line in lines if line["logger"] == "api.requests"}
        assert ("/health/ready", 200) in asked
        started = [re.search(r"Started server process \[(\d+)\]", line["message"]) for line in lines]
        pids = [int(found[1]) for found in started if found]
        assert len(pids) == WORKERS
        team.main.kill()
        team.main.wait()
        _until(lambda: all(map(_is_gone, pids)))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((HOST, team.port)).close()


def test_a_command_whose_workers_cannot_start_says_why_and_ends(postgres_url: str, tmp_path: Path) -> None:
    port = _free_ports()
    with socket.create_server((HOST, port + 1)), _team(tmp_path, postgres_url, port) as team:
        assert team.main.wait(timeout=PATIENCE_S) == 1
    assert "Address already in use" in team.log.read_text()
    assert f"{HOST}:{port + 1}" in team.log.read_text()
    with socket.create_server((HOST, port)), _team(tmp_path, postgres_url, port) as team:
        assert team.main.wait(timeout=PATIENCE_S) == 1
    assert team.log.read_text().endswith(f"Error: {HOST}:{port}: Address already in use\n")


def test_of_two_commands_on_one_address_at_the_same_moment_one_serves_and_the_other_is_refused(
    postgres_url: str, tmp_path: Path
) -> None:
    port = _free_ports()
    homes = [tmp_path / "one", tmp_path / "two"]
    with _team(homes[0], postgres_url, port) as one, _team(homes[1], postgres_url, port) as two:
        _until(lambda: None in (one.main.poll(), two.main.poll()) and one.main.poll() != two.main.poll())
        refused, serving = (one, two) if two.main.poll() is None else (two, one)
        assert refused.main.poll() == 1
        assert refused.log.read_text().splitlines()[-1] == f"Error: {HOST}:{port}: Address already in use"
        assert "Started server process" not in refused.log.read_text(), "it has loaded nothing"
        assert "Traceback" not in refused.log.read_text()
        _all_ready(serving)
        pids = [serving.pid(number) for number in (1, 2)]
        # Nor does one disturb it that comes later, to the address of a worker.
        with _team(tmp_path / "late", postgres_url, port + 1) as late:
            assert late.main.wait(timeout=PATIENCE_S) == 1
        assert late.log.read_text().endswith(f"Error: {HOST}:{port + 1}: Address already in use\n")
        assert all(map(_is_ready, [port, *serving.own_ports()]))
        assert [serving.pid(number) for number in (1, 2)] == pids
        assert "ended" not in serving.log.read_text()


def test_of_two_servers_without_workers_one_serves_whoever_waits_and_the_other_has_loaded_nothing(
    tmp_path: Path,
) -> None:
    port = _free_ports()
    homes = [tmp_path / "one", tmp_path / "two"]
    with _team(homes[0], "", port, workers=1) as one, _team(homes[1], "", port, workers=1) as two:
        _until(lambda: one.main.poll() != two.main.poll())
        refused, serving = (one, two) if two.main.poll() is None else (two, one)
        assert refused.main.poll() == 1
        assert refused.log.read_text() == f"Error: {HOST}:{port}: Address already in use\n"
        assert not (refused.log.parent / "matcher.db").exists(), "it has loaded nothing"
        # Who connects before the other one is ready waits, and the first that it says is that it is.
        with connected(port) as connection:
            assert ask(connection, "GET", "/health/ready")[0] == 200
        assert f"serving on http://{HOST}:{port}" in serving.log.read_text()
        serving.main.send_signal(signal.SIGINT)
        assert serving.main.wait(timeout=PATIENCE_S) == 0
    assert "Traceback" not in serving.log.read_text()


def test_what_two_commands_bind_at_once_only_the_first_may_listen_on() -> None:
    port = _free_ports()
    with listening(HOST, port) as first, pytest.raises(OSError, match="Address already in use") as refused:
        listening(HOST, port)
    assert (refused.value.filename, first.fileno()) == (f"{HOST}:{port}", -1)
    with bound(HOST, port) as first, bound(HOST, port) as second:
        _listen(first)
        with pytest.raises(OSError, match="Address already in use") as refused:
            _listen(second)
        assert refused.value.filename == f"{HOST}:{port}"
        with socket.create_connection((HOST, port), timeout=PATIENCE_S):
            pass


def test_a_server_that_has_no_file_descriptor_left_answers_who_is_connected(tmp_path: Path) -> None:
    with _team(tmp_path, "", workers=1) as team:
        _until(lambda: "serving on" in team.log.read_text())
        with connected(team.port) as connection:
            assert ask(connection, "GET", "/health/live")[0] == 200
            taken = {int(one.name) for one in Path(f"/proc/{team.main.pid}/fd").iterdir()}
            free = next(number for number in count() if number not in taken)
            resource.prlimit(team.main.pid, resource.RLIMIT_NOFILE, (free, free))
            assert ask(connection, "POST", "/v1/profiles/search", {"text": "data"})[0] == 200


def test_many_callers_may_wait_before_anybody_accepts() -> None:
    port = _free_ports()
    with listening(HOST, port), ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(socket.create_connection((HOST, port), timeout=1))


@pytest.mark.parametrize("host", ["a" * 70, "é..é", "\udcff"])
def test_a_name_that_is_no_address_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path))
    refused = CliRunner().invoke(main, ["serve", "--port", "0", "--host", host])
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert "this is no address" in refused.stderr


@pytest.mark.parametrize("url", ["", "sqlite:///other.db"])
def test_one_file_is_not_for_several_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path))
    monkeypatch.setenv("MATCHER_DATABASE_URL", url)
    refused = CliRunner().invoke(main, ["serve", "--workers", "2", "--port", "0"])
    assert refused.exit_code == 1
    assert "set MATCHER_DATABASE_URL" in refused.output
    assert "leave --workers out" in refused.output
    assert [*tmp_path.iterdir()] == []


def test_workers_need_ports_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path))
    monkeypatch.delenv("MATCHER_DATABASE_URL", raising=False)
    refused = CliRunner().invoke(main, ["serve", "--workers", "8", "--port", "65530"])
    assert refused.exit_code == 2
    assert "choose 65527 at most" in refused.output
    highest = CliRunner().invoke(main, ["serve", "--workers", "8", "--port", "65527"])
    assert highest.exit_code == 1, "the port is one, SQLite is refused"


def test_a_server_that_others_can_reach_needs_a_key_however_many_workers_it_has(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path))
    monkeypatch.setenv("MATCHER_DATABASE_URL", postgres_url)
    address = ["--host", "0.0.0.0", "--port", "0"]  # noqa: S104 - that is the point
    refused = CliRunner().invoke(main, ["serve", "--workers", "2", *address])
    assert refused.exit_code == 1
    assert "matcher keys create" in refused.output
