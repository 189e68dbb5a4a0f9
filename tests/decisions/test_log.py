"""The writing side: whole lines, whole files, and nothing shown that is not written down."""

import errno
import fcntl
import gzip
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from matcher.core.domain import Kind, Profile, ProfileId
from matcher.core.errors import DecisionLogUnavailable, DecisionLogUnreadable, StoreUnavailable
from matcher.decisions import reading, segments
from matcher.decisions.entry import Call
from matcher.decisions.log import DecisionLog
from matcher.decisions.pseudonyms import open_pseudonyms
from matcher.decisions.verify import verify
from tests.decisions.lines import KEY, NOW, YEAR, Clock, decision, open_log, write

PATIENCE_S = 60
CANARY = "zanzibar"


def _worker(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.decisions.worker", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _requests(folder: Path) -> list[str]:
    lines = [line for parts in segments.chains(folder).values() for part in parts for line in part.lines()]
    return re.findall(r'"request":"([^"]*)"', b"".join(lines).decode("ascii"))


def test_every_ranking_is_a_line_in_order(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    for number in range(500):
        log.record(decision(number))
    log.stop()
    assert _requests(tmp_path) == [f"request-{number}" for number in range(500)]
    assert [(one.broken, one.is_closed) for one in verify(tmp_path)] == [(None, True)]


def test_no_id_and_no_word_of_a_person_is_written(tmp_path: Path) -> None:
    profile = Profile(id=ProfileId(f"{CANARY}-1"), headline=CANARY, summary=CANARY, skills=(CANARY,))
    log = open_log(tmp_path)
    log.record(decision(1, shown=(f"{CANARY}-2", f"{CANARY}-3")))
    log.record(decision(2, question=profile)._replace(asks=Kind.PROFILE))
    log.record(decision(3, question=f"{CANARY}-4")._replace(asks=Kind.PROFILE))
    log.record(decision(4, question=f"{CANARY} data scientist")._replace(call=Call.SEARCH, asks=None))
    log.stop()
    content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert CANARY.encode() not in content.lower()
    assert KEY.of_profile(f"{CANARY}-2").encode() in content


def test_files_are_closed_at_their_size_and_compressed(tmp_path: Path) -> None:
    write(tmp_path, 30, segment_bytes=4000)
    (parts,) = segments.chains(tmp_path).values()
    assert [part.number for part in parts] == [*range(1, len(parts) + 1)]
    assert len(parts) > 5
    assert {part.path.suffix for part in parts[:-1]} == {".gz"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
    assert len(_requests(tmp_path)) == 30
    assert verify(tmp_path)[0].broken is None


def test_files_are_closed_at_their_age(tmp_path: Path) -> None:
    clock = Clock()
    log = open_log(tmp_path, clock=clock)
    log.record(decision(1))
    clock.now += timedelta(days=1)
    log.record(decision(2))
    _until(lambda: len(list(tmp_path.glob("*.jsonl*"))) == 2)
    log.record(decision(3))
    log.stop()
    assert _requests(tmp_path) == ["request-1", "request-2", "request-3"]
    assert verify(tmp_path)[0].broken is None


def test_old_files_are_deleted_whole_and_the_chain_still_holds(tmp_path: Path) -> None:
    clock = Clock()
    write(tmp_path, 30, segment_bytes=4000, clock=clock)
    before = next(iter(segments.chains(tmp_path).values()))
    _age(tmp_path, before[2].path, before[1].path, before[0].path)
    segments.tidy(tmp_path, keep=YEAR, now=NOW + timedelta(days=366))
    (after,) = segments.chains(tmp_path).values()
    assert [part.number for part in after] == [part.number for part in before[3:]]
    (checked,) = verify(tmp_path)
    assert checked.broken is None
    assert segments.anchors(tmp_path)[checked.chain].number > 0
    lines = after[0].path.read_bytes()
    after[0].path.write_bytes(gzip.compress(gzip.decompress(lines).split(b"\n", 1)[1]))
    assert "is missing" in (verify(tmp_path)[0].broken or ""), "the anchor says where the chain goes on"


def test_a_crash_between_the_anchor_and_the_deletion_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path, 30, segment_bytes=4000)
    (parts,) = segments.chains(tmp_path).values()
    kept = parts[0].path.read_bytes()
    _age(tmp_path, parts[1].path, parts[0].path)
    segments.tidy(tmp_path, keep=YEAR, now=NOW + timedelta(days=366))
    parts[0].path.write_bytes(kept)
    assert verify(tmp_path)[0].broken is None, "an old file left over"
    _age(tmp_path, parts[0].path)
    segments.tidy(tmp_path, keep=YEAR, now=NOW + timedelta(days=366))
    assert not parts[0].path.exists()


def test_a_chain_that_is_deleted_as_a_whole_is_not_missed(tmp_path: Path) -> None:
    write(tmp_path, 3)
    write(tmp_path, 3, clock=Clock(NOW + timedelta(hours=1)))
    first, _ = segments.chains(tmp_path)
    (part,) = segments.chains(tmp_path)[first]
    _age(tmp_path, part.path)
    segments.tidy(tmp_path, keep=YEAR, now=NOW + timedelta(days=366))
    assert [one.broken for one in verify(tmp_path)] == [None]


def test_young_lines_are_kept(tmp_path: Path) -> None:
    write(tmp_path, 3)
    _age(tmp_path, *tmp_path.glob("*.jsonl"))
    segments.tidy(tmp_path, keep=YEAR, now=NOW + timedelta(days=364))
    assert len(_requests(tmp_path)) == 3


def test_a_file_that_is_being_written_is_left_alone(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    _age(tmp_path, *tmp_path.glob("*.jsonl"))
    segments.tidy(tmp_path, keep=YEAR, now=NOW + timedelta(days=4000))
    assert [path.suffix for path in tmp_path.glob("*.jsonl*")] == [".jsonl"]
    log.record(decision(1))
    log.stop()
    assert _requests(tmp_path) == ["request-1"]


def test_two_processes_write_beside_each_other(tmp_path: Path) -> None:
    workers = [_worker(str(tmp_path), "300") for _ in range(2)]
    assert [worker.communicate(timeout=PATIENCE_S)[0].split(",")[0] for worker in workers] == ["written 300"] * 2
    checked = verify(tmp_path)
    assert [(one.broken, one.is_closed, one.head.number) for one in checked] == [(None, True, 302)] * 2
    assert len(_requests(tmp_path)) == 600


def test_a_killed_process_leaves_a_chain_that_holds(tmp_path: Path) -> None:
    worker = _worker(str(tmp_path), "0")
    _until(lambda: len(_requests(tmp_path)) > 20)
    worker.kill()
    worker.communicate(timeout=PATIENCE_S)
    write(tmp_path, 1, clock=Clock(NOW + timedelta(hours=1)))
    killed, _ = verify(tmp_path)
    assert killed.broken is None
    assert not killed.is_closed
    assert len(_requests(tmp_path)) > 20
    assert [path.suffix for path in tmp_path.glob(f"{killed.chain}*")] == [".gz"], "whoever starts next compresses it"


def test_a_disk_without_room_to_compress_an_old_file_does_not_keep_a_log_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    modes: list[int] = []

    def fill(_: object, packer: gzip.GzipFile) -> None:
        (unfinished,) = tmp_path.glob(".unfinished-*")
        modes.append(unfinished.stat().st_mode & 0o777)
        packer.write(b"{")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write(tmp_path, 3)
    monkeypatch.setattr("shutil.copyfileobj", fill)
    write(tmp_path, 2)
    assert modes == [0o600], "nobody else can read what is not finished"
    assert "stay uncompressed (No space left on device): free some space" in caplog.text
    assert {path.suffix for path in tmp_path.iterdir()} == {"", ".jsonl"}, "what was not finished is gone"
    monkeypatch.undo()
    write(tmp_path, 1)
    assert len(_requests(tmp_path)) == 6
    assert [one.broken for one in verify(tmp_path)] == [None] * 3
    assert len([*tmp_path.glob("*.gz")]) == 2


def test_what_is_old_is_deleted_also_where_there_is_no_room_to_compress(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    write(tmp_path, 1, clock=Clock(NOW + timedelta(seconds=1)))
    monkeypatch.setattr("shutil.copyfileobj", fill)
    write(tmp_path, 1, clock=Clock(NOW + timedelta(days=366)))
    write(tmp_path, 1, clock=Clock(NOW + timedelta(seconds=2)))
    _age(tmp_path, *(path for path in tmp_path.glob("*.jsonl")))
    segments.tidy(tmp_path, keep=YEAR, now=NOW + timedelta(days=367))
    assert len(segments.chains(tmp_path)) == 1


def test_while_the_disk_refuses_so_does_the_log_and_no_line_is_lost(tmp_path: Path) -> None:
    worker = _worker(str(tmp_path), "60", "20000")
    told = worker.communicate(timeout=PATIENCE_S)[0]
    assert worker.returncode == 0
    assert told.startswith("written 60, refused ")
    assert int(told.split()[-1]) > 0
    assert [one.broken for one in verify(tmp_path)] == [None]
    assert _requests(tmp_path) == [f"request-{number}" for number in range(60)]


def test_where_too_many_wait_a_ranking_is_refused(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path, KEY, made_by={}, keep=YEAR, queue_size=3)
    for number in range(3):  # nobody writes: it is not started
        log.record(decision(number))
    with pytest.raises(DecisionLogUnavailable):
        log.record(decision(4))


def test_a_stopped_log_takes_nothing(tmp_path: Path) -> None:
    log = open_log(tmp_path)
    log.stop()
    with pytest.raises(DecisionLogUnavailable):
        log.record(decision())


def test_a_new_file_that_cannot_be_begun_is_begun_by_the_next_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = [OSError(errno.EIO, "Input/output error")] * 2
    flock = fcntl.flock

    def failing(descriptor: int, operation: int) -> None:
        if operation == fcntl.LOCK_EX and failures and len(segments.chains(tmp_path)) == 1:
            raise failures.pop()
        flock(descriptor, operation)

    log = open_log(tmp_path, segment_bytes=1)
    monkeypatch.setattr(fcntl, "flock", failing)
    for number in range(5):
        log.record(decision(number))
        _until(lambda number=number: f"request-{number}" in _requests(tmp_path))  # type: ignore[misc]
    log.stop()
    assert failures == []
    assert len(next(iter(segments.chains(tmp_path).values()))) > 2
    assert [one.broken for one in verify(tmp_path)] == [None]


def test_an_empty_file_that_a_failed_try_has_left_is_in_nobodys_way(tmp_path: Path) -> None:
    log = open_log(tmp_path, segment_bytes=1)
    segments.path_of(tmp_path, log._chain, 2).touch()
    for number in range(3):
        log.record(decision(number))
        _until(lambda number=number: f"request-{number}" in _requests(tmp_path))  # type: ignore[misc]
    log.stop()
    assert len(next(iter(segments.chains(tmp_path).values()))) > 2
    assert [one.broken for one in verify(tmp_path)] == [None]


def test_files_that_expire_while_the_log_is_read_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, 3)
    write(tmp_path, 3, clock=Clock(NOW + timedelta(hours=1)))
    chains = segments.chains
    gone: list[Path] = []

    def expiring(folder: Path) -> dict[str, list[segments.Segment]]:
        found = chains(folder)
        if not gone:
            gone.append(found[next(iter(found))][0].path)
            _age(tmp_path, gone[0])
            monkeypatch.setattr(segments, "chains", chains)
            segments.tidy(tmp_path, keep=YEAR, now=NOW + timedelta(days=366))
            monkeypatch.setattr(segments, "chains", expiring)
        return found

    monkeypatch.setattr(segments, "chains", expiring)
    assert [one.broken for one in verify(tmp_path)] == [None]
    assert not gone[0].exists()
    gone.clear()
    assert [*reading.rankings(tmp_path)] == []


def test_a_folder_that_cannot_be_written_is_said_so_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match=r"\(File exists\): free some space, .* MATCHER_DECISION_LOG"):
        open_log(tmp_path / "file")


def test_lines_are_found_by_request_by_person_and_by_place(tmp_path: Path) -> None:
    write(tmp_path, 3, segment_bytes=1500)
    found = reading.of_request(tmp_path, "request-2")
    assert [entry.line.content["request"] for entry in found] == ["request-2"]
    assert reading.one(tmp_path, found[0].place) == found[0] == reading.one(tmp_path, "request-2")
    assert len(reading.showing(tmp_path, KEY.of_profile("ana"))) == 3
    assert not reading.showing(tmp_path, KEY.of_profile("eve"))


def test_a_line_that_a_crash_cut_off_hides_no_other(tmp_path: Path) -> None:
    write(tmp_path, 3)
    (segment,) = tmp_path.glob("*.jsonl")
    *whole, _closing = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(b"".join(whole)[:-40])
    for _ in range(2):  # as it was left, and as whoever starts next compresses it
        assert len(reading.showing(tmp_path, KEY.of_profile("ana"))) == 2
        assert [one.line.content["request"] for one in reading.rankings(tmp_path)][:2] == ["request-1", "request-2"]
        assert reading.of_request(tmp_path, "request-3") == []
        with pytest.raises(DecisionLogUnreadable, match="no such ranking"):
            reading.one(tmp_path, f"{segment.name.partition('.')[0]}:4")
        write(tmp_path, 0, clock=Clock(NOW + timedelta(hours=1)))


def test_a_line_that_is_cut_off_where_more_was_written_after_it_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, 30, segment_bytes=4000)
    (parts,) = segments.chains(tmp_path).values()
    packed = parts[1].path
    packed.write_bytes(gzip.compress(gzip.decompress(packed.read_bytes())[:-40]))
    with pytest.raises(DecisionLogUnreadable, match="decisions verify"):
        reading.showing(tmp_path, KEY.of_profile("ana"))


def test_the_database_is_told_by_the_last_whole_line(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path, KEY, made_by={"database": "d1"}, keep=YEAR, now=Clock())
    log.start()
    for number in range(2):
        log.record(decision(number))
    log.stop()
    (segment,) = tmp_path.glob("*.jsonl")
    *whole, _closing = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(b"".join(whole)[:-20])
    assert reading.last_database(tmp_path) == "d1"


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first, second = open_pseudonyms(tmp_path), open_pseudonyms(tmp_path)
    assert first.of_profile("ana") == second.of_profile("ana") != first.of_profile("bob")
    assert (tmp_path / "pseudonym.key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["pseudonym.key"]
    assert open_pseudonyms(tmp_path, key="x" * 32).of_profile("ana") != first.of_profile("ana")


@pytest.mark.parametrize("content", ["", "not a key", "abcd", "é"])
def test_a_damaged_secret_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "pseudonym.key").write_text(content, encoding="utf-8")
    with pytest.raises(StoreUnavailable, match="backup"):
        open_pseudonyms(tmp_path)


def _age(folder: Path, *paths: Path) -> None:
    """A file's time is the real clock's; the lines in it have the test's."""
    for path in paths:
        os.utime(folder / path.name, (NOW.timestamp(), NOW.timestamp()))


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)
