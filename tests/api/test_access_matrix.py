"""Every route, asked by everyone about everything: who may not see a record cannot tell that it exists.

A new route needs a line in ROUTES (and one in api/access.py): without it, the first test fails.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.access import ALLOWED, PAGES
from matcher.core.access import Role, new_key
from matcher.engine import Matcher
from matcher.records import PostingRecord, ProfileRecord
from tests.api.answers import assert_problem
from tests.api.bearers import AUDIENCE, EC, ISSUER, RSA, STRANGER, key_set_of, token
from tests.api.conftest import application, open_on

pytestmark = pytest.mark.no_cover  # others run the same lines; measured, these take twice as long

BAD_TOKENS: Mapping[str, Mapping[str, Any]] = {
    "a stranger's": {"key": STRANGER, "kid": "rsa", "algorithm": "RS256"},
    "expired": {"exp": 1},
    "without a role": {"scope": "openid"},
    "of a recruiter of nowhere": {"scope": "matcher:recruiter"},
}
STRANGERS = ("nobody", "invalid", "expired", "revoked")
CALLERS = {"platform": Role.PLATFORM, "dinum": Role.RECRUITER, "anssi": Role.RECRUITER, "organiser": Role.ORGANISER}
"""The two recruiters are called after their organisations."""

POSTINGS: Mapping[str, dict[str, Any]] = {
    "dinum": {"id": "posting-dinum", "title": "Data scientist", "organisation": {"id": "dinum"}},
    "anssi": {"id": "posting-anssi", "title": "Data scientist", "organisation": {"id": "anssi"}},
    "no one's": {"id": "posting-orphan", "title": "Data scientist"},
    "absent": {"id": "posting-absent", "title": "Data scientist"},
}
PROFILES: Mapping[str, dict[str, Any]] = {
    "visible": {"id": "profile-visible", "headline": "Data scientist", "visible_to_recruiters": True},
    "hidden": {
        "id": "profile-hidden",
        "headline": "Data scientist",
        "visible_to_recruiters": True,
        "hidden_from": ["dinum"],
        "consented_at": "2026-01-01",
    },
    "invisible": {"id": "profile-invisible", "headline": "Data scientist"},
    "absent": {"id": "profile-absent", "headline": "Data scientist"},
}
TARGETS: Mapping[str, tuple[str, ...]] = {
    "posting_id": (*POSTINGS,),
    "profile_id": (*PROFILES,),
    "key_id": ("recruiter's", "platform's", "absent"),
    "posting_id/profile_id": tuple(f"{posting}/{profile}" for posting in POSTINGS for profile in PROFILES),
    "": ("it",),
}
"""What an id in a path may be of; a route without one has one thing to ask for."""
NEVER_TOLD = {
    "dinum": ("posting-anssi", "posting-orphan", "profile-hidden", "profile-invisible", "hidden_from", "consented_at"),
    "anssi": ("posting-dinum", "posting-orphan", "profile-invisible", "hidden_from", "consented_at"),
    "organiser": ("profile-invisible", "hidden_from", "consented_at"),
    "platform": (),
}
"""What no answer to a caller may hold, whatever was asked."""

Seen = Mapping[str, set[str]]
POSTINGS_OF_ONE_S_OWN: Seen = {
    "platform": {"dinum", "anssi", "no one's"},
    "dinum": {"dinum"},
    "anssi": {"anssi"},
    "organiser": {"dinum", "anssi", "no one's"},
}
PROFILES_ONE_IS_SHOWN: Seen = {
    "platform": {"visible", "hidden", "invisible"},
    "dinum": {"visible"},
    "anssi": {"visible", "hidden"},
    "organiser": {"visible", "hidden"},
}
FOR_THE_PLATFORM: Seen = {"platform": {"it"}}
FOR_ORGANISERS: Seen = {"organiser": {"it"}}


def _only(caller: str, seen: Seen, *more: str) -> Seen:
    return {caller: seen[caller] | {*more}}


@dataclass(frozen=True)
class Asked:
    """What callers find under a route; a caller who is not named may never call it."""

    seen: Seen
    body: Callable[[str, str], dict[str, Any]] | None = None
    """Makes what is sent, from the caller's and the target's name."""


def _posting(caller: str, target: str) -> dict[str, Any]:
    # A recruiter writes as if the posting were their own.
    organisation = {"id": caller} if caller in POSTINGS else POSTINGS[target].get("organisation")
    return {**POSTINGS[target], "organisation": organisation, "description": "new"}


def _profile(_: str, target: str) -> dict[str, Any]:
    return {**PROFILES[target], "summary": "new"}


def _unsaved(*_: str) -> dict[str, Any]:
    return {"headline": "Data scientist"}


def _feedback(caller: str, _: str) -> dict[str, Any]:
    posting = POSTINGS.get(caller, POSTINGS["dinum"])["id"]
    event = {"posting_id": posting, "profile_id": "profile-visible", "event": "opened"}
    return {"asks": "posting", "events": [event]}


def _searched(*_: str) -> dict[str, Any]:
    return {"text": "data scientist"}


ROUTES: Mapping[str, Asked] = {
    "GET /v1/postings": Asked({caller: {"it"} for caller in CALLERS}),
    "POST /v1/postings": Asked(FOR_THE_PLATFORM, lambda *_: POSTINGS["absent"]),
    "POST /v1/postings/bulk": Asked(FOR_THE_PLATFORM),
    "GET /v1/postings/{posting_id}": Asked(POSTINGS_OF_ONE_S_OWN),
    "PUT /v1/postings/{posting_id}": Asked(
        {
            "platform": {"dinum", "anssi", "no one's", "absent"},
            "dinum": {"dinum"},
            "anssi": {"anssi"},
        },
        _posting,
    ),
    "DELETE /v1/postings/{posting_id}": Asked(_only("platform", POSTINGS_OF_ONE_S_OWN)),
    "GET /v1/postings/{posting_id}/candidates": Asked(POSTINGS_OF_ONE_S_OWN),
    "POST /v1/profiles": Asked(FOR_THE_PLATFORM, lambda *_: PROFILES["absent"]),
    "POST /v1/profiles/bulk": Asked(FOR_THE_PLATFORM),
    "GET /v1/profiles/{profile_id}": Asked(PROFILES_ONE_IS_SHOWN),
    "PUT /v1/profiles/{profile_id}": Asked(_only("platform", PROFILES_ONE_IS_SHOWN, "absent"), _profile),
    "DELETE /v1/profiles/{profile_id}": Asked(_only("platform", PROFILES_ONE_IS_SHOWN)),
    "GET /v1/profiles/{profile_id}/suggestions": Asked(_only("platform", PROFILES_ONE_IS_SHOWN)),
    "GET /v1/profiles/{profile_id}/export": Asked(_only("platform", PROFILES_ONE_IS_SHOWN)),
    "GET /v1/postings/{posting_id}/candidates/{profile_id}": Asked(
        {
            caller: {
                f"{posting}/{profile}"
                for posting in POSTINGS_OF_ONE_S_OWN[caller]
                for profile in PROFILES_ONE_IS_SHOWN[caller]
                # Whom somebody hides from is told to nobody but the platform.
                if caller == "platform" or (posting, profile) != ("dinum", "hidden")
            }
            for caller in CALLERS
        }
    ),
    "GET /v1/postings/{posting_id}/similar": Asked(
        {caller: POSTINGS_OF_ONE_S_OWN[caller] for caller in ("platform", "organiser")}
    ),
    "GET /v1/profiles/{profile_id}/similar": Asked(PROFILES_ONE_IS_SHOWN),
    "POST /v1/profiles/search": Asked({caller: {"it"} for caller in CALLERS}, _searched),
    "POST /v1/postings/search": Asked({caller: {"it"} for caller in ("platform", "organiser")}, _searched),
    "POST /v1/suggestions": Asked(FOR_THE_PLATFORM, _unsaved),
    "POST /v1/feedback": Asked({caller: {"it"} for caller in ("platform", "dinum", "anssi")}, _feedback),
    "GET /metrics": Asked(FOR_ORGANISERS),
    "GET /v1/organisations": Asked(FOR_ORGANISERS),
    "GET /v1/statistics": Asked(FOR_ORGANISERS),
    "GET /v1/keys": Asked(FOR_ORGANISERS),
    "POST /v1/keys": Asked(FOR_ORGANISERS, lambda *_: {"organisation": "dinum"}),
    "DELETE /v1/keys/{key_id}": Asked({"organiser": {"recruiter's"}}),
}


@dataclass
class Service:
    client: TestClient
    matcher: Matcher
    keys: Mapping[str, str]
    """What each caller sends."""
    tokens: Mapping[str, str]
    """What the same callers send who come from the identity provider."""
    key_ids: Mapping[str, str]
    changed: bool = True
    """Whether a call may have changed something since the last reset."""

    def reset(self) -> None:
        """Bring every record back to what it was."""
        if not self.changed:
            return
        self.matcher.put([PostingRecord(**POSTINGS[name]).to_domain() for name in POSTINGS if name != "absent"])
        self.matcher.put([ProfileRecord(**PROFILES[name]).to_domain() for name in PROFILES if name != "absent"])
        for kind, name in (("postings", "posting-absent"), ("profiles", "profile-absent")):
            self.ask("platform", "DELETE", f"/v1/{kind}/{name}")
        self.changed = False

    def ask(
        self, caller: str, method: str, path: str, body: dict[str, Any] | None = None, *, by_token: bool = False
    ) -> Response:
        headers = {"X-Request-Id": "the-same"}
        credentials = self.tokens if by_token else self.keys
        if caller in credentials:
            headers["Authorization"] = f"Bearer {credentials[caller]}"
        if path.endswith("/bulk"):
            headers["Content-Type"] = "application/x-ndjson"
        answer = (
            self.client.request(method, path, headers=headers, json=body)
            if body
            else self.client.request(method, path, headers=headers)
        )
        self.changed |= answer.is_success and method not in {"GET", "HEAD"}
        return answer

    def about(self, caller: str, route: str, target: str, *, by_token: bool = False) -> Response:
        """Ask for a target under a route."""
        method, path = route.split()
        asked = ROUTES[route.replace("HEAD", "GET")]
        ids = {
            **{("posting_id", name): record["id"] for name, record in POSTINGS.items()},
            **{("profile_id", name): record["id"] for name, record in PROFILES.items()},
            **{("key_id", name): id_ for name, id_ in self.key_ids.items()},
        }
        body = asked.body(caller, target) if asked.body else None
        for parameter, name in zip(_parameter(route).split("/"), target.split("/"), strict=True):
            path = path.replace(f"{{{parameter}}}", str(ids.get((parameter, name), "")))
        return self.ask(caller, method, path, body, by_token=by_token)


def _token_of(name: str) -> str:
    role = CALLERS[name]
    of = {"organisation": name} if role is Role.RECRUITER else {}
    return token(EC, "ec", "ES256", sub=f"somebody of {name}", scope=f"openid matcher:{role}", **of)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    matcher = open_on(tmp_path_factory.mktemp("home"))
    now = datetime.now(UTC)

    def make(role: Role, organisation: str | None = None, *, days: float = 1) -> tuple[str, str]:
        made = now - timedelta(days=2)
        key, text = new_key(role, now=made, expires_at=now + timedelta(days=days), organisation=organisation)
        matcher.keys.add(key)
        return key.id, text

    callers = {name: make(role, name if role is Role.RECRUITER else None) for name, role in CALLERS.items()}
    callers["expired"] = make(Role.PLATFORM, days=-1)
    callers["revoked"] = make(Role.PLATFORM)
    matcher.keys.revoke(callers["revoked"][0], now=now)
    keys = {name: text for name, (_, text) in callers.items()}
    keys["invalid"] = keys["platform"][:-1] + ("x" if keys["platform"][-1] != "x" else "y")
    key_ids = {
        "recruiter's": make(Role.RECRUITER, "dinum")[0],
        "platform's": callers["platform"][0],
        "absent": "0123456789ab",
    }
    tokens = {name: _token_of(name) for name in CALLERS}
    tokens |= {name: token(**{"key": EC, "kid": "ec", "algorithm": "ES256", **bad}) for name, bad in BAD_TOKENS.items()}
    key_set = tmp_path_factory.mktemp("provider") / "keys.json"
    key_set.write_text(key_set_of(rsa=RSA, ec=EC), encoding="ascii")
    settings: dict[str, Any] = {"jwks": str(key_set), "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE}
    with application(tmp_path_factory.mktemp("other"), matcher, rate_per_minute=0, **settings) as client:
        yield Service(client, matcher, keys, tokens, key_ids)


def _parameter(route: str) -> str:
    """The names of the ids in a route."""
    return "/".join(re.findall(r"{(\w+)}", route))


def _absent(route: str, caller: str, target: str) -> str:
    """The target with what the caller cannot see replaced by what is not there."""
    if "/" not in target:
        return "absent"
    posting, profile = target.split("/")
    return f"absent/{profile}" if posting not in POSTINGS_OF_ONE_S_OWN[caller] else f"{posting}/absent"


def _comparable(answer: Response) -> tuple[int, bytes, dict[str, str]]:
    return answer.status_code, answer.content, dict(answer.headers)


CASES = [(route, target) for route in ROUTES for target in TARGETS[_parameter(route)]]


def test_every_route_of_the_service_is_in_the_matrix_and_no_other(service: Service) -> None:
    document = service.client.get("/openapi.json").json()
    served = {f"{method.upper()} {path}" for path, operations in document["paths"].items() for method in operations}
    assert {route for route in served if not route.startswith("GET /health/")} == {*ROUTES}


def test_the_matrix_and_the_service_agree_on_who_may_call_what() -> None:
    allowed = {f"{method} {path}": roles for (method, path), roles in ALLOWED.items()}
    assert {route: {CALLERS[name] for name in asked.seen} for route, asked in ROUTES.items()} == allowed


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize(("route", "target"), CASES)
def test_a_stranger_is_asked_for_a_credential_and_told_nothing(
    service: Service, route: str, target: str, stranger: str
) -> None:
    answer = service.about(stranger, route, target)
    assert_problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith('Bearer realm="forum-matcher"')
    assert _comparable(answer) == _comparable(service.ask(stranger, "GET", "/v1/nowhere"))


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(("route", "target"), CASES)
def test_a_caller_finds_what_is_theirs_and_of_the_rest_not_even_that_it_exists(
    service: Service, route: str, target: str, caller: str
) -> None:
    service.reset()
    _assert_finds(service, caller, route, target)


def _assert_finds(service: Service, caller: str, route: str, target: str, *, by_token: bool = False) -> None:
    """A caller finds what the matrix says."""
    answer = service.about(caller, route, target, by_token=by_token)
    seen = ROUTES[route].seen.get(caller)

    def of(other: str) -> tuple[int, bytes, dict[str, str]]:
        return _comparable(service.about(caller, route, other, by_token=by_token))

    if seen is None:
        assert_problem(answer, 403)
        assert _comparable(answer) == of(TARGETS[_parameter(route)][-1])
    elif target in seen:
        assert answer.is_success, answer.text
    else:
        assert_problem(answer, 404)
        assert _comparable(answer) == of(_absent(route, caller, target))
    assert not [word for word in NEVER_TOLD[caller] if word in answer.text]


@pytest.mark.parametrize("caller", CALLERS)
def test_who_shows_a_token_finds_what_who_shows_a_key_does(service: Service, caller: str) -> None:
    service.reset()
    for route, target in CASES:
        _assert_finds(service, caller, route, target, by_token=True)
        if not route.startswith("GET ") and caller in ROUTES[route].seen:
            service.reset()


@pytest.mark.parametrize("stranger", BAD_TOKENS)
def test_who_shows_a_token_that_opens_nothing_is_told_nothing(service: Service, stranger: str) -> None:
    nothing = _comparable(service.ask(stranger, "GET", "/v1/nowhere", by_token=True))
    assert nothing[0] == 401
    for route, target in CASES:
        assert _comparable(service.about(stranger, route, target, by_token=True)) == nothing


@pytest.mark.parametrize("caller", CALLERS)
def test_head_tells_what_get_does(service: Service, caller: str) -> None:
    service.reset()
    for route, target in CASES:
        if route.startswith("GET /v1"):
            before = service.about(caller, route, target)
            status, content, headers = _comparable(service.about(caller, f"HEAD{route[3:]}", target))
            # An export grows while what was shown a moment ago is being logged.
            after = service.about(caller, route, target) if headers != {**before.headers} else before
            assert (status, content) == (before.status_code, b"")
            assert headers in ({**before.headers}, {**after.headers})


@pytest.mark.parametrize("caller", CALLERS)
def test_whatever_is_asked_conditionally_of_a_foreign_record_is_answered_as_of_an_absent_one(
    service: Service, caller: str
) -> None:
    for headers in ({"If-Match": "*"}, {"If-None-Match": "*"}, {"If-Match": '"0"'}):
        for route, asked in ROUTES.items():
            for target in set(TARGETS[_parameter(route)]) - asked.seen.get(caller, set()) - {"it"}:
                service.reset()
                service.client.headers.update(headers)
                found, absent = (
                    service.about(caller, route, target),
                    service.about(caller, route, _absent(route, caller, target)),
                )
                for name in headers:
                    del service.client.headers[name]
                assert _comparable(found) == _comparable(absent)
                assert found.status_code in {403, 404, 412}


def test_who_writes_in_another_organisation_s_name_learns_nothing_of_the_id(service: Service) -> None:
    service.reset()
    answers = []
    for target in ("anssi", "absent"):
        name = POSTINGS[target]["id"]
        body = {"id": name, "title": "DSI", "organisation": {"id": "anssi"}}
        answers.append(_comparable(service.ask("dinum", "PUT", f"/v1/postings/{name}", body)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


@pytest.mark.parametrize("caller", ["platform", "dinum", "anssi"])
@pytest.mark.parametrize(("posting", "profile"), [(posting, profile) for posting in POSTINGS for profile in PROFILES])
def test_feedback_names_only_what_its_sender_may_see_and_of_the_rest_not_even_that_it_exists(
    service: Service, caller: str, posting: str, profile: str
) -> None:
    service.reset()

    def give(posting: str, profile: str) -> Response:
        event = {"posting_id": POSTINGS[posting]["id"], "profile_id": PROFILES[profile]["id"], "event": "opened"}
        return service.ask(caller, "POST", "/v1/feedback", {"asks": "posting", "events": [event]})

    answer = give(posting, profile)
    if posting in POSTINGS_OF_ONE_S_OWN[caller] and profile in PROFILES_ONE_IS_SHOWN[caller]:
        assert answer.is_success, answer.text
    else:
        assert_problem(answer, 404)
        own = posting if posting in POSTINGS_OF_ONE_S_OWN[caller] else "absent"
        assert _comparable(answer) == _comparable(give(own, "absent"))


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/openapi.json", "/docs"])
@pytest.mark.parametrize("caller", [*STRANGERS, *CALLERS])
def test_what_is_about_nobody_is_for_everyone(service: Service, caller: str, path: str) -> None:
    assert service.ask(caller, "GET", path).status_code == 200


@pytest.mark.parametrize(
    "path", ["//v1/postings/x", "/V1/postings/x", "/v1", "/v1/", "/x/../v1/keys", "/health/../v1/keys"]
)
def test_no_spelling_of_an_address_goes_round_the_question(service: Service, path: str) -> None:
    assert service.client.request("GET", path, follow_redirects=False).status_code in {401, 404}


def test_the_administrators_page_says_the_same_as_the_table() -> None:
    page = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
    rows = [line.strip("|").split("|") for line in page.splitlines() if line.startswith("| `")]
    said = {
        tuple(call.split()): {
            role
            for role, cell in zip((Role.PLATFORM, Role.RECRUITER, Role.ORGANISER), cells, strict=True)
            if cell.strip()
        }
        for calls, *cells in rows
        for call in re.findall(r"`([A-Z]+ [^`]+)`", calls)
    }
    assert said == {call: {*allowed} for call, allowed in {**ALLOWED, **PAGES}.items()}
