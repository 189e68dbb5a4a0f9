"""From settings to encoders."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import models
from matcher.compose import load_encoders, open_matcher
from matcher.core.domain import Facet, Profile, ProfileId
from matcher.core.errors import ModelUnavailable
from matcher.settings import Settings

MEANING = "all-MiniLM-L6-v2"


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MATCHER_")]:
        monkeypatch.delenv(name)


def test_who_stores_records_imports_only_what_every_record_needs() -> None:
    rare = ("alembic", "bs4", "pypdf", "pyarrow", "openvino", "tokenizers", "torch", "sklearn", "fastapi")
    program = "import sys, matcher.compose, matcher.offline.intake; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert not set(rare) & set(done.stdout.split())


def test_what_is_not_set_is_as_shipped() -> None:
    encoders = load_encoders(Settings())
    body, prose = models.load_body(models.DEFAULTS[Facet.BODY])
    titles, skills = models.load_titles(), models.load(models.DEFAULTS[Facet.SKILLS])
    expected = {Facet.TITLE: titles.fingerprint, Facet.SKILLS: skills.fingerprint, Facet.BODY: body.fingerprint}
    assert encoders.fingerprints == expected
    assert encoders.prose == prose
    assert prose


def test_one_setting_is_for_every_facet() -> None:
    encoders = load_encoders(Settings(model="words"))
    assert (encoders.name, set(encoders.dimensions.values())) == ("words", {256})
    assert encoders.title is encoders.skills is encoders.body


def test_a_facet_s_own_setting_goes_before_the_common_one() -> None:
    encoders = load_encoders(
        Settings(model="words", title_model=f"{MEANING}+words", skills_model="", body_model=MEANING)
    )
    assert encoders.dimensions == {Facet.TITLE: 640, Facet.SKILLS: 256, Facet.BODY: 384}
    only_skills = load_encoders(Settings(skills_model="words"))
    assert only_skills.skills.name == "words"
    assert only_skills.title.fingerprint == models.load_titles().fingerprint


def test_an_empty_setting_is_none_at_all() -> None:
    settings = Settings(model="", title_model="", skills_model="", body_model="")
    assert load_encoders(settings).fingerprints == load_encoders(Settings()).fingerprints


@pytest.mark.parametrize("name", ["model", "title_model", "skills_model", "body_model"])
def test_garbage_for_any_facet_is_refused(name: str) -> None:
    with pytest.raises(ModelUnavailable, match=r"the recipe 'words\*\*' cannot be read"):
        load_encoders(Settings.model_validate({name: "words**"}))


def test_a_facet_s_model_can_be_changed_by_a_setting_and_nothing_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    matcher = open_matcher(Settings(home=tmp_path, model="words"))
    matcher.put([Profile(ProfileId("ana"), "Juriste", skills=("droit public",), summary="Du droit.")])
    matcher.snapshot()
    before = matcher.fingerprint
    matcher.close()
    changed = open_matcher(Settings(home=tmp_path, model="words", skills_model="words+words"))
    assert "another model" in caplog.text
    assert changed.fingerprint != before
    assert changed.fsck() == []
    changed.close()
