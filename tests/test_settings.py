"""Everything that can be set, and what it is when nobody sets it."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from matcher.settings import OF_A_RANKING, Settings, complaints, unknown


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MATCHER_{name.upper()}", raising=False)


def test_the_defaults_need_no_environment() -> None:
    settings = Settings()
    assert settings.home == Path(".matcher")
    assert settings.database_url is None
    assert (settings.model, settings.title_model, settings.skills_model, settings.body_model) == (None,) * 4
    assert settings.max_body_bytes == 2_000_000
    assert settings.follow_seconds <= 1, "other processes' writes show within a second"


FROM_THE_ENVIRONMENT = [
    ("home", "/srv/matcher", Path("/srv/matcher")),
    ("database_url", "postgresql://me:secret@db/forum", SecretStr("postgresql://me:secret@db/forum")),
    ("database_connections", "30", 30),
    ("model", "my/model", "my/model"),
    ("title_model", "my/model+words", "my/model+words"),
    ("skills_model", "words", "words"),
    ("body_model", "./my-model*0.7+words*0.3", "./my-model*0.7+words*0.3"),
    ("weights", "/etc/weights.toml", Path("/etc/weights.toml")),
    ("weights", "", None),
    ("access", "closed", "closed"),
    ("erasure_seconds", "60", 60.0),
    ("retention_days", "365", 365),
    ("jwt_issuer", "https://id.example", "https://id.example"),
    ("jwt_audience", "matcher", "matcher"),
    ("jwt_scope_claim", "roles", "roles"),
    ("jwt_organisation_claim", "siret", "siret"),
    ("rate_per_minute", "0", 0),
    ("max_concurrent", "8", 8),
    ("request_seconds", "2.5", 2.5),
    ("decision_log", "off", "off"),
    ("decision_log", "/var/log/matcher", Path("/var/log/matcher")),
    ("decision_log", "", None),
    ("decision_log_days", "1000", 1000),
    ("pseudonym_key", "k" * 32, SecretStr("k" * 32)),
    ("pseudonym_key", "", None),
    ("max_body_bytes", "5000", 5000),
    ("follow_seconds", "1.5", 1.5),
    ("log_format", "json", "json"),
    ("log_requests", "true", True),
]


@pytest.mark.parametrize(("name", "text", "value"), FROM_THE_ENVIRONMENT)
def test_each_setting_comes_from_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object
) -> None:
    monkeypatch.setenv(f"MATCHER_{name.upper()}", text)
    if name in {"jwt_issuer", "jwt_audience"}:
        monkeypatch.setenv("MATCHER_JWKS", "/etc/keys.json")
        monkeypatch.setenv("MATCHER_JWT_AUDIENCE" if name == "jwt_issuer" else "MATCHER_JWT_ISSUER", "other")
    assert getattr(Settings(), name) == value


def test_every_setting_has_a_description_and_its_test() -> None:
    assert all(field.description for field in Settings.model_fields.values())
    tested = {case[0] for case in FROM_THE_ENVIRONMENT}
    assert set(Settings.model_fields) == tested | {"jwks"}, "jwks has its own test"


def test_a_key_set_needs_to_know_for_whom_tokens_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_JWKS", "/etc/keys.json")
    with pytest.raises(ValidationError, match="JWT_AUDIENCE"):
        Settings()
    monkeypatch.setenv("MATCHER_JWT_ISSUER", "https://id.example")
    monkeypatch.setenv("MATCHER_JWT_AUDIENCE", "matcher")
    assert Settings().jwks == "/etc/keys.json"


def test_the_fingerprint_changes_with_what_a_ranking_hangs_on_and_with_nothing_else() -> None:
    before = Settings()
    others: dict[str, Any] = {
        "home": Path("/srv/matcher"),
        "database_url": SecretStr("postgresql://host/base"),
        "decision_log": Path("/srv/log"),
        "weights": Path("/srv/weights.toml"),
        "access": "closed",
        "pseudonym_key": SecretStr("k" * 32),
        "log_format": "json",
    }
    for name, field in Settings.model_fields.items():
        value = others.get(name, f"{field.default}1" if field.annotation in {str, str | None} else field.default)
        if isinstance(value, int | float):
            value += 1
        changed = before.model_copy(update={name: value})
        assert changed != before, name
        assert (changed.fingerprint != before.fingerprint) is (name in OF_A_RANKING), name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("max_body_bytes", "10"),
        ("max_body_bytes", "two"),
        ("follow_seconds", "0"),
        ("follow_seconds", "61"),
        ("follow_seconds", "inf"),
        ("database_connections", "0"),
        ("access", "ajar"),
        ("rate_per_minute", "-1"),
        ("max_concurrent", "0"),
        ("request_seconds", "0"),
        ("decision_log_days", "183"),
        ("pseudonym_key", "short"),
        ("log_format", "xml"),
        ("log_requests", "often"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(f"MATCHER_{name.upper()}", text)
    with pytest.raises(ValidationError, match=name):
        Settings()


def test_every_wrong_variable_is_named_with_what_it_is_for_and_without_its_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MATCHER_PSEUDONYM_KEY", "hush")
    monkeypatch.setenv("MATCHER_FOLLOW_SECONDS", "seldom")
    monkeypatch.setenv("MATCHER_JWT_ISSUER", "https://id.example")
    with pytest.raises(ValidationError) as raised:
        Settings()
    found = complaints(raised.value)
    assert [sentence.partition(":")[0] for sentence in found] == [
        "MATCHER_JWKS",
        "MATCHER_FOLLOW_SECONDS",
        "MATCHER_PSEUDONYM_KEY",
    ]
    assert "valid number" in found[1]
    assert "unset it for 0.25" in found[1]
    assert not any("hush" in sentence or "seldom" in sentence for sentence in found)


def test_a_token_s_issuer_without_a_key_set_is_no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_JWT_AUDIENCE", "matcher")
    with pytest.raises(ValidationError, match="without it no token opens"):
        Settings()


@pytest.mark.parametrize("name", ["MATCHER_HOEM", "MATCHER_DATABSE_URL", "matcher_max_concurent"])
def test_a_variable_that_is_misspelt_is_found(name: str) -> None:
    (sentence,) = unknown(["PATH", name, "MATCHER_HOME"])
    assert sentence.startswith(f"{name}: there is no such setting; is MATCHER_")


def test_no_setting_is_unknown_and_other_programs_variables_are_left_alone() -> None:
    names = [f"MATCHER_{name.upper()}" for name in Settings.model_fields]
    assert unknown([*names, *map(str.lower, names), "HOME", "PGHOST", "MATCHERS"]) == []
    assert unknown(["MATCHER_SOMETHING_ELSE"]) == [
        "MATCHER_SOMETHING_ELSE: there is no such setting; the README lists them all. Rename it, or unset it"
    ]


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().home = Path("elsewhere")  # type: ignore[misc] # that is the point


def test_a_database_s_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", "postgresql://me:hush@db/forum")
    assert "hush" not in f"{Settings()!r} {Settings()} {Settings().model_dump_json()}"


def test_variables_of_another_meaning_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_SOMETHING_ELSE", "1")
    assert Settings().home == Path(".matcher")
