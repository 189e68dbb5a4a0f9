"""What the scale benchmark holds its figures against, and that the tables take results from before it did."""

import json
from typing import Any

import pytest

from benchmarks import scale, tables
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
    seen = scale.with_floors(found, read_gb_per_s=10.0)
    assert seen["candidates"]["5.00% of 50000"]["floor_ms"] == 1.0
    assert seen["exact_scan"] == {**found["exact_scan"], "floor_ms": 20.0, "times_the_floor": 1.5}
    del found["exact_scan"]
    assert "exact_scan" not in scale.with_floors(found, read_gb_per_s=10.0)


def test_the_tables_take_results_with_a_scan_and_without() -> None:
    recorded = json.loads((RESULTS / "scale.json").read_text(encoding="utf-8"))
    for size in recorded["sizes"].values():
        size.pop("exact_scan", None)
    without = [row[0] for row in tables.SECTIONS["scale"](recorded).table]
    recorded["sizes"]["50000"]["exact_scan"] = {"p50_ms": 13.2, "floor_ms": 11.9}
    table = tables.SECTIONS["scale"](recorded).table
    (row,) = [row for row in table if row[0] not in without]
    assert "13.20 (11.90)" in row
    assert len({len(row) for row in table}) == 1
