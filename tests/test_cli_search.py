"""`matcher search`, `similar`, `evaluate` and `learn`, as their user runs them. Exact words alone: no model to load."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from starlette.testclient import TestClient

from api.app import create_app
from matcher.cli import main
from matcher.core.scoring import ASPECTS
from matcher.settings import Settings
from matcher.weights import read_weights


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


@pytest.fixture(autouse=True)
def _served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forum that has been served: two rankings were shown, and one of the candidates was opened."""
    monkeypatch.setenv("MATCHER_HOME", str(tmp_path))
    monkeypatch.setenv("MATCHER_MODEL", "words")
    monkeypatch.delenv("MATCHER_DATABASE_URL", raising=False)
    with TestClient(create_app(Settings())) as client:
        for number in range(12):
            posting = {"id": f"p{number}", "title": "Data scientist", "organisation": {"id": f"o{number % 2}"}}
            assert client.post("/v1/postings", json=posting).status_code == 201
        for number, word in enumerate(["scientist", "analyst", "engineer"]):
            profile = {"id": f"c{number}", "headline": f"Data {word}", "visible_to_recruiters": True}
            remote = {"remote": ["none", "partial", "full"][number], "skills": ["Python"][: number % 2]}
            assert client.post("/v1/profiles", json=profile | remote).status_code == 201
        client.get("/v1/postings/p1/candidates?top=2")
        client.get("/v1/profiles/c1/suggestions?top=2&merged=false")
        client.post("/v1/profiles/search", json={"text": "data"})
        event = {"posting_id": "p1", "profile_id": "c1", "event": "hired"}
        assert client.post("/v1/feedback", json={"asks": "posting", "events": [event]}).json() == {
            "recorded": 1,
            "refused": [],
        }


@pytest.fixture
def judged(tmp_path: Path) -> str:
    path = tmp_path / "judged.tsv"
    path.write_text("".join(f"p{number}\tc1\t1\n" for number in range(12)))
    return str(path)


def _weights(folder: Path, **chosen: float) -> str:
    path = folder / "weights.toml"
    values = dict.fromkeys(ASPECTS, 0.0) | chosen
    path.write_text("[weights]\n" + "\n".join(f"{name} = {value}" for name, value in values.items()))
    return str(path)


def test_people_and_postings_are_found(tmp_path: Path) -> None:
    done = _run("search", "data", "analyst", "--language", "en")
    assert done.exit_code == 0, done.output
    assert done.output.index("Data analyst") < done.output.index("Data engineer")
    assert "3 of 3 eligible" in done.output
    assert "remote: full 1, none 1, partial 1" in done.output
    assert "12 eligible" in _run("search", "--for", "postings", "--language", "en", "data").output
    nothing = _run("search", "--language", "en", '"open data"').output.splitlines()
    understood = 'Understood: words compared: open data; skills: open data; must stand there: "open data"'
    assert nothing == [understood, "no result: nothing meets these conditions", "0 of 0 eligible"]


def test_what_was_understood_is_said_first_in_the_language_that_was_asked_for() -> None:
    text = "sauf Java hors stage, data analyst [b], Python, Lyon, hors Paris, CDI, 3-5 ans, bac+5, 45-50 k€, anglais"
    english, french = (_run("search", text, "--language", one).output.splitlines()[0] for one in ("en", "fr"))
    for part in (
        *("Understood: words compared: data analyst [b] Python", "; skills: Python;", "must not stand there: Java"),
        *("places: Lyon", "places excluded: Paris", "contracts: contract agent", "contracts excluded: internship"),
        *("languages: anglais", "years of experience: at least 3, at most 5", "degree: level 7"),
        "gross euros a year: at least 45000, at most 50000",
    ):
        assert part in english, english
    for part in (
        "Compris : mots comparés : data",
        "ne doit pas figurer : Java",
        "contrats exclus : stage",
    ):
        assert part in french, french
    assert (
        "Understood: words compared: data; skills: data; remote work: fully"
        in _run("search", "data full remote", "--language", "en").output
    )
    assert "nderstood" not in _run("similar", "profile", "c1", "--language", "en").output


def test_a_search_for_nothing_is_one_line() -> None:
    done = _run("search", "--", "-PHP")
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "asks for nothing" in done.output


def test_similar_ones_are_shown() -> None:
    done = _run("similar", "profile", "c1", "--language", "en")
    assert done.exit_code == 0
    assert "Data analyst" not in done.output
    assert "Data scientist" in done.output
    assert _run("similar", "profile", "nobody").exit_code == 1


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_rankings_are_measured_by_a_file_and_by_feedback(judged: str) -> None:
    done = _run("evaluate", "--judgements", judged)
    assert done.exit_code == 0, done.output
    assert [line.split("\t")[0] for line in done.output.splitlines()] == [
        "measure",
        "nDCG@10",
        "RR",
        "R@100",
        "AP@100",
        "P@10",
    ]
    assert "(12 rankings" in done.output
    of_one = _run("evaluate").output
    assert "(1 rankings" in of_one
    assert "fewer than 10 rankings: intervals of so few are too narrow" in of_one


def test_two_files_of_weights_are_compared(judged: str, tmp_path: Path) -> None:
    done = _run("evaluate", "--judgements", judged, "--weights", _weights(tmp_path, skills=1.0))
    assert done.exit_code == 0, done.output
    gain = done.output.split("how much better those are\n")[1]
    assert [line.split("\t")[0] for line in gain.splitlines()] == ["nDCG@10", "RR", "R@100", "AP@100", "P@10"]


def test_past_requests_are_ranked_again_under_other_weights(tmp_path: Path) -> None:
    done = _run("evaluate", "--replay", "--weights", _weights(tmp_path, skills=1.0))
    assert done.exit_code == 0, done.output
    assert "2 requests:" in done.output
    assert "mean reciprocal rank of 1 wanted matches" in done.output
    assert "left out: 1 request(s): its question is not stored (search)" in done.output
    same = _run("evaluate", "--replay", "--weights", str(Path(__file__).parent.parent / "matcher" / "weights.toml"))
    assert "2 requests: 0 would show others, 0 the same in another order" in same.output
    assert _run("evaluate", "--replay").exit_code == 2


def test_judgements_beside_a_replay_are_refused_for_they_would_count_for_nothing(judged: str, tmp_path: Path) -> None:
    weights = _weights(tmp_path, skills=1.0)
    done = _run("evaluate", "--replay", "--weights", weights, "--judgements", judged)
    assert done.exit_code == 2
    assert "leave --judgements out" in done.stderr


def test_judgements_of_the_other_side_are_told_where_to_go(judged: str, tmp_path: Path) -> None:
    done = _run("evaluate", "--judgements", judged, "--for", "profiles")
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "each line begins with the profile's id, and `--for postings` is for" in done.stderr


def test_weights_that_cannot_be_written_are_refused_before_the_learning(judged: str, tmp_path: Path) -> None:
    done = _run("learn", "--judgements", judged, "--output", str(tmp_path / "nowhere" / "learned.toml"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert "name a file in a folder that exists" in done.stderr


def test_what_was_not_learned_from_is_counted(judged: str, tmp_path: Path) -> None:
    with Path(judged).open("a", encoding="utf-8") as file:
        file.write("nothing\tc0\t1\n")
    done = _run("learn", "--judgements", judged, "--output", str(tmp_path / "learned.toml"), "--even-if-no-better")
    assert "left out: 1 judgement(s) of documents that are not stored" in done.output


def test_a_later_page_is_ranked_again_where_it_stood(tmp_path: Path) -> None:
    with TestClient(create_app(Settings())) as client:
        path = "/v1/postings/p4/candidates?top=1"
        cursor = client.get(path).json()["cursor"]
        assert client.get(f"{path}&cursor={cursor}").json()["matches"][0]["rank"] == 2
    done = _run("evaluate", "--replay", "--weights", _weights(tmp_path, skills=1.0))
    first, second = [line.split("\t") for line in done.output.splitlines() if "\tcandidates\tp4\t" in line]
    assert first[3] == second[3] == "1 of 1 others"
    assert (first[4][2:], first[5][2:]) == (second[5][2:], second[4][2:]), "the two change places"


def test_weights_are_learned_and_put_to_use(judged: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = tmp_path / "learned.toml"
    refused = _run("learn", "--judgements", judged, "--output", str(output))
    if refused.exit_code == 1:
        assert "nothing is written" in refused.output
        assert not output.exists()
    done = _run("learn", "--judgements", judged, "--output", str(output), "--even-if-no-better")
    assert done.exit_code == 0, done.output
    assert output.read_text().startswith("# Learned from judged.tsv: 12 judged rankings, cross-validated by 2 organis")
    monkeypatch.setenv("MATCHER_WEIGHTS", str(output))
    assert read_weights(output).title >= 0
    assert _run("evaluate", "--judgements", judged).exit_code == 0


def test_without_feedback_a_line_says_where_judgements_come_from() -> None:
    done = _run("evaluate", "--for", "profiles")
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "no feedback on matches for profiles was recorded (POST /v1/feedback): give --judgements FILE" in done.output


def test_too_little_feedback_is_one_line(tmp_path: Path) -> None:
    done = _run("learn", "--output", str(tmp_path / "learned.toml"))
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "10 are the least to learn from" in done.output


def test_a_broken_file_of_weights_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "weights.toml"
    path.write_text("title = 1")
    monkeypatch.setenv("MATCHER_WEIGHTS", str(path))
    done = _run("search", "data")
    assert (done.exit_code, done.output.count("\n")) == (1, 1)
    assert "weights.toml" in done.output


def test_a_text_that_leaves_something_out_is_one_argument_and_who_forgets_that_is_told_so() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text("utf-8")
    (shown,) = re.findall(r"`(matcher search '[^`]*)`", readme)
    command, *words = shlex.split(shown)
    assert (command, len(words)) == ("matcher", 2)
    assert _run(*words).exit_code == 0
    unquoted = _run("search", "data", "scientist,", "-PHP")
    assert unquoted.exit_code == 2
    for part in ("No such option", "in quotes, as one argument", "'data scientist, -PHP'"):
        assert part in " ".join(unquoted.output.split())
    assert _run("search", "--", "-PHP, data").exit_code == 0
    assert "No such option" in _run("search", "data", "--zorglub").output
