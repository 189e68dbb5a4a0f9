"""Whatever the service shows and logs is repeated: pages, searches, similar ones and pairs, over HTTP and back."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from matcher.core.access import Role, new_key
from matcher.core.domain import Education, Kind, Location, Profile, ProfileId
from matcher.core.errors import DecisionLogUnreadable, MatcherError, UnreadableFile
from matcher.core.scoring import ASPECTS, Weights
from matcher.decisions import reading
from matcher.decisions.entry import Call, canonical
from matcher.decisions.pseudonyms import open_pseudonyms
from matcher.decisions.repeat import Asked, Repeater, read_requests
from matcher.decisions.replay import Replayed, Replayer
from matcher.engine import Matcher
from matcher.offline.reweigh import reweighed
from tests.api.conftest import application, open_on

WORDS = "zanzibar"
SEARCH = {
    "text": f'data Python, {WORDS}, -PHP, "open data"',
    "words_weight": 0.4,
    "weights": {"title": 0.3},
    "filters": {"remote": ["full", "unknown"], "region": ["53", "unknown"]},
    "top": 2,
}
DRAFT = {"headline": f"Data scientist {WORDS}", "skills": ["Python"]}


class Forum:
    """What was shown, each under a request id of its own, and how it comes out again."""

    def __init__(self, home: Path, matcher: Matcher) -> None:
        self.home = home
        self.matcher = matcher
        self.asked = [*read_requests(_file(home, [SEARCH, DRAFT]))]

    def replayer(self, given: list[Asked] | None = None) -> Replayer:
        return Replayer(
            self.matcher,
            pseudonyms=open_pseudonyms(self.home),
            made_by=self.matcher.fingerprints,
            given=self.asked if given is None else given,
        )

    def again(self, request: str, given: list[Asked] | None = None) -> Replayed:
        return self.replayer(given).replay(reading.one(self.home / "decisions", request))

    def every(self, given: list[Asked] | None = None) -> dict[str, Replayed | MatcherError]:
        found = self.replayer(given).replay_all(reading.rankings(self.home / "decisions"))
        return {str(entry.line.content["request"]): what for entry, what in found}


def _file(home: Path, bodies: list[dict[str, Any]]) -> Path:
    path = home / "requests.jsonl"
    path.write_text("".join(f"{json.dumps(body)}\n\n" for body in bodies), encoding="utf-8")
    return path


class _Shower:
    """Asks all pages of whatever there is."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def pages(self, name: str, path: str, body: dict[str, Any] | None = None, *, top: int = 2) -> None:
        cursor: str | None = None
        for number in range(1, 4):
            headers = {"x-request-id": f"{name}-{number}"}
            params: dict[str, Any] = {"top": top, **({"cursor": cursor} if cursor else {})}
            if body is None:
                answer = self._client.get(path, params=params, headers=headers)
            elif "text" in body:
                answer = self._client.post(path, json={**body, "cursor": cursor}, headers=headers)
            else:
                answer = self._client.post(path, params=params, json=body, headers=headers)
            assert answer.status_code == 200, answer.text
            cursor = answer.json()["cursor"]
            if cursor is None:
                return


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight people and eight postings, some published twice; everything was shown, some of it to a recruiter."""
    home = tmp_path_factory.mktemp("served")
    matcher = open_on(home)
    with application(home, matcher) as client:
        for number in range(8):
            profile = {
                "id": f"c{number}",
                "headline": f"Data scientist {'Python ' * (number % 3)}".strip(),
                "summary": f"open data {number}",
                "visible_to_recruiters": number != 7,
                "hidden_from": ["dinum"] if number == 6 else [],
                "contracts": ["freelance"] if number == 5 else [],
            }
            posting = {
                "id": f"p{number}",
                "title": "Data scientist" if number < 6 else "Juriste",
                "description": f"Des données et du droit {number // 2}",
                "organisation": {"id": ["dinum", "anssi"][number % 2]},
                "contracts": ["civil_servant"] if number == 0 else [],
            }
            assert client.post("/v1/profiles", json=profile).status_code == 201
            assert client.post("/v1/postings", json=posting).status_code == 201
        show = _Shower(client)
        show.pages("candidates", "/v1/postings/p1/candidates")
        show.pages("suggestions", "/v1/profiles/c0/suggestions")
        show.pages("varied", "/v1/profiles/c0/suggestions?per_organisation=2&diversity=0.3")
        show.pages("unsaved", "/v1/suggestions", DRAFT)
        show.pages("people", "/v1/profiles/search", SEARCH)
        show.pages("postings", "/v1/postings/search", {"text": "data Python", "top": 3})
        show.pages("similar", "/v1/profiles/c2/similar")
        show.pages("alike", "/v1/postings/p2/similar", top=3)
        client.get("/v1/postings/p0/candidates/c3", headers={"x-request-id": "pair"})
        client.get("/v1/postings/p0/candidates/c5", headers={"x-request-id": "no-pair"})
        key, text = _recruiter()
        matcher.keys.add(key)
        while client.get("/v1/profiles/c0").status_code != 401:  # that there is a key now is noticed within a second
            pass
        client.headers["Authorization"] = f"Bearer {text}"
        show.pages("recruiter", "/v1/profiles/search", SEARCH)
        client.get("/v1/profiles/c2/similar", headers={"x-request-id": "recruiter-similar"})
    return home


@pytest.fixture
def forum(served: Path, tmp_path: Path) -> Iterator[Forum]:
    """The same after a restart, for a test to change."""
    shutil.copytree(served, tmp_path, dirs_exist_ok=True)
    opened = open_on(tmp_path)
    yield Forum(tmp_path, opened)
    opened.close()


def _recruiter() -> Any:
    now = datetime.now(UTC)
    return new_key(Role.RECRUITER, now=now, expires_at=now + timedelta(days=1), organisation="dinum")


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
def test_every_ranking_that_was_shown_comes_out_the_same(forum: Forum) -> None:
    forum.asked.append("data Python")
    found = forum.every()
    assert {name: one for name, one in found.items() if not (isinstance(one, Replayed) and one.is_exact)} == {}
    names = {name.rsplit("-", 1)[0] for name in found}
    assert names >= {"candidates", "suggestions", "varied", "unsaved", "people", "postings", "similar", "alike"}
    assert {
        "candidates-2",
        "suggestions-2",
        "varied-2",
        "unsaved-2",
        "people-2",
        "similar-2",
        "recruiter-2",
    } <= found.keys()


def test_what_was_not_handed_over_is_named_and_the_rest_is_repeated(forum: Forum) -> None:
    found = forum.every(given=[])
    refused = {name.rsplit("-", 1)[0]: str(one) for name, one in found.items() if isinstance(one, MatcherError)}
    assert refused.keys() == {"unsaved", "people", "postings", "recruiter"}
    assert "keeps no words of a search" in refused["people"]
    assert "--requests FILE" in refused["people"]
    assert "is not stored" in refused["unsaved"]
    assert all(one.is_exact for one in found.values() if isinstance(one, Replayed))
    with pytest.raises(DecisionLogUnreadable, match="none that were handed over have their digest"):
        forum.again("people-1", given=[f"{SEARCH['text']} "])


def test_no_words_and_no_digest_that_can_be_guessed_stand_in_the_log(forum: Forum) -> None:
    content = b"".join(path.read_bytes() for path in (forum.home / "decisions").iterdir())
    assert WORDS.encode() not in content
    assert b'"cursor"' not in content


def test_who_has_come_and_who_is_gone_is_named_on_a_later_page(forum: Forum) -> None:
    logged = reading.one(forum.home / "decisions", "candidates-2").line.content
    second = [place[0] for place in logged["shown"]]
    named = {open_pseudonyms(forum.home).of_profile(name): name for name in forum.matcher.ids(Kind.PROFILE)}
    forum.matcher.delete(Kind.PROFILE, named[second[0]])
    again = forum.again("candidates-2")
    assert not again.is_exact
    moved = {one.id: one for one in again.moved}
    assert (moved[second[0]].rank_then, moved[second[0]].rank_now, moved[second[0]].since) == (3, None, "deleted")
    assert (moved[second[1]].rank_then, moved[second[1]].rank_now) == (4, 3)


def test_a_search_says_what_differs(forum: Forum) -> None:
    people = reading.one(forum.home / "decisions", "people-1").line.content["shown"]
    named = {open_pseudonyms(forum.home).of_profile(name): name for name in forum.matcher.ids(Kind.PROFILE)}
    forum.matcher.delete(Kind.PROFILE, named[people[0][0]])
    again = forum.again("people-1")
    assert (again.is_exact, again.is_explained) == (False, True)
    assert again.eligible_now == again.eligible_then - 1
    assert (again.moved[0].id, again.moved[0].since) == (people[0][0], "deleted")


def test_a_pair_says_its_rank_and_its_constraints(forum: Forum) -> None:
    assert forum.again("pair").is_exact
    before = reading.one(forum.home / "decisions", "pair").line.content
    assert before["first"] > 1, "else this says nothing of ranks"
    (better, *_) = [match.profile_id for match in forum.matcher.rank(Kind.POSTING, "p0", k=1).ranking.matches]
    forum.matcher.delete(Kind.PROFILE, better)
    (moved,) = forum.again("pair").moved
    assert (moved.rank_then, moved.rank_now) == (before["first"], before["first"] - 1)
    assert forum.again("no-pair").excluded_by == (["contract"], ("contract",))
    posting = forum.matcher.get_posting("p0")
    forum.matcher.put([replace(posting, contracts=())])
    again = forum.again("no-pair")
    assert (again.is_exact, again.excluded_by, again.asker_since) == (False, (["contract"], ()), "changed")
    (come,) = again.moved
    assert (come.rank_then, come.rank_now is not None) == (None, True)


def _with(entry: reading.Entry, other: Mapping[str, Any]) -> reading.Entry:
    """The same line with other members; of its parameters, those that are named alone."""
    content = {**entry.line.content, **other}
    if "parameters" in other:
        content["parameters"] = {**entry.line.content["parameters"], **other["parameters"]}
    return replace(entry, line=replace(entry.line, content=content))


@pytest.mark.parametrize(
    ("request_id", "without", "reason"),
    [
        ("no-pair", {"about": None}, "whom this explanation was about"),
        ("candidates-2", {"parameters": {"cursor": "x"}}, "an earlier version wrote this page"),
    ],
)
def test_a_line_of_an_earlier_version_that_says_too_little_is_refused(
    forum: Forum, request_id: str, without: dict[str, Any], reason: str
) -> None:
    entry = reading.one(forum.home / "decisions", request_id)
    with pytest.raises(DecisionLogUnreadable, match=reason):
        forum.replayer().replay(_with(entry, without))


@pytest.mark.parametrize(
    ("request_id", "otherwise", "reason"),
    [
        ("candidates-1", {"weights": {"title": 1.0}}, "weighs other aspects"),
        (
            "candidates-1",
            {"weights": {**dict.fromkeys(ASPECTS, 0.0), "title": 1.0, "zodiac": 0.0}},
            "weighs other aspects",
        ),
        ("candidates-1", {"weights": dict.fromkeys(ASPECTS, 3.0)}, "does not know"),
        ("candidates-1", {"weights": dict.fromkeys(ASPECTS, "x")}, "does not know"),
        ("candidates-1", {"weights": [1.0]}, "does not know"),
        ("candidates-1", {"call": "horoscope"}, "does not know"),
        ("candidates-1", {"shows": "planet"}, "does not know"),
        ("candidates-1", {"asks": ["planet", "p1"]}, "does not know"),
        ("candidates-1", {"asks": None}, "does not know"),
        ("candidates-1", {"sequence": None}, "does not know"),
        ("candidates-1", {"parameters": {"diversity": 3}}, "does not know"),
        ("candidates-1", {"parameters": {"today": "tomorrow"}}, "does not know"),
        ("candidates-2", {"parameters": {"seen": "x"}}, "does not know"),
        ("people-1", {"parameters": {"filters": ["zodiac=leo"]}}, "does not know"),
    ],
)
def test_a_line_of_a_later_version_is_named_and_not_repeated(
    forum: Forum, request_id: str, otherwise: dict[str, Any], reason: str
) -> None:
    entry = reading.one(forum.home / "decisions", request_id)
    ((_, found), (_, other)) = forum.replayer().replay_all([_with(entry, otherwise), entry])
    assert isinstance(found, DecisionLogUnreadable)
    assert reason in str(found)
    assert isinstance(other, Replayed)


def test_a_line_of_a_later_version_is_left_out_of_a_comparison_of_weights(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = forum.home / "decisions"
    entry = reading.one(folder, "candidates-1")
    lines = [
        _with(entry, {"call": "horoscope"}),
        _with(entry, {"parameters": {"today": "tomorrow"}}),
        _with(entry, {"weights": {"title": 1.0}}),
    ]
    monkeypatch.setattr(reading, "rankings", lambda _: iter(lines))
    found = reweighed(forum.matcher, folder, open_pseudonyms(forum.home), weights=Weights())
    assert len(found.changed) == 1, "what was weighed then does not matter: it is ranked under two other weights"
    ((reason, count),) = found.skipped.items()
    assert (count, "does not know" in reason) == (2, True)


def test_a_pair_of_an_earlier_version_is_repeated_without_its_rank(forum: Forum) -> None:
    entry = reading.one(forum.home / "decisions", "pair")
    content = {name: each for name, each in entry.line.content.items() if name not in {"first", "about", "excluded_by"}}
    assert forum.replayer().replay(replace(entry, line=replace(entry.line, content=content))).is_exact


@pytest.mark.parametrize(
    ("body", "meant"),
    [
        ({"experience_years": "3"}, {"experience_years": 3.0}),
        ({"experience_years": True}, {"experience_years": 1.0}),
        ({"available_from": "2026-01-01T00:00:00"}, {"available_from": date(2026, 1, 1)}),
        ({"education": [{"title": "MIAGE", "level": "5"}]}, {"education": (Education("MIAGE", level=5),)}),
        (
            {"locations": [{"latitude": "48.8", "longitude": 2.3}]},
            {"locations": (Location(None, None, None, 48.8, 2.3),)},
        ),
        ({"locations": [{}]}, {"locations": (Location(),)}),
        ({"locations": [{"region": "", "city": "Lyon"}]}, {"locations": (Location(region="", city="Lyon"),)}),
    ],
)
def test_a_draft_of_an_earlier_version_is_known_by_its_digest(
    forum: Forum, tmp_path: Path, body: dict[str, Any], meant: dict[str, Any]
) -> None:
    profile = Profile(ProfileId("draft"), "Dev", **meant)
    pseudonyms = open_pseudonyms(forum.home)
    entry = reading.one(forum.home / "decisions", "unsaved-1")
    told = canonical(Call.UNSAVED, profile, entry.line.content["parameters"])
    logged = {**entry.line.content, "question": pseudonyms.of_question(told)}
    given = read_requests(_file(tmp_path, [SEARCH, {"headline": "Dev", **body}, DRAFT]))
    assert Repeater(forum.matcher, pseudonyms, given).asked(logged) == profile
    assert {SEARCH["text"], forum.asked[1]} < {*given}, "the other lines are read, too"


def test_a_draft_that_is_read_as_ever_is_handed_over_once(tmp_path: Path) -> None:
    assert len(read_requests(_file(tmp_path, [SEARCH, DRAFT]))) == 2


@pytest.mark.parametrize("line", ["{", "[]", '{"text": 3}', '{"zorglub": 1}', "{}", "\ud800"])
def test_what_is_no_body_of_a_request_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "requests.jsonl"
    path.write_bytes(b'{"text": "data"}\n\n' + line.encode("utf-8", "surrogatepass") + b'\n{"text": "data"}\n')
    with pytest.raises(UnreadableFile, match=r"requests\.jsonl cannot be read: line 3 is no body of a request"):
        read_requests(path)
