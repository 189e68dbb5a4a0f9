"""A search that comes with a key which has ended goes on with the next key, and is nobody else's meanwhile."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.keyring import FRESH_S, UNKNOWN_FRESH_S
from api.pages.addresses import HOME, SEARCH, SIGN_IN
from matcher.core.access import Role, new_key
from tests.api.answers import CANARY
from tests.api.pages.browser import Browser, outline
from tests.api.pages.conftest import Forum

TYPED = f"{CANARY} élève & Python"
SEARCHED = {"text": TYPED, "region": "84", "weight_title": "40"}


def _signed(browser: Browser, key: str, **form: str) -> Any:
    return browser.open(SIGN_IN, {"key": key, "next": HOME, **form})


def _kept(answer: Any) -> str:
    (kept,) = [str(one["value"]) for one in outline(answer, 401).every("input") if one["name"] == "kept"]
    return kept


@pytest.fixture
def leaving(forum: Forum) -> Browser:
    """Of a recruiter of Dinum whose key will be revoked."""
    now = datetime.now(UTC)
    key, text = new_key(Role.RECRUITER, now=now, expires_at=now + timedelta(days=1), organisation="dinum")
    forum.matcher.keys.add(key)
    time.sleep(UNKNOWN_FRESH_S)
    return Browser(forum.client, text)


def _end(forum: Forum, browser: Browser) -> None:
    forum.matcher.keys.revoke(str(browser.key).split("_")[1], now=datetime.now(UTC))
    time.sleep(FRESH_S)
    outline(browser.open(HOME), 401)


def test_a_search_that_was_typed_when_the_key_ended_goes_on_with_the_next_key(forum: Forum, leaving: Browser) -> None:
    _end(forum, leaving)
    answer = leaving.open(SEARCH, SEARCHED)
    assert "Votre recherche est gardée" in answer.text
    assert CANARY not in answer.text
    wrong = _signed(leaving, "fm_x_y", kept=_kept(answer), next=SEARCH)
    signed = _signed(leaving, forum.keys["dinum"][1], kept=_kept(wrong), next=SEARCH)
    address = signed.headers["location"]
    assert address.startswith(f"{SEARCH}/")
    assert CANARY not in address
    browser = forum.browser("dinum")
    found = outline(browser.open(address))
    assert {one["value"] for one in found.every("input") if one["name"] in SEARCHED and one.get("value")} >= {"40"}
    assert CANARY in browser.open(address).text
    assert 'id="region-84"' not in browser.open(SEARCH).text
    outline(forum.browser("organiser").open(address), 404)


def test_a_page_of_a_search_that_was_found_before_the_key_ended_opens_with_the_next_key(
    forum: Forum, leaving: Browser
) -> None:
    path = leaving.open(SEARCH, SEARCHED).headers["location"]
    _end(forum, leaving)
    kept = _kept(leaving.open(path))
    assert kept not in path
    outline(forum.browser("dinum").open(path), 404)
    address = _signed(leaving, forum.keys["dinum"][1], kept=kept, next=path).headers["location"]
    assert address != path
    assert CANARY in forum.browser("dinum").open(address).text


def test_what_is_wrong_with_a_kept_search_is_said_beside_it(forum: Forum, leaving: Browser) -> None:
    _end(forum, leaving)
    kept = _kept(leaving.open(SEARCH, {**SEARCHED, "weight_title": "many"}))
    address = _signed(leaving, forum.keys["dinum"][1], kept=kept).headers["location"]
    found = forum.browser("dinum").open(address)
    assert [one for one in outline(found, 422).every("input") if one.get("aria-invalid")]
    assert CANARY in found.text


def test_a_kept_search_is_nobody_else_s_and_stands_nowhere_else(forum: Forum, leaving: Browser) -> None:
    _end(forum, leaving)
    kept = _kept(leaving.open(SEARCH, SEARCHED))
    now = datetime.now(UTC)
    key, theirs = new_key(Role.RECRUITER, now=now, expires_at=now + timedelta(days=1), organisation="cnil")
    forum.matcher.keys.add(key)
    time.sleep(UNKNOWN_FRESH_S)
    for other in (theirs, forum.keys["organiser"][1]):
        assert _signed(leaving, other, kept=kept, next=SEARCH).headers["location"] == SEARCH
    for broken in (kept[:-2], "x", "é", ""):
        assert _signed(leaving, forum.keys["dinum"][1], kept=broken, next=SEARCH).headers["location"] == SEARCH
    outline(forum.browser("dinum").open(f"{SEARCH}/{kept}"), 404)
    assert 'name="kept"' not in leaving.open(HOME).text
    assert 'name="kept"' not in leaving.open(f"{HOME}/postings/full", {"cursor": "x"}).text
    assert 'name="kept"' not in leaving.open(SEARCH, {"text": "x " * 60_000}).text, "too long to be read"
    assert 'name="kept"' not in leaving.open(SEARCH, {"text": ""}).text
    long = leaving.open(SEARCH, {"text": "x"}, **{"Content-Length": "9" * 5_000})
    assert (long.status_code, 'name="kept"' in long.text) == (401, False)
    assert _kept(leaving.open(SEARCH, {"text": "x"}, **{"Content-Length": f"{'0' * 5_000}6"}))
    assert 'name="kept"' not in leaving.open(SEARCH, SEARCHED, **{"Content-Type": "text/plain"}).text


def test_nothing_is_read_of_whoever_has_no_key_that_was_one(
    forum: Forum, leaving: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    _end(forum, leaving)

    async def never(_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("api.pages.typed.read_form", never)
    mark, key_id, _ = str(leaving.key).split("_", 2)
    for key in (None, "fm_x_y", f"{mark}_{key_id}_guessed", "token"):
        answer = Browser(forum.client, key).open(SEARCH, SEARCHED)
        outline(answer, 401)
        assert 'name="kept"' not in answer.text
