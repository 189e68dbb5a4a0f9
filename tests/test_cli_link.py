"""`matcher link`, as its user runs it."""

import pytest
from click.testing import CliRunner

from matcher.cli import main
from models.catalogue import ENTRIES
from models.linker import ENCODER

pytestmark = pytest.mark.skipif(ENCODER not in ENTRIES, reason="the static model is not in the catalogue yet")


def _lines(*words: str) -> list[list[str]]:
    done = CliRunner().invoke(main, ["link", *words])
    assert done.exit_code == 0, done.output
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_a_skill_is_linked_by_its_name_in_either_language() -> None:
    french, english = _lines("--kind", "skill", "gérer une équipe", "manage a team")
    assert french[0] == "gérer une équipe"
    assert french[1:3] == english[1:3] == [english[1], "skill"]
    assert french[1].startswith("http://data.europa.eu/esco/skill/")
    assert 0.5 < float(french[-1]) <= 1


@pytest.mark.no_cover  # the test before runs the same lines; measured, it takes twice as long
def test_what_names_nothing_is_none() -> None:
    assert _lines("--kind", "skill", "go", "Zzyzx") == [["go", "none"], ["Zzyzx", "none"]]


@pytest.mark.no_cover  # the test before runs the same lines; measured, it takes twice as long
def test_without_a_kind_every_family_may_answer() -> None:
    kinds = [line[2] for line in _lines("Bûcheronne")]
    assert "code" in kinds


def test_an_unknown_kind_is_refused() -> None:
    done = CliRunner().invoke(main, ["link", "--kind", "company", "DINUM"])
    assert done.exit_code == 2
    assert "'company' is not one of" in done.stderr
