"""What the soak benchmark makes of what it has seen."""

import pytest

from benchmarks import soak
from benchmarks.soak import slope


def test_the_slope_is_in_megabytes_a_minute() -> None:
    assert slope([0.0, 1.0, 2.0], [500.0, 502.0, 504.0]) == pytest.approx(2.0)


@pytest.mark.parametrize("words", [["--minutes", "0"], ["--minutes", "nan"], ["--rate", "-1"], ["--minutes", "0.01"]])
def test_a_load_of_no_time_is_refused(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["soak", *words])
    with pytest.raises(SystemExit) as stopped:
        soak.main()
    assert stopped.value.code == 2
