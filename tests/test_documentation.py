"""The README names everything that can be run or set, and its figures are the measured ones."""

from pathlib import Path

import click
import pytest

import models
from matcher.cli import main
from matcher.core.domain import Facet
from matcher.settings import Settings

README = Path(__file__).parent.parent / "README.md"
START, END = "<!-- results:start -->", "<!-- results:end -->"


@pytest.fixture(scope="module")
def readme() -> str:
    return README.read_text(encoding="utf-8")


def _options() -> list[tuple[str, str]]:
    return [
        (name, max(parameter.opts, key=len))
        for name, command in main.commands.items()
        for parameter in command.params
        if isinstance(parameter, click.Option)
    ]


@pytest.mark.parametrize("command", main.commands)
def test_every_command_is_in_the_readme_and_explains_itself(readme: str, command: str) -> None:
    assert f"`matcher {command}" in readme
    assert main.commands[command].help


@pytest.mark.parametrize(("command", "option"), _options())
def test_every_option_is_in_the_readme_s_row_of_its_command(readme: str, command: str, option: str) -> None:
    rows = [line for line in readme.splitlines() if line.startswith(f"| `matcher {command}")]
    assert any(option in row for row in rows), f"`matcher {command} {option}` is not in the README's table"


@pytest.mark.parametrize("setting", Settings.model_fields)
def test_every_setting_is_in_the_readme(readme: str, setting: str) -> None:
    assert f"`MATCHER_{setting.upper()}`" in readme


@pytest.mark.parametrize("facet", Facet)
def test_the_shipped_recipes_stand_in_the_readme(readme: str, facet: Facet) -> None:
    assert f"| `MATCHER_{facet.upper()}_MODEL` | `{models.DEFAULTS[facet]}` |" in readme


def test_every_command_named_in_the_readme_exists(readme: str) -> None:
    named = [line.split("`matcher ")[1] for line in readme.splitlines() if line.startswith("| `matcher ")]
    assert {text.split()[0].strip("`") for text in named} == set(main.commands)


def test_the_readme_s_figures_are_the_measured_ones(readme: str) -> None:
    tables = pytest.importorskip("benchmarks.tables", reason="the tables' generator is not there yet")
    assert (readme.count(START), readme.count(END)) == (1, 1)
    written = readme.partition(START)[2].partition(END)[0]
    assert written.strip() == tables.render().strip(), "run `python -m benchmarks.tables`"
