"""Names of tools that are words too: found where a text means the tool, and not where it means the word."""

import pytest

from models.thesaurus import Thesaurus


def _quoted(thesaurus: Thesaurus, text: str) -> list[str]:
    return [text[one.start : one.end] for one in thesaurus.mentions(text)]


@pytest.mark.no_cover  # others run the same lines; measured, it takes twice as long
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
        ("⚙️Vue⚙️ ▪ Go ✓ Rust", ["Vue", "Go", "Rust"]),
        ("Stage – UX designer", ["UX"]),
        ("UX designer\nUI : écrans", ["UX", "UI"]),
        ("Spring", ["Spring"]),
        ('le cadre « Vue » et l\'outil "Vite"', ["Vue", "Vite"]),
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
        "<p>Vue d'ensemble</p>",
        "⚙️ Vue d'ensemble\n\uf0b7 Express delivery",
        "Notre mot d’ordre : « Vite, une maquette et des retours »",
        'Notre devise : "Vite et bien"',
        "“Go live every week”",
    ],
)
def test_a_word_that_begins_a_sentence_names_no_tool(thesaurus: Thesaurus, text: str) -> None:
    assert _quoted(thesaurus, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "travaux d'Ada Lovelace",
        "the outlook is good and the maze is small",
        "within a radius of two kilometres",
        "cours de samba",
        "Gatsby le magnifique, Jekyll et Hyde",
        "I react well to change and excel at teamwork",
        "Internship in rust prevention in bridges",
        "my rust-free attitude",
        "a ruby wedding, a safe place",
        "Ma collègue Julia Martin et Cassandra MOREAU",
        "avec Ruby Dupont",
        "Stockage de 100 Go de données, puis 20 Go",
        "à la confluence de la Loire, en osmose avec les équipes",
        "Please read the leaflet, marked with an asterisk",
        "the access control of the rooms",
        "Chez Dupont SAS, statistiques",
    ],
)
def test_a_word_or_a_persons_name_names_no_tool(thesaurus: Thesaurus, text: str) -> None:
    words = {"react", "excel", "rust", "ruby", "safe", "julia", "cassandra", "go", "confluence", "osmose", "sas"}
    words |= {"leaflet", "asterisk", "access control"}
    assert words.isdisjoint(map(str.lower, _quoted(thesaurus, text)))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("maquettes testées avec Maze, puis Hotjar", ["Maze", "Hotjar"]),
        ("proxy Squid et serveur RADIUS", ["proxy Squid", "serveur RADIUS"]),
        ("messagerie sous Outlook", ["Outlook"]),
        ("Services en Go et en Rust", ["Go", "Rust"]),
        ("Bonne maîtrise d'excel, tableaux excel", ["excel", "excel"]),
        ("Développement avec react/redux", ["react", "redux"]),
        ("We use React, Excel and Rust", ["React", "Excel", "Rust"]),
        ("modèles en Julia et en Ruby", ["Julia", "Ruby"]),
        ("Logiciels : RENOIRH, WORD, EXCEL", ["RENOIRH", "WORD", "EXCEL"]),
        ("Le Wiki sous Confluence", ["Wiki", "Confluence"]),
    ],
)
def test_the_tool_of_that_name_is_found(thesaurus: Thesaurus, text: str, named: list[str]) -> None:
    assert _quoted(thesaurus, text) == named
