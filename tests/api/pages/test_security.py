"""Who signs in, what a browser is told, what it must not send, and what stands in no address and no log."""

import hashlib
import json
import logging
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.keyring import FRESH_S
from api.pages.addresses import HOME, KEY_COOKIE, SEARCH, SIGN_IN, SIGN_OUT
from api.pages.entrance import HEADERS
from api.pages.sealing import MOST, Seal
from matcher.core.access import Role, new_key
from matcher.core.domain import Kind
from matcher.core.errors import StoreUnavailable
from matcher.core.pages import LOT_BYTES, MOST_SEEN, SIGNATURE_BYTES, written_cursor
from matcher.decisions.pseudonyms import Pseudonyms
from matcher.engine import Matcher
from tests.api.answers import CANARY
from tests.api.conftest import application, open_on
from tests.api.pages.browser import HERE, Browser, outline
from tests.api.pages.conftest import Forum

TYPED = f"{CANARY} élève & Python"


def _signed(browser: Browser, key: str, **form: str) -> Any:
    return browser.open(SIGN_IN, {"key": key, "next": HOME, **form})


def test_a_key_is_taken_and_kept_where_nobody_but_the_pages_can_read_it(forum: Forum) -> None:
    answer = _signed(forum.browser(None), f"  {forum.keys['dinum'][1]}\n")
    assert (answer.status_code, answer.headers["location"]) == (303, HOME)
    cookie = answer.headers["set-cookie"]
    assert cookie == f"{KEY_COOKIE}={forum.keys['dinum'][1]}; HttpOnly; Path={HOME}; SameSite=strict"


@pytest.mark.parametrize("headers", [{"Origin": "https://testserver"}, {"Origin": HERE, "X-Forwarded-Proto": "x"}])
def test_behind_https_the_cookie_is_never_sent_without_it(forum: Forum, headers: dict[str, str]) -> None:
    is_https = headers["Origin"].startswith("https")
    answer = forum.browser(None).open(SIGN_IN, {"key": forum.keys["dinum"][1]}, **headers)
    assert ("Secure" in answer.headers["set-cookie"]) == is_https


@pytest.mark.parametrize("broken", ["http://[::1", "https://["])
def test_an_address_that_is_none_is_nobody_s_failure(forum: Forum, broken: str) -> None:
    sent = {"Origin": broken, "Sec-Fetch-Site": "same-origin"}
    assert forum.browser(None).open(SIGN_IN, {"key": forum.keys["dinum"][1]}, **sent).status_code == 303
    assert forum.browser(None).open(f"{HOME}/language/en", Referer=broken).headers["location"] == HOME


def test_behind_a_proxy_nobody_is_told_to_sign_out_here_or_asked_for_a_key(forum: Forum) -> None:
    organiser = f"Bearer {forum.keys['organiser'][1]}"
    shown = forum.browser("dinum").open(HOME, Authorization=organiser)
    assert "Toutes les offres ouvertes" in shown.text  # what the proxy says goes before a cookie
    assert "Se déconnecter" not in shown.text
    assert "Se déconnecter" in forum.browser("dinum").open(HOME).text
    refused = forum.browser("dinum").open(HOME, Authorization="Bearer fm_x_y")
    assert "auprès du fournisseur d’identité" in refused.text
    assert [one for one in outline(refused, 401).every("input") if one.get("id") == "key"] == []
    assert "set-cookie" not in refused.headers


def test_what_was_sent_without_a_key_is_said_to_be_lost(forum: Forum) -> None:
    for browser in (forum.browser(None), Browser(forum.client, "fm_x_y")):
        answer = browser.open(SEARCH, {"text": TYPED})
        (next_,) = [one["value"] for one in outline(answer, 401).every("input") if one["name"] == "next"]
        assert (next_, "n’a pas été gardé" in answer.text, CANARY in answer.text) == (SEARCH, True, False)
        assert "n’a pas été gardé" not in browser.open(SEARCH).text


def test_who_signs_in_goes_on_to_the_page_that_asked_and_nowhere_else(forum: Forum) -> None:
    browser, key = forum.browser(None), forum.keys["dinum"][1]
    asked = outline(browser.open(f"{HOME}/postings/full?x=1"), 401)
    (next_,) = [one["value"] for one in asked.every("input") if one["name"] == "next"]
    assert next_ == f"{HOME}/postings/full"
    assert _signed(browser, key, next=next_).headers["location"] == next_
    longest = f"{SEARCH}/{'x' * MOST}"
    assert _signed(browser, key, next=longest).headers["location"] == longest
    for elsewhere in ("//evil.example", "https://evil.example", "/docs", f"{HOME}/\r\nX: y", f"{HOME}@evil", ""):
        assert _signed(browser, key, next=elsewhere).headers["location"] == HOME


@pytest.mark.parametrize("key", ["", "fm_x_y", CANARY, "é", "x" * 5000, "a b", "a\x00b", "<script>", "Bearer x"])
def test_what_opens_nothing_is_refused_beside_the_field_and_not_repeated(forum: Forum, key: str) -> None:
    answer = _signed(forum.browser(None), key)
    found = outline(answer, 401)
    (field,) = [one for one in found.every("input") if one.get("id") == "key"]
    assert "key-wrong" in str(field["aria-describedby"])
    assert "Cette clé n’ouvre rien" in answer.text
    assert "set-cookie" not in answer.headers
    assert CANARY not in answer.text


def test_the_platform_s_key_opens_no_page_and_the_page_says_so(forum: Forum) -> None:
    asked = _signed(forum.browser(None), forum.keys["platform"][1])
    shown = forum.browser("platform").open(HOME)
    for answer in (asked, shown):
        outline(answer, 403)
        assert "la plateforme d’inscription, un programme" in answer.text
        assert "set-cookie" not in answer.headers


def test_the_list_that_was_open_is_open_again_after_signing_in(forum: Forum) -> None:
    stranger = forum.browser(None)
    wanted = f"{HOME}?status=closed&order=title"
    (next_,) = [one["value"] for one in outline(stranger.open(wanted), 401).every("input") if one.get("name") == "next"]
    assert next_ == wanted
    for asked, goes_on in ((wanted, wanted), (f"{HOME}?next=//elsewhere", HOME), ("//elsewhere?status=closed", HOME)):
        answer = stranger.open(SIGN_IN, {"key": forum.keys["dinum"][1], "next": asked})
        assert (asked, answer.headers["location"]) == (asked, goes_on)


def test_a_stranger_s_form_is_read_only_as_far_as_one_can_go(forum: Forum) -> None:
    stranger = forum.browser(None)
    answer = stranger.open(SIGN_IN, {"key": "zz", "next": HOME, "more": "x" * 200_000})
    assert answer.status_code == 413
    long = f"{'0' * 15}{10**6}"
    assert stranger.open(SIGN_IN, {"key": "x" * 10**6}, **{"Content-Length": long}).status_code == 413
    short = {"Content-Length": f"{'0' * 5_000}8"}
    assert stranger.open(SIGN_IN, {"key": "zzzz"}, **short).status_code == 401
    longest = {"key": forum.keys["dinum"][1], "next": "/%" + "é" * 4_000, "kept": "=" * 14_000}
    assert stranger.open(SIGN_IN, longest).status_code == 303


def test_who_signs_out_has_no_key_any_more(forum: Forum) -> None:
    answer = forum.browser("dinum").open(SIGN_OUT, {})
    assert (answer.status_code, answer.headers["location"]) == (303, SIGN_IN)
    gone = [one for one in answer.headers.get_list("set-cookie") if one.startswith(KEY_COOKIE)]
    assert len(gone) == 1
    assert "Max-Age=0" in gone[0]
    assert f"Path={HOME};" in gone[0]


def test_a_key_that_is_revoked_meanwhile_ends_the_session_with_the_next_page(forum: Forum) -> None:
    browser = forum.browser("anssi")
    outline(browser.open(HOME))
    forum.matcher.keys.revoke(forum.keys["anssi"][0], now=datetime.now(UTC))
    time.sleep(FRESH_S)
    answer = browser.open(f"{HOME}/postings/theirs")
    outline(answer, 401)
    assert "elle a expiré ou a été révoquée" in answer.text
    assert answer.headers["set-cookie"].startswith(f'{KEY_COOKIE}="";')
    assert "Zanzibar" not in answer.text


@pytest.mark.parametrize("prefix", ["/v1/profiles", f"{HOME}/profiles", "/v1/postings", f"{HOME}/postings"])
def test_what_is_not_for_a_caller_costs_the_reads_of_what_is_not_there(
    forum: Forum, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    asked, read = [], forum.matcher.get
    hidden = "secret" if "profiles" in prefix else "theirs"

    def counted(kind: Kind, name: str) -> Any:
        asked.append(name)
        return read(kind, name)

    key = {"Authorization": f"Bearer {forum.keys['dinum'][1]}"}
    for name in (hidden, "full"):
        assert forum.matcher.record_at_hand(Kind(prefix.rpartition("/")[2][:-1]), name)
    monkeypatch.setattr(forum.matcher, "get", counted)
    for name in ("full", hidden, "nobody"):
        forum.client.get(f"{prefix}/{name}", headers=key)
    assert asked.count(hidden) == asked.count("nobody")
    assert "full" not in asked
    assert asked.count(hidden) or prefix == f"{HOME}/postings"  # a ranking is refused from memory


PAGES = [HOME, SEARCH, SIGN_IN, f"{HOME}/nowhere", f"{HOME}/postings/full", f"{HOME}/profiles/full"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_tells_the_browser_to_run_keep_and_pass_on_nothing(forum: Forum, path: str) -> None:
    for browser in (forum.browser("dinum"), forum.browser(None), forum.browser("platform")):
        answer = browser.open(path)
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    policy = HEADERS["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} <= {*policy}
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_the_style_alone_is_kept_for_a_while(forum: Forum) -> None:
    answer = forum.browser(None).open(f"{HOME}/style.css")
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "max-age=600"
    assert not re.search(r"url\(|@import|expression", answer.text)


FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": HERE, "Sec-Fetch-Site": "cross-site"},
    {"Origin": HERE, "Sec-Fetch-Site": "same-site"},
    {"Origin": HERE, "Sec-Fetch-Site": "none"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_form_of_another_site_is_refused_and_nothing_is_done(forum: Forum, headers: Mapping[str, str]) -> None:
    browser = forum.browser("dinum")
    before = len([*forum.matcher.feedback.scan()])
    path = f"{HOME}/postings/full/candidates/full"
    for where, form in ((path, {"event": "hired"}), (SIGN_IN, {"key": browser.key}), (SIGN_OUT, {}), (SEARCH, {})):
        answer = browser.open(where, form, **headers)
        outline(answer, 403)
        assert "Ce formulaire n’a pas été envoyé depuis une page de ce service" in answer.text
        assert "set-cookie" not in answer.headers
    assert len([*forum.matcher.feedback.scan()]) == before


def test_a_browser_that_says_the_form_is_ours_is_believed(forum: Forum) -> None:
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert forum.browser("dinum").open(SEARCH, {"text": "data"}, **headers).status_code == 303


def test_no_typed_word_and_no_cursor_stands_in_an_address(forum: Forum) -> None:
    browser = forum.browser("dinum")
    answer = browser.open(SEARCH, {"text": TYPED, "region": "84"})
    address = urlsplit(answer.headers["location"])
    assert address.query == ""
    assert CANARY not in address.path
    page = browser.open(address.path)
    links = [str(one["href"]) for one in outline(page).every("a")]
    assert not [link for link in links if "?" in link or CANARY in link]
    shown = outline(browser.open(f"{HOME}/postings/full"))
    assert not [one["href"] for one in shown.every("a") if "?" in str(one["href"])]
    assert all(one["method"] == "post" for one in shown.every("form"))


def test_what_is_sealed_opens_for_nobody_else_and_nowhere_else(forum: Forum) -> None:
    path = forum.browser("dinum").open(SEARCH, {"text": TYPED}).headers["location"]
    outline(forum.browser("dinum").open(path))
    outline(forum.browser("organiser").open(path), 404)
    sealed = path.rpartition("/")[2]
    for other in (sealed[:-2], f"{sealed[:20]}{'B' if sealed[20] == 'A' else 'A'}{sealed[21:]}", "x", "é", "_" * 40):
        outline(forum.browser("dinum").open(f"{SEARCH}/{other}"), 404)
    outline(forum.browser("dinum").open(f"{HOME}/postings/full/page/{sealed}"), 404)


def test_what_is_too_long_for_an_address_is_answered_at_once(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = forum.browser("dinum")
    cursors = {
        path: re.findall(r'name="cursor" value="([^"]+)"', browser.open(path).text)[0]
        for path in (f"{HOME}/postings/full", f"{HOME}/profiles/full/similar")
    }
    monkeypatch.setattr("api.pages.sealing.MOST", 100)
    assert outline(browser.open(SEARCH, {"text": TYPED, "region": "84"})).text("h1") == "Rechercher des profils"
    for path, cursor in cursors.items():
        answer = browser.open(path, {"cursor": cursor})
        outline(answer)
        assert 'start="11"' in answer.text


def test_the_key_that_seals_is_not_the_secret_of_the_pseudonyms_and_no_other_purpose_s() -> None:
    keys = {Pseudonyms(secret).key_for(purpose) for secret in (b"k" * 32, b"l" * 32) for purpose in ("a", "b")}
    assert {len(key) for key in keys} == {32}
    assert len(keys | {b"k" * 32}) == 5


def test_the_longest_search_and_the_longest_cursor_fit_an_address() -> None:
    seal = Seal(b"k" * 32)
    longest = hashlib.shake_256(b"seen").digest(MOST_SEEN * LOT_BYTES + SIGNATURE_BYTES)
    assert seal.sealed(written_cursor(longest).encode(), whose="key 0123456789ab", of="candidates x")
    assert seal.sealed(("data " * 400).encode(), whose="a", of="b")
    assert seal.sealed(hashlib.shake_256(b"x").digest(MOST), whose="a", of="b") is None


def test_no_typed_word_and_no_id_of_a_person_reaches_a_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    matcher = open_on(tmp_path)
    with caplog.at_level(logging.INFO), application(tmp_path, matcher, log_requests=True) as client:
        browser = Browser(client)
        client.put(f"/v1/profiles/{CANARY}", json={"id": CANARY, "headline": "x", "visible_to_recruiters": True})
        browser.go(SEARCH, {"text": TYPED})
        browser.go(SEARCH, {"text": f'"{CANARY}'})
        browser.open(f"{HOME}/profiles/{CANARY}")
        browser.go(SIGN_IN, {"key": CANARY})
        browser.open(f"{HOME}/{CANARY}?{CANARY}={CANARY}")
    ours = [record for record in caplog.records if record.name.startswith("api")]
    assert {record.args["route"] for record in ours if isinstance(record.args, dict)} >= {
        SEARCH,
        f"{SEARCH}/{{sealed}}",
        f"{HOME}/profiles/{{profile_id}}",
    }
    assert not [record for record in ours if CANARY in json.dumps(record.args, default=str) + record.getMessage()]
    assert not [path for path in (tmp_path / "decisions").iterdir() if CANARY.encode() in path.read_bytes()]


@pytest.fixture
def narrow(tmp_path: Path, matcher: Matcher) -> Any:
    """An application whose limits are soon reached."""

    def start(**settings: float) -> TestClient:
        return application(tmp_path, matcher, **settings)

    return start


def test_limits_hold_for_pages_and_are_told_as_pages(narrow: Any) -> None:
    with narrow(max_body_bytes=1_000) as client:
        outline(Browser(client).open(SEARCH, {"text": "x" * 2_000}), 413)
        assert client.post("/v1/suggestions", json={"headline": "x" * 2_000}).headers["content-type"].endswith("json")
        sent = {"Origin": HERE, "Content-Type": "application/json"}
        outline(Browser(client).open(SEARCH, {"text": "x"}, **sent), 415)
        many = "&".join(f"region={number}" for number in range(300))
        answer = client.post(
            SEARCH, content=many, headers={**sent, "Content-Type": "application/x-www-form-urlencoded"}
        )
        outline(answer, 413)
        fields = "&".join("a=" for _ in range(201))
        assert len(fields) < 1_000
        form = {**sent, "Content-Type": "application/x-www-form-urlencoded"}
        outline(client.post(SEARCH, content=fields, headers=form), 400)
        outline(client.post(SEARCH, content=fields[3:], headers=form), 422)  # as many as may come, and no text
        outline(Browser(client).open(SEARCH, method="PUT", Origin=HERE), 405)
        answer = Browser(client).open(f"{HOME}?order=age")
        outline(answer, 422)


def test_a_caller_who_asks_too_often_is_told_so_on_a_page(narrow: Any, matcher: Matcher) -> None:
    now = datetime.now(UTC)
    key, text = new_key(Role.ORGANISER, now=now, expires_at=now + timedelta(days=1))
    matcher.keys.add(key)
    with narrow(rate_per_minute=2) as client:
        answers = [Browser(client, text).open(HOME) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, HTTPStatus.TOO_MANY_REQUESTS]
    outline(answers[-1], 429)
    assert answers[-1].headers["retry-after"]


def test_a_failure_and_a_database_that_is_away_are_told_as_pages_without_a_word_of_why(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise RuntimeError(CANARY)

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable(CANARY)

    for fails, status in ((failing, 500), (away, 503)):
        monkeypatch.setattr("api.routes.postings.listed_postings", fails)
        answer = forum.browser("dinum").open(HOME)
        outline(answer, status)
        assert "Référence à donner à l’équipe technique\u00a0: the-same" in answer.text
        assert CANARY not in answer.text
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_a_service_that_is_full_says_so_on_a_page(forum: Forum) -> None:
    assert isinstance(forum.client.app, FastAPI)
    house = forum.client.app.state.house
    places = [house.enter() for _ in range(2 * 9)]
    try:
        answer = forum.browser("dinum", "en").open(HOME)
    finally:
        for place in places:
            place.leave()
    assert outline(answer, 503).text("h1") == "Error 503 – the service is busy"
    assert answer.headers["retry-after"] == "1"
    outline(forum.browser("dinum").open(HOME))


def test_while_nobody_is_asked_who_they_are_pages_say_so_and_nobody_need_sign_in(narrow: Any) -> None:
    with narrow() as client:
        browser = Browser(client)
        assert "Accès libre" in browser.open(HOME).text
        assert browser.open(SIGN_IN, {"key": "anything"}).headers["location"] == HOME
        assert client.get("/", follow_redirects=False).headers["location"] == HOME


def test_what_cannot_be_written_down_is_not_shown_on_a_page_either(narrow: Any) -> None:
    with narrow() as client:
        client.post("/v1/postings", json={"id": "p", "title": "DSI"})
        client.app.state.decisions.stop()
        answer = Browser(client).open(f"{HOME}/postings/p")
    outline(answer, 503)
    assert "the-same" in answer.text
