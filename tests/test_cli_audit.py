"""`matcher audit`, as its user runs it. Exact words alone: no model to load."""

import json
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from api.app import create_app
from matcher.cli import main
from matcher.compose import load_pseudonyms, open_matcher
from matcher.offline.logged import Logged
from matcher.settings import Settings

RECORDS: list[dict[str, Any]] = [
    *({"id": f"p{at}", "title": "Data scientist", "organisation": {"id": f"o{at}"}} for at in range(12)),
    *(
        {
            "id": f"person-{at:02}",
            "headline": "Développeuse data" if at % 2 else "Data scientist",
            "situation": "graduate" if at % 2 else "public",
            "summary": "Je suis dans les données de la ville depuis dix ans.",
            "visible_to_recruiters": True,
        }
        for at in range(60)
    ),
    *({"id": f"person-hidden-{at}", "headline": "Data scientist", "situation": "other"} for at in range(3)),
]


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, ["audit", *words])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MATCHER_MODEL", "words")
    monkeypatch.setenv("MATCHER_BODY_MODEL", "words")
    monkeypatch.delenv("MATCHER_DATABASE_URL", raising=False)
    records = tmp_path / "records.jsonl"
    records.write_text("".join(f"{json.dumps(record)}\n" for record in RECORDS))
    assert CliRunner().invoke(main, ["ingest", str(records)]).exit_code == 0
    return tmp_path / "home"


def test_it_tells_who_gets_less_and_names_nobody(tmp_path: Path) -> None:
    output = tmp_path / "audit.json"
    done = _run("--top", "20", "--output", str(output))
    assert done.exit_code == 0, done.output
    assert "60 people who are visible to recruiters; 12 rankings for 12 organisations" in done.stdout
    assert "situation, graduate: selection 0.00 (0.00–" in done.stdout
    assert "their best tenth score -" in done.stdout
    assert "other" not in done.stdout.partition("situation")[2].partition("experience")[0], (
        "nobody of these may be seen"
    )
    assert "30 of 30 whose words have both" in done.stdout
    document = json.loads(output.read_text())
    assert document["people_not_visible"] == "fewer than 10"
    assert document["findings"] > 0
    assert "person-" not in done.output + output.read_text()


def test_the_log_since_a_day_is_what_was_shown(home: Path, tmp_path: Path) -> None:
    with TestClient(create_app(Settings())) as client:
        for at in range(12):
            assert client.get(f"/v1/postings/p{at}/candidates?top=5").status_code == 200
        assert client.get("/v1/profiles/person-01/suggestions").status_code == 200
    done = _run("--since", "2026-01-01", "--output", str(tmp_path / "audit.csv"))
    assert done.exit_code == 0, done.output
    assert "12 rankings for 12 organisations, 12 of them with more" in done.stdout
    assert "left out: 1 rankings of postings" in done.stdout
    assert "masculine and in the feminine" not in done.stdout
    assert (tmp_path / "audit.csv").read_text().startswith("attribute,group,people,measure,rate,")
    assert "no ranking" in _run("--since", "2999-01-01").stdout
    refused = _run("--since", "2026-01-01", "--output", str(home / "decisions" / "audit.csv"))
    assert (refused.exit_code, "lies in the decision log" in refused.stderr) == (2, True)
    assert CliRunner().invoke(main, ["decisions", "verify"]).exit_code == 0


def test_who_reads_to_the_end_has_chosen_nobody(tmp_path: Path) -> None:
    with TestClient(create_app(Settings())) as client:
        for at in range(12):
            for pages in (1, 6, 3):
                path = f"/v1/postings/p{at}/candidates?top=10"
                cursor = ""
                for _ in range(pages):
                    cursor = client.get(path + cursor).json()["cursor"]
                    cursor = cursor and f"&cursor={cursor}"
                assert bool(cursor) == (pages < 6)
    done = _run("--since", "2026-01-01", "--output", str(tmp_path / "audit.json"))
    assert done.exit_code == 0, done.output
    assert "36 rankings for 12 organisations, 24 of them with more" in " ".join(done.stdout.split())
    groups = json.loads((tmp_path / "audit.json").read_text())["attributes"][0]["groups"]
    assert {one["name"]: one["selection"]["rate"] for one in groups} == {
        "public": pytest.approx((1 / 3 + 1) / 2, abs=1e-4),
        "graduate": 0.0,
    }


def test_two_readers_of_one_list_are_told_apart_by_what_they_were_shown(home: Path) -> None:
    path = "/v1/postings/p0/candidates?top=5"

    def page(cursor: str = "") -> tuple[list[str], str]:
        answer = client.get(path + cursor).json()
        return [one["profile_id"] for one in answer["matches"]], f"&cursor={answer['cursor']}"

    with TestClient(create_app(Settings())) as client:
        one, after_one = page()
        assert client.put(f"/v1/profiles/{one[2]}", json={"id": one[2], "headline": "Juriste"}).status_code == 200
        other, after_other = page()
        assert one != other
        readers = [[*one, *page(after_one)[0]], [*other, *page(after_other)[0]]]
    settings = Settings()
    with closing(open_matcher(settings)) as matcher:
        ids = [str(profile.id) for profile in matcher.profiles()]
        logged = Logged(matcher, ids, load_pseudonyms(settings), home / "decisions", since=date(2026, 1, 1))
        assert [[ids[place] for place in choice.shown] for choice, _ in logged.choices()] == readers


def test_what_makes_no_sense_is_said_before_anything_is_done(tmp_path: Path) -> None:
    wrong = _run("--output", str(tmp_path / "audit.txt"))
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "the output's ending must be one of .json, .csv" in wrong.stderr
    assert _run("--log", str(tmp_path)).exit_code == 2
    assert _run("--smallest", "1").exit_code == 2
    assert _run("--since", "yesterday").exit_code == 2
    for option in ("--top", "--twins"):
        refused = _run("--since", "2026-01-01", option, "5")
        assert (refused.exit_code, f"leave {option} out" in refused.stderr) == (2, True)
    nowhere = _run("--output", str(tmp_path / "nowhere" / "audit.json"))
    assert (nowhere.exit_code, nowhere.stdout) == (2, "")
    assert "cannot be written" in nowhere.stderr


def test_the_file_is_there_even_if_nobody_reads_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stops(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("matcher.show.print_audit", stops)
    _run("--output", str(tmp_path / "audit.json"))
    assert json.loads((tmp_path / "audit.json").read_text())["people"] == 60


def test_without_a_log_it_is_said(home: Path) -> None:
    done = _run("--since", "2026-01-01")
    assert done.exit_code == 1
    assert "there is no decision log in" in done.stderr


def test_where_there_is_no_forum_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path / "elsewhere"))
    done = _run()
    assert done.exit_code == 1
    assert "no database" in done.stderr
