"""A result says on what it was measured, and what measuring writes is no change of that."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks import machine, report

TREE = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one commit, in the place of this one."""
    for name in ("matcher/engine.py", "benchmarks/results/latency.json", "benchmarks/README.md", "README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "all"]):
        who = ["-c", "user.name=n", "-c", "user.email=n@example.org"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *words], check=True)
    monkeypatch.setattr(machine, "TREE", tmp_path)
    monkeypatch.setattr(machine, "RESULTS", tmp_path / "benchmarks" / "results")
    return tmp_path


needs_git = pytest.mark.skipif(not shutil.which("git"), reason="a commit is noted where there is git")


@needs_git
def test_what_a_run_writes_is_no_change_of_what_it_measures(checkout: Path) -> None:
    for name in ("benchmarks/results/latency.json", "benchmarks/README.md", "README.md"):
        (checkout / name).write_text("measured anew")
    assert machine.facts()["changed_since_commit"] is False
    (checkout / "matcher" / "engine.py").write_text("changed")
    assert machine.facts()["changed_since_commit"] is True


@needs_git
def test_a_result_has_the_facts_of_the_start_and_its_seed(checkout: Path) -> None:
    here = machine.facts()
    (checkout / "matcher" / "engine.py").write_text("changed while it ran")
    written = json.loads(machine.write("moon", {"command": "python -m moon"}, here=here, seed=7).read_text("utf-8"))
    assert written == {"machine": here, "seed": 7, "command": "python -m moon"}
    assert written["machine"]["changed_since_commit"] is False


def test_the_versions_of_all_that_computes_are_noted() -> None:
    assert {"numpy", "numba", "openvino", "tokenizers", "orjson"} <= set(machine.facts()["versions"])


WHOLE = {"command": "python -m moon", "sizes": {"2000": {}, "50000": {}}}


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(machine, "RESULTS", tmp_path / "results")
    machine.begin()
    machine.write("moon", WHOLE, here={}, seed=None)
    return tmp_path / "results"


@pytest.mark.parametrize(("result", "partial"), [({"sizes": {"2000": {}}}, False), (WHOLE, True)])
def test_less_than_is_committed_is_written_beside_it_unless_it_is_asked_for(
    result: dict[str, Any], partial: bool, results: Path
) -> None:
    before = (results / "moon.json").read_text()
    path = machine.write("moon", result, here={}, seed=1, partial=partial)
    assert path.name == "moon-partial.json"
    assert (results / "moon.json").read_text() == before
    assert machine.write("moon", result, here={}, seed=1, partial=partial, anyway=True).name == "moon.json"
    assert json.loads((results / "moon.json").read_text())["seed"] == 1
    assert not path.exists()


def test_a_partial_result_is_in_no_report_and_in_no_commit(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.write("moon", WHOLE, here={}, seed=None, partial=True)
    monkeypatch.setattr(report, "RESULTS", results)
    assert [*report.results()] == ["moon"]
    assert f"benchmarks/results/*{machine.PARTIAL}.json" in (TREE / ".gitignore").read_text().splitlines()


def test_a_result_that_cannot_be_written_is_printed_and_the_old_one_stays(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    before = (results / "moon.json").read_text()
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SystemExit, match="No space left on device"):
        machine.write("moon", {**WHOLE, "found": 42}, here={}, seed=None)
    assert json.loads(capsys.readouterr().out)["found"] == 42
    assert [path.name for path in results.iterdir()] == ["moon.json"]
    assert (results / "moon.json").read_text() == before


def test_where_no_result_can_be_written_nothing_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "results").write_text("a file")
    monkeypatch.setattr(machine, "RESULTS", tmp_path / "results")
    with pytest.raises(SystemExit, match="nothing was measured"):
        machine.begin()


def test_the_command_is_what_was_given_and_names_no_place_of_this_machine() -> None:
    words = ["--data", "/home/ana/data", "--out=/tmp/x", "--sizes", "2000", "a b", "--write"]
    assert machine.command("benchmarks.moon", words) == (
        "python -m benchmarks.moon --data data --out=x --sizes 2000 'a b'"
    )
    assert machine.command("benchmarks.moon", []) == "python -m benchmarks.moon"
