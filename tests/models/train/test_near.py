from click.testing import CliRunner

from models.train.near import main


def _lines(*entries: str) -> list[str]:
    done = CliRunner().invoke(main, entries)
    assert done.exit_code == 0, done.output
    return [" ".join(line.split()) for line in done.stdout.splitlines()]


def test_who_adds_an_entry_sees_its_relations_and_what_vectors_would_have_said() -> None:
    lines = _lines("sass", "gdpr")
    gdpr = lines.index("gdpr: GDPR")
    first, *rest = lines[:gdpr]
    assert first == "sass: Sass"
    assert any(line.startswith("relation 0.60 ") for line in rest)
    assert any(line.startswith("lost 0.98 SAS") for line in rest)
    assert any(line.startswith("near 0.") and "protection des données" in line for line in lines[gdpr:])


def test_without_an_entry_it_lists_those_that_are_near_nothing() -> None:
    assert _lines() == ["team-management", "technology-watch"]


def test_an_entry_that_there_is_not_is_said() -> None:
    done = CliRunner().invoke(main, ["zanzibar"])
    assert done.exit_code == 1
    assert "zanzibar" in done.stderr
