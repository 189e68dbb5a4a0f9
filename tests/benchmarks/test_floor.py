"""How fast the machine reads is measured by what reads everything."""

import numpy as np
import pytest

from benchmarks import floor


@pytest.mark.parametrize("name", [*floor.kernels()])
def test_a_kernel_reads_all_of_an_array(name: str) -> None:
    values = np.zeros(8 * floor.WIDTH, dtype=np.float32)
    before = np.asarray(floor.kernels()[name](values)).copy()
    for place in (0, 3 * floor.WIDTH + 5, len(values) - 1):
        values[place] = 1.0
        assert not np.array_equal(before, np.asarray(floor.kernels()[name](values))), place
        values[place] = 0.0


@pytest.mark.parametrize("threads", floor.THREADS)
def test_each_part_is_read_once_in_each_run(threads: int) -> None:
    seen: list[int] = []
    values = np.zeros(8 * floor.WIDTH, dtype=np.float32)
    assert floor.gb_per_s(lambda part: seen.append(part.nbytes), values, threads=threads, runs=3) > 0
    assert len(seen) == 3 * threads
    assert sum(seen) == 3 * values.nbytes


def test_two_threads_read_no_less_than_one(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    rates = {1: 40.0, 2: 30.0}  # as on a busy machine
    monkeypatch.setattr(floor, "BYTES", 4096)
    monkeypatch.setattr(floor, "gb_per_s", lambda *_, threads: rates[threads])
    floor.main()
    assert capsys.readouterr().out.strip() == '{"1": 40.0, "2": 40.0}'
