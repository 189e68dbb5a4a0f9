"""What a page must not leave unsaid: where a list ends, what is written down, what was recorded, and what is a wish."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI

from api.pages.addresses import HOME, SEARCH, of_candidate, of_posting, of_profile
from api.pages.views import marked, posting_facts
from api.pages.words import Words
from matcher.core.domain import Kind, PostingId, ProfileId
from matcher.core.errors import NotFound
from matcher.core.feedback import RELEVANCE, Event, Feedback
from matcher.offline.judgements import of_feedback
from tests.api.pages.browser import outline
from tests.api.pages.conftest import Forum


def _cursor(answer: Any) -> Any:
    return re.findall(r'name="cursor" value="([^"]+)"', answer.text)[0]


def _last_page(forum: Forum, path: str, form: dict[str, str] | None) -> Any:
    browser = forum.browser("dinum")
    first = browser.go(path, form)
    assert "s’arrête ici" not in first.text
    return browser.go(path, {**(form or {}), "cursor": _cursor(first)})


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        (of_posting("full"), None, "remplissent les conditions"),
        (f"{of_profile('c00')}/similar", None, "moins semblables"),
        (SEARCH, {"text": "data scientist"}, "répondent à la recherche"),
    ],
)
def test_a_list_that_ends_before_everybody_was_shown_says_so(
    forum: Forum, monkeypatch: pytest.MonkeyPatch, path: str, form: dict[str, str] | None, said: str
) -> None:
    monkeypatch.setattr("matcher.core.pages.MOST_SEEN", 15)
    last = _last_page(forum, path, form)
    number, rest = re.findall(r"s’arrête ici.; (\d+) autres profils([^.]*)\.", last.text)[0]
    every = forum.matcher.count(Kind.PROFILE) - 1  # one hides from this organisation
    assert every - 1 - 20 <= int(number) <= every - 20  # nobody is like themselves
    assert said in rest
    assert _last_page_of_all(forum, path, form).text.count("s’arrête ici") == 0


def _last_page_of_all(forum: Forum, path: str, form: dict[str, str] | None) -> Any:
    browser = forum.browser("dinum")
    answer = browser.go(path, form)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matcher.core.pages.MOST_SEEN", 1_000)
        while 'name="cursor"' in answer.text:
            answer = browser.go(path, {**(form or {}), "cursor": _cursor(answer)})
    return answer


def test_the_footer_says_what_the_score_decides_and_of_the_log_only_where_there_is_one(forum: Forum) -> None:
    for path, status in ((HOME, 200), (f"{HOME}/nowhere", 404)):
        answer = forum.browser("dinum").open(path)
        assert "n’est pas classé" in outline(answer, status).text("footer")
        assert "consignés dans un journal" in answer.text
    assert "consigné" in forum.browser(None).open(HOME).text
    assert isinstance(forum.client.app, FastAPI)
    state = forum.client.app.state
    kept, state.decisions = state.decisions, None
    try:
        assert "consigné" not in forum.browser("dinum").open(HOME).text
    finally:
        state.decisions = kept


def test_what_was_recorded_of_a_pair_is_shown_to_those_who_may_record_it_and_the_last_counts(forum: Forum) -> None:
    browser, path = forum.browser("dinum"), of_candidate("p05", "c05")
    assert "Déjà noté" not in browser.open(path).text
    for number, event in enumerate(("opened", "hired", "interviewed")):
        browser.open(path, {"event": event, "request_id": f"p05-{number}"})
    shown = outline(browser.open(path)).text("section")
    assert re.search(r"Déjà noté pour cette offre : Recrutement, le \d\d/\d\d/20\d\d Entretien, le", shown)
    assert "Déjà noté" not in browser.open(of_candidate("p05", "c06")).text
    assert "Déjà noté" not in forum.browser("organiser").open(path).text
    judged = of_feedback(forum.matcher.feedback.scan(), Kind.POSTING)
    assert judged["p05"]["c05"] == RELEVANCE[Event.INTERVIEWED]


@pytest.fixture
def in_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as there:
        there.setenv("TZ", "Europe/Paris")
        time.tzset()
        yield
    time.tzset()


def test_what_was_recorded_after_midnight_has_the_day_on_the_wall(forum: Forum, in_paris: None) -> None:
    after_midnight = Feedback(
        at=datetime(2026, 2, 3, 23, 30, tzinfo=UTC),
        asks=Kind.POSTING,
        posting_id=PostingId("dated"),
        profile_id=ProfileId("c08"),
        event=Event.INTERVIEWED,
        position=1,
        request_id="after-midnight",
        weights={},
    )
    key = {"Authorization": f"Bearer {forum.keys['platform'][1]}"}
    record = {"id": "dated", "title": "Pourvue", "organisation": {"id": "dinum"}, "status": "closed"}
    assert forum.client.put("/v1/postings/dated", headers=key, json=record).is_success
    forum.matcher.feedback.add([after_midnight])
    for path in (of_candidate("dated", "c08"), of_posting("dated")):
        assert "Entretien, le 04/02/2026" in forum.browser("dinum").open(path).text


def test_what_one_organisation_said_of_people_does_not_go_along_with_a_posting_that_another_gets(forum: Forum) -> None:
    key, path = {"Authorization": f"Bearer {forum.keys['platform'][1]}"}, of_candidate("passed-on", "c07")

    def given_to(organisation: str, status: str = "open") -> None:
        record = {"id": "passed-on", "title": "DSI", "organisation": {"id": organisation}, "status": status}
        assert forum.client.put("/v1/postings/passed-on", headers=key, json=record).is_success

    given_to("dinum")
    forum.browser("dinum").open(path, {"event": "dismissed"})
    assert "Déjà noté" in forum.browser("dinum").open(path).text
    given_to("anssi")
    assert "Déjà noté" not in forum.browser("anssi").open(path).text
    given_to("anssi", status="closed")
    assert "Personnes déjà vues" not in forum.browser("anssi").open(of_posting("passed-on")).text
    forum.browser("anssi").open(path, {"event": "dismissed"})
    assert forum.browser("anssi").open(path).text.count("Non retenue, le") == 1
    assert "Personnes déjà vues" in forum.browser("anssi").open(of_posting("passed-on")).text
    given_to("dinum")
    assert "Déjà noté" in forum.browser("dinum").open(path).text


def test_a_closed_posting_leads_to_those_of_whom_something_was_recorded(forum: Forum) -> None:
    browser, key = forum.browser("dinum"), {"Authorization": f"Bearer {forum.keys['platform'][1]}"}
    passing = {"id": "passing", "headline": "Cachée", "visible_to_recruiters": True}
    assert forum.client.put("/v1/profiles/passing", headers=key, json=passing).is_success
    said = (("c01", "interviewed"), ("c01", "opened"), ("c02", "opened"), ("passing", "opened"))
    for number, (name, event) in enumerate(said):
        browser.open(of_candidate("p19", name), {"event": event, "request_id": f"p19-{number}"})
    assert "Personnes déjà vues" not in browser.open(of_posting("p19")).text
    closed = {"id": "p19", "title": "Pourvue", "organisation": {"id": "dinum"}, "status": "closed"}
    assert forum.client.put("/v1/postings/p19", headers=key, json=closed).is_success
    assert "Cachée" in browser.open(of_posting("p19")).text
    hidden = {**passing, "hidden_from": ["dinum"]}
    assert forum.client.put("/v1/profiles/passing", headers=key, json=hidden).is_success
    answer = browser.open(of_posting("p19"))
    assert re.search(
        r"Data scientist 2 – Profil ouvert, le .*Data scientist 1 – Entretien, le", outline(answer).text("li")
    )
    assert of_candidate("p19", "c01") in {one.get("href") for one in outline(answer).every("a")}
    assert "Cachée" not in answer.text
    assert forum.client.delete("/v1/profiles/passing", headers=key).is_success
    assert "Personnes déjà vues" not in forum.browser("organiser").open(of_posting("p19")).text


def test_closed_postings_are_a_link_away(forum: Forum) -> None:
    gone = {"id": "p21", "title": "Hors dates", "organisation": {"id": "dinum"}, "valid_through": "2026-01-31"}
    key = {"Authorization": f"Bearer {forum.keys['platform'][1]}"}
    assert forum.client.put("/v1/postings/p21", headers=key, json=gone).is_success
    browser = forum.browser("dinum")
    first = browser.open(HOME)
    assert of_posting("p21") not in first.text
    assert f"{HOME}?status=closed" in {one.get("href") for one in outline(first).every("a")}
    answer = browser.open(f"{HOME}?status=closed")
    assert outline(answer).text("h1") == "Offres closes"
    assert of_posting("p21") in answer.text
    assert of_posting("p00") not in answer.text
    assert "Hors dates" in browser.open(f"{HOME}?status=closed&order=title").text
    assert "Hors dates" not in forum.browser("anssi").open(f"{HOME}?status=closed").text


def test_no_title_of_a_window_names_a_person(forum: Forum) -> None:
    browser = forum.browser("anssi")
    paths = {
        of_candidate("theirs", "secret"): r"Profil n° \d+ – Zanzibar – Espace recruteurs",
        of_profile("c00"): "Profil – Espace recruteurs",
        f"{of_profile('c00')}/similar": "Profils semblables – Espace recruteurs",
    }
    for path, title in paths.items():
        assert re.fullmatch(title, outline(browser.open(path)).text("title"))


def test_who_is_withdrawn_while_a_list_is_made_is_shown_as_gone(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(*_: object) -> bytes:
        raise NotFound(Kind.PROFILE)

    browser, form = forum.browser("dinum"), {"text": "data scientist"}
    before = outline(browser.go(SEARCH, form))
    monkeypatch.setattr("api.routes.profiles.content_for", gone)
    answer = browser.go(SEARCH, form)
    assert outline(answer).text("h3").count("n°") == before.text("h3").count("n°") == 10
    assert answer.text.count("Ce profil n’est plus visible.") == 10
    assert "Pourquoi" not in answer.text


def test_a_posting_is_read_without_its_markup(forum: Forum) -> None:
    record = {
        "id": "p20",
        "title": "Marquée",
        "organisation": {"id": "dinum"},
        "description": "## Missions\n- **Piloter** le `SI`\n\n<p>Voir [le site](https://a.example)</p>",
        "qualifications": "*Bac+5*",
    }
    key = {"Authorization": f"Bearer {forum.keys['platform'][1]}"}
    assert forum.client.put("/v1/postings/p20", headers=key, json=record).is_success
    said = outline(forum.browser("dinum").open(of_posting("p20"))).text("details").partition("Détail du score")[0]
    for words in ("Missions", "Piloter le SI", "Voir le site", "Bac+5"):
        assert words in said
    assert not re.search(r"[#*`<\]]|a\.example", said)


def test_evidence_is_marked_where_it_is_a_word_of_its_own() -> None:
    text = "Java, JavaScript, C++ (C), Python3, java"
    pieces = marked(text, ["Java", "C++", "C", "Python"])
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, is_evidence in pieces if is_evidence] == ["Java", "C++", "C"]


def test_a_wish_is_called_one_and_a_most_is_not_exact(forum: Forum) -> None:
    answer = forum.browser("dinum").open(of_candidate("full", "full")).text
    for label in ("Lieu souhaité", "Télétravail souhaité", "Contrat souhaité", "Salaire souhaité"):
        assert label in answer
    assert "non comparable" in forum.browser("dinum").open(of_candidate("p00", "c00")).text
    posting = forum.client.get(
        "/v1/postings/full", headers={"Authorization": f"Bearer {forum.keys['dinum'][1]}"}
    ).json()
    for language, said in (("fr", "50\u202f000\u202f€ par an au plus"), ("en", "€50,000 a year at most")):
        most = {**posting, "salary_eur_year": {"min": None, "max": 50_000}}
        assert said in [fact for _, fact in posting_facts(most, Words(language))]


def test_places_and_languages_that_a_record_gives_by_their_codes_are_named(forum: Forum) -> None:
    posting = forum.client.get(
        "/v1/postings/full", headers={"Authorization": f"Bearer {forum.keys['dinum'][1]}"}
    ).json()
    places = [{"region": "11", "department": "75", "city": None}, {"region": None, "department": "2A", "city": None}]
    coded = {**posting, "locations": places, "languages": ["en", "DE", "anglais C1", "zz"]}
    for language, languages in (("fr", "anglais, allemand, anglais C1, zz"), ("en", "English, German, anglais C1, zz")):
        said = [fact for _, fact in posting_facts(coded, Words(language))]
        assert {"Paris, Corse-du-Sud", languages} <= {*said}
