"""Who asks: roles, and the keys that prove them. What a role may see is the API's matter (api/access.py)."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from matcher.core.domain import ID, MAX_ID, OrganisationId
from matcher.core.errors import InvalidRecord

KEY_MARK = "fm"
"""Begins every key, so that one that has slipped into a file is found there."""
ID_BYTES = 6
SECRET_BYTES = 32
MAX_NOTE = 200


class Role(StrEnum):
    """What a caller is here for."""

    PLATFORM = "platform"
    """The registration platform: a program that writes and reads every posting and profile."""
    RECRUITER = "recruiter"
    """Works for one organisation: its postings, and the people who let it see them."""
    ORGANISER = "organiser"
    """Runs the forum: organisations, recruiters' keys, figures."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever is asking."""

    id: str
    """Names the caller in logs and limits: a key's id, or a digest of a token's subject. Never a person's name."""
    role: Role | None
    """None where access is not switched on: anything goes."""
    organisation: OrganisationId | None = None
    """A recruiter's; None for everybody else."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is stored: its secret cannot be had back from it."""

    id: str
    digest: bytes
    """SHA-256 of the secret. A slow hash would protect a guessable secret; this one has 256 random bits."""
    role: Role
    created_at: datetime
    expires_at: datetime
    organisation: OrganisationId | None = None
    note: str = ""
    revoked_at: datetime | None = None

    @property
    def principal(self) -> Principal:
        """Who is asking when this key is shown."""
        return Principal(f"key {self.id}", self.role, self.organisation)

    def fits(self, secret: str) -> bool:
        """Tell whether this is its secret, whether or not it still opens, in a time that does not depend on it."""
        return hmac.compare_digest(hashlib.sha256(secret.encode()).digest(), self.digest)

    def admits(self, secret: str, *, now: datetime) -> bool:
        """Tell whether this secret opens, in a time that does not depend on it."""
        return self.fits(secret) and self.revoked_at is None and now < self.expires_at


def new_key(
    role: Role, *, now: datetime, expires_at: datetime, organisation: str | None = None, note: str = ""
) -> tuple[ApiKey, str]:
    """Return a new key, and the text to hand to whoever will use it: it exists nowhere else.

    Args:
        role: what the key is for.
        now: the clock, with its zone.
        expires_at: from when on the key opens nothing.
        organisation: a recruiter's; nobody else has one.
        note: whose key it is, for whoever lists the keys.

    Raises:
        InvalidRecord: the role and the organisation do not fit, or something cannot be shown on a line.
    """
    if role is Role.RECRUITER and organisation is None:
        raise InvalidRecord(field="organisation", reason="is missing: a recruiter's key is bound to one")
    if role is not Role.RECRUITER and organisation is not None:
        raise InvalidRecord(field="organisation", reason=f"binds recruiters only: a key for the {role} has none")
    if organisation is not None and not is_id(organisation):
        # Nobody could have hidden from it, and whoever had such a key would see them.
        raise InvalidRecord(
            field="organisation", reason="is no organisation's id: write the one that its postings have"
        )
    if not note.isprintable() or len(note) > MAX_NOTE:
        raise InvalidRecord(field="note", reason=f"must be one line of at most {MAX_NOTE} characters")
    if expires_at <= now:
        raise InvalidRecord(field="expires", reason="lies in the past: choose a later day")
    key_id, secret = secrets.token_hex(ID_BYTES), secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey(
        id=key_id,
        digest=hashlib.sha256(secret.encode()).digest(),
        role=role,
        created_at=now,
        expires_at=expires_at,
        organisation=None if organisation is None else OrganisationId(organisation),
        note=note,
    )
    return key, f"{KEY_MARK}_{key_id}_{secret}"


def is_id(text: str) -> bool:
    """Tell whether a text can be an organisation's id."""
    return len(text) <= MAX_ID and text.isprintable() and re.fullmatch(ID, text) is not None


def read_key(text: str) -> tuple[str, str] | None:
    """Return the id and the secret that a key's text holds, None where it is no key."""
    mark, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    return (key_id, secret) if mark == KEY_MARK and key_id and secret else None
