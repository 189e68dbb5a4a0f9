"""Bearer tokens of an external identity provider: JSON Web Tokens (RFC 7519), checked as RFC 8725 advises.

Only asymmetric algorithms, each bound to its key; the key set comes from a file or a URL and is kept for a while.
"""

import asyncio
import hashlib
import json
import logging
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt

from matcher.core.access import Principal, Role, is_id
from matcher.core.domain import OrganisationId
from matcher.core.errors import AccessUnsettled, StoreUnavailable

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
RSA_ALGORITHMS = [name for name in ALGORITHMS if name.startswith(("RS", "PS"))]
SCOPE_MARK = "matcher:"
"""Begins our words among the scopes of a token, which may have others for other services."""
REQUIRED = ["exp", "iss", "aud", "sub"]
"""RFC 9068, 2.2. It does not ask for `nbf`, and Keycloak sends none: it is checked where it stands, as `iat` is."""
LEEWAY_S = 10
REFETCH_S = 60
"""Between two fetches of the key set, whatever key ids are asked for."""
LIFETIME_S = 600
"""After this a key set is fetched again: where that succeeds, a key that was withdrawn opens nothing for longer."""
KEPT_S = 24 * 3600
"""For how long a key set counts that cannot be fetched again: a provider that is away for a night stops nobody, and
whoever keeps the service from reaching it cannot use a withdrawn key for good."""
FETCH_TIMEOUT_S = 5
MAX_KEY_SET_BYTES = 1_000_000
TOLD_EVERY_S = 60
"""How often the log says of one cause that a token was refused for it: anybody can send such tokens."""
UNREADABLE = "it is no token that can be read"
CAUSES: Mapping[type[Exception], str] = {
    jwt.ExpiredSignatureError: "it has expired (exp)",
    jwt.ImmatureSignatureError: "it is not valid yet (nbf or iat): compare the clocks",
    jwt.InvalidIssuerError: "its issuer (iss) is not MATCHER_JWT_ISSUER",
    jwt.InvalidAudienceError: "its audience (aud) is not MATCHER_JWT_AUDIENCE",
    jwt.InvalidSignatureError: "its signature is not by the key that it names (kid)",
    jwt.InvalidKeyError: "the key that it names (kid) is too short",
}
"""Why a token opens nothing, for the log alone: whoever sent it is told no more than that."""

Keys = Mapping[str, Mapping[str, jwt.PyJWK]]
"""By their id, then by algorithm."""

log = logging.getLogger(__name__)


class ProviderAway(StoreUnavailable):
    """The identity provider's keys cannot be had now."""

    def __init__(self) -> None:
        super().__init__("the identity provider's keys cannot be had: check MATCHER_JWKS, or try again")


class _Unfit(Exception):
    """A token opens nothing; says why, without a word of it."""


class Tokens:
    """Says whose token it is. For one event loop."""

    def __init__(
        self,
        source: str,
        *,
        issuer: str,
        audience: str,
        scope_claim: str,
        organisation_claim: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the settings; a key set in a file is read at once, one at a URL when a token comes.

        Raises:
            AccessUnsettled: the source is neither an https URL nor a file with a key set.
        """
        self._source = source
        self._issuer = issuer
        self._audience = audience
        self._scope_claim = scope_claim
        self._organisation_claim = organisation_claim
        self._monotonic = monotonic
        self._keys: Keys = {}
        self._told: dict[str, float] = {}
        self._tried_at = self._read_at = -float("inf")
        self._reading = asyncio.Lock()
        if not _is_url(source):
            try:
                self._keys = read_key_set(Path(source).read_bytes())
            except (OSError, ValueError) as error:
                raise AccessUnsettled(
                    f"MATCHER_JWKS: {source} is no file with a JSON Web Key Set, nor an https URL"
                ) from error
            self._tried_at = self._read_at = monotonic()

    async def principal(self, token: str) -> Principal | None:
        """Return whose token this is, None where it opens nothing; the log says why, once a minute.

        Raises:
            ProviderAway: there is no key set to check it with.
        """
        try:
            return self._read(await self._claims(token))
        except _Unfit as unfit:
            cause = str(unfit)
        now = self._monotonic()
        if now - self._told.get(cause, -float("inf")) >= TOLD_EVERY_S:
            self._told[cause] = now
            log.warning("a token was refused: %s", cause)
        return None

    async def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError):
            raise _Unfit(UNREADABLE) from None
        key = await self._key(header.get("kid"), header.get("alg"))
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY_S,
                options={"require": REQUIRED, "enforce_minimum_key_length": True},
            )
        except jwt.MissingRequiredClaimError as error:
            raise _Unfit(f"it has no {error.claim}") from None
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            raise _Unfit(CAUSES.get(type(error), UNREADABLE)) from None
        return claims

    def _read(self, claims: Mapping[str, Any]) -> Principal:
        scopes = claims.get(self._scope_claim)
        words = scopes.split() if isinstance(scopes, str) else scopes if isinstance(scopes, list) else []
        roles = [role for role in Role if f"{SCOPE_MARK}{role}" in words]
        if len(roles) != 1:
            # Which of two roles it is today must not be guessed.
            raise _Unfit(f"it has {len(roles) or 'none'} of our scopes in {self._scope_claim}: exactly one is needed")
        subject = hashlib.sha256(f"{self._issuer}\0{claims['sub']}".encode("utf-8", "replace")).hexdigest()[:16]
        if roles[0] is not Role.RECRUITER:
            return Principal(f"token {subject}", roles[0])
        organisation = claims.get(self._organisation_claim)
        if not isinstance(organisation, str) or not is_id(organisation):
            raise _Unfit(f"it is a recruiter's, and names no organisation's id in {self._organisation_claim}")
        return Principal(f"token {subject}", roles[0], OrganisationId(organisation))

    async def _key(self, key_id: object, algorithm: object) -> jwt.PyJWK:
        if not isinstance(key_id, str):
            raise _Unfit("it names no key (kid)")
        if self._is_due(key_id):
            async with self._reading:
                if self._is_due(key_id):
                    await self._fetch()
        if not self._keys or self._monotonic() - self._read_at > KEPT_S:
            raise ProviderAway
        if key_id not in self._keys:
            raise _Unfit("it names a key (kid) that is not in the key set")
        key = self._keys[key_id].get(algorithm) if isinstance(algorithm, str) else None
        if key is None:
            raise _Unfit("its algorithm (alg) is not its key's")
        return key

    def _is_due(self, key_id: str) -> bool:
        now = self._monotonic()
        return now - self._tried_at > REFETCH_S and (key_id not in self._keys or now - self._read_at > LIFETIME_S)

    async def _fetch(self) -> None:
        self._tried_at = self._monotonic()
        try:
            self._keys = read_key_set(await asyncio.to_thread(_content, self._source))
        except (OSError, ValueError) as error:
            log.warning("the identity provider's keys could not be read again: %s", type(error).__name__)
        else:
            self._read_at = self._tried_at


def read_key_set(content: bytes) -> Keys:
    """Return the public signature keys of a key set (RFC 7517) by their id and algorithm; others are left out.

    A key is for its `alg` alone, one without for those of its curve or, of RSA, for both paddings (RFC 7517, 4.4:
    `alg` is optional).

    Raises:
        ValueError: it is no key set, or has no key that can be used here.
    """
    try:
        found = json.loads(content)
    except RecursionError as error:
        raise ValueError("no key set") from error
    listed = found.get("keys") if isinstance(found, dict) else None
    by_id: dict[str, dict[str, jwt.PyJWK]] = {}
    for one in listed if isinstance(listed, list) else []:
        # A shared secret or a private key has no place in a public set; an encryption key signs nothing.
        if not isinstance(one, dict) or one.get("kty") == "oct" or "d" in one or one.get("use", "sig") != "sig":
            continue
        for name in RSA_ALGORITHMS if one.get("kty") == "RSA" and not one.get("alg") else [None]:
            # NotImplementedError: PyJWT's answer to `"alg": "none"`, which no key has.
            with suppress(jwt.PyJWTError, LookupError, NotImplementedError, TypeError, ValueError):
                key = jwt.PyJWK(one, algorithm=name)
                if key.algorithm_name in ALGORITHMS and isinstance(key.key_id, str) and key.key_id:
                    by_id.setdefault(key.key_id, {})[key.algorithm_name] = key
    if not by_id:
        raise ValueError("no key in the set has an id and an algorithm that can be used here")
    return by_id


def _is_url(source: str) -> bool:
    parts = urlsplit(source)
    # In the clear only where nobody is between: keys that can be swapped on the way prove nothing.
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The keys come from where the settings say, and from nowhere that the answer says."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _content(source: str) -> bytes:
    if not _is_url(source):
        return Path(source).read_bytes()
    with urllib.request.build_opener(_NoRedirect).open(source, timeout=FETCH_TIMEOUT_S) as answer:
        content: bytes = answer.read(MAX_KEY_SET_BYTES + 1)
    if len(content) > MAX_KEY_SET_BYTES:
        raise ValueError("the key set is too large")
    return content
