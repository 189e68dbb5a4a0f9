"""A real snapshot damaged a thousand times, and a disk that is full: found, refused, and nothing lost."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matcher.cli import main
from matcher.core.domain import Kind
from matcher.core.errors import SnapshotRefused
from matcher.offline.demo import forum
from matcher.records import serialise
from matcher.stores.snapshots import Snapshots
from tests.api.conftest import open_on
from tests.servers import environment

DAMAGES = 1_000
SMALL, LARGE = "3m", "64m"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The snapshots' folder of a small forum."""
    home: Path = tmp_path_factory.mktemp("home")
    matcher = open_on(home)
    made = forum(postings=20, profiles=60, today=date(2026, 11, 23))
    matcher.put([*made.postings, *made.profiles])
    matcher.snapshot()
    matcher.close()
    return home / "snapshots"


def _damage(folder: Path, chance: random.Random) -> str:
    """Damage one file, in one of the ways of disks and of people; say which."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    path, other = chance.sample(files, 2)
    content = bytearray(path.read_bytes())
    way = chance.choice(("bit", "cut", "zeros", "swap", "gone", "longer"))
    if way == "bit":
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        path.write_bytes(content)
    elif way == "cut":
        os.truncate(path, chance.randrange(len(content)))
    elif way == "zeros":
        start = chance.randrange(len(content))
        end = min(start + 512, len(content))
        if not any(content[start:end]):
            content[start] = 1
        else:
            content[start:end] = bytes(end - start)
        path.write_bytes(content)
    elif way == "swap":
        if bytes(content) == other.read_bytes():
            content[0] ^= 1
        path.write_bytes(other.read_bytes() if bytes(content) != other.read_bytes() else content)
        other.write_bytes(content)
    elif way == "gone":
        path.unlink()
    else:
        path.write_bytes(content + b"\x00")
    return f"{way} {path.relative_to(folder)}"


def test_a_thousand_damages_are_all_found(whole: Path, tmp_path: Path) -> None:
    chance = random.Random(20261124)  # noqa: S311 - repeatable, no secret
    assert Snapshots(whole).current() is not None
    copy = tmp_path / "snapshots"
    for turn in range(DAMAGES):
        shutil.copytree(whole, copy)
        done = _damage(copy, chance)
        try:
            found = Snapshots(copy).current()
        except SnapshotRefused:
            found = None
        else:
            # Without its pointer a snapshot is not there, and the index is rebuilt all the same.
            assert found is None, f"{turn}: {done} was not found"
        shutil.rmtree(copy)


def test_an_engine_on_a_damaged_snapshot_answers_as_before(whole: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(whole.parent, home)
    chance = random.Random(7)  # noqa: S311 - likewise
    answers = []
    for _ in range(6):
        matcher = open_on(home)
        assert matcher.count(Kind.PROFILE) == 60
        answers.append(
            [one.match for name in matcher.ids(Kind.POSTING) for one in matcher.candidates(name).explanations]
        )
        matcher.snapshot()
        assert matcher.fsck() == []
        matcher.close()
        _damage(home / "snapshots", chance)
    assert all([match.profile_id for match in one] == [match.profile_id for match in answers[0]] for one in answers)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here: that needs its administrator")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_a_full_disk_is_said_and_loses_nothing_that_was_stored(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"HOME": str(small_disk), "MODEL": "words", "DATABASE_URL": ""}.items():
        monkeypatch.setenv(f"MATCHER_{name}", value)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    made = forum(postings=20, profiles=1_000, today=date(2026, 11, 23))
    first, rest = tmp_path / "first.jsonl", tmp_path / "rest.jsonl"
    first.write_bytes(b"\n".join(map(serialise, made.profiles[:100])))
    rest.write_bytes(b"\n".join(map(serialise, made.profiles[100:])))
    stored = run("ingest", str(first))
    assert stored.exit_code == 0, stored.stderr
    # In a process of its own: no traceback is left out.
    command = [sys.executable, "-m", "matcher.cli", "ingest", str(rest)]
    full = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert full.returncode == 1
    assert "Traceback" not in full.stderr
    assert len(full.stderr.strip().splitlines()) <= 3, full.stderr
    subprocess.run(["mount", "-o", f"remount,size={LARGE}", small_disk], check=True)
    assert run("fsck").exit_code in {0, 1}
    assert run("reindex").exit_code == 0
    assert run("fsck").exit_code == 0
    again = run("ingest", str(first))
    counts = again.stdout.splitlines()[0]
    assert counts.startswith("0 accepted, 0 updated, 100 unchanged"), counts
    assert run("ingest", str(rest)).exit_code == 0
