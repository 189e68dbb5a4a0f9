"""Tokens of an identity provider, and those that somebody made up."""

import asyncio
import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from api.tokens import KEPT_S, LIFETIME_S, REFETCH_S, TOLD_EVERY_S, ProviderAway, Tokens, read_key_set
from matcher.core.access import Principal, Role
from matcher.core.errors import AccessUnsettled, StoreUnavailable
from tests.api.answers import assert_problem
from tests.api.bearers import AUDIENCE, EC, ISSUER, RSA, STRANGER, key_set_of, public, token
from tests.api.conftest import application, open_on
from tests.fakes import FakeStore


@pytest.fixture
def key_set(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(key_set_of(rsa=RSA, ec=EC))
    return path


def _tokens(path: Path, **options: Any) -> Tokens:
    return Tokens(
        str(path),
        issuer=ISSUER,
        audience=AUDIENCE,
        scope_claim=options.pop("scope_claim", "scope"),
        organisation_claim="organisation",
        **options,
    )


def _ask(tokens: Tokens, token: str) -> Principal | None:
    return asyncio.run(tokens.principal(token))


def test_a_good_token_opens_by_its_scope(key_set: Path) -> None:
    tokens = _tokens(key_set)
    platform = _ask(tokens, token())
    assert platform is not None
    assert (platform.role, platform.organisation) == (Role.PLATFORM, None)
    assert "somebody" not in platform.id
    recruiter = _ask(tokens, token(EC, "ec", "ES256", scope="matcher:recruiter", organisation="dinum"))
    assert recruiter is not None
    assert (recruiter.role, recruiter.organisation) == (Role.RECRUITER, "dinum")
    organiser = _ask(tokens, token(scope=["matcher:organiser", "other"]))
    assert organiser is not None
    assert organiser.role is Role.ORGANISER


def _unsigned(**header: Any) -> str:
    claims = jwt.decode(token(), options={"verify_signature": False})
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "kid": "rsa", **header}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), ""])


def _signed_with_the_public_key() -> str:
    # The old attack: the public key taken for a shared secret.
    import hashlib
    import hmac

    pem = RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head, body, _ = _unsigned(alg="HS256").split(".")
    mark = hmac.digest(pem, f"{head}.{body}".encode(), hashlib.sha256)
    return f"{head}.{body}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


BAD: dict[str, tuple[Callable[[], str], str]] = {
    "nothing": (lambda: "", "no token that can be read"),
    "no token": (lambda: "zorglub", "no token that can be read"),
    "three dots": (lambda: "a.b.c", "no token that can be read"),
    "not signed": (_unsigned, "its algorithm (alg)"),
    "signed with the public key": (_signed_with_the_public_key, "its algorithm (alg)"),
    "signed by a stranger": (lambda: token(STRANGER), "its signature"),
    "signed by another key of the set": (lambda: token(EC, "rsa", "ES256"), "its algorithm (alg)"),
    "without a key's id": (lambda: token(kid=None), "names no key (kid)"),
    "with an unknown key's id": (lambda: token(kid="other"), "not in the key set"),
    "altered": (lambda: token()[:-6] + "AAAAAA", "its signature"),
    "expired": (lambda: token(exp=int(time.time()) - 60), "has expired (exp)"),
    "not valid yet": (lambda: token(nbf=int(time.time()) + 60), "not valid yet (nbf"),
    "of the future": (lambda: token(iat=int(time.time()) + 600), "not valid yet (nbf"),
    "without an end": (lambda: token(exp=None), "has no exp"),
    "without a subject": (lambda: token(sub=None), "has no sub"),
    "of another issuer": (lambda: token(iss="https://evil.example"), "its issuer (iss)"),
    "for another service": (lambda: token(aud="other"), "its audience (aud)"),
    "for nobody": (lambda: token(aud=None), "has no aud"),
    "without a scope": (lambda: token(scope=None), "none of our scopes in scope"),
    "with foreign scopes": (lambda: token(scope="openid platform"), "none of our scopes in scope"),
    "with two of our scopes": (lambda: token(scope="matcher:platform matcher:organiser"), "2 of our scopes in scope"),
    "with a scope of a wrong type": (lambda: token(scope={"matcher:platform": True}), "none of our scopes in scope"),
    "of a recruiter of nowhere": (lambda: token(scope="matcher:recruiter"), "no organisation's id in organisation"),
    "of a recruiter of a list": (
        lambda: token(scope="matcher:recruiter", organisation=["dinum"]),
        "no organisation's id in organisation",
    ),
    "of a recruiter of nothing": (
        lambda: token(scope="matcher:recruiter", organisation=""),
        "no organisation's id in organisation",
    ),
    "of a recruiter of what no organisation is called": (
        lambda: token(scope="matcher:recruiter", organisation="dinum "),
        "no organisation's id in organisation",
    ),
}


@pytest.mark.parametrize("kind", list(BAD))
def test_a_bad_token_opens_nothing_and_the_log_says_why_without_a_word_of_it(
    key_set: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    make, cause = BAD[kind]
    bad = make()
    assert _ask(_tokens(key_set), bad) is None
    (line,) = caplog.records
    assert (line.levelname, cause in line.getMessage()) == ("WARNING", True), line.getMessage()
    assert "somebody" not in line.getMessage()
    assert not [part for part in bad.split(".") if len(part) > 5 and part in line.getMessage()]


def test_the_log_says_each_cause_once_a_minute(key_set: Path, caplog: pytest.LogCaptureFixture) -> None:
    now = [1000.0]
    tokens = _tokens(key_set, monotonic=lambda: now[0])
    for number in range(100):
        for bad in (token(aud=f"other {number}"), token(sub=None), token(kid=f"other {number}"), f"{number}"):
            assert _ask(tokens, bad) is None
    assert len(caplog.records) == 4
    now[0] += TOLD_EVERY_S
    assert _ask(tokens, token(aud="other")) is None
    assert len(caplog.records) == 5


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS256", "PS384", "PS512"])
def test_a_key_without_an_algorithm_signs_with_all_of_its_kind_and_one_with_it_alone(
    tmp_path: Path, algorithm: str
) -> None:
    path = tmp_path / "keys.json"
    key = public(RSA, "rsa")
    path.write_text(json.dumps({"keys": [{name: value for name, value in key.items() if name != "alg"}]}))
    assert _ask(_tokens(path), token(algorithm=algorithm)) is not None
    assert _ask(_tokens(path), token(EC, algorithm="ES256")) is None
    path.write_text(json.dumps({"keys": [{**key, "alg": "PS256"}]}))
    assert (_ask(_tokens(path), token(algorithm=algorithm)) is not None) is (algorithm == "PS256")


def test_a_new_key_is_found_and_an_old_one_ends_without_a_restart(key_set: Path) -> None:
    now = [1000.0]
    tokens = _tokens(key_set, monotonic=lambda: now[0])
    key_set.write_text(key_set_of(new=STRANGER))
    assert _ask(tokens, token(STRANGER, "new")) is None, "not looked for again within a minute"
    now[0] += REFETCH_S + 1
    assert _ask(tokens, token(STRANGER, "new")) is not None
    assert _ask(tokens, token()) is None


def test_a_withdrawn_key_opens_no_longer_than_the_set_is_kept(key_set: Path) -> None:
    now = [1000.0]
    tokens = _tokens(key_set, monotonic=lambda: now[0])
    key_set.write_text(key_set_of(new=STRANGER))
    assert _ask(tokens, token()) is not None
    now[0] += LIFETIME_S + 1
    assert _ask(tokens, token()) is None


def test_a_set_that_cannot_be_read_again_leaves_the_old_one(key_set: Path) -> None:
    now = [1000.0]
    tokens = _tokens(key_set, monotonic=lambda: now[0])
    key_set.unlink()
    now[0] += LIFETIME_S + 1
    assert _ask(tokens, token()) is not None


def test_a_set_that_cannot_be_read_again_for_a_day_opens_nothing_until_it_can(key_set: Path) -> None:
    now = [1000.0]
    tokens = _tokens(key_set, monotonic=lambda: now[0])
    kept = key_set.read_text()
    key_set.unlink()
    now[0] += KEPT_S - 1
    assert _ask(tokens, token()) is not None
    now[0] += 2
    with pytest.raises(ProviderAway):
        _ask(tokens, token())
    key_set.write_text(kept)
    now[0] += REFETCH_S + 1
    assert _ask(tokens, token()) is not None


def test_without_any_key_set_nobody_can_tell(key_set: Path) -> None:
    tokens = Tokens(
        "http://127.0.0.1:9/keys", issuer=ISSUER, audience=AUDIENCE, scope_claim="scope", organisation_claim="o"
    )
    with pytest.raises(ProviderAway, match="MATCHER_JWKS"):
        _ask(tokens, token())


@pytest.mark.parametrize(
    "content",
    [
        '{"keys": [{"kty": "RSA", "alg": ["RS256"]}, 7]}',
        "[" * 100_000,
        "",
        "[]",
        "{}",
        '{"keys": 7}',
        '{"keys": []}',
        '{"keys": [{"kty": "zorglub"}]}',
        '{"keys": [{"kty": "RSA", "alg": "none", "kid": "none"}]}',
    ],
)
def test_a_file_without_a_usable_key_is_said_at_start(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(AccessUnsettled, match="MATCHER_JWKS"):
        _tokens(path)
    with pytest.raises(AccessUnsettled, match="MATCHER_JWKS"):
        _tokens(tmp_path / "none.json")


def test_a_shared_secret_a_private_key_and_keys_for_encryption_or_for_nothing_are_left_out() -> None:
    secret = {"kty": "oct", "k": base64.urlsafe_b64encode(b"s" * 32).decode(), "kid": "secret", "alg": "HS256"}
    private = {**jwt.algorithms.RSAAlgorithm.to_jwk(RSA, as_dict=True), "kid": "private", "alg": "RS256"}
    encryption = {**public(STRANGER, "encryption"), "use": "enc"}
    unsigned = {**public(STRANGER, "none"), "alg": "none"}
    listed = [secret, private, encryption, unsigned, public(RSA, "rsa")]
    assert read_key_set(json.dumps({"keys": listed}).encode()).keys() == {"rsa"}


def test_tokens_open_the_api_and_switch_access_on(tmp_path: Path, key_set: Path) -> None:
    settings: dict[str, Any] = {"jwks": str(key_set), "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE}
    with application(tmp_path / "home", open_on(tmp_path / "home"), **settings) as client:
        assert client.get("/v1/statistics").status_code == 401
        for scope, status in (("matcher:organiser", 200), ("matcher:platform", 403), ("openid", 401)):
            headers = {"Authorization": f"Bearer {token(scope=scope)}"}
            assert client.get("/v1/statistics", headers=headers).status_code == status


@pytest.mark.parametrize("language", ["en", "fr"])
def test_while_the_identity_provider_is_away_the_page_for_signing_in_says_so(tmp_path: Path, language: str) -> None:
    settings: dict[str, Any] = {"jwks": "http://127.0.0.1:9/keys", "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE}
    headers = {"Origin": "http://testserver", "Accept-Language": language}
    with application(tmp_path, open_on(tmp_path), **settings) as client:
        assert_problem(client.get("/v1/postings", headers={"Authorization": f"Bearer {token()}"}), 503)
        answer = client.post("/recruiter/sign-in", data={"key": token()}, headers=headers)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_a_token_opens_nothing_that_only_memory_would_answer_while_the_database_is_away(
    tmp_path: Path, key_set: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: dict[str, Any] = {"jwks": str(key_set), "jwt_issuer": ISSUER, "jwt_audience": AUDIENCE}
    headers = {"Authorization": f"Bearer {token()}"}
    store = FakeStore()
    with application(tmp_path / "home", open_on(tmp_path / "home", store=store), **settings) as client:
        client.put("/v1/profiles/ana", json={"id": "ana", "headline": "DSI"}, headers=headers)
        assert client.get("/v1/profiles/ana/suggestions", headers=headers).status_code == 200
        with monkeypatch.context() as away:
            away.setattr("api.keyring.FRESH_S", 0.0)
            away.setattr(store.keys, "all", _refuse)
            assert_problem(client.get("/v1/profiles/ana/suggestions", headers=headers), 503)
        assert client.get("/v1/profiles/ana/suggestions", headers=headers).status_code == 200


def _refuse() -> Any:
    raise StoreUnavailable("refused")
