"""Everything that can be set, in one place: read once, when the program starts, from the environment.

Each setting is documented in the README's table, and a test fails for one that is not.
"""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The environment's MATCHER_* variables."""

    model_config = SettingsConfigDict(env_prefix="MATCHER_", frozen=True, extra="ignore")

    home: Path = Field(default=Path(".matcher"), description="where the embedded database and the snapshots live")
    database_url: SecretStr | None = Field(
        default=None, description="a PostgreSQL URL, instead of the embedded SQLite (it may hold a password)"
    )
    model: str | None = Field(
        default=None, description="the recipe of every facet's encoder (models.load), instead of the shipped ones"
    )
    title_model: str | None = Field(default=None, description="the recipe for titles alone")
    skills_model: str | None = Field(default=None, description="the recipe for skills alone")
    body_model: str | None = Field(default=None, description="the recipe for all other text alone")
    max_body_bytes: int = Field(default=2_000_000, ge=1_000, description="the largest HTTP body that is read")
    follow_seconds: float = Field(
        default=0.25, gt=0, le=60, description="how often a server looks for changes that other processes made"
    )
