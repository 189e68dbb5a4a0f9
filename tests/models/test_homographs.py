"""Names of tools that are words too: found where a text means the tool, and not where it means the word."""

import pytest

from matcher.stages.text import neutral
from models.thesaurus import Thesaurus


@pytest.fixture(scope="module")
def thesaurus() -> Thesaurus:
    return Thesaurus(neutral)


def _quoted(thesaurus: Thesaurus, text: str) -> list[str]:
    return [text[one.start : one.end] for one in thesaurus.mentions(text)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Langages :\n- Go\n- Helm\n- Spring", ["Go", "Helm", "Spring"]),
        ("• React\n• Vue\n* Docker", ["React", "Vue", "Docker"]),
        ("Maîtrise de : Spring, Hibernate", ["Spring", "Hibernate"]),
        ("Compétences : Go / Rust / Swift", ["Go", "Rust", "Swift"]),
        ("Outils :\nReact, Vue, Angular", ["React", "Vue", "Angular"]),
        ("Vue, React et Angular\nLinux", ["Vue", "React", "Angular", "Linux"]),
        ("Hive, Pig, Impala", ["Hive", "Impala"]),
        ("Java - Go - Swift", ["Java", "Go", "Swift"]),
        ("- Go (deux ans)\n- Vault.", ["Go", "Vault"]),
        ("- Vue et Nuxt", ["Vue", "Nuxt"]),
        ("– Go\n– Rust", ["Go", "Rust"]),
        ("Stage – UX designer", ["UX"]),
        ("UX designer\nUI : écrans", ["UX", "UI"]),
        ("Spring", ["Spring"]),
    ],
)
def test_an_item_of_a_list_that_is_a_tool_alone_names_it(thesaurus: Thesaurus, text: str, named: list[str]) -> None:
    assert _quoted(thesaurus, text) == named


@pytest.mark.parametrize(
    "text",
    [
        "Vue d'ensemble du poste",
        "- Vue sur la mer\n- Go live every week",
        "Vite, nous recrutons ! Vite",
        "Zoom sur le poste",
        "Nous sommes là. Vue imprenable.",
        "Sage-femme",
        "Hive of activity",
        "Express delivery, quick answers",
        "rez-de-Helm",
        "– Vue d'ensemble",
    ],
)
def test_a_word_that_begins_a_sentence_names_no_tool(thesaurus: Thesaurus, text: str) -> None:
    assert _quoted(thesaurus, text) == []
