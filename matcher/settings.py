"""Everything that can be set, in one place: read once, when the program starts, from the environment.

Each setting is documented in the README's table, and a test fails for one that is not.
"""

import difflib
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "MATCHER_"
OF_A_RANKING = ("model", "title_model", "skills_model", "body_model")
"""The settings that a ranking hangs on. Of the file of weights, what it says counts, and each ranking has that."""
RANKING = "ranking:"
"""What a fingerprint of those begins with."""


class Settings(BaseSettings):
    """The environment's MATCHER_* variables."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Path = Field(default=Path(".matcher"), description="where the embedded database and the snapshots live")
    database_url: SecretStr | None = Field(
        default=None, description="a PostgreSQL URL, instead of the embedded SQLite (it may hold a password)"
    )
    database_connections: int = Field(
        default=15, ge=1, le=1_000, description="how many connections to the database a process holds at most"
    )
    model: str | None = Field(
        default=None, description="the recipe of every facet's encoder (models.load), instead of the shipped ones"
    )
    title_model: str | None = Field(default=None, description="the recipe for titles alone")
    skills_model: str | None = Field(default=None, description="the recipe for skills alone")
    body_model: str | None = Field(default=None, description="the recipe for all other text alone")
    weights: Path | None = Field(
        default=None, description="the file of weights (`matcher learn` makes one), instead of the shipped one"
    )
    access: Literal["open", "closed"] | None = Field(
        default=None, description="`open`: asks nobody who they are until there is a key; `closed`: asks from the start"
    )
    jwt_issuer: str | None = Field(default=None, description="the `iss` of the identity provider's tokens")
    jwt_audience: str | None = Field(default=None, description="the `aud` of tokens that are meant for this service")
    jwks: str | None = Field(
        default=None, validate_default=True, description="the provider's JSON Web Key Set: a file, or an https URL"
    )
    jwt_scope_claim: str = Field(default="scope", min_length=1, description="the claim that names the role")
    jwt_organisation_claim: str = Field(
        default="organisation", min_length=1, description="the claim that names a recruiter's organisation"
    )
    rate_per_minute: int = Field(
        default=120_000, ge=0, le=10_000_000, description="how often one credential may ask; 0 is as often as it likes"
    )
    max_concurrent: int = Field(default=9, ge=1, le=10_000, description="how many requests are worked on at once")
    request_seconds: float = Field(default=30.0, gt=0, le=3600, description="how long a request may take")
    max_body_bytes: int = Field(default=2_000_000, ge=1_000, description="the largest HTTP body that is read")
    follow_seconds: float = Field(
        default=0.25, gt=0, le=60, description="how often a server looks for changes that other processes made"
    )
    erasure_seconds: float = Field(
        default=600.0, ge=0, le=2_592_000, description="within what time a server's files hold nothing that was deleted"
    )
    retention_days: int = Field(
        default=730, ge=1, le=36_500, description="how long after the last contact `matcher retention` keeps a profile"
    )
    decision_log: Literal["off"] | Path | None = Field(
        default=None, description="the folder where a server writes down each ranking that it shows; `off`: nowhere"
    )
    decision_log_days: int = Field(
        default=365, ge=184, le=36_500, description="for how long they are kept; six months are the least (AI Act)"
    )
    pseudonym_key: SecretStr | None = Field(
        default=None, min_length=32, description="the secret of people's pseudonyms, instead of the file pseudonym.key"
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="how a server writes its log: `text` for people, or `json`, an object a line"
    )
    log_requests: bool = Field(default=False, description="whether a server's log has a line for each request")

    @property
    def decision_log_folder(self) -> Path | None:
        """Where rankings are written down; None where they are not."""
        if self.decision_log == "off":
            return None
        return self.home / "decisions" if self.decision_log is None else Path(self.decision_log)

    @property
    def models_alone(self) -> "Settings":
        """Nothing but the settings of models: for tasks on other machines, which need no secrets."""
        return Settings.model_construct(**self.model_dump(include={*OF_A_RANKING}))

    @property
    def fingerprint(self) -> str:
        """Changes whenever a setting does that a ranking hangs on.

        It has its form in front: what earlier versions called so changed with every limit of the server too, and says
        nothing beside this one.
        """
        chosen = self.model_dump_json(include={*OF_A_RANKING})
        return f"{RANKING}{hashlib.sha256(chosen.encode()).hexdigest()[:16]}"

    @field_validator(
        "weights", "access", "decision_log", "jwks", "jwt_issuer", "jwt_audience", "pseudonym_key", mode="before"
    )
    @classmethod
    def _empty_is_unset(cls, given: object) -> object:
        return given or None

    @field_validator("jwks")
    @classmethod
    def _tokens_are_for_us(cls, jwks: str | None, others: ValidationInfo) -> str | None:
        named = [others.data.get("jwt_issuer"), others.data.get("jwt_audience")]
        if jwks and not all(named):
            raise ValueError("set MATCHER_JWT_ISSUER and MATCHER_JWT_AUDIENCE too: a token must say who it is for")
        if any(named) and not jwks:
            raise ValueError(
                "set it too, or unset MATCHER_JWT_ISSUER and MATCHER_JWT_AUDIENCE: without it no token opens"
            )
        return jwks


def complaints(error: ValidationError) -> list[str]:
    """Return a sentence for each variable whose value makes no sense, without the value: it may be a secret."""
    sentences = []
    for wrong in error.errors(include_input=False, include_url=False):
        name = str(wrong["loc"][0])
        reason = wrong["msg"].removeprefix("Value error, ")
        default = Settings.model_fields[name].default
        kept = "it may be unset" if default is None else f"unset it for {default}"
        sentences.append(f"{_variable(name)}: {reason} ({Settings.model_fields[name].description}; {kept})")
    return sentences


def unknown(variables: Iterable[str]) -> list[str]:
    """Return a sentence for each variable that looks like a setting and is none: it would have no effect.

    Args:
        variables: the names in the environment.
    """
    fields = [name.upper() for name in Settings.model_fields]
    sentences = []
    for name in sorted(variables):
        if name.upper().startswith(PREFIX) and name.upper().removeprefix(PREFIX) not in fields:
            near = difflib.get_close_matches(name.upper().removeprefix(PREFIX), fields, n=1, cutoff=0.7)
            meant = f"is {PREFIX}{near[0]} meant?" if near else "the README lists them all."
            sentences.append(f"{name}: there is no such setting; {meant} Rename it, or unset it")
    return sentences


def _variable(name: str) -> str:
    return f"{PREFIX}{name.upper()}"
