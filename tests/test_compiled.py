"""Compiled functions answer as plain Python does, with or without a place to keep them."""

import threading
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from numba import njit

from matcher import compiled as stage


def _total(values: npt.NDArray[np.float64]) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


@pytest.mark.parametrize("compile_it", [stage.compiled, stage.compiled_sums])
def test_a_compiled_function_answers_as_the_plain_one(compile_it: Any) -> None:
    values = np.random.default_rng(5).standard_normal(1000)
    assert compile_it(_total)(values) == pytest.approx(_total(values))


def test_where_nothing_can_be_kept_it_is_compiled_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Any = njit

    def refusing(*, cache: bool = False, **options: Any) -> Any:
        if cache:
            raise RuntimeError("no locator available")
        return real(**options)

    monkeypatch.setattr(stage, "njit", refusing)
    assert stage.compiled(_total)(np.arange(4.0)) == 6.0


@pytest.mark.parametrize(("rows", "parts"), [(0, 1), (9, 1), (10, 2), (11, 2)])
def test_both_halves_are_all_rows_once(rows: int, parts: int) -> None:
    seen: list[slice] = []
    stage.in_halves(seen.append, rows, long=10)
    found = np.concatenate([np.arange(rows)[some] for some in sorted(seen, key=lambda some: some.start)])
    assert len(seen) == parts
    assert np.array_equal(found, np.arange(rows))


@pytest.mark.parametrize("bad", [0, 5])
def test_what_goes_wrong_in_either_half_is_told_when_both_have_ended(bad: int) -> None:
    ended = []

    def refuse(some: slice) -> None:
        if some.start == bad:
            raise ValueError(f"the half from {bad}")
        threading.Event().wait(0.05)
        ended.append(some.start)

    with pytest.raises(ValueError, match=f"the half from {bad}"):
        stage.in_halves(refuse, 10, long=10)
    assert ended == [5 - bad]
