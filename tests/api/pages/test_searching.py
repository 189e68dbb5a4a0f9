"""Free-text search as a recruiter uses it: what was understood, filters that work, settings, pages, what is wrong."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from api.pages.addresses import SEARCH
from matcher.compose import made_by
from matcher.core.scoring import ASPECTS
from matcher.decisions import reading
from matcher.decisions.repeat import read_requests
from matcher.decisions.replay import Replayer
from tests.api.answers import CANARY
from tests.api.pages.browser import escaped, outline
from tests.api.pages.conftest import Forum


def _found(answer: Any) -> int:
    (said,) = re.findall(r"<h2[^>]*>(\d+) profils? trouvés?</h2>", answer.text)
    return int(said)


def _counts(answer: Any) -> dict[str, int]:
    pattern = r'for="([^"]+)">[^<]*<span class="count">\((\d+)\)'
    return {name: int(number) for name, number in re.findall(pattern, answer.text)}


def test_a_search_shows_what_was_understood_and_who_was_found(forum: Forum) -> None:
    browser = forum.browser("dinum")
    empty = outline(browser.open(SEARCH))
    assert empty.text("h1") == "Rechercher des profils"
    answer = browser.go(SEARCH, {"text": 'data scientist, Lyon, -PHP, télétravail, CDI, anglais, 3 ans, "ans de"'})
    said = outline(answer).text("section")
    for part in ("Ne doit pas figurer : PHP", "Lieux : Lyon", "3 ans au moins", "« ans de »", "Langues : anglais"):
        assert part in said.replace("\u00a0", " ")
    api = forum.client.post(
        "/v1/profiles/search",
        json={"text": "data scientist"},
        headers={"Authorization": f"Bearer {forum.keys['dinum'][1]}"},
    ).json()
    answer = browser.go(SEARCH, {"text": "data scientist"})
    assert _found(answer) == api["total"]
    assert api["matches"][0]["sentence"]["fr"] in answer.text
    counts = {f"{facet}-{value}": number for facet, values in api["counts"].items() for value, number in values.items()}
    assert _counts(answer) == counts
    assert "Zanzibar" not in answer.text


def test_filters_narrow_what_is_found_stay_ticked_and_can_be_taken_away(forum: Forum) -> None:
    browser = forum.browser("dinum")
    every = browser.go(SEARCH, {"text": "data scientist"})
    counts = _counts(every)
    answer = browser.go(SEARCH, {"text": "data scientist", "experience": ["3-5", "11+"], "contract": "contract_agent"})
    assert 0 < _found(answer) < _found(every)
    ticked = {one["id"] for one in outline(answer).every("input") if "checked" in one}
    assert ticked == {"experience-3-5", "experience-11+", "contract-contract_agent"}
    assert _found(browser.go(SEARCH, {"text": "data scientist", "experience": "3-5"})) == counts["experience-3-5"]
    cleared = browser.go(SEARCH, {"text": "data scientist", "experience": "3-5", "clear": "yes"})
    assert _found(cleared) == _found(every)
    nobody = browser.go(SEARCH, {"text": "data scientist", "region": "94"})
    assert "Aucun profil ne correspond" in nobody.text
    assert "region-94" in {one["id"] for one in outline(nobody).every("input") if "checked" in one}


def test_pages_of_a_search_together_are_what_it_finds(forum: Forum) -> None:
    browser = forum.browser("dinum")
    form: dict[str, Any] = {"text": "data scientist", "contract": "unknown", "weight_title": "30"}
    answer, ranks = browser.go(SEARCH, form), []
    while True:
        ranks += [int(one) for one in re.findall(r'class="rank">n°.(\d+)', answer.text)]
        *_, further = outline(answer).every("nav")
        cursors = re.findall(r'name="cursor" value="([^"]+)"', answer.text)
        if not cursors:
            break
        assert further["class"] == "pages"
        answer = browser.go(SEARCH, {**form, "cursor": cursors[0]})
    assert ranks == [*range(1, _found(answer) + 1)]


def test_settings_change_the_ranking_as_the_api_s_weights_do(forum: Forum) -> None:
    browser = forum.browser("dinum")
    body = {"text": "data scientist", "words_weight": 0.05, "weights": {"title": 0.8, "experience": 0.5}}
    api = forum.client.post(
        "/v1/profiles/search", json=body, headers={"Authorization": f"Bearer {forum.keys['dinum'][1]}"}
    ).json()
    form = {"text": "data scientist", "weight_words": "5", "weight_title": "80", "weight_experience": "50,0"}
    answer = browser.go(SEARCH, form)
    scores = [f"{one['score'] * 100:.1f}".replace(".", ",") for one in api["matches"]]
    assert re.findall(r"Score.: ([\d,]+) sur 100", answer.text) == scores
    assert 'value="50,0"' in answer.text
    (details,) = [one for one in outline(answer).every("details") if one.get("id") == "weights"]
    assert "open" in details


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({"text": ""}, "text", "Écrivez ce que vous cherchez."),
        ({"text": "   "}, "text", "Le texte ne demande rien"),
        ({"text": "-PHP"}, "text", "Le texte ne demande rien"),
        ({"text": CANARY * 300}, "text", "Le texte dépasse 2\u202f000 caractères"),
        ({"text": "data", "region": CANARY}, "filters", "Un filtre n’est pas connu"),
        ({"text": "data", "weight_title": "150"}, "weight_title", "Intitulé\u00a0: écrivez un nombre de 0 à 100"),
        ({"text": "data", "weight_skills": CANARY}, "weight_skills", "Compétences\u00a0: écrivez un nombre"),
        ({"text": "data", "weight_words": "nan"}, "weight_words", "Mots exacts\u00a0: écrivez un nombre"),
        ({"text": "data", "cursor": "x"}, "text", "La page demandée n’est plus celle de cette recherche"),
        (
            {
                "text": "data",
                **{f"weight_{name}": "0" for name in ASPECTS},
            },
            "weights",
            "Les réglages ne doivent pas tous être à zéro.",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_is_kept(
    forum: Forum, form: dict[str, str], field: str, said: str
) -> None:
    answer = forum.browser("dinum").go(SEARCH, form)
    found = outline(answer, 422)
    assert said in answer.text
    assert f"#{field.replace('filters', 'search')}" in {one.get("href") for one in found.every("a")}
    if field not in {"filters", "weights"}:
        (wrong,) = [one for one in found.every("input") if one.get("aria-invalid")]
        assert (wrong["id"], f"{field}-wrong" in str(wrong["aria-describedby"])) == (field, True)
    assert found.text("title").startswith("Erreur")
    assert escaped(form["text"]) in answer.text
    (text,) = [one for one in found.every("input") if one.get("id") == "text"]
    assert "maxlength" not in text  # a browser would cut what is too long without a word
    (other,) = [str(one["formaction"]) for one in found.every("button") if "formaction" in one]
    again = forum.browser("dinum").open(other, form)  # in the other language, with all that was typed
    assert (again.status_code, again.headers["location"]) == (307, SEARCH)


def test_filters_stay_where_something_else_was_wrong(forum: Forum) -> None:
    browser = forum.browser("dinum")
    form = {"text": "data scientist", "experience": ["3-5", "11+"], "region": "94"}
    found = outline(browser.go(SEARCH, {**form, "weight_title": "abc"}), 422)
    kept = [(str(one["name"]), str(one["value"])) for one in found.every("input") if one.get("type") == "hidden"]
    assert kept == [("region", "94"), ("experience", "3-5"), ("experience", "11+")]


def test_what_is_far_too_long_does_not_come_back_whole(forum: Forum) -> None:
    form = {"text": '"' * 400_000, "weight_title": "<" * 100_000, "region": ["<" * 100_000]}
    answer = forum.browser("dinum").open(SEARCH, form)
    outline(answer, 422)
    assert len(answer.content) < 200_000


@pytest.mark.parametrize(
    "raw",
    [
        b"text=%ED%A0%80%FF+data",
        "text=data\ud800".encode("utf-8", "surrogatepass"),
        b"text=data%00",
        b"text=data&text=other&zorglub=1&=&&%",
    ],
)
def test_bytes_that_are_no_text_are_answered_all_the_same(forum: Forum, raw: bytes) -> None:
    browser = forum.browser("dinum")
    sent = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": "http://testserver",
        "Cookie": f"forum_matcher_key={browser.key}",
    }
    answer = forum.client.post(SEARCH, content=raw, headers=sent, follow_redirects=False)
    assert answer.status_code == 303
    outline(browser.open(answer.headers["location"]))


def test_a_search_is_written_down_once_each_time_that_it_is_shown(forum: Forum) -> None:
    browser = forum.browser("dinum")
    form = {"text": "data scientist", "experience": "3-5"}
    moved = browser.open(SEARCH, form, request_id="sent")
    browser.open(moved.headers["location"], request_id="shown")
    browser.open(SEARCH, {"text": ""}, request_id="wrong")
    browser.open(SEARCH, request_id="empty")
    (line,) = forum.of_requests("shown")
    assert (line["call"], line["role"], line["parameters"]["filters"]) == ("search", "recruiter", ["experience=3-5"])
    assert forum.of_requests("sent", "wrong", "empty", wait=False) == []


def test_a_search_on_a_page_is_repeated_by_the_body_that_its_form_stands_for(forum: Forum, tmp_path: Path) -> None:
    browser = forum.browser("dinum")
    form = {"text": "data scientist, Python", "contract": "unknown", "weight_title": "40"}
    (cursor, *_) = re.findall(r'name="cursor" value="([^"]+)"', browser.go(SEARCH, form).text)
    moved = browser.open(SEARCH, {**form, "cursor": cursor})
    browser.open(moved.headers["location"], request_id="second")
    forum.of_requests("second")
    body = {"text": form["text"], "filters": {"contract": ["unknown"]}, "weights": {"title": 0.4}, "top": 10}
    sent = tmp_path / "searches.ndjson"
    sent.write_text(json.dumps(body), encoding="utf-8")
    assert isinstance(forum.client.app, FastAPI)
    state = forum.client.app.state
    replayer = Replayer(
        forum.matcher,
        pseudonyms=state.pseudonyms,
        made_by=made_by(state.settings, forum.matcher),
        given=read_requests(sent),
        after=0,
    )
    (entry,) = reading.of_request(forum.home / "decisions", "second")
    assert replayer.replay(entry).is_exact
