"""Generations on a real disk: whole or not at all, and refused at the first byte that is wrong."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from matcher.core import files
from matcher.core.errors import SnapshotRefused, StoreUnavailable
from matcher.stores import snapshots as module
from matcher.stores.snapshots import CURRENT, MANIFEST, UNFINISHED, Facts, Snapshots

FACTS = Facts(database_id="db", sequence=7, token="t", fingerprint="f", rows={"posting": 1, "profile": 2})  # noqa: S106
FILES = ["rows.bin", "posting/ids.json", "posting/empty"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


@pytest.fixture
def snapshots(folder: Path) -> Snapshots:
    return Snapshots(folder)


def writing(content: str = "content") -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        (folder / "posting").mkdir()
        (folder / "rows.bin").write_text(content)
        (folder / "posting" / "ids.json").write_text(f"[{content}]")
        (folder / "posting" / "empty").touch()

    return write


def facts(sequence: int) -> Facts:
    return Facts(database_id="db", sequence=sequence, token="t", fingerprint="f", rows={})  # noqa: S106


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


def test_there_is_no_current_generation_before_the_first(snapshots: Snapshots, folder: Path) -> None:
    assert snapshots.current() is None
    folder.mkdir()
    assert snapshots.current() is None


def test_what_is_published_is_current(snapshots: Snapshots, folder: Path) -> None:
    path = snapshots.publish(FACTS, writing())
    assert snapshots.current() == (path, FACTS)
    assert (path / "posting" / "ids.json").read_text() == "[content]"
    assert generations(folder) == [path.name]
    assert path.name.startswith("000000000007-")


def test_a_new_generation_takes_the_place_of_the_old(snapshots: Snapshots, folder: Path) -> None:
    old = snapshots.publish(facts(1), writing("old"))
    new = snapshots.publish(facts(1), writing("new"))
    assert old != new
    assert snapshots.current() == (new, facts(1))
    assert generations(folder) == [new.name]
    assert sorted(path.name for path in folder.iterdir()) == sorted([CURRENT, new.name])


def test_a_generation_may_hold_no_file_at_all(snapshots: Snapshots) -> None:
    path = snapshots.publish(FACTS, lambda _: None)
    assert snapshots.current() == (path, FACTS)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), RuntimeError("FAISS: fwrite failed")])
def test_a_disk_error_leaves_the_former_generation_current(
    snapshots: Snapshots, folder: Path, error: Exception
) -> None:
    old = snapshots.publish(FACTS, writing("old"))

    def write(target: Path) -> None:
        writing("half")(target)
        raise error

    with pytest.raises(StoreUnavailable, match="free some space") as raised:
        snapshots.publish(facts(8), write)
    assert raised.value.__cause__ is error
    assert snapshots.current() == (old, FACTS)
    assert (old / "rows.bin").read_text() == "old"
    assert generations(folder) == [old.name], "nothing half-written is left"


@pytest.mark.parametrize("step", ["digests", "sync"])
def test_an_error_while_checking_or_syncing_leaves_the_former_generation_current(
    snapshots: Snapshots, folder: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = snapshots.publish(FACTS, writing("old"))
    with monkeypatch.context() as patch:
        patch.setattr(module, step, lambda _: os.open(folder / "missing", os.O_RDONLY))
        with pytest.raises(StoreUnavailable):
            snapshots.publish(facts(8), writing("new"))
    assert snapshots.current() == (old, FACTS)
    assert generations(folder) == [old.name]


def test_an_error_between_the_folder_and_the_pointer_leaves_the_former_generation_current(
    snapshots: Snapshots, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = snapshots.publish(FACTS, writing("old"))

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(Snapshots, "_point", fail)
        with pytest.raises(StoreUnavailable):
            snapshots.publish(facts(8), writing("new"))
    assert snapshots.current() == (old, FACTS)
    new = snapshots.publish(facts(9), writing("newer"))
    assert generations(folder) == [new.name], "what was left between the two steps is swept"


class Killed(BaseException):
    """The process ends here: nobody cleans up."""


def test_a_process_that_dies_while_writing_leaves_the_former_generation_current(
    snapshots: Snapshots, folder: Path
) -> None:
    old = snapshots.publish(FACTS, writing("old"))

    def write(target: Path) -> None:
        writing("half")(target)
        raise Killed

    with pytest.raises(Killed):
        snapshots.publish(facts(8), write)
    assert len(generations(folder)) == 2
    assert Snapshots(folder).current() == (old, FACTS)


def test_what_a_process_that_died_has_left_is_swept(snapshots: Snapshots, folder: Path) -> None:
    (folder / f"{UNFINISHED}half" / "posting").mkdir(parents=True)
    (folder / f"{UNFINISHED}half" / "rows.bin").touch()
    (folder / f".{CURRENT}-half").touch()
    current = snapshots.publish(FACTS, writing())
    assert sorted(path.name for path in folder.iterdir()) == sorted([CURRENT, current.name])


def _publish_meanwhile(one: Snapshots, other: Snapshots, folder: Path, *, theirs: int, ours: int) -> tuple[Path, Path]:
    """Let a process publish while another is writing; return both answers."""
    answers: list[Path] = []
    waiting = threading.Thread(target=lambda: answers.append(other.publish(facts(ours), writing("ours"))))

    def write(target: Path) -> None:
        writing("theirs")(target)
        waiting.start()
        time.sleep(0.1)
        assert len(generations(folder)) == 2, "the other waits for its turn: the current one and the one being written"

    first = one.publish(facts(theirs), write)
    waiting.join()
    return first, answers[0]


@pytest.mark.parametrize(("theirs", "ours", "stays"), [(8, 8, "theirs"), (9, 8, "theirs"), (8, 9, "ours")])
def test_of_two_processes_that_publish_at_once_the_newer_state_stays(
    snapshots: Snapshots, folder: Path, theirs: int, ours: int, stays: str
) -> None:
    snapshots.publish(facts(1), writing())
    other = Snapshots(folder)
    assert other.current() is not None
    first, second = _publish_meanwhile(snapshots, other, folder, theirs=theirs, ours=ours)
    assert (first == second) == (stays == "theirs")
    assert (second / "rows.bin").read_text() == stays
    assert snapshots.current() == other.current() == (second, facts(max(theirs, ours)))
    assert generations(folder) == [second.name]


def test_another_s_generation_does_not_stay_when_it_is_damaged_or_of_another_model(
    snapshots: Snapshots, folder: Path
) -> None:
    other = Snapshots(folder)
    snapshots.publish(facts(1), writing())
    other.current()
    (snapshots.publish(facts(9), writing("theirs")) / "rows.bin").write_text("damaged")
    ours = other.publish(facts(8), writing("ours"))
    assert snapshots.current() == (ours, facts(8))
    foreign = Facts(database_id="db", sequence=9, token="t", fingerprint="other", rows={})  # noqa: S106
    snapshots.publish(foreign, writing("theirs"))
    ours = other.publish(facts(8), writing("ours"))
    assert snapshots.current() == (ours, facts(8))


def test_who_has_seen_what_another_published_may_replace_it(snapshots: Snapshots, folder: Path) -> None:
    """So does `matcher reindex`: what is there is wrong, though it is as new."""
    snapshots.publish(FACTS, writing("old"))
    other = Snapshots(folder)
    assert other.current() is not None
    new = other.publish(FACTS, writing("new"))
    assert (new / "rows.bin").read_text() == "new"


def test_a_process_that_is_killed_while_it_writes_does_not_keep_the_others_from_it(
    snapshots: Snapshots, folder: Path
) -> None:
    program = (
        "import os, pathlib, signal, sys\n"
        "from matcher.stores.snapshots import Facts, Snapshots\n"
        "facts = Facts(database_id='db', sequence=9, token='t', fingerprint='f', rows={})\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "Snapshots(folder).publish(facts, lambda _: os.kill(os.getpid(), signal.SIGKILL))\n"
    )
    assert subprocess.run([sys.executable, "-c", program, str(folder)], check=False).returncode == -9
    assert len(generations(folder)) == 1
    current = snapshots.publish(facts(8), writing())
    assert generations(folder) == [current.name]


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable, match="correct the folder's permissions"):
        Snapshots(tmp_path / "file" / "snapshots").publish(FACTS, writing())


def damages() -> dict[str, Callable[[Path], object]]:
    def flip(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 0x01
        path.write_bytes(content)

    found: dict[str, Callable[[Path], object]] = {}
    for name in [*FILES[:2], MANIFEST]:
        found[f"flipped {name}"] = lambda path, name=name: flip(path / name)  # type: ignore[misc]
        found[f"truncated {name}"] = lambda path, name=name: os.truncate(path / name, 3)  # type: ignore[misc]
    for name in [*FILES, MANIFEST]:
        found[f"missing {name}"] = lambda path, name=name: (path / name).unlink()  # type: ignore[misc]
        found[f"longer {name}"] = lambda path, name=name: (path / name).write_bytes(  # type: ignore[misc]
            (path / name).read_bytes() + b" "
        )
    found["an extra file"] = lambda path: (path / "posting" / "stray").touch()
    found["an extra manifest"] = lambda path: (path / "posting" / MANIFEST).touch()
    found["two files swapped"] = lambda path: (path / "rows.bin").replace(path / "posting" / "empty")
    found["no folder"] = shutil.rmtree
    found["flipped CURRENT"] = lambda path: flip(path.parent / CURRENT)
    found["truncated CURRENT"] = lambda path: os.truncate(path.parent / CURRENT, 20)
    found["empty CURRENT"] = lambda path: os.truncate(path.parent / CURRENT, 0)
    found["foreign CURRENT"] = lambda path: (path.parent / CURRENT).write_bytes(b"\xff\xfe two words")
    found["CURRENT is a folder"] = lambda path: [(path.parent / CURRENT).unlink(), (path.parent / CURRENT).mkdir()]  # type: ignore[func-returns-value]
    return found


@pytest.mark.parametrize("damage", damages().values(), ids=damages().keys())
def test_whatever_is_damaged_is_refused(snapshots: Snapshots, damage: Callable[[Path], object]) -> None:
    damage(snapshots.publish(FACTS, writing()))
    with pytest.raises(SnapshotRefused, match="rebuilt"):
        snapshots.current()


@pytest.mark.parametrize("place", range(0, 90, 7))
def test_no_byte_of_the_pointer_can_change_unseen(snapshots: Snapshots, folder: Path, place: int) -> None:
    snapshots.publish(FACTS, writing())
    content = bytearray((folder / CURRENT).read_bytes())
    content[place % (len(content) - 1)] ^= 0x40
    (folder / CURRENT).write_bytes(content)
    with pytest.raises(SnapshotRefused):
        snapshots.current()


@pytest.mark.parametrize("manifest", [{}, [], {"facts": {}}, {"facts": {"sequence": 1}, "sha256": {}}, None])
def test_a_manifest_of_another_shape_is_refused(snapshots: Snapshots, manifest: object) -> None:
    path = snapshots.publish(FACTS, writing())
    written = json.dumps(manifest).encode()
    (path / MANIFEST).write_bytes(written)
    (path.parent / CURRENT).write_text(f"{path.name} {hashlib.sha256(written).hexdigest()}\n")
    with pytest.raises(SnapshotRefused, match="incomplete"):
        snapshots.current()


def test_a_manifest_without_its_files_is_refused(snapshots: Snapshots) -> None:
    path = snapshots.publish(FACTS, writing())
    content = json.loads((path / MANIFEST).read_text())
    del content["sha256"]
    written = json.dumps(content).encode()
    (path / MANIFEST).write_bytes(written)
    (path.parent / CURRENT).write_text(f"{path.name} {hashlib.sha256(written).hexdigest()}\n")
    with pytest.raises(SnapshotRefused, match="incomplete"):
        snapshots.current()


def test_a_pointer_cannot_lead_out_of_the_folder(snapshots: Snapshots, folder: Path, tmp_path: Path) -> None:
    path = snapshots.publish(FACTS, writing())
    outside = path.rename(tmp_path / path.name)
    digest = (folder / CURRENT).read_text().split()[1]
    (folder / CURRENT).write_text(f"../{outside.name} {digest}\n")
    with pytest.raises(SnapshotRefused):
        snapshots.current()


def test_a_file_that_goes_away_while_it_is_read_is_refused(
    snapshots: Snapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process has published its own, and swept this one."""
    path = snapshots.publish(FACTS, writing())
    listed = files.files_in(path)
    shutil.rmtree(path / "posting")
    monkeypatch.setattr(files, "files_in", lambda _: listed)
    with pytest.raises(SnapshotRefused):
        snapshots.current()
