"""Compiled functions answer as plain Python does, with or without a place to keep them."""

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
