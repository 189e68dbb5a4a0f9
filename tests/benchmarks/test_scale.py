"""What the scale benchmark holds its figures against, and that the tables take results from before it did."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks import machine, scale, tables
from benchmarks.crowd import CONTRACT_SHARES, REGION_SHARES
from benchmarks.machine import RESULTS


@pytest.mark.parametrize("share", [0.05, 0.005, 0.0005])
def test_about_so_many_wish_a_region_and_a_contract(share: float) -> None:
    place, contract = scale.wishes_of(share)
    assert contract is not None
    assert REGION_SHARES[place] * CONTRACT_SHARES[contract] == pytest.approx(share, rel=0.3)


def test_everybody_is_anywhere_and_wishes_anything() -> None:
    assert scale.wishes_of(1.0) == (-1, None)
    assert scale.wishes_of(0.5) == (-1, 0)


def test_the_floor_is_the_time_in_which_what_is_eligible_is_read() -> None:
    found: dict[str, Any] = {
        "row_bytes": 4000,
        "candidates": {"5.00% of 50000": {"eligible": 2500, "p50_ms": 2.0, "p99_ms": 3.0}},
        "exact_scan": {"rows": 50_000, "p50_ms": 30.0, "p99_ms": 40.0},
    }
    seen = scale.with_floors(found, {1: 10.0, 2: 20.0})
    assert seen["candidates"]["5.00% of 50000"]["floor_ms"] == 0.5, "two threads"
    assert seen["exact_scan"] == {**found["exact_scan"], "floor_ms": 20.0, "times_the_floor": 1.5}
    del found["exact_scan"]
    assert "exact_scan" not in scale.with_floors(found, {1: 10.0, 2: 20.0})


def test_the_tables_take_results_with_a_scan_and_without() -> None:
    recorded = json.loads((RESULTS / "scale.json").read_text(encoding="utf-8"))
    for size in recorded["sizes"].values():
        size.pop("exact_scan", None)
    without = [row[0] for row in _table(recorded)]
    recorded["sizes"]["50000"]["exact_scan"] = {"p50_ms": 13.2, "floor_ms": 11.9}
    table = _table(recorded)
    (row,) = [row for row in table if row[0] not in without]
    assert "13.20 (11.90)" in row
    assert len({len(row) for row in table}) == 1


def test_the_tables_take_results_with_a_whole_start_and_without() -> None:
    recorded = json.loads((RESULTS / "scale.json").read_text(encoding="utf-8"))
    for size in recorded["sizes"].values():
        size.pop("start_s", None)
    assert not any("first answer" in row[0] for row in _table(recorded))
    recorded["sizes"]["1000000"]["start_s"] = 11.23
    (row,) = [row for row in _table(recorded) if "first answer" in row[0]]
    assert row[1:] == ["", "", "11.2"]


def test_a_result_without_the_sizes_that_are_told_has_no_table() -> None:
    recorded = json.loads((RESULTS / "scale.json").read_text(encoding="utf-8"))
    recorded["sizes"] = {"2000": recorded["sizes"]["2000"]}
    assert tables.SECTIONS["scale"](recorded) is None


@pytest.mark.parametrize("words", [["--sizes", "0"], ["--sizes", "many"], ["--one", "0"]])
def test_a_size_that_makes_no_sense_is_refused(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["scale", *words])
    with pytest.raises(SystemExit) as stopped:
        scale.main()
    assert stopped.value.code == 2


def test_what_was_measured_is_kept_when_a_size_is_killed_and_it_is_said_by_what(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = {"row_bytes": 1, "candidates": {}}

    def run(words: list[str], **_: Any) -> Any:
        is_killed = words[-1] == "50000"
        return subprocess.CompletedProcess(words, -9 if is_killed else 0, stdout=json.dumps(measured))

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(scale, "read_gb_per_s", lambda: {1: 10.0, 2: 20.0})
    monkeypatch.setattr(machine, "RESULTS", tmp_path)
    monkeypatch.setattr(machine, "facts", dict)
    monkeypatch.setattr("sys.argv", ["scale", "--sizes", "2000", "50000"])
    with pytest.raises(SystemExit, match="50000 profiles: the process was ended by SIGKILL"):
        scale.main()
    (kept,) = tmp_path.iterdir()
    found = json.loads(kept.read_text())
    assert kept.name == "scale-partial.json"
    assert [*found["sizes"]] == ["2000"]
    assert found["command"] == "python -m benchmarks.scale --sizes 2000 50000"


def _table(recorded: dict[str, Any]) -> list[list[str]]:
    section = tables.SECTIONS["scale"](recorded)
    assert section
    return [[*row] for row in section.table]
