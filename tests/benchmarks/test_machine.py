"""A result says on what it was measured, and what measuring writes is no change of that."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks import machine


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
