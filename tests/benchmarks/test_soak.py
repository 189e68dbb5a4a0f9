"""What the soak benchmark makes of what it has seen."""

import pytest

from benchmarks.soak import _requests, slope


def test_the_slope_is_in_megabytes_a_minute() -> None:
    assert slope([0.0, 1.0, 2.0], [500.0, 502.0, 504.0]) == pytest.approx(2.0)


def test_later_requests_write_other_things_than_earlier_ones() -> None:
    every = _requests(["ana"], ["p"], 20_000)
    assert len(every) == 20_000
    first, last = ([one for one in part if one.startswith(b"PUT")] for part in (every[:6000], every[-6000:]))
    assert first != last
