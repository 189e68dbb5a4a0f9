"""`matcher decisions` and `matcher replay`, as their user runs them. Exact words alone: no model to load."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from api.app import create_app
from matcher.cli import main
from matcher.settings import Settings

PROFILES: list[dict[str, Any]] = [
    {"id": f"c{number}", "headline": f"Data {word}", "visible_to_recruiters": True}
    for number, word in enumerate(["scientist", "analyst", "engineer", "steward"])
]
UNSAVED = {"id": "new", "headline": "Data scientist"}


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


@pytest.fixture(autouse=True)
def _served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service has shown candidates twice, once under an id that it was given."""
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path))
    monkeypatch.setenv("MATCHER_MODEL", "words")
    monkeypatch.delenv("MATCHER_DATABASE_URL", raising=False)
    with TestClient(create_app(Settings())) as client:
        client.post("/v1/postings", json={"id": "p1", "title": "Data scientist"})
        for profile in PROFILES:
            assert client.post("/v1/profiles", json=profile).status_code == 201
        assert client.get("/v1/postings/p1/candidates?top=2", headers={"x-request-id": "one"}).status_code == 200
        assert client.get("/v1/profiles/c1/suggestions").status_code == 200


def test_a_ranking_is_shown_by_its_request_and_by_a_person(tmp_path: Path) -> None:
    done = _run("decisions", "show", "--request", "one")
    line = json.loads(done.stdout)
    assert (done.exit_code, line["asks"], line["eligible"]) == (0, ["posting", "p1"], 4)
    of_person = _run("decisions", "show", "--profile", "c1").stdout.splitlines()
    assert [json.loads(text)["call"] for text in of_person][-1] == "suggestions"
    assert _run("decisions", "show", "--profile", "nobody").stdout == ""
    assert _run("decisions", "show").exit_code == 2


def test_a_ranking_comes_out_the_same_by_request_and_by_place() -> None:
    place = json.loads(_run("decisions", "show", "--request", "one").stdout)["place"]
    for name in ("one", place):
        done = _run("replay", name)
        assert (done.exit_code, done.stdout) == (0, "the same: 2 places with their scores, 4 eligible\n")


def test_what_differs_is_said(tmp_path: Path) -> None:
    assert _run("erase", "profile", "c0").exit_code == 0
    done = _run("replay", "one")
    assert done.exit_code == 1
    assert "4 eligible then, 3 now" in done.stdout
    assert "rank 1 -> not among the first" in done.stdout
    assert "deleted since" in done.stdout
    assert "profiles since: 0 new or changed, 1 deleted" in done.stdout


def test_every_ranking_is_repeated_and_what_is_not_is_named(tmp_path: Path) -> None:
    with TestClient(create_app(Settings())) as client:
        found = client.post("/v1/profiles/search", json={"text": "data", "top": 2}).json()
        client.post("/v1/profiles/search", json={"text": "data", "top": 2, "cursor": found["cursor"]})
        client.post("/v1/suggestions", json=UNSAVED)
        client.get("/v1/profiles/c1/similar", headers={"x-request-id": "like"})
        client.get("/v1/postings/p1/candidates/c2", headers={"x-request-id": "pair"})
    done = _run("replay", "--all")
    *lines, total = done.stdout.splitlines()
    assert (done.exit_code, total) == (1, "7 rankings: 4 the same, 0 not the same, 3 not repeated")
    assert [line.split("\t")[1] for line in lines] == ["search", "search", "suggestions of an unsaved profile"]
    assert "--requests FILE" in lines[0]
    sent = tmp_path / "requests.jsonl"
    sent.write_text("".join(f"{json.dumps(body)}\n" for body in ({"text": "data"}, UNSAVED)))
    done = _run("replay", "--all", "--requests", str(sent))
    assert (done.exit_code, done.stdout) == (0, "7 rankings: 7 the same, 0 not the same, 0 not repeated\n")
    assert _run("replay", "pair").stdout == "the same: 1 places with their scores, 4 eligible\n"
    assert _run("erase", "profile", "c0").exit_code == 0
    done = _run("replay", "--all", "--requests", str(sent))
    assert "profiles since: 0 new or changed, 1 deleted" in done.stdout.splitlines()[0]
    assert "rank 1" not in done.stdout, "each ranking takes one line"
    assert done.exit_code == 1
    place = json.loads(_run("decisions", "show", "--request", "one").stdout)["place"]
    assert f"{place}\t" in done.stdout
    assert "rank 1 -> not among the first" in _run("replay", place, "--requests", str(sent)).stdout


def test_who_read_a_record_is_shown_and_neither_repeated_nor_audited(tmp_path: Path) -> None:
    with TestClient(create_app(Settings())) as client:
        assert client.get("/v1/profiles/c1", headers={"x-request-id": "read"}).status_code == 200
    done = _run("decisions", "show", "--request", "read")
    line = json.loads(done.stdout)
    assert (line["call"], len(line["read"]), done.stderr) == ("record", 1, "1 line(s)\n")
    of_person = _run("decisions", "show", "--profile", "c1").stdout.splitlines()
    assert line["place"] in [json.loads(text)["place"] for text in of_person]
    assert _run("decisions", "verify").exit_code == 0
    done = _run("replay", "--all")
    assert (done.exit_code, done.stdout) == (0, "2 rankings: 2 the same, 0 not the same, 0 not repeated\n")
    for name in ("read", line["place"]):
        assert "no such ranking" in _run("replay", name).stderr
    audited = _run("audit", "--since", "2020-01-01")
    assert audited.exit_code == 0
    assert [line for line in audited.stdout.splitlines() if "left out" in line] == ["left out: 1 rankings of postings"]


def test_a_profile_that_was_sent_by_the_rules_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    sent = tmp_path / "draft.json"
    sent.write_text('{"headline": "Dev", "experience_years": "3", "available_from": "2026-01-01T00:00:00"}')
    assert "the same" in _run("replay", "one", "--profile", str(sent)).stdout


def test_a_folder_that_holds_no_ranking_is_no_proof(tmp_path: Path) -> None:
    (tmp_path / "another").mkdir()
    done = _run("replay", "--all", "--log", str(tmp_path / "another"))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "another holds no ranking: --log says where the decision log is" in done.stderr


@pytest.mark.parametrize("words", [(), ("--all", "one")])
def test_which_ranking_is_meant_must_be_said(words: tuple[str, ...]) -> None:
    done = _run("replay", *words)
    assert done.exit_code == 2
    assert "say which" in done.stderr


def test_another_model_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_TITLE_MODEL", "words*0.5+words*0.5")
    assert "title was words" in _run("replay", "one").stdout


def test_a_limit_of_the_server_explains_no_other_ranking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_RATE_PER_MINUTE", "7")
    monkeypatch.setenv("MATCHER_ACCESS", "closed")
    _run("erase", "profile", "c0")
    told = _run("replay", "one").stdout
    assert "not the same" in told
    assert "settings was" not in told
    monkeypatch.setenv("MATCHER_MODEL", "words*0.5+words*0.5")
    assert "settings was ranking:" in _run("replay", "one").stdout


def test_a_log_that_holds_is_verified_and_one_that_does_not_is_named(tmp_path: Path) -> None:
    done = _run("decisions", "verify")
    assert done.exit_code == 0
    assert done.stdout.split("\t")[1:2] == ["4"]
    assert done.stdout.split("\t")[4] == "closed"
    (path,) = (tmp_path / "decisions").glob("*.jsonl")
    path.write_bytes(path.read_bytes().replace(b'"eligible":4', b'"eligible":5'))
    done = _run("decisions", "verify", "--log", str(path.parent))
    assert done.exit_code == 1
    assert "BROKEN" in done.stdout
    assert "line 2 was altered" in done.stderr
    assert "decisions verify" in _run("replay", "one").stderr


def test_what_is_not_there_is_one_line() -> None:
    done = _run("replay", "two")
    assert done.exit_code == 1
    assert "no such ranking" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_log_that_was_never_written_is_said_to_be_the_servers(tmp_path: Path) -> None:
    for words in (["decisions", "verify"], ["replay", "--all"]):
        (tmp_path / "decisions").rename(tmp_path / "elsewhere")
        done = _run(*words)
        (tmp_path / "elsewhere").rename(tmp_path / "decisions")
        assert done.exit_code == 1
        assert f"there is no decision log in {tmp_path / 'decisions'}: `matcher serve` writes one" in done.stderr
