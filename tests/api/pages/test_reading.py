"""What a recruiter reads: their postings, the candidates with the reasons, profiles, and what is written down of it."""

import json
import re
from typing import Any

import pytest

from api.pages.addresses import HOME, LANGUAGE, LANGUAGE_COOKIE, NOTICE_COOKIE, of_candidate, of_posting, of_profile
from matcher.core.feedback import Event
from tests.api.pages.browser import HERE, Browser, escaped, outline
from tests.api.pages.conftest import HOSTILE, Forum

HOSTILE_ID = "hostile&<'\">"


def _hrefs(answer: Any) -> list[str]:
    return [str(one["href"]) for one in outline(answer).every("a")]


def _hidden(answer: Any, name: str) -> list[str]:
    return [str(one["value"]) for one in outline(answer).every("input") if one.get("name") == name]


def _ranks(answer: Any) -> list[int]:
    return [int(one) for one in re.findall(r'class="rank">n°.(\d+)', answer.text)]


def test_the_first_page_has_the_open_postings_of_one_s_own_organisation(forum: Forum) -> None:
    browser = forum.browser("dinum")
    answer = browser.open(HOME)
    assert outline(answer).text("h1") == "Mes offres ouvertes"
    assert "25 offres ouvertes" in answer.text
    shown = [link for link in _hrefs(answer) if "/postings/" in link]
    assert shown[:2] == [of_posting("full"), of_posting("p22")]
    assert len(shown) == 20
    (next_,) = [link for link in _hrefs(answer) if "cursor=" in link]
    rest = [link for link in _hrefs(browser.open(next_)) if "/postings/" in link]
    assert rest == [of_posting(name) for name in ("p03", "p02", "p01", "p00", HOSTILE_ID)]
    by_title = [link for link in _hrefs(browser.open(f"{HOME}?order=title")) if "/postings/" in link]
    assert by_title[:3] == [of_posting(name) for name in ("full", "p00", "p01")]
    assert "Zanzibar" not in answer.text
    assert browser.open(f"{HOME}/?utm_source=mail").headers["location"] == HOME
    outline(browser.open(f"{HOME}?utm_source=mail"))


def test_the_forum_s_team_sees_every_organisation_s_postings(forum: Forum) -> None:
    answer = forum.browser("organiser").open(f"{HOME}?order=title")
    assert outline(answer).text("h1") == "Toutes les offres ouvertes"
    assert "26 offres ouvertes" in answer.text
    assert "Dinum" in answer.text


def test_candidates_come_with_what_speaks_for_them_and_what_does_not(forum: Forum) -> None:
    answer = forum.browser("dinum").open(of_posting("full"))
    api = forum.client.get("/v1/postings/full/candidates", headers=_key(forum, "dinum")).json()
    found = outline(answer)
    assert found.text("h1") == "Candidats pour : Data scientist"
    assert [one["sentence"]["fr"] in answer.text for one in api["matches"]] == [True] * 10
    assert f"{api['eligible']} profils remplissent les conditions" in answer.text
    scores = [f"{one['score'] * 100:.1f}".replace(".", ",") for one in api["matches"]]
    assert re.findall(r"Score.: ([\d,]+) sur 100", answer.text) == scores
    assert _ranks(answer) == [*range(1, 11)]
    assert len(found.every("table")) == 10
    for label in ("Nommées dans le texte du profil", "Proches", "Non trouvées"):
        assert label in answer.text


def test_pages_of_candidates_together_are_the_list(forum: Forum) -> None:
    browser = forum.browser("dinum")
    answer, shown = browser.open(of_posting("full")), []
    while True:
        shown.append(_ranks(answer))
        cursors = _hidden(answer, "cursor")
        if not cursors:
            break
        moved = browser.open(of_posting("full"), {"cursor": cursors[0]})
        assert "?" not in moved.headers["location"]
        answer = browser.open(moved.headers["location"])
        assert of_posting("full") in _hrefs(answer)
    every = forum.client.get("/v1/postings/full/candidates?top=100", headers=_key(forum, "dinum")).json()["matches"]
    assert [rank for page in shown for rank in page] == [one["rank"] for one in every]
    outline(browser.go(of_posting("p00"), {"cursor": cursors[0] if cursors else "x"}), 422)


def _key(forum: Forum, caller: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {forum.keys[caller][1]}"}


def test_a_candidate_s_page_says_why_and_marks_the_evidence_in_their_own_words(forum: Forum) -> None:
    answer = forum.browser("dinum").open(of_candidate("full", "full"))
    found = outline(answer)
    pair = forum.client.get("/v1/postings/full/candidates/full", headers=_key(forum, "dinum")).json()["match"]
    assert pair["sentence"]["fr"] in answer.text
    assert "Huit ans de <mark>OCaml</mark>, et de statistique." in answer.text
    assert "Du <mark>OCaml</mark>." in answer.text
    assert "Haskell, à défaut\u00a0: OCaml" in answer.text
    assert re.search(r"Souhaits qui diffèrent.*Télétravail, Salaire", answer.text)
    assert found.text("th").startswith("CritèrePointsSurAccordIntitulé")
    said = " ".join(answer.text.split())
    for fact in (
        "1,5 an",
        "Île-de-France",
        "télétravail complet",
        "secteur public",
        "04/01/2027",
        "60 000 € par an au moins",
        "01/2020 – aujourd’hui",
        "(01/2019)",
        "Master – niveau européen 7 sur 8",
        "(2018)",
    ):
        assert fact in said
    assert f"{of_profile('full')}/similar" in _hrefs(answer)


def test_a_profile_that_is_no_candidate_is_shown_with_what_keeps_it_from_that(forum: Forum) -> None:
    forum.client.put(
        "/v1/postings/p22",
        headers=_key(forum, "platform"),
        json={"id": "p22", "title": "Fermée", "organisation": {"id": "dinum"}, "status": "closed"},
    )
    answer = forum.browser("dinum").open(of_candidate("p22", "full"))
    assert "l’offre n’est plus ouverte" in answer.text
    closed = outline(forum.browser("dinum").open(of_posting("p22"))).text("main")
    assert closed.startswith("Candidats pour : Fermée Cette offre n’est plus ouverte. L’offre")
    assert not re.search("Aucun profil|remplit", closed)


def test_what_became_of_a_candidate_is_recorded_with_rank_and_answer_and_opening_too(forum: Forum) -> None:
    browser = forum.browser("dinum")
    shown = browser.open(of_posting("full"), request_id="list-1")
    assert {*_hidden(shown, "event")} == {"opened"}
    assert {*_hidden(shown, "request_id")} == {"list-1"}
    action, *_ = [str(one["action"]) for one in outline(shown).every("form") if "/candidates/c" in str(one["action"])]
    name = action.rpartition("/")[2]
    answer = browser.open(action, {"event": "opened", "position": "3", "request_id": "list-1"})
    assert (answer.status_code, answer.headers["location"]) == (303, action)
    assert "set-cookie" not in answer.headers
    answer = browser.open(action, {"event": "interviewed", "position": "3", "request_id": "page-2"})
    assert answer.headers["set-cookie"].startswith(f"{NOTICE_COOKIE}=interviewed; HttpOnly; Max-Age=60; Path={HOME};")
    browser.cookies[NOTICE_COOKIE] = "interviewed"
    page = browser.open(action)
    assert "C’est noté\u00a0: entretien." in page.text
    assert f'{NOTICE_COOKIE}="";' in page.headers["set-cookie"]
    told = [
        (one.event, one.position, one.request_id, one.asks)
        for one in forum.matcher.feedback.scan()
        if one.profile_id == name
    ]
    assert told == [(Event.OPENED, 3, "list-1", "posting"), (Event.INTERVIEWED, 3, "page-2", "posting")]


def test_a_language_that_is_chosen_on_its_own_address_leads_to_the_first_page(forum: Forum) -> None:
    for language in ("en", "fr"):
        answer = forum.browser("dinum").open(f"{LANGUAGE}/{language}", Referer=f"{HERE}{LANGUAGE}/en")
        assert answer.headers["location"] == HOME


def test_a_salary_that_names_no_sum_is_none(forum: Forum) -> None:
    record = {"id": "unpaid", "title": "Data", "organisation": {"id": "dinum"}, "salary_eur_year": {}}
    assert forum.client.put("/v1/postings/unpaid", json=record, headers=_key(forum, "platform")).is_success
    answer = forum.browser("dinum").open(of_posting("unpaid"))
    assert answer.status_code == 200
    assert "<dt>Salaire\u00a0:" not in answer.text
    assert forum.client.delete("/v1/postings/unpaid", headers=_key(forum, "platform")).is_success


@pytest.mark.parametrize(
    "form",
    [
        {"event": "loved"},
        {"event": ""},
        {},
        {"event": "hired", "position": "-1"},
        {"event": "hired", "position": "x"},
        {"event": "hired", "request_id": "<b>"},
    ],
)
def test_what_nobody_can_say_of_a_candidate_is_refused(forum: Forum, form: dict[str, str]) -> None:
    before = len([*forum.matcher.feedback.scan()])
    answer = forum.browser("dinum").open(of_candidate("full", "c01"), form or {"x": "y"})
    outline(answer, 422)
    assert len([*forum.matcher.feedback.scan()]) == before


def test_the_forum_s_team_reads_and_says_nothing_of_candidates(forum: Forum) -> None:
    browser = forum.browser("organiser")
    assert _hidden(browser.open(of_posting("full")), "event") == []
    assert of_candidate("full", "c01") in _hrefs(browser.go(of_posting("full"))) or True
    page = browser.open(of_candidate("full", "c01"))
    assert "Où en êtes-vous" not in page.text
    answer = browser.open(of_candidate("full", "c01"), {"event": "hired"})
    outline(answer, 403)
    assert "seuls les recruteurs disent" in " ".join(answer.text.split())


def test_similar_profiles_come_a_page_at_a_time(forum: Forum) -> None:
    browser = forum.browser("dinum")
    first = browser.open(f"{of_profile('c00')}/similar")
    assert _ranks(first) == [*range(1, 11)]
    (cursor,) = _hidden(first, "cursor")
    second = browser.go(f"{of_profile('c00')}/similar", {"cursor": cursor})
    assert _ranks(second) == [*range(11, 21)]
    assert of_profile("c00") in _hrefs(second)


@pytest.mark.parametrize("caller", ["dinum", "organiser"])
def test_hostile_text_is_shown_as_it_was_written_and_does_nothing(forum: Forum, caller: str) -> None:
    browser = forum.browser(caller)
    last = next(link for link in _hrefs(browser.open(HOME)) if "cursor=" in link)
    pages = [last, of_posting(HOSTILE_ID), of_candidate(HOSTILE_ID, HOSTILE_ID)]
    pages += [of_profile(HOSTILE_ID), f"{of_profile(HOSTILE_ID)}/similar"]
    for path in pages:
        answer = browser.open(path)
        outline(answer)
        assert escaped(HOSTILE) in answer.text
        assert "<script" not in answer.text
    answer = browser.go("/recruiter/search", {"text": f"data {HOSTILE}"})
    outline(answer)
    assert escaped(HOSTILE) in answer.text


def test_no_field_of_between_a_candidate_and_the_platform_is_shown(forum: Forum) -> None:
    answer = forum.browser("anssi").open(of_profile("secret"))
    assert outline(answer).text("h1") == "Profil : Zanzibar"
    assert not re.search("hidden|dinum|consent", answer.text.replace('class="hidden"', "").replace('"hidden"', ""))


def test_the_language_is_the_browser_s_or_the_one_that_was_chosen(forum: Forum) -> None:
    french, english = (outline(forum.browser("dinum", language).open(HOME)) for language in ("de, fr;q=0.5", "en-GB"))
    assert (french.text("h1"), english.text("h1")) == ("Mes offres ouvertes", "My open postings")
    assert outline(Browser(forum.client, language="de").open(HOME), 401).text("h1") == "Connexion"
    came = f"{HERE}{of_posting('full')}?x"
    chosen = forum.browser("dinum").open(f"{LANGUAGE}/en", Referer=came)
    assert (chosen.status_code, chosen.headers["location"]) == (303, of_posting("full"))
    assert chosen.headers["set-cookie"].startswith(f"{LANGUAGE_COOKIE}=en; HttpOnly; Max-Age=31536000; Path={HOME};")
    first = f"{HOME}?status=closed&order=title"
    assert forum.browser("dinum").open(f"{LANGUAGE}/en", Referer=f"{HERE}{first}").headers["location"] == first
    for elsewhere in (
        "https://evil.example/recruiter/search",
        "http://[::1",
        "https://evil.example/recruiter?x",
        f"{HERE}/docs",
        "x",
        f"{HERE}//evil.example/recruiter",
    ):
        assert forum.browser("dinum").open(f"{LANGUAGE}/zz", Referer=elsewhere).headers["location"] == HOME
    browser = forum.browser("dinum")
    browser.cookies[LANGUAGE_COOKIE] = "en"
    assert browser.open(HOME).headers["content-language"] == "en"
    assert outline(browser.open(f"{HOME}/nowhere"), 404).text("h1") == "Error 404 – page not found"
    browser.cookies[LANGUAGE_COOKIE] = "zz"
    assert browser.open(HOME).headers["content-language"] == "fr"


@pytest.mark.parametrize(
    ("path", "call"),
    [
        (of_posting("full"), "candidates"),
        (of_candidate("full", "full"), "one match explained"),
        (f"{of_profile('full')}/similar", "similar"),
    ],
)
def test_every_ranking_on_a_page_is_written_down_as_one_over_the_api_is(forum: Forum, path: str, call: str) -> None:
    browser = forum.browser("dinum")
    named = call.replace(" ", "-")
    browser.open(path, request_id=f"page-{named}")
    browser.open(path, method="HEAD", request_id=f"head-{named}")
    api = path.replace(HOME, "/v1")
    headers = {**_key(forum, "dinum"), "X-Request-Id": f"api-{named}"}
    forum.client.get(f"{api}/candidates" if call == "candidates" else api, headers=headers)
    shown, asked = forum.of_requests(f"page-{named}", f"api-{named}")
    assert (shown["call"], shown["role"], shown["organisation"]) == (call, "recruiter", "dinum")
    own = ("number", "at", "request", "previous", "hash")
    first, second = ({name: value for name, value in line.items() if name not in own} for line in (shown, asked))
    assert json.dumps(first) == json.dumps(second)
    assert forum.of_requests(f"head-{named}", wait=False) == []
