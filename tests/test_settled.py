"""A process that is ready: what it holds is not looked through again."""

import ctypes
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from matcher.settled import GC_AFTER, settle, unsettle
from tests.api.conftest import application, open_on


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    unsettle()
    gc.set_threshold(*thresholds)


def test_what_is_held_is_not_looked_through_for_cycles_until_it_is_let_go_of() -> None:
    held = [[number] for number in range(1000)]
    settle()
    assert gc.get_freeze_count() >= len(held)
    assert gc.get_threshold()[0] == GC_AFTER
    unsettle()
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize("raised", [OSError, TypeError])
def test_a_system_without_that_call_is_settled_too(raised: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: object) -> None:
        raise raised(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    settle()
    assert gc.get_freeze_count() > 0


def test_a_server_that_is_ready_is_settled_and_one_that_has_stopped_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.app.settle", settle)
    monkeypatch.setattr("api.app.unsettle", unsettle)
    with application(tmp_path, open_on(tmp_path)) as client:
        assert client.get("/health/ready").is_success
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0
