"""A slower version is found, the same one is not called slower, and what cannot be compared is refused."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import compare, versions
from benchmarks.compare import Size
from benchmarks.machine import RESULTS
from benchmarks.verdicts import Comparison, Times, Verdict, ratio, verdict

PROCESSES, BLOCKS, RESAMPLES = 3, 20, 400
needs_repository = pytest.mark.skipif(
    not (shutil.which("git") and (versions.TREE / ".git").exists()), reason="the base is taken from the git repository"
)
OPERATIONS = 25
"""In a run: medians and tails."""
HERE = {"processor": "AMD EPYC", "cores": 2}
RECORDED = {
    "machine": {**HERE, "date": "2026-11-24", "commit": "abc", "versions": {}},
    "forum": {"postings": 300, "profiles": 2000, "seed": 2021},
    "engine": {"suggestions": {"p50_ms": 1.6}, "candidates": {"p50_ms": 2.0}},
}


def _seen(slower: float, *, noise: float = 0.02, lasting: float = 0.0, seed: int = 1) -> Times:
    """Blocks on a machine that drifts by half, of processes that differ a little all their lives."""
    random = np.random.default_rng(seed)
    drift = np.linspace(1.5, 2.2, BLOCKS)

    def version(factor: float) -> Any:
        lives = random.lognormal(sigma=lasting, size=(PROCESSES, 1)) if lasting else 1.0
        return drift * factor * lives * random.lognormal(sigma=noise, size=(PROCESSES, BLOCKS))

    return Times(version(1.0), version(slower))


def _judged(slower: float, **how: Any) -> Verdict:
    return verdict("search", _seen(slower, **how), seed=2021, resamples=RESAMPLES)


def _run(slower: float, *, lasting: float, seed: int) -> Comparison:
    """Judge a run of many operations, one of them slower, and what looks slower once more, as `compare` does."""
    factors = [slower] + [1.0] * (OPERATIONS - 1)
    first = Comparison(
        tuple(
            verdict(str(at), _seen(factor, lasting=lasting, seed=1000 * seed + at), seed=1, resamples=RESAMPLES)
            for at, factor in enumerate(factors)
        )
    )
    again = {
        one.operation: _judged(factors[int(one.operation)], lasting=lasting, seed=10**6 + 1000 * seed + at)
        for at, one in enumerate(first.verdicts)
        if one.looks_slower
    }
    return first.repeated(again)


@pytest.mark.parametrize("seed", range(20))
def test_ten_percent_slower_is_found_and_said(seed: int) -> None:
    found = _judged(1.1, seed=seed)
    assert found.is_slower
    assert found.sentence().startswith("search: SLOWER by ")
    assert Comparison((found,)).is_worse


@pytest.mark.parametrize("lasting", [0.0, 0.02, 0.05])
def test_fewer_than_one_run_in_a_hundred_is_called_worse_where_nothing_changed(lasting: float) -> None:
    """Whatever two processes of one version differ by, all their lives."""
    flagged = [_run(1.0, lasting=lasting, seed=seed).is_worse for seed in range(30)]
    assert np.mean(flagged) < 0.01


@pytest.mark.parametrize("lasting", [0.0, 0.03])
def test_a_third_more_is_found_where_processes_differ_by_a_few_percent(lasting: float) -> None:
    found = [_run(1.3, lasting=lasting, seed=seed) for seed in range(5)]
    assert np.mean([one.verdicts[0].is_slower for one in found]) == 1.0


def test_what_fresh_processes_do_not_confirm_is_not_worse() -> None:
    once, never = _judged(1.3), _judged(1.0)
    found = Comparison((once,)).repeated({"search": never})
    assert once.is_slower
    assert not found.is_worse
    assert "not with fresh processes" in found.verdicts[0].sentence()
    assert Comparison((once,)).repeated({"search": once}).is_worse


def test_the_interval_holds_the_true_ratio_about_as_often_as_three_processes_can_tell() -> None:
    """Which is too seldom: so the noise comes on top, and fresh processes must agree."""
    found = [ratio(_seen(1.1, lasting=0.02, seed=seed), seed=2021, resamples=RESAMPLES) for seed in range(200)]
    assert 0.8 <= np.mean([one.lower <= 1.1 <= one.upper for one in found]) <= 0.99


@pytest.mark.parametrize("seed", range(20))
def test_no_difference_is_called_none(seed: int) -> None:
    found = _judged(1.0, seed=seed)
    assert not found.is_slower
    assert not found.is_faster
    assert "no difference found" in found.sentence()
    assert not Comparison((found,)).is_worse


def test_faster_is_said_and_is_not_worse() -> None:
    found = _judged(0.8)
    assert found.sentence().startswith("search: faster by 2")
    assert not Comparison((found,)).is_worse


def test_two_percent_on_a_quiet_machine_is_below_what_is_called_a_difference() -> None:
    assert not _judged(1.02, noise=0.001).is_slower


def test_a_version_whose_processes_differ_raises_the_bar() -> None:
    seen = _seen(1.1)
    lives = np.array([[0.92], [1.0], [1.08]])
    found = verdict("search", Times(seen.base * lives, seen.new), seed=2021)
    assert found.noise > 0.12
    assert not found.is_slower


def test_an_operation_that_the_base_lacks_is_skipped_and_one_that_is_lost_is_worse() -> None:
    assert not Comparison((), skipped={"search": "ImportError"}).is_worse
    assert Comparison((), lost={"search": "ImportError"}).is_worse


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=40))
def test_the_interval_holds_the_middle_and_is_the_same_each_time(taken: list[float]) -> None:
    new = np.array([taken, taken[::-1]])
    seen = Times(np.ones_like(new), new)
    found = ratio(seen, seed=7, resamples=100)
    assert min(taken) * 0.999 <= found.lower <= found.middle <= found.upper <= max(taken) * 1.001
    assert found == ratio(seen, seed=7, resamples=100)


def test_against_a_file_only_a_quarter_more_is_worse() -> None:
    rows = compare.against(RECORDED, {"suggestions": 1.9, "candidates": 2.6, "search": 9.0})
    assert rows == [("suggestions", 1.6, 1.9, False), ("candidates", 2.0, 2.6, True)]


def test_figures_of_another_machine_or_another_benchmark_are_refused() -> None:
    assert compare.refusal(RECORDED, HERE) is None
    assert "is Other with 64: compare with a commit" in str(
        compare.refusal(RECORDED, {"processor": "Other", "cores": 64})
    )
    sizeless = [{**RECORDED, "forum": forum} for forum in ({}, {"postings": 300}, None)]
    others: tuple[Any, ...] = ({}, [], {"machine": HERE}, "text", *sizeless, {**RECORDED, "engine": []})
    for other in others:
        assert "no result of benchmarks.latency" in str(compare.refusal(other, HERE))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "--base"),
        (["--base", "no-such-commit"], "neither a file nor a commit"),
        (["--base", "--upload-pack=x"], "--base"),
        (["--base=--upload-pack=x"], "neither a file nor a commit"),
        (["--base", "HEAD", "--blocks", "4"], "--blocks must be 5 or more"),
        (["--base", "HEAD", "--calls", "0"], "--calls must be 1 or more"),
        (["--base", "HEAD", "--processes", "1"], "--processes must be 2 or more"),
    ],
)
def test_what_cannot_be_measured_is_said(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["compare", *arguments])
    with pytest.raises(SystemExit) as stopped:
        compare.main()
    assert stopped.value.code != 0
    assert said in f"{stopped.value.code}{capsys.readouterr().err}"


@pytest.mark.parametrize(("text", "said"), [("not JSON", "is not JSON"), ("{}", "no result of benchmarks.latency")])
def test_a_file_that_holds_no_latency_is_refused(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "latency.json"
    file.write_text(text)
    monkeypatch.setattr("sys.argv", ["compare", "--base", str(file)])
    with pytest.raises(SystemExit, match=said):
        compare.main()


def test_the_committed_latency_is_of_the_forum_and_the_layout_that_are_compared() -> None:
    recorded = json.loads((RESULTS / "latency.json").read_text(encoding="utf-8"))
    assert compare.refusal(recorded, recorded["machine"]) is None
    assert [name for name, *_ in compare.against(recorded, dict.fromkeys(compare.RECORDED, 1.0))] == [
        "suggestions",
        "candidates",
    ]


@needs_repository
def test_a_commit_beside_itself_gives_the_same_operations_and_leaves_no_worktree(tmp_path: Path) -> None:
    with versions.checked_out("HEAD") as tree:
        assert (tree / "matcher").is_dir()
        found = compare.compare(tree, tree, size=Size(postings=12, profiles=12, processes=1, blocks=5, calls=1))
    assert not tree.exists()
    assert f"worktree {tree}" not in _worktrees()
    assert [one.operation for one in found.verdicts] == [
        "suggestions, the first time",
        "candidates, the first time",
        "suggestions",
        "suggestions, as they are sent",
        "candidates",
        "draft",
        "search",
        "upsert",
        "HTTP suggestions",
        "HTTP candidates",
        "HTTP record",
        "HTTP draft",
        "HTTP search",
        "HTTP write",
    ]
    assert all(one.base_ms > 0 and one.new_ms > 0 for one in found.verdicts)
    assert (found.skipped, found.lost) == ({}, {})


def test_a_folder_that_is_no_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "matcher").mkdir()
    (tmp_path / "matcher" / "__init__.py").write_text("")
    with pytest.raises(SystemExit, match="cannot generate a forum"):
        compare.compare(tmp_path, tmp_path, size=Size(postings=1, profiles=1))


def _worktrees() -> list[str]:
    """Return where they are."""
    command = ["git", "-C", str(versions.TREE), "worktree", "list", "--porcelain"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in listed if line.startswith("worktree ")]


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (SystemExit(1), 1),
        (SystemExit(0), 0),
        (SystemExit("no such commit"), 2),
        (RuntimeError("a fault of this"), 2),
        (KeyboardInterrupt(), 130),
    ],
)
def test_status_1_says_that_it_is_worse_and_nothing_else_does(raised: BaseException, status: int) -> None:
    def run() -> None:
        raise raised

    assert compare.ended(run) == status


@needs_repository
@pytest.mark.parametrize("is_half_there", [False, True])
def test_a_worktree_that_was_still_being_made_is_taken_away(is_half_there: bool) -> None:
    with versions.checked_out("HEAD") as tree:
        # As git leaves it where it is stopped while it makes one.
        subprocess.run(["git", "-C", str(versions.TREE), "worktree", "lock", str(tree)], check=True)
        if is_half_there:
            (tree / ".git").unlink()
    assert not tree.exists()
    assert f"worktree {tree}" not in _worktrees()
