"""When the server itself fails, the answer says so and nothing more, and the log says why."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from starlette.testclient import TestClient

from api import problems
from matcher.core import errors
from matcher.core.domain import Kind, Record
from matcher.core.errors import MissingExtra, ModelUnavailable, StoreUnavailable
from matcher.core.ports import Vectors
from tests.api.answers import CANARY, assert_problem
from tests.api.conftest import application, open_on
from tests.fakes import FakeEncoder, FakeStore


class _Broken(FakeStore):
    def __init__(self, failure: Exception) -> None:
        super().__init__()
        self._failure = failure

    def get(self, kind: Kind, ids: Sequence[str]) -> dict[str, Record]:
        raise self._failure


class _Blind(FakeEncoder):
    """Gives no direction at all."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), self.dimension), dtype=np.float32)


class _Missing(FakeEncoder):
    def encode(self, texts: Sequence[str]) -> NoReturn:
        raise ModelUnavailable("model.safetensors is not the file that is known: install it again")


@pytest.mark.parametrize(
    "failure", [RuntimeError(CANARY), ValueError(CANARY), OSError(5, CANARY), RecursionError(CANARY), KeyError(CANARY)]
)
@pytest.mark.parametrize("path", ["/v1/profiles/x", "/v1/postings/x"])
def test_a_failure_inside_says_nothing_of_itself(tmp_path: Path, path: str, failure: Exception) -> None:
    with application(tmp_path, open_on(tmp_path, store=_Broken(failure)), follow_seconds=60) as client:
        answer = client.get(path)
    assert_problem(answer, 500)
    assert answer.json()["detail"] == "the service failed: its log says why"


def test_a_failure_inside_reaches_whoever_runs_the_application(tmp_path: Path) -> None:
    from api.app import create_app
    from matcher.settings import Settings

    matcher = open_on(tmp_path, store=_Broken(RuntimeError("a bug")))
    with (
        TestClient(create_app(Settings(home=tmp_path), matcher=matcher)) as client,
        pytest.raises(RuntimeError, match="a bug"),
    ):
        client.get("/v1/profiles/x")


@pytest.mark.parametrize("path", ["/v1/profiles/x", "/v1/postings/x"])
def test_a_database_that_is_away_is_the_service_being_unavailable(
    tmp_path: Path, path: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(problems, "_told_at", -problems.TOLD_EVERY_S)
    store = _Broken(StoreUnavailable(f"PostgreSQL at {CANARY}:5432: refused: check that the server runs"))
    with application(tmp_path, open_on(tmp_path, store=store), follow_seconds=60) as client:
        answers = [client.get(path) for _ in range(3)]
    for answer in answers:
        assert_problem(answer, 503)
        assert answer.json()["detail"] == problems.AWAY
        assert answer.headers["retry-after"] == "1"
    assert caplog.text.count("check that the server runs") == 1, "the log has it, and is not filled by it"


def test_a_model_that_cannot_be_used_is_the_service_being_unavailable(tmp_path: Path) -> None:
    with application(tmp_path, open_on(tmp_path, encoder=_Missing())) as client:
        answer = client.post("/v1/profiles", json={"id": "x", "headline": CANARY})
        assert_problem(answer, 503)
        assert "install it again" in answer.json()["detail"]
        assert answer.headers["retry-after"] == "1"
        assert_problem(client.get("/v1/profiles/x"), 404)


def test_an_encoder_that_breaks_its_contract_is_a_failure_that_stands_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.ERROR, logger="api"),
        application(tmp_path, open_on(tmp_path, encoder=_Blind())) as client,
    ):
        assert_problem(client.post("/v1/profiles", json={"id": "x", "headline": CANARY}), 500)
        assert_problem(client.get("/v1/profiles/x"), 404)
    assert "not of length 1" in caplog.text
    assert CANARY not in caplog.text


def test_an_error_that_no_client_can_mend_is_a_failure(tmp_path: Path) -> None:
    store = _Broken(MissingExtra(extra="postgres", purpose=CANARY))
    with application(tmp_path, open_on(tmp_path, store=store), follow_seconds=60) as client:
        assert_problem(client.get("/v1/profiles/x"), 500)


FAILS = (
    "AccessUnsettled InvalidVectors MissingExtra NoJudgements OutputExists OutputInUse RetentionRefused "
    "SnapshotOutdated SnapshotRefused UnreadableFile UnsafeFile"
).split()
"""Where a caller meets one of these, the service has failed; most are of starts, files and the command line alone."""


def _kinds(root: type[errors.MatcherError]) -> Iterator[type[errors.MatcherError]]:
    for kind in root.__subclasses__():
        if kind.__module__ == errors.__name__ or kind.__module__.startswith("api."):
            yield kind
        yield from _kinds(kind)


def test_every_error_has_a_status_or_is_a_failure_on_purpose() -> None:
    kinds = [kind for kind in _kinds(errors.MatcherError) if kind is not errors.InvalidRecord]
    found = {kind.__name__: problems.answer_to(kind.__new__(kind)) for kind in kinds}
    assert {"ProviderAway", "NoDatabase"} < found.keys()
    assert sorted(name for name, answer in found.items() if answer.status_code == 500) == FAILS
    away = {name: answer for name, answer in found.items() if answer.status_code == 503}
    assert all(isinstance(answer, problems.Problem) and answer.cause for answer in away.values())
    assert {answer.headers["retry-after"] for answer in away.values()} == {"1"}
    assert {"ProviderAway", "NoDatabase", "OtherDatabase", "WentBack"} < away.keys()


@pytest.mark.parametrize("error", [errors.NoDatabase(place=CANARY), errors.OtherDatabase(CANARY)])
def test_no_address_of_the_database_is_told_whatever_is_wrong_with_it(error: errors.StoreUnavailable) -> None:
    assert CANARY.encode() not in problems.answer_to(error).body
