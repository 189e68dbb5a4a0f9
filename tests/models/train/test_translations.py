"""Which words mean the same, by the names that things have in both languages."""

import pytest

from models.bilingual import TABLE as TITLES
from models.terms import stems
from models.train import translations
from models.train.alignment import aligned
from models.train.hyperparameters import TranslationParameters
from models.train.sources import LEXICON, Concept
from models.train.translations import FrenchWords, pairs_of, sentences_of, titles_of, translated
from models.translations import TABLE
from tests.fakes import FakeEncoder

SURE = TranslationParameters()
PAIRS = [
    ("chef de projet", "project manager"),
    ("chef de produit", "product manager"),
    ("projet européen", "european project"),
    ("produit européen", "european product"),
    ("chef de cuisine", "kitchen manager"),
    ("cuisine européenne", "european kitchen"),
    ("agent de projet", "project agent"),
    ("agent de produit", "product agent"),
] * 3


def test_words_that_stand_in_the_same_pairs_are_linked() -> None:
    sources, targets = zip(*((english.split(), french.split(" de ")) for french, english in PAIRS[:2]), strict=True)
    links = aligned(sources, targets, rounds=8)
    best = {
        one: max((link.chance, other) for (this, other), link in links.items() if this == one)[1] for one, _ in links
    }
    assert {word: best[word] for word in ("project", "product", "manager")} == {
        "project": "projet",
        "product": "produit",
        "manager": "chef",
    }
    for word in best:
        assert sum(link.chance for (one, _), link in links.items() if one == word) == pytest.approx(1)


def test_nothing_is_linked_where_there_is_nothing() -> None:
    assert aligned([], [], rounds=8) == {}
    assert aligned([["one"]], [[]], rounds=8) == {}


def test_english_words_get_french_ones_and_those_of_both_languages_none() -> None:
    found = translated(PAIRS, SURE)
    assert {word: found[word] for word in ("project", "product", "manager", "kitchen")} == {
        "project": "projet",
        "product": "produit",
        "manager": "chef",
        "kitchen": "cuisine",
    }
    assert "agent" not in found


def test_no_word_of_french_has_a_line_in_either_number() -> None:
    words = FrenchWords(
        ["un projet et le produit"] * 3 + ["des managers et le manager"] * 3 + ["Product owner"] * 9, [], SURE
    )
    assert words.hold("manager")
    assert words.hold("managers")
    assert not words.hold("product")
    found = translated([*PAIRS, *[("chefs de projet", "project managers")] * 3], SURE, words.hold)
    assert not {"manager", "managers"} & found.keys()
    assert found["product"] == "produit"
    assert translated(PAIRS, SURE, words.hold, lambda french: french == "projet").keys() == found.keys() - {"project"}


def test_both_numbers_have_one_translation() -> None:
    found = translated([*PAIRS, *[("chefs de projets", "projects managers")] * 3], SURE)
    assert found["project"] == "projet"
    assert stems(found["projects"]) == ["projet"]


def test_a_part_of_a_phrase_is_no_translation() -> None:
    named = [(f"pare-feu {french}", f"firewall {english}") for french, english in PAIRS]
    assert "firewall" not in translated([*PAIRS, *named], SURE)


def test_names_that_say_a_word_twice_or_lost_their_words_or_are_misspelt_are_left_out() -> None:
    concepts = [
        Concept("a", "occupation", "", french=("foresterie en foresterie",), english=("wine shop manager",)),
        Concept("b", "lexicon", "", french=("équivalent temps plein",), english=("full-time equivalent",)),
        Concept("c", "occupation", "", french=("responsable d'achives",), english=("archive manager",)),
        Concept("d", "occupation", "", french=("archiviste",), english=("archivist",)),
        *(Concept("e", "code", "", french=(f"service des archives {place}",)) for place in range(4)),
    ]
    assert titles_of(concepts, SURE) == {"archivist": "archiviste"}


def test_names_that_an_encoder_finds_far_apart_are_left_out_but_for_our_own() -> None:
    concepts = [
        Concept("a", "occupation", "", french=("soudeur",), english=("welder",)),
        Concept("b", "lexicon", "", french=("tableur",), english=("spreadsheet",)),
    ]
    assert titles_of(concepts, SURE, FakeEncoder()) == {"spreadsheet": "tableur"}


def test_a_name_that_french_holds_too_is_left_out_if_it_is_one_word() -> None:
    concepts = [
        Concept("a", "occupation", "", french=("palefrenier / palefrenière",), english=("groom",)),
        Concept("b", "appellation", "", french=("Groom d'hôtel",)),
        Concept("c", "occupation", "", french=("Cheffe de projet",), english=("Project Manager",)),
        Concept("d", "lexicon", "", french=("pilote de projet",), english=("project manager",)),
        Concept("e", "lexicon", "", french=("Python",), english=("Python",)),
        Concept("f", "skill", "", french=("gérer",), english=("manage things",)),
    ]
    assert titles_of(concepts, SURE) == {"project manager": "pilote de projet"}
    assert [*pairs_of(concepts)][1] == ("chef de projet", "Project Manager")


def test_the_lexicon_says_sentences_in_both_languages() -> None:
    found = [*sentences_of(LEXICON)]
    assert len(found) > 1000
    assert all(french and english for french, english in found)


def test_the_shipped_tables_name_where_they_are_from() -> None:
    for path, heading in ((TABLE, translations.HEADING), (TITLES, translations.NAMES)):
        lines = path.read_text(encoding="utf-8").split("\n")
        assert [line.removeprefix("# ") for line in lines if line.startswith("#")] == heading.split("\n")
        assert "CC BY 4.0" in heading
