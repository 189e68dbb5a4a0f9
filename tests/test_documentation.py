"""The README names everything that can be run or set, and its figures are the measured ones."""

import re
from pathlib import Path

import click
import pytest

import models
from benchmarks import tables
from matcher.cli import main
from matcher.core.domain import Facet
from matcher.settings import Settings

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


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
    parts = (
        (tables.START, tables.END, tables.render()),
        (tables.HEADLINES_START, tables.HEADLINES_END, tables.headlines()),
        (tables.LIMITS_START, tables.LIMITS_END, tables.limits()),
    )
    for start, end, expected in parts:
        assert (readme.count(start), readme.count(end)) == (1, 1)
        written = readme.partition(start)[2].partition(end)[0]
        assert written.strip() == expected.strip(), "run `python -m benchmarks.tables`"


def _links() -> list[tuple[str, str]]:
    pages = [
        README,
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        ROOT / "benchmarks/README.md",
        ROOT / "models/CARD.md",
    ]
    return [
        (str(page.relative_to(ROOT)), link)
        for page in dict.fromkeys(pages)
        for link in re.findall(r"\]\(([^)\s]{1,300})\)", page.read_text(encoding="utf-8"))
        if "://" not in link
    ]


@pytest.mark.parametrize(("page", "link"), _links())
def test_every_link_leads_to_a_place_and_to_a_heading_of_it(page: str, link: str) -> None:
    name, _, heading = link.partition("#")
    target = (ROOT / page).parent / name if name else ROOT / page
    assert target.exists()
    if heading:
        lines = target.read_text(encoding="utf-8").splitlines()
        titles = [line.lstrip("#").strip().lower() for line in lines if line.startswith("#")]
        assert heading in {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def test_the_index_of_decisions_names_every_record_by_its_title() -> None:
    folder = ROOT / "docs" / "decisions"
    titles = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in folder.glob("[0-9]*.md")}
    rows = [f"- [{int(name[:4])}]({name}) {title.partition('. ')[2]}" for name, title in sorted(titles.items())]
    assert (folder / "README.md").read_text(encoding="utf-8").splitlines()[-len(rows) :] == rows
