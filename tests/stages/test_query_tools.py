"""What a query says of tools in lower case: which are refused, and of which one is enough."""

import pytest

from matcher import naming
from matcher.compose import load_thesaurus
from matcher.core.ports import Thesaurus
from matcher.stages.text.query import SearchQuery, parse


@pytest.fixture(scope="module")
def thesaurus() -> Thesaurus:
    return load_thesaurus()


def _parsed(text: str, thesaurus: Thesaurus) -> SearchQuery:
    return parse(text, is_tool=naming.tools_in(text, thesaurus))


@pytest.mark.parametrize(
    ("text", "excluded", "words"),
    [
        ("développeur python pas java", ("java",), "développeur python"),
        ("développeur python non java", ("java",), "développeur python"),
        ("développeur python et non java", ("java",), "développeur python"),
        ("python django postgresql pas java", ("java",), "python django postgresql"),
        ("développeur, symfony pas laravel", ("laravel",), "développeur symfony"),
        ("développeur python plutôt que java", ("java",), "développeur python"),
        ("développeur Python plutôt que Java", ("Java",), "développeur Python"),
        ("python developer rather than java", ("java",), "python developer"),
        ("développeur python, éviter java", ("java",), "développeur python"),
        ("exclure Java, développeur python", ("Java",), "développeur python"),
        ("à exclure : java, développeur python", ("java",), "développeur python"),
        ("exclude Java, python developer", ("Java",), "python developer"),
        ('éviter "open data", développeur', ("open data",), "développeur"),
        ("développeur python pas java et angular", ("java", "angular"), "développeur python"),
        ("python pas java et développeur", ("java",), "python développeur"),
        ("développeur python pas go", ("go",), "développeur python"),
    ],
)
def test_a_tool_in_lower_case_is_refused(
    thesaurus: Thesaurus, text: str, excluded: tuple[str, ...], words: str
) -> None:
    query = _parsed(text, thesaurus)
    assert (query.excluded, query.words) == (excluded, words)


@pytest.mark.parametrize(
    "text",
    [
        "exclure Paris, développeur java",
        "exclure paris, développeur java",
        "éviter Paris, développeur java",
        "avoid Paris, développeur java",
        "développeur java pas paris",
        "développeur java plutôt que Paris",
    ],
)
def test_a_place_that_is_to_be_avoided_is_not_wanted(thesaurus: Thesaurus, text: str) -> None:
    query = _parsed(text, thesaurus)
    assert (query.words, query.excluded, query.locations) == ("développeur java", (), ())
    assert [place.department for place in query.excluded_locations] == ["75"]


@pytest.mark.parametrize(
    "text",
    [
        "évitez les conflits",
        "éviter les fuites",
        "Exclure les doublons",
        "base de données non sql",
        "non sens",
        "développeur non tissé",
        "produit pas cher",
        "public non voyant",
        "organisme à but non lucratif",
        "logement non décent",
        "droit d'accès non access",
        "chargé de projet pas go",
        "développeur pourquoi pas java",
        "développeur même si pas java",
        "développeur python plutôt que de coder",
        "gens de lens pas loin",
    ],
)
def test_any_other_word_behind_pas_and_non_is_refused_by_neither(thesaurus: Thesaurus, text: str) -> None:
    query = _parsed(text, thesaurus)
    assert (query.excluded, query.excluded_places) == ((), ())


@pytest.mark.parametrize("text", ["développeur avec ou sans Java", "developer with or without Java"])
def test_with_or_without_is_no_refusal(thesaurus: Thesaurus, text: str) -> None:
    assert _parsed(text, thesaurus).excluded == ()


@pytest.mark.parametrize(
    ("text", "parts", "skills"),
    [
        ("dev, go or rust", ("dev", "go", "rust"), ["go", "rust"]),
        ("développeur, Go ou Rust", ("développeur", "Go", "Rust"), ["Go", "Rust"]),
        ("développeur Java ou Kotlin", ("développeur Java", "Kotlin"), ["Java", "Kotlin"]),
        ("développeur (Java ou PHP)", ("développeur", "Java", "PHP"), ["Java", "PHP"]),
        ("dev react ou angular ou vue, 3 ans", ("dev react", "angular", "vue"), ["react", "angular", "vue"]),
        ("data analyst, Power BI ou Tableau", ("data analyst", "Power BI", "Tableau"), ["Power BI", "Tableau"]),
        ("RSSI ou DPO", ("RSSI DPO",), []),
        ("chef de projet ou responsable applicatif", ("chef de projet responsable applicatif",), []),
        ("Python ou R développeur", ("Python R développeur",), ["Python", "R"]),
    ],
)
def test_of_several_tools_each_is_a_skill_of_its_own(
    thesaurus: Thesaurus, text: str, parts: tuple[str, ...], skills: list[str]
) -> None:
    query = _parsed(text, thesaurus)
    assert query.parts == parts
    assert [*naming.skills(query.parts, thesaurus)] == skills
