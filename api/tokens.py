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
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jwt

from matcher.core.access import MAX_NOTE, Principal, Role
from matcher.core.domain import OrganisationId
from matcher.core.errors import AccessUnsettled, StoreUnavailable

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
SCOPE_MARK = "matcher:"
"""Begins our words among the scopes of a token, which may have others for other services."""
REQUIRED = ["exp", "iss", "aud", "sub"]
"""RFC 9068, 2.2. It does not ask for `nbf`, and Keycloak sends none: it is checked where it stands, as `iat` is."""
LEEWAY_S = 10
REFETCH_S = 60
"""Between two fetches of the key set, whatever key ids are asked for."""
LIFETIME_S = 600
"""After this a key set is fetched again: a key that the provider has withdrawn opens nothing for longer."""
FETCH_TIMEOUT_S = 5
MAX_KEY_SET_BYTES = 1_000_000

log = logging.getLogger(__name__)


class ProviderAway(StoreUnavailable):
    """The identity provider's keys cannot be had now."""


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
        self._keys: Mapping[str, jwt.PyJWK] = {}
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
        """Return whose token this is, None where it opens nothing.

        Raises:
            ProviderAway: there is no key set to check it with.
        """
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError):
            return None
        key = await self._key(header.get("kid"))
        if key is None:
            return None
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY_S,
                options={"require": REQUIRED, "enforce_minimum_key_length": True},
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
            return None
        return self._read(claims)

    def _read(self, claims: Mapping[str, Any]) -> Principal | None:
        scopes = claims.get(self._scope_claim)
        words = scopes.split() if isinstance(scopes, str) else scopes if isinstance(scopes, list) else []
        roles = [role for role in Role if f"{SCOPE_MARK}{role}" in words]
        if len(roles) != 1:
            return None  # which of two roles it is today must not be guessed
        subject = hashlib.sha256(f"{self._issuer}\0{claims['sub']}".encode("utf-8", "replace")).hexdigest()[:16]
        if roles[0] is not Role.RECRUITER:
            return Principal(f"token {subject}", roles[0])
        organisation = claims.get(self._organisation_claim)
        if not isinstance(organisation, str) or not 0 < len(organisation) <= MAX_NOTE:
            return None
        return Principal(f"token {subject}", roles[0], OrganisationId(organisation))

    async def _key(self, key_id: object) -> jwt.PyJWK | None:
        if not isinstance(key_id, str):
            return None
        if self._is_due(key_id):
            async with self._reading:
                if self._is_due(key_id):
                    await self._fetch()
        if not self._keys:
            raise ProviderAway("the identity provider's keys cannot be had: check MATCHER_JWKS, or try again")
        return self._keys.get(key_id)

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


def read_key_set(content: bytes) -> dict[str, jwt.PyJWK]:
    """Return the public signature keys of a key set (RFC 7517) by their id; others are left out.

    Raises:
        ValueError: it is no key set, or has no key that can be used here.
    """
    try:
        found = json.loads(content)
        listed = found["keys"] if isinstance(found, dict) else None
        usable = [
            one
            for one in (listed if isinstance(listed, list) else [])
            # A shared secret or a private key has no place in a public set; an encryption key signs nothing.
            if isinstance(one, dict) and one.get("kty") != "oct" and "d" not in one and one.get("use", "sig") == "sig"
        ]
        keys = [key for key in jwt.PyJWKSet(usable) if key.algorithm_name in ALGORITHMS]
    except (jwt.PyJWTError, LookupError, RecursionError) as error:
        raise ValueError("no key set") from error
    by_id = {key.key_id: key for key in keys if key.key_id}
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
