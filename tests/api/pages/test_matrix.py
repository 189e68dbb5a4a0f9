"""Every page, asked by everyone about everything: as the API's matrix (tests/api/test_access_matrix.py), by a cookie.

A new page needs a line in PAGES here (and one in api/access.py): without it, the first test fails.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx2 import Response

from api import access
from api.pages.addresses import HOME, KEY_COOKIE
from api.pages.sealing import seal_of
from tests.api.pages.browser import Browser, outline
from tests.api.test_access_matrix import (
    CALLERS,
    NEVER_TOLD,
    POSTINGS,
    POSTINGS_OF_ONE_S_OWN,
    PROFILES,
    PROFILES_ONE_IS_SHOWN,
    ROUTES,
    STRANGERS,
    TARGETS,
    Seen,
    Service,
    _absent,
    _comparable,
    _parameter,
    service,
)

__all__ = ["service"]
pytestmark = pytest.mark.no_cover  # others run the same lines; measured, these take twice as long

EVERYONE = {
    "GET /": 303,
    "GET /recruiter/": 303,
    "GET /recruiter/style.css": 200,
    "GET /recruiter/language/{language}": 303,
    "POST /recruiter/language/{language}": 307,
    "GET /recruiter/sign-in": 200,
    "POST /recruiter/sign-in": 401,
    "POST /recruiter/sign-out": 303,
}
"""What is for everyone, with its status."""
RECRUITING = ("dinum", "anssi", "organiser")
RECRUITERS = ("dinum", "anssi")


def _for(callers: tuple[str, ...], seen: Seen) -> Seen:
    return {caller: seen[caller] for caller in callers}


IT: Seen = {caller: {"it"} for caller in CALLERS}
PAIRS = ROUTES["GET /v1/postings/{posting_id}/candidates/{profile_id}"].seen
TOLD: Seen = {
    caller: {f"{posting}/{profile}" for posting in POSTINGS_OF_ONE_S_OWN[caller] for profile in seen}
    for caller, seen in PROFILES_ONE_IS_SHOWN.items()
}
"""Of whom a caller may say what became of them (the API's own test holds that)."""
_ONE = "{posting_id}/candidates/{profile_id}"
PAGES: Mapping[str, tuple[Seen, dict[str, Any] | None]] = {
    f"GET {HOME}": (_for(RECRUITING, IT), None),
    f"GET {HOME}/postings/{{posting_id}}": (_for(RECRUITING, POSTINGS_OF_ONE_S_OWN), None),
    f"POST {HOME}/postings/{{posting_id}}": (_for(RECRUITING, POSTINGS_OF_ONE_S_OWN), {"cursor": "x"}),
    f"GET {HOME}/postings/{{posting_id}}/page/{{sealed}}": (_for(RECRUITING, POSTINGS_OF_ONE_S_OWN), None),
    f"GET {HOME}/postings/{_ONE}": (_for(RECRUITING, PAIRS), None),
    f"POST {HOME}/postings/{_ONE}": (_for(RECRUITERS, TOLD), {"event": "opened"}),
    f"GET {HOME}/profiles/{{profile_id}}": (_for(RECRUITING, PROFILES_ONE_IS_SHOWN), None),
    f"GET {HOME}/profiles/{{profile_id}}/similar": (_for(RECRUITING, PROFILES_ONE_IS_SHOWN), None),
    f"POST {HOME}/profiles/{{profile_id}}/similar": (_for(RECRUITING, PROFILES_ONE_IS_SHOWN), {"cursor": "x"}),
    f"GET {HOME}/profiles/{{profile_id}}/similar/{{sealed}}": (_for(RECRUITING, PROFILES_ONE_IS_SHOWN), None),
    f"GET {HOME}/search": (_for(RECRUITING, IT), None),
    f"POST {HOME}/search": (_for(RECRUITING, IT), {"text": "data"}),
    f"GET {HOME}/search/{{sealed}}": (_for(RECRUITING, IT), None),
}
"""Who finds what under a page; who is not named may never look at it."""


def _ids(page: str) -> str:
    return _parameter(page.replace("/{sealed}", ""))


CASES = [(page, target) for page in PAGES for target in TARGETS[_ids(page)]]


def _about(service: Service, caller: str, page: str, target: str) -> Response:
    path = page.split()[1]
    ids = {**{("posting_id", name): one["id"] for name, one in POSTINGS.items()}}
    ids |= {("profile_id", name): one["id"] for name, one in PROFILES.items()}
    for parameter, name in zip(_ids(page).split("/"), target.split("/"), strict=True):
        path = path.replace(f"{{{parameter}}}", ids.get((parameter, name), ""))
    if "{sealed}" in path:
        path = path.replace("{sealed}", _sealed(service, caller, path))
    return Browser(service.client, service.keys.get(caller)).open(path, PAGES[page][1])


def _sealed(service: Service, caller: str, path: str) -> str:
    """What the service would have sealed for a caller."""
    id_ = next((key.id for key in service.matcher.keys.all() if key.id in service.keys.get(caller, "")), "")
    name = path.split("/")[-3 if "/page/" in path else -2]
    of, content = {
        "page": (f"candidates {name}", b"null"),
        "similar": (f"similar {path.split('/')[3]}", b"null"),
        "search": ("search", b'["data",{"region":[],"contract":[],"experience":[],"remote":[]},{},null]'),
    }[path.split("/")[-2]]
    assert isinstance(service.client.app, FastAPI)
    found = seal_of(service.client.app).sealed(content, whose=f"key {id_}", of=of)
    assert found
    return found


def test_every_page_is_in_the_matrix_and_no_other(service: Service) -> None:
    assert isinstance(service.client.app, FastAPI)
    routers = [getattr(one, "original_router", None) for one in service.client.app.routes]
    served = {
        f"{method} {route.path}"
        for router in filter(None, routers)
        for route in router.routes
        if isinstance(route, APIRoute) and (route.path == "/" or route.path.startswith(HOME))
        for method in route.methods or ()
    }
    assert served == {*PAGES, *EVERYONE}


def test_the_matrix_and_the_service_agree_on_who_may_look_at_what() -> None:
    allowed = {f"{method} {path}": roles for (method, path), roles in access.PAGES.items()}
    assert {page: {CALLERS[name] for name in seen} for page, (seen, _) in PAGES.items()} == allowed


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_is_asked_to_sign_in_and_told_nothing(service: Service, stranger: str) -> None:
    browser = Browser(service.client, service.keys.get(stranger))
    nowhere = {method: browser.open(f"{HOME}/nowhere", method=method) for method in ("GET", "POST")}
    for page, target in CASES:
        nothing = nowhere[page.split()[0]]
        answer = _about(service, stranger, page, target)
        assert outline(answer, 401).text("h1") == "Connexion"
        assert answer.headers["www-authenticate"].startswith('Bearer realm="forum-matcher"')
        # But for where to go on to, and for whoever had a key and searches, all are the same.
        is_kept = stranger in {"expired", "revoked"} and page in {
            f"POST {HOME}/search",
            f"GET {HOME}/search/{{sealed}}",
        }
        assert ('name="kept"' in answer.text) == is_kept
        shown, expected = (re.sub('(value|href)="/recruiter[^"]*"', "", one.text) for one in (answer, nothing))
        assert is_kept or shown == expected
        assert ("set-cookie" in answer.headers) == ("set-cookie" in nothing.headers) == (stranger != "nobody")


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("page", PAGES)
def test_a_caller_finds_what_is_theirs_and_of_the_rest_not_even_that_it_exists(
    service: Service, page: str, caller: str
) -> None:
    service.reset()
    seen = PAGES[page][0].get(caller)
    for target in TARGETS[_ids(page)]:
        answer = _about(service, caller, page, target)
        if seen is None:
            outline(answer, 403)
            assert _comparable(answer) == _comparable(_about(service, caller, page, TARGETS[_ids(page)][-1]))
        elif target in seen:
            assert answer.status_code == 303 if page.startswith("POST") else outline(answer)
        else:
            outline(answer, 404)
            assert _comparable(answer) == _comparable(_about(service, caller, page, _absent(page, caller, target)))
            assert _comparable(answer) == _comparable(Browser(service.client, service.keys[caller]).open(f"{HOME}/x"))
        assert not [word for word in NEVER_TOLD[caller] if word in answer.text]


@pytest.mark.parametrize("page", EVERYONE)
def test_what_is_about_nobody_is_for_everyone(service: Service, page: str) -> None:
    method, path = page.split()
    for caller in (*STRANGERS, *CALLERS):
        browser = Browser(service.client, service.keys.get(caller))
        answer = browser.open(path.replace("{language}", "en"), {"key": ""} if method == "POST" else None)
        assert answer.status_code == EVERYONE[page]


def test_head_tells_what_get_does(service: Service) -> None:
    browser = Browser(service.client, service.keys["dinum"])
    for path in (HOME, f"{HOME}/postings/posting-dinum", f"{HOME}/search", f"{HOME}/nowhere"):
        whole, bare = browser.open(path), browser.open(path, method="HEAD")
        assert (bare.status_code, bare.content, dict(bare.headers)) == (whole.status_code, b"", dict(whole.headers))


def test_the_api_reads_no_cookie(service: Service) -> None:
    for path in ("/v1/postings", "/v1/organisations", "/metrics", "/recruiterx"):
        answer = service.client.get(path, headers={"Cookie": f"{KEY_COOKIE}={quote(service.keys['organiser'])}"})
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("caller", RECRUITING)
def test_a_token_that_a_proxy_sends_opens_pages_too(service: Service, caller: str) -> None:
    browser = Browser(service.client)
    answer = browser.open(f"{HOME}/search", Authorization=f"Bearer {service.tokens[caller]}")
    outline(answer)
